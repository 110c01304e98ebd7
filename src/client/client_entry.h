/* client_entry.h - the entries of a list as programs get them, from those of the wire. Who gets
 * them: client_events.c, which puts them into events. */
#ifndef CW_CLIENT_CLIENT_ENTRY_H
#define CW_CLIENT_CLIENT_ENTRY_H

#include "base/alloc.h"
#include "chinwag/chinwag.h"
#include "wire/msg.h"

/* A copy in the arena that ends in a zero. */
const char *cw_client_text_copy(struct cw_arena *arena, struct cw_slice s);

/* The list.count entries of a decoded list, with all that they point to, in the arena. */
const struct chinwag_entry *cw_client_entries_copy(struct cw_arena *arena, struct cw_list list);

#endif
