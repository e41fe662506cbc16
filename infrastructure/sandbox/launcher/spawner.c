// Theory of operation.
//
// A process that shares its parent's memory until execve (CLONE_VM|CLONE_VFORK) is born in a third of
// the time that fork takes, but its parent sleeps meanwhile. Init lives as long as the run, and the launcher must keep
// time and drain pipes, so a thread of its own does the cloning: it sleeps until init has gone. Init in its turn sleeps
// only until the program's execve, then reaps. At any time only one of the three runs, so sharing errno is safe, but
// nothing here may use libc's wrappers that speak to all threads (setuid and its like): raw system calls only.
// A task that shares its parent's memory in a vfork is passed over by the OOM killer, so none of ours is ever its victim.
//
// What a run needs fresh but does not depend on it is made ahead (surroundings.c), when the last result has gone out.
#define _GNU_SOURCE
#include "spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "channel.h"
#include "clone.h"
#include "counter.h"
#include "plainbox.h"
#include "plainfilter.h"
#include "ruleset.h"
#include "seccomp.h"
#include "surroundings.h"
#include "tree.h"

enum { SCOPED_SIGNALS = 6 }; // the ABI of Landlock that has them

static struct job *job;
static _Atomic uint32_t turn; // one more for each job
static _Atomic uint32_t rested; // one more for each result
static int event = -1, launcher_pidfd = -1;
static clockid_t thread_clock;
static pid_t thread_id;
static void (*enter_groups)(void);
static bool hide_groups, plain, plain_own_user;
static struct clone_stack init_stack, program_stack;

static _Noreturn void fail(const char *step) {
    job->failed_error = errno;
    job->failed_step = step;
    _exit(70);
}

static uint64_t clock_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void become_user(void) {
    if (syscall(SYS_setgroups, 0, NULL) < 0) fail("program: setgroups");
    if (syscall(SYS_setresgid, job->gid, job->gid, job->gid) < 0) fail("program: setresgid");
    if (syscall(SYS_setresuid, job->uid, job->uid, job->uid) < 0) fail("program: setresuid");
}

// What namespaces and mounts do elsewhere.
static void confine_plain(void) {
    int ruleset;
    const char *failed = ruleset_build(plainbox_app(), plainbox_box(), plainbox_tmp(), &ruleset);
    if (failed) fail(failed);
    if (!ruleset_enter(ruleset)) fail("landlock: restrict");
}

static void enter_plain(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    const struct __user_cap_data_struct none[2] = {{0}};
    if (syscall(SYS_capset, &header, none) < 0) fail("program: drop the capabilities");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("program: pdeathsig");
    if (chdir(plainbox_box()) < 0) fail("program: chdir to the box");
    const char *failed = !job->own_user && ruleset_abi() < SCOPED_SIGNALS ? plainfilter_own_signals() : NULL;
    if (failed) fail(failed);
}

// Out of the way of the numbers that others shall have, then to their own.
static void place_descriptors(void) {
    enum { OUT_OF_THE_WAY = 64 };
    int moved[JOB_PASSED_MAX];
    for (int i = 0; i < job->passed_count; i++) {
        moved[i] = fcntl(job->passed[i].fd, F_DUPFD, OUT_OF_THE_WAY);
        if (moved[i] < 0) fail("program: move a descriptor");
    }
    if (dup2(job->stdin_fd, 0) < 0 || dup2(job->stdout_fd, 1) < 0 || dup2(job->stderr_fd, 2) < 0) fail("program: dup2");
    for (int i = 0; i < job->passed_count; i++)
        if (dup2(moved[i], job->passed[i].number) < 0) fail("program: dup2 of a passed descriptor");
    // not by CLOEXEC: execve looks up the interpreter before, and /proc/self/fd leads to wherever a descriptor lies
    if (syscall(SYS_close_range, 3 + job->passed_count, ~0u, 0) < 0) fail("program: close_range (needs Linux 5.9)");
}

// A peer waits for the end of its input until nobody but the program holds the other end.
static void close_passed(void) {
    for (int i = 0; i < job->passed_count; i++) close(job->passed[i].fd);
    for (int i = 0; i < 2; i++)
        if (job->close_early[i] >= 0) close(job->close_early[i]);
}

static _Noreturn void run_program(void) {
    if (plain) confine_plain(); // while it may open files
    if (job->cgroup_spaces && keyed_unshare(CLONE_NEWCGROUP) < 0) fail("program: unshare the cgroup namespace");
    if (syscall(SYS_setsid) < 0) fail("program: setsid");
    place_descriptors();
    for (int i = 0; i < job->limit_count; i++) {
        struct rlimit limit = {job->limits[i].value, job->limits[i].value};
        if (syscall(SYS_prlimit64, 0, job->limits[i].resource, &limit, NULL) < 0) fail("program: prlimit");
    }
    if (job->own_user) become_user();
    if (plain) enter_plain();
    else if (chdir("/box") < 0) fail("program: chdir /box");
    uint64_t no_signals = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &no_signals, NULL, 8);
    job->program_setup_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    job->started_ns = now_ns();
    syscall(SYS_execve, job->arguments[0], job->arguments, job->environment);
    job->execve_failed = true;
    fail("program: execve");
}

static uint64_t rusage_ns(const struct rusage *usage) {
    return (uint64_t)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000000u +
           (uint64_t)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * 1000u;
}

static void note_own_time(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) == 0) job->init_ns = rusage_ns(&usage);
}

