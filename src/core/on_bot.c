/* on_bot.c - bots: create_bot, bots, renew_bot, delete_bot, add_bot, and create_hook, which is
 * about a bot as well (on_hook.c has the rest of hooks). A bot is a user that another one owns; its
 * secret is the password that it logs in with. The requester gets secrets once: only hashes are
 * stored. */
#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/bot.h"
#include "core/conversation.h"
#include "core/effect.h"
#include "core/find_user.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/handlers.h"
#include "core/list.h"
#include "core/membership.h"
#include "core/names.h"
#include "core/password.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session.h"
#include "core/session_end.h"
#include "core/state.h"
#include "core/throttle.h"
#include "core/user.h"

static void answer_secret(struct cw_core *core, struct request *request)
{
    if (request->conn == NULL)
        return; /* nobody gets it */
    assert(request->token_n == CW_SECRET_LEN);
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->secret = cw_effect_copy(core, cw_slice_of(request->token, request->token_n));
    cw_request_answer_with(core, request, answer);
}

static void keep_secret(struct request *request, const struct cw_event *event)
{
    assert(event->hash.token.n == CW_SECRET_LEN);
    memcpy(request->token, event->hash.token.p, CW_SECRET_LEN);
    request->token_n = CW_SECRET_LEN;
}

static void ask_secret(struct cw_core *core, struct request *request, step_fn *made)
{
    cw_request_ask_hash(core, request, CW_HASH_SECRET, (struct cw_slice){0}, (struct cw_slice){0},
                        made);
}

static struct cw_store_request *ask_about_bot(struct cw_core *core, struct request *request,
                                              enum cw_store_op op, step_fn *resume)
{
    struct cw_store_request *store = cw_request_ask_store(core, request, op, resume);
    assert(op != CW_STORE_BOT_JOIN || (request->target_group != 0 && request->target != NULL));
    store->user_id = request->sender->id;
    store->group_id = request->target_group;
    store->other_id = request->target == NULL ? 0 : request->target->id;
    request->outlives = true;
    return store;
}

/* --- create_bot ---------------------------------------------------------------------------- */

static void create_bot_stored(struct cw_core *core, struct request *request,
                              const struct cw_event *event)
{
    enum cw_store_status status = event->store->status;
    if (status != CW_STORE_OK)
        cw_registration_undo(core, request);
    if (status == CW_STORE_EXISTS)
        cw_names_taken(core, request, event->store, CW_USER_ALREADY_EXIST);
    else if (!cw_request_refused(core, request, event->store, NULL))
        answer_secret(core, request);
}

static void create_bot_hashed(struct cw_core *core, struct request *request,
                              const struct cw_event *event)
{
    if (cw_request_not_hashed(core, request, event)) {
        cw_registration_undo(core, request);
        return;
    }
    assert(request->token_n == CW_SECRET_LEN && request->target == NULL);
    struct cw_slice name = cw_request_bytes(core, request, request->msg->bot);
    struct cw_slice looks = cw_names_looks(core, name);
    struct cw_store_request *store =
        ask_about_bot(core, request, CW_STORE_BOT_CREATE, create_bot_stored);
    store->name = name;
    store->looks = looks;
    store->secret = event->hash.secret;
}

static void create_bot_made(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    keep_secret(request, event);
    cw_request_ask_new_hash(core, request, cw_slice_of(request->token, request->token_n),
                            create_bot_hashed);
}

/* A bot takes a name, as a registration does, and counts as one. */
void cw_on_create_bot(struct cw_core *core, struct request *request)
{
    if (!cw_names_refused(core, request, request->msg->bot) &&
        cw_request_fold(core, request, request->msg->bot) && cw_registration_begin(core, request))
        ask_secret(core, request, create_bot_made);
}

/* --- bots ------------------------------------------------------------------------------------ */

static void bots_listed(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    struct cw_entry *entries = cw_request_make_entries(core, result->person_count);
    for (size_t i = 0; i < result->person_count; i++) {
        const struct cw_store_person *person = &result->people[i];
        entries[i].present = CW_BIT(CW_E_NAME) | CW_BIT(CW_E_BOT);
        entries[i].name = person->name;
        entries[i].bot = 1;
        if (person->seen_ms != 0)
            entries[i].present |= CW_BIT(CW_E_SEEN);
        entries[i].seen_ms = person->seen_ms;
    }
    cw_request_answer_list(core, request, entries, result->person_count, 0);
}

void cw_on_bots(struct cw_core *core, struct request *request)
{
    cw_request_submit(core, request, CW_STORE_BOT_LIST, bots_listed)->user_id = request->sender->id;
}

/* --- renew_bot, delete_bot ------------------------------------------------------------------- */

