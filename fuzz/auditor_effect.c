/* auditor_effect.c - checks the core's effects: is each allowed, and sent to the right
 * connection? */
#include "auditor_book.h"
#include "core/conn.h"
#include "server/lister.h"

/* Finds the request that caused this storing, and checks its sender's permission. */
static void find_sender(struct auditor *auditor, struct pending *pending)
{
    const struct cw_store_request *request = &pending->request;
    bool change = request->op != CW_STORE_MESSAGE_APPEND;
    uint64_t conversation = request->conversation;
    uint64_t mailbox =
        !change ? request->mailbox
        : cw_mailbox_is_group(conversation)
            ? conversation
            : cw_mailbox_of_user(cw_conversation_peer(conversation, request->user_id));
    uint64_t to = mailbox >> 1;
    bool group = cw_mailbox_is_group(mailbox);
    print_of target = to == 0 || to >= (group ? GROUPS_MAX : USERS_MAX) ? 0
                      : group                                           ? auditor->groups[to]
                                                                        : auditor->users[to].key;
    for (size_t c = 0; c < CONNS_MAX; c++) {
        struct audited_conn *conn = &auditor->conns[c];
        for (size_t i = 0; conn->id != 0 && i < conn->asked_count; i++) {
            struct asked *asked = &conn->asked[i];
            if (asked->stored || asked->user != request->user_id ||
                asked->content != pending->content || asked->target != target ||
                asked->to_group != group || (change && asked->seq != request->seq))
                continue;
            uint64_t since;
            asked->stored = true;
            pending->sender_session = asked->session;
            rules_expect(!group || auditor_is_member(auditor, asked->user, to, &since),
                         "somebody who is no member writes to a group");
            return;
        }
    }
    if (request->call) { /* a missed one; which call it was is not known here */
        rules_expect(!group && to != request->user_id, "a missed call is of two");
        return;
    }
    rules_expect(false, "what is stored was not asked for, by whom it says, to whom it goes");
}

/* The hash of the samples that clients without Opus get instead, or 0. */
static print_of print_list(const struct cw_store_request *request)
{
    struct cw_store_message message = {.voice = request->voice, .body = request->body};
    struct cw_store_result result = {.messages = &message, .message_count = 1};
    struct cw_arena lists = {0};
    if (!cw_lister_needed(&(struct cw_store_request){.op = CW_STORE_INBOX_READ, .lists = true},
                          &result))
        return 0;
    cw_lister_run(&result, &lists);
    print_of list = auditor_print(message.body);
    cw_arena_finish(&lists);
    return list;
}

static void on_store(struct auditor *auditor, const struct cw_event *event,
                     const struct cw_store_request *request)
{
    struct pending *pending = NULL;
    if (request->cookie == 0)
        return;
    for (size_t i = 0; i < auditor->pending_count && pending == NULL; i++)
        if (auditor->pending[i].cookie == 0)
            pending = &auditor->pending[i];
    if (pending == NULL) {
        rules_expect(auditor->pending_count < WORLD_STORED_MAX, "(too much waits for the store)");
        pending = &auditor->pending[auditor->pending_count++];
    }
    *pending = (struct pending){.cookie = request->cookie, .request = *request};
    pending->key = auditor_print(request->key);
    pending->secret = auditor_print(request->secret);
    pending->invitation = auditor_print(request->invitation);
    pending->content = auditor_print(request->body);
    pending->list = request->op == CW_STORE_MESSAGE_APPEND ? print_list(request) : 0;
    pending->name_n = (uint8_t)(request->name.n < CW_NAME_MAX ? request->name.n : CW_NAME_MAX);
    if (pending->name_n != 0)
        memcpy(pending->name, request->name.p, pending->name_n);
    if (request->op == CW_STORE_SESSION_CREATE) {
        rules_expect(event->type == CW_EV_HASH && event->hash.status == CW_HASH_OK &&
                         event->hash.token.n == CW_TOKEN_LEN,
                     "a session is made for a password that was verified");
        memcpy(pending->token, event->hash.token.p, CW_TOKEN_LEN);
    } else if (request->op == CW_STORE_MESSAGE_APPEND || request->op == CW_STORE_MESSAGE_EDIT ||
               request->op == CW_STORE_MESSAGE_DELETE) {
        find_sender(auditor, pending);
    }
}

