// The system calls that programs are refused.
#ifndef PROBA_SECCOMP_H
#define PROBA_SECCOMP_H

#include <stdbool.h>

// Builds the filter with a new key and installs it on the calling thread, for itself and all that are born of it.
// memory_counted: a control group counts what no process has mapped too.
void seccomp_install(bool memory_counted);

// The sixth argument with which the launcher's own mount, unshare, setns and clone pass the filter.
unsigned long seccomp_key(void);

// Readable while a program waits to be allowed an object of System V's IPC; -1: none is ever allowed.
int seccomp_listener(void);

// Lets it go on.
void seccomp_listen(void);

#endif
