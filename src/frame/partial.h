/* partial.h - what has come of a frame is either still in the caller's input or gathered
 * in framer->partial; cw_partial_gather hides which. Private to framers.
 *
 * A framer's step takes one thing whole (a frame, its header) or nothing, so how the
 * bytes were cut on their way cannot change what is reported. */
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

/* For cw_partial_gather, when they have not come in one piece. */
const uint8_t *cw_partial_collect(struct cw_framer *framer, struct cw_slice *in, size_t n);

/* The next n bytes in one piece, not taken yet; NULL when they have not all
 * come, and then the whole input is consumed. */
static inline const uint8_t *cw_partial_gather(struct cw_framer *framer, struct cw_slice *in,
                                               size_t n)
{
    if (framer->partial.n == 0 && in->n >= n)
        return in->p;
    return cw_partial_collect(framer, in, n);
}

/* Takes the n bytes that were gathered last. Where they stand stays good until
 * the next step gives the memory back. */
static inline void cw_partial_take(struct cw_framer *framer, struct cw_slice *in, size_t n)
{
    if (framer->partial.n == 0)
        cw_partial_advance(in, n);
    else
        framer->partial.n = 0;
}

/* At the begin of each step: an idle connection holds nothing. */
static inline void cw_partial_give_back(struct cw_framer *framer)
{
    if (framer->partial.n == 0 && framer->partial.p != NULL)
        cw_buf_finish(&framer->partial);
}

#endif
