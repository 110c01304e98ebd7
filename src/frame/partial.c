/* partial.c - see partial.h. */
#include "frame/partial.h"

#include "base/alloc.h"

/* The smallest allocation for an incomplete frame. */
#define PARTIAL_MIN 64

/* Moves n bytes of input into `partial`. Its memory doubles, but never exceeds `whole`, its final
 * size. */
static void hold_bytes(struct cw_buf *partial, struct cw_slice *in, size_t n, size_t whole)
{
    if (n == 0)
        return;
    size_t needed = partial->n + n;
    if (needed > partial->capacity) {
        size_t capacity = 2 * partial->capacity;
        if (capacity < PARTIAL_MIN)
            capacity = PARTIAL_MIN;
        if (capacity < needed)
            capacity = needed;
        if (capacity > whole)
            capacity = whole;
        partial->p = cw_realloc(partial->p, capacity);
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
        hold_bytes(partial, in, missing < in->n ? missing : in->n, n);
    }
    return partial->n >= n ? partial->p : NULL;
}
