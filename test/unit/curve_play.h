/* curve_play.h - a server's end of a connection by CURVE, played octet by octet with the client of
 * curve_manual.h: what it reports and answers, in the handshake and afterwards. */
#ifndef CW_TEST_UNIT_CURVE_PLAY_H
#define CW_TEST_UNIT_CURVE_PLAY_H

#include "curve_manual.h"
#include "curve_pair.h"

#define METADATA cw_slice_of(DEALER, sizeof DEALER - 1)

/* A server's side, and the bytes of a client for it. */
struct play {
    struct side server;
    struct manual client;
    struct cw_buf in;
    uint64_t nonce; /* of the server's last command that was read; 0: before READY */
};

void begin_play(struct play *play);
void end_play(struct play *play);

/* Gives the client's bytes to the server. */
void tell_play(struct play *play);
void tell_in_pieces(struct play *play, size_t piece);

/* Runs the handshake up to INITIATE, which is not given to the server yet. */
void begin_initiate(struct play *play);

/* Runs the whole handshake. */
void begin_ready(struct play *play, struct cw_slice metadata);

/* Asserts that the server fails with this reason and sends nothing more. ("SHALL NOT send an ERROR
 * command") */
void refused(struct play *play, const char *reason);

/* Asserts the server's next MESSAGE. */
void assert_says(struct play *play, uint8_t flags, struct cw_slice body);

#define CLOSED_HELLO   "HELLO does not open: the peer has another server key"
#define INITIATE_AT    9 /* where its body begins in a long frame */
#define FOREIGN_COOKIE "the cookie of INITIATE is not of this connection"

#endif
