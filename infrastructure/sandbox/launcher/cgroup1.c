// Version 1. Theory of operation: attaching a process to a v1 group waits 8 to 16 ms for the kernel when the machine was
// idle, so nothing is attached per run: the thread which programs are born of stays in the slot's groups, and they are
// born there. The launcher's memory belongs to its first thread, which stays outside, so what the launcher copies or
// spills is not charged to the program. What the thread and the run's init use of the cpu is subtracted by the caller.
// What earlier runs have left charged (cgroup.h) is subtracted from the peak here.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "channel.h"

enum { OWN_PROCESSES = 2, OWN_MEMORY = 1 << 20 }; // the spawning thread and init are in the group too, with their kernel memory

static struct {
    char name[64];
    int memory_parent, pids_parent, cpu_parent;
    int memory_tasks, pids_tasks, cpu_tasks;
    int limit, swap_limit, peak, usage, stat, oom_control, pids_max, cpu_usage;
    uint64_t last_limit, cpu_before, oom_before;
    uint32_t last_processes;
} v1;

static int open_in(int directory, const char *file, int flags, bool needed) {
    int fd = openat(directory, file, flags | O_CLOEXEC);
    if (fd < 0 && needed) die("cgroup v1: open", file);
    return fd;
}

static int make_directory(const char *parent, const char *name, int *parent_fd) {
    *parent_fd = -1;
    if (!*parent) return -1;
    *parent_fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*parent_fd < 0) die("cgroup v1: open", parent);
    if (mkdirat(*parent_fd, name, 0755) < 0 && errno != EEXIST) die("cgroup v1: mkdir in", parent);
    return open_in(*parent_fd, name, O_RDONLY | O_DIRECTORY, true);
}

// A failure of this only means that the end of a run that is out of memory is seen a little later.
static void watch_memory(int directory) {
    int control = open_in(directory, "cgroup.event_control", O_WRONLY, false), event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    char text[64];
    int size = snprintf(text, sizeof text, "%d %d", event, v1.oom_control);
    if (control >= 0 && event >= 0 && write(control, text, (size_t)size) == size) cgroup_state.oom_event = event;
    else if (event >= 0) close(event);
    if (control >= 0) close(control);
}

static void prepare(const struct config_request *config) {
    snprintf(v1.name, sizeof v1.name, "%s", config->name);
    int memory = make_directory(config->memory_parent, v1.name, &v1.memory_parent);
    int pids = make_directory(config->pids_parent, v1.name, &v1.pids_parent);
    int cpu = make_directory(config->cpu_parent, v1.name, &v1.cpu_parent);
    v1.last_limit = UINT64_MAX; // so that the first write lowers
    v1.swap_limit = v1.memory_tasks = v1.pids_tasks = v1.cpu_tasks = -1;
    if (memory >= 0) {
        v1.memory_tasks = open_in(memory, "tasks", O_WRONLY, true);
        v1.limit = open_in(memory, "memory.limit_in_bytes", O_RDWR, true);
        v1.swap_limit = open_in(memory, "memory.memsw.limit_in_bytes", O_RDWR, false);
        v1.peak = open_in(memory, "memory.max_usage_in_bytes", O_RDWR, true);
        v1.usage = open_in(memory, "memory.usage_in_bytes", O_RDONLY, true);
        v1.stat = open_in(memory, "memory.stat", O_RDONLY, true);
        v1.oom_control = open_in(memory, "memory.oom_control", O_RDONLY, true);
        int swappiness = open_in(memory, "memory.swappiness", O_WRONLY, false);
        if (swappiness >= 0) {
            cgroup_write(swappiness, 0, "memory.swappiness");
            close(swappiness);
        }
        watch_memory(memory);
        cgroup_state.memory = true;
        close(memory);
    }
    if (pids >= 0) {
        v1.pids_tasks = open_in(pids, "tasks", O_WRONLY, true);
        v1.pids_max = open_in(pids, "pids.max", O_RDWR, true);
        cgroup_state.pids = true;
        close(pids);
    }
    if (cpu >= 0) {
        v1.cpu_tasks = open_in(cpu, "tasks", O_WRONLY, true);
        v1.cpu_usage = open_in(cpu, "cpuacct.usage", O_RDONLY, true);
        cgroup_state.cpu = true;
        close(cpu);
    }
}

static void enter_spawner(void) {
    // "0" is the writing thread itself, whatever PID namespace it is in
    if (v1.memory_tasks >= 0) cgroup_write(v1.memory_tasks, 0, "memory tasks");
    if (v1.pids_tasks >= 0) cgroup_write(v1.pids_tasks, 0, "pids tasks");
    if (v1.cpu_tasks >= 0) cgroup_write(v1.cpu_tasks, 0, "cpuacct tasks");
}

static void begin(uint64_t memory, uint32_t processes) {
    memory += OWN_MEMORY;
    if (cgroup_state.memory && memory != v1.last_limit) {
        // the limit with swap may never be below the one without
        if (v1.swap_limit >= 0 && memory > v1.last_limit) cgroup_write(v1.swap_limit, memory, "memory.memsw.limit_in_bytes");
        cgroup_write(v1.limit, memory, "memory.limit_in_bytes");
        if (v1.swap_limit >= 0 && memory < v1.last_limit) cgroup_write(v1.swap_limit, memory, "memory.memsw.limit_in_bytes");
        v1.last_limit = memory;
    }
    if (cgroup_state.pids && processes != v1.last_processes) {
        cgroup_write(v1.pids_max, (uint64_t)processes + OWN_PROCESSES, "pids.max");
        v1.last_processes = processes;
    }
    if (cgroup_state.memory) {
        cgroup_await_rest(v1.usage);
        cgroup_write(v1.peak, 0, "memory.max_usage_in_bytes");
    }
    if (cgroup_state.cpu) v1.cpu_before = cgroup_read(v1.cpu_usage);
}

static uint64_t cpu_ns(void) {
    uint64_t now = cgroup_read(v1.cpu_usage);
    return now > v1.cpu_before ? now - v1.cpu_before : 0;
}

static void end(struct cgroup_usage *usage, bool suspect_memory) {
    *usage = (struct cgroup_usage){.cpu_ns = cgroup_state.cpu ? cpu_ns() : 0};
    if (!cgroup_state.memory) return;
    uint64_t before = cgroup_state.rest, peak = cgroup_read(v1.peak), rest = cgroup_rest(v1.usage, v1.stat, "rss");
    if (suspect_memory || peak + OWN_MEMORY >= v1.last_limit) {
        uint64_t kills = cgroup_read_key(v1.oom_control, "oom_kill");
        usage->out_of_memory = kills > v1.oom_before;
        v1.oom_before = kills;
    }
    uint64_t events;
    if (cgroup_state.oom_event >= 0 && read(cgroup_state.oom_event, &events, sizeof events) > 0) usage->out_of_memory = true;
    cgroup_doubt_rest(before, suspect_memory || usage->out_of_memory);
    if (usage->out_of_memory) rest = cgroup_state.rest;
    usage->memory = peak > rest ? peak - rest : 0;
}

static void rest(void) {}

static void remove_all(void) {
    if (v1.memory_parent >= 0) cgroup_remove_directory(v1.memory_parent, v1.name);
    if (v1.pids_parent >= 0) cgroup_remove_directory(v1.pids_parent, v1.name);
    if (v1.cpu_parent >= 0) cgroup_remove_directory(v1.cpu_parent, v1.name);
}

const struct cgroup_backend cgroup_v1 = {"cgroup1", prepare, enter_spawner, begin, cpu_ns, end, rest, remove_all};
