/* listen.h - an address to listen at, and the transports that it accepts: a line `listen` of the
 * config, or an option --listen.
 *
 * The rights of a connection depend on its listener, never on the peer's address: behind a proxy
 * all connections come from the proxy's address. */
#ifndef CW_SERVER_LISTEN_H
#define CW_SERVER_LISTEN_H

#include <stdbool.h>

#define CW_LISTEN_ADDRESS_MAX 64

struct cw_listen {
    char address[CW_LISTEN_ADDRESS_MAX]; /* HOST:PORT */
    bool plaintext;                      /* said: unencrypted clients are welcome here */
    bool proxy_header;                   /* a proxy with PROXY headers stands in front of it */
    bool forwarded;                      /* ... or an HTTP proxy with `forwarded_header` */
    bool metrics;                        /* /metrics alone is here, and no user */
};

/* Of "HOST:PORT [plaintext] [proxy | proxy=v2]" or "HOST:PORT metrics". On failure false, with a
 * sentence in `error`. */
bool cw_listen_parse(struct cw_listen *listen, const char *text, char error[256]);

/* Only programs of this machine can reach it. */
bool cw_listen_is_local(const struct cw_listen *listen);

/* Clients that do not encrypt are accepted: where it was said, and on this machine. */
bool cw_listen_allows_plaintext(const struct cw_listen *listen);

/* It stands for all addresses of the machine (0.0.0.0, [::]). */
bool cw_listen_is_wildcard(const struct cw_listen *listen);

/* The address at which a client on this machine reaches it. */
void cw_listen_name_here(const struct cw_listen *listen, char server[80]);

#endif
