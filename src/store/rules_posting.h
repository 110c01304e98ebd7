/* rules_posting.h - decisions about who writes where, and how often, that all back ends share.
 *
 * Private to src/store, as rules.h, which includes it. */
#ifndef CW_STORE_RULES_POSTING_H
#define CW_STORE_RULES_POSTING_H

#include "store/store_backend.h"

/* May the user write there? */
struct cw_store_right cw_store_judge(struct cw_store *store, uint64_t user_id,
                                     uint64_t conversation);
static inline enum cw_store_status cw_store_say_status(struct cw_store_right right,
                                                       uint64_t time_ms)
{
    return right.muted_until_ms > time_ms ? CW_STORE_FORBIDDEN : right.status;
}
/* May the user say something there, and be it by a reaction? */
enum cw_store_status cw_store_may_say(struct cw_store *store, uint64_t user_id,
                                      uint64_t conversation, uint64_t time_ms);
/* The same of a text, which in some groups only moderators write */
enum cw_store_status cw_store_may_post(struct cw_store *store, uint64_t user_id,
                                       uint64_t conversation, uint64_t time_ms);
/* Does the back end keep when the user has written there? */
bool cw_store_is_slow(struct cw_store *store, uint64_t user_id, uint64_t conversation);
/* cw_store_may_post, and slow mode, which sets until_ms: for a new message. */
enum cw_store_status cw_store_may_post_now(struct cw_store *store,
                                           const struct cw_store_request *request,
                                           struct cw_store_result *result);

#endif
