#include "channel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "protocol.h"

static int channel = -1;
static void (*last_deed)(void);

static _Noreturn void end(int code) {
    void (*deed)(void) = last_deed;
    last_deed = NULL;
    if (deed) deed();
    _exit(code);
}

void before_leaving(void (*what)(void)) { last_deed = what; }

void leave(void) { end(0); }

void channel_open(int socket) { channel = socket; }
int channel_descriptor(void) { return channel; }

ssize_t channel_receive_all(unsigned char *message, int *descriptors, int *descriptor_count) {
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(CHANNEL_DESCRIPTORS_MAX * sizeof(int))];
    } control;
    struct iovec data = {message, MESSAGE_MAX};
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
    *descriptor_count = 0;
    ssize_t size;
    do size = recvmsg(channel, &header, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size < 0) return errno == ECONNRESET ? 0 : -1;
    struct cmsghdr *c = CMSG_FIRSTHDR(&header); // the worker sends one kind, once
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(descriptors, CMSG_DATA(c), count * sizeof *descriptors);
        *descriptor_count = (int)count;
    }
    if (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) die_with(EMSGSIZE, "protocol: receive", "");
    return size;
}

ssize_t channel_receive(unsigned char *message, int *descriptor) {
    int descriptors[CHANNEL_DESCRIPTORS_MAX], count;
    ssize_t size = channel_receive_all(message, descriptors, &count);
    *descriptor = count ? descriptors[0] : -1;
    for (int i = 1; i < count; i++) close(descriptors[i]);
    return size;
}

void channel_send(const struct piece *pieces, int piece_count, int first, int second) {
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec data[4];
    for (int i = 0; i < piece_count; i++) data[i] = (struct iovec){(void *)(uintptr_t)pieces[i].data, pieces[i].size};
    struct msghdr header = {.msg_iov = data, .msg_iovlen = (size_t)piece_count};
    int descriptors[2], count = 0;
    if (first >= 0) descriptors[count++] = first;
    if (second >= 0) descriptors[count++] = second;
    if (count) {
        memset(&control, 0, sizeof control);
        header.msg_control = control.space;
        header.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&header);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(c), descriptors, (size_t)count * sizeof(int));
    }
    ssize_t sent;
    do sent = sendmsg(channel, &header, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) end(71); // the worker has gone: so do we, and every run with us
}

void die_with(int error, const char *step, const char *detail) {
    unsigned char message[PACKED_MAX];
    size_t size = pack_failed(message, error, step, detail);
    // the text also goes to the log: the worker may be too early or too late to read the message
    dprintf(2, "launcher: %s%s%s: %s\n", step, *detail ? ": " : "", detail, strerror(error));
    if (channel >= 0) send(channel, message, size, MSG_NOSIGNAL);
    end(70);
}

void die(const char *step, const char *detail) { die_with(errno, step, detail); }

uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
