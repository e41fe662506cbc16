// System calls that must be refused, each with the error that is promised.
#include "attack.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <grp.h>
#include <sys/fsuid.h>
#include <sys/timex.h>

#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#define NO(error, number, ...) refused_with(#number, syscall(number, ##__VA_ARGS__), error)

static char page[4096];

static void namespaces(void) {
    const int flags[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP, 0x80 /* time */};
    for (size_t i = 0; i < 8; i++) {
        NO(EPERM, SYS_unshare, flags[i]);
        NO(EPERM, SYS_clone, flags[i] | SIGCHLD, 0, 0, 0, 0);
        NO(EPERM, SYS_setns, 0, flags[i]);
    }
    NO(ENOSYS, SYS_clone3, page, 88);
    NO(EPERM, SYS_mount, "tmpfs", tmp_place(), "tmpfs", 0, 0);
    NO(EPERM, SYS_mount, "/", tmp_place(), NULL, MS_BIND | MS_REC, 0);
    NO(EPERM, SYS_mount, NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, 0);
    NO(EPERM, SYS_umount2, "/proc", MNT_DETACH);
    NO(EPERM, SYS_pivot_root, ".", ".");
    NO(EPERM, SYS_chroot, ".");
    for (int number = 428; number <= 433; number++) refused_with("the new mount calls", syscall(number, 0, page, 0, 0, 0), EPERM);
    NO(EPERM, 442 /* mount_setattr */, 0, page, 0, page, 32);
    NO(EPERM, SYS_swapon, page, 0);
    NO(EPERM, SYS_quotactl, 0, page, 0, page);
}

static void guess_the_key(void) {
    uint64_t guess = 88172645463325252ull;
    for (int i = 0; i < 20000; i++) {
        guess ^= guess << 13, guess ^= guess >> 7, guess ^= guess << 17;
        if (syscall(SYS_unshare, CLONE_NEWUSER, 0, 0, 0, 0, guess) == 0) puts("GOT the key");
    }
    uint64_t likely[] = {0, 1, ~0ull, (uint64_t)time(NULL), (uint64_t)getpid(), (uint64_t)(uintptr_t)page};
    for (size_t i = 0; i < sizeof likely / sizeof *likely; i++) refused("the key", syscall(SYS_unshare, CLONE_NEWUSER, 0, 0, 0, 0, likely[i]));
}

static void kernel(void) {
    NO(EPERM, SYS_bpf, 0, page, 64);
    NO(EPERM, SYS_perf_event_open, page, 0, -1, -1, 0);
    NO(EPERM, SYS_userfaultfd, 1);
    NO(EPERM, SYS_keyctl, 0, -3, 0, 0, 0);
    NO(EPERM, SYS_add_key, "user", "x", "y", 1, -3);
    NO(EPERM, SYS_request_key, "user", "x", 0, -3);
    NO(EPERM, SYS_init_module, page, 1, "");
    NO(EPERM, SYS_finit_module, 0, "", 0);
    NO(EPERM, SYS_delete_module, "x", 0);
    NO(EPERM, SYS_kexec_load, 0, 0, 0, 0);
    NO(EPERM, SYS_reboot, 0xfee1dead, 672274793, 0, 0);
    NO(EPERM, SYS_syslog, 3, page, 100);
    NO(EPERM, SYS_acct, "file");
    NO(EPERM, SYS_vhangup);
    NO(EPERM, SYS_fanotify_init, 0, 0);
    NO(ENOSYS, 425 /* io_uring_setup */, 8, page);
    NO(ENOSYS, 426 /* io_uring_enter */, 0, 0, 0, 0, 0, 0);
    NO(ENOSYS, 427 /* io_uring_register */, 0, 0, 0, 0);
    NO(ENOSYS, SYS_io_setup, 8192, page);
    NO(ENOSYS, 447 /* memfd_secret */, 0);
    NO(ENOSYS, 500);
    NO(ENOSYS, 2000);
    NO(ENOSYS, -1);
#ifdef SYS_iopl
    NO(EPERM, SYS_iopl, 3);
    NO(EPERM, SYS_ioperm, 0, 1, 1);
    NO(EPERM, SYS_modify_ldt, 1, page, 16);
    NO(EPERM, SYS_uselib, page);
    NO(EPERM, SYS_sysfs, 3);
#endif
}

