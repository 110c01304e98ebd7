/* headings.h - the headings over groups, and the groups of newcomers, in memory. Private to this
 * folder. */
#ifndef CW_STORE_MEMORY_HEADINGS_H
#define CW_STORE_MEMORY_HEADINGS_H

struct cw_memory;
struct cw_store_result;

/* As cw_sqlite_newcomer. */
void cw_memory_newcomer(struct cw_memory *m, struct cw_store_result *result);

#endif
