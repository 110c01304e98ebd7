/* pins.h - the pinned messages of groups. */
#ifndef CW_STORE_SQLITE_PINS_H
#define CW_STORE_SQLITE_PINS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* When the entry was pinned; 0: it is not. */
uint64_t cw_sqlite_pinned_ms(struct cw_sqlite *s, uint64_t group_id, uint64_t seq);

/* The entry of the conversation was deleted or has gone, in the transaction under way. */
void cw_sqlite_pin_drop(struct cw_sqlite *s, uint64_t conversation, uint64_t seq);

#endif
