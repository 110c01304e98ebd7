/* link.h - the connection to PostgreSQL, and what its outcomes mean for a batch. libpq's API is
 * used by the files of this folder alone.
 *
 * A batch is one transaction, which ends with the number of the batch in this server's row of the
 * table `nodes`, where its epoch also stands. Who opens the database takes the next epoch; so what
 * an older connection sends can no more be committed, and after a lost connection that row tells
 * whether the last COMMIT was carried out. */
#ifndef CW_STORE_POSTGRES_LINK_H
#define CW_STORE_POSTGRES_LINK_H

#include <stdatomic.h>

#include "base/buf.h"
#include "store/postgres/connection.h"
#include "store/postgres/dialect.h"
#include "store/postgres/node.h"

struct cw_sqlite; /* ../sqlite/state.h */

#define CW_POSTGRES_PARAMETERS 24

/* A statement, prepared with its first run on a connection. */
struct cw_postgres_statement {
    int which;
    uint64_t prepared_on; /* the connection's number; 0: on none */
    Oid types[CW_POSTGRES_PARAMETERS];
    const char *values[CW_POSTGRES_PARAMETERS];
    int lengths[CW_POSTGRES_PARAMETERS];
    int formats[CW_POSTGRES_PARAMETERS];
    uint8_t numbers[CW_POSTGRES_PARAMETERS][8];
    PGresult *rows; /* NULL: it is not running */
    int row;        /* where it stands */
};

/* What was bound in some runs, a column each, in the binary form of PostgreSQL's bigint[] (many.h).
 */
#define CW_POSTGRES_MANY_PARAMETERS 3
struct cw_postgres_gathered {
    unsigned rows;
    struct cw_buf columns[CW_POSTGRES_MANY_PARAMETERS];
};

enum { CW_POSTGRES_PAST_NUMBERS = 10 }; /* from `newest` to `until_ms`, CW_POSTGRES_NEWS */

/* The last of each kind that was read of others (past.h). What this server has written itself needs
 * no such proof: the number of its last batch tells (link.h). */
struct cw_postgres_past {
    uint64_t judged_on; /* the connection's number */
    uint64_t message_id, seq, time_ms;
    uint64_t news, numbers[CW_POSTGRES_PAST_NUMBERS];
};

/* What was asked ahead: ahead.c. */
struct cw_postgres_ahead {
    struct cw_postgres_asked *asked;
    size_t count, capacity, answered;
};

/* A session that another server has ended: all of the user but this one, or (user_id 0) this one.
 * `at` as in store_news.h. */
struct cw_postgres_ended {
    uint64_t at, user_id, session_id;
};
#define CW_POSTGRES_ENDED 256

struct cw_postgres {
    char *url;
    struct cw_postgres_node node;
    PGconn *conn;       /* NULL: there is none */
    uint64_t number;    /* grows when prepared statements are gone: from 1 */
    uint64_t batch;     /* of the last transaction that wrote and was committed */
    uint64_t tried_ms;  /* when a connection failed to come about; 0: it did */
    bool begun;         /* a transaction is open there */
    bool wrote;         /* ... in which something was written */
    bool cut;           /* the connection was lost since */
    bool failed;        /* a statement failed since, behind which none was carried out */
    bool warned;        /* PostgreSQL has warned since the last statement was sent */
    bool locked;        /* a lock was not to be had in time, and the transaction is undone */
    bool impatient;     /* what is asked is soon answered: whatever takes longer is lost */
    bool held_up;       /* nothing could be written since a lock was not to be had */
    char warning[160];  /* its words */
    char why_away[256]; /* why there was no connection, as logged last; "": there is one */
    uint64_t last_id, changes;
    uint64_t news, told; /* the last row of `news` that is known here; how many of the transaction's
                            own there are behind it */
    struct cw_postgres_ended ended[CW_POSTGRES_ENDED]; /* a ring of the last ones */
    size_t ended_count;                                /* in all */
    bool changed; /* the transaction has changed what others count (stored.c) */
    uint64_t
        named_ms; /* from when on names of who has gone are taken out of `news`; 0: none is there */
    /* Of its rows: up to this one they are out; up to that one they go then; the last one. */
    uint64_t named_from, named_to, named_last;
    uint64_t forgotten; /* rows of `news` up to this one need not be removed any more */
    uint64_t unmoved;   /* messages of others that the indexes have since a run was moved */
    struct cw_postgres_bell *bell;       /* or NULL */
    struct cw_postgres_leases *leases;   /* of calls */
    struct cw_postgres_reading *reading; /* news.c */
    struct cw_postgres_ahead ahead;
    struct cw_postgres_past past;
    _Atomic uint64_t looked_ms; /* when it was looked for news last */
    struct cw_postgres_phrase phrases[CW_SQL_COUNT];
    struct cw_postgres_statement statements[CW_SQL_COUNT];
    struct cw_postgres_gathered gathered[CW_SQL_COUNT];
    bool gathers; /* one of them may have something */
};

