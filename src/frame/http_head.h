/* http_head.h - the head of a request: where it ends, and what it says. Private to the framer
 * of HTTP (frame/http.h).
 *
 * What programs understand in different ways is refused, since it can carry a request past a
 * proxy: a line that ends with LF alone, a folded line, a control character. */
#ifndef CW_FRAME_HTTP_HEAD_H
#define CW_FRAME_HTTP_HEAD_H

#include "base/slice.h"

enum cw_http_method { CW_HTTP_GET, CW_HTTP_HEAD, CW_HTTP_OTHER };

/* Status 0: nothing is wrong. */
struct cw_http_refusal {
    unsigned status;
    const char *reason; /* for the peer and for the log */
};

/* How far a head has been looked at. A zeroed struct is before its first byte. */
struct cw_http_scan {
    uint16_t n; /* bytes so far */
    uint8_t state;
};

/* Looks at the next bytes of a head. Sets *taken to how many of them belong to it, and *whole
 * when the last one does: then *scan begins anew. */
struct cw_http_refusal cw_http_scan_head(struct cw_http_scan *scan, struct cw_slice bytes,
                                         size_t *taken, bool *whole);

/* Slices point into the head; one without bytes: there is no such header. */
struct cw_http_head {
    enum cw_http_method method;
    bool closes;           /* no request follows: HTTP/1.0, or Connection: close */
    bool has_body;         /* or announces one */
    bool accepts_gzip;     /* Accept-Encoding */
    bool connects_upgrade; /* Connection: Upgrade */
    bool wants_websocket;  /* Upgrade: websocket */
    bool offers_chinwag;   /* Sec-WebSocket-Protocol has CW_WEBSOCKET_PROTOCOL */
    struct cw_slice target;
    struct cw_slice path;
    struct cw_slice host; /* of the target, where that has one; else of the header */
    struct cw_slice origin;
    struct cw_slice websocket_key;
    struct cw_slice websocket_version;
    struct cw_slice if_none_match;
    struct cw_slice if_range;
    struct cw_slice range;
    struct cw_slice forwarded; /* the header that cw_http_read_head was asked for */
};

/* Reads a head that is whole. forwarded_header: a header to look for, or NULL. When the head is
 * refused, *head is not to be used. */
struct cw_http_refusal cw_http_read_head(struct cw_slice bytes, const char *forwarded_header,
                                         struct cw_http_head *head);

#endif
