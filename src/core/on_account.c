/* on_account.c - register, login, logout, attach. */
#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/attach.h"
#include "core/claim.h"
#include "core/conn.h"
#include "core/delivery.h"
#include "core/effect.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/handlers.h"
#include "core/list.h"
#include "core/names.h"
#include "core/part.h"
#include "core/password.h"
#include "core/presence.h"
#include "core/proof.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session.h"
#include "core/session_end.h"
#include "core/state.h"
#include "core/throttle.h"
#include "core/user.h"
#include "text/code.h"

/* --- register --------------------------------------------------------------------- */

/* A set-up link opens every server, also one where nobody may register. */
static bool has_setup(const struct request *request)
{
    return (request->msg->extras.present & CW_BIT(CW_X_SETUP)) != 0;
}

/* The groups that newcomers are put into. */
static void tell_groups(struct cw_core *core, struct cw_slice name,
                        const struct cw_store_result *result)
{
    for (size_t i = 0; i < result->group_count; i++) {
        const struct group *group = cw_group_by_id(core, result->groups[i].group_id);
        if (group != NULL)
            cw_group_event_named(core, group, "joined", name, NULL);
    }
}

static void register_stored(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    enum cw_store_status status = event->store->status;
    if (status != CW_STORE_OK)
        cw_registration_undo(core, request);
    if (status == CW_STORE_EXISTS)
        cw_names_taken(core, request, event->store, CW_USER_ALREADY_EXIST);
    if (status == CW_STORE_EXISTS || cw_request_refused(core, request, event->store, NULL))
        return;
    tell_groups(core, request->msg->username, event->store);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void register_hashed(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    request->hashed = event->hash.status != CW_HASH_LIMITED;
    if (cw_request_not_hashed(core, request, event)) {
        cw_registration_undo(core, request);
        return;
    }
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_USER_CREATE, register_stored);
    store->name = cw_request_bytes(core, request, request->msg->username);
    store->looks = cw_names_looks(core, store->name);
    store->secret = event->hash.secret;
    store->invitation = cw_effect_copy(core, cw_slice_of(request->token, request->token_n));
    store->setup = has_setup(request);
}

static void hash_password(struct cw_core *core, struct request *request)
{
    if (!cw_registration_begin(core, request))
        return;
    cw_request_ask_new_hash(core, request, request->msg->password, register_hashed);
    if (request->done)
        cw_registration_undo(core, request);
}

/* Hashing is expensive: it comes after the cheap reasons for a refusal. */
static void register_looked_up(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    if (cw_request_unavailable(core, request, event->store))
        return;
    if (event->store->status == CW_STORE_OK)
        cw_request_answer(core, request, CW_USER_ALREADY_EXIST);
    else
        hash_password(core, request);
}

/* Names are a secret: only invited users learn which ones exist. */
static void register_invitation_hashed(struct cw_core *core, struct request *request,
                                       const struct cw_event *event)
{
    assert(event->hash.secret.n == CW_TOKEN_HASH_LEN);
    request->token_n = CW_TOKEN_HASH_LEN;
    memcpy(request->token, event->hash.secret.p, CW_TOKEN_HASH_LEN);
    hash_password(core, request);
}

void cw_on_register(struct cw_core *core, struct request *request)
{
    if (cw_names_refused(core, request, request->msg->username) ||
        !cw_request_fold(core, request, request->msg->username))
        return;
    const struct cw_extras *extras = &request->msg->extras;
    cw_request_prove(core, request);
    if (has_setup(request))
        cw_request_ask_hash(core, request, CW_HASH_TOKEN, extras->setup, (struct cw_slice){0},
                            register_invitation_hashed);
    else if (core->config.registration_open)
        cw_request_ask_store(core, request, CW_STORE_USER_FIND, register_looked_up);
    else if (core->config.registration_by_invitation &&
             (extras->present & CW_BIT(CW_X_INVITATION)) != 0)
        cw_request_ask_hash(core, request, CW_HASH_TOKEN, extras->invitation, (struct cw_slice){0},
                            register_invitation_hashed);
    else
        cw_request_refuse(core, request,
                          core->config.registration_by_invitation ? CW_RULE_REGISTRATION_INVITED
                                                                  : CW_RULE_REGISTRATION_CLOSED);
}

