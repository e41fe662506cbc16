/* The measure of all benchmarks: vfork + exec + wait4 of a program, timed in C. Each 8-byte number on stdin, native order,
 * asks for so many runs in a row; the answer is their wall time in nanoseconds, in the same form. usage: bare PROGRAM
 * [ARGUMENT...] */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int run(char **argv, int null) {
    pid_t child = vfork();
    if (child == 0) {
        dup2(null, 0);
        dup2(null, 1);
        execv(argv[0], argv);
        _exit(127);
    }
    int status;
    struct rusage usage;
    return child > 0 && wait4(child, &status, 0, &usage) == child && status == 0;
}

int main(int argc, char **argv) {
    int64_t count;
    if (argc < 2) return 2;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return 3;
    while (read(0, &count, sizeof count) == sizeof count) {
        int64_t start = now();
        while (count-- > 0)
            if (!run(argv + 1, null)) return 4;
        int64_t took = now() - start;
        if (write(1, &took, sizeof took) != sizeof took) return 5;
    }
    return 0;
}
