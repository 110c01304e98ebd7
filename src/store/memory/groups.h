/* groups.h - groups and their headings, in memory. Private to this folder. */
#ifndef CW_STORE_MEMORY_GROUPS_H
#define CW_STORE_MEMORY_GROUPS_H

#include "store/memory/heading.h"
#include "store/memory/memory.h"

/* Frees its lists. NULL: a group that has gone. */
void cw_memory_group_finish(struct cw_memory_group *group);
/* NULL: none. A heading that has no group any more goes. */
void cw_memory_group_set_heading(struct cw_memory *m, struct cw_memory_group *group,
                                 struct cw_memory_heading *heading);

/* The last member has gone. */
void cw_memory_group_remove(struct cw_memory *m, struct cw_memory_group *group);
/* The user is not banned from it, or not any more. */
void cw_memory_group_unban(struct cw_memory_group *group, const struct cw_memory_user *user);

#endif
