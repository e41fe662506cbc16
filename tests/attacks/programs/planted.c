// A compiler or a checker run by the attacker: what it leaves for the next step is not what it seems.
#include "attack.h"

static void plant(void) {
    symlink("/etc/shadow", "shadow");
    symlink(from_environment("SECRET"), "secret");
    symlink("/app", "app");
    symlink("..", "feedback/up");
    symlink("/proc/self/root/etc/passwd", "feedback/passwd");
    link("/app/program", "program");
    linkat(AT_FDCWD, "/etc/passwd", AT_FDCWD, "passwd", 0);
    linkat(AT_FDCWD, "/proc/self/exe", AT_FDCWD, "exe", AT_SYMLINK_FOLLOW);
    mkfifo("fifo", 0600);
    mkfifo("feedback/fifo", 0600);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address);
    mkdir("directory", 0700);
    close(open("one", O_CREAT | O_WRONLY, 0600));
    link("one", "two");
    unlink("main.c");
    unlink("feedback/log");
    int fd = open("plain", O_CREAT | O_WRONLY, 0600);
    write(fd, "plain", 5);
}

static void many(void) {
    char name[64];
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "f%d", i);
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
}

// files that change while they are taken out: whoever changes them has ended by then
static void change_them(void) {
    if (fork()) {
        usleep(5000);
        exit(0);
    }
    setsid();
    for (;;) {
        unlink("main.c");
        symlink("/etc/shadow", "main.c");
        unlink("main.c");
        int fd = open("main.c", O_CREAT | O_WRONLY, 0600);
        ftruncate(fd, 32 * MIB);
        close(fd);
    }
}

int main(int count, char **arguments) {
    const char *mode = arguments[1];
    CASE("plant", plant(); return held())
    CASE("many", many(); return held())
    CASE("sparse", truncate("main.c", 60 * MIB); return held())
    CASE("change", change_them())
    CASE("replace the box", rename("feedback", "x"); symlink("/etc", "feedback"); return held())
    CASE("modes", chmod("main.c", 06777); chmod("feedback", 0); chmod(".", 0); return held())
    return 9;
}
