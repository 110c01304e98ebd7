/* posting.c - who may write in a group, and how often, in SQLite. `written` says when a member has
 * written last, member or not any more: to leave and to join again must not shorten the wait. It
 * has rows of groups in slow mode only. */
#include "store/sqlite/posting.h"

#include "store/rules.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

uint64_t cw_sqlite_written_ms(struct cw_store *store, uint64_t user_id, uint64_t group_id)
{
    return cw_sql_query((struct cw_sqlite *)store, CW_SQL_WRITTEN_FIND,
                        CW_NUMBERS(group_id, user_id));
}

void cw_sqlite_written(struct cw_sqlite *s, const struct cw_store_request *request)
{
    if (cw_store_is_slow(&s->store, request->user_id, request->mailbox))
        cw_sql_run_with(s, CW_SQL_WRITTEN_SET,
                        CW_NUMBERS(request->mailbox >> 1, request->user_id, request->time_ms));
}

void cw_sqlite_group_writers(struct cw_sqlite *s, const struct cw_store_request *request,
                             struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_change_group(&s->store, request, request->group_id);
    if (result->status == CW_STORE_OK)
        cw_sql_run_with(s, CW_SQL_GROUP_SET_WRITERS,
                        CW_NUMBERS(request->group_id, request->announcements));
}

void cw_sqlite_group_here(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_change_group(&s->store, request, request->group_id);
    if (result->status == CW_STORE_OK)
        cw_sql_run_with(s, CW_SQL_GROUP_SET_HERE, CW_NUMBERS(request->group_id, request->here));
}

void cw_sqlite_group_slow(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_change_group(&s->store, request, request->group_id);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_run_with(s, CW_SQL_GROUP_SET_SLOW, CW_NUMBERS(request->group_id, request->slow_s));
    if (request->slow_s == 0)
        cw_sql_run_with(s, CW_SQL_WRITTEN_DROP, CW_NUMBERS(request->group_id));
}
