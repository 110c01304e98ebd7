/* look.h - what a name looks like: skeletons of UTS 39.
 *
 * Pure. Two names look alike when they have a look in common. A name has up to four: that of its
 * spelling, of its key, of the first one folded (so that a capital of another script counts, too),
 * and of its key in capitals (`alice` and `AL1CE`). Punctuation at either end counts in none of
 * them. */
#ifndef CW_TEXT_LOOK_H
#define CW_TEXT_LOOK_H

#include "text/name.h"

#define CW_LOOKS_MAX 4
/* A longer look is cut: only a name made for that has one. */
#define CW_LOOK_MAX 256

/* The different looks, each ended by a zero byte (which no name contains). */
struct cw_looks {
    uint8_t p[CW_LOOKS_MAX * (CW_LOOK_MAX + 1)];
    size_t n;
};

/* The looks of a name that cw_name_fold accepts. */
void cw_name_looks(struct cw_slice name, struct cw_looks *looks);

/* Takes the next look from *packed; false: there is none left. */
bool cw_looks_next(struct cw_slice *packed, struct cw_slice *look);

static inline struct cw_slice cw_looks_slice(const struct cw_looks *looks)
{
    return cw_slice_of(looks->p, looks->n);
}

#endif
