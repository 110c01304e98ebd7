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
static const int refusals[] = {
    [CW_STORE_EXISTS] = CW_FORBIDDEN,
    [CW_STORE_NOT_FOUND] = CW_BAD_REQUEST, /* no such message, session, invitation */
    [CW_STORE_MISMATCH] = CW_BAD_REQUEST,  /* an impossible number */
    [CW_STORE_FULL] = CW_FORBIDDEN,
    [CW_STORE_GROUP_FULL] = CW_FORBIDDEN,
    [CW_STORE_BANNED] = CW_FORBIDDEN,
    [CW_STORE_NOT_MEMBER] = CW_GROUP_MEMBER_DOES_NOT_EXIST, /* or not any more */
    [CW_STORE_FORBIDDEN] = CW_FORBIDDEN,
    [CW_STORE_CONFLICT] = CW_CONFLICT,
    [CW_STORE_UNKNOWN] = CW_UNKNOWN_OUTCOME,
    [CW_STORE_STRANGER] = CW_RATE_LIMITED,
    [CW_STORE_ANNOUNCED] = CW_FORBIDDEN,
    [CW_STORE_TOO_SOON] = CW_RATE_LIMITED,
    [CW_STORE_OVER_QUOTA] = CW_TOO_LARGE,
    [CW_STORE_NO_FILE] = CW_BAD_REQUEST,
    [CW_STORE_NO_CODE] = CW_USER_CODE_MISSING,
    [CW_STORE_WRONG_CODE] = CW_USER_WRONG_PASSWORD,
    [CW_STORE_NO_ROOM] = CW_UNAVAILABLE,
    [CW_STORE_UNAVAILABLE] = CW_UNAVAILABLE,
};

/* A muted user may do none of these, but may delete. */
static bool says_something(const struct request *request)
{
    return request->action == CW_WHISPER || request->action == CW_MSG_GROUP ||
           request->action == CW_VOICE_MSG || request->action == CW_EDIT ||
           request->action == CW_REACT;
}

/* From the server. */
static void refuse_banned(struct cw_core *core, struct request *request, uint64_t until_ms,
                          struct cw_slice reason)
{
    request->fault_until_ms = until_ms;
    cw_request_refuse_name(
        core, request, until_ms == 0 ? CW_RULE_SERVER_BANNED : CW_RULE_SERVER_BANNED_UNTIL, reason);
}

bool cw_request_refused(struct cw_core *core, struct request *request,
                        const struct cw_store_result *result, const struct refusal *others)
{
    enum cw_store_status status = result->status;
    if (status == CW_STORE_OK)
        return false;
    assert(status < sizeof refusals / sizeof refusals[0]);
    const struct refusal *other = others;
    while (other != NULL && other->status != CW_STORE_OK && other->status != status)
        other++;
    if (other != NULL && other->status != CW_STORE_OK) {
        cw_request_answer(core, request, other->code); /* whose code this is */
        return true;
    }
    if (status == CW_STORE_FORBIDDEN && says_something(request) &&
        cw_refused_as_muted(core, request))
        return true;
    struct cw_fault fault = cw_reason_of(core, request, status);
    assert(fault.rule == CW_RULE_NONE || cw_rule_code(fault.rule) == refusals[status]);
    if (status == CW_STORE_BANNED && request->sender == NULL)
        refuse_banned(core, request, result->until_ms, result->other_name);
    else if (status == CW_STORE_BANNED)
        cw_request_refuse_name(core, request, CW_RULE_BANNED, result->other_name);
    else if (status == CW_STORE_TOO_SOON)
        cw_request_refuse_until(core, request, CW_RULE_SLOW_MODE, result->until_ms);
    else if (fault.rule != CW_RULE_NONE)
        cw_request_refuse_fault(core, request, fault);
    else
        cw_request_answer(core, request, refusals[status]);
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
    enum cw_rule rule = cw_names_fault(core, name);
    if (rule == CW_RULE_NONE)
        return false;
    cw_request_refuse(core, request, rule);
    return true;
}

void cw_names_taken(struct cw_core *core, struct request *request,
                    const struct cw_store_result *result, int code)
{
    bool user = code == CW_USER_ALREADY_EXIST;
    assert(user || code == CW_GROUP_ALREADY_EXIST);
    if (result->other_name.n == 0)
        cw_request_answer(core, request, code);
    else if (core->config.registration_open)
        cw_request_refuse_name(core, request,
                               user ? CW_RULE_USER_LOOKS_LIKE : CW_RULE_GROUP_LOOKS_LIKE,
                               result->other_name);
    else /* names are a secret */
        cw_request_refuse(core, request,
                          user ? CW_RULE_USER_LOOKS_TAKEN : CW_RULE_GROUP_LOOKS_TAKEN);
}