static void on_attached(struct auditor *auditor, struct audited_conn *conn,
                        const struct cw_event *event)
{
    rules_expect(event->type == CW_EV_STORE && event->store->status == CW_STORE_OK &&
                     (event->store->op == CW_STORE_SESSION_CREATE ||
                      event->store->op == CW_STORE_SESSION_FIND),
                 "a session is attached when the store has found it");
    uint64_t id = event->store->session_id;
    const struct login *login = auditor_session(auditor, id);
    bool asked = false;
    rules_expect(login != NULL, "(a session that was never made)");
    for (size_t i = 0; i < conn->asked_count; i++)
        asked |= conn->asked[i].session == id || conn->asked[i].action == CW_LOGIN_BY_LINK ||
                 (conn->asked[i].action == CW_LOGIN &&
                  conn->asked[i].name == auditor->users[login->user].key);
    rules_expect(asked, "a session is attached where its token, or its user's login, came from");
    conn->part = cw_conn_find(auditor->world->core, conn->id)->part != 0;
    for (size_t c = 0; c < CONNS_MAX && !conn->part; c++)
        if (auditor->conns[c].session == id && !auditor->conns[c].part)
            auditor->conns[c].session = 0; /* the session has moved from a closing connection */
    conn->session = id;
    conn->user = login->user;
}

/* Delivery begins at the session's cursor. */
static void begin_delivery(struct audited_conn *conn)
{
    conn->last_id = 0;
    memset(conn->delivered, 0, sizeof conn->delivered);
}

/* The core ignores a position beyond the newest message, and the answer says so. */
static void take_claim(const struct auditor *auditor, struct login *login,
                       const struct asked *asked, const struct cw_msg *msg)
{
    uint64_t before = login->floor > login->said ? login->floor : login->said;
    if (login->past < before)
        login->past = before;
    if ((msg->extras.present & CW_BIT(CW_X_RESTARTED)) != 0) {
        rules_expect(msg->extras.since <= auditor_said(auditor, login),
                     "an ignored position skips nothing");
        login->floor = msg->extras.since;
    } else if (asked->says <= auditor->head) {
        login->floor = asked->says;
    }
    login->said = 0;
}

/* Does the session want it, by the answered request? An attach that waits may have been taken
 * meanwhile and have ended it. */
static bool is_wanted(const struct auditor *auditor, const struct login *login,
                      const struct asked *asked, uint64_t feature)
{
    bool wanted = (asked->features & feature) != 0;
    for (size_t c = 0; c < CONNS_MAX; c++) {
        const struct audited_conn *conn = &auditor->conns[c];
        for (size_t i = 0; conn->id != 0 && i < conn->asked_count; i++)
            if (conn->asked[i].session == login->session && conn->asked[i].has_map)
                wanted = wanted && (conn->asked[i].features & feature) != 0;
    }
    return wanted;
}

/* An attach ends what a `received` before it has begun on this connection. */
static void features_answered(const struct auditor *auditor, struct audited_conn *conn,
                              struct login *login, const struct asked *asked)
{
    if (login == NULL || login->session != conn->session || !asked->has_map)
        return;
    bool own = is_wanted(auditor, login, asked, CW_FEATURE_OWN);
    login->confirms = is_wanted(auditor, login, asked, CW_FEATURE_RECEIVED);
    conn->confirms = false;
    if (own && !login->own)
        login->own_since = auditor->head;
    login->own = own;
}

