/* websocket_client.h - a client's WebSocket from its first byte: the opening handshake (RFC
 * 6455, 4.1), after which this framer is that of frame/websocket.h.
 *
 * Callers: src/client. */
#ifndef CW_FRAME_WEBSOCKET_CLIENT_H
#define CW_FRAME_WEBSOCKET_CLIENT_H

#include "base/random.h"
#include "frame/framer.h"

/* host: as in a URL, with the port unless it is the usual one. NULL: host or path has a character
 * that has no place there. `random`: of the handshake's key and of masks. When the server answers
 * with another status than 101, the reason of FAILED names it. */
struct cw_framer *cw_websocket_client_create(struct cw_slice host, struct cw_slice path,
                                             uint32_t message_max, cw_random random);

#endif
