/* proof.c - see proof.h. */
#include "core/proof.h"

#include <assert.h>

#include "base/codes.h"
#include "core/effect.h"
#include "core/password.h"
#include "core/refusal.h"
#include "core/throttle.h"
#include "core/user.h"

struct cw_slice cw_request_code(const struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    return (extras->present & CW_BIT(CW_X_CODE)) != 0 ? extras->code : (struct cw_slice){0};
}

void cw_request_miss_code(struct cw_core *core, struct request *request)
{
    cw_request_answer(core, request,
                      request->sent_map || request->extended ? CW_USER_CODE_MISSING
                                                             : CW_USER_WRONG_PASSWORD);
}

void cw_request_code_judged(struct cw_core *core, struct request *request,
                            enum cw_store_status status)
{
    cw_guess_end(core, request,
                 status == CW_STORE_OK           ? GUESS_RIGHT
                 : status == CW_STORE_WRONG_CODE ? GUESS_WRONG
                                                 : GUESS_NOT_MADE);
}

static void proof_code_used(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    cw_request_code_judged(core, request, event->store->status);
    if (!cw_request_refused(core, request, event->store, NULL))
        request->found(core, request);
}

static void use_code(struct cw_core *core, struct request *request)
{
    struct cw_slice code = cw_request_code(request);
    if (code.n == 0) {
        cw_request_miss_code(core, request);
        return;
    }
    if (!cw_code_begin(core, request))
        return;
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_FACTOR_USE, proof_code_used);
    store->user_id = request->sender->id;
    store->code = cw_request_bytes(core, request, code);
}

static void proof_verified(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    if (!cw_request_guessed(core, request, event))
        return;
    if (request->factor)
        use_code(core, request);
    else
        request->found(core, request);
}

static void proof_looked_up(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    if (cw_request_unavailable(core, request, event->store))
        return;
    request->factor = event->store->second_factor;
    if (request->factor && request->action == CW_BEGIN_TOTP) {
        cw_request_refuse(core, request, CW_RULE_FACTOR_ON); /* and uses no code up */
        return;
    }
    if (!cw_guess_begin(core, request, true))
        return;
    cw_request_ask_verify(core, request, request->msg->password, event->store->secret, false,
                          proof_verified);
}

void cw_request_ask_proof(struct cw_core *core, struct request *request, handler_fn *proved)
{
    assert(request->sender != NULL && request->found == NULL);
    if (!cw_request_fold(core, request, request->msg->username) || !cw_guess_allowed(core, request))
        return;
    request->found = proved;
    cw_request_ask_store(core, request, CW_STORE_PASSWORD_FIND, proof_looked_up)->user_id =
        request->sender->id;
}
