// What programs see of the file system.
#ifndef PROBA_LAYOUT_H
#define PROBA_LAYOUT_H

#include <stdint.h>

#include "protocol.h"

// Builds the slot's tree on a tmpfs and makes it the root of the calling process's own mount namespace.
void layout_build(const struct config_request *config, uint32_t uid, uint32_t gid);

// Replaces /app by an empty directory and returns it for writing, until it is closed for good.
int layout_fresh_app(void);
void layout_close_app(void);

// The options of the tmpfs that is /box, and of the one that is /tmp, in a run with this limit of memory.
enum { OPTIONS_SIZE = 128 };
void layout_box_options(char *options, uint64_t size, uint32_t uid, uint32_t gid);
void layout_tmp_options(char *options, uint64_t size);

#endif
