// Theory of operation: the resident tree is built once a slot and copied by each run's mount namespace, so it has as few
// mounts as it can: directories of the host are bound read-only, small files of /etc are copied. Nothing of the host is
// there but /usr (with the links or directories beside it), five devices, and what the worker's configuration names.
// /box, /tmp and /proc are mount points that each run covers with fresh ones.
#define _GNU_SOURCE
#include "layout.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "channel.h"
#include "copying.h"

// <sys/mount.h> and <linux/mount.h> collide in some libcs
int mount(const char *, const char *, const char *, unsigned long, const void *);
int umount2(const char *, int);
enum { DETACH = 2 };
#define FLAG_RDONLY 1ul
#define FLAG_NOSUID 2ul
#define FLAG_NODEV 4ul
#define FLAG_NOEXEC 8ul
#define FLAG_REMOUNT 32ul
#define FLAG_BIND 4096ul
#define FLAG_REC 16384ul
#define FLAG_PRIVATE (1ul << 18)

static char root[16];

static const char *in_root(const char *path) {
    static char full[2 * NAME_MAX_SIZE];
    snprintf(full, sizeof full, "%s%s", root, path);
    return full;
}

static void make_directory(const char *path, mode_t mode) {
    if (mkdir(in_root(path), mode) < 0 && errno != EEXIST) die("layout: mkdir", path);
}

static void make_parents(const char *path) {
    char parent[NAME_MAX_SIZE];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(parent, sizeof parent, "%.*s", (int)(slash - path), path);
        make_directory(parent, 0755);
    }
}

static void write_file(const char *path, const char *text) {
    int fd = open(in_root(path), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) die("layout: write", path);
    close(fd);
}

static void restrict_mount(const char *path, unsigned long long attributes, int recursive) {
    struct mount_attr attr = {.attr_set = attributes};
    if (syscall(SYS_mount_setattr, AT_FDCWD, path, recursive ? AT_RECURSIVE : 0, &attr, sizeof attr) < 0)
        die("layout: mount_setattr (needs Linux 5.12)", path);
}

// Read-only and without devices or set-user-id programs, whatever is mounted below it too.
static void bind_directory(const char *path) {
    make_parents(path);
    make_directory(path, 0755);
    if (mount(path, in_root(path), "", FLAG_BIND | FLAG_REC, NULL) < 0) die("layout: bind", path);
    restrict_mount(in_root(path), MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 1);
}

static void bind_device(const char *path) {
    write_file(path, "");
    if (mount(path, in_root(path), "", FLAG_BIND, NULL) < 0) die("layout: bind", path);
    restrict_mount(in_root(path), MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, 0);
}

static void add(const char *path) {
    struct stat st;
    if (lstat(path, &st) < 0) return; // the host has no such thing: then neither have programs
    if (S_ISDIR(st.st_mode) && strncmp(path, "/etc/", 5) != 0) {
        bind_directory(path);
        return;
    }
    make_parents(path);
    if (!copy_tree(path, in_root(path))) die("layout: copy", path);
}

// In a user namespace they can only be bound; root makes them, in one mount instead of five.
static bool make_devices(void) {
    static const struct {
        const char *path;
        unsigned minor;
    } devices[] = {{"/dev/null", 3}, {"/dev/zero", 5}, {"/dev/full", 7}, {"/dev/random", 8}, {"/dev/urandom", 9}};
    enum { DEVICES = sizeof devices / sizeof *devices, MEMORY_MAJOR = 1 };
    bool own = mknod(in_root(devices[0].path), S_IFCHR | 0666, makedev(MEMORY_MAJOR, devices[0].minor)) == 0;
    if (own) {
        if (unlink(in_root(devices[0].path)) < 0) die("layout: unlink", devices[0].path);
        if (mount("tmpfs", in_root("/dev"), "tmpfs", FLAG_NOSUID | FLAG_NOEXEC, "size=64k,nr_inodes=32,mode=755") < 0)
            die("layout: mount tmpfs", "/dev");
    }
    for (unsigned i = 0; i < DEVICES; i++) {
        if (!own) bind_device(devices[i].path);
        else if (mknod(in_root(devices[i].path), S_IFCHR | 0666, makedev(MEMORY_MAJOR, devices[i].minor)) < 0)
            die("layout: mknod", devices[i].path);
    }
    return own;
}

static void add_devices(void) {
    static const char *links[][2] = {{"/proc/self/fd", "/dev/fd"}, {"/proc/self/fd/0", "/dev/stdin"}, {"/proc/self/fd/1", "/dev/stdout"},
                                     {"/proc/self/fd/2", "/dev/stderr"}, {"/tmp", "/dev/shm"}};
    make_directory("/dev", 0755);
    bool own_mount = make_devices();
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (symlink(links[i][0], in_root(links[i][1])) < 0) die("layout: link", links[i][1]);
    if (own_mount) restrict_mount(in_root("/dev"), MOUNT_ATTR_RDONLY, 0);
}

