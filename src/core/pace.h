/* pace.h - when a connection is read: the server stops reading from a user who exceeds the rates,
 * then closes the connection. Called by inbound.c, and by core.c as time passes. */
#ifndef CW_CORE_PACE_H
#define CW_CORE_PACE_H

#include "core/conn.h"
#include "core/core.h"
#include "core/list.h"

/* The pauses of a connection that has sent too fast. */
struct pause {
    struct link link; /* in core->paused until resume_ms */
    struct conn *conn;
    uint64_t resume_ms; /* it is not read before this time */
    uint8_t count;      /* pauses in a row because of refusals */
};

/* Stops reading from the connection or continues, as its requests and its pace need. */
void cw_conn_balance(struct cw_core *core, struct conn *conn);
/* The rates of the connection's user, or its own. */
struct pace *cw_pace_of(struct conn *conn);

/* Must it not be read now? */
static inline bool cw_pace_pauses(const struct conn *conn)
{
    return conn->incorrigible || (conn->pause != NULL && !cw_list_empty(&conn->pause->link));
}

/* Counts a refusal, or an update that was dropped. */
void cw_pace_idle(struct cw_core *core, struct conn *conn, unsigned weight);
/* Counts n bytes that have arrived. */
void cw_pace_bytes(struct cw_core *core, struct conn *conn, size_t n);
/* The same for bytes of a file that come or go: they do not slow the user's messages. */
void cw_pace_file(struct cw_core *core, struct conn *conn, size_t n);
/* The same, counted with the rate of this user, who need not be logged in there; 0: of the
 * connection. */
void cw_pace_file_of(struct cw_core *core, struct conn *conn, uint64_t user_id, size_t n);
void cw_pace_closed(struct conn *conn);
/* Continues reading from the connections whose pause is over. */
void cw_pace_sweep(struct cw_core *core);
uint64_t cw_pace_deadline(const struct cw_core *core);

#endif
