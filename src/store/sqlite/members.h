/* members.h - the members of groups. */
#ifndef CW_STORE_SQLITE_MEMBERS_H
#define CW_STORE_SQLITE_MEMBERS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* Into the group; out of it, with their invitations to it. The group itself stays. */
void cw_sqlite_member_add(struct cw_sqlite *s, const struct cw_store_request *request,
                          uint64_t group_id, enum cw_store_role role);
void cw_sqlite_member_remove(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id);
void cw_sqlite_member_set_role(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                               enum cw_store_role role);

/* The bots of this user leave the group; owner_id 0: all that are in it. They are result->people.
 */
void cw_sqlite_bots_leave(struct cw_sqlite *s, uint64_t owner_id, uint64_t group_id,
                          struct cw_store_result *result, struct cw_arena *arena);

#endif
