// Goes for the program at the other end of its pipes: its processes, its files, its verdict, and the pipes themselves.
#include "attack.h"

static void try_process(int pid) {
    const char *const files[] = {"environ", "mem", "maps", "cwd/answer", "root/box/answer", "fd/0", "fd/1", "fd/2", "fd/3", "fdinfo/0", "syscall"};
    char path[PATH_MAX], text[256], what[64];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "/proc/%d/%s", pid, files[i]);
        int fd = open(path, O_RDONLY | O_NONBLOCK);
        if (fd >= 0 && (read(fd, text, sizeof text) > 0 || strstr(path, "/fd/"))) printf("GOT %s\n", path);
        if (fd >= 0) close(fd);
    }
    snprintf(what, sizeof what, "process %d", pid);
    refused(what, kill(pid, SIGSTOP));
    refused(what, kill(pid, SIGKILL));
    refused(what, ptrace(PTRACE_SEIZE, pid, 0, 0));
    struct iovec ours = {text, 8}, theirs = {(void *)0x400000, 8};
    refused(what, process_vm_readv(pid, &ours, 1, &theirs, 1, 0));
    refused(what, process_vm_writev(pid, &ours, 1, &theirs, 1, 0));
    int handle = (int)syscall(434 /* pidfd_open */, pid, 0);
    for (int fd = 0; handle >= 0 && fd < 8; fd++) refused(what, syscall(438 /* pidfd_getfd */, handle, fd, 0));
    if (handle >= 0) close(handle);
}

static void hunt(void) {
    DIR *directory = opendir("/proc");
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        if (atoi(entry->d_name) > 1 && atoi(entry->d_name) != getpid()) try_process(atoi(entry->d_name));
    for (int i = 0; i < 4; i++) { // where /proc shows nobody, numbers can be guessed
        const char *const names[] = {"NEIGHBOUR", "LAUNCHER", "KEEPER", "WORKER"};
        for (int after = 0; after < 16; after++) {
            int pid = atoi(from_environment(names[i])) + after;
            if (pid != getpid()) try_process(pid);
        }
    }
}

static void forge(void) {
    const char *const places[] = {"answer", "feedback/verdict", "/box/answer", "/box/feedback/verdict", "../answer", "/app/listener"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        refused(places[i], open(places[i], O_RDONLY));
        refused(places[i], truncate(places[i], 0));
    }
    mkdir("feedback", 0777);
    FILE *file = fopen("feedback/verdict", "w"); // of a box of its own
    if (file) fputs("AC", file), fclose(file);
    fputs("42\n", stderr);
}

static void bend(void) {
    char text[64];
    for (int fd = 0; fd < 2; fd++) {
        fcntl(fd, F_SETPIPE_SZ, 4096);
        fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC);
        fcntl(fd, F_SETOWN, atoi(from_environment("LAUNCHER")));
        fcntl(fd, F_SETSIG, SIGKILL);
        fchmod(fd, 0);
        fchown(fd, getuid(), getgid());
        ftruncate(fd, 0);
    }
    int back = open("/proc/self/fd/0", O_WRONLY | O_NONBLOCK), own = open("/proc/self/fd/1", O_RDONLY | O_NONBLOCK);
    if (back >= 0) write(back, "to myself\n", 10);
    if (own >= 0) read(own, text, sizeof text);
    fcntl(1, F_SETFL, 0);
}

int main(int count, char **arguments) {
    const char *mode = arguments[1];
    CASE("hunt", hunt(); return held())
    CASE("forge", forge(); return held())
    CASE("bend", bend(); return held())
    CASE("outlive", if (fork() == 0) { setsid(); signal(SIGHUP, SIG_IGN); sleep(60); puts("GOT the last word"); } return held())
    return 9;
}
