/* password.c - passwords on their way to be hashed. */
#include "text/password.h"

#include "core/internal.h"

void cw_request_ask_new_hash(struct cw_core *core, struct request *request,
                             struct cw_slice password, step_fn *resume)
{
    struct cw_password prepared;
    const char *fault = cw_password_prepare(password, &prepared);
    if (fault == NULL) {
        cw_request_ask_hash(core, request, CW_HASH_PASSWORD, cw_password_slice(&prepared),
                            (struct cw_slice){0}, resume);
        return;
    }
    cw_request_refuse(core, request, CW_BAD_REQUEST, fault);
}

void cw_request_ask_verify(struct cw_core *core, struct request *request, struct cw_slice password,
                           struct cw_slice expected, bool renew, step_fn *resume)
{
    struct cw_password prepared;
    bool good = cw_password_prepare(password, &prepared) == NULL;
    struct cw_slice text = good ? cw_password_slice(&prepared) : password;
    struct cw_effect *effect =
        cw_request_ask_hash(core, request, CW_HASH_PASSWORD_VERIFY, text, expected, resume);
    if (!cw_slice_eq(text, password))
        effect->hash.raw = cw_arena_copy(&core->effects->arena, password);
    effect->hash.renew = renew && good;
}
