/* admins.h - the administrators of the server, in memory. Private to this folder. */
#ifndef CW_STORE_MEMORY_ADMINS_H
#define CW_STORE_MEMORY_ADMINS_H

#include "store/store_backend.h"

struct cw_memory;

/* As in sqlite/admins.h. */
bool cw_memory_is_admin(struct cw_store *store, uint64_t user_id);
uint64_t cw_memory_admin_count(struct cw_store *store);
bool cw_memory_setup_good(struct cw_store *store, const struct cw_store_request *request);
void cw_memory_admin_make(struct cw_memory *m, uint64_t user_id);

#endif
