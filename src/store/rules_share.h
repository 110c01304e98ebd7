/* rules_share.h - decisions about reactions, pins and quotes that all back ends share.
 *
 * Private to src/store, as rules.h. */
#ifndef CW_STORE_RULES_SHARE_H
#define CW_STORE_RULES_SHARE_H

#include "store/rules.h"

/* May the asker, who may read the conversation, put the reaction to this entry (NULL: there is
 * none) or take it away? OK, NOT_FOUND, or, as for a message, NOT_MEMBER or FORBIDDEN. */
enum cw_store_status cw_store_may_react(struct cw_store *store,
                                        const struct cw_store_request *request,
                                        const struct cw_store_entry *entry);
/* May there be one more kind of reaction to a message, beside so many? */
static inline bool cw_store_has_reaction_room(size_t kinds)
{
    return kinds < CW_REACTIONS_MAX;
}
/* May the asker pin this entry (NULL: there is none), or unpin it? `count`: so many are pinned. */
enum cw_store_status cw_store_may_pin(struct cw_store *store,
                                      const struct cw_store_request *request,
                                      const struct cw_store_entry *entry, uint64_t count);
/* May the message be quoted in an answer to it? */
bool cw_store_is_quotable(const struct cw_store_message *message);
/* Its quote, whose text points into the message's. */
struct cw_store_quote cw_store_quote_of(const struct cw_store_message *message);

/* Whose reactions the user is not shown in the conversation: in a pair the other one's, if one of
 * them has blocked the other; in a group those of the users that they have blocked, whom the back
 * end lists. */
bool cw_store_hides_peer(struct cw_store *store, uint64_t conversation, uint64_t user_id);

#endif
