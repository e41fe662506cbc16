// Processes at the level without a PID namespace: finding all of a run, and ending all of it.
#ifndef PROBA_TREE_H
#define PROBA_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { TREE_MAX = 8192 };

// proc: /proc of the host. own_user: programs run as this user, which nobody else has.
void tree_start(int proc, bool own_user, uint32_t uid, uint32_t gid);

// The caller takes in the orphans of all that descends from it.
bool tree_adopt(void);

// By the keeper, before anything is started: as root, ends what a slot before has left that lost keeper and launcher at once.
void tree_clean(void);

// Every living descendant of a process, as far as the room goes; parents before their children.
int tree_list(pid_t root, pid_t *found, int most);

// By init: the status (as of wait4) with which the program ended; ends the run when it is told to by SIGTERM. -1: errno.
int tree_wait(pid_t program);

// By one that adopts: kills and reaps until no descendant is left. False: some would not end in time.
bool tree_end(void);

// The processes and threads that the kernel counts for the user that calls.
uint32_t tree_tasks_of_user(void);

#endif
