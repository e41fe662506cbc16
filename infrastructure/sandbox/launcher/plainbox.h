// /app, /box and /tmp at the level without mounts: three directories in one that the slot has for itself.
#ifndef PROBA_PLAINBOX_H
#define PROBA_PLAINBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// By the keeper: removes what others have left beside it, makes the directory and takes hold of it until its end.
void plainbox_make(const char *path, bool own_user, uint32_t uid, uint32_t gid);
void plainbox_remove(void); // when nothing of the slot runs any more

const char *plainbox_app(void);
const char *plainbox_box(void);
const char *plainbox_tmp(void);
bool plainbox_is_strangers(const char *path); // below /app or /box

int plainbox_fresh_app(void); // emptied, for writing, until it is closed
int plainbox_open_box(void);
void plainbox_renew(void); // a run has ended: empties /box and /tmp

bool plainbox_in_memory(void);
uint64_t plainbox_size(void); // bytes in /box and /tmp; UINT64_MAX: more names or depth than is allowed

// A run begins. Then: whether the file system's free room has fallen by more than this, and nobody has looked closely of late;
// plainbox_looked says that somebody has, who began at that time.
void plainbox_watch(void);
bool plainbox_shrank(uint64_t size);
void plainbox_looked(uint64_t since);
dev_t plainbox_device(void);

#endif
