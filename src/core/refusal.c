/* refusal.c - what is told to whoever is refused something. */
#include "core/refusal.h"

#include "base/codes.h"
#include "core/names.h"
#include "core/request.h"
#include "core/state.h"

bool cw_request_unavailable(struct cw_core *core, struct request *request,
                            const struct cw_store_result *result)
{
    if (result->status != CW_STORE_UNAVAILABLE && result->status != CW_STORE_NO_ROOM)
        return false;
    if (result->status == CW_STORE_NO_ROOM) {
        request->reason = "the server's disk is full: delete what is not needed, or ask whoever "
                          "runs the server to make room";
        request->had_map = request->sent_map;
    }
    cw_request_answer(core, request, CW_UNAVAILABLE);
    return true;
}

bool cw_group_refused(struct cw_core *core, struct request *request,
                      const struct cw_store_result *result)
{
    if (result->status == CW_STORE_OK)
        return false;
    if (cw_request_unavailable(core, request, result))
        return true;
    cw_request_answer(core, request,
                      result->status == CW_STORE_NOT_MEMBER  ? CW_GROUP_MEMBER_DOES_NOT_EXIST
                      : result->status == CW_STORE_NOT_FOUND ? CW_GROUP_DOES_NOT_EXIST
                                                             : CW_FORBIDDEN);
    return true;
}

bool cw_conversation_refused(struct cw_core *core, struct request *request,
                             const struct cw_store_result *result)
{
    switch (result->status) {
    case CW_STORE_OK:
        return false;
    case CW_STORE_UNAVAILABLE:
    case CW_STORE_NO_ROOM:
        cw_request_unavailable(core, request, result);
        break;
    case CW_STORE_NOT_MEMBER: /* not any more */
        cw_request_answer(core, request, CW_GROUP_MEMBER_DOES_NOT_EXIST);
        break;
    case CW_STORE_FORBIDDEN:
    case CW_STORE_FULL:
        cw_request_answer(core, request, CW_FORBIDDEN);
        break;
    case CW_STORE_OVER_QUOTA:
        cw_request_explain(request, "your messages and recordings take all the room that you have "
                                    "here: delete some, or ask whoever runs the server for more");
        cw_request_answer(core, request, CW_TOO_LARGE);
        break;
    case CW_STORE_STRANGER:
        cw_request_explain(request,
                           "you have written to many people for the first time: wait a "
                           "minute before you write to somebody else whom you do not know");
        cw_request_answer(core, request, CW_RATE_LIMITED);
        break;
    case CW_STORE_CONFLICT:
        cw_request_answer(core, request, CW_CONFLICT);
        break;
    case CW_STORE_UNKNOWN:
        cw_request_answer(core, request, CW_UNKNOWN_OUTCOME);
        break;
    default: /* no such message; a number that cannot be */
        cw_request_answer(core, request, CW_BAD_REQUEST);
    }
    return true;
}

bool cw_names_refused(struct cw_core *core, struct request *request, struct cw_slice name)
{
    const char *fault = cw_names_fault(core, name);
    if (fault == NULL)
        return false;
    cw_request_explain(request, fault);
    cw_request_answer(core, request, CW_INVALID_NAME);
    return true;
}

void cw_names_taken(struct cw_core *core, struct request *request,
                    const struct cw_store_result *result, int code)
{
    if (result->other_name.n != 0 && core->config.registration_open) {
        cw_request_explain(request, "this name looks like ");
        cw_request_set_name(request, result->other_name);
        request->reason_names = true;
    } else if (result->other_name.n != 0) { /* who is here is a secret */
        cw_request_explain(request, "this name looks like one that is taken");
    }
    cw_request_answer(core, request, code);
}
