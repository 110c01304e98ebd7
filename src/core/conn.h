/* conn.h - connections of the transport. Who may have a place: admission.h. What comes from
 * them: inbound.h. */
#ifndef CW_CORE_CONN_H
#define CW_CORE_CONN_H

#include "core/bucket.h"
#include "core/core.h"
#include "core/list.h"

struct address;
struct group;
struct request;
struct session;

/* A transport's connection. It belongs to a session or waits for one. */
struct conn {
    cw_conn_id id;
    struct cw_account *account; /* or NULL */
    struct session *session;    /* or NULL: not logged in */
    uint64_t part;              /* 0: it is the session's own connection */
    uint64_t part_features;
    struct link of_session; /* of a part: in session->parts */
    unsigned in_turn;       /* its messages on their way to the disk that overtake nothing */
    struct request *first;  /* requests without an answer, oldest first */
    struct request *last;
    struct request *waiting; /* the first that has not begun; all after it wait too */
    struct request *blocker; /* the one that the waiting ones wait for */
    unsigned request_count;
    unsigned long_count; /* of them, those over CW_MESSAGE_MAX */
    uint8_t malformed;   /* in a row */
    bool no_updates;
    bool loopback;
    bool paused;  /* reading has been stopped */
    bool closing; /* a close effect is out: deaf from now on */
    uint8_t address[16];
    uint8_t address_n;
    bool proving; /* a password of it is looked at: it is not turned away meanwhile */
    struct address *from;
    struct link unauthenticated; /* in core->unauthenticated while it waits for a login */
    struct link waiting_there;   /* ... and in its address's list */
    uint64_t unauthenticated_since_ms;
    struct rates rates;   /* without a session; else the user's */
    struct link pausing;  /* in core->paused until resume_ms */
    uint64_t resume_ms;   /* it is not read before */
    uint8_t pauses;       /* for what came to nothing, one after another */
    bool incorrigible;    /* ... too many: to be closed */
    struct recent frames; /* call_data */
    struct bucket audio;  /* its bytes */
    struct bucket played; /* ms of audio in its packets */
    struct group *call;   /* or NULL */
    size_t call_position;
    uint64_t displaced;   /* the extended session that moved away from it, or 0: only an
                             explicit attach brings that one back */
    bool echo;            /* in the call, it gets its own audio back, too */
    bool listed;          /* its packets have become lists: there is a decoder for it */
    bool heard;           /* somebody wants to know when it speaks, as of listened_ms */
    struct link speaking; /* in core->speakers while it does */
    uint64_t listened_ms;
    uint64_t spoke_ms;
    uint64_t named_ms;
};

struct conn *cw_conn_create(struct cw_core *core, const struct cw_event *event);
/* It is in no list any more. */
void cw_conn_destroy(struct cw_core *core, struct conn *conn);
/* Closes it when what has been sent has gone out. */
void cw_conn_close(struct cw_core *core, struct conn *conn, const char *reason);
/* The same without waiting for what it has not read: its place is needed. */
void cw_conn_drop(struct cw_core *core, struct conn *conn, const char *reason);
void cw_conn_connected(struct conn *conn, const struct cw_event *event);
/* The peer's address as text for people, in the step's memory. */
struct cw_slice cw_conn_address(struct cw_core *core, const struct conn *conn);
/* NULL for one that is gone. */
struct conn *cw_conn_find(const struct cw_core *core, cw_conn_id id);
/* Stops reading from it, or goes on, as its requests and its pace want it. */
void cw_conn_balance(struct cw_core *core, struct conn *conn);
/* Does what it is sent end with a map, and what can its client do? (With a session.) */
bool cw_conn_extended(const struct conn *conn);
uint64_t cw_conn_features(const struct conn *conn);
/* Does a part of it take part in a call? */
bool cw_part_in_call(const struct session *session);

#endif
