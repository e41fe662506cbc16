// One input is one message, given to every parser. What a parser accepts must keep what its header promises: strings that
// end inside of the message, counts within their arrays, data as long as was said. What it packs must fit its buffer.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern uint8_t touched;

#define PROMISED(what) do { if (!(what)) abort(); } while (0)

static const uint8_t *from, *to;
uint8_t touched; // not static: what is read is then really read

static void string(const char *text) {
    const uint8_t *at = (const uint8_t *)text;
    PROMISED(at >= from && at < to && memchr(at, 0, (size_t)(to - at)));
}

static void bytes(const uint8_t *at, uint64_t size) {
    PROMISED(size == 0 || (at >= from && at <= to && size <= (uint64_t)(to - at)));
    for (uint64_t i = 0; i < size; i++) touched ^= at[i];
}

static int config(size_t size) {
    struct config_request r;
    if (!parse_config(from, size, &r)) return 0;
    const char *strings[] = {r.name, r.hostname, r.memory_parent, r.pids_parent, r.cpu_parent, r.scratch};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) string(strings[i]);
    PROMISED(r.bind_count <= BINDS_MAX && r.cgroup <= CGROUP_V2 && *r.name && !strchr(r.name, '/'));
    PROMISED(strlen(r.scratch) < SCRATCH_MAX_SIZE && (r.level == LEVEL_NAMESPACES || r.level == LEVEL_LANDLOCK));
    for (int i = 0; i < r.bind_count; i++) {
        string(r.binds[i]);
        PROMISED(r.binds[i][0] == '/' && strlen(r.binds[i]) < NAME_MAX_SIZE);
    }
    return 1;
}

static int run(size_t size) {
    static struct run_request r; // too large for a stack, and as in the launcher: what the last message left is there
    if (!parse_run(from, size, &r)) return 0;
    PROMISED(r.argument_count >= 1 && r.argument_count <= ARGUMENTS_MAX && !r.arguments[r.argument_count]);
    PROMISED(r.environment_count <= ARGUMENTS_MAX && !r.environment[r.environment_count]);
    PROMISED(r.collect_count <= COLLECT_MAX && r.file_count <= FILES_MAX && r.arguments[0][0] == '/');
    for (int i = 0; i < r.argument_count; i++) string(r.arguments[i]);
    for (int i = 0; i < r.environment_count; i++) string(r.environment[i]);
    for (int i = 0; i < r.collect_count; i++) string(r.collect[i]);
    PROMISED(r.passed_count <= PASSED_MAX);
    for (int i = 0; i < r.passed_count; i++) PROMISED(r.passed[i] != 2 && r.passed[i] < 3 + PASSED_MAX);
    if (r.flags & RUN_STDIN_INLINE) {
        PROMISED(r.stdin_size <= INLINE_DATA_MAX);
        bytes(r.stdin_data, r.stdin_size);
    }
    PROMISED(r.cpu_limit_ns && r.cpu_kill_ns && r.wall_limit_ns && r.memory && r.output && r.file_size && r.stack);
    PROMISED((int64_t)r.wall_limit_ns > 0 && (int64_t)(r.memory + r.memory / 4) > 0 && r.processes && r.open_files);
    return 1;
}

static int file(size_t size) {
    static unsigned char packed[PACKED_MAX];
    struct file_request r;
    if (!parse_file(from, size, &r)) return 0;
    string(r.name);
    PROMISED(*r.name && *r.name != '/' && strlen(r.name) < NAME_MAX_SIZE && r.mode <= 0777);
    PROMISED(strcmp(r.name, "..") && strncmp(r.name, "../", 3) && !strstr(r.name, "/../") && !strstr(r.name, "//"));
    if (!r.in_descriptor) {
        PROMISED(r.size <= INLINE_DATA_MAX);
        bytes(r.data, r.size);
    }
    PROMISED(pack_artefact(packed, r.mode, r.size, r.name) <= PACKED_MAX);
    return 1;
}

static void pack(size_t size) {
    static unsigned char packed[PACKED_MAX];
    struct result result = {0};
    char *text = malloc(size + 1); // of any length: what is too long must be cut
    if (!text) return;
    memcpy(text, from, size);
    text[size] = 0;
    memcpy(&result, from, size < sizeof result ? size : sizeof result);
    size_t at = pack_layer_count(packed, LAYERS_MAX);
    for (int i = 0; i < LAYERS_MAX; i++) at = pack_layer(packed, at, text, true, text);
    PROMISED(at <= PACKED_MAX && pack_failed(packed, (int32_t)size, text, text) <= PACKED_MAX);
    PROMISED(pack_artefact(packed, 0, size, text) <= PACKED_MAX && pack_result(packed, &result) <= PACKED_MAX);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t type = 0;
    uint32_t count = 0;
    from = data;
    to = data + size;
    bool header = parse_header(data, size, &type), load = parse_load(data, size, &count);
    int kinds = config(size) + load + run(size) + file(size);
    PROMISED(kinds <= 1 && (header || !kinds) && (!load || count <= FILES_MAX));
    pack(size);
    return 0;
}
