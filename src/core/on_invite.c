/* on_invite.c - invite, invite_user: texts that let somebody in. Only their
 * hashes are kept; the asker gets the text once. */
#include "core/internal.h"

static uint64_t uses_of(const struct cw_extras *extras)
{
    return (extras->present & CW_BIT(CW_X_USES)) != 0 ? extras->uses : 1;
}

/* Sets until when, and judges how often. False: answered 1023. */
static bool take_terms(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    uint64_t seconds =
        (extras->present & CW_BIT(CW_X_EXPIRES)) != 0 ? extras->expires : CW_INVITATION_SECONDS;
    uint64_t uses = uses_of(extras);
    request->until_ms = core->time_ms + seconds * 1000;
    if (seconds != 0 && seconds <= CW_INVITATION_SECONDS_MAX && uses != 0 &&
        uses <= CW_INVITATION_USES_MAX)
        return true;
    cw_request_answer(core, request, CW_BAD_REQUEST);
    return false;
}

static void stored(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    if (cw_group_refused(core, request, event->store))
        return;
    struct cw_msg *answer = cw_arena_alloc(&core->effects->arena, sizeof *answer);
    *answer = (struct cw_msg){0};
    answer->invitation =
        cw_arena_copy(&core->effects->arena, cw_slice_of(request->token, request->token_n));
    answer->extras.map_present = true;
    answer->extras.present = CW_BIT(CW_X_EXPIRES) | CW_BIT(CW_X_USES);
    answer->extras.expires = request->until_ms;
    answer->extras.uses = uses_of(&request->msg->extras);
    cw_request_answer_with(core, request, answer);
}

static void made(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    assert(event->hash.token.n == CW_TOKEN_LEN);
    memcpy(request->token, event->hash.token.p, CW_TOKEN_LEN);
    request->token_n = CW_TOKEN_LEN;
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_INVITE_CREATE, stored);
    store->user_id = request->sender->id;
    store->mailbox = request->target_group == 0 ? 0 : cw_mailbox_of_group(request->target_group);
    store->secret = event->hash.secret;
    store->expires_ms = request->until_ms;
    store->uses = uses_of(&request->msg->extras);
}

static void make(struct cw_core *core, struct request *request)
{
    cw_request_ask_hash(core, request, CW_HASH_INVITE, (struct cw_slice){0}, (struct cw_slice){0},
                        made);
}

void cw_on_invite(struct cw_core *core, struct request *request)
{
    if (!take_terms(core, request) ||
        !cw_request_fold_group(core, request, request->msg->group_name))
        return;
    const struct group *group = cw_group_of_member(core, request);
    if (group == NULL)
        return;
    request->target_group = group->id;
    make(core, request);
}

void cw_on_invite_user(struct cw_core *core, struct request *request)
{
    if (!take_terms(core, request))
        return;
    if (core->config.registration_open || core->config.registration_by_invitation)
        make(core, request);
    else
        cw_request_answer(core, request, CW_FORBIDDEN);
}