/* A later `received` without an id may have been handled already. */
static void received_answered(struct audited_conn *conn, struct login *login,
                              const struct asked *asked)
{
    if (login == NULL)
        return;
    if (login->floor < asked->says)
        login->floor = asked->says;
    if (login->session != conn->session)
        return;
    conn->confirms = true;
    conn->answered = conn->last_id;
    for (size_t i = 0; i < conn->asked_count; i++)
        if (conn->asked[i].says_latest && conn->asked[i].session == login->session)
            conn->asked[i].says = conn->answered;
}

static void position_answered(struct auditor *auditor, struct audited_conn *conn,
                              const struct asked *asked, const struct cw_msg *msg)
{
    struct login *login = auditor_session(auditor, asked->session);
    bool taken = msg->code == CW_SUCCESS || msg->code == CW_UNAVAILABLE;
    if (asked->action == CW_ATTACH && asked->has_since && taken && asked->session != 0 &&
        asked->session == conn->session) {
        take_claim(auditor, login, asked, msg);
        if (msg->code == CW_SUCCESS)
            begin_delivery(conn);
        else
            conn->last_id = 0; /* perhaps it begins again, perhaps it goes on */
    } else if (asked->action == CW_RECEIVED && msg->code == CW_SUCCESS) {
        received_answered(conn, login, asked);
    } else if (taken) {
        auditor_keep_said(auditor, asked);
    }
}

static void on_answer(struct auditor *auditor, struct audited_conn *conn,
                      const struct cw_effect *effect)
{
    const struct cw_msg *msg = &effect->send.msg;
    rules_expect(conn->asked_count != 0, "an answer without a request");
    struct asked asked = conn->asked[0];
    memmove(conn->asked, conn->asked + 1, --conn->asked_count * sizeof conn->asked[0]);
    rules_expect(asked.action == msg->action, "answers come in the order of the requests");
    rules_expect(asked.action != CW_ACTION_UNKNOWN || asked.name == auditor_print(msg->action_name),
                 "an unknown action is echoed");
    rules_expect(asked.envelope == effect->send.envelope, "an envelope comes back with its answer");
    position_answered(auditor, conn, &asked, msg);
    bool logs_in = msg->action == CW_LOGIN || msg->action == CW_LOGIN_BY_LINK;
    if ((msg->action == CW_ATTACH || logs_in) && msg->code == CW_SUCCESS)
        features_answered(auditor, conn, auditor_session(auditor, conn->session), &asked);
    bool with_token = asked.action != CW_REGISTER && !logs_in && asked.action != CW_LOGOUT &&
                      asked.action != CW_ACTION_UNKNOWN;
    rules_expect(!with_token || msg->code != CW_SUCCESS || asked.session != 0,
                 "only who has a valid pair of name and token is obeyed");
    if (asked.action == CW_MSG_GROUP || asked.action == CW_WHISPER ||
        asked.action == CW_VOICE_MSG || asked.action == CW_EDIT || asked.action == CW_DELETE)
        rules_expect(msg->code != CW_SUCCESS || asked.stored,
                     "a text is answered 0 when it is stored");
}

/* Live audio is not stored: its receiver must be a member, and not the speaker. */
static void on_live(struct auditor *auditor, const struct audited_conn *conn,
                    const struct cw_event *event)
{
    const struct cw_msg *msg = event->message.msg;
    uint64_t since, group = 0;
    rules_expect(event->type == CW_EV_MESSAGE && msg->action == CW_CALL_DATA, "audio comes live");
    if (msg->group_name.n != 0 && msg->group_name.p[0] == '@') {
        struct cw_slice name = cw_slice_of(msg->group_name.p + 1, msg->group_name.n - 1);
        rules_expect(conn->user == auditor_user_named(auditor, name),
                     "a call of two is heard by the two");
        return;
    }
    print_of key = auditor_print_name(msg->group_name);
    for (uint64_t id = 1; id < GROUPS_MAX; id++)
        if (auditor->groups[id] == key)
            group = id;
    rules_expect(conn->id != event->conn, "a speaker does not hear itself");
    rules_expect(auditor_is_member(auditor, conn->user, group, &since), "only members hear a call");
}

