/* zmtp_curve.h - the mechanism CURVE of the ZMTP framer: what a connection that may speak it
 * holds beyond struct cw_zmtp, its handshake, and frames that come sealed or are to be.
 * Private to src/frame. */
#ifndef CW_FRAME_ZMTP_CURVE_H
#define CW_FRAME_ZMTP_CURVE_H

#include "frame/curve_traffic.h"
#include "frame/zmtp.h"

struct cw_zmtp_curve {
    const struct cw_curve_server *server; /* or NULL: it is a client's */
    const struct cw_curve_client *client;
    struct cw_curve_handshake *handshake; /* NULL before and after it */
    struct cw_curve_traffic traffic;
    uint32_t unsealed; /* bytes of greeting and handshake that cw_zmtp_curve_seal has not seen */
    bool plaintext;    /* the peer may choose NULL */
};

/* Wipes what is secret, and frees it; a framer may have none. */
void cw_zmtp_curve_finish(struct cw_zmtp *z);

/* After the greeting: the client speaks first. */
void cw_zmtp_curve_begin(struct cw_zmtp *z, struct cw_buf *out);

/* Takes a command of the handshake, or a sealed frame, or nothing. As in zmtp_traffic.h. */
bool cw_zmtp_curve_step(struct cw_zmtp *z, struct cw_slice *in, struct cw_buf *out,
                        struct cw_framer_event *event);

/* cw_framer_seal. What was said before READY passes as it is. */
void cw_zmtp_curve_seal(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                        struct cw_buf *sealed);

#endif
