/* client_address.h - reads the address of a server: chinwag_read_address of chinwag.h.
 *
 * Callers: client_transport.c, programs, the tests. */
#ifndef CW_CLIENT_CLIENT_ADDRESS_H
#define CW_CLIENT_CLIENT_ADDRESS_H

#include "chinwag/chinwag.h"

/* ZeroMQ clients expect a port number, not a service name. */
#define CW_PORT_DEFAULT "4242"
#define CW_PORT_HTTP    "80"
#define CW_PORT_HTTPS   "443"

/* Where the server has its WebSocket. */
#define CW_WEBSOCKET_PATH "/ws"

#endif
