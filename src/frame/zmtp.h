/* zmtp.h - the framer of ZMTP 3.0 and 3.1, NULL mechanism, for both ends of a
 * connection. CURVE will be a second mechanism behind it.
 *
 * Specification: ZeroMQ RFC 23/ZMTP 3.0 and RFC 37/ZMTP 3.1. ZMTP 1 and 2 are not supported. The
 * server announces ROUTER, the client DEALER. */
#ifndef CW_FRAME_ZMTP_H
#define CW_FRAME_ZMTP_H

#include "frame/framer.h"

struct cw_zmtp {
    struct cw_framer framer;
    uint32_t skip_left; /* bytes of a frame still to be skipped */
    uint8_t role;
    uint8_t state;
    uint8_t frames;    /* frames of the current message so far */
    bool skipping : 1; /* inside a message that is being refused ... */
    bool silent : 1;   /* ... and is not reported at its end */
    bool judged : 1;   /* the message that begins here has been reported as HEAD */
};

/* A server sends nothing until the peer's first octet is that of a greeting; a peer that sends HTTP
 * gets an answer in HTTP that explains this port. Commands have at most CW_ZMTP_COMMAND_MAX
 * bytes. */
struct cw_framer *cw_zmtp_create(enum cw_framer_role role, uint32_t message_max);

/* The same in the caller's memory, and its end. */
void cw_zmtp_init(struct cw_zmtp *z, enum cw_framer_role role, uint32_t message_max);
void cw_zmtp_finish(struct cw_zmtp *z);

#endif
