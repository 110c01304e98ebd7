/* fan_out.c - sends a message that was just stored to its receivers: the sessions of the recipient
 * or the group, and the other sessions of the sender. */
#include "core/fan_out.h"

#include "core/conn.h"
#include <assert.h>

#include "core/audience.h"
#include "core/delivery.h"
#include "core/group.h"
#include "core/list.h"
#include "core/mention.h"
#include "core/notify.h"
#include "core/own.h"
#include "core/push.h"
#include "core/receipt.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/update.h"
#include "core/user.h"

/* One message on its way to its receivers. */
struct fan_out {
    struct audience audience;
    struct audience own; /* the sender's other devices that are told it is their own */
    const struct user *from;
    uint64_t message_id;
    uint64_t from_session;
    bool change;         /* an edit or a deletion: for clients with that feature */
    bool ogg;            /* a recording: clients without Opus fetch it as a PCM array */
    uint64_t receipt_to; /* the sender, if they want receipts, or 0 */
    /* Those who are told more than others: */
    bool judged; /* there may be such */
    uint64_t conversation;
    const struct cw_store_mentions *mentions;
    struct audience marked[MARKS]; /* by their marks (notify.h); of 0 none */
};

static unsigned marks_of(const struct cw_core *core, const struct fan_out *out,
                         const struct session *session)
{
    const struct user *user = session->user;
    if (!session->extended || user == out->from)
        return 0;
    unsigned marks = cw_notify_judge(core, user->notify, out->conversation,
                                     cw_mentions_user(out->mentions, user, out->from->id));
    return out->change ? marks & MARK_MENTIONED : marks;
}

static struct audience *audience_of(struct cw_core *core, struct fan_out *out,
                                    const struct session *session)
{
    unsigned marks = marks_of(core, out, session);
    struct audience *marked = &out->marked[marks];
    assert(out->judged && marks < MARKS);
    if (marks == 0)
        return &out->audience;
    if (marked->max == 0)
        cw_audience_init(core, marked, out->audience.max);
    return marked;
}

static inline bool offer(struct cw_core *core, struct fan_out *out, struct session *session)
{
    if (session->id == out->from_session)
        cw_session_sent_itself(core, session, out->message_id);
    else if (cw_session_offer(core, session, out->message_id, out->ogg)) {
        bool own = session->user == out->from && cw_own_wanted(session);
        cw_audience_add(own           ? &out->own
                        : out->judged ? audience_of(core, out, session)
                                      : &out->audience,
                        session);
        return true;
    }
    return false;
}

/* For clients without the feature it counts as delivered. */
static void offer_change(struct cw_core *core, struct fan_out *out, struct session *session)
{
    assert(out->change && out->receipt_to == 0);
    if ((session->features & CW_FEATURE_EDITS) != 0)
        offer(core, out, session);
    else
        cw_session_sent_itself(core, session, out->message_id);
}

/* To the recipient's devices, and to the sender's other extended devices: only the
 * trailing map names the recipient. */
static void offer_to_user(struct cw_core *core, struct fan_out *out, const struct user *to,
                          const struct user *from)
{
    bool hidden = out->change && cw_user_has_blocked(from, to->id);
    cw_audience_init(core, &out->audience, cw_user_session_count(to) + cw_user_session_count(from));
    CW_EACH_SESSION (session, to) {
        if (hidden) /* a blocked user is not told of changes */
            cw_session_sent_itself(core, session, out->message_id);
        else if (out->change)
            offer_change(core, out, session);
        else if (offer(core, out, session) && out->receipt_to != 0)
            cw_receipt_expect(session, out->receipt_to, out->message_id);
    }
    if (to == from)
        return;
    CW_EACH_SESSION (session, from) {
        if (cw_own_wanted(session) && out->change)
            offer_change(core, out, session);
        else if (cw_own_wanted(session))
            offer(core, out, session);
        else if (session->confirms && session->id == out->from_session)
            cw_session_sent_itself(core, session, out->message_id); /* it may name its own */
        else if (session->extended && session->id != out->from_session &&
                 (!out->change || (session->features & CW_FEATURE_EDITS) != 0) &&
                 (!out->ogg || (session->features & CW_FEATURE_OPUS) != 0) &&
                 session->delivery == DELIVERY_LIVE)
            cw_audience_add(&out->audience, session);
    }
}

