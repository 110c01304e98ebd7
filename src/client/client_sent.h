/* client_sent.h - the ids of the newest answered messages of this client, so that a message that
 * comes back after a reconnection is not shown as one of another device. */
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
