// The namespaces that a run is born into, made ahead by the spawner thread, and its keyed system calls.
#ifndef PROBA_SURROUNDINGS_H
#define PROBA_SURROUNDINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

void surroundings_start(int proc); // proc: /proc of the slot's PID namespace

// Any thread: the slot's own tree of files is another one now (a new /app).
void surroundings_changed(void);

// Any thread: the run makes an object of System V's IPC.
void surroundings_ipc_used(void);

// By the spawner, before a run: makes sure that it is in surroundings for such a one. Not NULL: the step that failed.
const char *surroundings_take(bool box_mounted, const char *box_options, const char *tmp_options);

// By init, when the program and all of its processes have ended: whether the run left anything behind.
void surroundings_look(void);
uint64_t surroundings_files(void); // bytes that were left in them, as of that look
bool surroundings_touched(void); // true until init has seen that it did not

// By the spawner, after a run. What was touched must be left; then it is made new, else only made ready again.
int surroundings_leave(pid_t init);
void surroundings_renew(void);

// System calls that programs are refused, with the key that lets us through.
long keyed_unshare(int flags);
long keyed_mount(const char *type, const char *place, unsigned long flags, const char *options);

#endif
