/* groups.h - the groups of a user. */
#ifndef CW_STORE_SQLITE_GROUPS_H
#define CW_STORE_SQLITE_GROUPS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* The group's id; 0: there is none. */
uint64_t cw_sqlite_group_with_key(struct cw_sqlite *s, struct cw_slice key);

/* The user's groups in the order of their ids; `whole`: with what only lists have. */
void cw_sqlite_list_groups(struct cw_sqlite *s, uint64_t user_id, bool whole,
                           struct cw_store_result *result, struct cw_arena *arena);

/* One of the user's groups; left as it is when the user is no member. */
void cw_sqlite_group_of(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                        struct cw_store_group *group, struct cw_arena *arena);

/* The last member has gone: its name is free at once, its messages go in idle moments. */
void cw_sqlite_group_dissolve(struct cw_sqlite *s, uint64_t group_id);

#endif
