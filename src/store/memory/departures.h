/* departures.h - users who delete their accounts, in memory: as sqlite/departures.h. */
#ifndef CW_STORE_MEMORY_DEPARTURES_H
#define CW_STORE_MEMORY_DEPARTURES_H

#include "store/memory/memory.h"

/* struct cw_store_facts. */
bool cw_memory_is_deleted(struct cw_store *store, uint64_t user_id);
/* In an idle moment: removes what those have left who are gone. */
void cw_memory_departures_follow(struct cw_memory *m);

#endif