/* Updates that are not stored must concern this user, and the client must understand them. */
/* The last group with that name, or 0. */
static uint64_t find_group(const struct auditor *auditor, print_of key)
{
    uint64_t group = 0;
    for (uint64_t id = 1; id < GROUPS_MAX; id++)
        if (auditor->groups[id] == key)
            group = id;
    return group;
}

static void on_news(struct auditor *auditor, const struct audited_conn *conn,
                    const struct cw_msg *msg, bool extended)
{
    uint64_t sender = auditor_user_named(auditor, msg->sender), since, group = 0;
    struct cw_slice where = msg->conversation;
    rules_expect(extended, "a plain client gets nothing that it does not know");
    rules_expect(sender != 0, "who did it is named");
    bool ends = msg->action == CW_RING && !cw_slice_eq(msg->state, cw_slice_str("ringing"));
    if (conn->user != sender && !ends &&
        (msg->action == CW_DELIVERED || msg->action == CW_PRESENCE ||
         (where.n != 0 && where.p[0] != '#')))
        rules_expect(!rules_blocked(auditor->rules, sender, conn->user),
                     "who is blocked learns nothing of who blocked him");
    if (msg->action == CW_DELIVERED) {
        const struct message *message = &auditor->messages[msg->message_id];
        bool shown = false;
        rules_expect(msg->message_id >= 1 && msg->message_id <= auditor->head &&
                         message->sender == conn->user &&
                         message->mailbox == cw_mailbox_of_user(sender),
                     "a receipt is for who sent the message, by who got it");
        for (size_t i = 0; i < auditor->login_count; i++)
            shown |= auditor->logins[i].user == sender &&
                     auditor_said(auditor, &auditor->logins[i]) >= msg->message_id;
        rules_expect(shown, "a receipt is sent for what was received");
    } else if (msg->action == CW_GROUP_EVENT) {
        uint64_t whom = auditor_user_named(auditor, msg->extras.user);
        bool left = cw_slice_eq(msg->event, cw_slice_str("left")) && conn->user == sender;
        /* A notice is kept until it was shown, also after the user has left; so is a mute. */
        bool removed = (cw_slice_eq(msg->event, cw_slice_str("kicked")) ||
                        cw_slice_eq(msg->event, cw_slice_str("banned")) ||
                        cw_slice_eq(msg->event, cw_slice_str("muted"))) &&
                       conn->user == whom;
        group = find_group(auditor, auditor_print_name(msg->group_name));
        rules_expect(left || removed || auditor_is_member(auditor, conn->user, group, &since),
                     "only members hear of their group, and who is taken out of that");
    } else if (where.n != 0 && where.p[0] == '#') {
        group = find_group(auditor, auditor_print_name(cw_slice_of(where.p + 1, where.n - 1)));
        rules_expect(auditor_is_member(auditor, conn->user, group, &since),
                     "only members hear of their group");
    } else if (where.n != 0) {
        rules_expect(conn->user == sender || conn->user == auditor_user_named(auditor, where),
                     "only the two of a pair hear of it");
    }
}

static bool is_news(enum cw_action action)
{
    return action == CW_DELIVERED || action == CW_MARK_READ || action == CW_TYPING ||
           action == CW_PRESENCE || action == CW_GROUP_EVENT || action == CW_RING ||
           action == CW_CALL_REPORT;
}

static bool reads_opus(const struct audited_conn *conn)
{
    return (conn->audio & CW_AUDIO_OPUS) != 0;
}

