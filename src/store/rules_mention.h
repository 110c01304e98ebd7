/* rules_mention.h - decisions about mentions that all back ends share, and about what users are
 * told of.
 *
 * Private to src/store, as rules.h. request.mentions holds, for each word behind an '@', the keys
 * of the users that may be meant, the longest first, each ended by a zero byte, and a zero byte
 * behind the last of them. */
#ifndef CW_STORE_RULES_MENTION_H
#define CW_STORE_RULES_MENTION_H

#include <string.h>

#include "store/rules.h"

/* Can this text mention anybody? Others cost no look-up. */
static inline bool cw_store_may_mention(struct cw_slice text)
{
    return text.n != 0 && memchr(text.p, '@', text.n) != NULL;
}
static inline bool cw_store_mentions_any(const struct cw_store_request *request)
{
    return request->mentions.n != 0 || request->calls_all;
}

/* Whom the request's text mentions: users who read the conversation, but not its sender, nor who
 * has blocked the sender. */
struct cw_store_mentioned {
    uint64_t ids[CW_MENTIONS_MAX]; /* ascending */
    size_t count;
    bool all;     /* everybody in the group */
    bool not_all; /* ... was wanted, and the sender may not */
};
void cw_store_resolve(struct cw_store *store, const struct cw_store_request *request,
                      uint64_t conversation, struct cw_store_mentioned *mentioned);
/* Does the mention of everybody, by this sender, mention the user? */
bool cw_store_is_called(struct cw_store *store, uint64_t user_id, uint64_t conversation,
                        uint64_t sender_id);

/* What they take of a page; NULL: nothing. */
static inline size_t cw_store_mentions_bytes(const struct cw_store_mentions *mentions)
{
    size_t bytes = mentions == NULL ? 0 : CW_MENTIONS_MAX * sizeof mentions->users[0];
    for (size_t i = 0; mentions != NULL && i < mentions->count; i++)
        bytes += mentions->users[i].name.n;
    return bytes;
}

/* May the user set it? `known`: something is set about this conversation; about so many others
 * together. OK, FULL, or as cw_store_may_read. */
enum cw_store_status cw_store_may_set_notify(struct cw_store *store,
                                             const struct cw_store_request *request, bool known,
                                             uint64_t count);
/* What is set after the request, when it was *rule before. True: that is another. */
bool cw_store_change_notify(const struct cw_store_request *request, struct cw_store_notify *rule);
/* Is it what nobody need set? */
static inline bool cw_store_is_default(const struct cw_store_notify *rule)
{
    return rule->level == CW_NOTIFY_DEFAULT && rule->until_ms == 0;
}

#endif
