// Makes the kernel hold memory without end for objects that are no pages of the program.
#include "attack.h"
#include <mqueue.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

static char block[MIB];

static void more_descriptors(void) { // each process may have so many; there may be so many processes
    while (fork() > 0) {}
}

static void pipes(void) {
    more_descriptors();
    for (int ends[2]; pipe2(ends, O_NONBLOCK) == 0;) {
        fcntl(ends[1], F_SETPIPE_SZ, MIB);
        while (write(ends[1], block, sizeof block) > 0) {}
    }
    for (;;) {}
}

static void sockets(void) {
    int size = 1 << 30;
    more_descriptors();
    for (int ends[2]; socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0;)
        for (int i = 0; i < 2; i++) {
            setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
            while (write(ends[i], block, sizeof block) > 0) {}
        }
    for (;;) {}
}

// one page of tables for each two megabytes that are only looked at
static void page_tables(void) {
    size_t size = 1ul << 40;
    volatile char *memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) exit(no_more());
    madvise((void *)memory, size, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < size; i += 2 * MIB) (void)memory[i];
}

static void mappings(void) {
    for (size_t i = 0;; i++)
        if (mmap(NULL, 4096, i % 2 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) exit(no_more());
}

static void segments(void) {
    for (;;) {
        int id = shmget(IPC_PRIVATE, MIB, IPC_CREAT | 0600);
        void *memory = id < 0 ? (void *)-1 : shmat(id, NULL, 0);
        if (memory == (void *)-1) exit(no_more());
        memset(memory, 1, MIB);
        shmdt(memory);
    }
}

static void messages(void) {
    struct { long type; char text[8000]; } message = {1, {0}};
    for (;;) {
        int id = msgget(IPC_PRIVATE, 0600);
        if (id < 0) exit(no_more());
        while (msgsnd(id, &message, sizeof message.text, IPC_NOWAIT) == 0) {}
    }
}

static void semaphores(void) {
    for (;;)
        if (semget(IPC_PRIVATE, 2000, 0600) < 0) exit(no_more());
}

static void watches(void) {
    char name[64];
    for (int fd; (fd = inotify_init()) >= 0;)
        for (int i = 0; i < 200000; i++) {
            snprintf(name, sizeof name, "d%d", i);
            if (mkdir(name, 0700) < 0 && errno != EEXIST) exit(no_more());
            if (inotify_add_watch(fd, name, IN_ALL_EVENTS) < 0) exit(no_more());
        }
    exit(no_more());
}

static void timers(void) {
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    for (timer_t timer;;)
        if (timer_create(CLOCK_REALTIME, &event, &timer) < 0) exit(no_more());
}

static void signals(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (;;)
        if (sigqueue(getpid(), SIGRTMIN, (union sigval){0}) < 0) exit(no_more());
}

static void locks(void) {
    int fd = open("file", O_CREAT | O_RDWR, 0600);
    for (off_t i = 0;; i += 2) {
        struct flock lock = {.l_type = F_WRLCK, .l_start = i, .l_len = 1};
        if (fcntl(fd, F_SETLK, &lock) < 0) exit(no_more());
    }
}

static void attributes(void) {
    char name[64];
    static char value[32768];
    for (int file = 0;; file++) {
        snprintf(name, sizeof name, "f%d", file);
        if (close(open(name, O_CREAT | O_RDWR, 0600)) < 0) exit(no_more());
        for (int i = 0; i < 4; i++) {
            char attribute[64];
            snprintf(attribute, sizeof attribute, "user.%d", i);
            if (setxattr(name, attribute, value, sizeof value, 0) < 0 && (errno == EOPNOTSUPP || errno == EPERM || i == 0)) exit(no_more());
        }
    }
}

static void arguments_of_children(void) {
    static char *list[16];
    char *text = malloc(128000);
    memset(text, 'x', 127999);
    text[127999] = 0;
    list[0] = "/bin/sh";
    list[1] = "-c";
    list[2] = "kill -STOP $$";
    for (int i = 3; i < 15; i++) list[i] = text;
    for (int i = 0; i < 14; i++)
        if (!fork()) {
            execv(list[0], list);
            _exit(1);
        }
    while (wait(NULL) > 0) {}
    exit(no_more());
}

int main(int count, char **arguments) {
    const char *mode = arguments[1];
    CASE("pipes", pipes())
    CASE("sockets", sockets())
    CASE("page tables", page_tables())
    CASE("mappings", mappings())
    CASE("segments", segments())
    CASE("messages", messages())
    CASE("semaphores", semaphores())
    CASE("queues", refused("mq_open", mq_open("/proba-attack", O_CREAT | O_RDWR, 0600, NULL)); return held())
    CASE("watches", watches())
    CASE("timers", timers())
    CASE("signals", signals())
    CASE("locks", locks())
    CASE("attributes", attributes())
    CASE("arguments", arguments_of_children())
    return 9;
}
