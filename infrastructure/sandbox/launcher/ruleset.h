// Landlock: what programs may do with files, TCP and other processes, at the level without a mount namespace.
#ifndef PROBA_RULESET_H
#define PROBA_RULESET_H

#include <stdbool.h>

#include "protocol.h"

// Finds out what the kernel knows and opens the toolchains' places. Ends the launcher where there is no Landlock.
void ruleset_prepare(const struct config_request *config);
int ruleset_abi(void);
const char *ruleset_description(void); // for people: the ABI, and what it lacks

// By the program's own process, while it may still open files: the rules of this run. Not NULL: the step that failed.
const char *ruleset_build(const char *app, const char *box, const char *tmp, int *ruleset);

// Puts the process under them for good; no_new_privs must be set.
bool ruleset_enter(int ruleset);

#endif
