/* on_text.c - what people say to be kept: whisper, msg_group, voice_msg.
 *
 * The update goes out, and the answer, when the store says that the message is
 * on disk: nobody reads what a crash could undo. */
#include "core/internal.h"

static bool may_send(struct cw_core *core, struct request *request)
{
    if (cw_bucket_take(&request->conn->texts, core->now_ms, 1, core->config.texts_per_s,
                       core->config.texts_burst))
        return true;
    cw_request_answer(core, request, CW_RATE_LIMITED);
    return false;
}

void cw_update_of(const struct cw_store_message *message, struct cw_msg *update)
{
    bool group = cw_mailbox_is_group(message->mailbox);
    *update = (struct cw_msg){.kind = CW_UPDATE, .sender = message->sender};
    update->action = message->voice ? CW_VOICE_MSG : group ? CW_MSG_GROUP : CW_WHISPER;
    update->group_name = message->mailbox_name;
    if (message->voice) {
        update->channels = message->channels;
        update->sample_rate = message->sample_rate;
        update->samples.encoded = message->body;
    } else {
        update->content = message->body;
    }
    struct cw_extras *extras = &update->extras;
    extras->map_present = true;
    extras->present = 1u << CW_X_ID | 1u << CW_X_TIME;
    extras->id = message->message_id;
    extras->time_ms = message->time_ms;
    if (!group) {
        extras->present |= 1u << CW_X_TO;
        extras->to = message->mailbox_name;
    } else if (message->voice) { /* msg_group names the group as drawn */
        extras->present |= 1u << CW_X_GROUP;
        extras->group = message->mailbox_name;
    }
}

/* What has just been stored, as the store would tell of it later. */
static void stored_message(const struct request *request, const struct cw_store_result *result,
                           struct cw_store_message *message)
{
    const struct cw_store_request *stored = result->request;
    *message = (struct cw_store_message){.message_id = result->message_id,
                                         .time_ms = stored->time_ms,
                                         .mailbox = stored->mailbox,
                                         .sender = cw_user_name(request->sender),
                                         .body = stored->body,
                                         .voice = stored->voice,
                                         .channels = stored->channels,
                                         .sample_rate = stored->sample_rate};
}

static void offer(struct cw_core *core, struct audience *audience, const struct request *request,
                  struct session *session, uint64_t message_id)
{
    if (session->id == request->sender_session)
        cw_session_sent_itself(core, session, message_id);
    else if (cw_session_offer(core, session, message_id))
        cw_audience_add(audience, session);
}

static size_t count_sessions(const struct user *user)
{
    size_t count = 0;
    for (struct link *link = user->sessions.next; link != &user->sessions; link = link->next)
        count++;
    return count;
}

/* To the recipient's devices, and to the sender's others that can be told whom
 * it went to: the drawn update does not name the recipient. */
static void audience_of_user(struct cw_core *core, struct audience *audience,
                             const struct request *request, uint64_t message_id)
{
    struct user *to = request->target, *from = request->sender;
    cw_audience_init(core, audience, count_sessions(to) + count_sessions(from));
    for (struct link *link = to->sessions.next; link != &to->sessions; link = link->next)
        offer(core, audience, request, CW_LINK_OWNER(link, struct session, of_user), message_id);
    if (to == from)
        return;
    for (struct link *link = from->sessions.next; link != &from->sessions; link = link->next) {
        struct session *session = CW_LINK_OWNER(link, struct session, of_user);
        if (session->extended && session->id != request->sender_session &&
            session->delivery == DELIVERY_LIVE)
            cw_audience_add(audience, session);
    }
}

static void audience_of_group(struct cw_core *core, struct audience *audience,
                              const struct request *request, const struct group *group,
                              uint64_t message_id)
{
    cw_audience_init(core, audience, group->session_count);
    for (size_t i = 0; i < group->session_count; i++)
        offer(core, audience, request, group->sessions[i], message_id);
}

