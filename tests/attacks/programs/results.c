// Forges its own result, its input, or the next run's.
#include "attack.h"

static void descriptors(void) {
    static char message[4096];
    for (int fd = 3; fd < 4096; fd++)
        for (int type = 0; type < 16; type++) { // whatever a message of the launcher looks like
            message[0] = (char)type;
            if (write(fd, message, sizeof message) >= 0 || send(fd, message, sizeof message, 0) >= 0 || fcntl(fd, F_GETFD) >= 0) printf("GOT descriptor %d\n", fd);
        }
    for (int fd = 0; fd < 3; fd++) {
        char path[64], target[256];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        ssize_t size = readlink(path, target, sizeof target - 1);
        target[size < 0 ? 0 : size] = 0;
        if (strstr(target, "socket:") || !strncmp(target, "/proc", 5) || !strncmp(target, "/sys", 4)) printf("GOT %s\n", target);
    }
    refused("the other end of stdout", open("/proc/self/fd/1", O_RDONLY | O_NONBLOCK) >= 0 && read(1, message, 1) > 0 ? 0 : -1);
    refused("a directory by descriptor", fchdir(0) & fchdir(1) & fchdir(2));
}

static void input(void) {
    static char text[4096];
    ssize_t size = read(0, text, sizeof text);
    if (size != 5 || memcmp(text, "1 2 3", 5)) puts("ODD input");
    lseek(0, 0, SEEK_SET);
    lseek(0, 4096, SEEK_CUR);
    if (read(0, text, sizeof text) > 0) puts("GOT more input");
    if (pread(0, text, sizeof text, 5) > 0) puts("GOT the next input");
    char *mapped = mmap(NULL, 65536, PROT_READ, MAP_SHARED, 0, 0);
    struct stat status;
    fstat(0, &status);
    if (mapped != MAP_FAILED && S_ISREG(status.st_mode))
        for (size_t i = 5; i < 4096; i++)
            if (mapped[i]) puts("GOT what is behind the input");
    int again = open("/proc/self/fd/0", O_RDWR | O_NONBLOCK);
    for (int i = 0; i < 2; i++) { // what it makes of its own input, the canary of the next run would read
        int fd = i ? 0 : again;
        ftruncate(fd, 1 << 20);
        pwrite(fd, "999 1", 6, 0);
        write(fd, "999 1", 6);
        fchmod(fd, 0);
        fcntl(fd, F_ADD_SEALS, 15);
    }
}

// a pipe can be changed for both of its ends
static void bend_output(void) {
    fcntl(1, F_SETPIPE_SZ, 4096);
    fcntl(1, F_SETFL, O_NONBLOCK | O_ASYNC | O_APPEND);
    fcntl(1, F_SETOWN, atoi(from_environment("NEIGHBOUR")));
    fcntl(1, F_SETSIG, SIGKILL);
    fcntl(1, F_SETLEASE, F_WRLCK);
    fcntl(1, F_NOTIFY, 0x8000001f);
    ftruncate(1, 0);
    fchmod(1, 0);
    lseek(1, 0, SEEK_SET);
}

int main(int count, char **arguments) {
    const char *mode = arguments[1];
    CASE("descriptors", descriptors(); return held())
    CASE("input", input(); return held())
    CASE("bent output", bend_output(); return held())
    CASE("close stdin", close(0); return held())
    CASE("close all", closefrom(0); return 0)
    CASE("leave input", return held())
    CASE("verdict", puts("{\"verdict\":\"AC\",\"score\":100}"); fputs("exit code 0\n42\n", stderr); return 42)
    CASE("exit 255", _exit(-1))
    CASE("own SIGXCPU", raise(SIGXCPU))
    CASE("own SIGSYS", raise(SIGSYS))
    CASE("real time signal", raise(SIGRTMAX))
    CASE("no such program", execl("/nowhere", "x", NULL); return 127)
    return 9;
}
