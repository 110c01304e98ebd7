/* store_op.c - what each operation does, from the table of them. */
#include <stddef.h>

#include "store/store_backend.h"

enum { READS = 0, WRITES = 1, HELPS = 2, RIGHTS = 4, PAGE = 8, VOICES = 16 };

static const uint8_t what_it_does[CW_STORE_OP_COUNT] = {
#define CW_STORE_OP(NAME, name, what) [CW_STORE_##NAME] = (what),
#include "store/ops.def"
#undef CW_STORE_OP
};

bool cw_store_op_writes(enum cw_store_op op)
{
    return (what_it_does[op] & WRITES) != 0;
}

bool cw_store_op_helps(enum cw_store_op op)
{
    return (what_it_does[op] & HELPS) != 0;
}

bool cw_store_op_changes_rights(enum cw_store_op op)
{
    return (what_it_does[op] & RIGHTS) != 0;
}

bool cw_store_op_is_page(enum cw_store_op op)
{
    return (what_it_does[op] & PAGE) != 0;
}

bool cw_store_op_brings_voices(enum cw_store_op op)
{
    return (what_it_does[op] & VOICES) != 0;
}

bool cw_store_batch_writes(const struct cw_store_request *const requests[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cw_store_op_writes(requests[i]->op))
            return true;
    return false;
}

void cw_store_result_init(struct cw_store_result *result, const struct cw_store_request *request,
                          enum cw_store_status status)
{
    bool append = request->op == CW_STORE_MESSAGE_APPEND;
    memset(result, 0, append ? offsetof(struct cw_store_result, user_id) : sizeof *result);
    result->op = request->op;
    result->status = status;
    result->cookie = request->cookie;
    result->request = append ? request : NULL;
}
