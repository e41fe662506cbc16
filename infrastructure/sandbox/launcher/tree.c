// Theory of operation. What a run starts can leave its session, its group and its parent, but not the nearest ancestor that
// adopts orphans: that is the run's init, behind it the launcher, behind that the keeper. Whichever of them lives longest
// ends what is left, so that nothing outlives a launcher, however it was killed.
//
// A tree that forks while it is looked at must end nevertheless. As root, one process becomes the slot's own user and
// kills everything of it in a single system call, during which the kernel lets nobody fork. With cgroup v2 the leaf does
// the same. An ordinary user has neither: there everything that is found is stopped first, so that what is killed then
// makes no room for new processes under their limit, and all of it runs on the one core that the killer holds meanwhile.
// It is repeated until the kernel says that there are no children any more.
#define _GNU_SOURCE
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "channel.h"

#define SECOND 1000000000ull
enum { STOP_ROUNDS = 4, PAUSE_NS = 2000000, KILLER_PAUSES = 50, END_SECONDS = 4 };

static int proc = -1;
static bool own_user, knows_children;
static uint32_t user, group;

// Per thread, since the launcher samples while init (which has the spawner's) kills.
static __thread pid_t listed[TREE_MAX];
static __thread struct {
    pid_t pid, parent;
} table[TREE_MAX];

void tree_start(int proc_directory, bool own, uint32_t uid, uint32_t gid) {
    char path[64];
    proc = proc_directory;
    own_user = own;
    user = uid;
    group = gid;
    snprintf(path, sizeof path, "self/task/%d/children", (int)getpid());
    knows_children = faccessat(proc, path, R_OK, 0) == 0;
}

bool tree_adopt(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1) == 0; }

static DIR *open_numbers(const char *path) {
    int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (fd >= 0 && !directory) close(fd);
    return directory;
}

static pid_t next_number(DIR *directory) {
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        pid_t number = atoi(entry->d_name);
        if (number > 0) return number;
    }
    return 0;
}

// Adds the numbers in a file of decimal numbers with spaces between them.
static int add_numbers(const char *path, pid_t *found, int count, int most) {
    char text[1024];
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return count;
    pid_t number = 0;
    for (ssize_t size; (size = read(fd, text, sizeof text)) > 0;)
        for (ssize_t i = 0; i < size; i++) {
            if (text[i] >= '0' && text[i] <= '9') number = number * 10 + (text[i] - '0');
            else if (number && count < most) found[count++] = number, number = 0;
        }
    close(fd);
    return count;
}

static int add_children(pid_t parent, pid_t *found, int count, int most) {
    char path[64];
    snprintf(path, sizeof path, "%d/task", (int)parent);
    DIR *threads = open_numbers(path);
    for (pid_t thread; (thread = next_number(threads));) {
        snprintf(path, sizeof path, "%d/task/%d/children", (int)parent, (int)thread);
        count = add_numbers(path, found, count, most);
    }
    if (threads) closedir(threads);
    return count;
}

// A field of /proc/<pid>/stat, counted from 1; the second one is a name in parentheses that may hold anything.
static long stat_field(pid_t pid, int wanted) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "%d/stat", (int)pid);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    text[size > 0 ? size : 0] = 0;
    char *at = strrchr(text, ')');
    for (int field = 2; at && field < wanted; field++) at = strchr(at + 1, ' ');
    return at ? strtol(at + 1, NULL, 10) : -1;
}

static int list_by_table(pid_t root, pid_t *found, int most) {
    int processes = 0, count = 0;
    DIR *directory = open_numbers(".");
    for (pid_t pid; processes < TREE_MAX && (pid = next_number(directory));) {
        table[processes].pid = pid;
        table[processes++].parent = (pid_t)stat_field(pid, 4);
    }
    if (directory) closedir(directory);
    for (int i = -1; i < count; i++)
        for (int j = 0; j < processes && count < most; j++)
            if (table[j].parent == (i < 0 ? root : found[i])) found[count++] = table[j].pid;
    return count;
}

int tree_list(pid_t root, pid_t *found, int most) {
    if (!knows_children) return list_by_table(root, found, most);
    int count = add_children(root, found, 0, most);
    for (int i = 0; i < count; i++) count = add_children(found[i], found, count, most);
    return count;
}

static int wait_for_signal(const struct timespec *most) {
    uint64_t awaited = 1ull << (SIGCHLD - 1) | 1ull << (SIGTERM - 1);
    return (int)syscall(SYS_rt_sigtimedwait, &awaited, NULL, most, sizeof awaited);
}

// Raw system calls only: it may be born of a process that shares its memory with the launcher.
static bool kill_user(void) {
    long child = syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);
    if (child < 0) return false; // at its limit of processes
    if (child == 0) {
        if (syscall(SYS_setresgid, group, group, group) == 0 && syscall(SYS_setresuid, user, user, user) == 0) kill(-1, SIGKILL);
        _exit(0);
    }
    const struct timespec pause = {0, PAUSE_NS};
    for (int i = 0; i < KILLER_PAUSES; i++) { // what it is after could stop it first, where signals are not scoped
        if (wait4((pid_t)child, NULL, __WALL | WNOHANG, NULL) != 0) return true;
        wait_for_signal(&pause);
    }
    kill((pid_t)child, SIGKILL);
    return false;
}

void tree_clean(void) {
    if (own_user) kill_user();
}

static void kill_leaf(void) {
    int file = cgroup_leaf() >= 0 ? openat(cgroup_leaf(), "cgroup.kill", O_WRONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    if (write(file, "1", 1) < 0) {} // then one by one
    close(file);
}

static int signal_all(int number) {
    int count = tree_list(getpid(), listed, TREE_MAX);
    for (int i = 0; i < count; i++) kill(listed[i], number);
    return count;
}

static void kill_all(void) {
    kill_leaf();
    if (!own_user || !kill_user())
        for (int i = 0, before = 0, now; i < STOP_ROUNDS && (now = signal_all(SIGSTOP)) != before; i++) before = now;
    signal_all(SIGKILL);
}

int tree_wait(pid_t program) {
    int status;
    for (;;) {
        pid_t ended = wait4(-1, &status, __WALL | WNOHANG, NULL);
        if (ended == program) return status;
        if (ended < 0 && errno != EINTR) return -1;
        if (ended == 0 && wait_for_signal(NULL) == SIGTERM) kill_all();
    }
}

bool tree_end(void) {
    const struct timespec pause = {0, PAUSE_NS};
    int status;
    for (uint64_t deadline = now_ns() + END_SECONDS * SECOND; now_ns() < deadline;) {
        pid_t ended;
        do ended = wait4(-1, &status, __WALL | WNOHANG, NULL);
        while (ended > 0 || (ended < 0 && errno == EINTR));
        if (ended < 0) return true;
        kill_all();
        for (int i = 0; i < 8 && wait_for_signal(&pause) == SIGCHLD; i++)
            while (wait4(-1, &status, __WALL | WNOHANG, NULL) > 0) {}
    }
    return false;
}

uint32_t tree_tasks_of_user(void) {
    uint32_t tasks = 0;
    DIR *directory = open_numbers(".");
    for (pid_t pid; (pid = next_number(directory));) {
        char path[32];
        struct stat st;
        snprintf(path, sizeof path, "%d", (int)pid);
        long threads = fstatat(proc, path, &st, 0) == 0 && st.st_uid == getuid() ? stat_field(pid, 20) : 0;
        if (threads > 0) tasks += (uint32_t)threads;
    }
    if (directory) closedir(directory);
    return tasks;
}
