/* on_read.c - read markers and played marks: mark_read, mark_played.
 *
 * Updates go to attached sessions and are not stored: a client that missed one finds the state in
 * the lists of conversations and in history. */
#include <assert.h>

#include "base/codes.h"
#include "core/audience.h"
#include "core/conversation.h"
#include "core/handlers.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

/* --- mark_read ----------------------------------------------------------------------- */

/* To the reader's other devices, and to the other user of a pair. */
void cw_mark_tell(struct cw_core *core, const struct request *request, enum cw_action action,
                  uint64_t seq, bool to_peer)
{
    const struct user *reader = request->sender, *peer = request->target;
    assert(seq != 0 && (peer != NULL) != (request->target_group != 0));
    struct audience audience;
    to_peer = to_peer && peer != NULL && peer != reader && !reader->discreet &&
              !cw_user_has_blocked(reader, peer->id);
    cw_audience_init(core, &audience,
                     cw_user_session_count(reader) + (to_peer ? cw_user_session_count(peer) : 0));
    cw_audience_add_user(&audience, reader, CW_FEATURE_READ, cw_request_told(request));
    if (to_peer)
        cw_audience_add_user(&audience, peer, CW_FEATURE_READ, 0);
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = action,
                            .sender = cw_user_name(reader),
                            .conversation = cw_conversation_name(core, request),
                            .seq = seq};
    if (update.conversation.n != 0)
        cw_effect_send(core, &update, &audience, false);
}

static void submit_mark(struct cw_core *core, struct request *request, enum cw_store_op op,
                        uint64_t seq, step_fn *resume)
{
    struct cw_store_request *store = cw_request_submit(core, request, op, resume);
    store->conversation = cw_conversation_id(request);
    store->user_id = request->sender->id;
    store->seq = seq;
    request->outlives = true;
}

static void mark_read_stored(struct cw_core *core, struct request *request,
                             const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (result->status == CW_STORE_OK)
        cw_mark_tell(core, request, CW_MARK_READ, result->seq, true);
    else if (result->status != CW_STORE_EXISTS && cw_request_refused(core, request, result, NULL))
        return;
    cw_request_answer(core, request, CW_SUCCESS);
}

static void mark_read_found(struct cw_core *core, struct request *request)
{
    submit_mark(core, request, CW_STORE_READ_MARK, request->msg->seq, mark_read_stored);
    cw_request_unblock(request);
}

void cw_on_mark_read(struct cw_core *core, struct request *request)
{
    cw_conversation_find(core, request, request->msg->conversation, mark_read_found);
}

static void read_follow_stored(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    if (event->store->status == CW_STORE_OK)
        cw_mark_tell(core, request, CW_MARK_READ, event->store->seq, false);
}

void cw_read_follow(struct cw_core *core, const struct request *request, uint64_t seq)
{
    assert(seq != 0 && request->sender != NULL);
    struct request *mark = cw_request_create(core, NULL, NULL);
    mark->sender = request->sender;
    cw_user_refer(core, mark->sender);
    mark->sender_session = request->sender_session;
    mark->sender_part = request->sender_part;
    mark->target = request->target;
    if (mark->target != NULL)
        cw_user_refer(core, mark->target);
    mark->target_group = request->target_group;
    submit_mark(core, mark, CW_STORE_READ_MARK, seq, read_follow_stored);
}

/* --- mark_played --------------------------------------------------------------------- */

static void mark_played_stored(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (result->status == CW_STORE_OK)
        cw_mark_tell(core, request, CW_MARK_PLAYED, result->seq, true);
    else if (result->status != CW_STORE_EXISTS && cw_request_refused(core, request, result, NULL))
        return;
    cw_request_answer(core, request, CW_SUCCESS);
}

static void mark_played_found(struct cw_core *core, struct request *request)
{
    if (request->target == NULL) { /* groups have no played marks */
        cw_request_refuse(core, request, CW_RULE_PLAYED_IN_GROUP);
        return;
    }
    submit_mark(core, request, CW_STORE_PLAY_MARK, request->msg->seq, mark_played_stored);
    cw_request_unblock(request);
}

void cw_on_mark_played(struct cw_core *core, struct request *request)
{
    cw_conversation_find(core, request, request->msg->conversation, mark_played_found);
}
