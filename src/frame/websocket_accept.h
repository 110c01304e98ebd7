/* websocket_accept.h - how a server shows that it has understood the opening handshake of
 * WebSocket (RFC 6455, 4.2.2). Callers: the framers of HTTP's both ends. */
#ifndef CW_FRAME_WEBSOCKET_ACCEPT_H
#define CW_FRAME_WEBSOCKET_ACCEPT_H

#include "base/slice.h"

/* The subprotocol, as both sides name it in Sec-WebSocket-Protocol. */
#define CW_WEBSOCKET_PROTOCOL "chinwag.1"

/* Sec-WebSocket-Key: 16 octets as Base64. Sec-WebSocket-Accept: a SHA-1 as Base64. */
#define CW_WEBSOCKET_KEY_LEN    24
#define CW_WEBSOCKET_ACCEPT_LEN 28

/* key: CW_WEBSOCKET_KEY_LEN characters, which are hashed as they are. accept: ends with a zero. */
void cw_websocket_accept(struct cw_slice key, char accept[CW_WEBSOCKET_ACCEPT_LEN + 1]);

#endif
