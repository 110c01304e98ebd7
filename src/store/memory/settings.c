/* settings.c - what users have set for all of their devices, in memory. */
#include "store/memory/memory.h"

bool cw_memory_is_discreet(struct cw_store *store, uint64_t user_id)
{
    const struct cw_memory_user *user = cw_memory_at(&((struct cw_memory *)store)->users, user_id);
    return user != NULL && user->discreet;
}

void cw_memory_settings_read(struct cw_memory *m, const struct cw_store_request *request,
                             struct cw_store_result *result)
{
    result->discreet = cw_memory_is_discreet(&m->store, request->user_id);
}

void cw_memory_settings_set(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    result->discreet = request->discreet;
    result->repeated = user->discreet == request->discreet;
    user->discreet = request->discreet;
}
