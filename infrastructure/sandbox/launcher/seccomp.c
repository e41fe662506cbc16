// A deny list written straight as classic BPF, so that nothing but libc is needed.
//
// Theory of operation: installing a filter costs as much as a third of a fork, so the spawner thread installs it once and
// programs inherit it. The few calls that the spawner and init themselves need from the list (to make a run's namespaces
// and mounts) are let through for one who knows the key: 64 random bits in the sixth argument, which the kernel ignores.
// The key is in the launcher's memory alone; a program's memory and registers are new from its execve on, and it may look
// into no process but its own children.
// Memory that no process has mapped (memory files, System V segments) is seen by nobody where there is no group to count
// it, so there these calls are refused too.
// The numbers are sorted and searched by a balanced tree of comparisons. Another architecture's calls (the 32-bit ABI)
// kill the program; x32 numbers are above every known one and are refused as unknown.
#include "seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "channel.h"

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the launcher knows x86_64 and aarch64"
#endif

#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))
#define NEW_NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)
#define FIRST_UNKNOWN 1024 // x32 numbers have bit 30 set

enum check { CHECK_NOTHING, CHECK_COUNTED, CHECK_KEY, CHECK_CLONE, CHECK_SOCKET, CHECK_IOCTL, CHECK_FCNTL, CHECK_PERSONALITY, CHECK_LIMIT, CHECK_ANY_LIMIT };

struct rule {
    uint32_t number;
    uint32_t action;
    enum check check; // not CHECK_NOTHING: the arguments decide
};

