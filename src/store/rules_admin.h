/* rules_admin.h - decisions about administrators of the server that all back ends share.
 *
 * Private to src/store, as rules.h. */
#ifndef CW_STORE_RULES_ADMIN_H
#define CW_STORE_RULES_ADMIN_H

#include "store/store_backend.h"

/* May the asker do what only administrators do? (0: the operator, by chinwagctl; a request of the
 * protocol always has its user.) OK or FORBIDDEN. */
enum cw_store_status cw_store_may_administer(struct cw_store *store, uint64_t user_id);
/* The same, and the user other_id must be there. */
enum cw_store_status cw_store_may_act_on(struct cw_store *store,
                                         const struct cw_store_request *request);
/* May the asker ban the network, or the user, from the server? */
enum cw_store_status cw_store_may_bar(struct cw_store *store,
                                      const struct cw_store_request *request);
/* May the asker have the other's password set anew? */
enum cw_store_status cw_store_may_reset(struct cw_store *store,
                                        const struct cw_store_request *request);
/* Is there nobody who administers the server, or will by registering first? */
bool cw_store_needs_setup(struct cw_store *store, const struct cw_store_options *options);
/* May a user be made with this invitation, if there is one? OK or FORBIDDEN. */
enum cw_store_status cw_store_may_register(struct cw_store *store,
                                           const struct cw_store_request *request);
/* Is the user who has just got this id an administrator? Asked before the invitation is used up. */
bool cw_store_registers_admin(struct cw_store *store, const struct cw_store_options *options,
                              const struct cw_store_request *request, uint64_t user_id);
/* May the user become an administrator by this set-up link? */
enum cw_store_status cw_store_may_set_up(struct cw_store *store,
                                         const struct cw_store_request *request);
/* May the asker make the other user an administrator, or end it? EXISTS: it is so already. */
enum cw_store_status cw_store_may_set_admin(struct cw_store *store,
                                            const struct cw_store_request *request);

#endif
