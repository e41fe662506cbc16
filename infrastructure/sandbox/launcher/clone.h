// clone with shared memory on a stack of its own, and into a cgroup where there is one.
#ifndef PROBA_CLONE_H
#define PROBA_CLONE_H

#include <sys/types.h>

enum { CLONE_STACK_SIZE = 64 * 1024 };
struct clone_stack {
    unsigned char *bottom;
};
void clone_stack_make(struct clone_stack *stack); // with a guard page below

typedef void (*clone_body)(void); // never returns

// flags besides CLONE_VM, CLONE_VFORK and SIGCHLD; cgroup: a directory of cgroup v2, -1: the caller's.
// parent_pid, if given, is written before the child runs. Sleeps until the child has ended or executed something.
pid_t clone_shared(int flags, int cgroup, pid_t *parent_pid, clone_body body, const struct clone_stack *stack);

#endif
