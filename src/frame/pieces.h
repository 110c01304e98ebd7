/* pieces.h - a frame in several pieces, read as one sequence of bytes. Private to framers. */
#ifndef CW_FRAME_PIECES_H
#define CW_FRAME_PIECES_H

#include "base/slice.h"

/* The most pieces that one frame has. */
#define CW_PIECES_MAX 3

static inline size_t cw_pieces_length(const struct cw_slice pieces[], size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += pieces[i].n;
    return n;
}

/* The bytes from `at` on, at most `most`, in pieces again. Returns how many these are. */
static inline size_t cw_pieces_cut(const struct cw_slice pieces[], size_t count, size_t at,
                                   size_t most, struct cw_slice cut[CW_PIECES_MAX])
{
    size_t parts = 0;
    for (size_t i = 0; i < count && most != 0; i++) {
        if (at >= pieces[i].n) {
            at -= pieces[i].n;
            continue;
        }
        size_t n = pieces[i].n - at < most ? pieces[i].n - at : most;
        cut[parts++] = cw_slice_of(pieces[i].p + at, n);
        most -= n;
        at = 0;
    }
    return parts;
}

#endif
