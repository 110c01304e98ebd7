/* http_get.h - a client's one GET of HTTP/1.1, as a framer: for what a server tells of itself
 * before it is spoken to. The body of an answer with status 200 is its one MESSAGE.
 *
 * Not a client of the web: no redirects, no connection for a second request, no compression.
 * Caller: src/client, within TLS. */
#ifndef CW_FRAME_HTTP_GET_H
#define CW_FRAME_HTTP_GET_H

#include "frame/framer.h"

/* host: as in a URL, with the port unless it is the usual one; path: begins with '/'. Neither has
 * a blank or a control character. An answer whose body is over body_max bytes is FAILED, and so is
 * every other status; the reason names it. */
struct cw_framer *cw_http_get_create(struct cw_slice host, struct cw_slice path, uint32_t body_max);

#endif