/* A message that was changed later is delivered with its newest content. */
static void check_content(const struct auditor *auditor, const struct audited_conn *conn,
                          const struct cw_msg *msg, uint64_t id)
{
    const struct message *message = &auditor->messages[id];
    const struct message *of = &auditor->messages[message->of];
    bool voice = msg->action == CW_VOICE_MSG;
    rules_expect(msg->action == message->action, "an update is of its kind");
    rules_expect(msg->extras.seq == message->seq, "an update says where it stands");
    rules_expect(!message->deleted, "what was deleted is not told");
    print_of content = auditor_print(voice ? msg->samples.encoded : msg->content);
    if (message->of == 0 && message->list != 0)
        rules_expect(content == message->list || (content == message->content && reads_opus(conn)),
                     "a file is a list to those without Opus");
    else if (message->of == 0)
        rules_expect(content == message->content, "content is not altered");
    else
        rules_expect(msg->seq == of->seq, "a change says what it is about");
    if (msg->action == CW_EDIT && of->edited_by == id && !of->deleted)
        rules_expect(message->content == auditor_print(msg->content), "content is not altered");
}

static void on_update(struct auditor *auditor, struct audited_conn *conn, const struct cw_msg *msg,
                      bool extended)
{
    uint64_t id = msg->extras.id, since;
    rules_expect(id >= 1 && id <= auditor->head, "an update comes after its commit");
    const struct message *message = &auditor->messages[id];
    bool own = (msg->extras.present & CW_BIT(CW_X_OWN)) != 0;
    rules_expect(!conn->part, "a part is delivered nothing");
    rules_expect(extended || message->of == 0, "a plain client gets nothing that it does not know");
    check_content(auditor, conn, msg, id);
    rules_expect(auditor_user_named(auditor, msg->sender) == message->sender,
                 "the sender is named");
    if (!cw_mailbox_is_group(message->mailbox))
        rules_expect(message->mailbox == cw_mailbox_of_user(conn->user) ||
                         (extended && message->sender == conn->user),
                     "a whisper is heard by its recipient alone");
    else
        rules_expect(auditor_is_member(auditor, conn->user, message->mailbox >> 1, &since) &&
                         id > since && (own || message->sender_session != conn->session),
                     "a group's message is heard by those who were members, but its sender");
    rules_expect(!own || (extended && message->sender == conn->user), "own is what its user sent");
    rules_expect(own ||
                     !auditor_is_due_as_own(auditor, auditor_session(auditor, conn->session), id),
                 "what one sent from elsewhere is marked as own");
    rules_expect(id > conn->last_id, "messages come in the order of their ids, once");
    conn->last_id = id;
    conn->delivered[id] = true;
}

static void on_sent(struct auditor *auditor, const struct cw_event *event,
                    const struct cw_effect *effect, const cw_conn_id *ids, size_t count)
{
    const struct cw_msg *msg = &effect->send.msg;
    for (size_t i = 0; i < count; i++) {
        struct audited_conn *conn = auditor_conn(auditor, ids[i]);
        rules_expect(conn != NULL, "nothing is sent to a connection that is gone");
        if (msg->kind == CW_RESPONSE) {
            on_answer(auditor, conn, effect);
            continue;
        }
        rules_expect(!conn->no_updates, "a REQ peer gets no update");
        if (conn->closing)
            continue; /* the connection was closed */
        rules_expect(conn->session != 0, "only somebody who has logged in gets an update");
        rules_expect(effect->send.live ==
                         (msg->action == CW_CALL_DATA || msg->action == CW_TYPING ||
                          msg->action == CW_CALL_REPORT),
                     "audio, typing and reports alone are live");
        if (msg->action == CW_CALL_DATA && msg->samples.form == CW_SAMPLES_PACKET)
            rules_expect(reads_opus(conn) == (effect->type == CW_FX_SEND),
                         "packets are for those with Opus, lists of them for the others");
        if (msg->action == CW_CALL_DATA)
            on_live(auditor, conn, event);
        else if (msg->action == CW_SESSION_MOVED || msg->action == CW_SESSION_ENDED ||
                 msg->action == CW_CALL_LEFT)
            rules_expect(ids == effect->send.extended, "what ends is told to extended clients");
        else if (msg->action == CW_ANNOUNCE || msg->action == CW_END_ANNOUNCEMENT)
            rules_expect(ids == effect->send.extended, "announcements are for extended clients");
        else if (msg->action == CW_WHISPER && msg->extras.id == 0)
            rules_expect(ids == effect->send.plain, "and messages without an id for plain ones");
        else if (is_news(msg->action))
            on_news(auditor, conn, msg, ids == effect->send.extended);
        else
            on_update(auditor, conn, msg, ids == effect->send.extended);
    }
}

