// Accounting by looking at the run's processes now and then, where there is no control group to do it.
#ifndef PROBA_SAMPLING_H
#define PROBA_SAMPLING_H

#include <stdint.h>
#include <sys/types.h>

#include "slot.h"

struct sample {
    uint64_t cpu_ns; // of the living processes and those seen before
    uint64_t memory; // of the living processes, and the files in /box and /tmp
};

void sampling_reset(uint64_t given); // so much of what is in its files was given to it

// init: the run's. Where the quick sum of memory is above the limit, or several processes make it more than the highest
// so far, pages that they share are counted once.
void sampling_take(const struct slot *slot, pid_t init, uint64_t memory_limit, uint64_t highest, struct sample *sample);

#endif
