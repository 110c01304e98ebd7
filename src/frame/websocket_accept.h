/* websocket_accept.h - the server's answer to the key of WebSocket's opening handshake (RFC 6455,
 * 4.2.2). Callers: http_upgrade.c, websocket_client.c. */
#ifndef CW_FRAME_WEBSOCKET_ACCEPT_H
#define CW_FRAME_WEBSOCKET_ACCEPT_H

#include "base/slice.h"

/* The subprotocol, as both sides name it in Sec-WebSocket-Protocol. */
#define CW_WEBSOCKET_PROTOCOL "chinwag.1"

/* Sec-WebSocket-Key: 16 octets as Base64. Sec-WebSocket-Accept: a SHA-1 as Base64. */
#define CW_WEBSOCKET_KEY_LEN    24
#define CW_WEBSOCKET_ACCEPT_LEN 28

/* Computes Sec-WebSocket-Accept. key: CW_WEBSOCKET_KEY_LEN characters. accept: ends with a
 * zero; empty when memory was missing (base/alloc.h). */
void cw_websocket_accept(struct cw_slice key, char accept[CW_WEBSOCKET_ACCEPT_LEN + 1]);

#endif
