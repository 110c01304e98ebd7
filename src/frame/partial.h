/* partial.h - an incomplete frame is either still in the caller's input or gathered in
 * framer->partial; cw_partial_gather hides the difference. Private to framers.
 *
 * A framer's step takes one complete item (a frame, its header) or nothing, so the way in which the
 * network has split the bytes cannot change the events. */
#ifndef CW_FRAME_PARTIAL_H
#define CW_FRAME_PARTIAL_H

#include "frame/framer.h"

static inline void cw_partial_advance(struct cw_slice *in, size_t n)
{
    if (n != 0)
        *in = cw_slice_of(in->p + n, in->n - n);
}

/* Moves n bytes of input to the end of `partial`, whose memory doubles but never passes `most`,
 * which is at least what it holds then. */
void cw_partial_hold(struct cw_framer *framer, struct cw_slice *in, size_t n, size_t most);

/* For cw_partial_gather, when the bytes did not arrive in one piece. */
const uint8_t *cw_partial_collect(struct cw_framer *framer, struct cw_slice *in, size_t n);

/* The next n bytes in one piece, not taken yet; NULL when some are missing, and then the whole
 * input is consumed. */
static inline const uint8_t *cw_partial_gather(struct cw_framer *framer, struct cw_slice *in,
                                               size_t n)
{
    if (framer->partial.n == 0 && in->n >= n)
        return in->p;
    return cw_partial_collect(framer, in, n);
}

/* Takes the n bytes that were gathered last. The pointer to them stays valid until the next step
 * frees the memory. */
static inline void cw_partial_take(struct cw_framer *framer, struct cw_slice *in, size_t n)
{
    if (framer->partial.n == 0)
        cw_partial_advance(in, n);
    else
        framer->partial.n = 0;
}

/* The same for a frame that is skipped, also when more than these n bytes of it were gathered: the
 * limit for messages may have become less meanwhile. Returns how many of the frame's `whole` bytes
 * are left to skip. */
static inline size_t cw_partial_skip(struct cw_framer *framer, struct cw_slice *in, size_t n,
                                     size_t whole)
{
    size_t taken = framer->partial.n > n ? framer->partial.n : n;
    cw_partial_take(framer, in, n);
    framer->whole = 0;
    return whole - taken;
}

/* At the beginning of each step: an idle connection holds no memory. */
static inline void cw_partial_give_back(struct cw_framer *framer)
{
    if (framer->partial.n == 0 && framer->partial.p != NULL)
        cw_buf_finish(&framer->partial);
}

#endif
