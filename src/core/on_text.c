/* on_text.c - what people say to be kept: whisper, msg_group, voice_msg.
 *
 * The update goes out, and the answer, when the store says that the message is
 * on disk: nobody reads what a crash could undo. */
#include "core/internal.h"

bool cw_text_allowed(struct cw_core *core, struct request *request)
{
    if (cw_bucket_take(&request->sender->rates.texts, core->now_ms, 1, core->config.texts_per_s,
                       core->config.texts_burst))
        return true;
    cw_request_answer(core, request, CW_RATE_LIMITED);
    return false;
}

/* Who may say nothing there takes nothing from the others. */
bool cw_text_allowed_there(struct cw_core *core, struct request *request)
{
    struct group *group =
        request->target == NULL ? cw_group_by_id(core, request->target_group) : NULL;
    if (group == NULL || !cw_conversation_is_open(core, request) ||
        cw_bucket_take(&group->texts, core->now_ms, 1, core->config.group_texts_per_s,
                       core->config.group_texts_burst))
        return true;
    cw_request_answer(core, request, CW_RATE_LIMITED);
    return false;
}

/* An edit or a deletion: which message it is about is drawn. */
static void tell_change(struct cw_core *core, const struct cw_store_message *message,
                        struct cw_msg *update)
{
    bool group = cw_mailbox_is_group(message->mailbox);
    update->action = message->kind == CW_KIND_EDIT ? CW_EDIT : CW_DELETE;
    update->conversation =
        group ? cw_group_conversation(core, message->mailbox_name) : message->mailbox_name;
    update->seq = message->of;
    update->content = message->body;
}

/* Recordings from before it was looked at have no picture. */
static void tell_sound(const struct cw_store_message *message, struct cw_extras *extras)
{
    if (message->waveform.n == 0)
        return;
    extras->present |= CW_BIT(CW_X_DURATION) | CW_BIT(CW_X_WAVEFORM);
    extras->duration_ms = message->duration_ms;
    extras->waveform = message->waveform;
}

static void tell_message(const struct cw_store_message *message, struct cw_msg *update)
{
    bool group = cw_mailbox_is_group(message->mailbox);
    struct cw_extras *extras = &update->extras;
    update->action = message->voice ? CW_VOICE_MSG : group ? CW_MSG_GROUP : CW_WHISPER;
    update->group_name = message->mailbox_name;
    if (message->voice) {
        update->channels = message->channels;
        update->sample_rate = message->sample_rate;
        update->samples.encoded = message->body;
        tell_sound(message, extras);
    } else {
        update->content = message->body;
    }
    if (!group) {
        extras->present |= CW_BIT(CW_X_TO);
        extras->to = message->mailbox_name;
    } else if (message->voice) { /* msg_group names the group as drawn */
        extras->present |= CW_BIT(CW_X_GROUP);
        extras->group = message->mailbox_name;
    }
}

void cw_update_of(struct cw_core *core, const struct cw_store_message *message,
                  struct cw_msg *update)
{
    *update = (struct cw_msg){.kind = CW_UPDATE, .sender = message->sender};
    struct cw_extras *extras = &update->extras;
    extras->map_present = true;
    extras->present = CW_BIT(CW_X_ID) | CW_BIT(CW_X_TIME) | CW_BIT(CW_X_SEQ);
    extras->id = message->message_id;
    extras->time_ms = message->time_ms;
    extras->seq = message->seq;
    extras->reply_to = message->reply_to;
    extras->edited = message->edited_ms;
    if (message->reply_to != 0)
        extras->present |= CW_BIT(CW_X_REPLY_TO);
    if (message->edited_ms != 0)
        extras->present |= CW_BIT(CW_X_EDITED);
    extras->damaged = message->damaged;
    if (message->damaged)
        extras->present |= CW_BIT(CW_X_DAMAGED);
    if (message->kind == CW_KIND_EDIT || message->kind == CW_KIND_DELETE)
        tell_change(core, message, update);
    else
        tell_message(message, update);
}

/* What has just been stored, as the store would tell of it later. */
static void stored_message(const struct cw_store_result *result, struct cw_store_message *message)
{
    const struct cw_store_request *stored = result->request;
    *message = (struct cw_store_message){.message_id = result->message_id,
                                         .time_ms = result->time_ms,
                                         .mailbox = stored->mailbox,
                                         .body = stored->body,
                                         .voice = stored->voice,
                                         .channels = stored->channels,
                                         .sample_rate = stored->sample_rate,
                                         .duration_ms = stored->duration_ms,
                                         .waveform = stored->waveform,
                                         .kind = stored->voice ? CW_KIND_VOICE : CW_KIND_TEXT,
                                         .seq = result->seq,
                                         .reply_to = stored->reply_to};
}

