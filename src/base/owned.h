/* owned.h - bytes whose memory has one owner, and can get another instead of being copied.
 *
 * A struct cw_owned with `memory` owns it: it frees it in the end, or gives it away. To be
 * given away, an owner is lent as a pointer beside the slice that lies in its memory:
 * "the bytes are these, and who wants to keep them takes the memory from there". What is not
 * taken stays the owner's. So nobody has to find out whose memory a slice lies in. */
#ifndef CW_BASE_OWNED_H
#define CW_BASE_OWNED_H

#include <stdlib.h>

#include "base/slice.h"

struct cw_owned {
    struct cw_slice slice; /* all bytes of the memory that are in use; also once it was taken */
    void *memory;          /* from malloc; NULL: owns nothing, or not any more */
};

/* Moves the memory to the caller. The slice is good as long as the new owner has it. */
static inline struct cw_owned cw_owned_take(struct cw_owned *from)
{
    struct cw_owned owned = *from;
    from->memory = NULL;
    return owned;
}

static inline void cw_owned_free(struct cw_owned *owned)
{
    free(owned->memory);
    owned->memory = NULL;
}

#endif
