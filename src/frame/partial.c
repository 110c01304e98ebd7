/* partial.c - see partial.h. */
#include "frame/partial.h"

#include "base/alloc.h"

/* The smallest allocation for an incomplete frame. */
#define PARTIAL_MIN 64

void cw_partial_hold(struct cw_framer *framer, struct cw_slice *in, size_t n, size_t most)
{
    struct cw_buf *partial = &framer->partial;
    if (n == 0)
        return;
    size_t needed = partial->n + n;
    if (needed > partial->capacity) {
        size_t capacity = 2 * partial->capacity;
        if (capacity < PARTIAL_MIN)
            capacity = PARTIAL_MIN;
        if (capacity < needed)
            capacity = needed;
        if (capacity > most)
            capacity = most;
        uint8_t *p = cw_realloc(partial->p, capacity);
        if (p == NULL)
            return;
        partial->p = p;
        partial->capacity = capacity;
    }
    memcpy(partial->p + partial->n, in->p, n);
    partial->n = needed;
    cw_partial_advance(in, n);
}

const uint8_t *cw_partial_collect(struct cw_framer *framer, struct cw_slice *in, size_t n)
{
    struct cw_buf *partial = &framer->partial;
    if (partial->n < n) {
        size_t missing = n - partial->n;
        cw_partial_hold(framer, in, missing < in->n ? missing : in->n, n);
    }
    return partial->n >= n ? partial->p : NULL;
}
