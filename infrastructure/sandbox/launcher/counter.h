// Cpu time of a thread and of all that ever descends from it, where there is no control group to count it.
#ifndef PROBA_COUNTER_H
#define PROBA_COUNTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

void counter_start(int proc, pid_t thread); // of this process; before it has children. proc: of our PID namespace
uint64_t counter_ns(void);                  // so far; 0 where it does not work
bool counter_children(pid_t init);          // whether the program of this init may have had some, or threads

#endif
