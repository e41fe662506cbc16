// The thread that programs are born of, the first process of each run (init), and the way of a program up to its execve.
#ifndef PROBA_SPAWNER_H
#define PROBA_SPAWNER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "layout.h"

enum { JOB_LIMITS_MAX = 8, JOB_PASSED_MAX = 16 };

// One run, as the launcher hands it over. Init and the program share the launcher's memory until the execve, so what they
// find out is written here and needs no pipe.
struct job {
    char *const *arguments, *const *environment;
    int stdin_fd, stdout_fd, stderr_fd;
    struct {
        int fd, number; // ours; the program's, from 3 on without a gap
    } passed[JOB_PASSED_MAX];
    int passed_count;
    int close_early[2]; // of stdin_fd and stdout_fd those that a peer's end of file waits for; -1: none
    int feed_fd;        // the launcher's end of a piped stdin, which must not live on in the run; -1: none
    int cgroup_leaf;    // v2: -1 without
    bool own_user;      // root mode: become uid, gid; else: a user namespace, where there is but one
    bool cgroup_spaces; // v2: hide where the leaf lies
    bool left_over;     // plain: some processes of the run did not end in time
    bool box_mounted;   // the launcher has mounted and filled /box
    uint32_t uid, gid;
    char box_options[OPTIONS_SIZE], tmp_options[OPTIONS_SIZE];
    struct {
        int resource;
        rlim_t value;
    } limits[JOB_LIMITS_MAX];
    int limit_count;

    // found out
    _Atomic pid_t init_pid;
    _Atomic int ended;         // the program ended by itself: status and ended_ns are valid
    int status;                // as of wait4
    uint64_t started_ns, ended_ns;
    uint64_t program_setup_ns; // cpu time of the program's process before its execve: ours, not its
    uint64_t init_ns;          // cpu time of init itself
    const char *failed_step;   // NULL: none failed
    int failed_error;
    bool execve_failed;
};

// Starts the thread, and waits until it is set up. proc: /proc of the slot's PID namespace.
void spawner_start(int proc, void (*enter_groups)(void), bool hide_groups);

// The same at the level without namespaces.
void spawner_start_plain(int proc, bool own_user, void (*enter_groups)(void));

// The result has gone out: the thread may make ready for the next run.
void spawner_rest(void);

// Lets it clone; returns at once. Init's end arrives as SIGCHLD; a failure before there is an init makes spawner_failure readable.
void spawner_begin(struct job *job);
int spawner_failure(void);

// Init has been reaped: waits until nothing holds the files of the run any more.
void spawner_settle(void);

uint64_t spawner_cpu_ns(void); // cpu time of the thread so far

#endif
