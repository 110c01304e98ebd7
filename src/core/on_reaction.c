/* on_reaction.c - react, unreact: an emoji to a message.
 *
 * Updates go to attached sessions and are not stored: a client that missed one finds the reactions
 * in history. */
#include <assert.h>

#include "base/codes.h"
#include "core/audience.h"
#include "core/conversation.h"
#include "core/effect.h"
#include "core/group.h"
#include "core/handlers.h"
#include "core/list.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"
#include "text/emoji.h"

/* Of two of whom one has blocked the other, neither is told what the other reacts. */
static bool is_blocked_between(const struct user *a, const struct user *b)
{
    return cw_user_has_blocked(a, b->id) || cw_user_has_blocked(b, a->id);
}

static void choose_of_pair(struct cw_core *core, const struct request *request,
                           struct audience *audience)
{
    const struct user *from = request->sender, *peer = request->target;
    bool to_peer = peer != from && !is_blocked_between(from, peer);
    cw_audience_init(core, audience,
                     cw_user_session_count(from) + (to_peer ? cw_user_session_count(peer) : 0));
    cw_audience_add_user(audience, from, CW_FEATURE_REACTIONS, cw_request_told(request));
    if (to_peer)
        cw_audience_add_user(audience, peer, CW_FEATURE_REACTIONS, 0);
}

/* A member who has blocked the user is not told. */
static void choose_of_group(struct cw_core *core, const struct request *request,
                            const struct group *group, struct audience *audience)
{
    assert(group->id == request->target_group && request->target == NULL);
    cw_audience_init(core, audience, group->session_count);
    for (size_t i = 0; i < group->session_count; i++) {
        const struct session *session = group->sessions[i];
        if (session->id != cw_request_told(request) &&
            cw_session_takes(session, CW_FEATURE_REACTIONS) &&
            !cw_user_has_blocked(session->user, request->sender->id))
            cw_audience_add(audience, session);
    }
}

static void choose_receivers(struct cw_core *core, const struct request *request,
                             const struct group *group, struct audience *audience)
{
    if (group != NULL)
        choose_of_group(core, request, group, audience);
    else
        choose_of_pair(core, request, audience);
}

void cw_reaction_tell(struct cw_core *core, const struct request *request)
{
    struct audience audience;
    struct cw_emoji emoji;
    const struct group *group =
        request->target == NULL ? cw_group_by_id(core, request->target_group) : NULL;
    if ((request->target == NULL && group == NULL) || !cw_emoji_read(request->msg->emoji, &emoji))
        return; /* its last attached member has just gone */
    choose_receivers(core, request, group, &audience);
    const struct cw_msg update = {.kind = CW_UPDATE,
                                  .action = request->msg->action,
                                  .sender = cw_user_name(request->sender),
                                  .conversation = cw_conversation_name(core, request),
                                  .seq = request->msg->seq,
                                  .emoji = cw_slice_of(emoji.p, emoji.n)};
    cw_effect_send(core, &update, &audience, false);
}

static void reaction_stored(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    if (!event->store->repeated)
        cw_reaction_tell(core, request);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void reaction_found(struct cw_core *core, struct request *request)
{
    struct cw_emoji emoji;
    bool adds = request->action == CW_REACT;
    if ((adds && !cw_conversation_open(core, request)) || !cw_text_allowed_there(core, request) ||
        !cw_emoji_read(request->msg->emoji, &emoji))
        return;
    cw_request_keep(core, request);
    struct cw_store_request *store =
        cw_request_submit(core, request, adds ? CW_STORE_REACT : CW_STORE_UNREACT, reaction_stored);
    store->conversation = cw_conversation_id(request);
    store->user_id = request->sender->id;
    store->seq = request->msg->seq;
    store->body = cw_effect_copy(core, cw_slice_of(emoji.p, emoji.n));
    request->outlives = true;
    cw_request_unblock(request);
}

void cw_on_react(struct cw_core *core, struct request *request)
{
    struct cw_emoji emoji;
    if (!cw_emoji_read(request->msg->emoji, &emoji))
        cw_request_refuse_field(core, request, CW_RULE_NO_EMOJI, "emoji", 0);
    else if (cw_text_allowed(core, request))
        cw_conversation_find(core, request, request->msg->conversation, reaction_found);
}
