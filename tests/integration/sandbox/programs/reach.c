// Tries everything that namespaces would have kept out of reach: each line that it prints is a way that was open.
// Arguments: a file of the host that all may read and write, a socket of the host, the number of a process of the host.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#define TRY(what) do { errno = 0; if ((long)(what) >= 0) printf("%s\n", #what); } while (0)

static void reach_file(const char *file) {
    char other[512];
    int directory = open(".", O_RDONLY | O_DIRECTORY);
    TRY(open(file, O_RDONLY));
    TRY(open(file, O_WRONLY));
    TRY(open(file, O_RDONLY | O_TRUNC));
    TRY(open(file, O_ACCMODE | O_TRUNC));
    TRY(open(file, O_ACCMODE));
    TRY(syscall(437, AT_FDCWD, file, (unsigned long[3]){O_RDWR, 0, 0}, 24));
    TRY(truncate(file, 0));
    TRY(setxattr(file, "user.proba", "x", 1, 0));
    TRY(removexattr(file, "user.proba"));
    TRY(rename(file, "moved"));
    TRY(link(file, "linked"));
    TRY(linkat(AT_FDCWD, file, directory, "linked", AT_SYMLINK_FOLLOW));
    TRY(unlink(file));
    TRY(execl(file, file, (char *)0));
    snprintf(other, sizeof other, "%s.new", file);
    TRY(open(other, O_CREAT | O_WRONLY, 0666));
    TRY(mkdir(other, 0777));
    TRY(mkfifo(other, 0666));
    TRY(symlink("x", other));
    TRY(open("/dev/shm", O_RDONLY));
    TRY(open("/tmp", O_RDONLY | O_TMPFILE | O_WRONLY, 0600));
    TRY(open("/etc/passwd", O_RDONLY));
    TRY(inotify_init1(0));
    TRY(open("/dev/ptmx", O_RDWR));
    TRY(open("/dev/tty", O_RDWR));
    TRY(mknod("device", S_IFCHR | 0666, 1 << 8 | 3));
    int own = open("/usr/bin/env", O_RDONLY);
    TRY(fcntl(own, F_SETLEASE, F_RDLCK));
    TRY(fcntl(open("/usr", O_RDONLY), F_NOTIFY, DN_CREATE));
}

static void reach_socket(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int pair[2] = {-1, -1};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    for (int family = 0; family < 48; family++) TRY(socket(family, SOCK_STREAM, 0));
    TRY(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    TRY(socketpair(AF_UNIX, SOCK_RAW, 0, pair));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0) printf("no pair\n");
    close(pair[1]);
    TRY(connect(pair[0], (struct sockaddr *)&address, sizeof address));
    TRY(sendto(pair[0], "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address));
    TRY(bind(pair[0], (struct sockaddr *)&address, sizeof address));
    TRY(listen(pair[0], 1));
}

static void reach_process(pid_t pid) {
    char path[64];
    struct rlimit limit;
    static const char *files[] = {"cmdline", "environ", "mem", "maps", "stat", "status", "fd", "task", "cwd/.", "root/.", "net/tcp"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "/proc/%d/%s", pid, files[i]);
        TRY(open(path, O_RDONLY));
    }
    TRY(kill(pid, 0));
    TRY(kill(getppid(), 0));
    TRY(kill(-getpgid(pid), 0));
    TRY(syscall(SYS_tgkill, pid, pid, SIGCONT));
    TRY(syscall(SYS_tkill, pid, SIGCONT));
    TRY(syscall(SYS_rt_sigqueueinfo, pid, SIGCONT, 0));
    TRY(syscall(434, pid, 0));
    TRY(syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, 0, &limit));
    TRY(setpriority(PRIO_PROCESS, pid, 19));
    TRY(syscall(SYS_ioprio_set, 1, pid, 3 << 13));
    TRY(open("/proc/self/mountinfo", O_RDONLY));
    TRY(open("/proc/self/net/tcp", O_RDONLY));
    TRY(open("/proc/self/environ", O_RDONLY));
    TRY(open("/proc/self/oom_score_adj", O_WRONLY));
    TRY(open("/proc", O_RDONLY));
    TRY(open("/sys", O_RDONLY));
    TRY(shmget(IPC_PRIVATE, 4096, 0600));
    TRY(semget(IPC_PRIVATE, 1, 0600));
    TRY(msgget(IPC_PRIVATE, 0600));
    TRY(fcntl(0, F_SETOWN, pid));
    TRY(syscall(458, 0, 0, 0, 0));
    TRY(syscall(470));
}

int main(int count, char **arguments) {
    setvbuf(stdout, NULL, _IONBF, 0);
    if (count != 4) return 2;
    reach_file(arguments[1]);
    reach_socket(arguments[2]);
    reach_process(atoi(arguments[3]));
    return 0;
}
