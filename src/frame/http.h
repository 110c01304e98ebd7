/* http.h - the framer of HTTP/1.1, the server's side: answers GET and HEAD with the pages of a
 * site, reports GET, HEAD and PUT of files below /f/ to its owner, and becomes the framer of
 * WebSocket (frame/websocket.h) by an upgrade at /ws.
 *
 * Specifications: RFC 9110 and 9112 (HTTP), RFC 6455 section 4.2 (the upgrade). A request with
 * a body is refused, but a POST where the site takes one and a PUT of a file of known length, and
 * no answer sets a cookie. A request is answered before the next is read.
 *
 * It contains no page: src/web does. It is for a connection whose first byte is a capital letter,
 * and for use inside TLS. Callers: src/net; src/web fills in a struct cw_http_site. */
#ifndef CW_FRAME_HTTP_H
#define CW_FRAME_HTTP_H

#include "frame/framer.h"

/* A request. Valid until the site's function returns. */
struct cw_http_request {
    struct cw_slice path;   /* begins with '/'; as it was sent, not decoded */
    struct cw_slice target; /* path and query: visible ASCII, fit for a URL */
};

/* A POST with its whole body. Slices are valid until the next call of any function of this
 * connection. */
struct cw_http_post {
    struct cw_slice path;          /* as in struct cw_http_request */
    struct cw_slice authorization; /* value of the header; empty: it has none */
    struct cw_slice forwarded;     /* value of the site's forwarded_header, as with READY */
    struct cw_slice body;
};

/* An answer. With status 200 the site gives the whole body; the framer handles HEAD,
 * If-None-Match, ranges and compression, and turns it into a 304, 206 or 416. */
struct cw_http_answer {
    unsigned status;
    const char *type;      /* of the body: "text/html; charset=utf-8" */
    const char *etag;      /* without quotes; NULL: none. Another body has another etag */
    bool immutable;        /* its path has a hash of its body: caches never ask again */
    struct cw_slice body;  /* static, or in `memory` */
    struct cw_slice gzip;  /* the compressed body, static; empty: there is none */
    struct cw_buf headers; /* further header lines, each with its CRLF: the framer frees it ... */
    struct cw_buf memory;  /* ... and this, once the answer is written */
};

/* The site that any number of connections share, and which outlives them. It is not copied. Names
 * are compared exactly except for the case of letters. */
struct cw_http_site {
    void *context;
    /* Answers a request of GET or HEAD. *answer is zeroed before. */
    void (*answer)(void *context, const struct cw_http_request *request,
                   struct cw_http_answer *answer);
    /* The allowed values of the header Host: "chat.example.org", "localhost:4242", "[::1]:4242".
     * Any other is answered 421. */
    const char *const *hosts;
    size_t host_count;
    /* The allowed values of an upgrade's header Origin, which only browsers send:
     * "https://chat.example.org". */
    const char *const *origins;
    size_t origin_count;
    bool upgrades; /* /ws is a WebSocket; false: a path like others */
    /* POST is allowed to this path and all below it, and its body has at most post_max bytes. It is
     * reported, and its answer comes from the owner: cw_framer_answer. NULL: no POST is allowed. */
    const char *post_path;
    uint32_t post_max;
    /* Header lines of what lies below /f/, each with its CRLF; NULL: such paths are like others. */
    const char *file_headers;
    /* Behind a proxy: the header in which the proxy sends the client's address,
     * "X-Forwarded-For". An upgrade without it is refused; the event READY has its value. NULL:
     * no such header is used. */
    const char *forwarded_header;
    const char *headers; /* header lines of every answer but Cache-Control, each with its CRLF */
};

/* A request for a file, of the event ASKED, with what is needed to answer it. Slices are valid
 * until the next call of the framer; an empty one: there is no such header. */
struct cw_http_asked {
    const struct cw_http_site *site;
    bool puts;              /* PUT: a body of `length` bytes follows; else GET or HEAD */
    bool wants_head;        /* HEAD */
    bool closes;            /* the answer ends the connection */
    bool awaits_continue;   /* of a PUT: the body comes after a 100 */
    uint64_t length;        /* of the body of a PUT, bytes */
    struct cw_slice target; /* path and query */
    struct cw_slice range, if_range;
    struct cw_slice content_range; /* of a PUT */
    struct cw_slice forwarded;     /* as with READY */
};

/* Creates the framer. An upgrade changes it in place into the framer of WebSocket, keeps the
 * owner's message_max and judged_max, and is reported as CW_FRAMER_READY, whose .body is the value
 * of the site's forwarded_header (a list of all its lines' values, if there are several).
 *
 * Events before the upgrade: ANSWERED after each request, so that the owner can wait until the
 * answer was sent; POSTED for each POST, which the owner answers before it gives more input; CLOSED
 * if the answer ends the connection; FAILED, with an answer in `out`.
 * ASKED for a file: the owner sends the answer (http_file.h) before it goes on with the input. With
 * a PUT that goes on with the body, in PIECEs of up to CW_FILE_CHUNK_MAX bytes. */
struct cw_framer *cw_http_create(const struct cw_http_site *site, uint32_t message_max);

/* Makes an answer in plain text. `sentence` is static and ends with a newline. */
void cw_http_answer_text(struct cw_http_answer *answer, unsigned status, const char *sentence);

#endif
