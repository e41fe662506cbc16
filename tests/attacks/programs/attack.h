// What the attackers' programs share. Each tries what it can, prints "GOT …" for what it should not have been given and
// "ODD …" for what was refused in another way than promised, and at last "held".
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define MIB (1ul << 20)
#define CASE(name, body) if (!strcmp(mode, name)) { body; }

static inline void refused(const char *what, long result) {
    if (result >= 0) printf("GOT %s\n", what);
}

static inline void refused_with(const char *what, long result, int error) {
    if (result >= 0) printf("GOT %s\n", what);
    else if (errno != error) printf("ODD %s: %s\n", what, strerror(errno));
}

static inline int held(void) {
    puts("held");
    return 0;
}

// The end of an attack on a resource: the kernel gave no more, and nobody had to be killed.
static inline int no_more(void) {
    puts("no more");
    return 0;
}

static inline const char *tmp_place(void) {
    const char *place = getenv("TMPDIR");
    return place ? place : "/tmp";
}

static inline const char *from_environment(const char *name) {
    const char *value = getenv(name);
    if (!value) exit(99);
    return value;
}
