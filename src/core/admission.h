/* admission.h - the limits on connections, and on those that wait for a login. Called when a
 * connection opens, logs in or loses its session, and by core.c as time passes. */
#ifndef CW_CORE_ADMISSION_H
#define CW_CORE_ADMISSION_H

#include "core/core.h"
#include "core/list.h"

struct conn;
struct session;

/* A connection without a session. */
struct visitor {
    struct conn *conn;
    struct link waiting; /* in core->unauthenticated while it waits for a login */
    struct link there;   /* ... and in its address's list */
    uint64_t since_ms;
    bool browses;       /* it asks for pages: the transport closes it in time */
    uint64_t displaced; /* the extended session that moved away from it, or 0: only an
                           explicit attach brings that one back */
};

/* OPENED, or CONNECTED without it. */
void cw_conn_open(struct cw_core *core, const struct cw_event *event);
/* It asks for pages: it needs no login until its transport's handshake is done, which begins the
 * time for one. It still counts as waiting. */
void cw_conn_browses(struct cw_core *core, struct conn *conn, bool browses);
/* The system has no room for one more connection: closes one that waits for a login. */
void cw_conn_make_room(struct cw_core *core);
/* `proving`: a login or register of the connection is under way, and it is not turned away
 * meanwhile. At the end, if it has no session, it continues to wait; with a new time limit when a
 * password was verified (`hashed`). */
void cw_conn_prove(struct cw_core *core, struct conn *conn);
void cw_conn_proved(struct cw_core *core, struct conn *conn, bool hashed);
/* It is gone. */
void cw_admission_closed(struct cw_core *core, struct conn *conn);
/* Into or out of the list of those that must log in soon. */
void cw_conn_set_session(struct cw_core *core, struct conn *conn, struct session *session);
void cw_conn_expire(struct cw_core *core);
uint64_t cw_conns_deadline(const struct cw_core *core);

#endif
