// Theory of operation. A process whose parent ignores its end is reaped by the kernel, and what it used is told to nobody;
// one that lives for less than a look at /proc is not seen either. A perf event is inherited by every child and gives its
// count back when the child ends, however it ends, so one event on the spawner's thread sees what a group would see. It is
// opened once a slot and costs a run two reads. It counts the time between being put on a core and being taken off, with
// what interrupts and a hypervisor took of it, so it is asked only of programs that had children, which the last process
// number given shows, and believed only where it is well above what the other ways found.
// Hosts may refuse it (kernel.perf_event_paranoid above 2 to ordinary users, seccomp of containers): then those are all.
#define _GNU_SOURCE
#include "counter.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int event = -1, loadavg = -1;

void counter_start(int proc, pid_t thread) {
    loadavg = openat(proc, "loadavg", O_RDONLY | O_CLOEXEC);
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof attributes,
        .config = PERF_COUNT_SW_TASK_CLOCK,
        .inherit = 1,
        .exclude_kernel = 1, // what an ordinary user must say; this clock counts all the same
    };
    event = (int)syscall(SYS_perf_event_open, &attributes, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

uint64_t counter_ns(void) {
    uint64_t count;
    return event >= 0 && read(event, &count, sizeof count) == sizeof count ? count : 0;
}

bool counter_children(pid_t init) {
    char text[128];
    ssize_t size = loadavg >= 0 ? pread(loadavg, text, sizeof text - 1, 0) : 0;
    text[size > 0 ? size : 0] = 0;
    char *last = strrchr(text, ' '); // the last number given in our PID namespace, which has those of the run's too
    return !last || atoi(last + 1) != init + 1;
}
