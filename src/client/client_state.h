/* client_state.h - the state of a client, for client_core.c, client_input.c, client_answers.c and
 * client_link.c, which change it. Loop thread only. */
#ifndef CW_CLIENT_CLIENT_STATE_H
#define CW_CLIENT_CLIENT_STATE_H

#include "base/line.h"
#include "client/client_backoff.h"
#include "client/client_events.h"
#include "client/client_outbox.h"
#include "client/client_phase.h"
#include "client/client_sent.h"

#define CW_CLIENT_REASON_MAX 256

/* A request that was sent. A message with a number `n` is kept, since it can be sent again. */
struct asked {
    int64_t number;
    enum cw_action action;
    struct cw_outbox_request *kept; /* or NULL */
    uint64_t sent_ms;
    size_t n; /* bytes of a file that it is about: cw_client_file_bytes */
};

/* Bytes of files in one direction. */
struct transfers {
    struct cw_line line;
    size_t under_way; /* up to their answers */
};

struct cw_client {
    bool plain, beside, tells_reports; /* as configured */
    uint64_t features;
    struct cw_buf client_name;
    enum cw_client_state state;

    /* the connection */
    struct cw_framer *framer; /* NULL while there is no connection */
    enum cw_client_proof proof;
    bool bad_key_told;
    bool others; /* the host has addresses that were not tried yet */
    struct cw_buf in;
    size_t in_used;
    bool more;              /* the framer may have an event left, even without input */
    struct cw_buf unsealed; /* what was written, until cw_client_seal */
    struct cw_buf out;      /* bytes of the wire; after its end the last ones of a connection */
    size_t out_sent;
    size_t answers_n; /* bytes of the framer's own in `out`: answers to PINGs */
    bool ended;       /* the transport is gone; `in` may hold more */
    int ended_code;   /* of the event that reports it */
    char reason[CW_CLIENT_REASON_MAX];
    uint64_t retry_at_ms;   /* WAITING: not before */
    uint64_t answer_by_ms;  /* after this time the attempt, with this address, has failed */
    uint64_t connect_by_ms; /* ..., with all addresses */
    unsigned connect_ms;    /* how long an attempt may take, */
    unsigned silence_ms;    /* ... and the server may say nothing */
    uint64_t last_input_ms; /* when the server was heard last */
    bool pinged;            /* since then */
    struct cw_backoff backoff;

    /* the session */
    struct cw_buf username;
    struct cw_buf token;   /* empty: none */
    bool moved;            /* another connection has the session; only the program can take it
                              back */
    bool knows_attach;     /* the server has answered one */
    bool in_call;          /* as the server has answered; until this connection ends */
    int64_t attach_number; /* the attach that the program has requested; 0: none */
    struct cw_buf seen_by; /* the user of `seen`; empty: the next user who logs in */
    bool has_seen;
    uint64_t seen;         /* highest message id handed out */
    struct cw_buf db, era; /* the database of that id, as the server said last; empty: unknown */
    struct cw_client_sent sent;
    uint64_t announced; /* highest number of an announcement that was handed out */

    /* the way of datagrams: cw_client_way */
    uint64_t call_id; /* of the join that is in effect; 0: packets go as call_data */
    unsigned way_number;
    struct cw_buf way_at, way_key;
    struct client_report {
        uint64_t at_ms;
        unsigned lost; /* percent of what this user says */
        size_t name_n; /* 0: none */
        uint8_t name[CW_NAME_MAX];
    } reports[CW_CALL_MEMBERS_LIMIT]; /* of listeners: client_reports.c */
    size_t listeners;                 /* as the server said last, with a report; 0: it did not */

    /* requests */
    int64_t last_number;
    uint64_t part;   /* the part that the numbers belong to */
    uint64_t last_n; /* the last number `n` of a message */
    struct cw_outbox outbox;
    struct cw_outbox files; /* chunks, which others overtake, and what may not overtake them */
    struct transfers uploads, fetches;
    struct asked asked[CW_REQUESTS_IN_FLIGHT_MAX]; /* a ring, oldest at asked_first */
    size_t asked_first;
    size_t asked_count;

