/* client_backoff.h - how long to wait before the next attempt to connect.
 *
 * Pure: the caller gives a random seed. Used by client_core.c alone. */
#ifndef CW_CLIENT_CLIENT_BACKOFF_H
#define CW_CLIENT_CLIENT_BACKOFF_H

#include <stdint.h>

struct cw_backoff {
    uint64_t random;
    unsigned failures; /* attempts since the last success */
    unsigned max_ms;   /* the longest wait; 0: CW_RECONNECT_MAX_MS */
};

/* The next wait, in milliseconds: from CW_RECONNECT_FIRST_MS, then CW_RECONNECT_MIN_MS, to
 * max_ms.
 * The caller sets failures = 0 after a success. */
uint32_t cw_backoff_next(struct cw_backoff *backoff);

#endif
