// The run is over, so nothing changes in the box any more; its names and links are still a stranger's. Every step of a
// path is opened below the box without following links or crossing mounts, and judged by the open descriptor alone.
#define _GNU_SOURCE
#include "collect.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "channel.h"
#include "copying.h"

// ARTEFACTS_MAX: each is a descriptor that the worker holds; with their directories they must also fit into /app.
enum { DEPTH_MAX = 16, ENTRIES_MAX = 20000, ARTEFACTS_MAX = 512 };

struct walk {
    const struct run_request *request;
    bool pretended_modes;
    uint64_t size;
    uint32_t artefacts, entries;
    char path[NAME_MAX_SIZE];
};

static int open_below(int directory, const char *name, uint64_t flags) {
    struct open_how how = {.flags = flags | O_CLOEXEC | O_NOFOLLOW,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, directory, name, &how, sizeof how);
}

static bool wanted(const struct walk *w) {
    for (uint16_t i = 0; i < w->request->collect_count; i++)
        if (fnmatch(w->request->collect[i], w->path, 0) == 0) return true;
    return false;
}

static bool is_program(int fd) {
    char start[4];
    ssize_t size = pread(fd, start, sizeof start, 0);
    return (size == 4 && !memcmp(start, "\177ELF", 4)) || (size >= 2 && !memcmp(start, "#!", 2));
}

static bool send_file(struct walk *w, int fd, const struct stat *st) {
    unsigned char message[PACKED_MAX];
    uint64_t size = (uint64_t)st->st_size;
    if (w->artefacts >= ARTEFACTS_MAX || size > w->request->collect_size - w->size) return false;
    int copy = memory_file("artefact");
    uint32_t mode = (st->st_mode & 0777) | (w->pretended_modes && is_program(fd) ? 0111 : 0);
    if (copy < 0 || !copy_bytes(fd, copy, size) || !seal(copy)) die("collect: copy", "");
    struct piece piece = {message, pack_artefact(message, mode, size, w->path)};
    channel_send(&piece, 1, copy, -1);
    close(copy);
    w->size += size;
    w->artefacts++;
    return true;
}

static bool walk_directory(struct walk *w, int directory, size_t length, int depth);

static bool visit(struct walk *w, int directory, const char *name, size_t length, int depth) {
    int written = snprintf(w->path + length, sizeof w->path - length, "%s%s", length ? "/" : "", name);
    if (written < 0 || (size_t)written >= sizeof w->path - length) return true;
    struct stat st;
    int fd = open_below(directory, name, O_PATH); // opening for real could have effects: first see what it is
    if (fd < 0) return true;
    bool known = fstat(fd, &st) == 0;
    close(fd);
    bool file = known && S_ISREG(st.st_mode) && st.st_nlink == 1 && wanted(w);
    if (!file && !(known && S_ISDIR(st.st_mode) && depth < DEPTH_MAX)) return true;
    fd = open_below(directory, name, file ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_RDONLY | O_DIRECTORY);
    if (fd < 0) return true;
    if (!file) return walk_directory(w, fd, length + (size_t)written, depth + 1); // closes it
    bool sent = fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1 || send_file(w, fd, &st);
    close(fd);
    return sent;
}

static bool walk_directory(struct walk *w, int fd, size_t length, int depth) {
    DIR *directory = fdopendir(fd);
    if (!directory) die("collect: fdopendir", "");
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(directory));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        ok = ++w->entries <= ENTRIES_MAX && visit(w, dirfd(directory), entry->d_name, length, depth);
        w->path[length] = 0;
    }
    closedir(directory);
    return ok;
}

bool collect(int box, const struct run_request *request, bool pretended_modes, uint32_t *count) {
    static struct walk w;
    w = (struct walk){.request = request, .pretended_modes = pretended_modes};
    int directory = openat(box, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) die("collect: open the box", "");
    bool ok = walk_directory(&w, directory, 0, 0);
    *count = w.artefacts;
    return ok;
}
