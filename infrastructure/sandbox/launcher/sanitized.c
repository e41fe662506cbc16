// Only for a build with sanitizers: what they must not do here, and where their reports go. The launcher leaves memory to
// its end, and its clones run on stacks that the sanitizer does not know. Nobody may be looking at its stderr when it is
// ended by a report, so stderr is a file beside the program, opened while the host's files are still to be seen: its
// name is the program's with .log behind it. Where that cannot be written, stderr stays what it is.
#if defined(__SANITIZE_ADDRESS__)
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

const char *__asan_default_options(void);

// Where nothing but the size of processes tells their memory, a clone is as large as the launcher until its execve.
const char *__asan_default_options(void) {
    return "detect_leaks=0:use_sigaltstack=0:detect_stack_use_after_return=0:quarantine_size_mb=1:thread_local_quarantine_size_kb=64";
}

__attribute__((constructor)) static void open_log(void) {
    char program[4096], log[sizeof program + 8];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (size <= 0) return;
    program[size] = 0;
    snprintf(log, sizeof log, "%s.log", program);
    int fd = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0) dup2(fd, 2);
    if (fd >= 0) close(fd);
}
#else
typedef int nothing_here; // an empty file is no C
#endif
