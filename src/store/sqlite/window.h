/* window.h - which numbers a part has used. */
#ifndef CW_STORE_SQLITE_WINDOW_H
#define CW_STORE_SQLITE_WINDOW_H

#include "store/store_backend.h"
#include "store/window.h"

struct cw_sqlite; /* state.h */

struct cw_sqlite_window {
    struct cw_sqlite_window *next;
    uint64_t key[2]; /* session, part */
    struct cw_window window;
    uint64_t last_id; /* its newest message */
    bool has_session, is_stored, changed;
};

/* The part's window, for the length of the batch; NULL: there is no such session. */
struct cw_sqlite_window *cw_sqlite_window(struct cw_sqlite *s, uint64_t session_id, uint64_t part);

/* The windows of the batch: into the table before its commit; out of memory after. */
void cw_sqlite_windows_write(struct cw_sqlite *s);
void cw_sqlite_windows_forget(struct cw_sqlite *s);

/* At the start. */
bool cw_sqlite_retry_key_load(struct cw_sqlite *s);

#endif
