/* websocket_client.h - a client's framer for the opening handshake of WebSocket (RFC 6455, 4.1),
 * which then becomes the framer of frame/websocket.h.
 *
 * Callers: src/client. */
#ifndef CW_FRAME_WEBSOCKET_CLIENT_H
#define CW_FRAME_WEBSOCKET_CLIENT_H

#include "base/random.h"
#include "frame/framer.h"

/* host: as in a URL, with the port unless it is the default one. NULL: host or path has a
 * character that is not allowed. `random` makes the handshake's key and the masks. If the server
 * answers with a status other than 101, the reason of FAILED contains it. */
struct cw_framer *cw_websocket_client_create(struct cw_slice host, struct cw_slice path,
                                             uint32_t message_max, cw_random random);

#endif
