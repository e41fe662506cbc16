// Theory of operation. A run gets a copy of the slot's mounts with an empty /box and /tmp, and an IPC namespace. Making
// and unmaking these costs more than all the rest of a run, so it is done between runs, and not at all where the last run
// left no trace: nobody has written to /box or /tmp when their roots have the times, the mode and the attributes of the
// moment they were mounted, and hold neither a byte nor a name. (Times alone do not tell: the clock that they are taken
// from ticks every few milliseconds.) A program cannot change mounts, so /proc is all that has to be put on and off.
// The IPC namespace is taken again when it is empty; message queues of the POSIX kind are refused altogether (seccomp.c).
// What was touched, or was used by a run that was killed, is always thrown away whole.
#define _GNU_SOURCE
#include "surroundings.h"

#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "channel.h"
#include "layout.h"
#include "seccomp.h"

struct trace { // of a directory that is the root of a tmpfs
    struct stat st;
    struct statfs fs;
};

static int slot_mounts = -1;
static _Atomic uint32_t tree_version;

static struct {
    bool ready;    // for the next run
    bool touched;  // by the last one
    bool with_box; // its /box is ours, not one that the launcher has mounted
    uint32_t tree; // as of which version of the slot's own tree
    char box_options[OPTIONS_SIZE], tmp_options[OPTIONS_SIZE];
    struct trace box, tmp;
} now;

long keyed_unshare(int flags) { return syscall(SYS_unshare, flags, 0, 0, 0, 0, seccomp_key()); }

long keyed_mount(const char *type, const char *place, unsigned long flags, const char *options) {
    return syscall(SYS_mount, type, place, type, MS_NOSUID | MS_NODEV | flags, options, seccomp_key());
}

void surroundings_start(int proc) {
    slot_mounts = openat(proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (slot_mounts < 0) die("spawner: open the slot's mounts", "");
}

void surroundings_changed(void) { atomic_fetch_add(&tree_version, 1); }

static bool trace(const char *place, struct trace *trace) {
    memset(trace, 0, sizeof *trace);
    return stat(place, &trace->st) == 0 && statfs(place, &trace->fs) == 0;
}

static bool same_time(struct timespec a, struct timespec b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

static bool is_as_it_was(const char *place, const struct trace *was) {
    struct trace is;
    return trace(place, &is) && same_time(is.st.st_ctim, was->st.st_ctim) && same_time(is.st.st_mtim, was->st.st_mtim) &&
           is.st.st_mode == was->st.st_mode && is.st.st_uid == was->st.st_uid && is.st.st_gid == was->st.st_gid &&
           is.st.st_nlink == was->st.st_nlink && is.st.st_size == was->st.st_size && is.fs.f_bfree == was->fs.f_blocks &&
           is.fs.f_ffree == was->fs.f_ffree && listxattr(place, NULL, 0) == 0;
}

static bool ipc_is_empty(void) {
    struct shm_info shm = {0};
    struct seminfo sem = {0};
    struct msginfo msg = {0};
    union {
        int value;
        struct seminfo *info;
    } argument = {.info = &sem};
    return shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&shm) >= 0 && semctl(0, 0, SEM_INFO, argument) >= 0 &&
           msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&msg) >= 0 && shm.used_ids == 0 && sem.semusz == 0 && msg.msgpool == 0;
}

// The kernel does this too when the namespace goes, but some time later: the memory would be the next run's burden.
static void remove_ipc(void) {
    struct shm_info shm;
    struct seminfo sem;
    struct msginfo msg;
    struct shmid_ds segment;
    struct semid_ds set;
    struct msqid_ds queue;
    union {
        void *place;
    } sem_info = {&sem}, sem_set = {&set};
    int segments = shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&shm), queues = msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&msg);
    int sets = semctl(0, 0, SEM_INFO, sem_info);
    for (int i = 0, id; i <= segments; i++)
        if ((id = shmctl(i, SHM_STAT_ANY, &segment)) >= 0) shmctl(id, IPC_RMID, NULL);
    for (int i = 0, id; i <= queues; i++)
        if ((id = msgctl(i, MSG_STAT_ANY, &queue)) >= 0) msgctl(id, IPC_RMID, NULL);
    for (int i = 0, id; i <= sets; i++)
        if ((id = semctl(i, 0, SEM_STAT_ANY, sem_set)) >= 0) semctl(id, 0, IPC_RMID);
}

int surroundings_leave(void) {
    now.ready = false;
    if (!ipc_is_empty()) remove_ipc();
    return (int)syscall(SYS_setns, slot_mounts, CLONE_NEWNS, 0, 0, 0, seccomp_key());
}

static const char *make(bool with_box) {
    const unsigned long flags = MS_NOATIME;
    now.tree = atomic_load(&tree_version);
    now.with_box = with_box;
    if (surroundings_leave() < 0) return "surroundings: return to the slot's mounts";
    if (keyed_unshare(CLONE_NEWNS | (ipc_is_empty() ? 0 : CLONE_NEWIPC)) < 0) return "surroundings: unshare";
    if (with_box && keyed_mount("tmpfs", "/box", flags, now.box_options) < 0) return "surroundings: mount /box";
    if (keyed_mount("tmpfs", "/tmp", flags, now.tmp_options) < 0) return "surroundings: mount /tmp";
    now.ready = trace("/box", &now.box) && trace("/tmp", &now.tmp);
    return now.ready ? NULL : "surroundings: stat";
}

const char *surroundings_take(bool box_mounted, const char *box_options, const char *tmp_options) {
    bool fits = now.ready && now.with_box && !box_mounted && now.tree == atomic_load(&tree_version) &&
                !strcmp(now.box_options, box_options) && !strcmp(now.tmp_options, tmp_options);
    if (!fits) {
        memcpy(now.box_options, box_options, OPTIONS_SIZE);
        memcpy(now.tmp_options, tmp_options, OPTIONS_SIZE);
        const char *failed = make(!box_mounted);
        if (failed) return failed;
    }
    now.ready = false;
    now.touched = true;
    return NULL;
}

void surroundings_look(void) {
    now.touched = !now.with_box || !is_as_it_was("/box", &now.box) || !is_as_it_was("/tmp", &now.tmp) || !ipc_is_empty();
}

bool surroundings_touched(void) { return now.touched; }

void surroundings_renew(void) {
    if (now.touched) make(true); // where it fails, the next run meets the same failure and says so
    else now.ready = syscall(SYS_umount2, "/proc", MNT_DETACH, 0, 0, 0, seccomp_key()) == 0;
}
