/* mention.h - whom a text mentions: from the text to what the store is asked for, and from a stored
 * message to whether a user is one of them. */
#ifndef CW_CORE_MENTION_H
#define CW_CORE_MENTION_H

#include <string.h>

#include "core/core.h"

struct user;

/* Puts the names behind '@' in the text into the request, as store/rules_mention.h has them. False:
 * there are more than CW_MENTIONS_MAX, and the rest is left out. */
bool cw_mentions_put(struct cw_core *core, struct cw_slice text, struct cw_store_request *store);
/* Does the message, by this sender, mention the user? */
bool cw_mentions_user(const struct cw_store_mentions *mentions, const struct user *user,
                      uint64_t sender_id);

#endif