/* --- login ------------------------------------------------------------------------- */

static void attach_new(struct cw_core *core, struct request *request, struct cw_store_result *made)
{
    struct cw_slice token = cw_slice_of(request->token, request->token_n);
    const struct cw_extras *extras = &request->msg->extras;
    assert(request->token_n == CW_TOKEN_LEN && made->session_id != 0);
    request->begins = made->cursor;
    if (!cw_part_wanted(extras)) {
        cw_session_attach(core, request->conn, made, token, request);
        return;
    }
    made->extended = true;
    made->features = extras->features;
    cw_part_attach(core, request, made, token); /* the first: there is room */
}

static void login_session_made(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    /* The password was changed meanwhile, or the device password removed. */
    static const struct refusal others[] = {{CW_STORE_MISMATCH, CW_USER_WRONG_PASSWORD},
                                            {CW_STORE_NOT_FOUND, CW_USER_WRONG_PASSWORD},
                                            {0}};
    if (request->guess != 0)
        cw_request_code_judged(core, request, event->store->status);
    if (event->store->status == CW_STORE_NO_CODE) { /* the second factor was turned on meanwhile */
        cw_request_miss_code(core, request);
        return;
    }
    if (cw_request_refused(core, request, event->store, others))
        return;
    cw_login_finish(core, request, event->store);
}

void cw_login_end_dropped(struct cw_core *core, const struct cw_store_result *made)
{
    struct session *dropped = cw_session_find(core, made->dropped_session_id);
    if (made->dropped_session_id != 0)
        cw_requests_orphan(core, made->dropped_session_id);
    if (dropped != NULL)
        cw_session_end(core, dropped, NULL, "too_many");
}

void cw_login_finish(struct cw_core *core, struct request *request,
                     const struct cw_store_result *made)
{
    cw_login_end_dropped(core, made);
    assert(cw_session_find(core, made->session_id) == NULL); /* it is new */
    struct cw_store_result found = *made;
    found.user_id = request->target->id;
    found.name = cw_user_name(request->target);
    found.extended = false;
    attach_new(core, request, &found);
    cw_request_set_name(request, found.name);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void put_longest_idle_first(struct cw_core *core, uint64_t *ids, size_t count)
{
    size_t longest = 0;
    uint64_t asked_ms = UINT64_MAX, first;
    for (size_t i = 0; i < count; i++) {
        const struct session *session = cw_session_find(core, ids[i]);
        assert(session != NULL);
        if (session->asked_ms < asked_ms) {
            longest = i;
            asked_ms = session->asked_ms;
        }
    }
    if (count == 0)
        return;
    first = ids[0];
    ids[0] = ids[longest];
    ids[longest] = first;
}

/* The user's attached sessions, the one that was silent for longest first: the store drops one of
 * them only when there is no other. And their cursors, which may not be on disk yet. */
static void describe_live_sessions(struct cw_core *core, const struct user *user,
                                   struct cw_store_request *store)
{
    size_t count = cw_user_session_count(user);
    uint64_t *ids = cw_arena_alloc(&core->effects->arena, count * sizeof *ids);
    count = 0;
    CW_EACH_SESSION (session, user) {
        ids[count++] = session->id;
        if (session->received > store->cursor)
            store->cursor = session->received;
    }
    assert(count == cw_user_session_count(user));
    put_longest_idle_first(core, ids, count);
    store->active = cw_slice_of(ids, count * sizeof *ids);
}

/* A plain client has the code behind the password. */
static struct cw_slice login_password(const struct request *request, struct cw_slice *code)
{
    struct cw_slice password = request->msg->password;
    *code = cw_request_code(request);
    if (request->factor && !request->msg->extras.map_present)
        cw_code_split(&password, code);
    return password;
}

static void create_session(struct cw_core *core, struct request *request,
                           struct cw_slice token_hash, struct cw_slice renewed)
{
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_SESSION_CREATE, login_session_made);
    assert(request->token_n == CW_TOKEN_LEN && token_hash.n != 0);
    store->secret = token_hash;
    store->expected = cw_effect_copy(core, cw_buf_slice(&request->expected));
    store->renewed = renewed;
    struct cw_slice code;
    login_password(request, &code);
    store->code = cw_request_bytes(core, request, code);
    store->device_id = request->device_id;
    cw_login_describe(core, request, store);
}

