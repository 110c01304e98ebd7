/* rules_departure.h - decisions about deleted accounts that all back ends share.
 *
 * Private to src/store, as rules.h. */
#ifndef CW_STORE_RULES_DEPARTURE_H
#define CW_STORE_RULES_DEPARTURE_H

#include "store/rules.h"

/* The name of a user who has deleted the account, for CW_DELETED_NAME_MAX bytes; no new name has a
 * `/`, so that nobody can register it. `taken`: a name of 0.1.0 is the same. */
#define CW_DELETED_NAME_MAX 32
struct cw_slice cw_store_deleted_name(uint64_t user_id, bool taken, char name[CW_DELETED_NAME_MAX]);
/* The time of a deletion, which is never 0. */
static inline uint64_t cw_store_deleted_ms(struct cw_store_moment now)
{
    return now.later_ms == 0 ? 1 : now.later_ms;
}
/* May the asker delete the account? As cw_store_may_set_password. FULL: nobody else administers the
 * server, and somebody else is there (`alone`: nobody is). */
enum cw_store_status cw_store_may_depart(struct cw_store *store,
                                         const struct cw_store_request *request,
                                         const struct cw_store_password *password, bool alone);
/* Appends to result.bots_gone; group_id 0: the bot is deleted. */
void cw_store_add_bot_gone(struct cw_store_result *result, uint64_t bot_id, uint64_t group_id,
                           struct cw_arena *arena);
/* Appends the bots that have left the group with its last member that was none. */
void cw_store_add_bots_left(struct cw_store_result *result, const struct cw_store_result *left,
                            uint64_t group_id, struct cw_arena *arena);
/* Is this name, or one that looks like it, still kept for nobody? It was given up at that time. */
bool cw_store_is_retired(struct cw_store_moment now, uint64_t deleted_ms);

#endif
