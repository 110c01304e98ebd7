/* websocket.h - the framer of WebSocket (RFC 6455) after the HTTP upgrade, for both ends of a
 * connection. One binary WebSocket message is one message. No extension is supported.
 *
 * A text message that is not UTF-8 fails the connection. A valid one is reported with `text`; the
 * owner closes the connection, and cw_framer_close then sends the code 1003. So the framer
 * implements all of RFC 6455, and tests can echo texts.
 *
 * A client's frames are masked by a random key. So the client's type has `seal`, and its plain
 * output (cw_framer_header, `out`) has the form of a server's frames.
 *
 * Callers: http.c and websocket_client.c, after the opening handshake. */
#ifndef CW_FRAME_WEBSOCKET_H
#define CW_FRAME_WEBSOCKET_H

#include "base/random.h"
#include "frame/framer.h"

struct cw_websocket {
    struct cw_framer framer;
    cw_random random;
    uint32_t message_n;  /* received bytes of the message */
    uint32_t fragments;  /* of the message so far */
    uint32_t valid_n;    /* a text: so many of them were checked as UTF-8 */
    uint32_t frame_left; /* bytes of the data frame that are still to come */
    uint32_t mask;       /* for the next of them, in the order of memory; 0: none */
    uint8_t role;
    uint8_t state;
    bool in_message : 1; /* a message is incomplete */
    bool in_frame : 1;   /* the header of a data frame was received, and not all of its bytes */
    bool last_frame : 1; /* ... and it is the message's last */
    bool text : 1;       /* the message, or the last one, is a text */
    bool judged : 1;     /* the message was reported as HEAD */
    bool skipping : 1;   /* ... and refused: its bytes are not kept */
};

/* The first call of cw_framer_input reports READY, also for an empty input. `random` makes a
 * client's masks; a server's is NULL. */
struct cw_framer *cw_websocket_create(enum cw_framer_role role, uint32_t message_max,
                                      cw_random random);

/* The same in the caller's memory: so the framer of the opening handshake, whose struct begins
 * with this one, becomes the framer of WebSocket. */
void cw_websocket_init(struct cw_websocket *ws, enum cw_framer_role role, uint32_t message_max,
                       cw_random random);

#endif
