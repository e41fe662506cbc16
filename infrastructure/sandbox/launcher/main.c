// proba-launcher: runs untrusted programs, one at a time, for one slot of a worker.
//
// Theory of operation
//
// The worker starts the launcher once a slot with one end of a SOCK_SEQPACKET socket pair, and asks for runs over it
// (protocol.h). What costs time and may be shared by runs is made once: user, mount, network and host name namespaces, the
// tree of files (layout.c), control groups (cgroup*.c). What must be fresh is made for each run by a single clone: PID,
// mount and IPC namespaces, /box, /tmp, /proc (spawner.c).
//
// Processes, from the outside in:
//   keeper     what the worker started: makes the control groups, waits, and removes them. It sees the host.
//   launcher   process 1 of the slot's PID namespace, so nothing of the slot outlives it. Two threads:
//                the first talks to the worker, empties pipes, keeps limits (run.c), and executes nothing;
//                the spawner clones, and sleeps while a run goes on.
//   init       process 1 of a run's PID namespace: mounts, starts the program, reaps. When it ends, all of the run ends.
//   program    the stranger.
// At the reduced level (landlock) there are no namespaces and no mounts: the same processes, but a run's init finds and ends
// them one by one (tree.c), Landlock and a second seccomp filter hold the program (ruleset.c, plainfilter.c), and its files
// lie in a directory of the host (plainbox.c). Whoever survives of keeper, launcher and init ends what the others have left.
// The launcher ends when the worker closes the socket or dies; any step of its own that fails ends it too, by name (die):
// the worker starts another one and repeats the run.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"
#include "copying.h"
#include "layout.h"
#include "plainbox.h"
#include "ruleset.h"
#include "run.h"
#include "spawner.h"
#include "surroundings.h"
#include "tree.h"

enum { INSIDE_USER = 1000 }; // the one user of a user namespace; not 0, so that execve gives nothing

static struct slot slot;
static struct config_request config;

static void write_proc(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) die("user namespace: write", path);
    close(fd);
}

static void enter_user_namespace(void) {
    char map[64];
    unsigned uid = geteuid(), gid = getegid();
    if (unshare(CLONE_NEWUSER) < 0) die("user namespace: unshare", "");
    write_proc("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "%d %u 1\n", INSIDE_USER, uid);
    write_proc("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "%d %u 1\n", INSIDE_USER, gid);
    write_proc("/proc/self/gid_map", map);
}

static void set_resource(int resource, rlim_t value) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) < 0) die("launcher: getrlimit", "");
    limit.rlim_cur = limit.rlim_max = value < limit.rlim_max ? value : limit.rlim_max;
    if (setrlimit(resource, &limit) < 0) die("launcher: setrlimit", "");
}

// 1 is too little for any, and the one value that the kernel heeds also where dumps go to a program (see seccomp.c).
static void forbid_core_dumps(void) {
    const struct rlimit one = {1, 1};
    if (setrlimit(RLIMIT_CORE, &one) < 0) set_resource(RLIMIT_CORE, 0);
}

static void pin(void) {
    cpu_set_t cores;
    slot.pinned = config.cpu >= 0;
    if (slot.pinned) {
        CPU_ZERO(&cores);
        CPU_SET((unsigned)config.cpu, &cores);
        if (sched_setaffinity(0, sizeof cores, &cores) < 0) die("launcher: pin to a core", "");
    }
    if (sched_getaffinity(0, sizeof cores, &cores) < 0) die("launcher: sched_getaffinity", "");
    slot.cores = CPU_COUNT(&cores);
}

// Since Linux 5.14 a user namespace counts its own processes; before, RLIMIT_NPROC would count all of the worker's user.
static bool namespaces_count_processes(void) {
    struct utsname name;
    int major = 0, minor = 0;
    return uname(&name) == 0 && sscanf(name.release, "%d.%d", &major, &minor) == 2 && (major > 5 || (major == 5 && minor >= 14));
}

// Whether the slot's own user exists where we are: a container's user namespace may know a few only.
static bool has_user(const char *map, uint32_t id) {
    unsigned long inside, outside, count;
    bool found = false;
    FILE *file = fopen(map, "re");
    while (file && !found && fscanf(file, "%lu %lu %lu", &inside, &outside, &count) == 3) found = id >= inside && id - inside < count;
    if (file) fclose(file);
    return found;
}

