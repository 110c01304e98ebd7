/* factors.c - the second factor of users, in memory. */
#include "store/memory/factors.h"

static void save_factor(struct cw_memory *m, struct cw_memory_user *user,
                        const struct cw_store_factor *factor)
{
    user->factor = *factor;
    user->factor.secret = cw_arena_copy(&m->arena, factor->secret);
    user->factor.codes = cw_arena_copy(&m->arena, factor->codes);
}

static struct cw_store_factor factor_of(const struct cw_memory_user *user)
{
    return user == NULL ? (struct cw_store_factor){0} : user->factor;
}

enum cw_store_status cw_memory_factor_pass(struct cw_memory *m, struct cw_memory_user *user,
                                           const struct cw_store_request *request)
{
    struct cw_store_factor factor = factor_of(user);
    enum cw_store_status status = cw_store_use_code(request, &factor, m->out);
    if (status == CW_STORE_OK && factor.active)
        save_factor(m, user, &factor);
    return status;
}

void cw_memory_factor_find(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct cw_store_factor factor = factor_of(cw_memory_at(&m->users, request->user_id));
    result->second_factor = factor.active;
    result->codes_left = cw_store_codes_left(&factor);
}

void cw_memory_factor_begin(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    if (factor_of(user).active) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    struct cw_store_factor factor = cw_store_begin_factor(request, m->out);
    save_factor(m, user, &factor);
    result->secret = cw_memory_out(m, request->secret);
    result->body = cw_memory_out(m, request->body);
}

void cw_memory_factor_confirm(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    struct cw_store_factor factor = factor_of(user);
    result->status = cw_store_confirm_factor(request, &factor);
    if (result->status == CW_STORE_OK)
        save_factor(m, user, &factor);
}

void cw_memory_factor_use(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    result->status = cw_memory_factor_pass(m, cw_memory_at(&m->users, request->user_id), request);
}

void cw_memory_factor_renew(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    struct cw_store_factor factor = factor_of(user);
    result->status = cw_store_renew_codes(request, &factor, m->out);
    if (result->status != CW_STORE_OK)
        return;
    save_factor(m, user, &factor);
    result->body = cw_memory_out(m, request->body);
}

void cw_memory_factor_end(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    if (factor_of(user).active)
        user->factor = (struct cw_store_factor){0};
    else
        result->status = CW_STORE_NOT_FOUND;
}
