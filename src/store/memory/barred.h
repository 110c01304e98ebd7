/* barred.h - bans from the server, in memory: as in sqlite/barred.h. */
#ifndef CW_STORE_MEMORY_BARRED_H
#define CW_STORE_MEMORY_BARRED_H

#include "store/memory/memory.h"

bool cw_memory_is_barred(struct cw_memory *m, const struct cw_store_request *request,
                         uint64_t user_id, struct cw_store_result *result);

#endif
