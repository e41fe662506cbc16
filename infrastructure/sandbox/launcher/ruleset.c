// Theory of operation. A ruleset names everything that this kernel can refuse, and allows reading and executing below the
// toolchains' places and /app, everything that is not a device below /box and /tmp, and a few files by themselves. It is
// put together for each run, because /box is a new directory each time and /proc/self is the program's own: the rest of
// /proc stays closed. A program's children find /proc/self closed too: it is another directory for each of them.
// What Landlock does not look at (stat, chmod, sockets of the file system …) is plainfilter.c's.
#define _GNU_SOURCE
#include "ruleset.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "channel.h"

// as in <linux/landlock.h>, which may be older than the kernel
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446, ASK_VERSION = 1, PATH_BENEATH = 1 };
struct ruleset_attributes {
    uint64_t files, net, scoped;
};
struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));
enum {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_DIR = 1 << 3,
    MAKE_CHAR = 1 << 6,
    MAKE_SOCK = 1 << 9,
    MAKE_BLOCK = 1 << 11,
    TRUNCATE = 1 << 14,
    IOCTL_DEV = 1 << 15,
    FIRST_RIGHTS = (1 << 13) - 1, // of ABI 1
    TCP_RIGHTS = 3,
    SCOPES = 3, // abstract sockets, signals
    ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV,
    TO_READ = READ_FILE | READ_DIR,
    TO_EXECUTE = TO_READ | EXECUTE,
    NEVER = MAKE_CHAR | MAKE_SOCK | MAKE_BLOCK,
};
#ifndef ABI_MAX // less, to try what older kernels lack
#define ABI_MAX 7
#endif
enum { PLACES_MAX = 128 };

static int abi;
static struct ruleset_attributes handled;
static size_t attributes_size = sizeof(uint64_t);
static struct {
    int descriptor; // kept open, so that the inode stays the one that rules are about
    uint64_t allowed;
} places[PLACES_MAX];
static unsigned place_count;
static char description[256];

int ruleset_abi(void) { return abi; }
const char *ruleset_description(void) { return description; }

static void ask_kernel(void) {
    // rights that came with ABI 2, 3 and 5
    static const uint64_t later[] = {[2] = 1 << 13, [3] = TRUNCATE, [5] = IOCTL_DEV};
    abi = (int)syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
    if (abi > ABI_MAX) abi = ABI_MAX;
    if (abi < 1) die("landlock: ask the kernel", errno == EOPNOTSUPP ? "it is turned off at boot" : "needs Linux 5.13");
    handled.files = FIRST_RIGHTS;
    for (int i = 2; i <= 5 && i <= abi; i++) handled.files |= later[i];
    if (abi >= 4) handled.net = TCP_RIGHTS;
    if (abi >= 6) handled.scoped = SCOPES;
    attributes_size = abi >= 6 ? sizeof handled : abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
    snprintf(description, sizeof description, "ABI %d%s%s%s%s%s", abi, abi < 2 ? ", no renaming between directories" : "",
             abi < 3 ? ", truncation by seccomp alone" : "", abi < 4 ? ", no TCP rules" : "", abi < 5 ? ", no device ioctl rules" : "",
             abi < 6 ? ", no scoped signals" : "");
}

// Some programs end when a file is closed to them that they would do without if it were absent: OpenSSL's settings are such.
static void add_place(const char *path, uint64_t allowed) {
    struct stat st;
    if (place_count == PLACES_MAX) die_with(E2BIG, "landlock: places", path);
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) { // the host has no such thing, or we may not look there: then neither may programs
        if (fd >= 0) close(fd);
        return;
    }
    places[place_count].descriptor = fd;
    places[place_count++].allowed = allowed & handled.files & (S_ISDIR(st.st_mode) ? ~0ull : (uint64_t)ON_FILES);
}

void ruleset_prepare(const struct config_request *config) {
    static const char *toolchains[] = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/libx32", "/lib64"};
    static const char *devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};
    static const char *readable[] = {
        "/etc/ld.so.cache", "/etc/alternatives", "/etc/ssl/openssl.cnf", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/uptime", "/proc/version",
        "/proc/filesystems", "/proc/sys/vm/overcommit_memory", "/proc/sys/vm/max_map_count", "/proc/sys/kernel/osrelease",
        "/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max"};
    ask_kernel();
    for (size_t i = 0; i < sizeof toolchains / sizeof *toolchains; i++) add_place(toolchains[i], TO_EXECUTE);
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) add_place(devices[i], READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEV);
    for (size_t i = 0; i < sizeof readable / sizeof *readable; i++) add_place(readable[i], TO_READ);
    for (uint16_t i = 0; i < config->bind_count; i++)
        add_place(config->binds[i], strncmp(config->binds[i], "/etc/", 5) ? TO_EXECUTE : TO_READ);
}

static bool allow(int ruleset, int place, uint64_t allowed) {
    struct path_rule rule = {allowed & handled.files, place};
    return syscall(ADD_RULE, ruleset, PATH_BENEATH, &rule, 0) == 0;
}

static bool allow_path(int ruleset, const char *path, uint64_t allowed) {
    int place = open(path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
    bool allowed_now = place >= 0 && allow(ruleset, place, allowed);
    if (place >= 0) close(place);
    return allowed_now;
}

// What runtimes read of themselves; the host's mounts and connections are there too, and are left out.
static bool allow_self(int ruleset) {
    static const char *files[] = {"/proc/self/maps", "/proc/self/smaps", "/proc/self/smaps_rollup", "/proc/self/stat", "/proc/self/statm",
                                  "/proc/self/status", "/proc/self/cmdline", "/proc/self/comm", "/proc/self/auxv", "/proc/self/limits"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!allow_path(ruleset, files[i], READ_FILE) && errno != ENOENT) return false;
    return allow_path(ruleset, "/proc/self/fd", READ_DIR) && allow_path(ruleset, "/proc/self/task", READ_DIR);
}

const char *ruleset_build(const char *app, const char *box, const char *tmp, int *built) {
    int ruleset = *built = (int)syscall(CREATE_RULESET, &handled, attributes_size, 0);
    if (ruleset < 0) return "landlock: create a ruleset";
    for (unsigned i = 0; i < place_count; i++)
        if (!allow(ruleset, places[i].descriptor, places[i].allowed)) return "landlock: add a rule";
    if (!allow_self(ruleset)) return "landlock: add the rules of /proc/self";
    if (!allow_path(ruleset, app, TO_EXECUTE)) return "landlock: add the rule of /app";
    if (!allow_path(ruleset, box, ~(uint64_t)NEVER) || !allow_path(ruleset, tmp, ~(uint64_t)NEVER)) return "landlock: add the rule of /box";
    return NULL;
}

bool ruleset_enter(int ruleset) { return syscall(RESTRICT_SELF, ruleset, 0) == 0; }
