/* listen.h - an address to listen at, and what may be spoken there: a line `listen` of the
 * config, or an option --listen.
 *
 * What a connection may do comes from the listener that took it, never from the address that
 * it came from: behind a proxy everybody has the proxy's. */
#ifndef CW_SERVER_LISTEN_H
#define CW_SERVER_LISTEN_H

#include <stdbool.h>

#define CW_LISTEN_ADDRESS_MAX 64

struct cw_listen {
    char address[CW_LISTEN_ADDRESS_MAX]; /* HOST:PORT */
    bool plaintext;                      /* said: unencrypted clients are welcome here */
    bool proxy_header;                   /* a proxy with PROXY headers stands in front of it */
    bool forwarded;                      /* ... or an HTTP proxy with `forwarded_header` */
};

/* Of "HOST:PORT [plaintext] [proxy | proxy=v2]". On failure false, with a sentence in `error`. */
bool cw_listen_parse(struct cw_listen *listen, const char *text, char error[256]);

/* Only programs of this machine can reach it. */
bool cw_listen_is_local(const struct cw_listen *listen);

#endif
