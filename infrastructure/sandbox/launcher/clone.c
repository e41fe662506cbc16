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

// The child must not return into a frame of the parent's stack, so the call of body is part of the assembly.
static long clone3_call(struct clone3_arguments *arguments, clone_body body) {
#if defined __x86_64__
    long result;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "xor %%edi, %%edi\n\t"
                     "call *%[body]\n\t"
                     "hlt\n"
                     "1:"
                     : "=a"(result)
                     : "0"((long)SYS_clone3), "D"(arguments), "S"(sizeof *arguments), [body] "r"(body)
                     : "rcx", "r11", "memory", "cc");
    return result;
#else
    register long number __asm__("x8") = SYS_clone3;
    register long result __asm__("x0") = (long)arguments;
    register long size __asm__("x1") = sizeof *arguments;
    __asm__ volatile("svc 0\n\t"
                     "cbnz x0, 1f\n\t"
                     "mov x29, xzr\n\t"
                     "blr %[body]\n\t"
                     "brk 1\n"
                     "1:"
                     : "+r"(result)
                     : "r"(number), "r"(size), [body] "r"(body)
                     : "memory", "cc");
    return result;
#endif
}

struct start {
    clone_body body;
    int cgroup;
};

static int start_old_way(void *start) {
    const struct start *s = start;
    if (s->cgroup >= 0) { // not born there: move in, which may wait for the kernel
        int procs = openat(s->cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
        if (procs < 0 || write(procs, "0", 1) < 0) _exit(70);
    }
    s->body(NULL);
    __builtin_unreachable();
}

pid_t clone_shared(int flags, int cgroup, pid_t *parent_pid, clone_body body, const struct clone_stack *stack) {
    static int no_clone3; // docker's older seccomp profiles refuse it
    struct clone3_arguments arguments = {
        .flags = (uint64_t)(unsigned)flags | CLONE_VM | (cgroup >= 0 ? INTO_CGROUP : 0) | (parent_pid ? PARENT_SETTID : 0),
        .parent_tid = (uintptr_t)parent_pid,
        .exit_signal = SIGCHLD,
        .stack = (uintptr_t)stack->bottom,
        .stack_size = CLONE_STACK_SIZE,
        .cgroup = cgroup >= 0 ? (uint64_t)cgroup : 0,
    };
    if (!no_clone3) {
        long result = clone3_call(&arguments, body);
        if (result != -ENOSYS) {
            if (result < 0) errno = (int)-result;
            return result < 0 ? -1 : (pid_t)result;
        }
        no_clone3 = 1;
    }
    struct start start = {body, cgroup};
    int old_flags = flags | CLONE_VM | SIGCHLD | (parent_pid ? PARENT_SETTID : 0);
    return clone(start_old_way, stack->bottom + CLONE_STACK_SIZE, old_flags, &start, parent_pid);
}
