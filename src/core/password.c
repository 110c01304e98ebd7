/* password.c - requests for hashes of passwords, and their results. */
#include "core/password.h"

#include <assert.h>

#include "base/codes.h"
#include "core/effect.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/throttle.h"
#include "core/user.h"
#include "text/password.h"

void cw_request_ask_new_hash(struct cw_core *core, struct request *request,
                             struct cw_slice password, step_fn *resume)
{
    struct cw_password prepared;
    enum cw_rule rule = cw_password_prepare(password, &prepared);
    if (rule == CW_RULE_NONE) {
        cw_request_ask_hash(core, request, CW_HASH_PASSWORD, cw_password_slice(&prepared),
                            (struct cw_slice){0}, resume);
        return;
    }
    cw_request_refuse(core, request, rule);
}

void cw_request_ask_verify(struct cw_core *core, struct request *request, struct cw_slice password,
                           struct cw_slice expected, bool renew, step_fn *resume)
{
    struct cw_password prepared;
    bool good = cw_password_prepare(password, &prepared) == CW_RULE_NONE;
    struct cw_slice text = good ? cw_password_slice(&prepared) : password;
    struct cw_effect *effect =
        cw_request_ask_hash(core, request, CW_HASH_PASSWORD_VERIFY, text, expected, resume);
    if (!cw_slice_eq(text, password))
        effect->hash.raw = cw_effect_copy(core, password);
    effect->hash.renew = renew && good;
}

bool cw_request_not_hashed(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    assert(event->type == CW_EV_HASH && event->hash.cookie == request->cookie);
    enum cw_hash_status status = event->hash.status;
    if (status != CW_HASH_BUSY && status != CW_HASH_LIMITED)
        return false;
    if (status == CW_HASH_BUSY)
        cw_request_refuse(core, request, CW_RULE_PASSWORDS_WAIT);
    else
        cw_request_refuse(core, request, CW_RULE_PASSWORD_QUEUE);
    return true;
}

bool cw_request_guessed(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    enum cw_hash_status status = event->hash.status;
    cw_guess_end(core, request,
                 status == CW_HASH_OK                           ? GUESS_RIGHT
                 : status == CW_HASH_WRONG || event->hash.tried ? GUESS_WRONG
                                                                : GUESS_NOT_MADE);
    request->hashed = status != CW_HASH_LIMITED; /* it waited for its turn, or was verified */
    if (status == CW_HASH_WRONG)
        cw_request_answer(core, request, CW_USER_WRONG_PASSWORD);
    else
        cw_request_not_hashed(core, request, event);
    return status == CW_HASH_OK;
}

/* --- the password anew ------------------------------------------------------------------- */

static void anew_verified(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    if (cw_request_guessed(core, request, event))
        request->found(core, request);
}

static void anew_looked_up(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    if (!cw_request_unavailable(core, request, event->store) && cw_guess_begin(core, request, true))
        cw_request_ask_verify(core, request, request->msg->password, event->store->secret, false,
                              anew_verified);
}

void cw_request_ask_anew(struct cw_core *core, struct request *request, handler_fn *then)
{
    assert(request->sender != NULL && request->found == NULL);
    if (!cw_request_fold(core, request, request->msg->username))
        return;
    if (!cw_guess_allowed(core, request))
        return;
    request->found = then;
    cw_request_ask_store(core, request, CW_STORE_PASSWORD_FIND, anew_looked_up)->user_id =
        request->sender->id;
}
