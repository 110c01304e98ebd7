/* curve_pair.h - a server's framer and a client's that speak CURVE with each other, what
 * each has said and heard, and randomness that is the same in each run: for tests of CURVE.
 *
 * What a framer says goes through cw_framer_seal, as the server's queue does it. */
#ifndef TEST_CURVE_PAIR_H
#define TEST_CURVE_PAIR_H

#include "frame/zmtp.h"

#define MESSAGE_MAX 300
#define JUDGED_MAX  5000

/* One end of a connection. */
struct side {
    struct cw_framer *framer;
    struct cw_buf out;    /* in plain form, what waits to be sealed */
    struct cw_buf wire;   /* bytes of the wire, for the peer */
    struct cw_buf events; /* text, a line an event */
    bool failed;
};

struct pair {
    struct side server, client;
};

extern struct cw_curve_server server_keys;
extern struct cw_curve_client client_keys;
extern unsigned begun;     /* how often may_begin has been asked */
extern bool may_not_begin; /* what it answers then */

/* Fills in both, each time with others, by a generator that begins anew with each process. */
void make_keys(void);
void test_random(void *bytes, size_t n);

/* A server's end that offers CURVE, also NULL if `plaintext`; a client's. */
void open_server(struct side *side, bool plaintext);
void open_client(struct side *side);
void close_side(struct side *side);

void open_pair(struct pair *pair);
void close_pair(struct pair *pair);

/* Puts bytes in, in pieces of at most `piece`, from blocks of just their size; notes events. */
void hear(struct side *side, struct cw_slice bytes, size_t piece);

/* Moves what waits from `out` to `wire`. */
void seal(struct side *side);

/* Lets both speak until neither has anything to say. */
void talk(struct pair *pair, size_t piece);

/* Queues a message, or an answer to a REQ socket; a command in plain form. */
void say(struct side *side, struct cw_slice body, bool envelope);
void say_text(struct side *side, const char *text);

/* What was noted since the last call. */
void assert_heard(struct side *side, const char *events);

/* A pair after its handshake. */
void open_ready(struct pair *pair);

#endif