static void clocks(void) {
    struct timespec zero = {0, 0};
    struct timeval now = {0, 0};
    struct timex adjust = {.modes = ADJ_OFFSET};
    NO(EPERM, SYS_settimeofday, &now, NULL);
    NO(EPERM, SYS_clock_settime, CLOCK_REALTIME, &zero);
    NO(EPERM, SYS_adjtimex, &adjust);
    NO(EPERM, SYS_clock_adjtime, CLOCK_REALTIME, &adjust);
    NO(EPERM, SYS_sethostname, "proba-attack", 12);
    NO(EPERM, SYS_setdomainname, "proba-attack", 12);
    refused("an alarm that wakes the machine", timer_create(CLOCK_REALTIME_ALARM, NULL, (timer_t[1]){0}));
}

static void rights(void) {
    const int resources[] = {RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_STACK};
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        struct rlimit limit;
        getrlimit(resources[i], &limit);
        if (limit.rlim_max == RLIM_INFINITY) continue;
        limit.rlim_max++;
        refused_with("a higher limit", setrlimit(resources[i], &limit), EPERM);
        refused("a limit of another", prlimit(atoi(from_environment("NEIGHBOUR")), resources[i], &limit, NULL));
        refused("a limit of the launcher", prlimit(atoi(from_environment("LAUNCHER")), resources[i], NULL, &limit));
    }
    struct rlimit core;
    getrlimit(RLIMIT_CORE, &core);
    if (core.rlim_cur > 1) puts("GOT core dumps");
    uid_t user = getuid();
    for (uid_t other = user + 1, i = 0; i < 2; i++, other = 0) {
        if (other == user) continue;
        refused("setuid", setuid(other));
        refused("setresuid", setresuid(other, other, other));
        refused("setgid", setgid(other));
        refused("setfsuid", setfsuid(other) == (int)other ? 0 : -1);
    }
    refused("setgroups", setgroups(1, (gid_t[]){0}));
    struct { uint32_t version; int pid; } head = {0x20080522, 0};
    uint32_t data[6] = {~0u, ~0u, ~0u, ~0u, ~0u, ~0u};
    refused("capset", syscall(SYS_capset, &head, data));
    refused("an ambient capability", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0));
    refused("new privileges", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
    refused("secure bits", prctl(PR_SET_SECUREBITS, 1, 0, 0, 0));
    refused("another map of memory", prctl(PR_SET_MM, PR_SET_MM_ARG_START, 0x400000, 0, 0));
    refused("no seccomp", prctl(PR_SET_SECCOMP, SECCOMP_MODE_DISABLED, 0, 0, 0));
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) puts("GOT rid of no_new_privs");
    NO(EPERM, SYS_personality, 0x0400000 /* READ_IMPLIES_EXEC */);
    NO(EPERM, SYS_personality, 8 /* PER_LINUX32 */);
    NO(EPERM, SYS_ioctl, 0, TIOCSTI, "x");
    NO(EPERM, SYS_ioctl, 0, TIOCSTI | 1ull << 32, "x"); // the kernel looks at 32 bits
    NO(EPERM, SYS_ioctl, 0, 0x541c /* TIOCLINUX */, page);
    refused("a terminal", open("/dev/tty", O_RDWR));
}

// what a program may still do to itself: its own filter and its own ruleset can only take more away
static void own_chains(void) {
    struct sock_filter allow = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
    struct sock_fprog filter = {1, &allow};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0) puts("ODD a filter of its own is refused");
    namespaces();
    uint64_t rules[3] = {1 << 1, 0, 0};
    int ruleset = (int)syscall(444 /* landlock_create_ruleset */, rules, 8, 0);
    if (ruleset >= 0 && syscall(446 /* landlock_restrict_self */, ruleset, 0) < 0) puts("ODD a ruleset of its own is refused");
    close(ruleset);
    refused("the secret", open(from_environment("SECRET"), O_RDONLY));
}

int main(int count, char **arguments) {
    const char *mode = arguments[1];
    CASE("namespaces", namespaces(); return held())
    CASE("key", guess_the_key(); return held())
    CASE("kernel", kernel(); return held())
    CASE("clocks", clocks(); return held())
    CASE("rights", rights(); return held())
    CASE("own chains", own_chains(); return held())
#ifdef __x86_64__
    CASE("32 bit", { long r; __asm__ volatile("int $0x80" : "=a"(r) : "0"(20L)); return r > 0 ? 8 : 9; })
    CASE("x32", for (long n = 0; n < 600; n++) if (syscall(0x40000000 | n, 0, 0, 0, 0, 0, 0) != -1 || errno != ENOSYS) printf("GOT %ld\n", n); return held())
#endif
    CASE("dump", prctl(PR_SET_DUMPABLE, 1); setrlimit(RLIMIT_CORE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY}); abort())
    return 9;
}
