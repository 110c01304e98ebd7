/* append_budget.c - see append_budget.h. */
#include "server/append_budget.h"

static bool is_long(const struct cw_store_request *request)
{
    return request->body.n > CW_BODY_INLINE_MAX;
}

bool cw_append_budget_take(struct cw_append_budget *budget, const struct cw_store_request *request)
{
    size_t *bytes = is_long(request) ? &budget->long_bytes : &budget->text_bytes;
    size_t max = is_long(request) ? CW_LONG_BODIES_BYTES_MAX : CW_STORE_QUEUE_BYTES_MAX;
    if (budget->count >= CW_STORE_QUEUE_MAX || request->body.n > max - *bytes)
        return false;
    budget->count++;
    *bytes += request->body.n;
    return true;
}

void cw_append_budget_give(struct cw_append_budget *budget, const struct cw_store_request *request)
{
    budget->count--;
    *(is_long(request) ? &budget->long_bytes : &budget->text_bytes) -= request->body.n;
}