    struct cw_client_events events;
    size_t kept_n; /* bytes of input since the events were all taken */
};

static inline void cw_client_set(struct cw_buf *buf, struct cw_slice s)
{
    buf->n = 0;
    cw_buf_append(buf, s.p, s.n);
}

static inline bool cw_client_has_session(const struct cw_client *c)
{
    return c->token.n != 0 && !c->moved;
}

static inline bool cw_client_logs_in(enum cw_action action)
{
    return action == CW_LOGIN || action == CW_LOGIN_BY_LINK;
}

static inline bool cw_client_needs_session(enum cw_action action)
{
    return action != CW_REGISTER && action != CW_SET_PASSWORD && !cw_client_logs_in(action) &&
           action != CW_ATTACH;
}

/* A message that has a number was sent, or has one of the program's own, and can be sent again. */
static inline bool cw_client_was_sent(const struct cw_outbox_request *request)
{
    return request != NULL && (request->msg.extras.present & CW_BIT(CW_X_N)) != 0;
}

/* The bytes of a file that a request sends or asks for; 0: it does not. */
static inline size_t cw_client_file_bytes(const struct cw_msg *msg)
{
    return msg->action == CW_UPLOAD_CHUNK ? msg->bytes.n
           : msg->action == CW_FETCH_FILE ? (size_t)msg->extras.limit
                                          : 0;
}

static inline struct transfers *cw_client_transfers(struct cw_client *c, enum cw_action action)
{
    return action == CW_UPLOAD_CHUNK ? &c->uploads : &c->fetches;
}

/* --- client_link.c: the connection, its end and its output --------------------------------- */

/* The oldest request that awaits its answer, taken out. */
struct asked cw_client_take_asked(struct cw_client *c);
/* Ends the connection without a report: what this side sends last is in `out`. */
void cw_client_end(struct cw_client *c);
/* Ends the connection and reports it; `code`: of the event, besides the reason. A handshake that
 * has failed is not reported while the host has other addresses, unless it showed a wrong key. */
void cw_client_disconnect_with(struct cw_client *c, int code, const char *reason, uint64_t now_ms);
void cw_client_disconnect(struct cw_client *c, const char *reason, uint64_t now_ms);
/* The server sent something unexpected, or nothing: it may not know `attach`. */
void cw_client_disconnect_misunderstood(struct cw_client *c, const char *reason, uint64_t now_ms);
/* Makes bytes of the wire of what was written into `unsealed`: after each thing that writes, so
 * that a long message is sealed alone. */
void cw_client_seal(struct cw_client *c);
void cw_client_put_message(struct cw_client *c, const struct cw_msg *msg);
/* The same, and its answer is awaited. `kept` (or NULL) belongs to the client from now on. */
void cw_client_put_request(struct cw_client *c, int64_t number, const struct cw_msg *msg,
                           struct cw_outbox_request *kept, uint64_t now_ms);
void cw_client_put_attach(struct cw_client *c, uint64_t now_ms);
/* The map of login and attach. */
struct cw_extras cw_client_session_extras(const struct cw_client *c, struct cw_slice username);

/* --- client_step.c --------------------------------------------------------------------------- */

/* Something is done that needs memory: between these two it may be missing. */
struct cw_client_step {
    size_t events;
    uint64_t seen;
    bool has_seen;
    uint64_t announced;
};
struct cw_client_step cw_client_begin_step(const struct cw_client *c);
void cw_client_end_step(struct cw_client *c, struct cw_client_step step, uint64_t now_ms);

/* --- client_answers.c ------------------------------------------------------------------------ */

/* A message of the server: a response or an update. */
void cw_client_take_message(struct cw_client *c, struct cw_slice body, uint64_t now_ms);

#endif
