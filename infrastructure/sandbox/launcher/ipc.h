// Shared memory, semaphores and message queues of System V: what a run leaves of them.
#ifndef PROBA_IPC_H
#define PROBA_IPC_H

// When all of a run's processes have ended, by one who lives in its IPC namespace: removes what they have left.
void ipc_clear(void);

#endif
