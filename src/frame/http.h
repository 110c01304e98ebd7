/* http.h - the framer of HTTP/1.1, the server's side: answers GET and HEAD with what a site
 * says, and becomes the framer of WebSocket (frame/websocket.h) by an upgrade at /ws.
 *
 * Specifications: RFC 9110 and 9112 (HTTP), RFC 6455 section 4.2 (the upgrade). No request has
 * a body, and no answer sets a cookie. A request is answered before the next is looked at.
 *
 * It knows no page: src/web does. It is for a connection whose first byte is a capital letter,
 * and within TLS. Callers: src/net; src/web fills in a struct cw_http_site. */
#ifndef CW_FRAME_HTTP_H
#define CW_FRAME_HTTP_H

#include "frame/framer.h"

/* What a request asks for. Good until the site's function returns. */
struct cw_http_request {
    struct cw_slice path;   /* begins with '/'; as it came, nothing is decoded */
    struct cw_slice target; /* path and query: visible ASCII, fit for a URL */
};

/* Status 200 is the whole of a thing: HEAD, If-None-Match, ranges and compression are looked
 * after by the framer, which makes a 304, 206 or 416 of it. */
struct cw_http_answer {
    unsigned status;
    const char *type;      /* of the body: "text/html; charset=utf-8" */
    const char *etag;      /* without quotes; NULL: none. A change of the body changes it */
    struct cw_slice body;  /* static, or in `memory` */
    struct cw_slice gzip;  /* the body compressed, static; empty: it is not */
    struct cw_buf headers; /* further header lines, each with its CRLF: the framer frees it ... */
    struct cw_buf memory;  /* ... and this, once the answer is written */
};

/* One for any number of connections, which it outlives. It is not copied. Names are compared
 * without regard to the case of letters, otherwise exactly. */
struct cw_http_site {
    void *context;
    /* Answers a request of GET or HEAD. *answer is zeroed before. */
    void (*answer)(void *context, const struct cw_http_request *request,
                   struct cw_http_answer *answer);
    /* What the header Host may be: "chat.example.org", "localhost:4242", "[::1]:4242". Any other
     * is answered 421. */
    const char *const *hosts;
    size_t host_count;
    /* What the header Origin of an upgrade may be, where there is one (programs that are no
     * browser send none): "https://chat.example.org". */
    const char *const *origins;
    size_t origin_count;
    bool upgrades; /* /ws is a WebSocket; else a path like others */
    /* Behind a proxy: the header in which that says for whom it asks, "X-Forwarded-For". An
     * upgrade without it is refused; the event READY has its value. NULL: no header is believed. */
    const char *forwarded_header;
    const char *headers; /* lines that every answer has, each with its CRLF */
};

/* Its memory is no more than WebSocket's: an upgrade changes the framer in its place, keeps what
 * the owner has set in message_max and judged_max, and is reported as CW_FRAMER_READY, whose
 * .body is the value of the site's forwarded_header (of several such headers the last).
 *
 * Events before: ANSWERED, after each request, so that its owner can wait until the answer has
 * left; CLOSED, where the connection ends with the last answer; FAILED, with an answer in `out`. */
struct cw_framer *cw_http_create(const struct cw_http_site *site, uint32_t message_max);

/* An answer that is a sentence in plain text, which is static and ends with a newline. */
void cw_http_answer_text(struct cw_http_answer *answer, unsigned status, const char *sentence);

#endif
