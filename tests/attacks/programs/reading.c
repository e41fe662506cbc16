// Reads what it must not: the host's files, other processes, and the way out of the tree that it was given.
#include "attack.h"

static const char *const others[] = {"NEIGHBOUR", "LAUNCHER", "KEEPER", "WORKER"};

static void print_file(const char *path) {
    char text[4096];
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof text);
    if (size > 0) printf("GOT %s: %.*s\n", path, (int)size, text);
    if (fd >= 0) close(fd);
}

static void files(void) {
    const char *const places[] = {"/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/ssh/ssh_host_ed25519_key", "/root/.bashrc", "/root/.ssh/id_rsa",
        "/var/lib/dpkg/status", "/var/log/dpkg.log", "/boot/grub/grub.cfg", "/proc/kcore", "/proc/kallsyms", "/proc/kmsg",
        "/proc/1/environ", "/proc/1/mem", "/proc/1/maps", "/proc/1/auxv", "/proc/1/stack", "/proc/keys", "/sys/kernel/notes",
        "/sys/kernel/debug/sched/debug", "/sys/fs/cgroup/cgroup.procs", "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/tty", "/dev/fuse"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strcmp(places[i], "/proc/kallsyms") || geteuid() == 0) print_file(places[i]);
    print_file(from_environment("SECRET"));
    symlink(from_environment("SECRET"), "link");
    print_file("link");
    refused("a hard link", linkat(AT_FDCWD, from_environment("SECRET"), AT_FDCWD, "hard", 0));
}

static void processes(void) {
    const char *const files[] = {"environ", "mem", "maps", "auxv", "cwd/main.c", "stack", "syscall", "io", "pagemap", "fd/0", "fd/1", "fd/3", "fd/4", "fd/5",
        "fdinfo/3", "smaps", "wchan", "personality", "root/etc/shadow", "task/1/environ", "limits"};
    char path[PATH_MAX];
    for (int i = 0; i < 4; i++) {
        const char *pid = from_environment(others[i]);
        for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
            snprintf(path, sizeof path, "/proc/%s/%s", pid, files[k]);
            print_file(path);
        }
        snprintf(path, sizeof path, "/proc/%s/root%s", pid, from_environment("SECRET"));
        print_file(path);
        snprintf(path, sizeof path, "/proc/%s/mem", pid);
        refused(path, open(path, O_RDWR));
    }
    snprintf(path, sizeof path, "/proc/1/root%s", from_environment("SECRET"));
    print_file(path);
}

static void climb(void) {
    char path[PATH_MAX] = "";
    int root = open("/", O_RDONLY | O_DIRECTORY);
    mkdir("deeper", 0700);
    refused("chroot", chroot("deeper"));
    for (int i = 0; i < 64; i++) {
        fchdir(root);
        chdir("..");
        if (openat(root, from_environment("SECRET") + 1, O_RDONLY) >= 0) puts("GOT the secret by a kept descriptor");
    }
    for (int i = 0; i < 24; i++) strcat(path, "../");
    strcat(path, from_environment("SECRET") + 1);
    print_file(path);
    snprintf(path, sizeof path, "/proc/self/root%s", from_environment("SECRET"));
    print_file(path);
    snprintf(path, sizeof path, "/proc/self/cwd/../../../../../..%s", from_environment("SECRET"));
    print_file(path);
    snprintf(path, sizeof path, "/proc/thread-self/root/proc/1/root%s", from_environment("SECRET"));
    print_file(path);
    for (int fd = 3; fd < 64; fd++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d/../../../../../../../..%s", fd, from_environment("SECRET"));
        print_file(path);
    }
    struct { unsigned type; int id; unsigned char bytes[128]; } handle = {128, 0};
    refused("open_by_handle_at", syscall(SYS_open_by_handle_at, root, &handle, O_RDONLY));
    refused("name_to_handle_at", syscall(SYS_name_to_handle_at, root, ".", &handle, &handle.id, 0));
}

static void memory(void) {
    static char text[4096];
    pid_t child = fork();
    if (!child) for (;;) pause();
    int pids[] = {1, atoi(from_environment("NEIGHBOUR")), atoi(from_environment("LAUNCHER")), atoi(from_environment("KEEPER")), atoi(from_environment("WORKER")), child};
    struct iovec here = {text, sizeof text}, there = {(void *)0x400000, sizeof text};
    for (size_t i = 0; i < sizeof pids / sizeof *pids; i++) {
        refused("attach", ptrace(PTRACE_ATTACH, pids[i], 0, 0));
        refused("seize", ptrace(PTRACE_SEIZE, pids[i], 0, 0));
        refused("read", process_vm_readv(pids[i], &here, 1, &there, 1, 0));
        refused("write", process_vm_writev(pids[i], &here, 1, &there, 1, 0));
        refused("compare", syscall(SYS_kcmp, pids[i], getpid(), 0, 0, 0));
        refused("move pages", syscall(SYS_move_pages, pids[i], 0, NULL, NULL, NULL, 0));
        refused("migrate pages", syscall(SYS_migrate_pages, pids[i], 0, NULL, NULL));
        int handle = (int)syscall(434 /* pidfd_open */, pids[i], 0);
        if (handle < 0) continue;
        refused("descriptor", syscall(438 /* pidfd_getfd */, handle, 0, 0));
        refused("signal by descriptor", syscall(424 /* pidfd_send_signal */, handle, SIGKILL, NULL, 0));
        refused("advise", syscall(440 /* process_madvise */, handle, &there, 1, MADV_COLD, 0));
        refused("enter", setns(handle, CLONE_NEWNS));
    }
    refused("trace me", ptrace(PTRACE_TRACEME, 0, 0, 0));
}

int main(int count, char **arguments) {
    const char *mode = arguments[1];
    CASE("files", files(); return held())
    CASE("processes", processes(); return held())
    CASE("climb", climb(); return held())
    CASE("memory", memory(); return held())
    return 9;
}
