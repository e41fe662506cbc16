// Writes without end.
#include "attack.h"

static char block[65536];

static void flood(int first, int last) {
    for (;;)
        for (int fd = first; fd <= last; fd++)
            if (write(fd, block, sizeof block) < 0) pause();
}

static void splice_from_pipe(void) {
    int ends[2];
    pipe2(ends, O_NONBLOCK);
    for (;;) {
        write(ends[1], block, sizeof block);
        splice(ends[0], NULL, 1, NULL, sizeof block, 0);
    }
}

static void many_writers(void) {
    for (int i = 0; i < 10; i++)
        if (!fork()) flood(1, 2);
    pause();
}

// bytes that no text has, to the last byte of what is allowed
static void binary(void) {
    for (int i = 0; i < 65536; i++) block[i] = (char)(i * 7);
    write(1, block, 65536);
    exit(0);
}

int main(int count, char **arguments) {
    const char *mode = arguments[1];
    memset(block, 'x', sizeof block);
    CASE("stdout", flood(1, 1))
    CASE("stderr", flood(2, 2))
    CASE("both", flood(1, 2))
    CASE("ignoring", signal(SIGPIPE, SIG_IGN); flood(1, 1))
    CASE("splice", splice_from_pipe())
    CASE("writers", many_writers())
    CASE("by name", { int fd = open("/proc/self/fd/1", O_WRONLY); if (fd < 0) fd = 1; dup2(fd, 1); flood(1, 1); })
    CASE("bytes", for (;;) write(1, "x", 1))
    CASE("binary", binary())
    CASE("bigger pipe", fcntl(1, F_SETPIPE_SZ, MIB); fcntl(1, F_SETFL, O_NONBLOCK); flood(1, 1))
    return 9;
}
