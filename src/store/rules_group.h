/* rules_group.h - decisions about what is written in groups, and about their headings, that all
 * back ends share.
 *
 * Private to src/store, as rules.h. */
#ifndef CW_STORE_RULES_GROUP_H
#define CW_STORE_RULES_GROUP_H

#include "store/rules.h"

/* cw_store_may_post, and slow mode, which sets until_ms: for a new message. */
enum cw_store_status cw_store_may_post_now(struct cw_store *store,
                                           const struct cw_store_request *request,
                                           struct cw_store_result *result);
/* May the asker see the earlier texts of this entry (NULL: there is none)? */
enum cw_store_status cw_store_may_see_versions(struct cw_store *store,
                                               const struct cw_store_request *request,
                                               const struct cw_store_entry *entry);
/* May the asker, an administrator, do it to this group or heading? `found`: there is one. `more`:
 * it would be one more beside `count`, of which there may be `most`. */
enum cw_store_status cw_store_may_arrange(struct cw_store *store,
                                          const struct cw_store_request *request, bool found,
                                          bool more, uint64_t count, uint64_t most);
/* Does a newcomer become a member of a group with so many? */
static inline bool cw_store_takes_newcomer(uint64_t member_count)
{
    return member_count < CW_GROUP_MEMBERS_MAX;
}

#endif