static _Noreturn void run_init(void) {
    // dies with the launcher, also with one that died before this line
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("init: pdeathsig");
    struct pollfd launcher = {launcher_pidfd, POLLIN, 0};
    if (poll(&launcher, 1, 0) > 0) _exit(70);
    if (job->feed_fd >= 0) close(job->feed_fd);
    if (plain && !tree_adopt()) fail("init: adopt orphans");
    // of init, which is the launcher's kin, programs see nothing
    if (!plain && keyed_mount("proc", "/proc", MS_NOEXEC | MS_RDONLY, "hidepid=2") < 0) fail("init: mount /proc");
    pid_t program = clone_shared(0, job->cgroup_leaf, NULL, run_program, &program_stack);
    if (program < 0) fail("init: clone the program");
    close_passed();
    note_own_time();
    int status = plain ? tree_wait(program) : 0;
    if (status < 0) fail("init: wait");
    while (!plain) {
        pid_t ended = wait4(-1, &status, __WALL, NULL);
        if (ended == program) break;
        if (ended < 0 && errno != EINTR) fail("init: wait");
    }
    job->ended_ns = now_ns();
    job->status = status;
    atomic_store(&job->ended, 1);
    if (plain) {
        job->left_over = !tree_end();
        note_own_time();
        _exit(0);
    }
    // Everything ends with the program. What is orphaned becomes init's child, so without a child there is nothing left.
    if (wait4(-1, &status, __WALL | WNOHANG, NULL) >= 0) {
        kill(-1, SIGKILL);
        while (wait4(-1, &status, __WALL, NULL) > 0 || errno == EINTR) {}
    }
    surroundings_look();
    note_own_time();
    _exit(0);
}

static const char *spawn_one(void) {
    const char *failed = plain ? NULL : surroundings_take(job->box_mounted, job->box_options, job->tmp_options);
    if (failed) return failed;
    // init_pid is written before init first runs; a run that has ended is never touched again from here
    if (clone_shared(plain ? 0 : CLONE_NEWPID, -1, (pid_t *)&job->init_pid, run_init, &init_stack) < 0) return "spawner: clone init";
    return NULL;
}

static void set_up_thread(void) {
    enter_groups();
    if (hide_groups && unshare(CLONE_NEWCGROUP) < 0 && errno != EINVAL) die("spawner: unshare the cgroup namespace", "");
    if (plain) {
        for (int capability = 0; prctl(PR_CAPBSET_DROP, capability) == 0; capability++) {} // who may not, has none to gain
        seccomp_install(cgroup_has_memory());
        plainfilter_install(plain_own_user, ruleset_abi());
        return;
    }
    if (unshare(CLONE_FS) < 0) die("spawner: unshare the working directory", ""); // a thread alone may change its mounts
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
        if (prctl(PR_CAPBSET_DROP, capability) < 0) die("spawner: drop the bounding set", "");
    seccomp_install(cgroup_has_memory());
}

static void *spawn(void *unused) {
    (void)unused;
    thread_id = gettid();
    set_up_thread();
    if (eventfd_write(event, 1) < 0) _exit(70);
    for (uint32_t done = 0;; done++) {
        while (atomic_load(&turn) == done) syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, done, NULL, NULL, 0);
        const char *failed = spawn_one();
        if (failed) {
            job->failed_error = errno;
            job->failed_step = failed;
            if (eventfd_write(event, 1) < 0) _exit(70);
            continue;
        }
        if (!plain && surroundings_touched() && (surroundings_leave(atomic_load(&job->init_pid)) < 0 || eventfd_write(event, 1) < 0)) _exit(70);
        // not before the launcher has sent the result: we share its core
        while (atomic_load(&rested) == done) syscall(SYS_futex, &rested, FUTEX_WAIT_PRIVATE, done, NULL, NULL, 0);
        if (!plain) surroundings_renew();
    }
    return NULL;
}

static void start_thread(int proc) {
    pthread_t thread;
    eventfd_t ready;
    event = eventfd(0, EFD_CLOEXEC);
    launcher_pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (event < 0 || launcher_pidfd < 0) die("spawner: eventfd, pidfd", "");
    clone_stack_make(&init_stack);
    clone_stack_make(&program_stack);
    errno = pthread_create(&thread, NULL, spawn, NULL);
    if (errno) die("spawner: pthread_create", "");
    errno = pthread_getcpuclockid(thread, &thread_clock);
    if (errno) die("spawner: cpu clock", "");
    if (eventfd_read(event, &ready) < 0) die("spawner: wait for the thread", "");
    if (!cgroup_has_cpu()) counter_start(proc, thread_id);
}

void spawner_start(int proc, void (*enter)(void), bool hide) {
    enter_groups = enter;
    hide_groups = hide;
    surroundings_start(proc);
    start_thread(proc);
}

void spawner_start_plain(int proc, bool own_user, void (*enter)(void)) {
    enter_groups = enter;
    plain = true;
    plain_own_user = own_user;
    start_thread(proc);
}

void spawner_begin(struct job *next) {
    job = next;
    atomic_fetch_add(&turn, 1);
    syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void spawner_settle(void) {
    eventfd_t released;
    if (surroundings_touched() && eventfd_read(event, &released) < 0) die("spawner: wait for the files of the run", "");
}

int spawner_failure(void) { return event; }

void spawner_rest(void) {
    atomic_fetch_add(&rested, 1);
    syscall(SYS_futex, &rested, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
uint64_t spawner_cpu_ns(void) { return clock_ns(thread_clock); }
