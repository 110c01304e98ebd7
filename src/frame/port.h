/* port.h - the protocols that are allowed at a listening address, and the framer of a connection
 * whose protocol is not known yet: the first byte decides.
 *
 * 0xff is ZMTP, 0x16 TLS, a capital letter HTTP; inside TLS, HTTP or ZMTP. Where a proxy stands
 * in front of the address, its PROXY header comes first. Everything else fails.
 *
 * Callers: src/server fills in ports, src/net creates a framer for each connection. */
#ifndef CW_FRAME_PORT_H
#define CW_FRAME_PORT_H

#include "frame/curve.h"
#include "frame/http.h"
#include "frame/tls.h"

/* What it points to outlives the connections, except `*tls`, which may be replaced. */
struct cw_port {
    bool plaintext;    /* ZMTP's NULL mechanism and WebSocket without TLS are allowed */
    bool proxy_header; /* each connection begins with a PROXY header of version 2 */
    bool forwarded;    /* an HTTP proxy names its client in the site's forwarded_header: nothing
                          but HTTP is allowed */
    bool shares;       /* the connections of an address in a second are limited */
    const struct cw_curve_server *curve;   /* or NULL: no CURVE */
    struct cw_tls_server *const *tls;      /* or NULL, or a pointer to NULL: no TLS */
    const struct cw_http_site *site;       /* inside TLS; or NULL: no HTTP */
    const struct cw_http_site *plain_site; /* without TLS; or NULL: no HTTP */
    bool (*may_begin_tls)(void *context);  /* as curve->may_begin, before a TLS handshake */
    void *context;                         /* of may_begin_tls */
};

/* It reports ADDRESS where there is a proxy, then NEXT. `port` outlives the framer, and the one
 * that follows it. */
struct cw_framer *cw_port_create(const struct cw_port *port, uint32_t message_max);

#endif