void auditor_on_effect(struct auditor *auditor, const struct cw_event *event,
                       const struct cw_effect *effect)
{
    struct audited_conn *conn;
    switch (effect->type) {
    case CW_FX_LISTS_END:
    case CW_FX_BUS:
    case CW_FX_LEASE:
        break;
    case CW_FX_PUSH:
        rules_expect(effect->push.keys.n == CW_PUSH_KEYS_N, "a push message can be sealed");
        rules_expect(effect->push.text.n <= CW_PUSH_TEXT_MAX, "and its text has room");
        break;
    case CW_FX_LISTS:
        rules_expect(auditor_conn(auditor, effect->send.speaker) != NULL, "somebody speaks");
        rules_expect(effect->send.msg.samples.form == CW_SAMPLES_PACKET, "a packet becomes a list");
        rules_expect(effect->send.live, "and is as live as that");
        on_sent(auditor, event, effect, effect->send.plain, effect->send.plain_count);
        on_sent(auditor, event, effect, effect->send.extended, effect->send.extended_count);
        break;
    case CW_FX_SEND:
        rules_expect(effect->send.msg.kind == CW_UPDATE ||
                         effect->send.plain_count + effect->send.extended_count == 1,
                     "one connection gets an answer");
        on_sent(auditor, event, effect, effect->send.plain, effect->send.plain_count);
        on_sent(auditor, event, effect, effect->send.extended, effect->send.extended_count);
        break;
    case CW_FX_STORE:
        on_store(auditor, event, &effect->store);
        break;
    case CW_FX_DROP:
    case CW_FX_CLOSE:
        conn = auditor_conn(auditor, effect->close.conn);
        rules_expect(conn != NULL && !conn->closing, "a connection is closed once");
        conn->closing = true;
        break;
    case CW_FX_PROBE:
        conn = auditor_conn(auditor, effect->probe.conn);
        rules_expect(conn != NULL, "nothing is asked of a connection that is gone");
        if (conn->closing)
            break;
        rules_expect(conn->session != 0, "a session is probed");
        rules_expect(conn->probe_count < PROBES_MAX, "(too many probes)");
        conn->probes[conn->probe_count].mark = effect->probe.mark;
        conn->probes[conn->probe_count].last_id = conn->last_id;
        conn->probes[conn->probe_count++].session = conn->session;
        break;
    case CW_FX_AUTHENTICATED:
        conn = auditor_conn(auditor, effect->authenticated.conn);
        rules_expect(conn != NULL, "nothing is done to a connection that is gone");
        conn->session = 0;
        conn->part = conn->confirms = false;
        conn->answered = 0;
        begin_delivery(conn);
        if (effect->authenticated.on)
            on_attached(auditor, conn, event);
        break;
    case CW_FX_AUDIO:
        conn = auditor_conn(auditor, effect->audio.conn);
        rules_expect(conn != NULL, "nothing is said of the audio of one that is gone");
        conn->audio = effect->audio.looks;
        break;
    case CW_FX_READ:
        rules_expect(auditor_conn(auditor, effect->read.conn) != NULL,
                     "nothing is read from one that is gone");
        break;
    case CW_FX_NOTE:
        rules_expect(auditor_conn(auditor, effect->note.conn) != NULL, "who is noted is there");
        break;
    case CW_FX_HASH:
    case CW_FX_SERVER:
    case CW_FX_CONTROL:
        break;
    }
}
