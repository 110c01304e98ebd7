/* auditor_event.c - records the core's events: requests, and results of the store. */
#include "auditor_book.h"

static void remove_member(struct auditor *auditor, uint64_t user, uint64_t group)
{
    for (size_t i = auditor->member_count; i-- > 0;)
        if (auditor->members[i].user == user && auditor->members[i].group == group)
            auditor->members[i] = auditor->members[--auditor->member_count];
}

/* The id of the message at that place, or 0. */
static uint64_t find_message(const struct auditor *auditor, uint64_t conversation, uint64_t seq)
{
    for (uint64_t id = auditor->head; id > 0; id--)
        if (auditor->messages[id].committed && auditor->messages[id].conversation == conversation &&
            auditor->messages[id].seq == seq)
            return id;
    return 0;
}

static uint64_t last_seq(const struct auditor *auditor, uint64_t conversation)
{
    for (uint64_t id = auditor->head; id > 0; id--)
        if (auditor->messages[id].committed && auditor->messages[id].conversation == conversation)
            return auditor->messages[id].seq;
    return 0;
}

static void find_pair(struct auditor *auditor, const struct cw_msg *msg, struct asked *asked)
{
    uint64_t user = auditor_user(auditor, auditor_print_name(msg->username));
    for (size_t i = 0; i < auditor->login_count; i++) {
        const struct login *login = &auditor->logins[i];
        if (user != 0 && login->user == user &&
            cw_slice_eq(msg->token, cw_slice_of(login->token, CW_TOKEN_LEN))) {
            asked->user = user;
            asked->session = login->session;
        }
    }
}

static void say_received(struct asked *asked, const struct audited_conn *conn, uint64_t id)
{
    asked->says_latest = id == 0;
    asked->says = id != 0 || conn->session != asked->session ? id : conn->answered;
}

/* A feature that is not requested any more ends now; a requested one begins with the answer. */
static void ask_for_features(struct asked *asked, struct audited_conn *conn, struct login *login)
{
    if (!asked->has_map || login == NULL)
        return;
    conn->confirms = false;
    login->confirms = login->confirms && (asked->features & CW_FEATURE_RECEIVED) != 0;
    login->own = login->own && (asked->features & CW_FEATURE_OWN) != 0;
}

static void on_request(struct auditor *auditor, struct audited_conn *conn,
                       const struct cw_event *event)
{
    const struct cw_msg *msg = event->message.msg;
    if (conn->closing || msg->kind == CW_CLIENT_UPDATE)
        return;
    rules_expect(conn->asked_count < CW_REQUESTS_IN_FLIGHT_MAX, "too many requests are accepted");
    struct asked *asked = &conn->asked[conn->asked_count++];
    *asked = (struct asked){.action = (uint8_t)msg->action, .envelope = event->message.envelope};
    if (msg->action == CW_ACTION_UNKNOWN)
        asked->name = auditor_print(msg->action_name);
    if (event->message.code != CW_SUCCESS)
        return;
    if (msg->action == CW_LOGIN)
        asked->name = auditor_print_name(msg->username);
    else
        find_pair(auditor, msg, asked);
    asked->has_since = (msg->extras.present & CW_BIT(CW_X_SINCE)) != 0;
    if (msg->action == CW_ATTACH && asked->has_since)
        asked->says = msg->extras.since;
    if (msg->action == CW_RECEIVED)
        say_received(asked, conn, msg->message_id);
    bool logs_in = msg->action == CW_LOGIN || msg->action == CW_LOGIN_BY_LINK;
    asked->has_map =
        (msg->action == CW_ATTACH || logs_in) && msg->extras.map_present && msg->extras.part == 0;
    asked->features = msg->extras.features;
    if (msg->action == CW_ATTACH)
        ask_for_features(asked, conn, auditor_session(auditor, asked->session));
    bool change = msg->action == CW_EDIT || msg->action == CW_DELETE;
    struct cw_slice to = msg->action == CW_MSG_GROUP ? msg->group_name
                         : change                    ? msg->conversation
                                                     : msg->recipient;
    asked->seq = msg->seq;
    asked->to_group = msg->action == CW_MSG_GROUP;
    if ((msg->action == CW_VOICE_MSG || change) && to.n != 0 && to.p[0] == '#') {
        asked->to_group = true;
        to = cw_slice_of(to.p + 1, to.n - 1);
    }
    asked->target = auditor_print_name(to);
    asked->content =
        auditor_print(msg->action == CW_VOICE_MSG ? msg->samples.encoded : msg->content);
}

