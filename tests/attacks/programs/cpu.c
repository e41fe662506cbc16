// Burns cpu time, and hides it.
#include "attack.h"

static void burn(int ms) {
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < ms);
}

static void *burn_a_little(void *unused) {
    burn(2);
    return unused;
}

static void *burn_on(void *unused) {
    for (;;) burn(1000);
    return unused;
}

static void dying_threads(void) {
    for (pthread_t thread;;)
        if (!pthread_create(&thread, NULL, burn_a_little, NULL)) pthread_join(thread, NULL);
}

static void short_children(bool unseen) {
    if (unseen) signal(SIGCHLD, SIG_IGN);
    for (;;) {
        pid_t child = fork();
        if (!child) burn(2), _exit(0);
        if (unseen) usleep(2500);
        else waitpid(child, NULL, 0);
    }
}

static void deaf(void) {
    for (int i = 1; i < NSIG; i++) signal(i, SIG_IGN);
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_CPU, &limit);
    for (;;) {}
}

static void on_timer(int unused) { burn(1); }

// burns in the handler of a timer that rings just after the clock's tick
static void between_ticks(void) {
    struct itimerval often = {{0, 1500}, {0, 1500}};
    signal(SIGALRM, on_timer);
    setitimer(ITIMER_REAL, &often, NULL);
    for (;;) pause();
}

static void favours(void) {
    cpu_set_t all;
    struct sched_param most = {.sched_priority = 99};
    refused("nice", (nice(-5), getpriority(PRIO_PROCESS, 0)) < 0 ? 0 : -1);
    refused("priority", setpriority(PRIO_PROCESS, 0, -20));
    refused("priority of everybody", setpriority(PRIO_USER, 0, -20));
    refused("real time", sched_setscheduler(0, SCHED_FIFO, &most));
    refused("round robin", sched_setscheduler(0, SCHED_RR, &most));
    uint32_t deadline[14] = {56, SCHED_DEADLINE, 0, 0, 0, 0, 10000000, 0, 20000000, 0, 20000000, 0};
    refused("deadline", syscall(SYS_sched_setattr, 0, deadline, 0));
    refused("disk priority", syscall(SYS_ioprio_set, 1, 0, 1 << 13));
    memset(&all, 255, sizeof all);
    refused("all cores", sched_setaffinity(0, sizeof all, &all));
    sched_getaffinity(0, sizeof all, &all);
    if (CPU_COUNT(&all) != 1) printf("GOT %d cores\n", CPU_COUNT(&all));
    if (syscall(SYS_sched_setaffinity, atoi(from_environment("NEIGHBOUR")), sizeof all, &all) >= 0) puts("GOT the neighbour's core");
    if (setpriority(PRIO_PROCESS, atoi(from_environment("NEIGHBOUR")), 19) >= 0) puts("GOT the neighbour's priority");
}

int main(int count, char **arguments) {
    const char *mode = arguments[1];
    pthread_t thread;
    CASE("loop", for (;;) {})
    CASE("calls", for (;;) syscall(SYS_getppid))
    CASE("deaf", deaf())
    CASE("threads", for (int i = 0; i < 4; i++) pthread_create(&thread, NULL, burn_on, NULL); pause())
    CASE("children", for (int i = 0; i < 4; i++) if (!fork()) burn_on(NULL); pause())
    CASE("dying threads", dying_threads())
    CASE("short children", short_children(false))
    CASE("unseen children", short_children(true))
    CASE("between ticks", between_ticks())
    CASE("favours", favours(); return held())
    CASE("idle", { struct sched_param none = {0}; sched_setscheduler(0, SCHED_IDLE, &none); nice(19); for (;;) {} })
    CASE("exit at the limit", while (clock() < CLOCKS_PER_SEC * 301 / 1000) {} _exit(0))
    return 9;
}