static void fan_out(struct cw_core *core, const struct request *request,
                    const struct cw_store_result *result)
{
    struct cw_store_message message;
    struct audience audience = {0};
    struct cw_msg update;
    stored_message(request, result, &message);
    if (request->target != NULL) {
        message.mailbox_name = cw_user_name(request->target);
        audience_of_user(core, &audience, request, message.message_id);
    } else {
        struct group *group = cw_group_by_id(core, request->target_group);
        if (group == NULL)
            return; /* its last member has just gone; it waits for them */
        message.mailbox_name = cw_group_name(group);
        audience_of_group(core, &audience, request, group, message.message_id);
    }
    cw_update_of(&message, &update);
    /* The names are the core's own and may go with their owners in a later step. */
    update.sender = cw_arena_copy(&core->effects->arena, update.sender);
    cw_effect_send(core, &update, &audience, false);
}

static bool awaits_page(const struct user *user)
{
    for (struct link *link = user->sessions.next; link != &user->sessions; link = link->next)
        if (CW_LINK_OWNER(link, struct session, of_user)->delivery == DELIVERY_READING)
            return true;
    return false;
}

/* A page that is awaited was asked for before this message: the session that wrote
 * it is not to find it there, and the user's others are to be live, or they miss
 * their copy. Nor does what comes later overtake this message. */
static bool take_turn(struct request *request)
{
    struct session *session = request->conn->session;
    if (session == NULL) /* it went elsewhere while a name was looked up */
        return false;
    request->in_turn = session->in_turn != 0 || awaits_page(request->sender);
    session->in_turn += request->in_turn;
    return request->in_turn;
}

/* Another connection has the session, or it has ended: it counts anew. */
static void give_turn(const struct request *request)
{
    struct session *session = request->conn == NULL ? NULL : request->conn->session;
    if (request->in_turn && session != NULL && session->id == request->sender_session &&
        session->in_turn != 0)
        session->in_turn--;
}

static void stored(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    give_turn(request);
    if (cw_request_unavailable(core, request, result))
        return;
    assert(result->status == CW_STORE_OK);
    request->message_id = result->message_id;
    request->message_time_ms = result->request->time_ms;
    fan_out(core, request, result);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void append(struct cw_core *core, struct request *request, uint64_t mailbox)
{
    const struct cw_msg *msg = request->msg;
    bool voice = request->action == CW_VOICE_MSG;
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_MESSAGE_APPEND, stored);
    store->mailbox = mailbox;
    store->user_id = request->sender->id;
    store->voice = voice;
    store->body = voice ? msg->samples.encoded : msg->content;
    store->channels = (uint32_t)msg->channels;
    store->sample_rate = (uint32_t)msg->sample_rate;
    store->in_turn = take_turn(request);
    request->outlives = true;
    /* A long body becomes a file first, and what follows must not overtake it. */
    if (store->body.n <= CW_BODY_INLINE_MAX)
        cw_request_unblock(request);
}

static void to_user(struct cw_core *core, struct request *request)
{
    append(core, request, cw_mailbox_of_user(request->target->id));
}

static void send_to_user(struct cw_core *core, struct request *request, struct cw_slice name)
{
    if (cw_request_fold(core, request, name))
        cw_user_find(core, request, to_user);
}

static void send_to_group(struct cw_core *core, struct request *request, struct cw_slice name)
{
    if (!cw_request_fold(core, request, name))
        return;
    struct group *group = cw_group_of_member(core, request);
    if (group == NULL)
        return;
    request->target_group = group->id;
    append(core, request, cw_mailbox_of_group(group->id));
}

void cw_on_whisper(struct cw_core *core, struct request *request)
{
    if (may_send(core, request))
        send_to_user(core, request, request->msg->recipient);
}

void cw_on_msg_group(struct cw_core *core, struct request *request)
{
    if (may_send(core, request))
        send_to_group(core, request, request->msg->group_name);
}

void cw_on_voice_msg(struct cw_core *core, struct request *request)
{
    struct cw_slice recipient = request->msg->recipient;
    if (!may_send(core, request))
        return;
    if (recipient.n != 0 && recipient.p[0] == '#')
        send_to_group(core, request, cw_slice_of(recipient.p + 1, recipient.n - 1));
    else
        send_to_user(core, request, recipient);
}
