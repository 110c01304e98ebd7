/* websocket.h - the framer of WebSocket (RFC 6455), for both ends of a connection: what is
 * spoken after the HTTP upgrade, which is not its business. One binary WebSocket message is one
 * message. No extension is spoken.
 *
 * A text message is valid UTF-8 or the connection fails; it is reported as such, and its owner,
 * who has no use for it, closes the connection: cw_framer_close says 1003 then. So the framer
 * knows all of RFC 6455, which can be tested, and not what messages are for.
 *
 * A client's frames are masked, with a key that is not known before: its type has `seal`, and
 * what it says in plain form (cw_framer_header, `out`) is the same as a server's frames.
 *
 * Callers: the framers of HTTP's both ends. */
#ifndef CW_FRAME_WEBSOCKET_H
#define CW_FRAME_WEBSOCKET_H

#include "base/random.h"
#include "frame/framer.h"

struct cw_websocket {
    struct cw_framer framer;
    cw_random random;
    uint32_t message_n;  /* bytes of the message that have come */
    uint32_t valid_n;    /* of a text: so many are valid UTF-8 */
    uint32_t frame_left; /* bytes of the data frame that are still to come */
    uint32_t mask;       /* of the next of them, as it lies in memory; 0: none */
    uint8_t role;
    uint8_t state;
    bool in_message : 1; /* a message has begun, and its last frame has not come whole */
    bool in_frame : 1;   /* the header of a data frame has come, and not all of its bytes */
    bool last_frame : 1; /* ... and it is the message's last */
    bool text : 1;       /* the message, or the last one, is a text */
    bool judged : 1;     /* it has been reported as HEAD */
    bool skipping : 1;   /* it was refused then, and its bytes are not kept */
};

/* The first event is READY, with the first input, be it empty. `random`: of a client's masks; a
 * server needs none. */
struct cw_framer *cw_websocket_create(enum cw_framer_role role, uint32_t message_max,
                                      cw_random random);

/* The same in the caller's memory: so the framer of a handshake, which begins with this struct,
 * becomes the framer of what follows. */
void cw_websocket_init(struct cw_websocket *ws, enum cw_framer_role role, uint32_t message_max,
                       cw_random random);

#endif
