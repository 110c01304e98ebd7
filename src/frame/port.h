/* port.h - what may be spoken at a listening address, and the framer of a connection whose
 * transport is not known yet: the first byte decides.
 *
 * 0xff is ZMTP. Where a proxy stands before the address, its PROXY header comes first.
 * Callers: src/server makes ports, src/net creates a framer for each connection. */
#ifndef CW_FRAME_PORT_H
#define CW_FRAME_PORT_H

#include "frame/framer.h"

struct cw_port {
    bool plaintext;    /* what is not encrypted may be spoken */
    bool proxy_header; /* each connection begins with a PROXY header of version 2 */
};

/* `port` outlives the framer. It reports ADDRESS where there is a proxy, then NEXT. */
struct cw_framer *cw_port_create(const struct cw_port *port, uint32_t message_max);

#endif
