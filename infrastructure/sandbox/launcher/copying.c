#define _GNU_SOURCE
#include "copying.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 16, ENTRIES_MAX = 8192, FILE_MAX = 4 << 20 };

bool copy_bytes(int source, int target, uint64_t size) {
    off_t at = 0;
    while ((uint64_t)at < size) {
        ssize_t n = sendfile(target, source, &at, (size_t)(size - (uint64_t)at));
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = EIO; // shorter than it was said to be
        if (n <= 0) return false;
    }
    return true;
}

bool write_all(int fd, const void *data, uint64_t size) {
    for (uint64_t at = 0; at < size;) {
        ssize_t n = write(fd, (const char *)data + at, (size_t)(size - at));
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) at += (uint64_t)n;
    }
    return true;
}

static bool copy_file(const char *source, const char *target) {
    struct stat st;
    int from = open(source, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (from < 0) return errno == EACCES || errno == EPERM;
    bool copied = fstat(from, &st) == 0;
    if (copied && S_ISREG(st.st_mode) && st.st_size <= FILE_MAX) {
        int to = open(target, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, st.st_mode & 0755);
        copied = to >= 0 && copy_bytes(from, to, (uint64_t)st.st_size);
        if (to >= 0) close(to);
    }
    close(from);
    return copied;
}

static bool copy_entry(const char *source, const char *target, int depth, int *left) {
    struct stat st;
    char link[NAME_MAX_SIZE];
    if (depth > DEPTH_MAX || --*left < 0) {
        errno = E2BIG;
        return false;
    }
    if (lstat(source, &st) < 0) return errno == EACCES;
    if (S_ISLNK(st.st_mode)) {
        ssize_t size = readlink(source, link, sizeof link - 1);
        if (size < 0) return false;
        link[size] = 0;
        return symlink(link, target) == 0 || errno == EEXIST;
    }
    if (!S_ISDIR(st.st_mode)) return copy_file(source, target);
    if (mkdir(target, 0755) < 0 && errno != EEXIST) return false;
    DIR *directory = opendir(source);
    if (!directory) return errno == EACCES;
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(directory));) {
        char from[2 * NAME_MAX_SIZE], to[2 * NAME_MAX_SIZE];
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (snprintf(from, sizeof from, "%s/%s", source, entry->d_name) >= (int)sizeof from) continue;
        if (snprintf(to, sizeof to, "%s/%s", target, entry->d_name) >= (int)sizeof to) continue;
        ok = copy_entry(from, to, depth + 1, left);
    }
    closedir(directory);
    return ok;
}

bool copy_tree(const char *source, const char *target) {
    int left = ENTRIES_MAX;
    return copy_entry(source, target, 0, &left);
}

bool place_file(int directory, const struct file_request *file, int source, uint32_t uid, uint32_t gid, uint32_t mode) {
    char part[256];
    int at = dup(directory);
    const char *name = file->name;
    for (const char *slash; at >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - name), name);
        bool made = mkdirat(at, part, 0755) == 0;
        int next = made || errno == EEXIST ? openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        if (made && next >= 0 && fchown(next, uid, gid) < 0) {
            close(next);
            next = -1;
        }
        close(at);
        at = next;
    }
    if (at < 0) return false;
    int fd = openat(at, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
    close(at);
    if (fd < 0) return false;
    bool placed = file->in_descriptor ? copy_bytes(source, fd, file->size) : write_all(fd, file->data, file->size);
    placed = placed && fchmod(fd, mode) == 0 && fchown(fd, uid, gid) == 0;
    close(fd);
    return placed;
}

int memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); }

bool seal(int fd) {
    return lseek(fd, 0, SEEK_SET) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0;
}
