// The worker's protocol: one SOCK_SEQPACKET message is one request or reply. Little-endian, bounded, versioned.
// This header and protocol.c know nothing but bytes, so that a fuzzer can be let loose on them; protocol.py is the peer.
#ifndef PROBA_PROTOCOL_H
#define PROBA_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PROTOCOL_MAGIC = 0x424f5250, // "PROB"
    PROTOCOL_VERSION = 2,
    MESSAGE_MAX = 160 * 1024,
    INLINE_DATA_MAX = 64 * 1024,   // stdin or a file carried in the message itself
    INLINE_OUTPUT_MAX = 32 * 1024, // of each stream
    HEAD_SIZE = 4096,              // always inline, also when the stream comes as a descriptor
    ARGUMENTS_MAX = 1024,
    COLLECT_MAX = 64,
    PASSED_MAX = 16,               // descriptors that a program gets from the worker
    BINDS_MAX = 64,
    FILES_MAX = 4096,
    NAME_MAX_SIZE = 1024,
    SCRATCH_MAX_SIZE = 256,
    LAYERS_MAX = 16,
};

enum message_type {
    MESSAGE_CONFIG = 1,
    MESSAGE_LOAD,
    MESSAGE_RUN,
    MESSAGE_FILE,
    MESSAGE_KILL,
    MESSAGE_READY = 101,
    MESSAGE_FAILED,
    MESSAGE_LOADED,
    MESSAGE_ARTEFACT,
    MESSAGE_RESULT,
};

enum isolation_level { LEVEL_NAMESPACES = 1, LEVEL_LANDLOCK = 2 };
enum cgroup_mode { CGROUP_NONE = 0, CGROUP_V1 = 1, CGROUP_V2 = 2 };

// The same numbers as in protocol.py; LIMIT_NONE ends the list of limits passed.
enum limit { LIMIT_NONE = 0, LIMIT_OUTPUT, LIMIT_CPU_TIME, LIMIT_WALL_TIME, LIMIT_MEMORY, LIMITS_MAX };
enum ending { ENDING_EXITED = 1, ENDING_SIGNALED, ENDING_KILLED, ENDING_CANCELLED };

struct config_request {
    uint32_t uid, gid; // what programs run as (root mode)
    int32_t cpu;       // core to pin the slot to, -1: none
    uint8_t cgroup;    // enum cgroup_mode
    uint8_t level;     // enum isolation_level: this one or none
    const char *name;  // of the slot's cgroup directories, "<worker pid>-<slot>"
    const char *hostname;
    const char *memory_parent, *pids_parent, *cpu_parent; // v1: one a hierarchy, "" where there is none; v2: the first
    const char *scratch; // landlock: the directory to make for the slot, absolute; else ""
    uint16_t bind_count;
    const char *binds[BINDS_MAX]; // host paths that programs see read-only at the same place
};

enum run_flags {
    RUN_LIMIT_ADDRESS_SPACE = 1, // RLIMIT_AS may stand in for memory accounting
    RUN_STDIN_DESCRIPTOR = 2,    // one descriptor comes with the message
    RUN_STDIN_INLINE = 4,        // the message's tail is the input
    RUN_COLLECT_ALWAYS = 8,      // also after an exit code that is not 0
};

struct run_request {
    uint64_t cpu_limit_ns, cpu_kill_ns, wall_limit_ns;
    uint64_t memory, output, file_size, stack, stdin_size, collect_size;
    uint32_t processes, open_files, flags;
    uint16_t argument_count, environment_count, collect_count, file_count;
    uint8_t passed_count;
    uint8_t passed[PASSED_MAX]; // which descriptors of the program the message brings: 0, 1, then 3 and on without a gap
    const char *arguments[ARGUMENTS_MAX + 1];   // NULL-terminated
    const char *environment[ARGUMENTS_MAX + 1]; // NULL-terminated
    const char *collect[COLLECT_MAX];
    const unsigned char *stdin_data;
};

struct file_request {
    uint32_t mode;
    uint64_t size;
    bool in_descriptor;
    const char *name;          // relative, no empty, "." or ".." component
    const unsigned char *data; // size bytes, unless in_descriptor
};

struct result {
    uint8_t ending;
    uint8_t limits[4]; // in the order in which they were noticed, LIMIT_NONE at the end
    int32_t exit_code, signal;
    uint64_t cpu_ns, wall_ns, memory, stdout_size, stderr_size;
    uint64_t ended_ns; // when, by CLOCK_MONOTONIC
    uint32_t stdout_inline, stderr_inline, flags, artefacts;
};
enum result_flags {
    RESULT_STDOUT_DESCRIPTOR = 1,
    RESULT_STDERR_DESCRIPTOR = 2,
    RESULT_COLLECT_OVERFLOW = 4, // there was more to collect than collect_size: nothing was
};

// Each returns false for anything that is not exactly one well-formed message; strings point into the message.
bool parse_header(const unsigned char *message, size_t size, uint8_t *type);
bool parse_config(const unsigned char *message, size_t size, struct config_request *request);
bool parse_load(const unsigned char *message, size_t size, uint32_t *file_count);
bool parse_run(const unsigned char *message, size_t size, struct run_request *request);
bool parse_file(const unsigned char *message, size_t size, struct file_request *request);

// Each writes one message into a buffer of at least PACKED_MAX bytes and returns its size.
enum { PACKED_MAX = 8192 };
size_t pack_plain(unsigned char *message, uint8_t type);
size_t pack_failed(unsigned char *message, int32_t error, const char *step, const char *detail);
size_t pack_layer_count(unsigned char *message, uint32_t count);
size_t pack_layer(unsigned char *message, size_t size, const char *name, bool on, const char *why);
size_t pack_artefact(unsigned char *message, uint32_t mode, uint64_t file_size, const char *name);
size_t pack_result(unsigned char *message, const struct result *result); // the inline bytes follow

#endif
