/* session.h - a login that is attached to a connection. attach.h makes one, session_end.h ends it,
 * delivery.h sends it its messages. */
#ifndef CW_CORE_SESSION_H
#define CW_CORE_SESSION_H

#include "core/core.h"
#include "core/list.h"

struct conn;
struct membership;
struct pending;
struct receipt;
struct user;

enum delivery {
    DELIVERY_OFF,      /* a REQ peer gets no updates */
    DELIVERY_ATTACHED, /* begins when the request that attached it is answered */
    DELIVERY_READING,  /* catching up: a page has been asked for */
    DELIVERY_DRAINING, /* catching up: its queue must empty first */
    DELIVERY_LIVE      /* at the head: updates are fanned out to it */
};

/* A login that is attached to a connection. The members that each delivery uses come first, close
 * together. */
struct session {
    uint64_t id;
    cw_conn_id conn_id; /* the id of `conn`, again */
    bool extended;
    bool by_device; /* a device password has made it: is_of_account (dispatch.c) */
    uint8_t delivery;
    bool confirms;      /* only `received` proves what it has */
    bool away;          /* the client has reported that the user is not at the device */
    bool address_saved; /* of the connection that it is on now */
    uint8_t part_count;
    uint64_t sent;        /* every message up to this id has been sent or is not for it */
    uint64_t probe;       /* the number of the one that is out, or 0 */
    struct link unprobed; /* in core->probes or probes_now: sent > received, no probe out */
    struct user *user;
    struct conn *conn; /* NULL: only parts are connected */
    uint8_t token[CW_TOKEN_LEN];
    unsigned membership_count;
    uint64_t features;
    uint64_t received; /* ... and proved to have been received */
    uint64_t missed;   /* the last one that was not fanned out to it, catching up */
    uint64_t reading;  /* cookie of the page that is awaited; other pages are ignored */
    struct link parts; /* connections beside it */
    struct membership *memberships;
    struct link of_user; /* in user->sessions */
    uint64_t probe_sent; /* `sent` at the time of the probe */
    uint64_t probed_ms;
    struct link unsaved; /* in core->saves */
    struct link touched; /* in core->touches, by the time of the last save */
    uint64_t saved_ms;
    uint64_t generation;     /* in the store: other servers may have later ones */
    uint64_t asked_ms;       /* when something last came from it */
    uint64_t audience;       /* the last one that it was counted into (presence.c) */
    struct pending *pending; /* or NULL */
};

/* Data for the things that an attached session waits for, which most do not need. It is freed with
 * the connection. */
struct pending {
    struct session *session;
    struct link page_wait;    /* in core->page_waits: its page could not be read */
    uint64_t retry_ms;        /* when it is asked for again */
    struct receipt *receipts; /* oldest first; NULL until there is one */
    unsigned receipt_count;
    /* Notices (notice.c): the newest one at the store since the session was attached; the newest
     * that was sent; the newest that the pending probe covers; the cookie of the request for them.
     * 0: none. */
    uint64_t notice_newest, notice_told, notice_probed, notice_reading;
    uint64_t *said; /* own.c: ids of messages that its connection sent while it was catching up,
                       ascending */
    unsigned said_count, said_capacity;
};

/* The session of this link of user->sessions, NULL at the end. */
static inline struct session *cw_session_at(const struct link *sessions, struct link *link)
{
    return link == sessions ? NULL : CW_LINK_OWNER(link, struct session, of_user);
}
/* For each session of a user. The body must not end that session. */
#define CW_EACH_SESSION(session, user)                                                             \
    for (struct session *session = cw_session_at(&(user)->sessions, (user)->sessions.next);        \
         session != NULL; session = cw_session_at(&(user)->sessions, session->of_user.next))

struct session *cw_session_find(const struct cw_core *core, uint64_t id);
/* Makes it when it is first needed. */
struct pending *cw_session_pending(struct session *session);
/* Frees it. */
void cw_session_forget_pending(struct session *session);
/* May an update that is not stored, and needs this feature, be sent to it now? */
bool cw_session_takes(const struct session *session, uint64_t feature);

#endif
