/* store_result.c - a result before it is filled. */
#include "store/store_result.h"

#include <stddef.h>
#include <string.h>

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
