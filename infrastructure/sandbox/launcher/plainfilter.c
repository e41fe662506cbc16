// Theory of operation. Namespaces hide the host's processes, its System V objects, its sockets and its files' attributes;
// Landlock looks at the opening of files alone (and, from ABI 4 and 6 on, at TCP and signals). So this second filter, which
// is stacked on that of seccomp.c, refuses what reaches any of them: every socket but a connected pair; every call that
// takes the number of another process; and, where programs run as the worker's own user and so own files of the host,
// every change of a file's mode, owner or times, which Landlock does not know. Compilers change the mode and the time of
// what they have written: there the change is only pretended to have been made, and collect.c knows (collect.h).
// A rule that lets a call pass leads on to the next rule, so that one call may have several.
#define _GNU_SOURCE
#include "plainfilter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "channel.h"

enum { PRETEND = 0, FIRST_UNHEARD_OF = 468 };
enum when { ALWAYS, UNLESS_ONE_OF, IF_ONE_OF };
struct rule {
    uint32_t number;
    int error; // PRETEND: nothing is done, and the program is told that it was
    enum when when;
    int argument;
    uint32_t mask;
    uint32_t values[6];
    unsigned value_count;
};

#define DENY(name, error) {SYS_##name, error, ALWAYS, 0, 0, {0}, 0}
#define DENY_NUMBER(number, error) {number, error, ALWAYS, 0, 0, {0}, 0}
#define ONLY(name, error, argument, value) {SYS_##name, error, UNLESS_ONE_OF, argument, ~0u, {value}, 1}

static const struct rule rules[] = {
    // sockets: a pair of datagram sockets could be sent elsewhere by sendmsg, whose address no filter sees
    DENY(socket, EAFNOSUPPORT), DENY(connect, EPERM), DENY(bind, EPERM), DENY(listen, EPERM), DENY(accept, EPERM), DENY(accept4, EPERM),
    ONLY(socketpair, EAFNOSUPPORT, 0, AF_UNIX),
    {SYS_socketpair, EAFNOSUPPORT, UNLESS_ONE_OF, 1, 0xf, {SOCK_STREAM, SOCK_SEQPACKET}, 2},
    // System V objects are the host's, and would outlive the run
    DENY(shmget, ENOSYS), DENY(shmat, ENOSYS), DENY(shmctl, ENOSYS), DENY(shmdt, ENOSYS), DENY(msgget, ENOSYS), DENY(msgsnd, ENOSYS),
    DENY(msgrcv, ENOSYS), DENY(msgctl, ENOSYS), DENY(semget, ENOSYS), DENY(semop, ENOSYS), DENY(semctl, ENOSYS), DENY(semtimedop, ENOSYS),
    // other processes
    DENY_NUMBER(434, ENOSYS), // pidfd_open
    {SYS_fcntl, EPERM, IF_ONE_OF, 1, ~0u, {8 /* F_SETOWN */, 10 /* F_SETSIG */, 15 /* F_SETOWN_EX */, 1024 /* F_SETLEASE */, 1026 /* F_NOTIFY */}, 5},
    {SYS_ioctl, EPERM, IF_ONE_OF, 1, ~0u, {0x8901 /* FIOSETOWN */, 0x8902 /* SIOCSPGRP */}, 2},
    // files of the host: what happens to them, their attributes, and ways around the rules
    DENY(inotify_init1, EPERM), DENY(setxattr, EOPNOTSUPP), DENY(lsetxattr, EOPNOTSUPP), DENY(fsetxattr, EOPNOTSUPP),
    DENY(removexattr, EOPNOTSUPP), DENY(lremovexattr, EOPNOTSUPP), DENY(fremovexattr, EOPNOTSUPP),
    DENY_NUMBER(463, EOPNOTSUPP), DENY_NUMBER(466, EOPNOTSUPP), // setxattrat, removexattrat
    {SYS_ioctl, EPERM, IF_ONE_OF, 1, ~0u, {0x40086602 /* FS_IOC_SETFLAGS */, 0x401c5820 /* FS_IOC_FSSETXATTR */, 0x40806685 /* verity */, 0x800c6613 /* encryption */}, 4},
    ONLY(fallocate, EOPNOTSUPP, 1, 0), // with flags it takes room that no limit of file size sees
    {SYS_openat, EPERM, IF_ONE_OF, 2, O_ACCMODE, {O_ACCMODE}, 1}, // a descriptor for neither reading nor writing
    DENY_NUMBER(437, ENOSYS), DENY_NUMBER(457, ENOSYS), DENY_NUMBER(458, ENOSYS), // openat2 (flags in memory), statmount, listmount
#ifdef SYS_open
    {SYS_open, EPERM, IF_ONE_OF, 1, O_ACCMODE, {O_ACCMODE}, 1},
    DENY(inotify_init, EPERM),
#endif
};

