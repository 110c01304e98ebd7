/* admins.c - the administrators of the server, in SQLite. */
#include "store/sqlite/admins.h"

#include "store/rules_admin.h"
#include "store/sqlite/audit.h"
#include "store/sqlite/invitations.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

bool cw_sqlite_is_admin(struct cw_store *store, uint64_t user_id)
{
    return cw_sql_finds((struct cw_sqlite *)store, CW_SQL_ADMIN_FIND, CW_NUMBERS(user_id));
}

uint64_t cw_sqlite_admin_count(struct cw_store *store)
{
    return cw_sql_query((struct cw_sqlite *)store, CW_SQL_ADMINS_COUNT, CW_NUMBERS(0));
}

void cw_sqlite_admin_make(struct cw_sqlite *s, uint64_t user_id)
{
    cw_sql_run_with(s, CW_SQL_ADMIN_SET, CW_NUMBERS(user_id, 1));
    cw_sqlite_invitations_end(s, 0, 0);
}

void cw_sqlite_set_up(struct cw_sqlite *s, const struct cw_store_request *request,
                      struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_set_up(&s->store, request);
    if (result->status != CW_STORE_OK)
        return;
    cw_sqlite_admin_make(s, request->user_id);
    cw_sqlite_audit(s, request, CW_AUDIT_SET_UP, request->user_id, (struct cw_slice){0});
}

void cw_sqlite_admin_set(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    enum cw_store_status status = cw_store_may_set_admin(&s->store, request);
    result->repeated = status == CW_STORE_EXISTS;
    if (status != CW_STORE_OK) {
        result->status = result->repeated ? CW_STORE_OK : status;
        return;
    }
    cw_sql_run_with(s, CW_SQL_ADMIN_SET, CW_NUMBERS(request->other_id, request->admin));
    cw_sqlite_audit(s, request, request->admin ? CW_AUDIT_SET_ADMIN : CW_AUDIT_UNSET_ADMIN,
                    request->other_id, (struct cw_slice){0});
    if (request->admin) /* set-up links are for a server without one */
        cw_sqlite_invitations_end(s, 0, 0);
}
