/* refusal.c - refusals by the store, and of names: the one place where a status of the store
 * becomes a response code. */
#include "core/refusal.h"

#include <assert.h>

#include "base/codes.h"
#include "core/names.h"
#include "core/reason.h"
#include "core/request.h"
#include "core/state.h"

/* The code of a status of the store, where a handler has no other. */
static const struct {
    int code;
    const char *reason;
} refusals[] = {
    [CW_STORE_EXISTS] = {CW_FORBIDDEN, NULL},
    [CW_STORE_NOT_FOUND] = {CW_BAD_REQUEST, NULL}, /* no such message, session, invitation */
    [CW_STORE_MISMATCH] = {CW_BAD_REQUEST, NULL},  /* an impossible number */
    [CW_STORE_FULL] = {CW_FORBIDDEN, NULL},
    [CW_STORE_NOT_MEMBER] = {CW_GROUP_MEMBER_DOES_NOT_EXIST, NULL}, /* or not any more */
    [CW_STORE_FORBIDDEN] = {CW_FORBIDDEN, NULL},
    [CW_STORE_CONFLICT] = {CW_CONFLICT, NULL},
    [CW_STORE_UNKNOWN] = {CW_UNKNOWN_OUTCOME, NULL},
    [CW_STORE_STRANGER] = {CW_RATE_LIMITED,
                           "you have written to many people for the first time: wait a "
                           "minute before you write to somebody else whom you do not know"},
    [CW_STORE_OVER_QUOTA] = {CW_TOO_LARGE,
                             "your messages and recordings take all the room that you have "
                             "here: delete some, or ask whoever runs the server for more"},
    [CW_STORE_NO_FILE] = {CW_BAD_REQUEST,
                          "`file` names no upload of yours that is complete and was not sent yet"},
    [CW_STORE_NO_ROOM] = {CW_UNAVAILABLE,
                          "the server's disk is full: delete what is not needed, or ask whoever "
                          "runs the server to make room"},
    [CW_STORE_UNAVAILABLE] = {CW_UNAVAILABLE, NULL},
};

/* A muted user may do none of these, but may delete. */
static bool says_something(const struct request *request)
{
    return request->action == CW_WHISPER || request->action == CW_MSG_GROUP ||
           request->action == CW_VOICE_MSG || request->action == CW_EDIT ||
           request->action == CW_REACT;
}

bool cw_request_refused(struct cw_core *core, struct request *request,
                        const struct cw_store_result *result, const struct refusal *others)
{
    enum cw_store_status status = result->status;
    if (status == CW_STORE_OK)
        return false;
    assert(status < sizeof refusals / sizeof refusals[0]);
    int code = refusals[status].code;
    const char *reason = refusals[status].reason;
    const struct refusal *other = others;
    while (other != NULL && other->status != CW_STORE_OK && other->status != status)
        other++;
    if (other != NULL && other->status != CW_STORE_OK)
        code = other->code; /* whose code this is */
    else if (status == CW_STORE_FORBIDDEN && says_something(request) &&
             cw_refused_as_muted(core, request))
        return true;
    else if (reason == NULL)
        reason = cw_reason_of(request, status);
    cw_request_refuse(core, request, code, reason);
    return true;
}

bool cw_group_refused(struct cw_core *core, struct request *request,
                      const struct cw_store_result *result)
{
    static const struct refusal others[] = {{CW_STORE_NOT_FOUND, CW_GROUP_DOES_NOT_EXIST}, {0}};
    return cw_request_refused(core, request, result, others);
}

bool cw_request_unavailable(struct cw_core *core, struct request *request,
                            const struct cw_store_result *result)
{
    bool unavailable = result->status == CW_STORE_UNAVAILABLE || result->status == CW_STORE_NO_ROOM;
    return unavailable && cw_request_refused(core, request, result, NULL);
}

/* --- names ------------------------------------------------------------------------------ */

bool cw_names_refused(struct cw_core *core, struct request *request, struct cw_slice name)
{
    const char *fault = cw_names_fault(core, name);
    if (fault == NULL)
        return false;
    cw_request_refuse(core, request, CW_INVALID_NAME, fault);
    return true;
}

void cw_names_taken(struct cw_core *core, struct request *request,
                    const struct cw_store_result *result, int code)
{
    if (result->other_name.n != 0 && core->config.registration_open) {
        cw_request_explain(request, "this name looks like ");
        cw_request_set_name(request, result->other_name);
        request->reason_names = true;
    } else if (result->other_name.n != 0) { /* names are a secret */
        cw_request_explain(request, "this name looks like one that is taken");
    }
    cw_request_answer(core, request, code);
}
