// A run's standard input, output and error.
#ifndef PROBA_STREAMS_H
#define PROBA_STREAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol.h"

struct output {
    int read_end, write_end;
    int spill;       // memory file with everything kept, once it is too much for the message; -1: none
    uint64_t size;   // what the program wrote
    uint64_t kept;   // of it, the part that is kept
    unsigned char *buffer; // everything kept, or once spilled its first HEAD_SIZE bytes
};

struct streams {
    struct output outputs[2]; // stdout, stderr
    bool ready;               // the pipes of the outputs are open and new
    uint64_t limit;           // of both together
    int input;                // what the program gets
    int feed;                 // write end of a piped input; -1: none, or all is written
    int feed_source;
    int64_t fed, feed_size;
};

// Opens what is missing; descriptor is the worker's stdin or -1, and is closed in time.
void streams_open(struct streams *streams, const struct run_request *request, int descriptor, uint32_t uid, uint32_t gid);

// Takes what is there without waiting. False: the limit has been passed.
bool streams_drain(struct streams *streams, int which);
void streams_feed(struct streams *streams);

// Nothing writes any more: takes the rest.
void streams_finish(struct streams *streams);

// The result has gone out: closes everything, and opens what the next run will need.
void streams_rest(struct streams *streams, uint32_t uid, uint32_t gid);

#endif
