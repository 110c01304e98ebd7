/* conn.h - connections of the transport. Limits: admission.h. Their messages: inbound.h. */
#ifndef CW_CORE_CONN_H
#define CW_CORE_CONN_H

#include "core/bucket.h"
#include "core/core.h"
#include "core/list.h"

struct address;
struct conn;
struct group;
struct pause;
struct request;
struct session;
struct visitor;

/* A connection beside its session's own (part.c). */
struct part {
    struct conn *conn;
    uint64_t id;
    uint64_t features;
    struct link of_session; /* in session->parts */
};

/* The state of a connection in calls (call.c). It exists from the first packet or join to the end
 * of the connection, so that the rates do not start again when it leaves and joins. */
struct call_member {
    struct conn *conn;
    struct group *group; /* or NULL: in no call now */
    size_t position;     /* in group->call */
    struct recent frames;
    struct bucket audio;    /* bytes */
    struct bucket played;   /* ms of audio in its packets */
    uint64_t call_id;       /* of its last join, which `p` names: 1, 2, ... */
    uint64_t rank;          /* of that join among those of all nodes (far.h) */
    struct bucket reported; /* reports that its listener has made of others */
    bool echo;              /* it gets its own audio back, too */
    bool reports;           /* it is told how it is heard */
    bool listed;            /* its packets have become lists: there is a decoder for it */
    bool heard;             /* a session wants to know when it speaks, as of listened_ms */
    struct link speaking;   /* in core->speakers while it does */
    uint64_t listened_ms;
    uint64_t spoke_ms;
    uint64_t named_ms;
};

/* A transport's connection. It belongs to a session or waits for one. Rarely needed data is
 * allocated separately, since most connections are idle. */
struct conn {
    cw_conn_id id;
    struct cw_account *account; /* or NULL */
    struct session *session;    /* or NULL: not logged in */
    struct visitor *visitor;    /* NULL: it has a session */
    struct part *part;          /* NULL: it is the session's own connection */
    struct address *from;
    struct request *first; /* requests without an answer, oldest first */
    struct request *last;
    struct request *waiting; /* the first that has not begun; all after it wait too */
    struct request *blocker; /* the one that the waiting ones wait for */
    unsigned request_count;
    unsigned long_count; /* of these, the requests over CW_MESSAGE_MAX */
    unsigned in_turn;    /* its messages on their way to the disk that must keep the order */
    uint8_t malformed;   /* in a row */
    bool no_updates;
    bool by_old_key; /* login and attach tell it the server's next key */
    bool loopback;
    bool paused;         /* reading has been stopped */
    bool closing;        /* a close effect was added: its messages are ignored from now on */
    bool proving;        /* a password of it is being verified: it is not turned away meanwhile */
    uint8_t audio;       /* as reported to the shell: CW_AUDIO_* */
    bool incorrigible;   /* too many pauses because of refusals: to be closed */
    struct pace pace;    /* without a session; else the user's */
    uint64_t answered;   /* the session's `sent` when its last `received` was answered */
    struct pause *pause; /* NULL: there was none yet */
    struct call_member *member; /* NULL: it was in no call yet */
};

static inline struct group *cw_conn_call(const struct conn *conn)
{
    return conn->member == NULL ? NULL : conn->member->group;
}

/* With a slot and an address, and in no list yet. */
struct conn *cw_conn_create(struct cw_core *core, const struct cw_event *event);
/* Frees it; it must have left all lists. */
void cw_conn_destroy(struct cw_core *core, struct conn *conn);
/* Closes it when everything that was sent to it has been written. */
void cw_conn_close(struct cw_core *core, struct conn *conn, const char *reason);
/* The same without waiting for unread data: its place is needed. */
void cw_conn_drop(struct cw_core *core, struct conn *conn, const char *reason);
void cw_conn_connected(struct conn *conn, const struct cw_event *event);
/* The peer's address as text for people, in the step's memory. */
struct cw_slice cw_conn_address(struct cw_core *core, const struct conn *conn);
/* NULL for one that is gone. */
struct conn *cw_conn_find(const struct cw_core *core, cw_conn_id id);
/* Do packets of calls come and go as `p`? (With a session.) */
bool cw_conn_is_compact(const struct conn *conn);
/* Does its client get trailing maps, and which features has it? (With a session.) */
bool cw_conn_extended(const struct conn *conn);
uint64_t cw_conn_features(const struct conn *conn);

/* What its audio must be examined for now. */
uint8_t cw_conn_audio(const struct conn *conn);
/* Tells the shell if that has changed. Called wherever a change may affect it. */
void cw_conn_tell_audio(struct cw_core *core, struct conn *conn);

/* 0: it is the session's own connection. */
static inline uint64_t cw_part_id(const struct conn *conn)
{
    return conn->part == NULL ? 0 : conn->part->id;
}

/* Is a part of the session in a call? */
bool cw_part_in_call(const struct session *session);

#endif
