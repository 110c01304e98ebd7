/* on_factor.c - the second factor: second_factor, begin_totp, confirm_totp, end_totp, renew_codes.
 *
 * The store keeps the secret and judges codes, since what a code was used for and the use of the
 * code are one transaction. */
#include <assert.h>

#include "base/codes.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/proof.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"
#include "text/code.h"

static void second_factor_found(struct cw_core *core, struct request *request,
                                const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->state = cw_slice_str(event->store->second_factor ? "on" : "off");
    answer->codes_left = event->store->codes_left;
    cw_request_answer_with(core, request, answer);
}

void cw_on_second_factor(struct cw_core *core, struct request *request)
{
    cw_request_submit(core, request, CW_STORE_FACTOR_FIND, second_factor_found)->user_id =
        request->sender->id;
}

/* --- begin_totp --------------------------------------------------------------------------- */

static char *put_base32(struct cw_core *core, struct cw_slice bytes)
{
    assert(bytes.n % 5 == 0); /* else the last digits would be missing */
    char *text = cw_arena_alloc(&core->effects->arena, bytes.n / 5 * 8);
    cw_base32_write(bytes.p, bytes.n, text);
    return text;
}

/* As apps that make codes expect it: in upper case. */
static struct cw_slice show_secret(struct cw_core *core, struct cw_slice secret)
{
    char *text = put_base32(core, secret);
    size_t n = secret.n / 5 * 8;
    for (size_t i = 0; i < n; i++)
        if (text[i] >= 'a')
            text[i] = (char)(text[i] - 'a' + 'A');
    return cw_slice_of(text, n);
}

/* "abcd-efgh-ijkl-mnop" */
static struct cw_slice show_code(struct cw_core *core, const uint8_t *code)
{
    char *text = cw_arena_alloc(&core->effects->arena, CW_RECOVERY_CODE_LEN + 4);
    size_t n = 0;
    for (size_t i = 0; i < CW_RECOVERY_CODE_LEN; i++) {
        if (i != 0 && i % 4 == 0)
            text[n++] = '-';
        text[n++] = (char)code[i];
    }
    assert(n <= CW_RECOVERY_CODE_LEN + 4);
    return cw_slice_of(text, n);
}

static struct cw_entry *show_codes(struct cw_core *core, struct cw_slice codes)
{
    struct cw_entry *entries = cw_request_make_entries(core, CW_RECOVERY_CODES);
    assert(codes.n == CW_RECOVERY_CODES * CW_RECOVERY_CODE_LEN);
    for (size_t i = 0; i < CW_RECOVERY_CODES; i++) {
        entries[i].present = CW_BIT(CW_E_CODE);
        entries[i].code = show_code(core, codes.p + i * CW_RECOVERY_CODE_LEN);
    }
    return entries;
}

static void begin_totp_stored(struct cw_core *core, struct request *request,
                              const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    struct cw_entry *entries = show_codes(core, result->body);
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->secret = show_secret(core, result->secret);
    answer->extras.map_present = true;
    answer->extras.present = CW_BIT(CW_X_LIST);
    answer->extras.list = (struct cw_list){.items = entries, .count = CW_RECOVERY_CODES};
    cw_request_answer_with(core, request, answer);
}

/* Of what of the random bytes is no secret. */
static struct cw_slice make_codes(struct cw_core *core, struct cw_slice random)
{
    assert(random.n == CW_RANDOM_LEN);
    struct cw_slice rest =
        cw_slice_of(random.p + CW_TOTP_SECRET_LEN, random.n - CW_TOTP_SECRET_LEN);
    return cw_slice_of(put_base32(core, rest), CW_RECOVERY_CODES * CW_RECOVERY_CODE_LEN);
}

static void begin_totp_random(struct cw_core *core, struct request *request,
                              const struct cw_event *event)
{
    struct cw_slice random = event->hash.secret;
    struct cw_slice codes = make_codes(core, random);
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_FACTOR_BEGIN, begin_totp_stored);
    store->user_id = request->sender->id;
    store->secret = cw_effect_copy(core, cw_slice_of(random.p, CW_TOTP_SECRET_LEN));
    store->body = codes;
}

static void begin_totp_proved(struct cw_core *core, struct request *request)
{
    cw_request_ask_hash(core, request, CW_HASH_RANDOM, (struct cw_slice){0}, (struct cw_slice){0},
                        begin_totp_random);
}

/* The password is asked for, so that a stolen token cannot lock its user out. */
void cw_on_begin_totp(struct cw_core *core, struct request *request)
{
    cw_request_ask_proof(core, request, begin_totp_proved);
}

/* --- confirm_totp, end_totp ----------------------------------------------------------------- */

static void factor_changed(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    if (!cw_request_refused(core, request, event->store, NULL))
        cw_request_answer(core, request, CW_SUCCESS);
}

void cw_on_confirm_totp(struct cw_core *core, struct request *request)
{
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_FACTOR_CONFIRM, factor_changed);
    store->user_id = request->sender->id;
    store->code = request->msg->digits;
    request->outlives = true;
}

static void end_totp_proved(struct cw_core *core, struct request *request)
{
    cw_request_submit(core, request, CW_STORE_FACTOR_END, factor_changed)->user_id =
        request->sender->id;
    request->outlives = true;
}

void cw_on_end_totp(struct cw_core *core, struct request *request)
{
    cw_request_ask_proof(core, request, end_totp_proved);
}

/* --- renew_codes ----------------------------------------------------------------------------- */

static void renew_codes_stored(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    cw_request_answer_list(core, request, show_codes(core, result->body), CW_RECOVERY_CODES, 0);
}

static void renew_codes_random(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_FACTOR_RENEW, renew_codes_stored);
    store->user_id = request->sender->id;
    store->body = make_codes(core, event->hash.secret);
}

static void renew_codes_proved(struct cw_core *core, struct request *request)
{
    cw_request_ask_hash(core, request, CW_HASH_RANDOM, (struct cw_slice){0}, (struct cw_slice){0},
                        renew_codes_random);
}

/* For who has used some up, or fears that somebody has seen them: the app keeps its secret. */
void cw_on_renew_codes(struct cw_core *core, struct request *request)
{
    cw_request_ask_proof(core, request, renew_codes_proved);
}
