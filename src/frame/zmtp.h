/* zmtp.h - the framer of ZMTP 3.0 and 3.1 for both ends of a connection, with the
 * mechanisms NULL (plaintext) and CURVE (encrypted, curve.h).
 *
 * Specification: ZeroMQ RFC 23/ZMTP 3.0, RFC 37/ZMTP 3.1, RFC 25/ZMTP-CURVE and
 * RFC 26/CurveZMQ. ZMTP 1 and 2 are not supported. The server announces ROUTER, the client
 * DEALER. */
#ifndef CW_FRAME_ZMTP_H
#define CW_FRAME_ZMTP_H

#include "frame/curve.h"
#include "frame/framer.h"

struct cw_zmtp {
    struct cw_framer framer;
    uint32_t skip_left; /* bytes of a frame still to be skipped */
    uint8_t role;
    uint8_t state;
    uint8_t frames;              /* frames of the current message so far */
    bool skipping : 1;           /* inside a message that is being refused ... */
    bool silent : 1;             /* ... and is not reported at its end */
    bool judged : 1;             /* the message that begins here was reported as HEAD */
    bool greeted : 1;            /* see cw_zmtp_is_greeted */
    struct cw_zmtp_curve *curve; /* NULL: the mechanism is NULL */
};

/* A server sends nothing until the peer's first octet is that of a greeting. Commands have at
 * most CW_ZMTP_COMMAND_MAX bytes. */
struct cw_framer *cw_zmtp_create(enum cw_framer_role role, uint32_t message_max);

/* For a server's framer, before cw_framer_start: accepts CURVE with these keys, and NULL only if
 * `plaintext`. (Without this call the server accepts only NULL.) A peer with another mechanism is
 * sent a greeting with CURVE, and fails. */
void cw_zmtp_offer_curve(struct cw_framer *framer, const struct cw_curve_server *curve,
                         bool plaintext);

/* For a client's framer, before cw_framer_start: uses the mechanism CURVE only. */
void cw_zmtp_use_curve(struct cw_framer *framer, const struct cw_curve_client *curve);

/* Has the peer's whole greeting of ZMTP 3 been received, and no ERROR since? With CURVE a client
 * whose handshake fails then, before READY, speaks to a peer that did not prove its key: one with
 * another key closes without a word. */
bool cw_zmtp_is_greeted(const struct cw_framer *framer);

/* cw_zmtp_create in the caller's memory, and its end. */
void cw_zmtp_init(struct cw_zmtp *z, enum cw_framer_role role, uint32_t message_max);
void cw_zmtp_finish(struct cw_zmtp *z);

#endif
