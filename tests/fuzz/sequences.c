// One input is a conversation: messages, some with descriptors, sent over a real socket pair to the launcher's own code
// that receives them (channel.c), understands them (protocol.c), and writes, lists and removes the files that they bring
// (copying.c, emptying.c) in a directory of this process. It is main.c's loop without the runs.
//
// Each message is preceded by three bytes: its size (two, little-endian) and what comes along (0: nothing; else that many
// descriptors, at most 5, of a file as long as the FILE message says, or one byte shorter when the top bit is set).
// The launcher ends by _exit where a worker misbehaves; here that is the end of the conversation (-D_exit=end_of_input).
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channel.h"
#include "copying.h"
#include "emptying.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
_Noreturn void end_of_input(int status);

enum { DESCRIPTORS_MAX = 5, FILE_SIZE_MAX = 1 << 16, MESSAGES_MAX = 24 };

static jmp_buf end;
static int directory = -1, first_free;
static char path[] = "/dev/shm/proba-fuzz-XXXXXX";

void end_of_input(int status) { longjmp(end, status ? status : 1); }

static void remove_directory(void) { rmdir(path); }

static void set_up(void) {
    if (!mkdtemp(path) || (directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) abort();
    atexit(remove_directory);
    first_free = directory + 1;
}

static void send_one(int socket, const uint8_t *message, size_t size, uint8_t along) {
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
    } control = {0};
    struct iovec data = {(void *)(uintptr_t)message, size};
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1};
    int count = (along & 0x7f) < DESCRIPTORS_MAX ? along & 0x7f : DESCRIPTORS_MAX, descriptors[DESCRIPTORS_MAX];
    struct file_request file;
    uint64_t length = parse_file(message, size, &file) && file.size < FILE_SIZE_MAX ? file.size : 3;
    for (int i = 0; i < count; i++) {
        descriptors[i] = memory_file("fuzz");
        if (descriptors[i] < 0 || ftruncate(descriptors[i], (off_t)(length && along & 0x80 ? length - 1 : length)) < 0) abort();
    }
    if (count) {
        header.msg_control = control.space;
        header.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&header);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(c), descriptors, (size_t)count * sizeof(int));
    }
    if (sendmsg(socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {} // no room: the conversation is that much shorter
    for (int i = 0; i < count; i++) close(descriptors[i]);
}

// As main.c and run.c have it.
static void receive_files(uint32_t count) {
    static unsigned char message[MESSAGE_MAX];
    for (uint32_t i = 0; i < count; i++) {
        struct file_request file;
        int descriptor;
        ssize_t size = channel_receive(message, &descriptor);
        if (size <= 0) end_of_input(1);
        if (!parse_file(message, (size_t)size, &file) || file.in_descriptor != (descriptor >= 0)) die_with(71, "protocol: FILE", "");
        if (file.size <= FILE_SIZE_MAX && !place_file(directory, &file, descriptor, geteuid(), getegid(), file.mode)) die("box: write", file.name);
        if (descriptor >= 0) close(descriptor);
    }
}

static void serve(void) {
    static unsigned char message[MESSAGE_MAX];
    static struct run_request run;
    struct config_request config;
    for (;;) {
        int descriptor;
        uint32_t count = 0;
        ssize_t size = channel_receive(message, &descriptor);
        if (size <= 0) return;
        if (parse_load(message, (size_t)size, &count)) receive_files(count);
        else if (parse_run(message, (size_t)size, &run)) receive_files(run.file_count);
        else if (!parse_config(message, (size_t)size, &config)) die_with(71, "protocol: type", "");
        measure_directory(directory, 1000);
        if (!empty_directory(directory)) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int ends[2];
    if (directory < 0) set_up();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) abort();
    for (int sent = 0; size >= 3 && sent < MESSAGES_MAX; sent++) {
        size_t length = (size_t)data[0] | (size_t)data[1] << 8, rest = size - 3;
        if (length > rest) length = rest;
        send_one(ends[0], data + 3, length, data[2]);
        data += 3 + length;
        size = rest - length;
    }
    shutdown(ends[0], SHUT_WR);
    channel_open(ends[1]);
    if (!setjmp(end)) serve();
    if (!empty_directory(directory)) abort(); // whatever was written can be removed
    close_range((unsigned)first_free, ~0u, 0);
    return 0;
}
