// Theory of operation: everything is made ready, the spawner is let go, and a single poll loop empties the pipes, feeds
// the input and keeps the limits until init has ended, and with it every process of the run. There are no timers: cpu
// time cannot pass faster than wall time on the slot's one core, so the next look is due when the limit could be reached.
#define _GNU_SOURCE
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "accounting.h"
#include "channel.h"
#include "collect.h"
#include "copying.h"
#include "plainbox.h"
#include "seccomp.h"
#include "spawner.h"
#include "streams.h"
#include "surroundings.h"
#include "tree.h"

static struct job job;
static struct streams streams;
static struct accounting accounting;

static void set_limit(int resource, uint64_t value) {
    struct rlimit current; // what the worker itself may not pass cannot be raised here
    if (getrlimit(resource, &current) < 0) die("run: getrlimit", "");
    job.limits[job.limit_count].resource = resource;
    job.limits[job.limit_count++].value = value < current.rlim_max ? (rlim_t)value : current.rlim_max;
}

static void set_limits(const struct slot *slot, const struct run_request *request) {
    enum { OWN_PROCESSES = 4, ADDRESS_SPACE_MARGIN = 64 << 20 };
    job.limit_count = 0;
    set_limit(RLIMIT_NOFILE, request->open_files);
    set_limit(RLIMIT_FSIZE, request->file_size);
    set_limit(RLIMIT_STACK, request->stack);
    if (!cgroup_has_pids() && slot->processes_by_rlimit) {
        uint32_t others = slot->own_user ? 0 : slot->plain ? tree_tasks_of_user() + 1 : OWN_PROCESSES; // 1: init, not born yet
        set_limit(RLIMIT_NPROC, (uint64_t)request->processes + others);
    }
    // above the limit, so that one who takes too much is seen to; a hard stop for what grows between two looks
    if (!cgroup_has_memory() && request->flags & RUN_LIMIT_ADDRESS_SPACE)
        set_limit(RLIMIT_AS, request->memory + request->memory / 4 + ADDRESS_SPACE_MARGIN);
}

// What is given takes nothing from the room that the run has for its own files.
static void make_room(uint64_t size) {
    char options[OPTIONS_SIZE];
    snprintf(options, sizeof options, "size=%llu", (unsigned long long)size);
    if (mount("tmpfs", "/box", "tmpfs", MS_REMOUNT | MS_NOSUID | MS_NODEV, options) < 0) die("box: make room", "");
}

static bool receive_box_files(const struct slot *slot, const struct run_request *request, int box, uint64_t *given) {
    enum { PAGE = 4096 };
    static unsigned char message[MESSAGE_MAX];
    for (uint16_t i = 0; i < request->file_count; i++) {
        struct file_request file;
        int descriptor;
        ssize_t size = channel_receive(message, &descriptor);
        if (size <= 0) return false;
        if (!parse_file(message, (size_t)size, &file) || file.in_descriptor != (descriptor >= 0)) die_with(EPROTO, "protocol: FILE", "");
        *given += (file.size + PAGE - 1) / PAGE * PAGE;
        if (!slot->plain && file.in_descriptor) make_room(request->memory + *given);
        if (!place_file(box, &file, descriptor, slot->uid, slot->gid, file.mode)) die("box: write", file.name);
        if (descriptor >= 0) close(descriptor);
    }
    return true;
}

