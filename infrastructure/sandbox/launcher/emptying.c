// Theory of operation. Every name is a stranger's, so nothing is followed: a step is one name below an open directory.
// A tree may be as deep as its maker liked. It is not descended into: the directories in a directory are moved up to the
// top, and then are next in line. So two descriptors and a fixed stack do for any depth, in time that grows with the
// number of names alone. Measuring a living tree descends, but not far: what is deeper than that is refused.
#define _GNU_SOURCE
#include "emptying.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 48, BLOCK = 512, NAME_TRIES = 1000 };

static bool is_own_link(const char *name) { return !strcmp(name, ".") || !strcmp(name, ".."); }

// Its maker may have taken all rights from it, and the launcher may be of the same user.
static int open_inner(int directory, const char *name) {
    char path[64];
    int place = openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (place < 0) return -1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", place);
    int inner = chmod(path, 0700) < 0 ? -1 : openat(place, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(place);
    return inner;
}

static DIR *list(int directory) {
    int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = copy >= 0 ? fdopendir(copy) : NULL;
    if (copy >= 0 && !stream) close(copy);
    return stream;
}

static bool removed(int directory, const char *name) {
    return unlinkat(directory, name, 0) == 0 || unlinkat(directory, name, AT_REMOVEDIR) == 0;
}

// In a directory whose removal was refused: its files go, its directories move up.
static bool flatten(int top, const char *name, unsigned *moved) {
    int inner = open_inner(top, name);
    DIR *stream = inner >= 0 ? list(inner) : NULL;
    bool ok = stream != NULL;
    for (struct dirent *entry; ok && (entry = readdir(stream));) {
        if (is_own_link(entry->d_name) || removed(inner, entry->d_name)) continue;
        int next = open_inner(inner, entry->d_name); // moving it takes the right to write to it
        if (next >= 0) close(next);
        char up[32];
        ok = false;
        for (int i = 0; !ok && i < NAME_TRIES; i++) {
            snprintf(up, sizeof up, ".proba-%u", (*moved)++);
            ok = renameat(inner, entry->d_name, top, up) == 0;
        }
    }
    if (stream) closedir(stream);
    if (inner >= 0) close(inner);
    return ok;
}

bool empty_directory(int top) {
    unsigned moved = 0;
    for (bool found = true, ok = true; found; ) {
        found = false;
        DIR *stream = list(top);
        if (!stream) return false;
        for (struct dirent *entry; ok && (entry = readdir(stream));) {
            if (is_own_link(entry->d_name)) continue;
            found = true;
            ok = removed(top, entry->d_name) || errno == ENOENT || flatten(top, entry->d_name, &moved);
        }
        closedir(stream);
        if (!ok) return false;
    }
    return true;
}

uint64_t measure_directory(int directory, uint32_t entries_max) {
    DIR *streams[DEPTH_MAX];
    uint64_t total = 0;
    uint32_t entries = 0;
    int depth = 0;
    bool fits = true;
    if ((streams[0] = list(directory))) depth = 1;
    while (depth > 0) {
        struct stat st;
        struct dirent *entry = fits ? readdir(streams[depth - 1]) : NULL;
        if (!entry) {
            closedir(streams[--depth]);
            continue;
        }
        if (is_own_link(entry->d_name)) continue;
        int above = dirfd(streams[depth - 1]);
        if (++entries > entries_max) fits = false;
        else if (fstatat(above, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
            total += (uint64_t)st.st_blocks * BLOCK;
            if (!S_ISDIR(st.st_mode)) continue;
            int inner = openat(above, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            DIR *stream = inner >= 0 ? fdopendir(inner) : NULL;
            if (inner >= 0 && !stream) close(inner);
            if (stream && depth < DEPTH_MAX) streams[depth++] = stream;
            else if (stream) closedir(stream), fits = false;
            else if (errno == EACCES) fits = false; // closed to us, its owner: what is in it cannot be told
        }
    }
    return fits ? total : UINT64_MAX;
}
