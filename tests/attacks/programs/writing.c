// Writes where it must not, and fills, bends and litters where it may.
#include "attack.h"
#include <sys/sysmacros.h>
#include <utime.h>

static bool same(const struct stat *a, const struct stat *b) {
    return a->st_mode == b->st_mode && a->st_uid == b->st_uid && a->st_nlink == b->st_nlink && a->st_size == b->st_size && a->st_mtime == b->st_mtime;
}

// Some changes are only said to have been made: what counts is whether the file is another afterwards.
static void change(const char *path) {
    struct utimbuf times = {0, 0};
    struct stat before = {0}, after = {0};
    bool known = stat(path, &before) == 0;
    chmod(path, 0777);
    chown(path, geteuid(), -1);
    utime(path, &times);
    refused("writing", open(path, O_WRONLY));
    refused("appending", open(path, O_WRONLY | O_APPEND));
    refused("truncation", truncate(path, 0));
    refused("an attribute", setxattr(path, "user.x", "x", 1, 0));
    refused("another name", rename(path, "mine"));
    refused("removal", unlink(path));
    refused("a link", link(path, "mine"));
    if (known != (stat(path, &after) == 0) || (known && !same(&before, &after))) printf("GOT a change of %s\n", path);
}

static void outside(void) {
    char name[PATH_MAX];
    const char *const places[] = {"/", "/usr", "/usr/bin", "/etc", "/dev", "/app", "/proc", "/proc/self", "/bin", "/lib", "/sys", "/run", "/var/tmp", "/home", "/root", ".."};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        snprintf(name, sizeof name, "%s/proba-attack", places[i]);
        refused(name, open(name, O_CREAT | O_WRONLY, 0600));
        refused(name, mkdir(name, 0700));
        refused(name, symlink("/", name));
        refused(name, mknod(name, S_IFIFO | 0600, 0));
        refused(name, open(places[i], O_TMPFILE | O_WRONLY, 0600));
        refused(name, rename("main.c", name));
    }
}

static void existing(char **arguments) {
    const char *const files[] = {"/bin/sh", "/usr/bin/python3", "/etc/passwd", "/etc/hostname", "/etc/ld.so.cache", "/usr/lib/os-release"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) change(files[i]);
    change(arguments[0]); // the artefact itself, as the next test will run it
    change(from_environment("SECRET"));
    refused("its own executable", open("/proc/self/exe", O_RDWR));
    refused("a protection of the artefact", mprotect(mmap(NULL, 4096, PROT_READ, MAP_SHARED, open(arguments[0], O_RDONLY), 0), 4096, PROT_READ | PROT_WRITE));
}

static void settings(void) {
    const char *const files[] = {"oom_score_adj", "oom_adj", "timerslack_ns", "coredump_filter", "comm", "loginuid", "uid_map", "gid_map", "setgroups", "mem",
        "clear_refs", "attr/current", "attr/exec", "autogroup", "sched", "make-it-fail", "projid_map", "timens_offsets"};
    const char *const knobs[] = {"/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sys/vm/overcommit_memory", "/proc/sysrq-trigger", "/proc/sys/kernel/hostname",
        "/proc/sys/user/max_user_namespaces", "/proc/sys/kernel/randomize_va_space", "/proc/sys/fs/binfmt_misc/register", "/proc/irq/0/smp_affinity", "/proc/sys/kernel/ns_last_pid",
        "/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/kernel/mm/transparent_hugepage/enabled", "/proc/pressure/cpu"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "/proc/self/%s", files[i]);
        refused(path, open(path, O_WRONLY));
    }
    for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++) refused(knobs[i], open(knobs[i], O_WRONLY));
}

static void devices(void) {
    const int numbers[][2] = {{1, 1}, {1, 2}, {1, 4}, {1, 11}, {5, 0}, {5, 2}, {10, 229}, {10, 232}, {10, 200}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        refused("a character device", mknod("device", S_IFCHR | 0666, makedev(numbers[i][0], numbers[i][1])));
        refused("a block device", mknod("device", S_IFBLK | 0666, makedev(8, i)));
    }
    const char *const names[] = {"/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/nvme0n1", "/dev/loop0", "/dev/loop-control", "/dev/fuse", "/dev/kvm",
        "/dev/net/tun", "/dev/ptmx", "/dev/pts/0", "/dev/tty", "/dev/console", "/dev/cuse", "/dev/vhost-net", "/dev/userfaultfd", "/dev/uinput", "/dev/rtc0", "/dev/watchdog", "/dev/dri/card0"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) refused(names[i], open(names[i], O_RDWR | O_NONBLOCK));
}

static int huge(const char *how) {
    off_t size = 1ll << 40;
    int fd = open("huge", O_CREAT | O_RDWR, 0600);
    if (!strcmp(how, "sparse")) ftruncate(fd, size); // SIGXFSZ ends it
    if (!strcmp(how, "seek")) pwrite(fd, "x", 1, size);
    signal(SIGXFSZ, SIG_IGN);
    refused("a terabyte", ftruncate(fd, size));
    refused("a terabyte", fallocate(fd, 0, 0, size));
    refused("a terabyte", pwrite(fd, "x", 1, size));
    refused("a higher limit", setrlimit(RLIMIT_FSIZE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY}));
    return held();
}

static int inodes(void) {
    char name[64];
    for (int i = 0;; i++) {
        snprintf(name, sizeof name, "f%d", i);
        int fd = open(name, O_CREAT | O_WRONLY, 0600);
        if (fd < 0) return no_more();
        close(fd);
    }
}

static int deep(void) {
    for (int i = 0; i < 800; i++)
        if (mkdir("deeper", 0700) < 0 || chdir("deeper") < 0) return no_more();
    chmod(".", 0);
    chmod("..", 0);
    return held();
}

static int names(void) {
    const char *const odd[] = {"new\nline", "-rf", "--", " ", "\xff\xfe\x80", "\x1b[2J\x1b]0;owned\a", "a'b\"c`d$(e)", "*", "?", "[", "\\", "%s%n", "..x", "...", "CON", "\u202e"};
    char name[256];
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) close(open(odd[i], O_CREAT | O_WRONLY, 0600));
    for (char c = 'a'; c <= 'z'; c++) {
        memset(name, c, 255);
        name[255] = 0;
        if (mkdir(name, 0700) < 0 || chdir(name) < 0) return 8;
    }
    close(open("bottom", O_CREAT | O_WRONLY, 0600));
    return held();
}

int main(int count, char **arguments) {
    const char *mode = arguments[1];
    CASE("outside", outside(); return held())
    CASE("existing", existing(arguments); return held())
    CASE("settings", settings(); return held())
    CASE("devices", devices(); return held())
    CASE("sparse", return huge(mode))
    CASE("seek", return huge(mode))
    CASE("huge", return huge(mode))
    CASE("inodes", return inodes())
    CASE("deep", return deep())
    CASE("names", return names())
    return 9;
}
