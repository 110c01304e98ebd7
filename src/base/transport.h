/* transport.h - the names of what a connection may speak. The table of metrics has them in this
 * order (src/metrics/metrics.def). */
#ifndef CW_BASE_TRANSPORT_H
#define CW_BASE_TRANSPORT_H

enum cw_transport {
    CW_TRANSPORT_OPENING, /* nothing yet: no handshake is done */
    CW_TRANSPORT_HTTP,    /* pages and files, also within TLS */
    CW_TRANSPORT_ZMTP,
    CW_TRANSPORT_ZMTP_TLS,
    CW_TRANSPORT_CURVE,
    CW_TRANSPORT_WS,
    CW_TRANSPORT_WSS,
    CW_TRANSPORTS
};

#endif
