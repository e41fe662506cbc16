// Files that are copied: parts of /etc, artefacts into /app, sources into /box, results into sealed memory files.
#ifndef PROBA_COPYING_H
#define PROBA_COPYING_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol.h"

// Copies a file, a link, or a directory of them; what may not be read is left out. For trees that only root writes.
bool copy_tree(const char *source, const char *target);

// Copies size bytes from the start of one descriptor to the place of another. False with errno; a source that ends early is EIO.
bool copy_bytes(int source, int target, uint64_t size);

bool write_all(int fd, const void *data, uint64_t size);

// Makes the file (and its parents) in a directory that no untrusted program can change meanwhile; owned by uid, gid.
bool place_file(int directory, const struct file_request *file, int source, uint32_t uid, uint32_t gid, uint32_t mode);

// A memory file which nobody can change any more; takes what was written to fd.
bool seal(int fd);
int memory_file(const char *name);

#endif
