/* admins.c - the administrators of the server, in memory. */
#include "store/memory/admins.h"

#include "store/memory/audit.h"
#include "store/memory/memory.h"
#include "store/rules_admin.h"

bool cw_memory_is_admin(struct cw_store *store, uint64_t user_id)
{
    const struct cw_memory_user *user = cw_memory_at(&((struct cw_memory *)store)->users, user_id);
    return user != NULL && user->admin;
}

uint64_t cw_memory_admin_count(struct cw_store *store)
{
    const struct cw_memory *m = (struct cw_memory *)store;
    uint64_t count = 0;
    for (uint64_t id = 1; id <= m->users.count; id++)
        count += cw_memory_is_admin(store, id);
    return count;
}

bool cw_memory_setup_good(struct cw_store *store, const struct cw_store_request *request)
{
    const struct cw_memory_invitation *invitation =
        cw_memory_invitation_find((struct cw_memory *)store, 0, request);
    return invitation != NULL && invitation->user_id == 0;
}

void cw_memory_admin_make(struct cw_memory *m, uint64_t user_id)
{
    ((struct cw_memory_user *)cw_memory_at(&m->users, user_id))->admin = true;
    cw_memory_invitations_end(m, 0, 0);
}

void cw_memory_set_up(struct cw_memory *m, const struct cw_store_request *request,
                      struct cw_store_result *result)
{
    result->status = cw_store_may_set_up(&m->store, request);
    if (result->status != CW_STORE_OK)
        return;
    cw_memory_admin_make(m, request->user_id);
    cw_memory_audit(m, request, CW_AUDIT_SET_UP, request->user_id, (struct cw_slice){0});
}

void cw_memory_admin_set(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    enum cw_store_status status = cw_store_may_set_admin(&m->store, request);
    result->repeated = status == CW_STORE_EXISTS;
    if (status != CW_STORE_OK) {
        result->status = result->repeated ? CW_STORE_OK : status;
        return;
    }
    ((struct cw_memory_user *)cw_memory_at(&m->users, request->other_id))->admin = request->admin;
    cw_memory_audit(m, request, request->admin ? CW_AUDIT_SET_ADMIN : CW_AUDIT_UNSET_ADMIN,
                    request->other_id, (struct cw_slice){0});
    if (request->admin) /* set-up links are for a server without one */
        cw_memory_invitations_end(m, 0, 0);
}
