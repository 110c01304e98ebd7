/* upgrade.h - SIGUSR2: the program that stands now where this one stood takes its place, without a
 * refused connection. It is asked first whether it could (chinwagd --test): if not, this one goes
 * on, and the log says why.
 *
 * Callers: signals.c (the request), shell.c. Loop thread only. */
#ifndef CW_SERVER_UPGRADE_H
#define CW_SERVER_UPGRADE_H

#include <stdbool.h>
#include <uv.h>

struct cw_upgrade {
    uv_process_t test;
    bool testing; /* the next program is being asked: `test` is a handle of the loop's */
    bool granted; /* this process ends, and the next begins */
    void (*asked)(void *context, bool granted);
    void *context;
};

/* `asked` is called with the answer of the next program: can it take over? The log says why not. */
void cw_upgrade_ask(struct cw_upgrade *upgrade, uv_loop_t *loop,
                    void (*asked)(void *context, bool granted), void *context);

/* Closes its handle: the loop has to run once more. */
void cw_upgrade_stop(struct cw_upgrade *upgrade);

#endif
