/* on_read.c - who has received, read, heard, and is writing: delivered, mark_read,
 * mark_played, typing.
 *
 * Receipts and typing are told to whom is there, and not kept: what a client
 * missed of them, the lists of conversations and history tell. */
#include "core/internal.h"

static void add_sessions(struct audience *audience, const struct user *user, uint64_t feature,
                         uint64_t except)
{
    for (struct link *link = user->sessions.next; link != &user->sessions; link = link->next) {
        const struct session *session = CW_LINK_OWNER(link, struct session, of_user);
        if (session->id != except && cw_session_takes(session, feature))
            cw_audience_add(audience, session);
    }
}

/* --- delivered ------------------------------------------------------------------------ */

bool cw_receipts_wanted(const struct user *sender)
{
    for (struct link *link = sender->sessions.next; link != &sender->sessions; link = link->next)
        if ((CW_LINK_OWNER(link, struct session, of_user)->features & CW_FEATURE_READ) != 0)
            return true;
    return false;
}

static void remove_receipt(struct session *session, unsigned i)
{
    session->receipt_count--;
    memmove(session->receipts + i, session->receipts + i + 1,
            (session->receipt_count - i) * sizeof *session->receipts);
}

/* What the probe that is out will show stays as it is: or in a row of messages
 * the last would never come. So a sender has two at most; where the client itself says
 * how far it is, one for each message, since it may stop at any. */
void cw_receipt_expect(struct session *session, uint64_t sender_id, uint64_t message_id)
{
    if (session->receipts == NULL)
        session->receipts = cw_alloc(CW_RECEIPTS_MAX * sizeof *session->receipts);
    for (unsigned i = 0; i < session->receipt_count && !session->confirms; i++) {
        if (session->receipts[i].sender_id == sender_id &&
            session->receipts[i].message_id > session->probe_sent) {
            session->receipts[i].message_id = message_id;
            return;
        }
    }
    if (session->receipt_count == CW_RECEIPTS_MAX)
        remove_receipt(session, 0);
    session->receipts[session->receipt_count++] =
        (struct receipt){.sender_id = sender_id, .message_id = message_id};
}

/* The recipient's other devices need not say the same once more. */
static void forget_elsewhere(const struct session *session, struct receipt told)
{
    const struct link *sessions = &session->user->sessions;
    for (struct link *link = sessions->next; link != sessions; link = link->next) {
        struct session *other = CW_LINK_OWNER(link, struct session, of_user);
        for (unsigned i = other->receipt_count; i-- > 0;)
            if (other->receipts[i].sender_id == told.sender_id &&
                other->receipts[i].message_id <= told.message_id)
                remove_receipt(other, i);
    }
}

static void send_receipt(struct cw_core *core, const struct session *session, struct receipt told)
{
    struct cw_arena *arena = &core->effects->arena;
    const struct user *sender = cw_map_get(&core->users_by_id, cw_map_id(&told.sender_id));
    struct audience audience;
    if (sender == NULL || cw_user_has_blocked(session->user, sender->id))
        return;
    cw_audience_init(core, &audience, cw_user_session_count(sender));
    add_sessions(&audience, sender, CW_FEATURE_READ, 0);
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_DELIVERED,
                            .sender = cw_arena_copy(arena, cw_user_name(session->user)),
                            .message_id = told.message_id};
    cw_effect_send(core, &update, &audience, false);
}

void cw_receipts_send(struct cw_core *core, struct session *session)
{
    for (unsigned i = session->receipt_count; i-- > 0;) {
        if (i >= session->receipt_count || session->receipts[i].message_id > session->received)
            continue;
        struct receipt receipt = session->receipts[i];
        forget_elsewhere(session, receipt); /* and here, with those before it */
        send_receipt(core, session, receipt);
    }
}

uint64_t cw_received_by(const struct cw_core *core, uint64_t user_id, uint64_t saved)
{
    const struct user *user = cw_map_get(&core->users_by_id, cw_map_id(&user_id));
    bool hidden = user != NULL && core->asker != NULL && cw_user_has_blocked(user, core->asker->id);
    if (user == NULL || hidden)
        return saved;
    for (struct link *link = user->sessions.next; link != &user->sessions; link = link->next) {
        uint64_t received = CW_LINK_OWNER(link, struct session, of_user)->received;
        saved = received > saved ? received : saved;
    }
    return saved;
}

/* --- mark_read ------------------------------------------------------------------------ */

