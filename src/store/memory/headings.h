/* headings.h - the headings over groups, and the groups of newcomers, in memory. Private to this
 * folder. */
#ifndef CW_STORE_MEMORY_HEADINGS_H
#define CW_STORE_MEMORY_HEADINGS_H

struct cw_memory;
struct cw_memory_group;
struct cw_memory_heading;
struct cw_store_result;

/* NULL: none. A heading that has no group any more goes. */
void cw_memory_group_set_heading(struct cw_memory *m, struct cw_memory_group *group,
                                 struct cw_memory_heading *heading);
/* As cw_sqlite_newcomer. */
void cw_memory_newcomer(struct cw_memory *m, struct cw_store_result *result);

#endif
