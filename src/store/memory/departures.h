/* departures.h - users who delete their accounts, in memory: as sqlite/departures.h and
 * sqlite/retired.h. */
#ifndef CW_STORE_MEMORY_DEPARTURES_H
#define CW_STORE_MEMORY_DEPARTURES_H

#include "store/memory/memory.h"

/* A name that nobody can have for a while. */
struct cw_memory_retired {
    struct cw_slice key, looks;
    uint64_t deleted_ms;
};

/* struct cw_store_facts. */
bool cw_memory_is_deleted(struct cw_store *store, uint64_t user_id);
bool cw_memory_name_retired(const struct cw_memory *m, const struct cw_store_request *request);
/* In an idle moment: removes what those have left who are gone. */
void cw_memory_departures_follow(struct cw_memory *m);

#endif
