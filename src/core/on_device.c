/* on_device.c - passwords for devices and bots: device_passwords, add_device_password,
 * remove_device_password. A login by one: on_account.c. */
#include <assert.h>

#include "base/codes.h"
#include "base/utf8.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/proof.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/seat.h"
#include "core/session.h"
#include "core/session_end.h"
#include "core/state.h"
#include "core/user.h"
#include "text/code.h"

_Static_assert(CW_DEVICE_PASSWORD_LEN <= CW_TOKEN_LEN, "request->token has room for it");

static void describe_device(const struct cw_store_device *device, struct cw_entry *entry)
{
    *entry = (struct cw_entry){.present = CW_BIT(CW_E_NAME) | CW_BIT(CW_E_CREATED),
                               .name = device->name,
                               .created_ms = device->created_ms,
                               .used_ms = device->used_ms};
    if (device->used_ms != 0)
        entry->present |= CW_BIT(CW_E_USED);
}

static void device_passwords_listed(struct cw_core *core, struct request *request,
                                    const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    struct cw_entry *entries = cw_request_make_entries(core, result->device_count);
    for (size_t i = 0; i < result->device_count; i++)
        describe_device(&result->devices[i], &entries[i]);
    cw_request_answer_list(core, request, entries, result->device_count, 0);
}

void cw_on_device_passwords(struct cw_core *core, struct request *request)
{
    cw_request_submit(core, request, CW_STORE_DEVICE_LIST, device_passwords_listed)->user_id =
        request->sender->id;
}

/* --- add_device_password ---------------------------------------------------------------------- */

static void add_device_stored(struct cw_core *core, struct request *request,
                              const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    assert(request->token_n == CW_DEVICE_PASSWORD_LEN);
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->secret = cw_effect_copy(core, cw_slice_of(request->token, request->token_n));
    cw_request_answer_with(core, request, answer);
}

static void add_device_hashed(struct cw_core *core, struct request *request,
                              const struct cw_event *event)
{
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_DEVICE_ADD, add_device_stored);
    store->user_id = request->sender->id;
    store->name = cw_request_bytes(core, request, request->msg->device);
    store->secret = cw_effect_copy(core, event->hash.secret);
}

static void add_device_random(struct cw_core *core, struct request *request,
                              const struct cw_event *event)
{
    static const size_t prefix = sizeof CW_DEVICE_PASSWORD_PREFIX - 1;
    assert(event->hash.secret.n >= CW_DEVICE_PASSWORD_BYTES);
    memcpy(request->token, CW_DEVICE_PASSWORD_PREFIX, prefix);
    cw_base32_write(event->hash.secret.p, CW_DEVICE_PASSWORD_BYTES,
                    (char *)request->token + prefix);
    request->token_n = CW_DEVICE_PASSWORD_LEN;
    cw_request_ask_hash(core, request, CW_HASH_TOKEN, cw_slice_of(request->token, request->token_n),
                        (struct cw_slice){0}, add_device_hashed);
}

static void add_device_proved(struct cw_core *core, struct request *request)
{
    cw_request_ask_hash(core, request, CW_HASH_RANDOM, (struct cw_slice){0}, (struct cw_slice){0},
                        add_device_random);
}

bool cw_device_name_good(struct cw_slice name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] < 0x20 || name.p[i] == 0x7f)
            return false;
    return name.n != 0 && name.n <= CW_DEVICE_NAME_MAX;
}

/* Password and code are asked for, since a login by it needs neither. */
void cw_on_add_device_password(struct cw_core *core, struct request *request)
{
    if (cw_device_name_good(request->msg->device))
        cw_request_ask_proof(core, request, add_device_proved);
    else
        cw_request_refuse_field(core, request, CW_RULE_DEVICE_NAME, "device", 0);
}

/* --- remove_device_password ------------------------------------------------------------------- */

static void end_session(struct cw_core *core, struct request *request, uint64_t session_id)
{
    struct session *session = cw_session_find(core, session_id);
    cw_requests_orphan(core, session_id);
    if (session != NULL)
        cw_session_end(core, session, NULL, "revoked");
    else
        cw_seats_leave_of_session(core, request->sender, session_id);
}

static void remove_device_stored(struct cw_core *core, struct request *request,
                                 const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    assert(request->outlives);
    for (size_t i = 0; i < result->session_count; i++)
        end_session(core, request, result->sessions[i].session_id);
    cw_request_answer(core, request, CW_SUCCESS);
}

void cw_on_remove_device_password(struct cw_core *core, struct request *request)
{
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_DEVICE_REMOVE, remove_device_stored);
    store->user_id = request->sender->id;
    store->name = request->msg->device;
    request->outlives = true;
}
