/* rules_oversight.h - decisions about groups in the hands of administrators that all back ends
 * share.
 *
 * Private to src/store, as rules.h. */
#ifndef CW_STORE_RULES_OVERSIGHT_H
#define CW_STORE_RULES_OVERSIGHT_H

#include "store/store_backend.h"

/* May the asker close this group (0: there is none)? */
enum cw_store_status cw_store_may_close(struct cw_store *store,
                                        const struct cw_store_request *request, uint64_t group_id);
/* A group that is to have another owner, and its owner now. */
struct cw_store_taking {
    uint64_t group_id, member_count, owner_id, owner_seen_ms;
    bool owner_barred;
    bool owner_has_session;
};
/* May the asker give it to other_id? Only if it is an orphan: its owner is banned from the server,
 * or has not been here for CW_ORPHAN_DAYS. */
enum cw_store_status cw_store_may_take(struct cw_store *store,
                                       const struct cw_store_request *request,
                                       const struct cw_store_taking *taking);

#endif