/* To the reader's other devices, and to the other one of a pair. */
static void tell_mark(struct cw_core *core, const struct request *request, enum cw_action action,
                      uint64_t seq, bool to_peer)
{
    const struct user *reader = request->sender, *peer = request->target;
    struct audience audience;
    to_peer = to_peer && peer != NULL && peer != reader && !cw_user_has_blocked(reader, peer->id);
    cw_audience_init(core, &audience,
                     cw_user_session_count(reader) + (to_peer ? cw_user_session_count(peer) : 0));
    add_sessions(&audience, reader, CW_FEATURE_READ, cw_request_told(request));
    if (to_peer)
        add_sessions(&audience, peer, CW_FEATURE_READ, 0);
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = action,
                            .sender = cw_arena_copy(&core->effects->arena, cw_user_name(reader)),
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

static void marked(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (result->status == CW_STORE_OK)
        tell_mark(core, request, CW_MARK_READ, result->seq, true);
    else if (result->status != CW_STORE_EXISTS && cw_conversation_refused(core, request, result))
        return;
    cw_request_answer(core, request, CW_SUCCESS);
}

static void mark(struct cw_core *core, struct request *request)
{
    submit_mark(core, request, CW_STORE_READ_MARK, request->msg->seq, marked);
    cw_request_unblock(request);
}

void cw_on_mark_read(struct cw_core *core, struct request *request)
{
    cw_conversation_find(core, request, request->msg->conversation, mark);
}

static void followed(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    if (event->store->status == CW_STORE_OK)
        tell_mark(core, request, CW_MARK_READ, event->store->seq, false);
}

void cw_read_follow(struct cw_core *core, const struct request *request, uint64_t seq)
{
    struct request *mark = cw_request_create(core, NULL, NULL);
    mark->sender = request->sender;
    cw_user_refer(core, mark->sender);
    mark->sender_session = request->sender_session;
    mark->sender_part = request->sender_part;
    mark->target = request->target;
    if (mark->target != NULL)
        cw_user_refer(core, mark->target);
    mark->target_group = request->target_group;
    submit_mark(core, mark, CW_STORE_READ_MARK, seq, followed);
}

/* --- mark_played ---------------------------------------------------------------------- */

static void played(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (result->status == CW_STORE_OK)
        tell_mark(core, request, CW_MARK_PLAYED, result->seq, true);
    else if (result->status != CW_STORE_EXISTS && cw_conversation_refused(core, request, result))
        return;
    cw_request_answer(core, request, CW_SUCCESS);
}

static void mark_as_played(struct cw_core *core, struct request *request)
{
    if (request->target == NULL) { /* who of a group has listened is nobody's business */
        cw_request_refuse(core, request, CW_BAD_REQUEST,
                          "who has listened is told in a conversation of two only, not of a group");
        return;
    }
    submit_mark(core, request, CW_STORE_PLAY_MARK, request->msg->seq, played);
    cw_request_unblock(request);
}

void cw_on_mark_played(struct cw_core *core, struct request *request)
{
    cw_conversation_find(core, request, request->msg->conversation, mark_as_played);
}

/* --- typing --------------------------------------------------------------------------- */

static void send_typing(struct cw_core *core, const struct session *session,
                        struct cw_slice conversation, const struct audience *audience)
{
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_TYPING,
                            .sender = cw_user_name(session->user),
                            .conversation = conversation};
    cw_effect_send(core, &update, audience, true);
}

static void type_to_group(struct cw_core *core, const struct session *session,
                          const struct group *group)
{
    struct membership *membership = cw_group_membership(group, session);
    struct audience audience;
    if (membership == NULL || cw_group_muted(core, membership))
        return;
    cw_audience_init(core, &audience, group->session_count);
    for (size_t i = 0; i < group->session_count; i++)
        if (group->sessions[i]->user != session->user &&
            !cw_user_has_blocked(session->user, group->sessions[i]->user->id) &&
            cw_session_takes(group->sessions[i], CW_FEATURE_TYPING))
            cw_audience_add(&audience, group->sessions[i]);
    send_typing(core, session, cw_group_conversation(core, cw_group_name(group)), &audience);
}

static void type_to_user(struct cw_core *core, const struct session *session,
                         const struct user *user)
{
    struct audience audience;
    if (user == session->user || cw_user_has_blocked(user, session->user->id) ||
        cw_user_has_blocked(session->user, user->id))
        return;
    cw_audience_init(core, &audience, cw_user_session_count(user));
    add_sessions(&audience, user, CW_FEATURE_TYPING, 0);
    send_typing(core, session, cw_user_name(user), &audience);
}

bool cw_typing(struct cw_core *core, struct conn *conn, const struct cw_msg *msg)
{
    const struct session *session = conn->session;
    struct cw_slice name = msg->conversation;
    struct cw_name_key key;
    if (session == NULL || !cw_conn_extended(conn) ||
        !cw_slice_eq_secret(msg->token, cw_slice_of(session->token, CW_TOKEN_LEN)) ||
        !cw_user_is_called(core, session->user, msg->username) ||
        !cw_bucket_take(&cw_rates_of(conn)->typing, core->now_ms, 1, CW_TYPING_PER_S,
                        CW_TYPING_PER_S))
        return false;
    bool to_group = name.n != 0 && name.p[0] == '#';
    if (to_group)
        name = cw_slice_of(name.p + 1, name.n - 1);
    if (!cw_names_fold(core, to_group ? CW_NAME_OF_GROUP : CW_NAME_OF_USER, name, &key))
        return false;
    const struct group *group = to_group ? cw_group_by_key(core, &key) : NULL;
    const struct user *user = to_group ? NULL : cw_user_by_key(core, &key);
    if (group != NULL)
        type_to_group(core, session, group);
    else if (user != NULL)
        type_to_user(core, session, user);
    return true;
}
