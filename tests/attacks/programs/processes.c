// Makes processes and threads without end, outlives its parents, plays dead, or ends others.
#include "attack.h"

static void *start_more(void *unused) {
    for (pthread_t thread;;) pthread_create(&thread, NULL, start_more, NULL);
    return unused;
}

static void vfork_bomb(void) {
    while (syscall(SYS_vfork) >= 0) {}
    for (;;) syscall(SYS_vfork);
}

static char child_stack[65536];
static int sleep_on(void *unused) {
    pause();
    return 0;
}

// processes that share the parent's memory, its files and its signal handlers but are no threads
static void shared_bomb(void) {
    int count = 1;
    while (clone(sleep_on, child_stack + sizeof child_stack, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | SIGCHLD, NULL) > 0) count++;
    printf("%d\n", count);
    exit(0);
}

static void ignore_all(void) {
    for (int i = 1; i < NSIG; i++) signal(i, SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
}

// what it starts belongs to no session, group or parent of its own any more, and goes on
static void daemons(bool wait_for_the_end) {
    for (int i = 0; i < 4; i++)
        if (!fork()) {
            setsid();
            if (fork()) _exit(0);
            ignore_all();
            if (i == 0) for (;;) getpid();
            for (;;) pause();
        }
    usleep(20000);
    puts("started");
    if (wait_for_the_end) pause();
}

static void kill_everybody(void) {
    if (!fork()) {
        usleep(30000);
        _exit(0);
    }
    signal(SIGTERM, SIG_IGN);
    for (int number = 1; number < NSIG; number++)
        if (number != SIGKILL && number != SIGSTOP && (number < 32 || number > 33)) signal(number, SIG_IGN), kill(-1, number), kill(0, number);
    for (int number = 1; number < NSIG; number++) kill(1, number);
    for (const char **name = (const char *[]){"NEIGHBOUR", "LAUNCHER", "KEEPER", "WORKER", NULL}; *name; name++) {
        int pid = atoi(from_environment(*name));
        int numbers[] = {0, SIGSTOP, SIGKILL, SIGTERM};
        for (int i = 0; i < 4; i++) {
            refused(*name, kill(pid, numbers[i]));
            refused(*name, syscall(SYS_tgkill, pid, pid, numbers[i]));
            refused(*name, syscall(SYS_tkill, pid, numbers[i]));
            refused(*name, sigqueue(pid, numbers[i], (union sigval){0}));
            refused(*name, kill(-pid, numbers[i]));
        }
    }
    wait(NULL);
}

// a child that stops and goes on again while it burns: what is not running is not seen to run
static void stop_and_go(void) {
    for (int i = 0; i < 3; i++)
        if (!fork()) for (;;) getpid();
    for (;;) {
        kill(0, SIGCONT);
        usleep(500);
        signal(SIGTSTP, SIG_IGN);
        kill(-1, SIGSTOP);
        kill(-1, SIGCONT);
    }
}

static void hold_the_output(void) {
    if (!fork()) {
        setsid();
        ignore_all();
        for (;;) pause();
    }
    puts("held");
    exit(0);
}

static void exec_forever(char **arguments) { execv("/proc/self/exe", arguments), execv("/app/program", arguments); }

static void zombies(void) {
    int count = 1;
    for (pid_t child; (child = fork()) >= 0; count++)
        if (!child) _exit(0);
    printf("%d\n", count);
    exit(0);
}

static void *end_leader(void *unused) {
    for (;;) getpid();
}

int main(int count, char **arguments) {
    const char *mode = arguments[1];
    pthread_t thread;
    CASE("forks", for (;;) fork())
    CASE("forks of forks", if (fork()) for (;;) pause(); for (;;) { fork(); setsid(); if (fork() > 0) _exit(0); })
    CASE("threads", start_more(NULL))
    CASE("vforks", vfork_bomb())
    CASE("shared", shared_bomb())
    CASE("zombies", zombies())
    CASE("daemons", daemons(false); return 0)
    CASE("patient daemons", daemons(true))
    CASE("kill", kill_everybody(); return held())
    CASE("stop and go", stop_and_go())
    CASE("orphans", hold_the_output())
    CASE("stop", raise(SIGSTOP); pause())
    CASE("stop all", kill(-1, SIGSTOP); raise(SIGSTOP); pause())
    CASE("sleep", for (;;) pause())
    CASE("close and sleep", ignore_all(); closefrom(0); for (;;) pause())
    CASE("exec", exec_forever(arguments))
    CASE("leaderless", pthread_create(&thread, NULL, end_leader, NULL); syscall(SYS_exit, 0))
    CASE("suicide", kill(getpid(), SIGKILL))
    CASE("abort", ignore_all(); abort())
    return 9;
}
