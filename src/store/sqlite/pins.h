/* pins.h - the pinned messages of groups. */
#ifndef CW_STORE_SQLITE_PINS_H
#define CW_STORE_SQLITE_PINS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* When the entries `first` to `last` of the conversation were pinned, by one query: pinned_ms[i] of
 * `first` + i, 0: it is not. */
void cw_sqlite_pins_read(struct cw_sqlite *s, uint64_t conversation, uint64_t first, uint64_t last,
                         uint64_t pinned_ms[]);

/* The entry of the conversation was deleted or has gone, in the transaction under way. */
void cw_sqlite_pin_drop(struct cw_sqlite *s, uint64_t conversation, uint64_t seq);

#endif