static void on_received(struct auditor *auditor, struct audited_conn *conn, uint64_t mark)
{
    struct login *login = auditor_session(auditor, conn->session);
    if (conn->probe_count == 0 || conn->probes[0].mark != mark)
        return;
    uint64_t shown = conn->probes[0].last_id;
    bool counts = login != NULL && !login->confirms && !conn->confirms;
    if (counts && conn->probes[0].session == conn->session && login->floor < shown)
        login->floor = shown;
    memmove(conn->probes, conn->probes + 1, --conn->probe_count * sizeof conn->probes[0]);
}

/* Up to where some session of the user has had all, be it that it asked for it again since. */
static uint64_t received_by(const struct auditor *auditor, uint64_t user)
{
    uint64_t received = 0;
    for (size_t i = 0; i < auditor->login_count; i++) {
        const struct login *login = &auditor->logins[i];
        uint64_t said = auditor_said(auditor, login);
        if (login->user == user && received < said)
            received = said;
        if (login->user == user && received < login->past)
            received = login->past;
    }
    return received;
}

static void add_login(struct auditor *auditor, const struct pending *pending,
                      const struct cw_store_result *result)
{
    rules_expect(auditor->login_count < LOGINS_MAX, "(the auditor's book of logins is full)");
    uint64_t user = pending->request.user_id;
    uint64_t first = received_by(auditor, user) + 1;
    for (uint64_t id = first; !pending->request.has_since && id <= result->cursor; id++)
        rules_expect(!auditor_is_due(auditor, user, id),
                     "a new session misses what no session has received");
    struct login *login = &auditor->logins[auditor->login_count++];
    *login = (struct login){.user = user, .session = result->session_id, .floor = result->cursor};
    memcpy(login->token, pending->token, CW_TOKEN_LEN);
}

static void add_member(struct auditor *auditor, uint64_t user, uint64_t group)
{
    rules_expect(auditor->member_count < MEMBERS_MAX, "(the auditor's book of members is full)");
    auditor->members[auditor->member_count].user = user;
    auditor->members[auditor->member_count].group = group;
    auditor->members[auditor->member_count++].since = auditor->head;
}

/* The next entry of its conversation. */
static struct message *add_message(struct auditor *auditor, const struct pending *pending,
                                   const struct cw_store_result *result, uint64_t mailbox)
{
    uint64_t sender = pending->request.user_id;
    uint64_t conversation = cw_conversation_of(mailbox, sender);
    rules_expect(result->message_id < MESSAGES_MAX, "(the auditor's book of messages is full)");
    rules_expect(result->message_id > auditor->head, "ids ascend");
    rules_expect(result->seq == last_seq(auditor, conversation) + 1,
                 "a conversation numbers its entries without a gap");
    auditor->head = result->message_id;
    struct message *message = &auditor->messages[auditor->head];
    *message = (struct message){.committed = true,
                                .mailbox = mailbox,
                                .sender = sender,
                                .sender_session = pending->sender_session,
                                .conversation = conversation,
                                .seq = result->seq,
                                .content = pending->content,
                                .list = pending->list};
    return message;
}

static void add_text(struct auditor *auditor, const struct pending *pending,
                     const struct cw_store_result *result)
{
    if (result->repeated) { /* not delivered again; the result is that of the first time */
        rules_expect(result->message_id <= auditor->head &&
                         auditor->messages[result->message_id].seq == result->seq &&
                         auditor->messages[result->message_id].sender == pending->request.user_id,
                     "a retry is answered as the first time");
        return;
    }
    uint64_t mailbox = pending->request.mailbox;
    struct message *message = add_message(auditor, pending, result, mailbox);
    message->action = pending->request.voice         ? CW_VOICE_MSG
                      : cw_mailbox_is_group(mailbox) ? CW_MSG_GROUP
                                                     : CW_WHISPER;
}

