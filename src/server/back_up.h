/* back_up.h - the backup of a running server: one at a time, on a thread of its own. What it does:
 * backup_make.h. The loop's thread creates, starts, stops and destroys it, and is told of the end.
 */
#ifndef CW_SERVER_BACK_UP_H
#define CW_SERVER_BACK_UP_H

#include <uv.h>

#include "server/backup_make.h"
#include "store/store_thread.h"

struct cw_back_up;

struct cw_back_up_wish {
    const char *folder; /* copied */
    bool sealed;
    uint8_t seal_to[CW_BACKUP_KEY_LEN];
    unsigned expire_days; /* 0: never */
    uint64_t time_ms, date_ms;
};

struct cw_back_up_end {
    bool good;
    char error[256];
    char folder[1024];
    struct cw_backup_made made;
};

/* `data`: the data folder, which outlives it. `ended(context)` is called in the loop. */
struct cw_back_up *cw_back_up_create(uv_loop_t *loop, struct cw_store_thread *store,
                                     const char *data,
                                     void (*ended)(void *context, const struct cw_back_up_end *end),
                                     void *context);

/* False with a sentence: one is under way, or the folder is no absolute path. */
bool cw_back_up_start(struct cw_back_up *back_up, const struct cw_back_up_wish *wish,
                      char error[256]);

/* Gives up what is under way, and waits for that; `ended` is not called any more. Before the
 * store's thread is stopped; the loop runs once more before cw_back_up_destroy. */
void cw_back_up_stop(struct cw_back_up *back_up);
void cw_back_up_destroy(struct cw_back_up *back_up);

#endif
