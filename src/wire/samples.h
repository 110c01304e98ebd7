/* samples.h - the walk over a PCM array, for decode.c; msg.h has the rest. */
#ifndef CW_WIRE_SAMPLES_H
#define CW_WIRE_SAMPLES_H

#include "wire/msg.h"

struct cw_samples_walk {
    size_t walked; /* bytes of the list that were understood, its head included */
    uint32_t count;
    uint32_t left; /* items not understood: cut short there, or no scalars */
    bool fit;      /* all that was walked is signed 16-bit integers */
};

/* Walks the array at the head of `in` over integers, floats, booleans and nil;
 * stops before anything else. Returns false when there is no array head. */
bool cw_samples_walk(struct cw_slice in, struct cw_samples_walk *walk);

#endif
