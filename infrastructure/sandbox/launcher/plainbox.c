// Theory of operation. The slot's directory has a name that nobody can guess and is closed to all but the launcher (and, as
// root, to the slot's own group, which may pass through it); Landlock lets a program write to /box and /tmp in it alone. It
// lies in memory where the worker found such a place, so that a control group counts what is written. Its keeper holds a
// lock on it: a directory of this kind that nobody holds was left by a launcher that was killed, and the next one to start
// removes it. After each run /box and /tmp are emptied and made anew, since a program may have changed their modes.
// There is no limit of size as on a mount: what is written is counted, or looked at now and then (accounting.c).
#define _GNU_SOURCE
#include "plainbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "channel.h"
#include "emptying.h"
#include "protocol.h"

enum { ENTRIES_MAX = 65536, PATH_SIZE = SCRATCH_MAX_SIZE + 8, REST = 10, CLOSE_REST = 2 };
static const char prefix[] = "proba-box-";

static int base = -1, root = -1;
static char name[SCRATCH_MAX_SIZE], app[PATH_SIZE], box[PATH_SIZE], tmp[PATH_SIZE];
static bool own, in_memory;
static uint32_t user, group;
static uint64_t measured, next_measure, next_close_look, free_before;
static dev_t device;

const char *plainbox_app(void) { return app; }
const char *plainbox_box(void) { return box; }
const char *plainbox_tmp(void) { return tmp; }
bool plainbox_in_memory(void) { return in_memory; }

bool plainbox_is_strangers(const char *path) {
    size_t size = strlen(app); // /box has as many letters
    return (!strncmp(path, app, size) || !strncmp(path, box, size)) && path[size] == '/';
}

static int open_directory(int parent, const char *entry) { return openat(parent, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); }

static bool is_at(int directory, int parent, const char *entry) {
    struct stat held, named;
    return fstat(directory, &held) == 0 && fstatat(parent, entry, &named, AT_SYMLINK_NOFOLLOW) == 0 && held.st_dev == named.st_dev &&
           held.st_ino == named.st_ino && held.st_uid == geteuid();
}

static void sweep(void) {
    int copy = open_directory(base, ".");
    DIR *directory = copy >= 0 ? fdopendir(copy) : NULL;
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        if (strncmp(entry->d_name, prefix, sizeof prefix - 1) != 0) continue;
        int left = open_directory(base, entry->d_name);
        if (left < 0) continue;
        if (flock(left, LOCK_EX | LOCK_NB) == 0 && is_at(left, base, entry->d_name) && empty_directory(left))
            unlinkat(base, entry->d_name, AT_REMOVEDIR);
        close(left);
    }
    if (directory) closedir(directory);
}

static void make_directory(const char *entry, mode_t mode, uint32_t uid, uint32_t gid) {
    if (mkdirat(root, entry, mode) < 0) die("box: mkdir", entry);
    if (own && fchownat(root, entry, uid, gid, AT_SYMLINK_NOFOLLOW) < 0) die("box: chown", entry);
}

void plainbox_make(const char *path, bool own_user, uint32_t uid, uint32_t gid) {
    char parent[SCRATCH_MAX_SIZE];
    const char *slash = strrchr(path, '/');
    own = own_user;
    user = uid;
    group = gid;
    snprintf(parent, sizeof parent, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    snprintf(name, sizeof name, "%s", slash + 1);
    snprintf(app, sizeof app, "%s/app", path);
    snprintf(box, sizeof box, "%s/box", path);
    snprintf(tmp, sizeof tmp, "%s/tmp", path);
    if (strncmp(name, prefix, sizeof prefix - 1) != 0) die_with(EINVAL, "box: name", path);
    base = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (base < 0) die("box: open", parent);
    sweep();
    umask(0);
    if (mkdirat(base, name, own ? 0710 : 0700) < 0) die("box: mkdir", path);
    umask(022);
    root = open_directory(base, name);
    if (root < 0 || flock(root, LOCK_EX | LOCK_NB) < 0 || !is_at(root, base, name)) die("box: hold", path);
    if (own && fchown(root, geteuid(), gid) < 0) die("box: chown", path);
    make_directory("app", 0755, geteuid(), getegid());
    make_directory("box", 0700, user, group);
    make_directory("tmp", 0700, user, group);
    struct statfs fs;
    in_memory = fstatfs(root, &fs) == 0 && fs.f_type == TMPFS_MAGIC;
}

void plainbox_remove(void) {
    if (root >= 0 && empty_directory(root)) unlinkat(base, name, AT_REMOVEDIR);
}

static void renew(const char *entry, mode_t mode, uint32_t uid, uint32_t gid) {
    int directory = open_directory(root, entry);
    if (directory < 0 && errno == EACCES && fchmodat(root, entry, 0700, 0) == 0) directory = open_directory(root, entry);
    if (directory < 0) die("box: open", entry);
    if (!own && fchmod(directory, 0700) < 0) die("box: chmod", entry);
    if (!empty_directory(directory)) die("box: empty", entry);
    close(directory);
    if (unlinkat(root, entry, AT_REMOVEDIR) < 0) die("box: rmdir", entry);
    make_directory(entry, mode, uid, gid);
}

int plainbox_fresh_app(void) {
    renew("app", 0755, geteuid(), getegid());
    int directory = open_directory(root, "app");
    if (directory < 0) die("load: open", app);
    return directory;
}

int plainbox_open_box(void) {
    int directory = openat(root, "box", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) die("box: open", box);
    return directory;
}

static uint64_t free_room(void) {
    struct statfs fs;
    return fstatfs(root, &fs) == 0 ? (uint64_t)fs.f_bfree * (uint64_t)fs.f_bsize : 0;
}

void plainbox_renew(void) {
    renew("box", 0700, user, group);
    renew("tmp", 0700, user, group);
    next_measure = 0;
}

void plainbox_watch(void) {
    struct stat st;
    if (fstat(root, &st) < 0) die("box: stat", name);
    device = st.st_dev;
    free_before = free_room();
}

bool plainbox_shrank(uint64_t size) {
    uint64_t now = free_room();
    bool shrank = now < free_before && free_before - now > size && now_ns() >= next_close_look;
    if (shrank) next_measure = 0;
    return shrank;
}

void plainbox_looked(uint64_t since) {
    uint64_t now = now_ns();
    next_close_look = now + CLOSE_REST * (now - since);
}

dev_t plainbox_device(void) { return device; }

uint64_t plainbox_size(void) {
    uint64_t before = now_ns();
    if (before < next_measure) return measured; // looking takes time from the program
    measured = 0;
    static const char *entries[] = {"box", "tmp"};
    for (int i = 0; i < 2; i++) {
        int directory = open_directory(root, entries[i]);
        uint64_t size = directory >= 0 ? measure_directory(directory, ENTRIES_MAX) : UINT64_MAX;
        if (directory >= 0) close(directory);
        measured = size == UINT64_MAX || measured == UINT64_MAX ? UINT64_MAX : measured + size;
    }
    uint64_t after = now_ns();
    next_measure = after + REST * (after - before); // it takes time from the program: a tenth at the most
    return measured;
}
