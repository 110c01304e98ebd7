/* members.h - users and members, as groups.c, accounts.c and bots.c share them, and what ends with
 * a membership. */
#ifndef CW_STORE_MEMORY_MEMBERS_H
#define CW_STORE_MEMORY_MEMBERS_H

#include "store/memory/memory.h"

struct cw_memory_hook {
    struct cw_slice hash;
    uint64_t id, group_id, created_ms;
    struct cw_memory_user *bot;
};

/* groups.c. */
struct cw_memory_membership *cw_memory_member_add(struct cw_memory *m, struct cw_memory_user *user,
                                                  struct cw_memory_group *group);
void cw_memory_member_remove(struct cw_memory *m, struct cw_memory_membership *membership);
/* accounts.c. As cw_sqlite_user_insert; NULL: the name is taken. */
struct cw_memory_user *cw_memory_user_insert(struct cw_memory *m,
                                             const struct cw_store_request *request,
                                             struct cw_store_result *result);

#endif
