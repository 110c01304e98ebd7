/* on_link.c - a new device logs in by a link: make_link, confirm_link, login_by_link.
 *
 * The session is made by the request of the old device, so that this is answered when the session
 * is on disk; the request of the new device is resumed in the same step, with the same result.
 * Where the link is another server's (far_link.h), the session is made by the request of the new
 * device. */
#include <assert.h>

#include "base/codes.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/far_link.h"
#include "core/find_user.h"
#include "core/handlers.h"
#include "core/login_link.h"
#include "core/proof.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session.h"
#include "core/session_end.h"
#include "core/state.h"
#include "core/user.h"
#include "text/code.h"

static bool has_digits(struct cw_core *core, struct request *request)
{
    uint32_t number;
    if (cw_code_digits(request->msg->digits, &number))
        return true;
    cw_request_refuse_field(core, request, CW_RULE_DIGITS, "digits", 0);
    return false;
}

/* --- make_link -------------------------------------------------------------------------- */

static void make_link_made(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    cw_login_link_make(core, request->sender, event->hash.secret);
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->link = cw_effect_copy(core, event->hash.token);
    answer->extras.map_present = true;
    answer->extras.present = CW_BIT(CW_X_EXPIRES);
    answer->extras.expires = core->time_ms + CW_LINK_MS;
    cw_request_answer_with(core, request, answer);
}

static void make_link_proved(struct cw_core *core, struct request *request)
{
    cw_request_ask_hash(core, request, CW_HASH_INVITE, (struct cw_slice){0}, (struct cw_slice){0},
                        make_link_made);
}

void cw_on_make_link(struct cw_core *core, struct request *request)
{
    cw_request_ask_proof(core, request, make_link_proved);
}

/* --- login_by_link ------------------------------------------------------------------------ */

/* The link has ended: by a session that was made, by wrong digits, by another link, or in time. */
static void link_ended(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    const struct login_link *link = cw_login_link_awaited(core, request->cookie);
    assert(link != NULL && link->ended);
    if (!link->made) {
        cw_request_refuse(core, request, CW_RULE_LINK_WORN);
        return;
    }
    memcpy(request->token, link->token, CW_TOKEN_LEN);
    request->token_n = CW_TOKEN_LEN;
    cw_login_finish(core, request, event->store);
}

/* Nobody has its token. */
static void drop_made(struct cw_core *core, const struct cw_store_result *made)
{
    assert(cw_session_find(core, made->session_id) == NULL);
    cw_login_end_dropped(core, made);
    cw_session_drop(core, made->session_id);
}

/* The device may have gone. */
static void far_link_stored(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    const struct cw_store_result *made = event->store;
    bool good = made->status == CW_STORE_OK;
    bool here = request->conn != NULL && !request->conn->closing;
    bool waits = cw_far_link_made(core, request, good && here ? made->session_id : 0);
    if (good && here && waits) {
        cw_login_finish(core, request, made);
        return;
    }
    if (good)
        drop_made(core, made);
    if (good || made->status == CW_STORE_NOT_FOUND) /* what has confirmed it is over */
        cw_request_refuse(core, request, CW_RULE_LINK_WORN);
    else
        cw_request_refused(core, request, made, NULL);
}

/* Nobody's session is made. */
static void refuse_far_link(struct cw_core *core, struct request *request)
{
    cw_far_link_made(core, request, 0);
    cw_request_refuse(core, request, CW_RULE_LINK_WORN);
}

static void far_link_token(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    const uint64_t by = cw_far_link_by(core, request);
    if (by == 0) { /* it has ended meanwhile */
        refuse_far_link(core, request);
        return;
    }
    assert(event->hash.token.n == CW_TOKEN_LEN);
    memcpy(request->token, event->hash.token.p, CW_TOKEN_LEN);
    request->token_n = CW_TOKEN_LEN;
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_SESSION_CREATE, far_link_stored);
    store->secret = cw_effect_copy(core, event->hash.secret);
    store->linked = true;
    store->session_id = by;
    cw_login_describe(core, request, store);
    request->outlives = true;
}

static void far_link_found(struct cw_core *core, struct request *request)
{
    if (request->target->deleted) {
        refuse_far_link(core, request);
        return;
    }
    cw_request_ask_hash(core, request, CW_HASH_INVITE, (struct cw_slice){0}, (struct cw_slice){0},
                        far_link_token);
}

/* The user has told the digits to the server that made the link, or it has ended there. */
static void far_link_told(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    struct cw_slice name = cw_far_link_confirmed(core, request);
    (void)event;
    if (name.n == 0)
        cw_request_refuse(core, request, CW_RULE_LINK_WORN);
    else if (cw_request_fold(core, request, name))
        cw_user_find(core, request, far_link_found);
}

