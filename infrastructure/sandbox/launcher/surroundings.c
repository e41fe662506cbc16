// Theory of operation. A run gets a copy of the slot's mounts with an empty /box and /tmp, and an IPC namespace. Making
// and unmaking these costs more than all the rest of a run, so it is done between runs, and not at all where the last run
// left no trace: nobody has written to /box or /tmp when their roots have the times, the mode and the attributes of the
// moment they were mounted, and hold neither a byte nor a name. (Times alone do not tell: the clock that they are taken
// from ticks every few milliseconds.) A program cannot change mounts, so /proc is all that has to be put on and off.
// The IPC namespace is taken again when nobody has made an object in it, which the filter tells (seccomp.c); message queues of the POSIX kind are refused altogether
// (seccomp.c).
// What was touched, or was used by a run that was killed, is always thrown away whole.
#define _GNU_SOURCE
#include "surroundings.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "channel.h"
#include "ipc.h"
#include "layout.h"
#include "seccomp.h"

struct trace { // of a directory that is the root of a tmpfs
    struct stat st;
    struct statfs fs;
};

static int slot_mounts = -1;
static _Atomic uint32_t tree_version;
static _Atomic bool ipc_objects; // the run has made one: the next gets another IPC namespace

static struct {
    bool ready;    // for the next run
    bool touched;  // by the last one
    bool settled;  // the last one's IPC has been cleared away
    uint64_t files; // bytes that the last one has left in /box and /tmp
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

void surroundings_ipc_used(void) { atomic_store(&ipc_objects, true); }

void surroundings_changed(void) { atomic_fetch_add(&tree_version, 1); }

static bool trace(const char *place, struct trace *trace) {
    memset(trace, 0, sizeof *trace);
    return stat(place, &trace->st) == 0 && statfs(place, &trace->fs) == 0;
}

static bool same_time(struct timespec a, struct timespec b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

static bool is_as_it_was(const char *place, const struct trace *was) {
    struct trace is;
    if (!trace(place, &is)) return false;
    now.files += (uint64_t)(is.fs.f_blocks - is.fs.f_bfree) * (uint64_t)is.fs.f_bsize;
    return same_time(is.st.st_ctim, was->st.st_ctim) && same_time(is.st.st_mtim, was->st.st_mtim) &&
           is.st.st_mode == was->st.st_mode && is.st.st_uid == was->st.st_uid && is.st.st_gid == was->st.st_gid &&
           is.st.st_nlink == was->st.st_nlink && is.st.st_size == was->st.st_size && is.fs.f_bfree == was->fs.f_blocks &&
           is.fs.f_ffree == was->fs.f_ffree && listxattr(place, NULL, 0) == 0;
}

static int enter_slot_mounts(void) {
    return (int)syscall(SYS_setns, slot_mounts, CLONE_NEWNS, 0, 0, 0, seccomp_key());
}

int surroundings_leave(pid_t init) {
    siginfo_t info;
    now.ready = false;
    // init was killed: all of its namespace has ended only when it has itself
    if (!now.settled && waitid(P_PID, (id_t)init, &info, WEXITED | WNOWAIT | __WALL) < 0 && errno != ECHILD) return -1;
    if (!now.settled && atomic_load(&ipc_objects)) ipc_clear();
    now.settled = true;
    return enter_slot_mounts();
}

static const char *make(bool with_box) {
    const unsigned long flags = MS_NOATIME;
    now.tree = atomic_load(&tree_version);
    now.with_box = with_box;
    if (enter_slot_mounts() < 0) return "surroundings: return to the slot's mounts";
    // even when it is empty again, its ids tell how many objects there were
    if (keyed_unshare(CLONE_NEWNS | (atomic_load(&ipc_objects) ? CLONE_NEWIPC : 0)) < 0) return "surroundings: unshare";
    atomic_store(&ipc_objects, false);
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
    now.touched = true; // unless init, at its end, finds otherwise
    now.settled = false;
    now.files = 0;
    return NULL;
}

void surroundings_look(void) {
    bool ipc_used = atomic_load(&ipc_objects);
    if (ipc_used) ipc_clear();
    now.settled = true;
    bool same_box = is_as_it_was("/box", &now.box), same_tmp = is_as_it_was("/tmp", &now.tmp);
    now.touched = !now.with_box || ipc_used || !same_box || !same_tmp;
}

uint64_t surroundings_files(void) { return now.files; }

bool surroundings_touched(void) { return now.touched; }

void surroundings_renew(void) {
    if (now.touched) make(true); // where it fails, the next run meets the same failure and says so
    else now.ready = syscall(SYS_umount2, "/proc", MNT_DETACH, 0, 0, 0, seccomp_key()) == 0;
}