// Files go in before, or come out after: then the launcher mounts the box itself, and holds it.
static int open_box(const struct slot *slot) {
    if (slot->plain) return plainbox_open_box();
    if (mount("tmpfs", "/box", "tmpfs", MS_NOSUID | MS_NODEV, job.box_options) < 0) die("box: mount", "");
    int box = open("/box", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (box < 0) die("box: open", "");
    job.box_mounted = true;
    return box;
}

// Of init; where it has no PID namespace it must live, to end the others and to account for them.
static int end_signal = SIGKILL;

static void end_run(enum limit limit) {
    pid_t init = atomic_load(&job.init_pid);
    accounting_passed(&accounting, limit);
    if (!accounting.killed) accounting.killed_ns = now_ns();
    accounting.killed = true;
    if (init > 0) kill(init, end_signal); // and the kernel everything else in its PID namespace
}

// Init has not been born yet when a limit is passed at once: try again in a moment.
static bool kill_pending(void) { return accounting.killed && !accounting.kill_sent; }

static bool reap(const struct slot *slot) {
    struct signalfd_siginfo info;
    while (read(slot->signals, &info, sizeof info) == sizeof info)
        if (info.ssi_signo == SIGTERM) leave(); // the worker has died; the kernel ends the run with us
    pid_t init = atomic_load(&job.init_pid);
    int status;
    return init > 0 && wait4(init, &status, WNOHANG | __WALL, &accounting.usage) == init;
}

static bool cancelled(void) {
    unsigned char message[64];
    ssize_t size = recv(channel_descriptor(), message, sizeof message, MSG_DONTWAIT);
    uint8_t type;
    if (size == 0) leave(); // the worker has gone
    if (size < 0) return false;
    if (!parse_header(message, (size_t)size, &type) || type != MESSAGE_KILL) die_with(EPROTO, "protocol: KILL", "");
    return true;
}

static void supervise(const struct slot *slot, const struct run_request *request) {
    enum { CHANNEL, SIGNALS, FAILURE, STDOUT, STDERR, FEED, MEMORY, IPC, POLLED };
    struct pollfd polled[POLLED] = {
        [CHANNEL] = {channel_descriptor(), POLLIN, 0},
        [SIGNALS] = {slot->signals, POLLIN, 0},
        [FAILURE] = {spawner_failure(), POLLIN, 0},
        [STDOUT] = {streams.outputs[0].read_end, POLLIN, 0},
        [STDERR] = {streams.outputs[1].read_end, POLLIN, 0},
        [MEMORY] = {cgroup_oom_event(), POLLIN, 0},
        [IPC] = {seccomp_listener(), POLLIN, 0},
    };
    for (;;) {
        polled[FEED] = (struct pollfd){streams.feed, POLLOUT, 0};
        uint64_t wait_ns = kill_pending() ? 1000000 : accounting_next_look(&accounting);
        struct timespec timeout = {(time_t)(wait_ns / 1000000000u), (long)(wait_ns % 1000000000u)};
        int ready = ppoll(polled, POLLED, &timeout, NULL);
        if (ready < 0 && errno != EINTR) die("run: poll", "");
        if (ready > 0) {
            if (polled[FAILURE].revents && atomic_load(&job.init_pid) == 0) die_with(job.failed_error, job.failed_step, "");
            for (int i = 0; i < 2; i++)
                if (polled[STDOUT + i].revents && !streams_drain(&streams, i)) {
                    if (!accounting.killed) end_run(LIMIT_OUTPUT);
                    polled[STDOUT + i].fd = -1; // the rest is of no interest
                }
            if (polled[FEED].revents) streams_feed(&streams);
            if (polled[IPC].revents) {
                surroundings_ipc_used();
                seccomp_listen();
            }
            if (polled[SIGNALS].revents && reap(slot)) return;
            if (polled[MEMORY].revents) {
                if (!accounting.killed) end_run(LIMIT_MEMORY);
                polled[MEMORY].fd = -1;
            }
            if (polled[CHANNEL].revents && cancelled() && !accounting.killed) {
                accounting.cancelled = true;
                end_run(LIMIT_NONE);
            }
        }
        if (accounting.killed) {
            pid_t init = atomic_load(&job.init_pid);
            if (init > 0 && kill(init, end_signal) == 0) accounting.kill_sent = true;
        } else {
            enum limit limit = accounting_look(&accounting, slot, request, &job);
            if (limit != LIMIT_NONE) end_run(limit);
        }
    }
}

static void send_result(const struct result *result) {
    unsigned char message[PACKED_MAX];
    const struct output *out = &streams.outputs[0], *err = &streams.outputs[1];
    struct piece pieces[3] = {{message, pack_result(message, result)}, {out->buffer, result->stdout_inline}, {err->buffer, result->stderr_inline}};
    channel_send(pieces, 3, out->spill, err->spill);
}

static void describe_streams(struct result *result) {
    const struct output *out = &streams.outputs[0], *err = &streams.outputs[1];
    result->stdout_size = out->size;
    result->stderr_size = err->size;
    result->stdout_inline = (uint32_t)(out->spill < 0 ? out->kept : HEAD_SIZE);
    result->stderr_inline = (uint32_t)(err->spill < 0 ? err->kept : HEAD_SIZE);
    result->flags = (out->spill >= 0 ? RESULT_STDOUT_DESCRIPTOR : 0) | (err->spill >= 0 ? RESULT_STDERR_DESCRIPTOR : 0);
}

// What cannot be executed is the program's own fault only where the program is a stranger's.
static void settle_failures(const struct slot *slot, const struct run_request *request) {
    if (!job.failed_step) return;
    const char *name = request->arguments[0];
    bool strangers = slot->plain ? plainbox_is_strangers(name) : !strncmp(name, "/app/", 5) || !strncmp(name, "/box/", 5);
    if (!job.execve_failed || !strangers) die_with(job.failed_error, job.failed_step, job.execve_failed ? name : "");
    job.status = (job.failed_error == ENOENT ? 127 : 126) << 8; // as a shell has it
}

static void take_passed(const struct run_request *request, const int *descriptors) {
    for (int i = 0; i < request->passed_count; i++) {
        int fd = descriptors[i], number = request->passed[i];
        // of two users' processes each may open its end again by /dev/stdin and its like
        if (fchmod(fd, 0666) < 0) die("run: open a passed descriptor to both", "");
        if (number == 0) job.stdin_fd = job.close_early[0] = fd;
        else if (number == 1) job.stdout_fd = job.close_early[1] = fd;
        else {
            job.passed[job.passed_count].fd = fd;
            job.passed[job.passed_count++].number = number;
        }
    }
}

// Ours would keep the end of a peer's input back. Init has copies as soon as it has a number.
static void let_go(const struct run_request *request, const int *descriptors) {
    struct pollfd failed = {spawner_failure(), POLLIN, 0};
    struct timespec moment = {0, 20000};
    while (atomic_load(&job.init_pid) == 0 && poll(&failed, 1, 0) == 0) nanosleep(&moment, NULL);
    for (int i = 0; i < request->passed_count; i++) close(descriptors[i]);
}

// Whether what the program has left in its box is to be taken.
static bool is_harvest(const struct run_request *request) {
    bool ended = atomic_load(&job.ended) && !accounting.killed && request->collect_count > 0;
    return ended && (job.status == 0 || (request->flags & RUN_COLLECT_ALWAYS && WIFEXITED(job.status)));
}

bool run_serve(const struct slot *slot, const struct run_request *request, int stdin_descriptor, const int *passed) {
    uint32_t artefacts = 0;
    uint64_t given = 0;
    end_signal = slot->plain ? SIGTERM : SIGKILL;
    int box = -1;
    job = (struct job){
        .arguments = (char *const *)(uintptr_t)request->arguments,
        .environment = (char *const *)(uintptr_t)request->environment,
        .own_user = slot->own_user,
        .cgroup_spaces = cgroup_leaf() >= 0 && !slot->plain,
        .cgroup_leaf = cgroup_leaf(),
        .uid = slot->uid,
        .gid = slot->gid,
        .close_early = {-1, -1},
    };
    layout_box_options(job.box_options, request->memory, slot->uid, slot->gid);
    layout_tmp_options(job.tmp_options, request->memory);
    set_limits(slot, request);
    if (request->file_count || request->collect_count) {
        box = open_box(slot);
        if (!receive_box_files(slot, request, box, &given)) return false;
    }
    streams_open(&streams, request, stdin_descriptor, slot->own_user ? slot->uid : 0, slot->gid);
    job.stdin_fd = streams.input;
    job.stdout_fd = streams.outputs[0].write_end;
    job.stderr_fd = streams.outputs[1].write_end;
    job.feed_fd = streams.feed;
    take_passed(request, passed);
    accounting_begin(&accounting, slot, request, given);
    spawner_begin(&job);
    if (request->passed_count) let_go(request, passed);
    supervise(slot, request);
    settle_failures(slot, request);
    streams_finish(&streams);
    bool in_limits = true;
    if (box >= 0) {
        if (!slot->plain && umount2("/box", MNT_DETACH) < 0) die("box: umount", "");
        if (is_harvest(request)) in_limits = collect(box, request, slot->plain && !slot->own_user, &artefacts);
        close(box);
    }
    if (slot->plain) {
        if (job.left_over) die_with(ETIMEDOUT, "run: processes that do not end", "");
        if (accounting.watch_files) accounting_files(&accounting, request, plainbox_size());
        plainbox_renew();
    } else spawner_settle();
    struct result result = {0};
    accounting_settle(&accounting, slot, request, &job, streams.outputs[0].size + streams.outputs[1].size, &result);
    describe_streams(&result);
    bool wanted = result.ending == ENDING_EXITED && !result.limits[0] && (result.exit_code == 0 || request->flags & RUN_COLLECT_ALWAYS);
    result.artefacts = wanted && in_limits ? artefacts : 0;
    if (!in_limits) result.flags |= RESULT_COLLECT_OVERFLOW;
    send_result(&result);
    streams_rest(&streams, slot->own_user ? slot->uid : 0, slot->gid);
    spawner_rest();
    if (slot->cgroup) slot->cgroup->rest();
    return true;
}
