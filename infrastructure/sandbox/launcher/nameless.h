// Files without a name, at the level without mounts.
#ifndef PROBA_NAMELESS_H
#define PROBA_NAMELESS_H

#include <stdint.h>
#include <sys/types.h>

// Bytes of those that descendants of init hold open or mapped on this device. file_size: the largest that one may be.
// UINT64_MAX: a process has closed itself to looks.
uint64_t nameless_size(int proc, pid_t init, dev_t device, uint64_t file_size);

#endif
