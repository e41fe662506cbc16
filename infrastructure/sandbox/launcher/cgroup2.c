// Version 2. Theory of operation: each program is born into a leaf of its own by CLONE_INTO_CGROUP, and init stays in the
// worker's group beside it, so the leaf holds the program and nothing of ours. Before Linux 6.12 memory.peak cannot be
// reset, so the next leaf is made, and the last removed, after a result has gone out; from 6.12 on one leaf is reused.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "channel.h"

enum { NEAR_LIMIT = 1 << 20 };

static struct {
    char name[64];
    char leaf_name[96];
    int parent;
    unsigned made;
    bool reusable;
    int limit, swap_limit, peak, current, stat, events, pids_max, cpu_stat;
    uint64_t last_limit, cpu_before, oom_before;
    uint32_t last_processes;
} v2 = {.parent = -1, .limit = -1};

static int open_in(const char *file, int flags, bool needed) {
    int fd = openat(cgroup_state.leaf, file, flags | O_CLOEXEC);
    if (fd < 0 && needed) die("cgroup v2: open", file);
    return fd;
}

static void make_leaf(void) {
    snprintf(v2.leaf_name, sizeof v2.leaf_name, "%s-%u", v2.name, v2.made++);
    if (mkdirat(v2.parent, v2.leaf_name, 0755) < 0) die("cgroup v2: mkdir", v2.leaf_name);
    cgroup_state.leaf = openat(v2.parent, v2.leaf_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cgroup_state.leaf < 0) die("cgroup v2: open", v2.leaf_name);
    v2.limit = open_in("memory.max", O_RDWR, true);
    v2.swap_limit = open_in("memory.swap.max", O_RDWR, false);
    v2.peak = open_in("memory.peak", O_RDWR, false);
    v2.reusable = v2.peak >= 0 && pwrite(v2.peak, "0", 1, 0) == 1;
    if (v2.peak < 0) v2.peak = open_in("memory.peak", O_RDONLY, false);
    v2.current = open_in("memory.current", O_RDONLY, true);
    v2.stat = open_in("memory.stat", O_RDONLY, true);
    v2.events = open_in("memory.events", O_RDONLY, true);
    v2.pids_max = open_in("pids.max", O_RDWR, false);
    v2.cpu_stat = open_in("cpu.stat", O_RDONLY, true);
    if (v2.swap_limit >= 0) cgroup_write(v2.swap_limit, 0, "memory.swap.max");
    int group = open_in("memory.oom.group", O_WRONLY, false);
    if (group >= 0) {
        cgroup_write(group, 1, "memory.oom.group");
        close(group);
    }
    v2.last_limit = v2.cpu_before = v2.oom_before = v2.last_processes = 0;
    cgroup_state.rest = 0;
    cgroup_state.memory = cgroup_state.cpu = true;
    cgroup_state.pids = v2.pids_max >= 0;
}

static void drop_leaf(void) {
    int open_files[] = {v2.limit, v2.swap_limit, v2.peak, v2.current, v2.stat, v2.events, v2.pids_max, v2.cpu_stat, cgroup_state.leaf};
    for (size_t i = 0; i < sizeof open_files / sizeof *open_files; i++)
        if (open_files[i] >= 0) close(open_files[i]);
    cgroup_remove_directory(v2.parent, v2.leaf_name);
}

static void prepare(const struct config_request *config) {
    snprintf(v2.name, sizeof v2.name, "%s", config->name);
    v2.parent = open(config->memory_parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (v2.parent < 0) die("cgroup v2: open", config->memory_parent);
    make_leaf();
}

static void enter_spawner(void) {}

static void begin(uint64_t memory, uint32_t processes) {
    if (memory != v2.last_limit) cgroup_write(v2.limit, memory, "memory.max");
    if (cgroup_state.pids && processes != v2.last_processes) cgroup_write(v2.pids_max, processes, "pids.max");
    v2.last_limit = memory;
    v2.last_processes = processes;
    if (v2.reusable) cgroup_await_rest(v2.current);
    if (v2.reusable && pwrite(v2.peak, "0", 1, 0) < 0) die("cgroup v2: write", "memory.peak");
    if (v2.reusable) v2.cpu_before = cgroup_read_key(v2.cpu_stat, "usage_usec");
}

static uint64_t cpu_ns(void) {
    uint64_t now = cgroup_read_key(v2.cpu_stat, "usage_usec");
    return now > v2.cpu_before ? (now - v2.cpu_before) * 1000 : 0;
}

static void end(struct cgroup_usage *usage, bool suspect_memory) {
    uint64_t before = cgroup_state.rest, peak = v2.peak >= 0 ? cgroup_read(v2.peak) : 0;
    uint64_t rest = cgroup_rest(v2.current, v2.stat, "anon");
    *usage = (struct cgroup_usage){.cpu_ns = cpu_ns()};
    if (suspect_memory || v2.peak < 0 || peak + NEAR_LIMIT >= v2.last_limit) {
        uint64_t kills = cgroup_read_key(v2.events, "oom_kill");
        usage->out_of_memory = kills > v2.oom_before;
        v2.oom_before = kills;
    }
    cgroup_doubt_rest(before, suspect_memory || usage->out_of_memory);
    if (usage->out_of_memory) rest = cgroup_state.rest;
    usage->memory = peak > rest ? peak - rest : 0;
}

static void rest(void) {
    if (v2.reusable) return;
    drop_leaf();
    make_leaf();
}

// By the keeper, which does not know how many leaves have been made since.
static void remove_all(void) {
    int copy = openat(v2.parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = copy >= 0 ? fdopendir(copy) : NULL;
    if (!directory) return;
    size_t length = strlen(v2.name);
    for (struct dirent *entry; (entry = readdir(directory));)
        if (!strncmp(entry->d_name, v2.name, length) && entry->d_name[length] == '-') cgroup_remove_directory(v2.parent, entry->d_name);
    closedir(directory);
}

const struct cgroup_backend cgroup_v2 = {"cgroup2", prepare, enter_spawner, begin, cpu_ns, end, rest, remove_all};