static void renew_bot_stored(struct cw_core *core, struct request *request,
                             const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    assert(request->target->bot && request->target != request->sender);
    cw_sessions_end_others(core, request->target, 0, "password");
    answer_secret(core, request);
}

static void renew_bot_hashed(struct cw_core *core, struct request *request,
                             const struct cw_event *event)
{
    if (!cw_request_not_hashed(core, request, event))
        ask_about_bot(core, request, CW_STORE_BOT_RENEW, renew_bot_stored)->secret =
            event->hash.secret;
}

static void renew_bot_made(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    keep_secret(request, event);
    cw_request_ask_new_hash(core, request, cw_slice_of(request->token, request->token_n),
                            renew_bot_hashed);
}

static void delete_bot_stored(struct cw_core *core, struct request *request,
                              const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    assert(request->target->bot && request->target != request->sender);
    for (size_t i = 0; i < result->group_count; i++)
        cw_bot_left(core, result->groups[i].group_id, request->target);
    cw_sessions_end_others(core, request->target, 0, "revoked");
    cw_request_answer(core, request, CW_SUCCESS);
}

/* Somebody else's bot is refused before anything is hashed for it. */
static void manage_bot_found(struct cw_core *core, struct request *request)
{
    if (!request->target->bot)
        cw_request_refuse(core, request, CW_RULE_NO_BOT);
    else if (request->action == CW_RENEW_BOT)
        ask_secret(core, request, renew_bot_made);
    else
        ask_about_bot(core, request, CW_STORE_BOT_DELETE, delete_bot_stored);
}

void cw_on_manage_bot(struct cw_core *core, struct request *request)
{
    if (cw_request_fold(core, request, request->msg->bot))
        cw_user_find(core, request, manage_bot_found);
}

/* --- add_bot, create_hook ----------------------------------------------------------------- */

static void enter_group(struct cw_core *core, const struct group *group, struct user *bot,
                        uint64_t muted_until_ms)
{
    assert(bot->bot);
    struct cw_store_group stored = {.group_id = group->id,
                                    .name = cw_group_name(group),
                                    .role = CW_ROLE_MEMBER,
                                    .muted_until_ms = muted_until_ms};
    cw_group_add_user(core, &stored, bot);
    cw_group_event(core, group, "joined", bot, 0, NULL);
}

static void add_bot_stored(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    static const struct refusal others[] = {{CW_STORE_EXISTS, CW_GROUP_MEMBER_ALREADY_EXIST}, {0}};
    const struct cw_store_result *result = event->store;
    if (result->status == CW_STORE_BANNED) {
        cw_request_refuse(core, request, CW_RULE_BOT_BANNED);
        return;
    }
    if (cw_request_refused(core, request, result, others))
        return;
    const struct group *group = cw_group_by_id(core, request->target_group);
    if (group != NULL)
        enter_group(core, group, request->target, result->muted_until_ms);
    cw_request_answer(core, request, CW_SUCCESS);
}

/* In the step's memory. */
static struct cw_slice hook_url(struct cw_core *core, struct cw_slice secret)
{
    struct cw_buf url = {0};
    cw_buf_append(&url, core->hook_url.p, core->hook_url.n);
    cw_buf_append(&url, secret.p, secret.n);
    struct cw_slice copy = cw_effect_copy(core, cw_buf_slice(&url));
    cw_buf_finish(&url);
    return copy;
}

static void create_hook_stored(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    if (cw_group_refused(core, request, event->store) || request->conn == NULL)
        return;
    assert(request->token_n == CW_SECRET_LEN && request->target_group != 0);
    struct cw_slice secret = cw_slice_of(request->token, request->token_n);
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->secret = cw_effect_copy(core, secret);
    answer->extras.map_present = true;
    answer->extras.present = CW_BIT(CW_X_ID) | CW_BIT(CW_X_URL);
    answer->extras.id = event->store->hook_id;
    answer->extras.url = hook_url(core, secret);
    cw_request_answer_with(core, request, answer);
}

static void create_hook_made(struct cw_core *core, struct request *request,
                             const struct cw_event *event)
{
    keep_secret(request, event);
    ask_about_bot(core, request, CW_STORE_HOOK_CREATE, create_hook_stored)->secret =
        event->hash.secret;
}

static void use_bot_found(struct cw_core *core, struct request *request)
{
    assert(request->target_group != 0 && request->target != NULL);
    if (request->action == CW_ADD_BOT)
        ask_about_bot(core, request, CW_STORE_BOT_JOIN, add_bot_stored);
    else
        ask_secret(core, request, create_hook_made);
}

void cw_on_use_bot(struct cw_core *core, struct request *request)
{
    if (cw_group_find_target(core, request) && cw_request_fold(core, request, request->msg->bot))
        cw_user_find(core, request, use_bot_found);
}
