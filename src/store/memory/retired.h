/* retired.h - names that nobody can have for a while, in memory: as sqlite/retired.h. */
#ifndef CW_STORE_MEMORY_RETIRED_H
#define CW_STORE_MEMORY_RETIRED_H

#include "store/memory/memory.h"

struct cw_memory_retired {
    struct cw_slice key, looks;
    uint64_t deleted_ms;
};

bool cw_memory_name_retired(const struct cw_memory *m, const struct cw_store_request *request);
void cw_memory_retire_name(struct cw_memory *m, const struct cw_memory_user *user);

#endif
