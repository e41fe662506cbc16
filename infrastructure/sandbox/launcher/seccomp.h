// The system calls that programs are refused.
#ifndef PROBA_SECCOMP_H
#define PROBA_SECCOMP_H

#include <linux/filter.h>

// Builds the filter once; it must be installed by each program (no_new_privs is set by then).
const struct sock_fprog *seccomp_program(void);

#endif
