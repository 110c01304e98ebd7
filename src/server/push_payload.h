/* push_payload.h - what a push message says, and the headers that it is posted with. Any thread. */
#ifndef CW_SERVER_PUSH_PAYLOAD_H
#define CW_SERVER_PUSH_PAYLOAD_H

#include "push/vapid.h"
#include "server/push_queue.h"

/* Appends the sealed body. False: the keys of the browser are none. */
bool cw_push_put_body(const struct cw_push_item *item, const struct cw_vapid_key *key,
                      struct cw_buf *body);
/* Appends the lines of the headers. now_s: UTC. */
void cw_push_put_headers(const struct cw_push_item *item, const struct cw_vapid_key *key,
                         const char *subject, uint64_t now_s, struct cw_buf *lines);

#endif
