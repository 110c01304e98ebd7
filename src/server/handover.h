/* handover.h - what one process gives to the next when the server is upgraded: its listening
 * sockets, so that nobody is refused, and the calls that go on. Nothing else: no connection, no
 * key, no nonce. Clients connect again, and their sessions are in the store.
 *
 * The next process is the same one with another program (execve), so the data folder never has two
 * users, and a manager of services sees no end. Sockets go as in socket activation (service.h), the
 * calls as JSON in a file without a name.
 *
 * Callers: main.c, shell.c, upgrade.c. */
#ifndef CW_SERVER_HANDOVER_H
#define CW_SERVER_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

struct cw_core;
struct cw_core_call;
struct cw_net;

struct cw_handover {
    int sockets[CW_LISTENERS_MAX];
    unsigned socket_count;
    int calls; /* -1: there are none */
};

/* The program of this process and its arguments, which live until the end: before another file
 * takes its place on the disk. */
void cw_handover_begin(char **arguments);
const char *cw_handover_program(void);
char **cw_handover_arguments(void);

/* Copies of the sockets, and the calls as they are now. */
void cw_handover_fill(struct cw_handover *handover, struct cw_net *net, const struct cw_core *core);

/* The program that stands now where this one stood takes over. Returns only if it could not be
 * started; that is logged. */
void cw_handover_exec(const struct cw_handover *handover);

/* In the next process: `take` gets each call from this descriptor, which is closed. What cannot be
 * read is left out: it was written by another version. Returns how many there were. */
size_t cw_handover_take_calls(int fd, void (*take)(void *context, const struct cw_core_call *call),
                              void *context);

#endif
