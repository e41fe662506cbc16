#define _GNU_SOURCE
#include "clone.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "channel.h"
#include "seccomp.h"

#define INTO_CGROUP 0x200000000ull
#define PARENT_SETTID 0x00100000

struct clone3_arguments {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

void clone_stack_make(struct clone_stack *stack) {
    enum { GUARD = 4096 * 16 }; // a page, also where pages are large
    unsigned char *memory = mmap(NULL, CLONE_STACK_SIZE + GUARD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory, GUARD, PROT_NONE) < 0) die("spawner: make a stack", "");
    stack->bottom = memory + GUARD;
}

// One of the two calls, with the seccomp key as sixth argument. The child comes back on another stack, so it must not
// return into this frame: the call of body is part of the assembly.
static long clone_call(long number, uint64_t first, uint64_t second, uint64_t third, clone_body body) {
    uint64_t key = seccomp_key();
#if defined __x86_64__
    long result;
    register uint64_t fourth __asm__("r10") = 0, fifth __asm__("r8") = 0, sixth __asm__("r9") = key;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "call *%[body]\n\t"
                     "hlt\n"
                     "1:"
                     : "=a"(result)
                     : "0"(number), "D"(first), "S"(second), "d"(third), "r"(fourth), "r"(fifth), "r"(sixth), [body] "b"(body) // rbp is cleared
                     : "rcx", "r11", "memory", "cc");
    return result;
#else
    register long call __asm__("x8") = number;
    register uint64_t result __asm__("x0") = first, x1 __asm__("x1") = second, x2 __asm__("x2") = third;
    register uint64_t x3 __asm__("x3") = 0, x4 __asm__("x4") = 0, x5 __asm__("x5") = key;
    register clone_body target __asm__("x6") = body; // x29 is cleared
    __asm__ volatile("svc 0\n\t"
                     "cbnz x0, 1f\n\t"
                     "mov x29, xzr\n\t"
                     "blr %[body]\n\t"
                     "brk 1\n"
                     "1:"
                     : "+r"(result)
                     : "r"(call), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), [body] "r"(target)
                     : "memory", "cc");
    return (long)result;
#endif
}

// For the fallback: which group to move into, and what then. One clone at a time, so they need no more room.
static int late_group;
static clone_body late_body;

static void move_in(void) { // which may wait for the kernel: see cgroup1.c
    int procs = openat(late_group, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (procs < 0 || write(procs, "0", 1) < 0) _exit(70);
    close(procs);
    late_body();
}

pid_t clone_shared(int flags, int cgroup, pid_t *parent_pid, clone_body body, const struct clone_stack *stack) {
    static int no_clone3; // docker's older seccomp profiles refuse it
    uint64_t all_flags = (uint64_t)(unsigned)flags | CLONE_VM | CLONE_VFORK | (parent_pid ? PARENT_SETTID : 0);
    long result = -ENOSYS;
    if (!no_clone3) {
        struct clone3_arguments arguments = {
            .flags = all_flags | (cgroup >= 0 ? INTO_CGROUP : 0),
            .parent_tid = (uintptr_t)parent_pid,
            .exit_signal = SIGCHLD,
            .stack = (uintptr_t)stack->bottom,
            .stack_size = CLONE_STACK_SIZE,
            .cgroup = cgroup >= 0 ? (uint64_t)cgroup : 0,
        };
        result = clone_call(SYS_clone3, (uintptr_t)&arguments, sizeof arguments, 0, body);
        no_clone3 = result == -ENOSYS;
    }
    if (no_clone3) {
        late_group = cgroup;
        late_body = body;
        uintptr_t top = (uintptr_t)stack->bottom + CLONE_STACK_SIZE;
        result = clone_call(SYS_clone, all_flags | SIGCHLD, top, (uintptr_t)parent_pid, cgroup >= 0 ? move_in : body);
    }
    if (result < 0) errno = (int)-result;
    return result < 0 ? -1 : (pid_t)result;
}
