// Uses cpu time in a given shape, and says on stdout how much: "NANOSECONDS\n". usage: burn SHAPE MILLISECONDS
//
// Theory of operation. Nobody is asked but the kernel's clocks of the processes themselves: each reads its own
// CLOCK_PROCESS_CPUTIME_ID as the last thing it does and writes it into a pipe, which the first process adds up at the
// end. What a process uses after that, to go away, no process can read of itself. Where there are many short ones it weighs:
// then the first one takes what wait4 says of each, or, where nothing can be waited for, adds what such an end has cost
// (the median) with children that could be.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SHORT_ONES = 1000, TRIED = 50 };

static int report[2];
static uint64_t amount; // nanoseconds in all
static uint64_t children, exit_ns; // that have not been waited for, and what the end of each costs
static uint64_t known;             // of those that have been

static uint64_t clock_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
static uint64_t used(void) { return clock_ns(CLOCK_PROCESS_CPUTIME_ID); }

static void spin(clockid_t clock, uint64_t ns) {
    for (uint64_t end = clock_ns(clock) + ns; clock_ns(clock) < end;)
        for (volatile int i = 0; i < 2000; i++) {}
}
static void burn(uint64_t ns) { spin(CLOCK_PROCESS_CPUTIME_ID, ns); }

static _Noreturn void leave(void) {
    uint64_t ns = used();
    if (write(report[1], &ns, sizeof ns) != sizeof ns) _exit(9);
    _exit(0);
}

static pid_t child(void (*body)(uint64_t), uint64_t ns) {
    pid_t pid = fork();
    if (pid < 0) exit(10);
    if (pid == 0) {
        body(ns);
        leave();
    }
    children++;
    return pid;
}

// What the kernel says of a child that has been waited for, and what it has said itself. A child that has ended can be
// waited for while it still uses the core for its last steps: give it the time for these, or nobody is told of them.
static uint64_t await_child(uint64_t *said) {
    struct rusage u;
    siginfo_t info;
    if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) < 0) exit(16);
    usleep(50);
    if (wait4(-1, NULL, 0, &u) < 0 || read(report[0], said, sizeof *said) != sizeof *said) exit(11);
    uint64_t counted = (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000u + (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000u;
    children--;
    known += counted;
    return counted;
}

static int by_size(const void *a, const void *b) {
    uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;
    return (first > second) - (first < second);
}

static void learn_exits(uint64_t ns) {
    uint64_t each[TRIED], said;
    for (int i = 0; i < TRIED; i++) {
        child(burn, ns);
        uint64_t counted = await_child(&said);
        each[i] = counted > said ? counted - said : 0;
    }
    qsort(each, TRIED, sizeof *each, by_size);
    exit_ns = each[TRIED / 2];
}

static void single(void) { burn(amount); }

// From the very beginning, also what loading the program took.
static void until(void) {
    if (used() < amount) burn(amount - used());
}

static void system_calls(void) {
    for (uint64_t end = used() + amount; used() < end;)
        for (int i = 0; i < 1000; i++) syscall(SYS_getppid);
}

static void page_faults(void) {
    enum { SIZE = 4 << 20 };
    for (uint64_t end = used() + amount; used() < end;) {
        char *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (int i = 0; i < SIZE; i += 4096) memory[i] = 1;
        munmap(memory, SIZE);
    }
}

static void sequential(void) {
    for (int i = 0; i < 4; i++) {
        child(burn, amount / 4);
        wait(NULL);
    }
}

static void parallel(void) {
    for (int i = 0; i < 4; i++) child(burn, amount / 4);
    while (wait(NULL) > 0) {}
}

static void short_children(void) {
    uint64_t said;
    for (int i = 0; i < SHORT_ONES; i++) {
        child(burn, amount / SHORT_ONES);
        await_child(&said);
    }
}

// Nobody waits for these, so the kernel tells nobody what they used.
static void ignored_short_children(void) {
    learn_exits(amount / SHORT_ONES);
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < SHORT_ONES; i++) {
        child(burn, amount / SHORT_ONES);
        wait(NULL); // until none is left; it says ECHILD
    }
}

static void ignored_children(void) {
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 4; i++) child(burn, amount / 4);
    wait(NULL);
}

