#define _GNU_SOURCE
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"

struct cgroup_state cgroup_state = {.leaf = -1, .oom_event = -1};

const struct cgroup_backend *cgroup_choose(uint8_t mode) {
    return mode == CGROUP_V1 ? &cgroup_v1 : mode == CGROUP_V2 ? &cgroup_v2 : NULL;
}

bool cgroup_has_memory(void) { return cgroup_state.memory; }
bool cgroup_has_pids(void) { return cgroup_state.pids; }
bool cgroup_has_cpu(void) { return cgroup_state.cpu; }
int cgroup_leaf(void) { return cgroup_state.leaf; }
int cgroup_oom_event(void) { return cgroup_state.oom_event; }

uint64_t cgroup_read(int fd) {
    char text[32];
    ssize_t size = pread(fd, text, sizeof text - 1, 0);
    if (size <= 0) return 0;
    text[size] = 0;
    return strtoull(text, NULL, 10);
}

uint64_t cgroup_read_key(int fd, const char *key) {
    char text[4096];
    ssize_t size = pread(fd, text, sizeof text - 1, 0);
    if (size <= 0) return 0;
    text[size] = 0;
    size_t length = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n'), line += line != NULL)
        if (!strncmp(line, key, length) && line[length] == ' ') return strtoull(line + length, NULL, 10);
    return 0;
}

// The group counts in steps of 64 pages a core, and holds a little of the kernel's own for us.
enum { REST_STEP = 1 << 20, REST_WAIT = 100 };

uint64_t cgroup_rest(int usage, int stat, const char *anonymous_key) {
    uint64_t now = cgroup_read(usage);
    if (now < cgroup_state.rest || now <= cgroup_state.rest + REST_STEP) return cgroup_state.rest = now;
    // memory.stat may lag behind by a step for each core: so little may as well be nothing
    uint64_t own = cgroup_read_key(stat, anonymous_key) + cgroup_read_key(stat, "shmem");
    if (own <= REST_STEP / 4 * (uint64_t)sysconf(_SC_NPROCESSORS_ONLN)) own = 0;
    return cgroup_state.rest = now > own ? now - own : 0;
}

void cgroup_doubt_rest(uint64_t rest_before, bool killed) {
    if (cgroup_state.rest > rest_before + (killed ? 0 : 2 * REST_STEP)) cgroup_state.rest = rest_before;
}

void cgroup_await_rest(int usage) {
    uint64_t now = cgroup_read(usage);
    for (int i = 0; i < REST_WAIT && now > cgroup_state.rest + 2 * REST_STEP; i++) {
        nanosleep(&(struct timespec){0, 1000000}, NULL);
        now = cgroup_read(usage);
    }
    if (now > cgroup_state.rest + 2 * REST_STEP) cgroup_state.rest = now; // it stays, so it is not waited for again
}

void cgroup_write(int fd, uint64_t value, const char *file) {
    char text[32];
    int size = snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    if (pwrite(fd, text, (size_t)size, 0) < 0) die("cgroup: write", file);
}

void cgroup_remove_directory(int parent, const char *name) {
    // what has just died may be charged for a moment more
    for (int i = 0; i < 200 && unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno == EBUSY; i++)
        nanosleep(&(struct timespec){0, 5000000}, NULL);
}
