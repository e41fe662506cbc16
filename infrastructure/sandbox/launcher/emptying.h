// Removing what strangers have left in a directory.
#ifndef PROBA_EMPTYING_H
#define PROBA_EMPTYING_H

#include <stdbool.h>
#include <stdint.h>

// Removes everything below a directory in which nobody works any more. False: errno.
bool empty_directory(int directory);

// What lies below a directory in which somebody may be at work: bytes on the device. UINT64_MAX: too many names, or too deep.
uint64_t measure_directory(int directory, uint32_t entries_max);

#endif
