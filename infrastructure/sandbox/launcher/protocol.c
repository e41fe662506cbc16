#include "protocol.h"

#include <string.h>

struct cursor {
    const unsigned char *at, *end;
    bool ok;
};

static uint64_t take(struct cursor *c, size_t bytes) {
    uint64_t value = 0;
    if (!c->ok || (size_t)(c->end - c->at) < bytes) {
        c->ok = false;
        return 0;
    }
    for (size_t i = 0; i < bytes; i++) value |= (uint64_t)c->at[i] << (8 * i);
    c->at += bytes;
    return value;
}

static const char *take_string(struct cursor *c) {
    const unsigned char *end = c->ok ? memchr(c->at, 0, (size_t)(c->end - c->at)) : NULL;
    if (!end) {
        c->ok = false;
        return "";
    }
    const char *text = (const char *)c->at;
    c->at = end + 1;
    return text;
}

static void take_strings(struct cursor *c, uint16_t count, uint16_t most, const char **into) {
    if (count > most) c->ok = false;
    for (uint16_t i = 0; c->ok && i < count; i++) into[i] = take_string(c);
}

// 0 and 1 may be among them, then come 3 and on without a gap.
static void take_passed(struct cursor *c, struct run_request *r) {
    r->passed_count = (uint8_t)take(c, 1);
    if (r->passed_count > PASSED_MAX) c->ok = false;
    for (uint8_t i = 0; c->ok && i < r->passed_count; i++) {
        r->passed[i] = (uint8_t)take(c, 1);
        bool follows = i > 0 && r->passed[i] == (r->passed[i - 1] < 3 ? 3 : r->passed[i - 1] + 1);
        bool standard = r->passed[i] < 2 && (i == 0 || r->passed[i] > r->passed[i - 1]);
        c->ok = c->ok && (standard || follows || (i == 0 && r->passed[i] == 3));
    }
    if (c->ok && r->passed_count && r->passed[0] == 0) c->ok = !(r->flags & (RUN_STDIN_DESCRIPTOR | RUN_STDIN_INLINE));
}

static struct cursor open_message(const unsigned char *message, size_t size, uint8_t type) {
    uint8_t found = 0;
    bool ok = parse_header(message, size, &found) && found == type;
    return (struct cursor){message + (ok ? 8 : 0), message + (ok ? size : 0), ok};
}

static bool closed(const struct cursor *c) { return c->ok && c->at == c->end; }

bool parse_header(const unsigned char *message, size_t size, uint8_t *type) {
    struct cursor c = {message, message + size, size <= MESSAGE_MAX};
    uint64_t magic = take(&c, 4), version = take(&c, 1);
    *type = (uint8_t)take(&c, 1);
    return take(&c, 2) == 0 && c.ok && magic == PROTOCOL_MAGIC && version == PROTOCOL_VERSION;
}

bool parse_config(const unsigned char *message, size_t size, struct config_request *r) {
    struct cursor c = open_message(message, size, MESSAGE_CONFIG);
    memset(r, 0, sizeof *r);
    r->uid = (uint32_t)take(&c, 4);
    r->gid = (uint32_t)take(&c, 4);
    r->cpu = (int32_t)take(&c, 4);
    r->cgroup = (uint8_t)take(&c, 1);
    r->level = (uint8_t)take(&c, 1);
    r->bind_count = (uint16_t)take(&c, 2);
    r->name = take_string(&c);
    r->hostname = take_string(&c);
    r->memory_parent = take_string(&c);
    r->pids_parent = take_string(&c);
    r->cpu_parent = take_string(&c);
    r->scratch = take_string(&c);
    take_strings(&c, r->bind_count, BINDS_MAX, r->binds);
    for (uint16_t i = 0; c.ok && i < r->bind_count; i++) c.ok = r->binds[i][0] == '/' && strlen(r->binds[i]) < NAME_MAX_SIZE;
    bool scratch_fits = r->level == LEVEL_NAMESPACES ? !*r->scratch : *r->scratch == '/' && strlen(r->scratch) < SCRATCH_MAX_SIZE;
    c.ok = c.ok && scratch_fits && (r->level == LEVEL_NAMESPACES || r->level == LEVEL_LANDLOCK);
    c.ok = c.ok && r->cgroup <= CGROUP_V2 && r->name[0] && !strchr(r->name, '/') && strlen(r->name) < 64;
    return closed(&c);
}

bool parse_load(const unsigned char *message, size_t size, uint32_t *file_count) {
    struct cursor c = open_message(message, size, MESSAGE_LOAD);
    *file_count = (uint32_t)take(&c, 4);
    return closed(&c) && *file_count <= FILES_MAX;
}