static struct rule rules[] = {
#define DENY(name) {SYS_##name, REFUSE(EPERM), CHECK_NOTHING}
#define PRETEND(name) {SYS_##name, REFUSE(0), CHECK_NOTHING} // says that it is done
#define IF_COUNTED(name, action) {SYS_##name, action, CHECK_COUNTED}
#define DENY_WITHOUT_KEY(name) {SYS_##name, REFUSE(EPERM), CHECK_KEY}
    // other processes' memory and state
    DENY(ptrace), DENY(process_vm_readv), DENY(process_vm_writev), DENY(kcmp), DENY(perf_event_open),
    // the tree of files and namespaces
    DENY_WITHOUT_KEY(mount), DENY_WITHOUT_KEY(unshare), DENY_WITHOUT_KEY(setns), DENY_WITHOUT_KEY(umount2), DENY(pivot_root), DENY(chroot), DENY(open_by_handle_at), DENY(name_to_handle_at),
    DENY(quotactl), DENY(swapon), DENY(swapoff), DENY(fanotify_init),
#ifdef SYS_uselib
    {SYS_inotify_init, REFUSE(ENOSYS), CHECK_NOTHING}, DENY(uselib), DENY(ustat), DENY(sysfs), DENY(modify_ldt), DENY(iopl), DENY(ioperm), DENY(_sysctl), DENY(create_module),
#endif
    // the kernel itself
    DENY(init_module), DENY(finit_module), DENY(delete_module), DENY(kexec_load), DENY(bpf), DENY(userfaultfd), DENY(keyctl), DENY(add_key),
    DENY(request_key), DENY(reboot), DENY(syslog), DENY(acct), DENY(lookup_dcookie), DENY(nfsservctl), DENY(vhangup),
#ifdef SYS_kexec_file_load
    DENY(kexec_file_load),
#endif
    // clocks, names, places: what others are measured by
    DENY(settimeofday), DENY(clock_settime), DENY(clock_adjtime), DENY(adjtimex), DENY(sethostname), DENY(setdomainname),
    DENY(sched_setaffinity), DENY(migrate_pages), DENY(move_pages),
    // numbers that are the same everywhere, newer than some headers
    // objects of System V's IPC may be made, but the launcher is told
    IF_COUNTED(shmget, SECCOMP_RET_USER_NOTIF), IF_COUNTED(msgget, SECCOMP_RET_USER_NOTIF),
    {SYS_semget, REFUSE(ENOSYS), CHECK_NOTHING}, // freed some time after their end: the next run would be billed for them
    {SYS_mq_open, REFUSE(ENOSYS), CHECK_NOTHING}, // queues would outlive the run: see spawner.c
    // Descriptors under way in a ring of sockets outlive every process, and their memory stays charged to the slot.
    DENY(sendmsg), DENY(sendmmsg),
    {SYS_io_setup, REFUSE(ENOSYS), CHECK_NOTHING}, // of its contexts the whole machine has but so many
    // What a program may do to the machine's disks and page cache, others wait for; to its own files it does nothing.
    PRETEND(sync), PRETEND(syncfs), PRETEND(fsync), PRETEND(fdatasync), PRETEND(sync_file_range), PRETEND(fadvise64),
    {424, REFUSE(ENOSYS), CHECK_NOTHING}, // pidfd_send_signal
    {425, REFUSE(ENOSYS), CHECK_NOTHING}, // io_uring_setup
    {426, REFUSE(ENOSYS), CHECK_NOTHING}, // io_uring_enter
    {427, REFUSE(ENOSYS), CHECK_NOTHING}, // io_uring_register
    {428, REFUSE(EPERM), CHECK_NOTHING},  // open_tree
    {429, REFUSE(EPERM), CHECK_NOTHING},  // move_mount
    {430, REFUSE(EPERM), CHECK_NOTHING},  // fsopen
    {431, REFUSE(EPERM), CHECK_NOTHING},  // fsconfig
    {432, REFUSE(EPERM), CHECK_NOTHING},  // fsmount
    {433, REFUSE(EPERM), CHECK_NOTHING},  // fspick
    {435, REFUSE(ENOSYS), CHECK_KEY}, // clone3: its flags are in memory, where a filter cannot look; libc falls back
    {438, REFUSE(EPERM), CHECK_NOTHING},  // pidfd_getfd
    {440, REFUSE(EPERM), CHECK_NOTHING},  // process_madvise
    {442, REFUSE(EPERM), CHECK_NOTHING},  // mount_setattr
    {443, REFUSE(EPERM), CHECK_NOTHING},  // quotactl_fd
    {447, REFUSE(ENOSYS), CHECK_NOTHING}, // memfd_secret: memory that no reclaim can touch
    {448, REFUSE(EPERM), CHECK_NOTHING},  // process_mrelease
    {467, REFUSE(EPERM), CHECK_NOTHING},  // open_tree_attr
    IF_COUNTED(memfd_create, SECCOMP_RET_ALLOW),
    // A core pattern that is a pipe starts its reader as root on the host, unless RLIMIT_CORE is 1: not 0, and so it stays.
    {SYS_setrlimit, REFUSE(0), CHECK_LIMIT}, {SYS_prlimit64, REFUSE(0), CHECK_ANY_LIMIT},
    // what others do with the same files of the host: who opens them, and who has to wait for it
    {SYS_inotify_init1, REFUSE(ENOSYS), CHECK_NOTHING}, {SYS_fcntl, REFUSE(EPERM), CHECK_FCNTL},
    {SYS_clone, REFUSE(EPERM), CHECK_CLONE},
    // of sockets only those of the run's own processes: of a network, even an empty one, counters stay behind that a later
    // run could read, and families unknown to the kernel would make it look for a module, as root, on the host
    {SYS_socket, REFUSE(EAFNOSUPPORT), CHECK_SOCKET},
    {SYS_socketpair, REFUSE(EAFNOSUPPORT), CHECK_SOCKET},
    {SYS_ioctl, REFUSE(EPERM), CHECK_IOCTL},
    {SYS_personality, REFUSE(EPERM), CHECK_PERSONALITY},
    {FIRST_UNKNOWN, REFUSE(ENOSYS), CHECK_NOTHING}, // and everything above
};
enum { RULES = sizeof rules / sizeof *rules };

static struct sock_filter code[1024];
static unsigned length;
static uint64_t key;
static int listener = -1;
static bool memory_is_counted;

static void emit(uint16_t op, uint8_t yes, uint8_t no, uint32_t value) { code[length++] = (struct sock_filter){op, yes, no, value}; }
static void load(uint32_t offset) { emit(BPF_LD | BPF_W | BPF_ABS, 0, 0, offset); }
static void give(uint32_t action) { emit(BPF_RET | BPF_K, 0, 0, action); }
static uint32_t argument(int index) { return (uint32_t)(offsetof(struct seccomp_data, args) + 8 * (size_t)index); } // low half

// Lets one through whose sixth argument is the key.
static void emit_key_check(void) {
    load(argument(5));
    emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 3, (uint32_t)key);
    load(argument(5) + 4);
    emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)(key >> 32));
    give(SECCOMP_RET_ALLOW);
}

