/* http_upgrade.h - the server's half of WebSocket's opening handshake, RFC 6455, section 4.2.
 * Private to the framer of HTTP (frame/http.h). */
#ifndef CW_FRAME_HTTP_UPGRADE_H
#define CW_FRAME_HTTP_UPGRADE_H

#include "base/buf.h"
#include "frame/http.h"
#include "frame/http_head.h"

#define CW_HTTP_WEBSOCKET_PATH "/ws"

/* Is there no header Origin, or one that the site allows? */
bool cw_http_origin_allowed(const struct cw_http_site *site, struct cw_slice origin);

/* Checks a request for an upgrade. Status 426: it is no upgrade, or of another version. */
struct cw_http_refusal cw_http_check_upgrade(const struct cw_http_site *site,
                                             const struct cw_http_head *head);

/* Appends the headers of an answer 426. */
void cw_http_put_upgrade_wanted(struct cw_buf *headers);

/* Appends the complete answer to an accepted upgrade. */
void cw_http_put_upgraded(struct cw_buf *out, const struct cw_http_site *site,
                          const struct cw_http_head *head);

#endif
