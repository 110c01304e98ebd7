/* past.h - what effects said when their step was over, to be compared with what they say much
 * later: nothing that an effect points to belongs to the core, which changes and frees it.
 *
 * Used by world*.c, which keeps the events of those steps, too: what effects point to is the
 * step's or the event's. */
#ifndef CW_TEST_TRACE_PAST_H
#define CW_TEST_TRACE_PAST_H

#include "core/core.h"

struct past;

struct past *past_create(void);

/* Takes the effects of a step, and leaves none. */
void past_add(struct past *past, struct cw_effects *effects);

/* What events pointed to: the arena's pieces, and a request whose account is settled. */
void past_keep_arena(struct past *past, struct cw_arena *arena);
void past_keep_request(struct past *past, struct cw_store_request *request);

/* How many effects say something else by now. Prints which. */
size_t past_count_changed(const struct past *past);

void past_destroy(struct past *past);

#endif
