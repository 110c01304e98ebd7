/* rules_bot.h - the rules about bots and hooks that all back ends share. Called by the back ends
 * only. */
#ifndef CW_STORE_RULES_BOT_H
#define CW_STORE_RULES_BOT_H

#include "store/rules.h"

/* BOT_CREATE: `count` is how many the user has. The name is not looked at. */
enum cw_store_status cw_store_may_create_bot(struct cw_store *store,
                                             const struct cw_store_request *request,
                                             uint64_t count);
/* BOT_RENEW, BOT_DELETE. */
enum cw_store_status cw_store_may_change_bot(struct cw_store *store,
                                             const struct cw_store_request *request);
enum cw_store_status cw_store_may_add_bot(struct cw_store *store,
                                          const struct cw_store_request *request,
                                          uint64_t member_count);
/* HOOK_CREATE: `count` is how many the group has. */
enum cw_store_status cw_store_may_create_hook(struct cw_store *store,
                                              const struct cw_store_request *request,
                                              uint64_t count);
/* HOOK_DELETE: group_id is the hook's, 0: there is no such hook. */
enum cw_store_status cw_store_may_delete_hook(struct cw_store *store,
                                              const struct cw_store_request *request,
                                              uint64_t group_id);

#endif