/* One message on its way to those whom it concerns. */
struct fan_out {
    struct audience audience;
    struct audience own; /* the sender's other devices that are told it is their own */
    const struct user *from;
    uint64_t message_id;
    uint64_t from_session;
    bool change;         /* an edit or a deletion: for who understands them */
    bool ogg;            /* a recording: who does not read Opus finds it as a list */
    uint64_t receipt_to; /* the sender, if he wants to hear when it was received, or 0 */
};

static inline bool offer(struct cw_core *core, struct fan_out *out, struct session *session)
{
    if (session->id == out->from_session)
        cw_session_sent_itself(core, session, out->message_id);
    else if (cw_session_offer(core, session, out->message_id, out->ogg)) {
        bool own = session->user == out->from && cw_own_wanted(session);
        cw_audience_add(own ? &out->own : &out->audience, session);
        return true;
    }
    return false;
}

/* Who would not know what it is has had it. */
static void offer_change(struct cw_core *core, struct fan_out *out, struct session *session)
{
    if ((session->features & CW_FEATURE_EDITS) != 0)
        offer(core, out, session);
    else
        cw_session_sent_itself(core, session, out->message_id);
}

/* To the recipient's devices, and to the sender's others that can be told whom
 * it went to: the drawn update does not name the recipient. */
static void offer_to_user(struct cw_core *core, struct fan_out *out, const struct user *to,
                          const struct user *from)
{
    bool hidden = out->change && cw_user_has_blocked(from, to->id);
    cw_audience_init(core, &out->audience, cw_user_session_count(to) + cw_user_session_count(from));
    for (struct link *link = to->sessions.next; link != &to->sessions; link = link->next) {
        struct session *session = CW_LINK_OWNER(link, struct session, of_user);
        if (hidden) /* whom one has blocked learns of nothing that one changes */
            cw_session_sent_itself(core, session, out->message_id);
        else if (out->change)
            offer_change(core, out, session);
        else if (offer(core, out, session) && out->receipt_to != 0)
            cw_receipt_expect(session, out->receipt_to, out->message_id);
    }
    if (to == from)
        return;
    for (struct link *link = from->sessions.next; link != &from->sessions; link = link->next) {
        struct session *session = CW_LINK_OWNER(link, struct session, of_user);
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

/* The session that is told of the message by its answer; 0: a part's is not. Nor is one
 * that has moved meanwhile: its connection learns of it as of any other device's. */
static uint64_t told_by_answer(const struct cw_core *core, const struct request *request)
{
    uint64_t told = cw_request_told(request);
    const struct session *session = told == 0 ? NULL : cw_session_find(core, told);
    bool moved = session != NULL && cw_own_wanted(session) && session->conn != request->conn;
    return moved ? 0 : told;
}

static void send_own(struct cw_core *core, const struct fan_out *out, struct cw_msg *update)
{
    if (out->own.extended_count == 0)
        return;
    update->extras.present |= CW_BIT(CW_X_OWN);
    update->extras.own = 1;
    cw_effect_send(core, update, &out->own, false);
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
                          .ogg = message->voice && cw_samples_are_ogg(message->body)};
    const struct user *to = request->target, *from = request->sender;
    if (cw_own_wanted_by(from))
        cw_audience_init(core, &out.own, cw_user_session_count(from));
    if (to != NULL) {
        if (!change && to != from && cw_receipts_wanted(from))
            out.receipt_to = from->id;
        message->mailbox_name = cw_user_name(to);
        offer_to_user(core, &out, to, from);
    } else {
        struct group *group = cw_group_by_id(core, request->target_group);
        if (group == NULL)
            return; /* its last member has just gone; it waits for them */
        message->mailbox_name = cw_group_name(group);
        offer_to_group(core, &out, group);
    }
    /* The names are the core's own and may go with their owners in a later step. */
    message->sender = cw_arena_copy(&core->effects->arena, cw_user_name(from));
    cw_update_of(core, message, &update);
    cw_effect_send(core, &update, &out.audience, false);
    send_own(core, &out, &update);
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
    struct conn *conn = request->conn;
    if (conn->session == NULL) /* it went elsewhere while a name was looked up */
        return false;
    request->in_turn = conn->in_turn != 0 || awaits_page(request->sender);
    conn->in_turn += request->in_turn;
    return request->in_turn;
}

static void give_turn(const struct request *request)
{
    if (request->in_turn && request->conn != NULL)
        request->conn->in_turn--;
}

static void stored(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    struct cw_store_message message;
    give_turn(request);
    cw_stranger_stored(core, request, result);
    if (result->status == CW_STORE_MISMATCH) { /* its session has ended meanwhile */
        cw_request_answer(core, request, CW_USER_NOT_CONNECTED);
        return;
    }
    if (cw_conversation_refused(core, request, result))
        return;
    request->message_id = result->message_id;
    request->message_seq = result->seq;
    request->message_time_ms = result->time_ms;
    request->gone = result->gone;
    if (!result->repeated) {
        stored_message(result, &message);
        cw_text_fan_out(core, request, &message);
        if ((request->features & CW_FEATURE_READ) != 0)
            cw_read_follow(core, request, result->seq);
    }
    cw_request_answer(core, request, CW_SUCCESS);
}

/* A number that is there is not 0. */
static bool good_extras(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    bool has_n = (extras->present & CW_BIT(CW_X_N)) != 0;
    bool replies = (extras->present & CW_BIT(CW_X_REPLY_TO)) != 0;
    bool has_part = (extras->present & CW_BIT(CW_X_PART)) != 0;
    if (!request->extended || ((!has_n || extras->n != 0) && (!has_part || extras->part != 0) &&
                               (!replies || extras->reply_to != 0)))
        return true;
    cw_request_refuse(core, request, CW_BAD_REQUEST,
                      "`n`, `part` and `reply_to` in the map are integers from 1");
    return false;
}

static void append(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    bool voice = request->action == CW_VOICE_MSG;
    bool counted = request->extended && msg->extras.n != 0;
    /* What was stored while it was allowed is answered so, whatever holds now. */
    bool open = cw_conversation_is_open(core, request);
    if (!open && !counted) {
        if (!cw_refused_as_muted(core, request))
            cw_request_answer(core, request, CW_FORBIDDEN);
        return;
    }
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_MESSAGE_APPEND, stored);
    store->no_stranger = !cw_stranger_allowed(core, request);
    store->mailbox = request->target != NULL ? cw_mailbox_of_user(request->target->id)
                                             : cw_mailbox_of_group(request->target_group);
    store->user_id = request->sender->id;
    store->voice = voice;
    store->body = voice ? msg->samples.encoded : msg->content;
    store->channels = (uint32_t)msg->channels;
    store->sample_rate = (uint32_t)msg->sample_rate;
    store->duration_ms = (msg->samples.duration_us + 500) / 1000;
    if (voice)
        store->waveform = cw_slice_of(msg->samples.waveform, CW_WAVEFORM_LEVELS);
    if (counted || store->body.n > CW_BODY_INLINE_MAX)
        store->session_id = request->sender_session;
    if (request->extended) {
        store->reply_to = msg->extras.reply_to;
        store->n = msg->extras.n;
        store->part = cw_part_wanted(&msg->extras) ? msg->extras.part : request->sender_part;
        store->refusal = open ? CW_STORE_OK : CW_STORE_FORBIDDEN;
    }
    store->in_turn = take_turn(request);
    request->outlives = true;
    /* A long body becomes a file first, and what follows must not overtake it. */
    if (store->body.n <= CW_BODY_INLINE_MAX)
        cw_request_unblock(request);
}

