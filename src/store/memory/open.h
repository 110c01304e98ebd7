/* open.h - the memory back end, and what tests can do to it.
 *
 * Its own library (store_memory): chinwagd does not have it. */
#ifndef CW_STORE_MEMORY_OPEN_H
#define CW_STORE_MEMORY_OPEN_H

#include "store/store.h"

/* Opens the memory back end, which never fails. */
struct cw_store *cw_store_open_memory(const struct cw_store_options *options);

/* As if the server were started again: another era begins. */
void cw_store_memory_restart(struct cw_store *store);

/* As if the disk were full, from the next batch on, or had room again. The store
 * must be one of cw_store_open_memory. */
void cw_store_memory_set_full(struct cw_store *store, bool full);

/* As if what is delivered could not be read for the moment, or could again. */
void cw_store_memory_set_unreadable(struct cw_store *store, bool unreadable);

/* The disk has changed the body of this message: it is shown as cw_store_message.damaged. */
void cw_store_memory_damage(struct cw_store *store, uint64_t message_id);

#endif