/* Where all servers together are. */
struct cw_postgres_position {
    uint64_t newest, news; /* the last message, the last row of `news` */
    uint64_t search_to, stored_to;
};

struct cw_postgres *cw_postgres_of(const struct cw_sqlite *s);

/* sql.c. BEGIN: `writing`, and no other server writes until it is over; else what is read is of one
 * moment. False: trouble. */
bool cw_postgres_begin(struct cw_sqlite *s, bool writing, struct cw_postgres_position *at);
/* A number in a result in binary form. */
uint64_t cw_postgres_number(const PGresult *rows, int row, int column);

/* It is not running any more. */
void cw_postgres_clear(struct cw_postgres_statement *st);

/* The sentence for a PostgreSQL that has not all of what it had committed. */
#define CW_POSTGRES_LOST                                                                           \
    "PostgreSQL has lost what it had committed, as a standby that lagged behind has: what was "    \
    "acknowledged last is not there"

/* Nothing goes on from here: s->trouble is FAILED, for this reason. */
void cw_postgres_fail(struct cw_sqlite *s, const char *why);

/* Connects, and sees that the server is one on which messages last; false with a sentence. */
bool cw_postgres_connect(struct cw_postgres *pg, char error[256]);
void cw_postgres_disconnect(struct cw_postgres *pg);

/* Takes the next epoch (cw_postgres_node_take). It is a commit of its own: what was committed
 * before it, and may be seen or told from now on, is then at the standbys, too. */
bool cw_postgres_take(struct cw_postgres *pg, uint64_t *last_batch, char error[256]);

/* Statements of the moment, in text form, one round trip. NULL: trouble, for which there is
 * `error`. To be cleared. */
PGresult *cw_postgres_ask(struct cw_postgres *pg, const char *sql, char error[256]);
bool cw_postgres_exec(struct cw_postgres *pg, const char *sql, char error[256]);

/* After a lost connection: a new one, with the next epoch, for at most so long; for
 * requests only shortly when it has been away before. s->trouble is FAILED when it can never be. */
bool cw_postgres_come_back(struct cw_sqlite *s, uint64_t patience_ms, uint64_t *last_batch);
#define CW_POSTGRES_PATIENCE_MS 5000  /* of requests */
#define CW_POSTGRES_UNKNOWN_MS  30000 /* when it is not known whether a batch was committed */
#define CW_POSTGRES_PAUSE_MS    500
/* When an answer that takes no work is taken for lost: after a lock could not be had. */
#define CW_POSTGRES_ANSWER_MS (2 * CW_POSTGRES_PATIENCE_MS)

/* Hands a statement of the moment to libpq, for an answer in binary form; false: that failed. */
bool cw_postgres_send(struct cw_postgres *pg, const char *sql);
/* The same for a statement with what is bound to it, from parameter 1 on: values in binary form,
 * with PostgreSQL's number of their type. */
enum { CW_POSTGRES_INT8 = 20 };
void cw_postgres_bind(struct cw_postgres_statement *st, int parameter, Oid type,
                      struct cw_slice bytes);
void cw_postgres_bind_number(struct cw_postgres_statement *st, int parameter, uint64_t value);
void cw_postgres_bind_bytes(struct cw_postgres_statement *st, int parameter, struct cw_slice bytes);
bool cw_postgres_send_statement(struct cw_postgres *pg, struct cw_postgres_statement *st);
/* Waits for the answers to all that was sent. The last one, to be cleared, if all were good; else
 * NULL, with trouble or a cut connection. Meanwhile what waits behind the batch is answered
 * (store_thread.h). */
PGresult *cw_postgres_receive(struct cw_sqlite *s);
/* The same for each of them, which `take` is to clear; false: not all were good. */
bool cw_postgres_receive_each(struct cw_sqlite *s, void (*take)(void *context, PGresult *result),
                              void *context);

/* It waits from now on, if it did not before, until an answer is good. */
void cw_postgres_waits(struct cw_sqlite *s);
/* The same at intervals (struct cw_postgres_node): what waits behind it for long is refused. */
void cw_postgres_wait(void *context);

/* What a result (or NULL) that is no success means: sets s->trouble, or pg->cut. */
void cw_postgres_note(struct cw_sqlite *s, const PGresult *result);

#endif