static void ignoring_parent(uint64_t ns) {
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 4; i++) child(burn, ns / 4);
    wait(NULL);
}

static void grandchildren(void) {
    child(ignoring_parent, amount);
    wait(NULL);
}

static void orphan_and_leave(uint64_t ns) {
    child(burn, ns / 4);
}

// Each is nobody's child any more while it burns; the first process sleeps until it has read all that they say.
static void orphans(void) {
    for (int i = 0; i < 4; i++) {
        child(orphan_and_leave, amount);
        wait(NULL);
    }
    uint64_t said[8];
    size_t got = 0;
    while (got < sizeof said) {
        ssize_t size = read(report[0], (char *)said + got, sizeof said - got);
        if (size <= 0) exit(13);
        got += (size_t)size;
    }
    if (write(report[1], said, sizeof said) != sizeof said) exit(14);
    usleep(20000); // they go away
}

static void *thread_body(void *ns) {
    spin(CLOCK_THREAD_CPUTIME_ID, *(uint64_t *)ns);
    return NULL;
}

static void *endless(void *unused) {
    for (;;) {}
    return unused;
}

static void threads_joined(void) {
    static pthread_t threads[4];
    uint64_t each = amount / 4;
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, thread_body, &each);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
}

static void threads_detached(void) {
    static uint64_t each;
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    each = amount / 4;
    for (int i = 0; i < 4; i++) {
        pthread_t thread;
        pthread_create(&thread, &detached, thread_body, &each);
    }
    while (used() < amount) usleep(1000);
}

static void threads_alive(void) {
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, endless, NULL);
    }
    while (used() < amount) usleep(1000);
}

static void short_threads(void) {
    uint64_t each = amount / SHORT_ONES;
    for (int i = 0; i < SHORT_ONES; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, thread_body, &each);
        pthread_join(thread, NULL);
    }
}

static char *self;
static void execve_chain(void) { // the process, and its clock, stay the same
    static char rest[32];
    if (used() >= amount) return;
    burn(amount / 5);
    snprintf(rest, sizeof rest, "%llu", (unsigned long long)(amount / 1000000));
    char *arguments[] = {self, "execve_chain", rest, NULL};
    execv(self, arguments);
    exit(15);
}

static void *execve_body(void *unused) {
    execve_chain();
    return unused;
}

static void execve_from_thread(void) {
    pthread_t thread;
    burn(amount / 5);
    pthread_create(&thread, NULL, execve_body, NULL);
    pthread_join(thread, NULL);
}

static void vforked(void) {
    for (int i = 0; i < 4; i++) {
        pid_t pid = vfork();
        if (pid == 0) {
            burn(amount / 4);
            leave();
        }
        children++;
        wait(NULL);
    }
}

static const struct {
    const char *name;
    void (*body)(void);
} shapes[] = {
    {"single", single},
    {"until", until},
    {"system_calls", system_calls},
    {"page_faults", page_faults},
    {"sequential", sequential},
    {"parallel", parallel},
    {"short_children", short_children},
    {"ignored_short_children", ignored_short_children},
    {"ignored_children", ignored_children},
    {"grandchildren", grandchildren},
    {"orphans", orphans},
    {"threads_joined", threads_joined},
    {"threads_detached", threads_detached},
    {"threads_alive", threads_alive},
    {"short_threads", short_threads},
    {"execve_chain", execve_chain},
    {"execve_from_thread", execve_from_thread},
    {"vforked", vforked},
};

int main(int count, char **arguments) {
    if (count != 3 || pipe(report) < 0) return 2;
    self = arguments[0];
    amount = strtoull(arguments[2], NULL, 10) * 1000000;
    void (*body)(void) = NULL;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (!strcmp(shapes[i].name, arguments[1])) body = shapes[i].body;
    if (!body) return 3;
    body();
    uint64_t said, total = 0;
    fcntl(report[0], F_SETFL, O_NONBLOCK);
    while (read(report[0], &said, sizeof said) == sizeof said) total += said;
    char text[32];
    int size = snprintf(text, sizeof text, "%llu\n", (unsigned long long)(total + known + children * exit_ns + used()));
    return write(1, text, (size_t)size) == size ? 0 : 4;
}
