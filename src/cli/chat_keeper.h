/* chat_keeper.h - writes the terminal client's files in a thread of its own: neither the screen nor
 * what comes from servers waits for the disk. chat_kept.c, chat_position.c, chat_choices.c and
 * chat_servers.c have the files, chat_loop.c waits for what is written.
 *
 * Of a file that is put again before it is written only the newest text is written. */
#ifndef CHINWAG_CLI_CHAT_KEEPER_H
#define CHINWAG_CLI_CHAT_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "state_path.h"

struct chat_keeper;
struct keeper_file;

/* Something else that waits for the disk; returns what there is to say of it, to be freed, or
 * NULL. */
typedef char *keeper_task(const void *about);

/* Where there is no thread for it, what is put is written at once. */
struct chat_keeper *chat_keeper_create(void);
/* Its files are closed before; it waits for tasks, as chat_keeper_wait does, and prints what they
 * say. */
void chat_keeper_destroy(struct chat_keeper *keeper);

/* Readable once something was written, or could not be; -1: nothing is written later. */
int chat_keeper_fd(const struct chat_keeper *keeper);
/* That was noticed: it is not readable until the next time. */
void chat_keeper_rest(struct chat_keeper *keeper);

/* The thread does the task, before any file; `about`, `n` bytes, is copied. */
void chat_keeper_do(struct chat_keeper *keeper, keeper_task *task, const void *about, size_t n);
/* Are all tasks done? */
bool chat_keeper_is_idle(struct chat_keeper *keeper);
/* What a task has had to say, to be freed; NULL: there is no more. */
char *chat_keeper_said(struct chat_keeper *keeper);

/* `sealed`: with a checksum (sealed_file.h). */
struct keeper_file *chat_keeper_open(struct chat_keeper *keeper, const struct state_path *path,
                                     bool sealed);
/* Is all of it done? */
bool chat_keeper_is_done(struct keeper_file *file);
/* Waits until it is written, as chat_keeper_wait does. NULL is none. */
void chat_keeper_close(struct keeper_file *file);

/* The file is to have this text, which is copied. Returns the number of this, counted from 1. */
uint64_t chat_keeper_put(struct keeper_file *file, const char *text);
/* Up to which number it was done. *error: errno of the last time; 0: it is written. */
uint64_t chat_keeper_done(struct keeper_file *file, int *error);
/* The same, once all is done: without a screen. After a second it says what it waits for, and a
 * signal ends the program as it is. */
uint64_t chat_keeper_wait(struct keeper_file *file, int *error);

#endif
