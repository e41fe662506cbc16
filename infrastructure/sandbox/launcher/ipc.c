// Theory of operation. An object of System V's IPC lives until somebody removes it, or its namespace goes. The kernel throws
// a namespace away some time later, in a thread of its own (and before Linux 6.3 a hundred a second at most), and until then
// its shared memory is charged to the run's group: the next run would pay for it. So what is left is removed by hand.
#define _GNU_SOURCE
#include "ipc.h"

#include <stddef.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

enum kind { SHARED_MEMORY, SEMAPHORES, MESSAGES, KINDS };

union semaphore_argument {
    int value;
    struct semid_ds *status;
    struct seminfo *info;
};

static int remove_one(enum kind kind, int id) {
    switch (kind) {
    case SHARED_MEMORY: return shmctl(id, IPC_RMID, NULL);
    case SEMAPHORES: return semctl(id, 0, IPC_RMID);
    default: return msgctl(id, IPC_RMID, NULL);
    }
}

// The highest place in use, -1 for none or an error; and, of the object in a place, the id.
static int highest(enum kind kind) {
    struct shm_info shm;
    struct seminfo sem;
    struct msginfo msg;
    union semaphore_argument argument = {.info = &sem};
    switch (kind) {
    case SHARED_MEMORY: return shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&shm);
    case SEMAPHORES: return semctl(0, 0, SEM_INFO, argument);
    default: return msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&msg);
    }
}

static int id_at(enum kind kind, int place) {
    struct shmid_ds shm;
    struct semid_ds sem;
    struct msqid_ds msg;
    union semaphore_argument argument = {.status = &sem};
    switch (kind) {
    case SHARED_MEMORY: return shmctl(place, SHM_STAT_ANY, &shm);
    case SEMAPHORES: return semctl(place, 0, SEM_STAT_ANY, argument);
    default: return msgctl(place, MSG_STAT_ANY, &msg);
    }
}

void ipc_clear(void) {
    for (int kind = 0; kind < KINDS; kind++) {
        for (int place = highest((enum kind)kind); place >= 0; place--) {
            int id = id_at((enum kind)kind, place);
            if (id >= 0) remove_one((enum kind)kind, id);
        }
    }
}
