/* window.h - the newest 64 numbers of a part that may have been used, and the message of each.
 * Pure; both back ends use it. */
#ifndef CW_STORE_WINDOW_H
#define CW_STORE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

/* A zeroed struct is an empty window. */
struct cw_window {
    uint64_t top;                 /* the highest number that was used */
    uint64_t seen;                /* bit i: top - i was used; bit 0 is set unless it is empty */
    uint64_t ids[CW_RETRIES_MAX]; /* of number n at n % CW_RETRIES_MAX; 0: not known any more */
};
_Static_assert(CW_RETRIES_MAX == 64, "struct cw_window has one bit for each");

enum cw_window_place {
    CW_WINDOW_FREE, /* not used so far */
    CW_WINDOW_USED,
    CW_WINDOW_PAST /* older than the window: unknown */
};

static inline enum cw_window_place cw_window_look(const struct cw_window *window, uint64_t n)
{
    if (window->seen == 0 || n > window->top)
        return CW_WINDOW_FREE;
    uint64_t back = window->top - n;
    if (back >= CW_RETRIES_MAX)
        return CW_WINDOW_PAST;
    return (window->seen >> back & 1) != 0 ? CW_WINDOW_USED : CW_WINDOW_FREE;
}

/* Number n, which is not PAST, was given to the message with this id. */
static inline void cw_window_use(struct cw_window *window, uint64_t n, uint64_t message_id)
{
    if (window->seen == 0 || n > window->top) {
        uint64_t up = window->seen == 0 ? CW_RETRIES_MAX : n - window->top;
        window->seen = up >= CW_RETRIES_MAX ? 1 : window->seen << up | 1;
        window->top = n;
    } else {
        window->seen |= UINT64_C(1) << (window->top - n);
    }
    window->ids[n % CW_RETRIES_MAX] = message_id;
}

static inline uint64_t cw_window_id(const struct cw_window *window, uint64_t n)
{
    return window->ids[n % CW_RETRIES_MAX];
}

#endif
