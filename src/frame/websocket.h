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

/* The first event is READY, with the first input, be it empty. `random`: of a client's masks; a
 * server needs none. */
struct cw_framer *cw_websocket_create(enum cw_framer_role role, uint32_t message_max,
                                      cw_random random);

#endif