void cw_login_describe(struct cw_core *core, struct request *request,
                       struct cw_store_request *store)
{
    const struct cw_extras *extras = &request->msg->extras;
    assert(request->target != NULL && request->conn->session == NULL);
    store->user_id = request->target->id;
    store->client = cw_request_bytes(core, request, extras->client);
    store->address = cw_conn_address(core, request->conn);
    store->extended = extras->map_present;
    store->features = extras->features;
    enum claim claim = cw_claim_judge(core, request);
    store->has_since = claim == CLAIM_GOOD || claim == CLAIM_FORKED;
    store->since = cw_claim_begin(request, 0);
    describe_live_sessions(core, request->target, store);
}

/* The code is judged by the store, which uses it up with the session that it makes. */
static bool has_code(struct cw_core *core, struct request *request)
{
    struct cw_slice code;
    login_password(request, &code);
    if (!request->factor)
        return true;
    if (code.n != 0)
        return cw_code_begin(core, request);
    cw_request_miss_code(core, request);
    return false;
}

static void take_token(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    assert(event->hash.token.n == CW_TOKEN_LEN);
    memcpy(request->token, event->hash.token.p, CW_TOKEN_LEN);
    request->token_n = CW_TOKEN_LEN;
    create_session(core, request, event->hash.secret, event->hash.renewed);
}

static void login_verified(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    if (cw_request_guessed(core, request, event) && has_code(core, request))
        take_token(core, request, event);
}

static void verify_login(struct cw_core *core, struct request *request, struct cw_slice expected)
{
    struct cw_slice code;
    if (cw_guess_begin(core, request, false))
        cw_request_ask_verify(core, request, login_password(request, &code), expected, true,
                              login_verified);
}

/* --- login by a device password: as its text is random, a fast hash finds it ------------- */

static void device_password_found(struct cw_core *core, struct request *request,
                                  const struct cw_event *event)
{
    if (cw_request_unavailable(core, request, event->store))
        return;
    if (event->store->status != CW_STORE_OK) { /* a user's own password may have that form */
        struct cw_slice expected = cw_effect_copy(core, cw_buf_slice(&request->expected));
        verify_login(core, request, expected);
        return;
    }
    request->device_id = event->store->device_id;
    request->expected.n = 0; /* the user's own password is not the one that it is by */
    cw_request_ask_hash(core, request, CW_HASH_INVITE, (struct cw_slice){0}, (struct cw_slice){0},
                        take_token);
}

static void device_password_hashed(struct cw_core *core, struct request *request,
                                   const struct cw_event *event)
{
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_DEVICE_FIND, device_password_found);
    store->user_id = request->target == NULL ? 0 : request->target->id;
    store->secret = cw_effect_copy(core, event->hash.secret);
}

/* --- login by the user's own password ---------------------------------------------------- */

static void login_looked_up(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    struct cw_slice expected = {0};
    if (cw_request_unavailable(core, request, result))
        return;
    if (result->status == CW_STORE_OK) {
        expected = result->secret;
        request->target = cw_user_take(core, result);
        request->factor = result->second_factor;
    } else if (core->config.registration_open) { /* names are not secret then */
        cw_request_answer(core, request, CW_USER_DOES_NOT_EXIST);
        return;
    }
    if (cw_code_is_device(request->msg->password)) /* of an unknown user, too: it takes as long */
        cw_request_ask_hash(core, request, CW_HASH_TOKEN, request->msg->password, expected,
                            device_password_hashed);
    else
        verify_login(core, request, expected);
}

/* A page that is too old is answered so: it loads anew, and comes back. */
static bool is_page_good(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    if ((extras->present & CW_BIT(CW_X_WEB)) == 0 || extras->web >= CW_WEB_MIN)
        return true;
    cw_request_refuse_above(core, request, CW_RULE_WEB_TOO_OLD, CW_WEB_MIN);
    return false;
}

bool cw_login_map_good(struct cw_core *core, struct request *request)
{
    if (!is_page_good(core, request))
        return false;
    if (!cw_part_wanted(&request->msg->extras) || request->msg->extras.part != 0)
        return true;
    cw_request_refuse_key(core, request, CW_RULE_FROM_ONE, "part", 0);
    return false;
}

