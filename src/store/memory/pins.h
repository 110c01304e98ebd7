/* pins.h - the pinned messages of groups, in memory.
 *
 * Private to this folder. */
#ifndef CW_STORE_MEMORY_PINS_H
#define CW_STORE_MEMORY_PINS_H

#include "store/memory/memory.h"

struct cw_memory_pin {
    uint64_t seq, time_ms;
};

/* When the entry was pinned; 0: it is not. */
uint64_t cw_memory_pinned_ms(struct cw_memory *m, uint64_t conversation, uint64_t seq);
/* The pins of the conversation, by seq; NULL: it is no group, or there is no such group. */
struct cw_memory_list *cw_memory_pins_of(struct cw_memory *m, uint64_t conversation);
/* The place of the first pin with this number or a higher one. */
size_t cw_memory_place_of_pin(const struct cw_memory_list *pins, uint64_t seq);
/* The entry was deleted or has gone. */
void cw_memory_pin_drop(struct cw_memory *m, uint64_t conversation, uint64_t seq);

#endif
