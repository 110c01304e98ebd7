/* zmtp_curve.h - the mechanism CURVE of the ZMTP framer: the state of such a connection beyond
 * struct cw_zmtp, its handshake, and the frames that it receives and sends sealed.
 * Private to src/frame. */
#ifndef CW_FRAME_ZMTP_CURVE_H
#define CW_FRAME_ZMTP_CURVE_H

#include "frame/curve_slices.h"
#include "frame/curve_traffic.h"
#include "frame/zmtp.h"

struct cw_zmtp_curve {
    const struct cw_curve_server *server; /* NULL: this is the client's side */
    const struct cw_curve_client *client;
    struct cw_curve_handshake *handshake; /* NULL before and after it */
    struct cw_curve_traffic traffic;
    struct cw_box_parts *opening;     /* of a long frame that arrives, or NULL */
    struct cw_curve_sealing *sealing; /* of a long frame that is being sent, or NULL */
    uint32_t unsealed; /* bytes of greeting and handshake not yet passed to cw_zmtp_curve_seal */
    bool plaintext;    /* the peer may choose NULL */
};

/* Wipes the secrets and frees z->curve, which may be NULL. */
void cw_zmtp_curve_finish(struct cw_zmtp *z);

/* After the greeting: the client sends HELLO. */
void cw_zmtp_curve_begin(struct cw_zmtp *z, struct cw_buf *out);

/* Takes a command of the handshake, a sealed frame, or nothing. Returns as the functions of
 * zmtp_traffic.h do. */
bool cw_zmtp_curve_step(struct cw_zmtp *z, struct cw_slice *in, struct cw_buf *out,
                        struct cw_framer_event *event);

/* Implements cw_framer_seal. Bytes of greeting and handshake are not sealed. */
void cw_zmtp_curve_seal(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                        struct cw_buf *sealed);

/* Implements cw_framer_seal_slice. */
bool cw_zmtp_curve_seal_slice(struct cw_framer *framer, const struct cw_slice pieces[],
                              size_t count, struct cw_buf *sealed);

#endif
