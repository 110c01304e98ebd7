/* web.h - the site: a server's answers to HTTP. The browser client (web/), /healthz,
 * /.well-known/chinwag, and the answers to challenges of a certificate authority. It uses no socket
 * and no file: the client is part of the program, and its owner reads the challenges' files. It
 * sets no cookies.
 *
 * Pure. Caller: src/server, which gives cw_web_site to the framer of HTTP (frame/http.h). */
#ifndef CW_WEB_WEB_H
#define CW_WEB_WEB_H

#include "frame/http.h"

/* Strings are copied. */
struct cw_web_options {
    /* As in struct cw_http_site. */
    const char *const *hosts;
    size_t host_count;
    const char *const *origins;
    size_t origin_count;
    const char *forwarded_header;
    /* NULL, or "https://chat.example.org": a site for plain HTTP beyond loopback, which answers
     * only paths below /.well-known, redirects all others to this URL, and has no WebSocket. */
    const char *moved_to;
    bool hsts; /* browsers use only HTTPS for a year; this cannot be revoked */
    /* Appends the content of this token's file, CW_ACME_ANSWER_MAX bytes at most, and returns
     * true; false: there is none. The token has 1 to CW_ACME_TOKEN_MAX of A-Z a-z 0-9 - and _ .
     * NULL: the server has no folder for challenges. */
    bool (*read_challenge)(void *context, struct cw_slice token, struct cw_buf *to);
    void *context;
};

struct cw_web;

struct cw_web *cw_web_create(const struct cw_web_options *options);

/* Sets the answer of /.well-known/chinwag, by which clients identify the server: its public key
 * for CURVE and its certificate's fingerprint, as users see them. NULL: it has none. Without
 * quotes, backslashes and control characters. Call it again when they change. */
void cw_web_tell_identity(struct cw_web *web, const char *curve_key, const char *tls_fingerprint);

/* The name of the client's build, a hash of its files: the server tells it at login and attach, so
 * that a page notices that it is old. */
const char *cw_web_build(void);

/* Valid until cw_web_destroy. */
const struct cw_http_site *cw_web_site(const struct cw_web *web);

/* Frees it; NULL is allowed. No connection may use the site any more. */
void cw_web_destroy(struct cw_web *web);

#endif
