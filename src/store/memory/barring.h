/* barring.h - looks for bans from the server, in memory. */
#ifndef CW_STORE_MEMORY_BARRING_H
#define CW_STORE_MEMORY_BARRING_H

#include "store/memory/memory.h"

/* A ban from the server. */
struct cw_memory_barred {
    uint64_t id, user_id, by_id, created_ms, until_ms;
    struct cw_slice network, reason;
};

/* Its place in the list; the list's end: there is none. */
size_t cw_memory_place_of_ban(const struct cw_memory *m, uint64_t user_id, struct cw_slice network);
/* As in sqlite/barred.h. */
bool cw_memory_is_barred(struct cw_memory *m, const struct cw_store_request *request,
                         uint64_t user_id, struct cw_store_result *result);

#endif