void cw_on_whisper(struct cw_core *core, struct request *request)
{
    if (cw_text_allowed(core, request) && good_extras(core, request) &&
        cw_request_fold(core, request, request->msg->recipient))
        cw_user_find(core, request, append);
}

void cw_on_msg_group(struct cw_core *core, struct request *request)
{
    if (!cw_text_allowed(core, request) || !good_extras(core, request) ||
        !cw_request_fold_group(core, request, request->msg->group_name))
        return;
    struct group *group = cw_group_of_member(core, request);
    if (group == NULL)
        return;
    request->target_group = group->id;
    if (cw_text_allowed_there(core, request))
        append(core, request);
}

static void append_voice(struct cw_core *core, struct request *request)
{
    if (cw_text_allowed_there(core, request))
        append(core, request);
}

/* What nobody has looked at is no recording. */
static bool good_voice(struct cw_core *core, struct request *request)
{
    const struct cw_samples *samples = &request->msg->samples;
    if (samples->duration_us != 0 &&
        (samples->form == CW_SAMPLES_LIST || (request->features & CW_FEATURE_OPUS) != 0))
        return true;
    cw_request_refuse(
        core, request, CW_BAD_REQUEST,
        "recordings in Opus need the feature `opus` in the map of `login` or `attach`");
    return false;
}

void cw_on_voice_msg(struct cw_core *core, struct request *request)
{
    if (cw_text_allowed(core, request) && good_voice(core, request) && good_extras(core, request))
        cw_conversation_find(core, request, request->msg->recipient, append_voice);
}
