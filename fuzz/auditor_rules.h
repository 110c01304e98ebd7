/* auditor_rules.h - records of permissions: blocks, mutes, roles, invitations. They are made from
 * the requests to the store and their statuses, in the order of execution. What these promise: a
 * blocked user's text is not stored for the user who has blocked them, a muted user's text not in
 * that group, even if the user leaves and comes back or the server is killed meanwhile; nobody
 * manages a group, or a member of it, beyond their role; and nobody joins without a valid
 * invitation where one is needed.
 *
 * Caller: auditor.c, fuzz_core.c. */
#ifndef CW_FUZZ_AUDITOR_RULES_H
#define CW_FUZZ_AUDITOR_RULES_H

#include "../test/trace/world.h"

struct rules;

struct rules *rules_create(void);
void rules_destroy(struct rules *rules);

/* From now on registration needs an invitation. */
void rules_close_registration(struct rules *rules);
/* Without being asked by anybody, so that no request is seen. */
void rules_server_invites(struct rules *rules);

/* Records a request that the store has executed. The caller passes the request's `secret` and
 * `invitation` as hashes: the request's slices are not read. */
void rules_stored(struct rules *rules, const struct cw_store_request *request,
                  const struct cw_store_result *result, uint64_t secret, uint64_t invitation);

bool rules_blocked(const struct rules *rules, uint64_t blocker, uint64_t blocked);

/* Ends the process unless `good`. */
void rules_expect(bool good, const char *promise);

#endif
