/* settings.c - what users have set for all of their devices, in SQLite. */
#include "store/sqlite/settings.h"

#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"

bool cw_sqlite_is_discreet(struct cw_store *store, uint64_t user_id)
{
    return cw_sql_query((struct cw_sqlite *)store, CW_SQL_SETTING_DISCREET, CW_NUMBERS(user_id)) !=
           0;
}

void cw_sqlite_settings_read(struct cw_sqlite *s, const struct cw_store_request *request,
                             struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->discreet = cw_sqlite_is_discreet((struct cw_store *)s, request->user_id);
}

void cw_sqlite_settings_set(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    bool before = cw_sqlite_is_discreet((struct cw_store *)s, request->user_id);
    result->discreet = request->discreet;
    result->repeated = before == request->discreet;
    if (!result->repeated)
        cw_sql_run_with(s, CW_SQL_SETTING_SET_DISCREET,
                        CW_NUMBERS(request->user_id, request->discreet));
}
