/* versions.h - earlier texts of edited messages, in memory. Private to this folder. */
#ifndef CW_STORE_MEMORY_VERSIONS_H
#define CW_STORE_MEMORY_VERSIONS_H

#include "store/memory/memory.h"

struct cw_memory_version {
    uint64_t message_id, group_id, written_ms, ends_ms;
    struct cw_slice body;
};

/* As in sqlite/versions.h. */
void cw_memory_version_keep(struct cw_memory *m, const struct cw_store_request *request,
                            const struct cw_memory_entry *entry);
void cw_memory_versions_drop(struct cw_memory *m, uint64_t message_id);
/* In idle moments: those whose time is over. */
void cw_memory_versions_expire(struct cw_memory *m);

#endif