void cw_on_login(struct cw_core *core, struct request *request)
{
    if (request->conn->session != NULL) {
        cw_request_refuse(core, request, CW_RULE_LOGGED_IN);
        return;
    }
    if (!cw_login_map_good(core, request) ||
        !cw_request_fold(core, request, request->msg->username))
        return;
    if (!cw_guess_allowed(core, request))
        return;
    cw_request_prove(core, request);
    cw_request_ask_store(core, request, CW_STORE_USER_FIND, login_looked_up);
}

/* --- logout, attach -------------------------------------------------------------------- */

static void logout_stored(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    if (cw_request_unavailable(core, request, event->store))
        return;
    struct session *session = cw_session_find(core, request->sender_session);
    cw_requests_orphan(core, request->sender_session);
    if (session != NULL)
        cw_session_end(core, session, request->conn, "logout");
    cw_request_answer(core, request, CW_SUCCESS);
}

void cw_on_logout(struct cw_core *core, struct request *request)
{
    const struct session *session = request->conn->session;
    if (session == NULL) {
        cw_request_refuse(core, request, CW_RULE_NOT_LOGGED_IN);
    } else if (!cw_user_is_called(core, session->user, request->msg->username)) {
        cw_request_refuse(core, request, CW_RULE_OTHER_USER);
    } else {
        request->sender_session = session->id;
        request->outlives = true;
        cw_request_submit(core, request, CW_STORE_SESSION_DROP, logout_stored)->session_id =
            session->id;
    }
}

/* The session, if the connection is still its own. */
static struct session *attached_by(const struct cw_core *core, const struct request *request)
{
    struct session *session = cw_session_find(core, request->sender_session);
    return session != NULL && session->conn == request->conn ? session : NULL;
}

static void attach_contacts_listed(struct cw_core *core, struct request *request,
                                   const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    struct session *session = attached_by(core, request);
    if (cw_request_unavailable(core, request, result))
        return;
    struct cw_store_result found = {0};
    found.contacts =
        cw_arena_alloc(&core->effects->arena, result->person_count * sizeof *found.contacts);
    for (size_t i = 0; i < result->person_count; i++)
        if (result->people[i].contact)
            found.contacts[found.contact_count++] = result->people[i].user_id;
    if (session != NULL)
        cw_presence_attached(core, session, &found);
    cw_request_answer(core, request, CW_SUCCESS);
}

/* A session that was attached without its user's contacts may want them now. */
static void attach_saved(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    struct session *session = attached_by(core, request);
    /* A failure to write the changes of an attach does not refuse it. */
    if (event->store->status != CW_STORE_NO_ROOM &&
        cw_request_unavailable(core, request, event->store))
        return;
    if (session != NULL && cw_presence_needs_contacts(session)) {
        cw_request_submit(core, request, CW_STORE_CONTACT_LIST, attach_contacts_listed)->user_id =
            request->sender->id;
        return;
    }
    if (session != NULL)
        cw_presence_attached(core, session, event->store);
    cw_request_answer(core, request, CW_SUCCESS);
}

/* The session is attached by now. A map changes its features permanently. */
void cw_on_attach(struct cw_core *core, struct request *request)
{
    struct session *session = request->conn->session;
    assert(session->id == request->sender_session && session->user == request->sender);
    const struct cw_extras *extras = &request->msg->extras;
    uint64_t part = cw_part_wanted(extras) ? extras->part : 0;
    cw_request_set_name(request, cw_user_name(session->user));
    if (part != cw_part_id(request->conn)) {
        cw_request_refuse(core, request, CW_RULE_OTHER_PART);
        return;
    }
    if (!is_page_good(core, request))
        return;
    if (part != 0) {
        request->conn->part->features = extras->features;
        cw_conn_tell_audio(core, request->conn);
    }
    if (!extras->map_present || part != 0) {
        cw_request_answer(core, request, CW_SUCCESS);
        return;
    }
    cw_session_take_extras(core, session, request);
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_SESSION_SAVE, attach_saved);
    store->session_id = session->id;
    store->generation = session->generation;
    store->cursor = session->received;
    store->extended = session->extended;
    store->features = session->features;
    store->client = cw_request_bytes(core, request, request->msg->extras.client);
}