bool parse_run(const unsigned char *message, size_t size, struct run_request *r) {
    struct cursor c = open_message(message, size, MESSAGE_RUN);
    r->cpu_limit_ns = take(&c, 8);
    r->cpu_kill_ns = take(&c, 8);
    r->wall_limit_ns = take(&c, 8);
    r->memory = take(&c, 8);
    r->output = take(&c, 8);
    r->file_size = take(&c, 8);
    r->stack = take(&c, 8);
    r->stdin_size = take(&c, 8);
    r->collect_size = take(&c, 8);
    r->processes = (uint32_t)take(&c, 4);
    r->open_files = (uint32_t)take(&c, 4);
    r->flags = (uint32_t)take(&c, 4);
    r->argument_count = (uint16_t)take(&c, 2);
    r->environment_count = (uint16_t)take(&c, 2);
    r->collect_count = (uint16_t)take(&c, 2);
    r->file_count = (uint16_t)take(&c, 2);
    take_passed(&c, r);
    take_strings(&c, r->argument_count, ARGUMENTS_MAX, r->arguments);
    take_strings(&c, r->environment_count, ARGUMENTS_MAX, r->environment);
    take_strings(&c, r->collect_count, COLLECT_MAX, r->collect);
    if (!c.ok || r->argument_count == 0 || r->file_count > FILES_MAX || r->arguments[0][0] != '/') return false;
    r->arguments[r->argument_count] = NULL;
    r->environment[r->environment_count] = NULL;
    r->stdin_data = c.at;
    if (r->flags & RUN_STDIN_INLINE) {
        if (r->flags & RUN_STDIN_DESCRIPTOR || r->stdin_size > INLINE_DATA_MAX || r->stdin_size != (uint64_t)(c.end - c.at)) return false;
        c.at = c.end;
    }
    // a limit that is zero or does not fit a signed 64-bit number of bytes or nanoseconds is a caller's mistake
    uint64_t limits[] = {r->cpu_limit_ns, r->cpu_kill_ns, r->wall_limit_ns, r->memory, r->output, r->file_size, r->stack};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (limits[i] == 0 || limits[i] > INT64_MAX / 2) return false;
    return closed(&c) && r->processes > 0 && r->open_files > 0 && r->collect_size <= INT64_MAX / 2;
}

static bool is_name(const char *name) {
    size_t size = strlen(name);
    if (size == 0 || size >= NAME_MAX_SIZE) return false;
    for (const char *part = name;;) {
        size_t length = strcspn(part, "/");
        if (length == 0 || length > 255 || (length == 1 && part[0] == '.') || (length == 2 && part[0] == '.' && part[1] == '.')) return false;
        if (!part[length]) return true;
        part += length + 1;
    }
}

bool parse_file(const unsigned char *message, size_t size, struct file_request *r) {
    struct cursor c = open_message(message, size, MESSAGE_FILE);
    r->mode = (uint32_t)take(&c, 4);
    r->size = take(&c, 8);
    r->in_descriptor = take(&c, 1) != 0;
    r->name = take_string(&c);
    if (!c.ok || !is_name(r->name) || r->mode > 0777 || r->size > INT64_MAX / 2) return false;
    r->data = c.at;
    return (uint64_t)(c.end - c.at) == (r->in_descriptor ? 0 : r->size) && (r->in_descriptor || r->size <= INLINE_DATA_MAX);
}

static size_t put(unsigned char *message, size_t at, uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) message[at + i] = (unsigned char)(value >> (8 * i));
    return at + bytes;
}

static size_t put_string(unsigned char *message, size_t at, const char *text, size_t most) {
    size_t length = strnlen(text, most);
    memcpy(message + at, text, length);
    message[at + length] = 0;
    return at + length + 1;
}

size_t pack_plain(unsigned char *message, uint8_t type) {
    size_t at = put(message, 0, PROTOCOL_MAGIC, 4);
    at = put(message, at, PROTOCOL_VERSION, 1);
    at = put(message, at, type, 1);
    return put(message, at, 0, 2);
}

size_t pack_failed(unsigned char *message, int32_t error, const char *step, const char *detail) {
    size_t at = put(message, pack_plain(message, MESSAGE_FAILED), (uint32_t)error, 4);
    at = put_string(message, at, step, 256);
    return put_string(message, at, detail, 1024);
}

size_t pack_layer_count(unsigned char *message, uint32_t count) {
    return put(message, pack_plain(message, MESSAGE_READY), count, 4);
}

size_t pack_layer(unsigned char *message, size_t size, const char *name, bool on, const char *why) {
    size_t at = put(message, size, on, 1);
    at = put_string(message, at, name, 64);
    return put_string(message, at, why, 256);
}

size_t pack_artefact(unsigned char *message, uint32_t mode, uint64_t file_size, const char *name) {
    size_t at = put(message, pack_plain(message, MESSAGE_ARTEFACT), mode, 4);
    at = put(message, at, file_size, 8);
    return put_string(message, at, name, NAME_MAX_SIZE);
}

size_t pack_result(unsigned char *message, const struct result *r) {
    size_t at = put(message, pack_plain(message, MESSAGE_RESULT), r->ending, 1);
    for (int i = 0; i < 4; i++) at = put(message, at, r->limits[i], 1);
    at = put(message, at, 0, 3);
    at = put(message, at, (uint32_t)r->exit_code, 4);
    at = put(message, at, (uint32_t)r->signal, 4);
    at = put(message, at, r->cpu_ns, 8);
    at = put(message, at, r->wall_ns, 8);
    at = put(message, at, r->memory, 8);
    at = put(message, at, r->stdout_size, 8);
    at = put(message, at, r->stderr_size, 8);
    at = put(message, at, r->ended_ns, 8);
    at = put(message, at, r->stdout_inline, 4);
    at = put(message, at, r->stderr_inline, 4);
    at = put(message, at, r->flags, 4);
    return put(message, at, r->artefacts, 4);
}
