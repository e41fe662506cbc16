// Files that a run left in its box, taken out for the worker.
#ifndef PROBA_COLLECT_H
#define PROBA_COLLECT_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol.h"

// Sends each regular file below the box that a pattern matches as an ARTEFACT. Links, FIFOs, devices, files with a second
// name and strange names are passed over. False: there were too many of them, or they are too large in all.
// pretended_modes: the run could not change modes (plainfilter.c), so what is a program tells by its first bytes.
bool collect(int box, const struct run_request *request, bool pretended_modes, uint32_t *count);

#endif
