#define _GNU_SOURCE
#include "sampling.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

#include "plainbox.h"
#include "tree.h"

enum { SEEN_MAX = 4096 };

// What each process had used when it was last seen: one whose parent ignores its end is told to nobody by the kernel.
static struct {
    pid_t pid;
    uint64_t cpu_ns;
} seen[SEEN_MAX];
static unsigned seen_count;
static uint64_t given; // bytes of files that are not the run's own

static uint64_t less(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

void sampling_reset(uint64_t bytes) {
    seen_count = 0;
    given = bytes;
}

static void note(pid_t pid, uint64_t cpu_ns) {
    for (unsigned i = 0; i < seen_count; i++) {
        if (seen[i].pid != pid) continue;
        if (cpu_ns >= seen[i].cpu_ns) {
            seen[i].cpu_ns = cpu_ns;
            return;
        } // less than before: the number was given to a new process
    }
    if (seen_count == SEEN_MAX) return;
    seen[seen_count].pid = pid;
    seen[seen_count++].cpu_ns = cpu_ns;
}

static bool read_text(int proc, pid_t pid, const char *file, char *text, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "%d/%s", pid, file);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t got = read(fd, text, size - 1);
    close(fd);
    text[got > 0 ? got : 0] = 0;
    return got > 0;
}

static uint64_t resident(int proc, pid_t pid, bool shared_once) {
    char text[2048];
    if (shared_once && read_text(proc, pid, "smaps_rollup", text, sizeof text)) {
        const char *line = strstr(text, "\nPss:");
        if (line) return strtoull(line + 5, NULL, 10) * 1024;
    }
    unsigned long long size, pages;
    if (!read_text(proc, pid, "statm", text, sizeof text) || sscanf(text, "%llu %llu", &size, &pages) != 2) return 0;
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t cpu_time(pid_t pid) {
    struct timespec t;
    if (clock_gettime((clockid_t)(~(unsigned)pid << 3 | 2), &t) < 0) return 0; // the process's clock of scheduled time
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t files(int proc, pid_t pid) {
    static const char *places[] = {"root/box", "root/tmp"};
    uint64_t total = 0;
    for (int i = 0; i < 2; i++) {
        char path[64];
        struct statfs fs;
        snprintf(path, sizeof path, "%d/%s", pid, places[i]);
        int fd = openat(proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) continue;
        if (fstatfs(fd, &fs) == 0) total += (uint64_t)(fs.f_blocks - fs.f_bfree) * (uint64_t)fs.f_bsize;
        close(fd);
    }
    return total;
}

static int living; // as of the last walk

static uint64_t walk(int proc, pid_t init, bool shared_once) {
    living = 0;
    int copy = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = copy >= 0 ? fdopendir(copy) : NULL;
    if (!directory) return 0;
    uint64_t total = 0, in_files = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        pid_t pid = atoi(entry->d_name);
        if (pid <= 1 || pid == init) continue;
        living++;
        note(pid, cpu_time(pid));
        total += resident(proc, pid, shared_once);
        if (!in_files) in_files = files(proc, pid);
    }
    closedir(directory);
    return total + less(in_files, given);
}

// Where there is no PID namespace, the run is what descends from init.
static uint64_t walk_tree(int proc, pid_t init, bool shared_once) {
    static pid_t found[TREE_MAX];
    int count = tree_list(init, found, TREE_MAX);
    living = count;
    uint64_t total = plainbox_in_memory() ? plainbox_size() : 0;
    if (total == UINT64_MAX) total = 0; // beyond measure: accounting_look ends the run for it
    total = less(total, given);
    for (int i = 0; i < count; i++) {
        note(found[i], cpu_time(found[i]));
        total += resident(proc, found[i], shared_once);
    }
    return total;
}

void sampling_take(const struct slot *slot, pid_t init, uint64_t memory_limit, uint64_t highest, struct sample *sample) {
    enum { WORTH_A_LOOK = 1 << 20 };
    uint64_t (*look)(int, pid_t, bool) = slot->plain ? walk_tree : walk;
    sample->memory = look(slot->proc, init, false);
    bool may_be_shared = living > 1 && sample->memory > highest + WORTH_A_LOOK;
    if (may_be_shared || sample->memory > memory_limit) sample->memory = look(slot->proc, init, true);
    sample->cpu_ns = 0;
    for (unsigned i = 0; i < seen_count; i++) sample->cpu_ns += seen[i].cpu_ns;
}