static void offer_to_group(struct cw_core *core, struct fan_out *out, const struct group *group)
{
    cw_audience_init(core, &out->audience, group->session_count);
    for (size_t i = 0; i < group->session_count && !out->change; i++)
        offer(core, out, group->sessions[i]);
    for (size_t i = 0; out->change && i < group->session_count; i++)
        offer_change(core, out, group->sessions[i]);
}

/* The session whose answer reports the message; 0: a part's answer does not count. Neither does
 * that of a session that has moved meanwhile: its new connection gets the message as from any other
 * device. */
static uint64_t told_by_answer(const struct cw_core *core, const struct request *request)
{
    uint64_t told = cw_request_told(request);
    const struct conn *conn = request->conn;
    if (told == 0 || (conn != NULL && conn->session != NULL && conn->session->id == told))
        return told; /* the usual case needs no look-up */
    const struct session *session = cw_session_find(core, told);
    bool moved = session != NULL && cw_own_wanted(session) && session->conn != conn;
    return moved ? 0 : told;
}

static void send_own(struct cw_core *core, const struct fan_out *out, struct cw_msg *update)
{
    if (out->own.extended_count == 0)
        return;
    assert(out->own.plain_count == 0); /* the feature is one of extended clients */
    update->extras.present |= CW_BIT(CW_X_OWN);
    update->extras.own = 1;
    cw_effect_send(core, update, &out->own, false);
}

static void send_marked(struct cw_core *core, const struct fan_out *out,
                        const struct cw_store_message *message, const struct cw_msg *update)
{
    assert(out->marked[0].max == 0); /* who has no marks is in `audience` */
    for (unsigned marks = 1; out->judged && marks < MARKS; marks++) {
        struct cw_msg marked = *update;
        cw_notify_mark(&marked, marks);
        cw_update_send(core, message, &marked, &out->marked[marks]);
    }
}

void cw_text_fan_out(struct cw_core *core, const struct request *request,
                     struct cw_store_message *message)
{
    struct cw_msg update;
    bool change = message->kind == CW_KIND_EDIT || message->kind == CW_KIND_DELETE;
    struct fan_out out = {.message_id = message->message_id,
                          .from = request->sender,
                          .from_session = told_by_answer(core, request),
                          .change = change,
                          .judged =
                              message->mentions != NULL || (!change && core->notify_count != 0),
                          .mentions = message->mentions,
                          .ogg = message->voice && cw_samples_are_ogg(message->body)};
    const struct user *to = request->target, *from = request->sender;
    assert(from != NULL && (to != NULL) != (request->target_group != 0));
    assert(change == (message->of != 0) && message->message_id <= core->newest);
    out.conversation = cw_conversation_of(message->mailbox, from->id);
    if (!change) {
        message->sender_id = from->id;
        if (!request->foreign) /* where it was written it is pushed */
            cw_push_message(core, message);
    }
    if (cw_own_wanted_by(from))
        cw_audience_init(core, &out.own, cw_user_session_count(from));
    if (to != NULL) {
        if (!change && to != from && cw_receipts_wanted(core, from->id))
            out.receipt_to = from->id;
        message->mailbox_name = cw_user_name(to);
        offer_to_user(core, &out, to, from);
    } else {
        struct group *group = cw_group_by_id(core, request->target_group);
        if (group == NULL)
            return; /* its last attached member has just gone; the message waits for them */
        message->mailbox_name = cw_group_name(group);
        offer_to_group(core, &out, group);
    }
    message->sender = cw_user_name(from);
    message->bot = from->bot;
    cw_update_of(core, message, &update);
    cw_update_send(core, message, &update, &out.audience);
    send_marked(core, &out, message, &update);
    send_own(core, &out, &update);
}