// Root, as far as it matters: a container's root often is not.
static bool has_privileges(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{0}};
    const uint32_t plain = 1u << CAP_KILL | 1u << CAP_DAC_OVERRIDE | 1u << CAP_FOWNER;
    const uint32_t needed = 1u << CAP_SETUID | 1u << CAP_SETGID | 1u << CAP_CHOWN | (slot.plain ? plain : 1u << CAP_SYS_ADMIN);
    return geteuid() == 0 && has_user("/proc/self/uid_map", config.uid) && has_user("/proc/self/gid_map", config.gid) &&
           syscall(SYS_capget, &header, data) == 0 && (data[0].effective & needed) == needed;
}

static void no_groups(void) {}

static void open_proc(void) {
    slot.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (slot.proc < 0) die("launcher: open /proc", "");
}

// The keeper does it again; but where it was killed, there is nobody else.
static void end_everything(void) {
    tree_end();
    plainbox_remove();
}

static void set_up_plain(void) {
    before_leaving(end_everything);
    slot.uid = slot.own_user ? config.uid : geteuid();
    slot.gid = slot.own_user ? config.gid : getegid();
    slot.processes_by_rlimit = true;
    set_resource(RLIMIT_SIGPENDING, 1024); // of timers and signals the worker's user has but so many
    tree_start(slot.proc, slot.own_user, slot.uid, slot.gid);
    if (!tree_adopt()) die("launcher: adopt orphans", "");
    ruleset_prepare(&config);
    if (prctl(PR_SET_DUMPABLE, 0) < 0) die("launcher: not dumpable", "");
    spawner_start_plain(slot.proc, slot.own_user, slot.cgroup ? slot.cgroup->enter_spawner : no_groups);
}

static void set_up(void) {
    sigset_t all, wanted;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGCHLD);
    sigaddset(&wanted, SIGTERM);
    slot.signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    if (slot.signals < 0) die("launcher: signalfd", "");
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0) die("launcher: pdeathsig", "");
    pin();
    forbid_core_dumps();
    set_resource(RLIMIT_MEMLOCK, 0);
    set_resource(RLIMIT_MSGQUEUE, 819200);
    if (slot.plain) {
        set_up_plain();
        return;
    }
    if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) < 0) die("namespaces: unshare", "");
    if (sethostname(config.hostname, strlen(config.hostname)) < 0 || setdomainname("", 0) < 0) die("namespaces: sethostname", "");
    slot.uid = slot.own_user ? config.uid : INSIDE_USER;
    slot.gid = slot.own_user ? config.gid : INSIDE_USER;
    slot.processes_by_rlimit = slot.own_user || namespaces_count_processes();
    layout_build(&config, slot.uid, slot.gid);
    open_proc();
    // programs of the same user may not look into us: not by ptrace, not by /proc
    if (prctl(PR_SET_DUMPABLE, 0) < 0) die("launcher: not dumpable", "");
    spawner_start(slot.proc, slot.cgroup ? slot.cgroup->enter_spawner : no_groups, cgroup_leaf() < 0);
}

static const char *describe_plain(void) {
    static char text[256];
    snprintf(text, sizeof text, "%s; %s; files in %s", ruleset_description(),
             slot.own_user ? "own uid for each slot" : "programs are of the worker's own user", plainbox_in_memory() ? "memory" : "a directory on disk");
    return text;
}

static void send_ready(void) {
    const bool shared = slot.plain && !slot.own_user;
    unsigned char message[PACKED_MAX];
    size_t size = pack_layer_count(message, 5);
    const char *name = slot.cgroup ? slot.cgroup->name : "cgroup";
    const char *none = "the run's processes are sampled instead";
    if (slot.plain) size = pack_layer(message, size, "landlock", true, describe_plain());
    else size = pack_layer(message, size, "namespaces", true, slot.own_user ? "own uid for each slot" : "user namespace");
    size = pack_layer(message, size, "seccomp", true, "");
    size = pack_layer(message, size, name, cgroup_has_memory(), cgroup_has_memory() ? "memory" : none);
    size = pack_layer(message, size, "pids", cgroup_has_pids(), cgroup_has_pids() ? "" : shared ? "RLIMIT_NPROC counts all of the worker's user" : "RLIMIT_NPROC stands in");
    size = pack_layer(message, size, "cpu-accounting", cgroup_has_cpu(), cgroup_has_cpu() ? "" : none);
    struct piece piece = {message, size};
    channel_send(&piece, 1, -1, -1);
}

