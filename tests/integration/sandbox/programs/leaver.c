// Leaves behind what its argument names, for the soak that looks for leaks.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

static void file(const char *name, size_t size) {
    static char block[4096];
    FILE *f = fopen(name, "w");
    for (size_t done = 0; f && done < size; done += sizeof block) fwrite(block, 1, sizeof block, f);
    if (f) fclose(f);
}

static void files(const char *temporary) {
    char name[4096];
    for (int i = 0; i < 5; i++) {
        snprintf(name, sizeof name, "d%d", i);
        mkdir(name, 0700);
        snprintf(name, sizeof name, "d%d/file", i);
        file(name, 20000);
        snprintf(name, sizeof name, "%s/file%d", temporary, i);
        file(name, 5000);
    }
    if (symlink("/etc/passwd", "link") < 0 || mkfifo("fifo", 0600) < 0) exit(2);
}

static void orphans(void) {
    for (int i = 0; i < 3; i++)
        if (fork() == 0) {
            setsid();
            if (i == 2 && fork()) _exit(0);
            for (;;) pause();
        }
}

static void ipc(void) {
    int shared = shmget(IPC_PRIVATE, 65536, 0600 | IPC_CREAT);
    if (shared >= 0) memset(shmat(shared, NULL, 0), 1, 65536);
    msgget(1, 0600 | IPC_CREAT);
    semget(2, 3, 0600 | IPC_CREAT);
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
    static char block[65536];
    if (!strcmp(what, "files")) files(count > 2 ? arguments[2] : "/tmp");
    if (!strcmp(what, "orphans")) orphans();
    if (!strcmp(what, "ipc")) ipc();
    if (!strcmp(what, "memory"))
        for (;;) memset(malloc(1 << 20), 1, 1 << 20);
    if (!strcmp(what, "loop")) for (;;) {}
    if (!strcmp(what, "sleep")) for (;;) pause();
    if (!strcmp(what, "output"))
        for (int i = 0; i < 4; i++) fwrite(block, 1, sizeof block, stdout);
    if (!strcmp(what, "flood")) for (;;) fwrite(block, 1, sizeof block, stdout);
    if (!strcmp(what, "input")) while (fread(block, 1, sizeof block, stdin) > 0) {}
    return 0;
}
