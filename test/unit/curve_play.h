/* curve_play.h - a server's end of a handshake of CURVE, played octet by octet: what it answers,
 * what it costs, and which secrets it leaves in freed memory. For the tests of the handshake. */
#ifndef CW_TEST_UNIT_CURVE_PLAY_H
#define CW_TEST_UNIT_CURVE_PLAY_H

#include "curve_manual.h"
#include "curve_pair.h"

#define METADATA cw_slice_of(DEALER, sizeof DEALER - 1)

extern unsigned multiplied; /* multiplications on the curve: most of a handshake's cost */
extern uint8_t secrets[16][CW_CURVE_KEY_N]; /* secret keys since the last setup */
extern size_t secret_count;
extern unsigned left; /* how often freed memory contained a secret */

/* A server's side, and the bytes of a client for it. */
struct play {
    struct side server;
    struct manual client;
    struct cw_buf in;
};

int setup(void **state);
void begin_play(struct play *play);
void end_play(struct play *play);

/* Gives the client's bytes to the server. */
void tell_play(struct play *play);

/* Runs the handshake up to INITIATE, which is not given to the server yet. */
void begin_initiate(struct play *play);

/* Asserts that the server fails with this reason and sends nothing more. */
void refused(struct play *play, const char *reason);

#define CLOSED_HELLO   "HELLO does not open: the peer has another server key"
#define INITIATE_AT    9 /* where its body begins in a long frame */
#define FOREIGN_COOKIE "the cookie of INITIATE is not of this connection"

#endif
