// Takes memory without end, in the way that the argument names.
#include "attack.h"

static void fill(void *memory, size_t size) {
    for (size_t i = 0; i < size; i += 4096) ((volatile char *)memory)[i] = 1;
}

static void map(int flags, int fd) {
    for (;;) {
        void *memory = mmap(NULL, MIB, PROT_READ | PROT_WRITE, flags, fd, 0);
        if (memory == MAP_FAILED) exit(no_more());
        fill(memory, MIB);
    }
}

static void write_files(const char *place) {
    static char block[MIB / 4], name[PATH_MAX];
    memset(block, 1, sizeof block);
    for (int i = 0;; i++) {
        snprintf(name, sizeof name, "%s/proba-attack-%d", place, i);
        int fd = open(name, O_CREAT | O_WRONLY, 0600);
        if (fd < 0 || write(fd, block, sizeof block) < (ssize_t)sizeof block) exit(no_more());
        close(fd);
    }
}

static void write_memfd(void) {
    static char block[MIB / 4];
    int fd = memfd_create("attack", 0);
    if (fd < 0) exit(no_more());
    memset(block, 1, sizeof block);
    for (;;)
        if (write(fd, block, sizeof block) < 0) fd = memfd_create("attack", 0);
}

// each below the limit, all together far above it
static void spread(void) {
    for (int i = 0; i < 8; i++)
        if (!fork()) {
            void *memory = mmap(NULL, 8 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (memory == MAP_FAILED) _exit(1);
            fill(memory, 8 * MIB);
            pause();
        }
    while (wait(NULL) > 0) {}
}

static int dive(volatile char *above) {
    volatile char frame[4096];
    frame[0] = above ? above[0] : 0;
    return dive(frame) + frame[0];
}

static void *stack_of_thread(void *unused) {
    volatile char frame[4 * MIB];
    for (size_t i = 0; i < sizeof frame; i += 4096) frame[i] = 1;
    pause();
    return unused;
}

static void stacks(void) {
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 5 * MIB);
    for (int i = 0; i < 12; i++)
        if (pthread_create(&thread, &attributes, stack_of_thread, NULL)) exit(no_more());
    pause();
}

// more of the disk's files than the limit: the kernel's cache of them is not the program's
static void read_files(void) {
    static char block[MIB];
    size_t total = 0;
    DIR *directory = opendir("/usr/bin");
    for (struct dirent *entry; (entry = readdir(directory)) && total < 96 * MIB;) {
        int fd = openat(dirfd(directory), entry->d_name, O_RDONLY);
        for (ssize_t size; fd >= 0 && (size = read(fd, block, sizeof block)) > 0;) total += (size_t)size;
        close(fd);
    }
    exit(total > 48 * MIB ? held() : 9);
}

static void grow_by_remap(void) {
    size_t size = MIB;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (;; size *= 2) {
        memory = mremap(memory, size, size * 2, MREMAP_MAYMOVE);
        if (memory == MAP_FAILED) exit(no_more());
        fill(memory, size * 2);
    }
}

int main(int count, char **arguments) {
    const char *mode = arguments[1];
    CASE("malloc", for (;;) { char *p = malloc(MIB); if (!p) return no_more(); fill(p, MIB); })
    CASE("stubborn malloc", for (;;) { char *p = malloc(MIB); if (p) fill(p, MIB); })
    CASE("private", map(MAP_PRIVATE | MAP_ANONYMOUS, -1))
    CASE("shared", map(MAP_SHARED | MAP_ANONYMOUS, -1))
    CASE("zero", map(MAP_PRIVATE, open("/dev/zero", O_RDWR)))
    CASE("shared zero", map(MAP_SHARED, open("/dev/zero", O_RDWR)))
    CASE("brk", for (;;) { char *p = sbrk(MIB); if (p == (void *)-1) return no_more(); fill(p, MIB); })
    CASE("tmp", write_files(tmp_place()))
    CASE("box", write_files("."))
    CASE("shm", write_files("/dev/shm"))
    CASE("memfd", write_memfd())
    CASE("children", spread())
    CASE("stack", return dive(NULL))
    CASE("stacks", stacks())
    CASE("cache", read_files())
    CASE("remap", grow_by_remap())
    CASE("locked", map(MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1))
    CASE("huge pages", map(MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1))
    return 9;
}
