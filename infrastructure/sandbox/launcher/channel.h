// The socket to the worker: messages with descriptors, and the end of the launcher when a step of its own fails.
#ifndef PROBA_CHANNEL_H
#define PROBA_CHANNEL_H

#include <stdint.h>
#include <sys/types.h>

void channel_open(int socket);
int channel_descriptor(void);

enum { CHANNEL_DESCRIPTORS_MAX = 20 }; // of one message

// Receives one message (at most MESSAGE_MAX bytes) and its descriptors. 0: the worker has gone.
ssize_t channel_receive_all(unsigned char *message, int *descriptors, int *count);

// The same with at most one descriptor (-1: none).
ssize_t channel_receive(unsigned char *message, int *descriptor);

// Sends head and up to two tails as one message, with up to two descriptors (-1: none).
struct piece {
    const void *data;
    size_t size;
};
void channel_send(const struct piece *pieces, int piece_count, int first_descriptor, int second_descriptor);

// A step of the sandbox failed: tells the worker its name and errno, and ends the process. Never called by a program's side.
_Noreturn void die(const char *step, const char *detail);
_Noreturn void die_with(int error, const char *step, const char *detail);

// The worker wants nothing any more, or has died: ends the launcher.
_Noreturn void leave(void);

// What the launcher does last, however it ends by itself.
void before_leaving(void (*what)(void));

uint64_t now_ns(void);

#endif
