/* port.h - which transports a listening address accepts, and the framer of a connection before
 * its first byte, which decides the transport.
 *
 * 0xff is ZMTP. If the address is behind a proxy, the proxy's PROXY header comes first.
 * Callers: src/server makes ports, src/net creates a framer for each connection. */
#ifndef CW_FRAME_PORT_H
#define CW_FRAME_PORT_H

#include "frame/framer.h"

struct cw_port {
    bool plaintext;    /* accepts connections that are not encrypted */
    bool proxy_header; /* each connection begins with a PROXY header of version 2 */
};

/* `port` outlives the framer. The framer reports ADDRESS if port->proxy_header, then NEXT. */
struct cw_framer *cw_port_create(const struct cw_port *port, uint32_t message_max);

#endif
