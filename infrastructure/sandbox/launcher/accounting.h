// What a run has used, and which limits it has passed.
#ifndef PROBA_ACCOUNTING_H
#define PROBA_ACCOUNTING_H

#include <sys/resource.h>

#include "sampling.h"
#include "slot.h"
#include "spawner.h"

struct accounting {
    uint64_t begun_ns, spawner_before_ns, counter_before_ns;
    uint64_t next_cpu_look, next_sample, wall_deadline; // on the clock of now_ns
    struct sample highest;
    struct rusage usage; // of init and everything that it waited for
    uint8_t limits[4];   // in the order in which they were passed
    int limit_count;
    bool killed, kill_sent, cancelled;
    uint64_t given;
    uint64_t killed_ns; // when that was decided; peers may be gone before it has been done
    bool watch_files; // plain: nothing else bounds what is written to /box and /tmp
};

// given: bytes of the files that the run finds in its box; they are not its own.
void accounting_begin(struct accounting *a, const struct slot *slot, const struct run_request *request, uint64_t given);
uint64_t accounting_next_look(const struct accounting *a); // nanoseconds from now

// Looks at what is due. Not LIMIT_NONE: the run is to be ended for it.
enum limit accounting_look(struct accounting *a, const struct slot *slot, const struct run_request *request, const struct job *job);
void accounting_passed(struct accounting *a, enum limit limit); // once for each limit

// What the run has left in files, where nothing else counts it; UINT64_MAX: beyond measure.
void accounting_files(struct accounting *a, const struct run_request *request, uint64_t size);

// The run is over: fills in how it ended, and what the kernel counted.
void accounting_settle(struct accounting *a, const struct slot *slot, const struct run_request *request, const struct job *job,
                       uint64_t output, struct result *result);

#endif
