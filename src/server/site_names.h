/* site_names.h - the names by which browsers may know a listener: what the headers Host and
 * Origin are compared with (frame/http.h).
 *
 * They come from the config and the listener's own address, never from a request. Pure.
 * Caller: reach.c. */
#ifndef CW_SERVER_SITE_NAMES_H
#define CW_SERVER_SITE_NAMES_H

#include "server/config.h"

/* Each configured name with and without a port, or three names of loopback, and the address. */
#define CW_SITE_NAMES_MAX (2 * CW_PUBLIC_NAMES_MAX + 3)

struct cw_site_names {
    char *hosts[CW_SITE_NAMES_MAX];       /* "chat.example.org:4242" */
    char *origins[2 * CW_SITE_NAMES_MAX]; /* "https://chat.example.org:4242" */
    unsigned host_count, origin_count;
};

/* `plain`: of the site without TLS, whose origins may also be of a proxy that ends TLS. */
void cw_site_names_init(struct cw_site_names *names, const struct cw_config *config,
                        const struct cw_listen *listen, bool plain);

void cw_site_names_finish(struct cw_site_names *names);

#endif
