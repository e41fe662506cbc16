// Theory of operation. A program may be of the worker's own user (in a user namespace), so it never gets a file of the
// host: what fits goes into a sealed memory file, which it may read, seek and open again by /dev/stdin; longer input is
// a pipe that is fed while the run goes, in constant memory. Output goes through pipes which the launcher empties: up to
// INLINE_OUTPUT_MAX bytes are kept in memory, more in a memory file that is charged to the launcher.
#define _GNU_SOURCE
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "copying.h"

enum { INPUT_COPY_MAX = 1 << 20, READ_SIZE = 64 * 1024, BUFFER_SIZE = INLINE_OUTPUT_MAX + READ_SIZE, PIPE_SIZE = 1 << 20 };

static void close_open(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

// Given to the program's user, so that it can open /dev/stdout and its like.
static void make_pipe(int ends[2], uint32_t uid, uint32_t gid) {
    if (pipe2(ends, O_CLOEXEC) < 0) die("streams: pipe", "");
    if (uid && fchown(ends[0], uid, gid) < 0) die("streams: chown a pipe", "");
}

static void open_input(struct streams *s, const struct run_request *request, int descriptor, uint32_t uid, uint32_t gid) {
    s->feed = s->feed_source = -1;
    if (request->stdin_size == 0 || !(request->flags & (RUN_STDIN_INLINE | RUN_STDIN_DESCRIPTOR))) {
        s->input = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (s->input < 0) die("streams: open /dev/null", "");
    } else if (request->stdin_size <= INPUT_COPY_MAX) {
        s->input = memory_file("stdin");
        if (s->input < 0) die("streams: memfd", "");
        bool copied = request->flags & RUN_STDIN_INLINE ? write_all(s->input, request->stdin_data, request->stdin_size)
                                                        : copy_bytes(descriptor, s->input, request->stdin_size);
        if (!copied || !seal(s->input)) die("streams: copy stdin", "");
    } else {
        int ends[2];
        make_pipe(ends, uid, gid);
        s->input = ends[0];
        s->feed = ends[1];
        s->feed_source = descriptor;
        s->fed = 0;
        s->feed_size = (int64_t)request->stdin_size;
        fcntl(s->feed, F_SETPIPE_SZ, PIPE_SIZE); // a smaller pipe is only slower
        if (fcntl(s->feed, F_SETFL, O_NONBLOCK) < 0) die("streams: nonblocking pipe", "");
        return;
    }
    if (descriptor >= 0) close(descriptor);
}

static void open_outputs(struct streams *s, uint32_t uid, uint32_t gid) {
    for (int i = 0; i < 2; i++) {
        struct output *o = &s->outputs[i];
        int ends[2];
        make_pipe(ends, uid, gid);
        if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0) die("streams: nonblocking pipe", "");
        if (!o->buffer && !(o->buffer = malloc(BUFFER_SIZE))) die("streams: allocate", "");
        *o = (struct output){.read_end = ends[0], .write_end = ends[1], .spill = -1, .buffer = o->buffer};
    }
    s->ready = true;
}

void streams_open(struct streams *s, const struct run_request *request, int descriptor, uint32_t uid, uint32_t gid) {
    s->limit = request->output;
    if (!s->ready) open_outputs(s, uid, gid);
    s->ready = false;
    open_input(s, request, descriptor, uid, gid);
}

static void keep(struct output *o, const unsigned char *data, uint64_t size) {
    if (o->spill < 0 && o->kept + size > INLINE_OUTPUT_MAX) {
        o->spill = memory_file("output");
        if (o->spill < 0 || !write_all(o->spill, o->buffer, o->kept)) die("streams: spill", "");
    }
    // what is read into the buffer's end is kept there already
    if (o->spill >= 0 && !write_all(o->spill, data, size)) die("streams: spill", "");
    o->kept += size;
}

bool streams_drain(struct streams *s, int which) {
    struct output *o = &s->outputs[which];
    for (;;) {
        // once spilled, the head stays and the rest of the buffer is for reading
        unsigned char *into = o->buffer + (o->spill < 0 ? o->kept : HEAD_SIZE);
        ssize_t size = read(o->read_end, into, READ_SIZE);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) break;
        o->size += (uint64_t)size;
        uint64_t kept = s->outputs[0].kept + s->outputs[1].kept;
        uint64_t room = s->limit > kept ? s->limit - kept : 0;
        keep(o, into, (uint64_t)size < room ? (uint64_t)size : room);
        if (s->outputs[0].size + s->outputs[1].size > s->limit) return false;
        if (size < READ_SIZE) break;
    }
    return true;
}

void streams_feed(struct streams *s) {
    while (s->feed >= 0 && s->fed < s->feed_size) {
        loff_t at = s->fed;
        ssize_t size = splice(s->feed_source, &at, s->feed, NULL, (size_t)(s->feed_size - s->fed), SPLICE_F_NONBLOCK);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno == EAGAIN) return;
        if (size < 0 && errno != EPIPE) die("streams: feed stdin", "");
        if (size == 0) die_with(EIO, "streams: stdin is shorter than it was said to be", "");
        if (size < 0) break; // the program has closed its input: it may
        s->fed += size;
    }
    close_open(&s->feed);
    close_open(&s->feed_source);
}

void streams_finish(struct streams *s) {
    for (int i = 0; i < 2; i++) streams_drain(s, i); // past the limit, the little that a pipe still holds is of no interest
}

void streams_rest(struct streams *s, uint32_t uid, uint32_t gid) {
    for (int i = 0; i < 2; i++) {
        close_open(&s->outputs[i].read_end);
        close_open(&s->outputs[i].write_end);
        close_open(&s->outputs[i].spill);
    }
    close_open(&s->input);
    close_open(&s->feed);
    close_open(&s->feed_source);
    open_outputs(s, uid, gid);
}