static void add_change(struct auditor *auditor, const struct pending *pending,
                       const struct cw_store_result *result)
{
    const struct cw_store_request *request = &pending->request;
    uint64_t conversation = request->conversation, user = request->user_id;
    bool edit = result->op == CW_STORE_MESSAGE_EDIT;
    uint64_t id = find_message(auditor, conversation, request->seq);
    struct message *of = &auditor->messages[id];
    if (result->repeated) { /* nothing was changed */
        rules_expect(id != 0 && (edit ? of->content == pending->content : of->deleted),
                     "what is answered as done already is so");
        return;
    }
    rules_expect(id != 0 && of->of == 0 && !of->deleted, "what is changed is there");
    rules_expect(of->sender == user || (!edit && cw_mailbox_is_group(conversation)),
                 "one changes one's own");
    rules_expect(!edit || cw_mailbox_is_group(conversation) ||
                     !rules_blocked(auditor->rules, user, cw_conversation_peer(conversation, user)),
                 "who is blocked finds no new text");
    uint64_t mailbox = cw_mailbox_is_group(conversation)
                           ? conversation
                           : cw_mailbox_of_user(cw_conversation_peer(conversation, user));
    struct message *message = add_message(auditor, pending, result, mailbox);
    message->action = edit ? CW_EDIT : CW_DELETE;
    message->of = id;
    of->deleted = !edit;
    if (edit) {
        of->content = pending->content;
        of->edited_by = auditor->head;
    }
}

static void on_stored(struct auditor *auditor, const struct pending *pending,
                      const struct cw_store_result *result)
{
    rules_stored(auditor->rules, &pending->request, result, pending->secret, pending->invitation);
    switch (result->op) {
    case CW_STORE_USER_CREATE:
        rules_expect(result->user_id < USERS_MAX, "(the auditor's book of users is full)");
        auditor->users[result->user_id].key = pending->key;
        auditor->users[result->user_id].name_n = pending->name_n;
        memcpy(auditor->users[result->user_id].name, pending->name, pending->name_n);
        break;
    case CW_STORE_SESSION_CREATE:
        add_login(auditor, pending, result);
        break;
    case CW_STORE_GROUP_CREATE:
        rules_expect(result->group_id < GROUPS_MAX, "(the auditor's book of groups is full)");
        auditor->groups[result->group_id] = pending->key;
        add_member(auditor, pending->request.user_id, result->group_id);
        break;
    case CW_STORE_GROUP_JOIN:
        add_member(auditor, pending->request.user_id, result->group_id);
        break;
    case CW_STORE_MESSAGE_APPEND:
        add_text(auditor, pending, result);
        break;
    case CW_STORE_MESSAGE_EDIT:
    case CW_STORE_MESSAGE_DELETE:
        add_change(auditor, pending, result);
        break;
    case CW_STORE_GROUP_LEAVE:
        remove_member(auditor, pending->request.user_id, pending->request.group_id);
        break;
    case CW_STORE_GROUP_CLOSE:
        for (size_t i = 0; i < result->person_count; i++)
            remove_member(auditor, result->people[i].user_id, result->group_id);
        break;
    case CW_STORE_GROUP_TAKE:
        if (!result->repeated && !result->was_member)
            add_member(auditor, pending->request.other_id, result->group_id);
        break;
    case CW_STORE_MEMBER_KICK:
    case CW_STORE_MEMBER_BAN:
        remove_member(auditor, pending->request.other_id, pending->request.group_id);
        break;
    default:
        break;
    }
}

static struct pending *find_pending(struct auditor *auditor, uint64_t cookie)
{
    for (size_t i = 0; i < auditor->pending_count; i++)
        if (auditor->pending[i].cookie == cookie)
            return &auditor->pending[i];
    rules_expect(false, "(a result that nobody asked for)");
    return NULL;
}

void auditor_on_event(struct auditor *auditor, const struct cw_event *event)
{
    struct audited_conn *conn = auditor_conn(auditor, event->conn);
    struct pending *pending;
    switch (event->type) {
    case CW_EV_CONNECTED:
        conn = &auditor->conns[(uint32_t)event->conn % CONNS_MAX];
        memset(conn, 0, sizeof *conn);
        conn->id = event->conn;
        conn->no_updates = event->connected.no_updates;
        break;
    case CW_EV_CLOSED:
        for (size_t i = 0; i < conn->asked_count; i++)
            auditor_keep_said(auditor, &conn->asked[i]);
        conn->id = 0;
        break;
    case CW_EV_MESSAGE:
        on_request(auditor, conn, event);
        break;
    case CW_EV_RECEIVED:
        on_received(auditor, conn, event->received_mark);
        break;
    case CW_EV_STORE:
        pending = find_pending(auditor, event->store->cookie);
        if (event->store->status == CW_STORE_OK)
            on_stored(auditor, pending, event->store);
        pending->cookie = 0;
        break;
    default:
        break;
    }
}
