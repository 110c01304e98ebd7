/* owned.h - bytes with their memory, which can move to another owner instead of being copied.
 *
 * The holder of a struct cw_owned with `memory` frees the memory (cw_owned_free) or moves it to
 * another owner (cw_owned_take). A function that lends a slice may pass a pointer to the cw_owned
 * of its memory beside it: a caller that wants to keep the bytes takes the memory from there.
 * Memory that is not taken stays with its owner. */
#ifndef CW_BASE_OWNED_H
#define CW_BASE_OWNED_H

#include <stdlib.h>

#include "base/slice.h"

struct cw_owned {
    struct cw_slice slice; /* all used bytes of the memory; stays set when the memory was taken */
    void *memory;          /* from malloc; NULL: there is none, or it was taken */
};

/* Moves the memory to the caller. The slice is valid as long as the new owner has the memory. */
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
