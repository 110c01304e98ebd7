/* web.h - the site: what a server answers to HTTP. Pages that say what this is and how to join,
 * /healthz, /.well-known/chinwag and what a certificate authority asks for. It knows no socket
 * and no file: its owner reads challenges for it. No cookie is ever set.
 *
 * Pure. Caller: src/server, which gives cw_web_site to the framer of HTTP (frame/http.h). */
#ifndef CW_WEB_WEB_H
#define CW_WEB_WEB_H

#include "frame/http.h"

/* Strings are copied. */
struct cw_web_options {
    /* struct cw_http_site says what these are. */
    const char *const *hosts;
    size_t host_count;
    const char *const *origins;
    size_t origin_count;
    const char *forwarded_header;
    /* NULL, or "https://chat.example.org": a site for plain HTTP beyond loopback, which has only
     * what is below /.well-known, redirects every other path there, and has no WebSocket. */
    const char *moved_to;
    bool hsts; /* tells browsers to use HTTPS alone for a year; cannot be taken back */
    /* Appends what the file of this token says, CW_ACME_ANSWER_MAX bytes at most, and returns
     * true; false: there is none. The token has 1 to CW_ACME_TOKEN_MAX of A-Z a-z 0-9 - and _ .
     * NULL: there is no folder of them. */
    bool (*read_challenge)(void *context, struct cw_slice token, struct cw_buf *to);
    void *context;
};

struct cw_web;

struct cw_web *cw_web_create(const struct cw_web_options *options);

/* What clients are told of the server before they trust it, in /.well-known/chinwag: its public
 * key for CURVE and its certificate's fingerprint, as users see them. NULL: it has none. No
 * quotes, backslashes or control characters. May be told anew when they change. */
void cw_web_tell_identity(struct cw_web *web, const char *curve_key, const char *tls_fingerprint);

/* Good until cw_web_destroy. */
const struct cw_http_site *cw_web_site(const struct cw_web *web);

/* Frees it, or nothing for NULL. No connection may use it any more. */
void cw_web_destroy(struct cw_web *web);

#endif
