// What one launcher knows about its slot once it has been set up.
#ifndef PROBA_SLOT_H
#define PROBA_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "cgroup.h"

struct slot {
    bool plain;    // the level of landlock: no namespaces, no mounts
    bool own_user; // root mode: programs become uid, gid; else in a user namespace of one user, or (plain) as the worker's own
    uint32_t uid, gid;
    bool pinned;             // to one core: cpu time cannot pass faster than wall time
    long cores;              // that a program may use at once
    int proc;                // /proc of the slot's PID namespace; plain: of the host
    int signals;             // signalfd of SIGCHLD and SIGTERM
    bool processes_by_rlimit; // RLIMIT_NPROC counts the processes of this slot alone
    const struct cgroup_backend *cgroup; // NULL: none
};

#endif
