/* node.h - this server among those on one database: its row in `nodes`, with an epoch and the
 * version of its program, and a lease by the database's clock. Called by link.c, schema.c,
 * backend.c, bell.c and arrive.c.
 *
 * The lease is in a table of its own, `node_leases`: a batch that waits for a standby has the row
 * in `nodes` locked for as long.
 *
 * Who has the row's lock has the number; it goes with the connection. A server that stands still
 * keeps its lock: after its lease another one may take the number, and with it the next epoch, and
 * then nothing of the first can be committed any more. */
#ifndef CW_STORE_POSTGRES_NODE_H
#define CW_STORE_POSTGRES_NODE_H

#include "store/postgres/connection.h"

/* What a server knows of itself; a part of struct cw_postgres (link.h). */
struct cw_postgres_node {
    const char *url;
    PGconn *conn;     /* the one that has the lock */
    unsigned number;  /* from 1 */
    bool others;      /* there were other servers when it started */
    uint64_t epoch;   /* as taken last; 0: not yet */
    uint64_t process; /* a random number, which no other process has; 0: not yet known */
    bool moves;       /* it brings a community (store/move.h): nobody else ends it */
    bool unfinished;  /* chinwagctl finish-upgrade is to be called */
    /* Or NULL: is told the socket of the connection that is waited for; -1: none any more. */
    void (*connected)(void *context, int socket);
    void *connected_context;
    /* Or NULL: called while a commit waits. */
    void (*wait)(void *context);
    void *wait_context;
};

/* The sentence for a server whose database another one has taken. */
#define CW_POSTGRES_TAKEN                                                                          \
    "Another server has taken over the database in `store`: this one has ended, and wrote "        \
    "nothing "                                                                                     \
    "since"

/* The same for one whose version the tables are not for any more. */
#define CW_POSTGRES_OLD                                                                            \
    "The upgrade of the database in `store` was finished, and this program, chinwagd " CW_VERSION  \
    ", is too old for it: start the version of the other servers"

/* How long a server has its number without a sign of life, which it gives each CW_POSTGRES_LOOK_MS.
 */
#define CW_POSTGRES_LEASE   "15 s"
#define CW_POSTGRES_LOOK_MS 2000
/* Has a server with another number (%u) than this one a lease? */
#define CW_POSTGRES_OTHER_LEASE                                                                    \
    "SELECT 1 FROM chinwag.node_leases WHERE lease > clock_timestamp() AND id <> %u"

/* So long a lock of PostgreSQL is waited for: what another transaction holds longer is asked for
 * again, or refused. */
#define CW_POSTGRES_LOCK_WAIT "1 s"

/* Gives the process its number. */
void cw_postgres_node_begin(struct cw_postgres_node *node);

/* Tells node->connected of it; NULL: before it is closed. */
void cw_postgres_node_connected(const struct cw_postgres_node *node, const PGconn *conn);

/* On a new connection: takes the lock. False with a sentence: another server has the number. */
bool cw_postgres_node_lock(struct cw_postgres_node *node, char error[256]);
/* Takes the next epoch and a lease; the batch that was committed last. False with a sentence:
 * another server has taken it since, or the connection is lost: then the epoch may be taken all the
 * same, and the row has the process's number. */
bool cw_postgres_node_take(struct cw_postgres_node *node, uint64_t *last_batch, char error[256]);

/* Extends the lease of this process by so much (an expression of PostgreSQL) from now. False: the
 * connection is lost. Who has lost the row learns it when it commits, or looks. */
bool cw_postgres_node_extend(const struct cw_postgres_node *node, PGconn *conn, const char *lease,
                             char error[256]);
#define CW_POSTGRES_NEXT_LEASE "clock_timestamp() + interval '" CW_POSTGRES_LEASE "'"

/* Servers start one after the other: between these two calls no other one does, so who waits for
 * the first one has no lock yet that others would see. */
struct cw_postgres_start; /* a connection that has the lock of that */
struct cw_postgres_start *cw_postgres_start_begin(const struct cw_postgres_node *node,
                                                  char error[256]);
PGconn *cw_postgres_start_connection(struct cw_postgres_start *start);
void cw_postgres_start_end(struct cw_postgres_start *start);

/* Between them, on the node's connection. Sets node->others: do others run? False: trouble. */
bool cw_postgres_node_ask_others(struct cw_postgres_node *node, char error[256]);
/* Then: the same, also of such as are just without a connection. */
bool cw_postgres_node_others(const struct cw_postgres_node *node);
/* False with a sentence: a server runs whose program is of a version before this one. */
bool cw_postgres_node_none_older(PGconn *conn, int version, char error[256]);
/* Numbers and processes of other servers that run, and have a connection now. To be cleared; NULL:
 * trouble. */
PGresult *cw_postgres_node_running(const struct cw_postgres_node *node, char error[256]);
/* Names are those of the schema of the tables. */
bool cw_postgres_use_schema(PGconn *conn, char error[256]);

#endif
