// Theory of operation. A file whose name was removed lives on while it is open or mapped, and no look at names finds it.
// Whether there may be any is told by the free room of the file system, which is one cheap call: only when that fell by more
// than the limit since the run began (through this run or somebody else) are the descriptors and mappings of the run's
// processes looked through, each file counted once. Of a file that is only mapped the size cannot be had: then it is taken
// to be as large as files may be.
#define _GNU_SOURCE
#include "nameless.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tree.h"

enum { SEEN_MAX = 16384, BLOCK = 512 };

static ino_t seen[SEEN_MAX];
static unsigned seen_count;

static bool is_new(ino_t inode) {
    for (unsigned i = 0; i < seen_count; i++)
        if (seen[i] == inode) return false;
    if (seen_count < SEEN_MAX) seen[seen_count++] = inode;
    return true;
}

static DIR *open_list(int proc, const char *path) {
    int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (fd >= 0 && !directory) close(fd);
    return directory;
}

// False: it is closed to us, as a program can see to where it is of our own user.
static bool add_descriptors(int proc, const char *path, dev_t device, uint64_t *total) {
    DIR *directory = open_list(proc, path);
    if (!directory) return errno != EACCES;
    for (struct dirent *entry; (entry = readdir(directory));) {
        struct stat st;
        if (fstatat(dirfd(directory), entry->d_name, &st, 0) == 0 && S_ISREG(st.st_mode) && st.st_dev == device && st.st_nlink == 0 && is_new(st.st_ino))
            *total += (uint64_t)st.st_blocks * BLOCK;
    }
    closedir(directory);
    return true;
}

static void add_mappings(int proc, pid_t pid, dev_t device, uint64_t each, uint64_t *total) {
    char path[64], line[512];
    snprintf(path, sizeof path, "%d/maps", (int)pid);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (fd >= 0 && !file) close(fd);
    while (file && fgets(line, sizeof line, file)) {
        unsigned major_number, minor_number;
        unsigned long inode;
        if (sscanf(line, "%*s %*s %*s %x:%x %lu", &major_number, &minor_number, &inode) != 3 || !strstr(line, " (deleted)")) continue;
        if (makedev(major_number, minor_number) == device && is_new((ino_t)inode)) *total += each;
    }
    if (file) fclose(file);
}

uint64_t nameless_size(int proc, pid_t init, dev_t device, uint64_t file_size) {
    static pid_t found[TREE_MAX];
    int count = tree_list(init, found, TREE_MAX);
    uint64_t total = 0;
    bool open_to_us = true;
    seen_count = 0;
    for (int i = 0; i < count; i++) {
        char path[64];
        snprintf(path, sizeof path, "%d/task", (int)found[i]);
        DIR *threads = open_list(proc, path); // a thread may have descriptors of its own
        for (struct dirent *entry; threads && (entry = readdir(threads));) {
            if (entry->d_name[0] == '.') continue;
            snprintf(path, sizeof path, "%d/task/%d/fd", (int)found[i], atoi(entry->d_name));
            open_to_us = add_descriptors(proc, path, device, &total) && open_to_us;
        }
        if (threads) closedir(threads);
    }
    for (int i = 0; i < count; i++) add_mappings(proc, found[i], device, file_size, &total);
    return open_to_us ? total : UINT64_MAX;
}
