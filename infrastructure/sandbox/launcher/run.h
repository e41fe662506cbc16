// One run from its request to its result.
#ifndef PROBA_RUN_H
#define PROBA_RUN_H

#include "slot.h"

// Serves a RUN message (whose FILE messages follow on the channel). False: the worker has gone.
bool run_serve(const struct slot *slot, const struct run_request *request, int stdin_descriptor, const int *passed);

#endif