static void link_hashed(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    struct login_link *link = cw_login_link_hashed(core, event->hash.secret);
    if (link == NULL && cw_far_link_ask(core, request, event->hash.secret, far_link_told))
        return;
    if (link == NULL || link->waiting != 0) {
        cw_request_refuse(core, request, CW_RULE_LINK_WORN);
        return;
    }
    request->target = link->user;
    cw_user_refer(core, link->user);
    assert(!link->ended && request->msg->digits.n == CW_CODE_DIGITS);
    memcpy(link->digits, request->msg->digits.p, CW_CODE_DIGITS);
    link->waiting = cw_request_hold(core, request, link_ended);
}

void cw_on_login_by_link(struct cw_core *core, struct request *request)
{
    if (request->conn->session != NULL) {
        cw_request_refuse(core, request, CW_RULE_LOGGED_IN);
        return;
    }
    if (!has_digits(core, request) || !cw_login_map_good(core, request))
        return;
    cw_request_prove(core, request);
    cw_request_ask_hash(core, request, CW_HASH_TOKEN, request->msg->link, (struct cw_slice){0},
                        link_hashed);
}

/* --- confirm_link ------------------------------------------------------------------------- */

/* The user's link, if a device waits; else NULL: answered. */
static struct login_link *open_link(struct cw_core *core, struct request *request)
{
    struct login_link *link = cw_login_link_of(core, request->sender);
    if (link == NULL || link->confirm != 0) {
        cw_request_refuse(core, request, CW_RULE_NO_LINK);
    } else if (link->waiting == 0) {
        cw_request_refuse(core, request, CW_RULE_LINK_UNOPENED);
    } else if (link->node == 0 && cw_request_held(core, link->waiting) == NULL) {
        cw_login_link_end(link);
        cw_request_refuse(core, request, CW_RULE_LINK_LEFT);
    } else {
        return link;
    }
    return NULL;
}

/* The user may have another one meanwhile, which another device has opened. */
static struct login_link *confirmed_link(struct cw_core *core, struct request *request)
{
    struct login_link *link = open_link(core, request);
    if (link == NULL || (link->node == 0 && link->waiting == request->opened))
        return link;
    cw_request_refuse(core, request, CW_RULE_LINK_LEFT);
    return NULL;
}

static void confirm_link_stored(struct cw_core *core, struct request *request,
                                const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    struct login_link *link = confirmed_link(core, request);
    if (link == NULL) {
        drop_made(core, event->store);
        return;
    }
    assert(!link->made && link->user == request->sender);
    memcpy(link->token, request->token, CW_TOKEN_LEN);
    link->made = true;
    cw_login_link_end(link);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void confirm_link_token(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    struct login_link *link = confirmed_link(core, request);
    if (link == NULL)
        return;
    assert(event->hash.token.n == CW_TOKEN_LEN);
    memcpy(request->token, event->hash.token.p, CW_TOKEN_LEN);
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_SESSION_CREATE, confirm_link_stored);
    store->secret = cw_effect_copy(core, event->hash.secret);
    store->linked = true;
    store->session_id = request->sender_session;
    cw_login_describe(core, cw_request_held(core, link->waiting), store);
    request->outlives = true; /* the other device is waiting */
}

/* The server of the new device has made the session, or will make none, or does not answer. */
static void far_link_done(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    const struct login_link *link = cw_login_link_awaited(core, request->cookie);
    assert(link != NULL && link->ended);
    (void)event;
    if (link->made)
        cw_request_answer(core, request, CW_SUCCESS);
    else
        cw_request_refuse(core, request, link->declined ? CW_RULE_LINK_LEFT : CW_RULE_LINK_UNKNOWN);
}

static void make_session(struct cw_core *core, struct request *request, struct login_link *link)
{
    request->opened = link->waiting;
    if (link->node == 0) {
        cw_request_ask_hash(core, request, CW_HASH_INVITE, (struct cw_slice){0},
                            (struct cw_slice){0}, confirm_link_token);
        return;
    }
    link->confirm = cw_request_hold(core, request, far_link_done);
    link->confirmed_ms = core->now_ms;
    cw_far_link_confirm(core, link, request->sender_session);
}

void cw_on_confirm_link(struct cw_core *core, struct request *request)
{
    struct login_link *link = has_digits(core, request) ? open_link(core, request) : NULL;
    if (link == NULL)
        return;
    if (cw_slice_eq(request->msg->digits, cw_slice_of(link->digits, CW_CODE_DIGITS))) {
        make_session(core, request, link);
        return;
    }
    assert(link->wrong < CW_LINK_GUESSES && !link->ended);
    if (++link->wrong == CW_LINK_GUESSES)
        cw_login_link_end(link);
    cw_request_refuse_above(core, request, CW_RULE_WRONG_DIGITS, CW_LINK_GUESSES);
}
