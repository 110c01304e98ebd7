/* pace.h - whether a connection is read: a user who sends more than allowed is not read for a
 * while, then closed. Called by inbound.c, and by core.c as time passes. */
#ifndef CW_CORE_PACE_H
#define CW_CORE_PACE_H

#include "core/conn.h"
#include "core/core.h"
#include "core/list.h"

/* A connection that is, or was, not read for a while: for what came too fast. */
struct pause {
    struct link link; /* in core->paused until resume_ms */
    struct conn *conn;
    uint64_t resume_ms; /* it is not read before */
    uint8_t count;      /* for what came to nothing, one after another */
};

/* Stops reading from it, or goes on, as its requests and its pace want it. */
void cw_conn_balance(struct cw_core *core, struct conn *conn);
/* The shares of the connection's user, or its own. */
struct pace *cw_pace_of(struct conn *conn);

/* Is it not to be read now? */
static inline bool cw_pace_pauses(const struct conn *conn)
{
    return conn->incorrigible || (conn->pause != NULL && !cw_list_empty(&conn->pause->link));
}

/* Something that came to nothing: a refusal, an update that was dropped. */
void cw_pace_idle(struct cw_core *core, struct conn *conn, unsigned weight);
/* So many bytes have come. */
void cw_pace_bytes(struct cw_core *core, struct conn *conn, size_t n);
void cw_pace_closed(struct conn *conn);
/* Goes on reading where the time has come. */
void cw_pace_sweep(struct cw_core *core);
uint64_t cw_pace_deadline(const struct cw_core *core);

#endif
