/* rules_group.h - decisions about what is written in groups, and about their headings, that all
 * back ends share.
 *
 * Private to src/store, as rules.h. */
#ifndef CW_STORE_RULES_GROUP_H
#define CW_STORE_RULES_GROUP_H

#include "store/rules.h"

/* May the asker see the earlier texts of this entry (NULL: there is none)? */
enum cw_store_status cw_store_may_see_versions(struct cw_store *store,
                                               const struct cw_store_request *request,
                                               const struct cw_store_entry *entry);
/* May the asker, an administrator, do it to this group or heading? `found`: there is one. `more`:
 * it would be one more beside `count`, of which there may be `most`. */
enum cw_store_status cw_store_may_arrange(struct cw_store *store,
                                          const struct cw_store_request *request, bool found,
                                          bool more, uint64_t count, uint64_t most);
/* The next key in the list of TALK_CREATE, which is taken out of it; empty: no more. */
struct cw_slice cw_store_next_key(struct cw_slice *keys);
/* May the asker put this user into a new group? */
bool cw_store_may_gather(struct cw_store *store, uint64_t user_id, uint64_t other_id);
/* The names of maker and members, as the topic of a group without a name; those that it has room
 * for. Returns its length. */
size_t cw_store_talk_topic(struct cw_slice maker, const struct cw_store_person people[],
                           size_t count, char topic[CW_TOPIC_MAX]);
/* A talk's topic without this name, as it is when its user has left, in *n bytes. False: the group
 * is none, or the topic does not list the name. */
bool cw_store_talk_topic_without(struct cw_slice key, struct cw_slice topic, struct cw_slice name,
                                 char without[CW_TOPIC_MAX], size_t *n);
/* Does a newcomer become a member of a group with so many? */
static inline bool cw_store_takes_newcomer(uint64_t member_count)
{
    return member_count < CW_GROUP_MEMBERS_MAX;
}

#endif
