// Touches memory in a given shape and ends with 0; 3 and more name what could not be had. usage: touch SHAPE MEGABYTES [FILE]
// Each page is written once, so the peak is the given amount and what any process costs besides.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, SMALL_ONES = 32 };

static size_t amount; // bytes in all

static void touch(char *memory, size_t size) {
    for (size_t i = 0; i < size; i += PAGE) ((volatile char *)memory)[i] = 1;
}

static char *map(int flags, int fd, size_t size) {
    char *memory = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
    if (memory == MAP_FAILED) exit(3);
    return memory;
}

static void nothing(void) {}

static void by_malloc(void) {
    char *memory = malloc(amount);
    if (!memory) exit(3);
    touch(memory, amount);
}

static void by_mmap(void) { touch(map(MAP_PRIVATE | MAP_ANONYMOUS, -1, amount), amount); }

static __attribute__((noinline)) void by_stack(void) {
    volatile char frame[amount + PAGE];
    touch((char *)(uintptr_t)frame, amount); // from its far end
}

static void freed(void) {
    char *memory = map(MAP_PRIVATE | MAP_ANONYMOUS, -1, amount);
    touch(memory, amount);
    munmap(memory, amount);
    usleep(30000);
}

// A few milliseconds for 16 MB, with nothing before and after it.
static void short_peak(void) {
    usleep(30000);
    char *memory = map(MAP_PRIVATE | MAP_ANONYMOUS, -1, amount);
    touch(memory, amount);
    munmap(memory, amount);
    usleep(30000);
}

static void children(int count, int flags) {
    int ready[2], done[2];
    char byte = 0;
    size_t each = flags & MAP_SHARED ? amount : amount / (size_t)count;
    char *shared = flags & MAP_SHARED ? map(flags, -1, amount) : NULL;
    if (pipe(ready) < 0 || pipe(done) < 0) exit(5);
    for (int i = 0; i < count; i++) {
        pid_t pid = fork();
        if (pid < 0) exit(6);
        if (pid) continue;
        close(done[1]);
        char *memory = shared ? shared : map(flags, -1, each);
        for (size_t j = 0; j < each; j += PAGE) ((volatile char *)memory)[j] = 1;
        if (write(ready[1], &byte, 1) != 1 || read(done[0], &byte, 1) != 0) _exit(7);
        _exit(0);
    }
    for (int i = 0; i < count; i++)
        if (read(ready[0], &byte, 1) != 1) exit(8);
    close(done[1]); // all of them have touched theirs and are still there
    while (wait(NULL) > 0) {}
}
static void four_children(void) { children(4, MAP_PRIVATE | MAP_ANONYMOUS); }
static void small_children(void) { children(SMALL_ONES, MAP_PRIVATE | MAP_ANONYMOUS); }
static void shared_by_children(void) { children(4, MAP_SHARED | MAP_ANONYMOUS); }

static void children_in_turn(void) {
    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            by_mmap();
            _exit(0);
        }
        wait(NULL);
    }
}

static void fill(int fd) {
    static char block[1 << 16];
    memset(block, 1, sizeof block);
    if (fd < 0) exit(9);
    for (size_t i = 0; i < amount; i += sizeof block)
        if (write(fd, block, sizeof block) != sizeof block) exit(10);
}
static void file_in_box(void) { fill(open("file", O_CREAT | O_WRONLY, 0600)); }
static const char *in_tmp(void) {
    static char path[256];
    snprintf(path, sizeof path, "%s/file", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    return path;
}
static void file_in_tmp(void) { fill(open(in_tmp(), O_CREAT | O_WRONLY, 0600)); }
static void removed_file(void) {
    fill(open(in_tmp(), O_CREAT | O_WRONLY, 0600));
    unlink(in_tmp());
}
static void memory_file(void) { fill(memfd_create("file", 0)); }

static void system_v(void) {
    int id = shmget(IPC_PRIVATE, amount, 0600);
    char *memory = id < 0 ? NULL : shmat(id, NULL, 0);
    if (!memory || memory == (char *)-1) exit(11);
    touch(memory, amount);
}

static const char *file = "/dev/stdin";
static void read_file(void) { // of any size, through one small buffer
    static char block[1 << 16];
    int fd = open(file, O_RDONLY);
    if (fd < 0) exit(12);
    while (read(fd, block, sizeof block) > 0) {}
}

static void freed_then_read(void) {
    freed();
    read_file();
}

static void read_then_malloc(void) {
    read_file();
    by_malloc();
}

static const struct {
    const char *name;
    void (*body)(void);
} shapes[] = {
    {"nothing", nothing},
    {"malloc", by_malloc},
    {"mmap", by_mmap},
    {"stack", by_stack},
    {"freed", freed},
    {"short_peak", short_peak},
    {"four_children", four_children},
    {"small_children", small_children},
    {"shared_by_children", shared_by_children},
    {"children_in_turn", children_in_turn},
    {"file_in_box", file_in_box},
    {"file_in_tmp", file_in_tmp},
    {"removed_file", removed_file},
    {"memory_file", memory_file},
    {"system_v", system_v},
    {"read_file", read_file},
    {"freed_then_read", freed_then_read},
    {"read_then_malloc", read_then_malloc},
};

int main(int count, char **arguments) {
    if (count < 3) return 2;
    if (count > 3) file = arguments[3];
    amount = strtoull(arguments[2], NULL, 10) << 20;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (!strcmp(shapes[i].name, arguments[1])) {
            shapes[i].body();
            return 0;
        }
    return 2;
}
