/* on_reset.c - what administrators do to accounts: reset_password, rename_user; and set_password,
 * by which the user of such a link chooses a password. The store checks permissions. */
#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/effect.h"
#include "core/find_user.h"
#include "core/handlers.h"
#include "core/login_link.h"
#include "core/names.h"
#include "core/pair.h"
#include "core/password.h"
#include "core/presence.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session_end.h"
#include "core/state.h"
#include "core/user.h"

static const struct refusal of_users[] = {{CW_STORE_NOT_FOUND, CW_USER_DOES_NOT_EXIST}, {0}};

/* --- reset_password -------------------------------------------------------------------------- */

static void reset_stored(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    if (event->store->status == CW_STORE_MISMATCH) {
        cw_request_refuse(core, request, CW_RULE_RESET_BOT);
        return;
    }
    if (cw_request_refused(core, request, event->store, of_users))
        return;
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->link = cw_effect_copy(core, cw_slice_of(request->token, request->token_n));
    cw_request_answer_with(core, request, answer);
    cw_login_link_end_of(core, request->target);
    cw_sessions_end_all(core, request->target, request, "reset");
}

static void reset_made(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    assert(event->hash.token.n == CW_SECRET_LEN);
    memcpy(request->token, event->hash.token.p, CW_SECRET_LEN);
    request->token_n = CW_SECRET_LEN;
    bool ends = cw_slice_eq(request->msg->factor, cw_slice_str("end"));
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_RESET_CREATE, reset_stored);
    store->user_id = cw_request_asker(request);
    store->other_id = request->target->id;
    store->secret = cw_effect_copy(core, event->hash.secret);
    store->expires_ms = core->time_ms + (uint64_t)CW_RESET_SECONDS * 1000;
    store->on = ends;
    request->outlives = true;
}

static void reset_found(struct cw_core *core, struct request *request)
{
    cw_request_ask_hash(core, request, CW_HASH_SECRET, (struct cw_slice){0}, (struct cw_slice){0},
                        reset_made);
}

void cw_on_reset_password(struct cw_core *core, struct request *request)
{
    struct cw_slice factor = request->msg->factor;
    if (factor.n != 0 && !cw_slice_eq(factor, cw_slice_str("keep")) &&
        !cw_slice_eq(factor, cw_slice_str("end")))
        cw_request_refuse_field(core, request, CW_RULE_FACTOR_STAYS, "factor", 0);
    else if (cw_request_fold(core, request, request->msg->member))
        cw_user_find(core, request, reset_found);
}

/* --- set_password ---------------------------------------------------------------------------- */

static void set_password_stored(struct cw_core *core, struct request *request,
                                const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    cw_request_set_name(request, event->store->name);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void set_password_hashed(struct cw_core *core, struct request *request,
                                const struct cw_event *event)
{
    request->hashed = event->hash.status != CW_HASH_LIMITED;
    if (cw_request_not_hashed(core, request, event))
        return;
    struct cw_slice hash = cw_effect_copy(core, event->hash.secret);
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_RESET_USE, set_password_stored);
    store->secret = hash;
    store->expected = cw_effect_copy(core, cw_slice_of(request->token, CW_TOKEN_HASH_LEN));
    request->outlives = true;
}

/* A password is hashed only for a link that is good. */
static void set_password_found(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    if (!cw_request_refused(core, request, event->store, NULL))
        cw_request_ask_new_hash(core, request, request->msg->new_password, set_password_hashed);
}

static void set_password_link(struct cw_core *core, struct request *request,
                              const struct cw_event *event)
{
    assert(event->hash.secret.n == CW_TOKEN_HASH_LEN);
    memcpy(request->token, event->hash.secret.p, CW_TOKEN_HASH_LEN);
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_RESET_FIND, set_password_found);
    store->secret = cw_effect_copy(core, event->hash.secret);
}

void cw_on_set_password(struct cw_core *core, struct request *request)
{
    cw_request_prove(core, request);
    cw_request_ask_hash(core, request, CW_HASH_TOKEN, request->msg->link, (struct cw_slice){0},
                        set_password_link);
}

/* --- rename_user ----------------------------------------------------------------------------- */

/* The core forgets who is called as before: with the next login it learns the new name. */
static void rename_stored(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    struct user *user = request->target;
    if (event->store->status == CW_STORE_EXISTS) {
        cw_names_taken(core, request, event->store, CW_USER_ALREADY_EXIST);
        return;
    }
    if (cw_request_refused(core, request, event->store, of_users))
        return;
    cw_request_answer(core, request, CW_SUCCESS);
    if (user->pair != NULL)
        cw_pair_break(core, user->pair);
    cw_login_link_end_of(core, user);
    cw_sessions_end_all(core, user, request, "renamed");
    cw_presence_gone(core, user);
    cw_user_deleted(user);
}

static void rename_found(struct cw_core *core, struct request *request)
{
    struct cw_name_key key;
    struct cw_slice name = cw_request_bytes(core, request, request->msg->new_name);
    if (!cw_names_fold(core, CW_NAME_OF_USER, name, &key)) {
        cw_request_answer(core, request, CW_INVALID_NAME);
        return;
    }
    struct cw_slice looks = cw_names_looks(core, name);
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_USER_RENAME, rename_stored);
    store->user_id = cw_request_asker(request);
    store->other_id = request->target->id;
    store->name = name;
    store->key = cw_effect_copy(core, cw_name_key_slice(&key));
    store->looks = looks;
    request->outlives = true;
}

void cw_on_rename_user(struct cw_core *core, struct request *request)
{
    if (!cw_names_refused(core, request, request->msg->new_name) &&
        cw_request_fold(core, request, request->msg->member))
        cw_user_find(core, request, rename_found);
}