// Programs of the worker's own user. What it owns, they own: processes as well as files. A thread that sets the scheduling of
// another one of its own is told that it did: nobody but the kernel could tell it from a stranger's process.
static const struct rule owner_rules[] = {
    ONLY(setpriority, EPERM, 0, 0), ONLY(setpriority, EPERM, 1, 0), ONLY(ioprio_set, EPERM, 0, 1),
    ONLY(ioprio_set, EPERM, 1, 0), ONLY(sched_setparam, PRETEND, 0, 0), ONLY(sched_setscheduler, PRETEND, 0, 0),
    ONLY(sched_setattr, PRETEND, 0, 0),
    DENY(fchmod, PRETEND), DENY(fchmodat, PRETEND), DENY_NUMBER(452, PRETEND), DENY(utimensat, PRETEND), DENY(fchown, EPERM), DENY(fchownat, EPERM),
#ifdef SYS_chmod
    DENY(chmod, PRETEND), DENY(utime, PRETEND), DENY(utimes, PRETEND), DENY(futimesat, PRETEND), DENY(chown, EPERM), DENY(lchown, EPERM),
#endif
};

// Before ABI 3 Landlock lets everything that can be named be truncated, also by an open for reading.
static const struct rule truncation_rules[] = {
    DENY(truncate, EPERM),
    {SYS_openat, EPERM, IF_ONE_OF, 2, O_ACCMODE | O_TRUNC, {O_TRUNC}, 1},
#ifdef SYS_open
    {SYS_open, EPERM, IF_ONE_OF, 1, O_ACCMODE | O_TRUNC, {O_TRUNC}, 1},
#endif
};

struct filter {
    struct sock_filter code[768];
    unsigned length;
};

static void emit(struct filter *f, uint16_t op, uint8_t yes, uint8_t no, uint32_t value) {
    f->code[f->length++] = (struct sock_filter){op, yes, no, value};
}

static void emit_rule(struct filter *f, const struct rule *rule) {
    unsigned values = rule->value_count;
    uint8_t rest = (uint8_t)(rule->when == ALWAYS ? 1 : values + 3);
    emit(f, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
    emit(f, BPF_JMP | BPF_JEQ | BPF_K, 0, rest, rule->number);
    if (rule->when != ALWAYS) {
        emit(f, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)(offsetof(struct seccomp_data, args) + 8 * (size_t)rule->argument));
        emit(f, BPF_ALU | BPF_AND | BPF_K, 0, 0, rule->mask);
        for (unsigned i = 0; i < values; i++) { // a match leads to the refusal or past it; the last one decides for all
            bool last = i + 1 == values, refuse = rule->when == IF_ONE_OF;
            emit(f, BPF_JMP | BPF_JEQ | BPF_K, (uint8_t)(values - 1 - i + (refuse ? 0 : 1)), last && refuse ? 1 : 0, rule->values[i]);
        }
    }
    emit(f, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | (uint32_t)rule->error);
}

static void emit_rules(struct filter *f, const struct rule *list, size_t count) {
    for (size_t i = 0; i < count; i++) emit_rule(f, &list[i]);
}

static bool install(struct filter *f) {
    emit(f, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {(unsigned short)f->length, f->code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

void plainfilter_install(bool own_user, int landlock_abi) {
    static struct filter f;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) die("seccomp: no_new_privs", "");
    emit(&f, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
    emit(&f, BPF_JMP | BPF_JGE | BPF_K, 0, 1, FIRST_UNHEARD_OF);
    emit(&f, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS);
    emit_rules(&f, rules, sizeof rules / sizeof *rules);
    if (!own_user) emit_rules(&f, owner_rules, sizeof owner_rules / sizeof *owner_rules);
    if (landlock_abi < 3) emit_rules(&f, truncation_rules, sizeof truncation_rules / sizeof *truncation_rules);
    if (!install(&f)) die("seccomp: install the second filter", "");
}

const char *plainfilter_own_signals(void) {
    static struct filter f;
    uint32_t self = (uint32_t)syscall(SYS_getpid);
    const struct rule signals[] = {
        {SYS_kill, EPERM, UNLESS_ONE_OF, 0, ~0u, {self, 0}, 2},
        ONLY(tgkill, EPERM, 0, self),
        DENY(tkill, EPERM),
        ONLY(rt_sigqueueinfo, EPERM, 0, self),
        ONLY(rt_tgsigqueueinfo, EPERM, 0, self),
    };
    f.length = 0;
    emit_rules(&f, signals, sizeof signals / sizeof *signals);
    return install(&f) ? NULL : "seccomp: install the filter of signals";
}
