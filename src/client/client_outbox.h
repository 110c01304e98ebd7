/* client_outbox.h - requests that wait to be sent, in order and bounded.
 *
 * A request is kept as a message, not as bytes, because its token may not be known yet. Used by
 * client_core.c alone. */
#ifndef CW_CLIENT_CLIENT_OUTBOX_H
#define CW_CLIENT_CLIENT_OUTBOX_H

#include "wire/msg.h"

struct cw_outbox_request {
    struct cw_outbox_request *next;
    int64_t number;
    size_t size;       /* bytes that it counts for */
    struct cw_msg msg; /* slices point into `bytes` */
    uint8_t bytes[];
};

/* A zeroed struct is empty. */
struct cw_outbox {
    struct cw_outbox_request *first;
    struct cw_outbox_request *last;
    size_t count;
    size_t bytes;
};

/* Adds a copy of *msg. False, and nothing is taken, when the outbox is full. */
bool cw_outbox_add(struct cw_outbox *outbox, int64_t number, const struct cw_msg *msg);

/* Puts a popped request back as the oldest. */
void cw_outbox_return(struct cw_outbox *outbox, struct cw_outbox_request *request);

/* Takes the oldest request, which the caller frees; NULL: there is none. */
struct cw_outbox_request *cw_outbox_pop(struct cw_outbox *outbox);

void cw_outbox_finish(struct cw_outbox *outbox);

#endif
