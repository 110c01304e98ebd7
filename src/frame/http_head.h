/* http_head.h - finds the end of a request's head and reads it. Private to the framer of HTTP
 * (frame/http.h).
 *
 * Programs read some heads in different ways, which can carry a request past a proxy. Such heads
 * are refused: a line that ends with LF alone, a folded line, a control character. */
#ifndef CW_FRAME_HTTP_HEAD_H
#define CW_FRAME_HTTP_HEAD_H

#include "base/limits.h"
#include "base/slice.h"

enum cw_http_method { CW_HTTP_GET, CW_HTTP_HEAD, CW_HTTP_PUT, CW_HTTP_POST, CW_HTTP_OTHER };

/* Status 0: nothing is wrong. */
struct cw_http_refusal {
    unsigned status;
    const char *reason; /* for the peer and for the log */
};

/* How much of a head was scanned. A zeroed struct is before its first byte. */
struct cw_http_scan {
    uint16_t n; /* bytes so far */
    uint8_t state;
};

/* Scans the next bytes of a head. Sets *taken to how many of them belong to the head, and *whole
 * if the head is complete; *scan is then before the first byte of the next head. */
struct cw_http_refusal cw_http_scan_head(struct cw_http_scan *scan, struct cw_slice bytes,
                                         size_t *taken, bool *whole);

/* A request's head. Slices point into its bytes; an empty one: there is no such header. */
struct cw_http_head {
    enum cw_http_method method;
    bool closes;           /* no request follows: HTTP/1.0, or Connection: close */
    bool has_body;         /* announces a body */
    bool in_chunks;        /* ... without its length */
    bool tells_length;     /* Content-Length, be it 0 */
    bool awaits_continue;  /* Expect: 100-continue */
    bool accepts_gzip;     /* Accept-Encoding */
    bool connects_upgrade; /* Connection: Upgrade */
    bool wants_websocket;  /* Upgrade: websocket */
    bool offers_chinwag;   /* Sec-WebSocket-Protocol has CW_WEBSOCKET_PROTOCOL */
    struct cw_slice target;
    struct cw_slice path;
    struct cw_slice host; /* of the target if it has one, else of the header */
    struct cw_slice origin;
    struct cw_slice authorization;
    struct cw_slice websocket_key;
    struct cw_slice websocket_version;
    struct cw_slice if_none_match;
    struct cw_slice if_range;
    struct cw_slice range;
    struct cw_slice content_range;
    struct cw_slice fetch_dest; /* Sec-Fetch-Dest */
    uint64_t length;            /* of the body; 0: unknown, or it is empty */
    /* The values of forwarded_header that are not empty, in their order, the last ones of many. */
    struct cw_slice forwarded[CW_FORWARDED_LINES_MAX];
    unsigned forwarded_count;
};

/* Reads a complete head. forwarded_header: a header to look for, or NULL. If the head is refused,
 * the caller must not use *head. */
struct cw_http_refusal cw_http_read_head(struct cw_slice bytes, const char *forwarded_header,
                                         struct cw_http_head *head);

#endif
