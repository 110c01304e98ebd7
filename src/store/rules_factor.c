/* rules_factor.c - the rules about the second factor and device passwords that all back ends share.
 * Pure, as rules.c. Called by the back ends only. */
#include "store/rules_factor.h"
#include "store/one_time.h"

static enum cw_store_status use_recovery_code(const struct cw_store_request *request,
                                              struct cw_store_factor *factor,
                                              struct cw_arena *arena)
{
    uint8_t hash[CW_RECOVERY_HASH_LEN];
    if (!cw_recovery_hash(request->code, hash))
        return CW_STORE_WRONG_CODE;
    uint8_t *left = cw_arena_alloc(arena, factor->codes.n);
    size_t n = 0;
    for (size_t at = 0; at < factor->codes.n; at += sizeof hash)
        if (memcmp(factor->codes.p + at, hash, sizeof hash) != 0) {
            memcpy(left + n, factor->codes.p + at, sizeof hash);
            n += sizeof hash;
        }
    if (n == factor->codes.n)
        return CW_STORE_WRONG_CODE;
    factor->codes = cw_slice_of(left, n);
    return CW_STORE_OK;
}

/* The time, not the date (base/clock.h), judges a code: after an hour in which the server was off
 * the date is an hour behind for an hour. A wrong time destroys nothing here: a step that was used
 * stays used. */
static enum cw_store_status use_totp(const struct cw_store_request *request,
                                     struct cw_store_factor *factor)
{
    uint64_t step = cw_totp_step(factor->secret, request->code, request->time_ms, factor->step);
    if (step == 0)
        return CW_STORE_WRONG_CODE;
    factor->step = step;
    return CW_STORE_OK;
}

enum cw_store_status cw_store_use_code(const struct cw_store_request *request,
                                       struct cw_store_factor *factor, struct cw_arena *arena)
{
    if (!factor->active || request->linked)
        return CW_STORE_OK;
    if (request->code.n == 0)
        return CW_STORE_NO_CODE;
    enum cw_store_status status = use_totp(request, factor);
    return status == CW_STORE_OK ? status : use_recovery_code(request, factor, arena);
}

enum cw_store_status cw_store_confirm_factor(const struct cw_store_request *request,
                                             struct cw_store_factor *factor)
{
    if (factor->active)
        return CW_STORE_EXISTS;
    if (!factor->found || request->time_ms >= factor->begun_ms + CW_TOTP_BEGUN_MS)
        return CW_STORE_NOT_FOUND;
    if (request->code.n == 0)
        return CW_STORE_NO_CODE;
    enum cw_store_status status = use_totp(request, factor);
    factor->active = status == CW_STORE_OK;
    return status;
}

/* What is stored of the codes in `body`. */
static struct cw_slice hash_codes(const struct cw_store_request *request, struct cw_arena *arena)
{
    uint8_t *hashes = cw_arena_alloc(arena, CW_RECOVERY_CODES * CW_RECOVERY_HASH_LEN);
    size_t n = 0;
    for (size_t at = 0; at + CW_RECOVERY_CODE_LEN <= request->body.n && n < CW_RECOVERY_CODES;
         at += CW_RECOVERY_CODE_LEN)
        n += cw_recovery_hash(cw_slice_of(request->body.p + at, CW_RECOVERY_CODE_LEN),
                              hashes + n * CW_RECOVERY_HASH_LEN);
    return cw_slice_of(hashes, n * CW_RECOVERY_HASH_LEN);
}

struct cw_store_factor cw_store_begin_factor(const struct cw_store_request *request,
                                             struct cw_arena *arena)
{
    return (struct cw_store_factor){.found = true,
                                    .secret = request->secret,
                                    .codes = hash_codes(request, arena),
                                    .begun_ms = request->time_ms};
}

enum cw_store_status cw_store_renew_codes(const struct cw_store_request *request,
                                          struct cw_store_factor *factor, struct cw_arena *arena)
{
    if (!factor->active)
        return CW_STORE_NOT_FOUND;
    factor->codes = hash_codes(request, arena);
    return CW_STORE_OK;
}

uint64_t cw_store_codes_left(const struct cw_store_factor *factor)
{
    return factor->active ? factor->codes.n / CW_RECOVERY_HASH_LEN : 0;
}

enum cw_store_status cw_store_may_add_device(struct cw_store *store,
                                             const struct cw_store_request *request, bool taken,
                                             uint64_t count)
{
    if (!store->backend->facts.user_exists(store, request->user_id))
        return CW_STORE_NOT_FOUND;
    if (taken)
        return CW_STORE_EXISTS;
    return count < CW_DEVICE_PASSWORDS_MAX ? CW_STORE_OK : CW_STORE_FULL;
}
