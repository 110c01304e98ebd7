/* url.h - the parts of a URL of HTTP that somebody else has written. Strict: what could be read in
 * two ways is refused. Pure. */
#ifndef CW_TEXT_URL_H
#define CW_TEXT_URL_H

#include "base/slice.h"

/* Bytes of a host's name (RFC 1035, 2.3.4). */
#define CW_URL_HOST_MAX 253

/* Slices are parts of the text. */
struct cw_url {
    bool https; /* else http */
    bool ip6;   /* the host is an address that stood in brackets */
    struct cw_slice host;
    uint16_t port;         /* 443 or 80 where none is written */
    struct cw_slice place; /* host, with its brackets, and port as they are written */
    struct cw_slice path;  /* with the query, without a fragment; may be empty or begin with '?' */
};

/* False: it is none. ASCII alone (a name of other letters is written as "xn--..."), without a user
 * and a password. */
bool cw_url_read(struct cw_slice text, struct cw_url *url);

#endif
