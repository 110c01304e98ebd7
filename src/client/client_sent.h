/* client_sent.h - the newest messages that this client sent and that were answered: what
 * comes back after a reconnection is not shown as another device's. */
#ifndef CW_CLIENT_CLIENT_SENT_H
#define CW_CLIENT_CLIENT_SENT_H

#include <stdbool.h>
#include <stdint.h>

#define CW_CLIENT_SENT_MAX 1024

struct cw_client_sent {
    uint64_t ids[CW_CLIENT_SENT_MAX]; /* a ring */
    unsigned next;
};

void cw_client_sent_add(struct cw_client_sent *sent, uint64_t id);
bool cw_client_sent_has(const struct cw_client_sent *sent, uint64_t id);

#endif