static void serve_load(const unsigned char *request, size_t size) {
    static unsigned char message[MESSAGE_MAX];
    unsigned char reply[PACKED_MAX];
    uint32_t count;
    if (!parse_load(request, size, &count)) die_with(EPROTO, "protocol: LOAD", "");
    int app = slot.plain ? plainbox_fresh_app() : layout_fresh_app();
    for (uint32_t i = 0; i < count; i++) {
        struct file_request file;
        int descriptor;
        ssize_t got = channel_receive(message, &descriptor);
        if (got <= 0) leave();
        if (!parse_file(message, (size_t)got, &file) || file.in_descriptor != (descriptor >= 0)) die_with(EPROTO, "protocol: FILE", "");
        // the launcher's own: readable and, where it was so, executable by all, writable by nobody
        uint32_t mode = file.mode & 0111 ? 0555 : 0444;
        if (!place_file(app, &file, descriptor, geteuid(), getegid(), mode)) die("load: write", file.name);
        if (descriptor >= 0) close(descriptor);
    }
    close(app);
    if (!slot.plain) {
        layout_close_app();
        surroundings_changed();
    }
    struct piece piece = {reply, pack_plain(reply, MESSAGE_LOADED)};
    channel_send(&piece, 1, -1, -1);
}

static bool serve_one(void) {
    static unsigned char message[MESSAGE_MAX];
    static struct run_request run;
    int descriptors[CHANNEL_DESCRIPTORS_MAX], count;
    uint8_t type;
    ssize_t size = channel_receive_all(message, descriptors, &count);
    if (size < 0) die("protocol: receive", "");
    if (size == 0) return false;
    if (!parse_header(message, (size_t)size, &type)) die_with(EPROTO, "protocol: header", "");
    switch (type) {
    case MESSAGE_KILL: return true; // the run had ended already
    case MESSAGE_LOAD: serve_load(message, (size_t)size); return true;
    case MESSAGE_RUN:
        if (!parse_run(message, (size_t)size, &run)) die_with(EPROTO, "protocol: RUN", "");
        bool has_stdin = run.flags & RUN_STDIN_DESCRIPTOR;
        if (count != has_stdin + run.passed_count) die_with(EPROTO, "protocol: RUN's descriptors", "");
        return run_serve(&slot, &run, has_stdin ? descriptors[0] : -1, descriptors + has_stdin);
    default: die_with(EPROTO, "protocol: type", "");
    }
}

static _Noreturn void launcher(void) {
    set_up();
    send_ready();
    struct pollfd polled[2] = {{channel_descriptor(), POLLIN, 0}, {slot.signals, POLLIN, 0}};
    for (;;) {
        struct signalfd_siginfo info;
        if (poll(polled, 2, -1) < 0 && errno != EINTR) die("launcher: poll", "");
        if (polled[1].revents && read(slot.signals, &info, sizeof info) == sizeof info && info.ssi_signo == SIGTERM) leave();
        if (polled[0].revents && !serve_one()) leave();
    }
}

// The launcher is to be born below one that adopts what it leaves, and that no program may look into.
static void keep_plain(void) {
    open_proc();
    tree_start(slot.proc, slot.own_user, config.uid, config.gid);
    if (!tree_adopt() || prctl(PR_SET_DUMPABLE, 0) < 0) die("keeper: adopt orphans", "");
    tree_clean();
    plainbox_make(config.scratch, slot.own_user, config.uid, config.gid);
}

static int keep(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    if (slot.plain) end_everything();
    if (slot.cgroup) slot.cgroup->remove();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argument_count, char **arguments) {
    static unsigned char message[MESSAGE_MAX];
    int descriptor;
    if (argument_count != 2) {
        dprintf(2, "usage: proba-launcher SOCKET\nstarted by the worker, with its end of a SOCK_SEQPACKET socket pair\n");
        return 64;
    }
    channel_open(atoi(arguments[1]));
    if (fcntl(channel_descriptor(), F_SETFD, FD_CLOEXEC) < 0) die("launcher: the socket", arguments[1]);
    for (int i = 1; i < NSIG; i++) signal(i, SIG_DFL); // what the worker ignores is not for programs to inherit
    ssize_t size = channel_receive(message, &descriptor);
    if (size <= 0) return 0;
    if (!parse_config(message, (size_t)size, &config)) die_with(EPROTO, "protocol: CONFIG", "");
    slot.plain = config.level == LEVEL_LANDLOCK;
    slot.own_user = has_privileges();
    slot.cgroup = cgroup_choose(config.cgroup);
    if (slot.cgroup) slot.cgroup->prepare(&config);
    if (slot.plain) keep_plain();
    else if (!slot.own_user) enter_user_namespace();
    if (!slot.plain && unshare(CLONE_NEWPID) < 0) die("namespaces: unshare PID", "");
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL); // the keeper ends with the launcher, and the launcher with the worker
    pid_t child = fork();
    if (child < 0) die("namespaces: fork", "");
    if (child == 0) launcher();
    close(channel_descriptor());
    return keep(child);
}
