/* on_invite.c - invite, invite_user, invitations, withdraw_invitation: texts that let a user join.
 * Only their hashes are stored; the requester gets the text once. */
#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/conversation.h"
#include "core/effect.h"
#include "core/group.h"
#include "core/handlers.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

static uint64_t uses_of(const struct cw_extras *extras)
{
    return (extras->present & CW_BIT(CW_X_USES)) != 0 ? extras->uses : 1;
}

/* Sets the expiry, and checks the number of uses. False: answered 1023. */
static bool take_terms(struct cw_core *core, struct request *request, uint64_t seconds_max)
{
    const struct cw_extras *extras = &request->msg->extras;
    uint64_t seconds = seconds_max < CW_INVITATION_SECONDS ? seconds_max : CW_INVITATION_SECONDS;
    uint64_t uses = uses_of(extras);
    if ((extras->present & CW_BIT(CW_X_EXPIRES)) != 0)
        seconds = extras->expires;
    request->until_ms = core->time_ms + seconds * 1000;
    bool in_time = seconds != 0 && seconds <= seconds_max;
    if (in_time && uses != 0 && uses <= CW_INVITATION_USES_MAX)
        return true;
    if (!in_time)
        cw_request_refuse_key(core, request, CW_RULE_SECONDS_MAX, "expires", seconds_max);
    else
        cw_request_refuse_key(core, request, CW_RULE_ONE_TO_MAX, "uses", CW_INVITATION_USES_MAX);
    return false;
}

static void invite_stored(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    if (cw_group_refused(core, request, event->store))
        return;
    struct cw_msg *answer = cw_arena_alloc(&core->effects->arena, sizeof *answer);
    *answer = (struct cw_msg){0};
    assert(request->token_n == CW_TOKEN_LEN && request->until_ms != 0);
    answer->invitation = cw_effect_copy(core, cw_slice_of(request->token, request->token_n));
    answer->extras.map_present = true;
    answer->extras.present = CW_BIT(CW_X_ID) | CW_BIT(CW_X_EXPIRES) | CW_BIT(CW_X_USES);
    answer->extras.id = event->store->invitation_id;
    answer->extras.expires = request->until_ms;
    answer->extras.uses = uses_of(&request->msg->extras);
    cw_request_answer_with(core, request, answer);
}

static void invite_made(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    assert(event->hash.token.n == CW_TOKEN_LEN);
    memcpy(request->token, event->hash.token.p, CW_TOKEN_LEN);
    request->token_n = CW_TOKEN_LEN;
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_INVITE_CREATE, invite_stored);
    store->user_id = request->sender->id;
    store->mailbox = request->target_group == 0 ? 0 : cw_mailbox_of_group(request->target_group);
    store->secret = event->hash.secret;
    store->expires_ms = request->until_ms;
    store->uses = uses_of(&request->msg->extras);
}

static void make_invitation(struct cw_core *core, struct request *request)
{
    assert(request->until_ms > core->time_ms);
    cw_request_ask_hash(core, request, CW_HASH_INVITE, (struct cw_slice){0}, (struct cw_slice){0},
                        invite_made);
}

void cw_on_invite(struct cw_core *core, struct request *request)
{
    if (!take_terms(core, request, CW_INVITATION_SECONDS_MAX) ||
        !cw_request_fold_group(core, request, request->msg->group_name))
        return;
    const struct group *group = cw_group_of_member(core, request);
    if (group == NULL)
        return;
    request->target_group = group->id;
    make_invitation(core, request);
}

void cw_on_invite_user(struct cw_core *core, struct request *request)
{
    uint64_t most = core->config.invitation_seconds_max;
    if (!take_terms(core, request, most == 0 ? CW_INVITATION_SECONDS_MAX : most))
        return;
    if (core->config.registration_open || core->config.registration_by_invitation)
        make_invitation(core, request);
    else
        cw_request_refuse(core, request, CW_RULE_NOBODY_INVITED);
}

/* --- looking at them, and taking them back ---------------------------------------------- */

static void describe_invitation(const struct cw_store_invitation *invitation,
                                struct cw_entry *entry)
{
    assert(invitation->id != 0);
    *entry = (struct cw_entry){.present = CW_BIT(CW_E_ID) | CW_BIT(CW_E_SENDER) |
                                          CW_BIT(CW_E_EXPIRES) | CW_BIT(CW_E_USES),
                               .id = invitation->id,
                               .sender = invitation->by,
                               .created_ms = invitation->created_ms,
                               .expires_ms = invitation->expires_ms,
                               .uses = invitation->uses};
    if (invitation->created_ms != 0) /* version 0.1.0 did not keep it */
        entry->present |= CW_BIT(CW_E_CREATED);
}

static void invitations_listed(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_group_refused(core, request, result))
        return;
    struct cw_entry *entries =
        cw_arena_alloc(&core->effects->arena, result->invitation_count * sizeof *entries);
    for (size_t i = 0; i < result->invitation_count; i++)
        describe_invitation(&result->invitations[i], &entries[i]);
    cw_request_answer_list(core, request, entries, result->invitation_count, 0);
}

static void list_invitations(struct cw_core *core, struct request *request)
{
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_INVITE_LIST, invitations_listed);
    store->user_id = request->sender->id;
    store->mailbox = request->target_group == 0 ? 0 : cw_mailbox_of_group(request->target_group);
}

void cw_on_invitations(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    if ((extras->present & CW_BIT(CW_X_GROUP)) == 0) {
        list_invitations(core, request);
        return;
    }
    if (!cw_request_fold_group(core, request, extras->group))
        return;
    const struct group *group = cw_group_of_member(core, request);
    if (group == NULL)
        return;
    request->target_group = group->id;
    list_invitations(core, request);
}

static void withdraw_invitation_stored(struct cw_core *core, struct request *request,
                                       const struct cw_event *event)
{
    if (!cw_request_refused(core, request, event->store, NULL))
        cw_request_answer(core, request, CW_SUCCESS);
}

void cw_on_withdraw_invitation(struct cw_core *core, struct request *request)
{
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_INVITE_WITHDRAW, withdraw_invitation_stored);
    store->user_id = request->sender->id;
    store->invitation_id = request->msg->invitation_id;
    request->outlives = true;
}
