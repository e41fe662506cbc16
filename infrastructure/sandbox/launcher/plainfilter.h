// What seccomp refuses besides, at the level without namespaces.
#ifndef PROBA_PLAINFILTER_H
#define PROBA_PLAINFILTER_H

#include <stdbool.h>

// On the thread that programs are born of. own_user: programs own nothing but their box; landlock_abi: what it sees to.
void plainfilter_install(bool own_user, int landlock_abi);

// By the program's process, where neither its user nor Landlock keeps its signals from others: it may only signal itself
// and its own group. Not NULL: the step that failed.
const char *plainfilter_own_signals(void);

#endif