// Lets one through whose argument is none of these.
static void emit_refused_values(int index, const uint32_t *values, unsigned count) {
    load(argument(index));
    for (unsigned i = 0; i < count; i++) emit(BPF_JMP | BPF_JEQ | BPF_K, (uint8_t)(count - i), 0, values[i]);
    give(SECCOMP_RET_ALLOW);
}

// prlimit64 of another process (in a user namespace init is of the program's user), or setting a limit that is fixed.
static void emit_any_limit_check(void) {
    static const uint32_t fixed[] = {RLIMIT_CORE};
    load(argument(0));
    emit(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0);
    give(REFUSE(EPERM));
    emit_refused_values(1, fixed, 1);
    load(argument(2));
    emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 0);
    load(argument(2) + 4);
    emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
    give(SECCOMP_RET_ALLOW); // it only asks
}

static void emit_check(const struct rule *rule) {
    static const uint32_t commands[] = {TIOCSTI, 0x541c /* TIOCLINUX */, 0x5423 /* TIOCSETD */};
    static const uint32_t fixed[] = {RLIMIT_CORE}, watching[] = {1024 /* F_SETLEASE */, 1026 /* F_NOTIFY */};
    static const uint32_t personas[] = {0, 0xffffffff, 0x40000 /* ADDR_NO_RANDOMIZE */};
    switch (rule->check) {
    case CHECK_COUNTED:
        if (!memory_is_counted) give(REFUSE(ENOSYS));
        break;
    case CHECK_KEY: emit_key_check(); break;
    case CHECK_CLONE:
        load(argument(0));
        emit(BPF_JMP | BPF_JSET | BPF_K, 1, 0, NEW_NAMESPACES);
        give(SECCOMP_RET_ALLOW);
        emit_key_check();
        break;
    case CHECK_IOCTL: emit_refused_values(1, commands, 3); break;
    case CHECK_FCNTL: emit_refused_values(1, watching, 2); break;
    case CHECK_LIMIT: emit_refused_values(0, fixed, 1); break;
    case CHECK_ANY_LIMIT: emit_any_limit_check(); break;
    case CHECK_SOCKET:
        load(argument(0));
        emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, AF_UNIX);
        give(SECCOMP_RET_ALLOW);
        break;
    case CHECK_PERSONALITY:
        load(argument(0));
        for (unsigned i = 0; i < 3; i++) emit(BPF_JMP | BPF_JEQ | BPF_K, (uint8_t)(2 - i), i == 2 ? 1 : 0, personas[i]);
        give(SECCOMP_RET_ALLOW);
        break;
    default: break;
    }
    give(rule->action);
}

// The number is in the accumulator: decides among rules[first, last).
static void emit_search(unsigned first, unsigned last) {
    if (last - first == 1) {
        const struct rule *rule = &rules[first];
        emit(BPF_JMP | (rule->number == FIRST_UNKNOWN ? BPF_JGE : BPF_JEQ) | BPF_K, 1, 0, rule->number);
        give(SECCOMP_RET_ALLOW);
        emit_check(rule);
        return;
    }
    unsigned middle = (first + last) / 2, jump = length;
    emit(BPF_JMP | BPF_JGE | BPF_K, 0, 1, rules[middle].number); // on no: skip the long jump
    emit(BPF_JMP | BPF_JA, 0, 0, 0);
    emit_search(first, middle);
    code[jump + 1].k = length - (jump + 2);
    emit_search(middle, last);
}

static int by_number(const void *a, const void *b) {
    uint32_t x = ((const struct rule *)a)->number, y = ((const struct rule *)b)->number;
    return (x > y) - (x < y);
}

unsigned long seccomp_key(void) { return key; }

void seccomp_install(bool memory_counted) {
    memory_is_counted = memory_counted;
    if (getrandom(&key, sizeof key, 0) != sizeof key) die("seccomp: getrandom", "");
    qsort(rules, RULES, sizeof *rules, by_number);
    load(offsetof(struct seccomp_data, arch));
    emit(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCHITECTURE);
    give(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(struct seccomp_data, nr));
    emit_search(0, RULES);
    struct sock_fprog program = {(unsigned short)length, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) die("seccomp: no_new_privs", "");
    listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    if (listener >= 0) return;
    // a container's filter may have a listener already, and there is but one: then nobody may do what we are not told of
    if (errno != EBUSY || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) die("seccomp: install", "");
}

int seccomp_listener(void) { return listener; }

void seccomp_listen(void) {
    struct seccomp_notif call = {0};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0) return; // it has been killed meanwhile
    struct seccomp_notif_resp answer = {.id = call.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}