static void add_names(uint32_t uid, uint32_t gid) {
    char text[256];
    snprintf(text, sizeof text, "root:x:0:0::/:/bin/false\nproba:x:%u:%u::/box:/bin/sh\n", uid, gid);
    write_file("/etc/passwd", text);
    snprintf(text, sizeof text, "root:x:0:\nproba:x:%u:\n", gid);
    write_file("/etc/group", text);
    write_file("/etc/hosts", "127.0.0.1 localhost proba\n::1 localhost proba\n");
    write_file("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n");
}

// Where the tree is put together: a directory that no bind comes from and that every Linux has.
static void mount_root(void) {
    static const char *places[] = {"/sys", "/mnt", "/srv"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (mount("tmpfs", places[i], "tmpfs", FLAG_NOSUID | FLAG_NODEV, "size=32m,nr_inodes=16384,mode=755") == 0) {
            snprintf(root, sizeof root, "%s", places[i]);
            return;
        }
        if (errno != ENOENT) break;
    }
    die("layout: mount tmpfs", "");
}

// To the root of our mount namespace, which is not ours where the worker lives in a chroot: what enters the namespace again
// (surroundings.c) starts there, so that is what has to be replaced.
static void leave_chroot(void) {
    int namespace = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (namespace < 0) die("layout: open /proc/self/ns/mnt", "");
    if (setns(namespace, CLONE_NEWNS) < 0) die("layout: enter the namespace of mounts", "");
    close(namespace);
}

static int open_directory(const char *path) {
    int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) die("layout: open", path);
    return directory;
}

// Nothing that we mount may reach the host. A chroot need not be a mount that could be told so by itself.
static void make_mounts_private(void) {
    int host = open_directory("/");
    leave_chroot();
    if (mount("", "/", "", FLAG_REC | FLAG_PRIVATE, NULL) < 0) die("layout: make mounts private", "");
    if (fchdir(host) < 0 || chroot(".") < 0) die("layout: return to the root", "");
    close(host);
}

static void enter_root(void) {
    int tree = open_directory(root);
    leave_chroot();
    if (fchdir(tree) < 0) die("layout: chdir", root);
    close(tree);
    if (syscall(SYS_pivot_root, ".", ".") < 0) die("layout: pivot_root", "");
    if (umount2(".", DETACH) < 0) die("layout: umount the host's tree", "");
    if (chdir("/") < 0) die("layout: chdir", "/");
    root[0] = 0;
}

void layout_build(const struct config_request *config, uint32_t uid, uint32_t gid) {
    static const char *system[] = {"/bin", "/sbin", "/lib", "/lib32", "/libx32", "/lib64", "/usr", "/etc/ld.so.cache", "/etc/alternatives"};
    umask(0);
    make_mounts_private();
    mount_root();
    make_directory("/etc", 0755);
    for (size_t i = 0; i < sizeof system / sizeof *system; i++) add(system[i]);
    for (uint16_t i = 0; i < config->bind_count; i++) add(config->binds[i]);
    add_devices();
    add_names(uid, gid);
    make_directory("/app", 0755);
    make_directory("/box", 0755);
    make_directory("/tmp", 0755);
    make_directory("/proc", 0555);
    // of the slot's own PID namespace; while the host's is still in view, as the kernel asks of user namespaces
    if (mount("proc", in_root("/proc"), "proc", FLAG_NOSUID | FLAG_NODEV | FLAG_NOEXEC, NULL) < 0) die("layout: mount proc", "");
    enter_root();
    umask(022);
    restrict_mount("/", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0);
}

int layout_fresh_app(void) {
    if (umount2("/app", DETACH) < 0 && errno != EINVAL) die("load: umount", "/app");
    if (mount("tmpfs", "/app", "tmpfs", FLAG_NOSUID | FLAG_NODEV, "size=2g,nr_inodes=16384,mode=755") < 0) die("load: mount tmpfs", "/app");
    int app = open("/app", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (app < 0) die("load: open", "/app");
    return app;
}

void layout_close_app(void) { restrict_mount("/app", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0); }

void layout_box_options(char *options, uint64_t size, uint32_t uid, uint32_t gid) {
    snprintf(options, OPTIONS_SIZE, "size=%llu,nr_inodes=32768,mode=700,uid=%u,gid=%u", (unsigned long long)size, uid, gid);
}

void layout_tmp_options(char *options, uint64_t size) {
    snprintf(options, OPTIONS_SIZE, "size=%llu,nr_inodes=32768,mode=1777", (unsigned long long)size);
}
