/* node.h - this server among those on one database: its row in `nodes`, with an epoch and a lease
 * by the database's clock. Called by link.c, schema.c, backend.c and arrive.c.
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
    PGconn *conn;    /* the one that has the lock */
    unsigned number; /* from 1 */
    bool others;     /* there were other servers when it started */
    uint64_t epoch;  /* as taken last; 0: not yet */
    bool moves;      /* it is chinwagd --migrate: nobody else ends it */
};

/* The sentence for a server whose database another one has taken. */
#define CW_POSTGRES_TAKEN                                                                          \
    "Another server has taken over the database in `store`: this one has ended, and wrote "        \
    "nothing "                                                                                     \
    "since"

/* How long a server has its number without a sign of life, which it gives each CW_POSTGRES_LOOK_MS.
 */
#define CW_POSTGRES_LEASE   "10 s"
#define CW_POSTGRES_LOOK_MS 2000

/* On a new connection: takes the lock. False with a sentence: another server has the number. */
bool cw_postgres_node_lock(struct cw_postgres_node *node, char error[256]);
/* Takes the next epoch and a lease; the batch that was committed last. False with a sentence:
 * another server has taken it since, or the connection is lost. */
bool cw_postgres_node_take(struct cw_postgres_node *node, uint64_t *last_batch, char error[256]);

/* Servers start one after the other: between these two calls no other one does. In between
 * node->others says whether there are others. */
struct cw_postgres_start; /* a connection that has the lock of that */
struct cw_postgres_start *cw_postgres_start_begin(struct cw_postgres_node *node, char error[256]);
void cw_postgres_start_end(struct cw_postgres_start *start);
/* False with a sentence: there are others, which would meet tables that they do not know. */
bool cw_postgres_alone(struct cw_postgres_node *node, char error[256]);

#endif
