// What one launcher knows about its slot once it has been set up.
#ifndef PROBA_SLOT_H
#define PROBA_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "cgroup.h"

struct slot {
    bool own_user; // root mode: programs become uid, gid; else everything is in a user namespace of one user
    uint32_t uid, gid;
    bool pinned;             // to one core: cpu time cannot pass faster than wall time
    long cores;              // that a program may use at once
    int proc;                // /proc of the slot's PID namespace
    int signals;             // signalfd of SIGCHLD and SIGTERM
    bool processes_by_rlimit; // RLIMIT_NPROC counts the processes of this slot alone
    const struct cgroup_backend *cgroup; // NULL: none
};

#endif
