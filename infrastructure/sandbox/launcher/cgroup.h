// Accounting and limits of a whole run by control groups: version 1, version 2, or none at all.
#ifndef PROBA_CGROUP_H
#define PROBA_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol.h"

struct cgroup_usage {
    uint64_t cpu_ns;
    uint64_t memory; // peak, bytes, without what stays charged when everything of the run has gone (caches of files)
    bool out_of_memory;
};

struct cgroup_backend {
    const char *name;
    void (*prepare)(const struct config_request *config); // by the keeper, in the host's view
    void (*enter_spawner)(void);                           // by the thread that programs are born of
    void (*begin)(uint64_t memory, uint32_t processes);
    uint64_t (*cpu_ns)(void); // of the run so far
    void (*end)(struct cgroup_usage *usage, bool suspect_memory);
    void (*rest)(void);   // after the result has gone to the worker
    void (*remove)(void); // by the keeper, when nothing runs any more
};
extern const struct cgroup_backend cgroup_v1, cgroup_v2;

// NULL without control groups.
const struct cgroup_backend *cgroup_choose(uint8_t mode);

bool cgroup_has_memory(void);
bool cgroup_has_pids(void);
bool cgroup_has_cpu(void);
int cgroup_leaf(void);      // v2: the directory that the next program is born into; -1: into its parent's
int cgroup_oom_event(void); // becomes readable when memory ran out; -1: there is no such event

// What v1 and v2 share.
extern struct cgroup_state {
    bool memory, pids, cpu;
    int leaf, oom_event;
    uint64_t rest; // what is known to be charged although nothing runs: caches of files and names that runs have read
} cgroup_state;

// After a run: how much of what is still charged was not its memory. That is caches of files and names, which the kernel
// keeps while there is room; pages of its own that it has left somewhere, and the kernel has not yet freed, stay in its peak.
uint64_t cgroup_rest(int usage, int stat, const char *anonymous_key);
// After cgroup_rest: much that is new in the rest, or anything of a run that was killed, may as well be kernel objects that
// are freed some time later. The next run waits for that, and takes what then is still there for caches that stay.
void cgroup_doubt_rest(uint64_t rest_before, bool killed);
void cgroup_await_rest(int usage); // before a run: until the last one's memory is gone, or for a while
uint64_t cgroup_read(int fd);                          // a file that holds one number; 0 if it cannot be read
uint64_t cgroup_read_key(int fd, const char *key);     // a number behind "key " in a flat file
void cgroup_write(int fd, uint64_t value, const char *file);
void cgroup_remove_directory(int parent, const char *name);

#endif
