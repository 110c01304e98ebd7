/* curve_pair.h - a server's and a client's framer that are connected by CURVE, the bytes and
 * events of each, and random bytes that are the same in each run: for tests of CURVE.
 *
 * Output goes through cw_framer_seal, as in the server's queue. */
#ifndef TEST_CURVE_PAIR_H
#define TEST_CURVE_PAIR_H

#include "frame/zmtp.h"

#define MESSAGE_MAX 300
#define JUDGED_MAX  5000

#define GREETING 64 /* octets */
#define ALL      SIZE_MAX
#define DEALER   "\x0bSocket-Type\0\0\0\6DEALER"

/* One end of a connection. */
struct side {
    struct cw_framer *framer;
    struct cw_buf out;    /* plain output that is not sealed yet */
    struct cw_buf wire;   /* sealed output, for the peer */
    struct cw_buf events; /* text, one line for each event */
    bool failed;
};

struct pair {
    struct side server, client;
};

extern struct cw_curve_server server_keys;
extern struct cw_curve_client client_keys;
extern unsigned begun;     /* calls of may_begin */
extern bool may_not_begin; /* may_begin returns false */

/* Makes new keys for both sides, by a generator that starts with the same state in each
 * process. */
void make_keys(void);
void test_random(void *bytes, size_t n);

/* Creates a server's side that accepts CURVE, and NULL if `plaintext`; a client's side. */
void open_server(struct side *side, bool plaintext);
void open_client(struct side *side);
void close_side(struct side *side);

void open_pair(struct pair *pair);
void close_pair(struct pair *pair);

/* Gives bytes to the framer in pieces of at most `piece`, each in a block of exactly its size, and
 * records the events. */
void hear(struct side *side, struct cw_slice bytes, size_t piece);

/* Seals `out` into `wire`. */
void seal(struct side *side);

/* Exchanges bytes until neither side has output. */
void talk(struct pair *pair, size_t piece);

/* Queues a message, or an answer to a REQ socket; a command in plain form. */
void say(struct side *side, struct cw_slice body, bool envelope);
void say_text(struct side *side, const char *text);

/* Asserts the events that were recorded since the last call. */
void assert_heard(struct side *side, const char *events);

/* A pair after its handshake. */
void open_ready(struct pair *pair);

#endif
