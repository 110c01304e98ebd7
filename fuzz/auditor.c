/* auditor.c - see auditor.h. */
#include "auditor.h"

#include <stdlib.h>

#include "auditor_accounts.h"
#include "auditor_rules.h"
#include "core/conn.h"
#include "server/lister.h"
#include "text/name.h"

#define CONNS_MAX    WORLD_CONNS
#define MESSAGES_MAX 1024
#define LOGINS_MAX   512
#define USERS_MAX    128
#define GROUPS_MAX   128
#define MEMBERS_MAX  1024
#define PROBES_MAX   256

/* A name's key or a message's content, by its hash: 0 is none. */
typedef uint64_t print_of;

/* A request that awaits its answer. */
struct asked {
    uint8_t action;
    bool envelope;
    bool stored; /* its message is on its way to the store */
    bool to_group;
    bool has_since;
    uint64_t since;
    print_of name; /* an unknown action's, a login's user's */
    uint64_t user; /* that the pair of name and token is of, or 0 */
    uint64_t session;
    print_of target;
    print_of content;
    uint64_t seq;
    uint64_t id;       /* that it says to have received */
    uint64_t before;   /* what its session had said before */
    bool has_map;      /* ... of attach or login: */
    uint64_t features; /* what it asks for */
};

struct audited_conn {
    cw_conn_id id; /* 0: none */
    bool no_updates;
    bool closing;
    bool part;     /* of its session, beside the connection that gets the messages */
    uint8_t audio; /* CW_FX_AUDIO */
    uint64_t session, user;
    uint64_t last_id;
    bool confirms;     /* only `received` counts here: it was answered 0 */
    uint64_t answered; /* last_id when the last one was */
    struct asked asked[CW_REQUESTS_IN_FLIGHT_MAX];
    size_t asked_count;
    struct {
        uint64_t mark, session, last_id;
    } probes[PROBES_MAX];
    size_t probe_count;
    bool delivered[MESSAGES_MAX];
};

struct login {
    char token[CW_TOKEN_LEN];
    uint64_t user, session;
    uint64_t floor;     /* it has shown, or said, that it has all up to here */
    uint64_t said;      /* the highest that it said without having been answered so far */
    bool confirms;      /* only `received` counts, by the feature */
    bool own;           /* so are told what it sends elsewhere, ... */
    uint64_t own_since; /* ... all after this */
};

struct message {
    bool committed;
    uint64_t mailbox, sender, sender_session;
    uint64_t conversation, seq;
    uint64_t of;        /* an edit or a deletion: the id of what it is about */
    uint64_t edited_by; /* the id of the last edit */
    bool deleted;
    enum cw_action action; /* of its update */
    print_of content;      /* the newest */
    print_of list;         /* of an Ogg Opus file: the samples in it; else 0 */
};

struct pending {
    uint64_t cookie;
    struct cw_store_request request; /* its slices are not kept */
    print_of key, content, list;
    print_of secret, invitation;
    uint64_t sender_session;
    char token[CW_TOKEN_LEN];
    uint8_t name_n;
    char name[CW_NAME_MAX];
};

struct auditor {
    struct world *world;
    struct rules *rules;
    struct audited_conn conns[CONNS_MAX];
    struct login logins[LOGINS_MAX];
    size_t login_count;
    struct message messages[MESSAGES_MAX]; /* by id */
    uint64_t head;
    struct {
        print_of key;
        uint8_t name_n;
        char name[CW_NAME_MAX];
    } users[USERS_MAX]; /* by id */
    print_of groups[GROUPS_MAX];
    struct {
        uint64_t user, group, since; /* the newest message when the user joined */
    } members[MEMBERS_MAX];
    size_t member_count;
    struct pending pending[WORLD_STORED_MAX];
    size_t pending_count;
};

static void expect(bool good, const char *promise)
{
    rules_expect(good, promise);
}

/* FNV-1a. */
static print_of print_bytes(struct cw_slice s)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < s.n; i++)
        hash = (hash ^ s.p[i]) * 0x100000001b3;
    return hash | 1;
}

static print_of print_name(struct cw_slice name)
{
    struct cw_name_key key;
    return cw_name_fold(name, &key) ? print_bytes(cw_name_key_slice(&key)) : 0;
}

static struct audited_conn *conn_of(struct auditor *auditor, cw_conn_id id)
{
    struct audited_conn *conn = &auditor->conns[(uint32_t)id % CONNS_MAX];
    return conn->id == id ? conn : NULL;
}

static uint64_t find_user(const struct auditor *auditor, print_of key)
{
    for (uint64_t id = 1; key != 0 && id < USERS_MAX; id++)
        if (auditor->users[id].key == key)
            return id;
    return 0;
}

static struct login *find_session(struct auditor *auditor, uint64_t session)
{
    for (size_t i = 0; i < auditor->login_count; i++)
        if (auditor->logins[i].session == session)
            return &auditor->logins[i];
    return NULL;
}

/* True for a member; *since is the newest message when the user became one. */
static bool is_member(const struct auditor *auditor, uint64_t user, uint64_t group, uint64_t *since)
{
    for (size_t i = 0; i < auditor->member_count; i++) {
        if (auditor->members[i].user == user && auditor->members[i].group == group) {
            *since = auditor->members[i].since;
            return true;
        }
    }
    return false;
}

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

/* Must this user get it, if they have not got it yet? Not their own messages, and not changes of
 * others' messages: not every client supports those. */
static bool is_due(const struct auditor *auditor, uint64_t user, uint64_t id)
{
    const struct message *message = &auditor->messages[id];
    uint64_t since;
    if (!message->committed || message->sender == user || message->deleted || message->of != 0)
        return false;
    if (!cw_mailbox_is_group(message->mailbox))
        return message->mailbox == cw_mailbox_of_user(user);
    return is_member(auditor, user, message->mailbox >> 1, &since) && id > since;
}

/* The same of what its user sent from elsewhere: of that it is told while it wants to be. */
static bool is_due_as_own(const struct auditor *auditor, const struct login *login, uint64_t id)
{
    const struct message *message = &auditor->messages[id];
    uint64_t since;
    if (!login->own || id <= login->own_since || !message->committed || message->deleted ||
        message->of != 0 || message->sender != login->user ||
        message->sender_session == login->session)
        return false;
    return !cw_mailbox_is_group(message->mailbox) ||
           (is_member(auditor, login->user, message->mailbox >> 1, &since) && id > since);
}

/* --- events ------------------------------------------------------------------------- */

static void find_pair(struct auditor *auditor, const struct cw_msg *msg, struct asked *asked)
{
    uint64_t user = find_user(auditor, print_name(msg->username));
    for (size_t i = 0; i < auditor->login_count; i++) {
        const struct login *login = &auditor->logins[i];
        if (user != 0 && login->user == user &&
            cw_slice_eq(msg->token, cw_slice_of(login->token, CW_TOKEN_LEN))) {
            asked->user = user;
            asked->session = login->session;
        }
    }
}

/* It counts, also when the connection ends before the answer. */
static void say_received(struct asked *asked, const struct audited_conn *conn, struct login *login,
                         uint64_t id)
{
    asked->id = id;
    asked->before = login->said;
    if (id == 0)
        id = conn->answered;
    if (login->said < id)
        login->said = id;
}

/* What it does not ask for any more is over; what it asks for begins with the answer. */
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
    expect(conn->asked_count < CW_REQUESTS_IN_FLIGHT_MAX, "too many requests are accepted");
    struct asked *asked = &conn->asked[conn->asked_count++];
    *asked = (struct asked){.action = (uint8_t)msg->action, .envelope = event->message.envelope};
    if (msg->action == CW_ACTION_UNKNOWN)
        asked->name = print_bytes(msg->action_name);
    if (event->message.code != CW_SUCCESS)
        return;
    if (msg->action == CW_LOGIN)
        asked->name = print_name(msg->username);
    else
        find_pair(auditor, msg, asked);
    asked->has_since = (msg->extras.present & CW_BIT(CW_X_SINCE)) != 0;
    asked->since = msg->extras.since;
    struct login *login = asked->session == 0 ? NULL : find_session(auditor, asked->session);
    if (msg->action == CW_ATTACH && asked->has_since && login != NULL && login->said < asked->since)
        login->said = asked->since; /* it counts, also when the connection ends first */
    if (msg->action == CW_RECEIVED && login != NULL)
        say_received(asked, conn, login, msg->message_id);
    asked->has_map = msg->extras.map_present;
    asked->features = msg->extras.features;
    if (msg->action == CW_ATTACH)
        ask_for_features(asked, conn, login);
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
    asked->target = print_name(to);
    asked->content = print_bytes(msg->action == CW_VOICE_MSG ? msg->samples.encoded : msg->content);
}

static void on_received(struct auditor *auditor, struct audited_conn *conn, uint64_t mark)
{
    struct login *login = find_session(auditor, conn->session);
    if (conn->probe_count == 0 || conn->probes[0].mark != mark)
        return;
    uint64_t shown = conn->probes[0].last_id;
    bool counts = login != NULL && !login->confirms && !conn->confirms;
    if (counts && conn->probes[0].session == conn->session && login->floor < shown)
        login->floor = shown;
    memmove(conn->probes, conn->probes + 1, --conn->probe_count * sizeof conn->probes[0]);
}

static void add_login(struct auditor *auditor, const struct pending *pending,
                      const struct cw_store_result *result)
{
    expect(auditor->login_count < LOGINS_MAX, "(the auditor's book of logins is full)");
    uint64_t user = pending->request.user_id, shown = 0;
    for (size_t i = 0; i < auditor->login_count; i++)
        if (auditor->logins[i].user == user && auditor->logins[i].floor > shown)
            shown = auditor->logins[i].floor;
    for (uint64_t id = shown + 1; !pending->request.has_since && id <= result->cursor; id++)
        expect(!is_due(auditor, user, id), "a new session misses what no session has received");
    struct login *login = &auditor->logins[auditor->login_count++];
    *login = (struct login){.user = user, .session = result->session_id, .floor = result->cursor};
    memcpy(login->token, pending->token, CW_TOKEN_LEN);
}

static void add_member(struct auditor *auditor, uint64_t user, uint64_t group)
{
    expect(auditor->member_count < MEMBERS_MAX, "(the auditor's book of members is full)");
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
    expect(result->message_id < MESSAGES_MAX, "(the auditor's book of messages is full)");
    expect(result->message_id > auditor->head, "ids ascend");
    expect(result->seq == last_seq(auditor, conversation) + 1,
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
    if (result->repeated) { /* told to nobody, and the same as then */
        expect(result->message_id <= auditor->head &&
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
    if (result->repeated) { /* it was so already */
        expect(id != 0 && (edit ? of->content == pending->content : of->deleted),
               "what is answered as done already is so");
        return;
    }
    expect(id != 0 && of->of == 0 && !of->deleted, "what is changed is there");
    expect(of->sender == user || (!edit && cw_mailbox_is_group(conversation)),
           "one changes one's own");
    expect(!edit || cw_mailbox_is_group(conversation) ||
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
        expect(result->user_id < USERS_MAX, "(the auditor's book of users is full)");
        auditor->users[result->user_id].key = pending->key;
        auditor->users[result->user_id].name_n = pending->name_n;
        memcpy(auditor->users[result->user_id].name, pending->name, pending->name_n);
        break;
    case CW_STORE_SESSION_CREATE:
        add_login(auditor, pending, result);
        break;
    case CW_STORE_GROUP_CREATE:
        expect(result->group_id < GROUPS_MAX, "(the auditor's book of groups is full)");
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
    expect(false, "(a result that nobody asked for)");
    return NULL;
}

static void on_event(struct auditor *auditor, const struct cw_event *event)
{
    struct audited_conn *conn = conn_of(auditor, event->conn);
    struct pending *pending;
    switch (event->type) {
    case CW_EV_CONNECTED:
        conn = &auditor->conns[(uint32_t)event->conn % CONNS_MAX];
        memset(conn, 0, sizeof *conn);
        conn->id = event->conn;
        conn->no_updates = event->connected.no_updates;
        break;
    case CW_EV_CLOSED:
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

/* --- effects -------------------------------------------------------------------------- */

/* Which user requested that this be stored, and was it allowed? */
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
            expect(!group || is_member(auditor, asked->user, to, &since),
                   "somebody who is no member writes to a group");
            return;
        }
    }
    expect(false, "what is stored was not asked for, by whom it says, to whom it goes");
}

/* What those without Opus are to get instead, or 0. */
static print_of print_list(const struct cw_store_request *request)
{
    struct cw_store_message message = {.voice = request->voice, .body = request->body};
    struct cw_store_result result = {.messages = &message, .message_count = 1};
    struct cw_arena lists = {0};
    if (!cw_lister_needed(&(struct cw_store_request){.op = CW_STORE_INBOX_READ, .lists = true},
                          &result))
        return 0;
    cw_lister_run(&result, &lists);
    print_of list = print_bytes(message.body);
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
        expect(auditor->pending_count < WORLD_STORED_MAX, "(too much waits for the store)");
        pending = &auditor->pending[auditor->pending_count++];
    }
    *pending = (struct pending){.cookie = request->cookie, .request = *request};
    pending->key = print_bytes(request->key);
    pending->secret = print_bytes(request->secret);
    pending->invitation = print_bytes(request->invitation);
    pending->content = print_bytes(request->body);
    pending->list = request->op == CW_STORE_MESSAGE_APPEND ? print_list(request) : 0;
    pending->name_n = (uint8_t)(request->name.n < CW_NAME_MAX ? request->name.n : CW_NAME_MAX);
    if (pending->name_n != 0)
        memcpy(pending->name, request->name.p, pending->name_n);
    if (request->op == CW_STORE_SESSION_CREATE) {
        expect(event->type == CW_EV_HASH && event->hash.status == CW_HASH_OK &&
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
    expect(event->type == CW_EV_STORE && event->store->status == CW_STORE_OK &&
               (event->store->op == CW_STORE_SESSION_CREATE ||
                event->store->op == CW_STORE_SESSION_FIND),
           "a session is attached when the store has found it");
    uint64_t id = event->store->session_id;
    const struct login *login = find_session(auditor, id);
    bool asked = false;
    expect(login != NULL, "(a session that was never made)");
    for (size_t i = 0; i < conn->asked_count; i++)
        asked |= conn->asked[i].session == id ||
                 (conn->asked[i].action == CW_LOGIN &&
                  conn->asked[i].name == auditor->users[login->user].key);
    expect(asked, "a session is attached where its token, or its user's login, came from");
    conn->part = cw_conn_find(auditor->world->core, conn->id)->part != 0;
    for (size_t c = 0; c < CONNS_MAX && !conn->part; c++)
        if (auditor->conns[c].session == id && !auditor->conns[c].part)
            auditor->conns[c].session = 0; /* it has moved from one that is closing */
    conn->session = id;
    conn->user = login->user;
}

/* It begins again by its cursor. */
static void begin_delivery(struct audited_conn *conn)
{
    conn->last_id = 0;
    memset(conn->delivered, 0, sizeof conn->delivered);
}

/* A position that is ahead is ignored, and the answer says so. */
static void take_claim(const struct auditor *auditor, struct login *login,
                       const struct asked *asked, const struct cw_msg *msg)
{
    login->said = 0;
    if ((msg->extras.present & CW_BIT(CW_X_RESTARTED)) != 0) {
        expect(msg->extras.since <= login->floor, "an ignored position skips nothing");
        login->floor = msg->extras.since;
    } else if (asked->since <= auditor->head) {
        login->floor = asked->since;
    }
}

static void features_answered(const struct auditor *auditor, const struct audited_conn *conn,
                              struct login *login, const struct asked *asked)
{
    bool own = (asked->features & CW_FEATURE_OWN) != 0;
    if (login == NULL || login->session != conn->session || !asked->has_map)
        return;
    login->confirms = (asked->features & CW_FEATURE_RECEIVED) != 0;
    if (own && !login->own)
        login->own_since = auditor->head;
    login->own = own;
}

/* One that waits behind this one, and names no id, may have been taken meanwhile. */
static void received_answered(struct audited_conn *conn, struct login *login,
                              const struct asked *asked, int code)
{
    uint64_t id = asked->id == 0 ? conn->answered : asked->id;
    if (login == NULL)
        return;
    if (code == CW_SUCCESS && login->floor < id)
        login->floor = id;
    if (code != CW_SUCCESS && code != CW_UNAVAILABLE && login->said == asked->id)
        login->said = asked->before;
    if (code != CW_SUCCESS || login->session != conn->session)
        return;
    conn->confirms = true;
    conn->answered = conn->last_id;
    for (size_t i = 0; i < conn->asked_count; i++)
        if (conn->asked[i].action == CW_RECEIVED && conn->asked[i].id == 0 &&
            login->said < conn->answered)
            login->said = conn->answered;
}

static void on_answer(struct auditor *auditor, struct audited_conn *conn,
                      const struct cw_effect *effect)
{
    const struct cw_msg *msg = &effect->send.msg;
    expect(conn->asked_count != 0, "an answer without a request");
    struct asked asked = conn->asked[0];
    memmove(conn->asked, conn->asked + 1, --conn->asked_count * sizeof conn->asked[0]);
    expect(asked.action == msg->action, "answers come in the order of the requests");
    expect(asked.action != CW_ACTION_UNKNOWN || asked.name == print_bytes(msg->action_name),
           "an unknown action is echoed");
    expect(asked.envelope == effect->send.envelope, "an envelope comes back with its answer");
    if (msg->action == CW_ATTACH && asked.has_since && asked.session == conn->session &&
        conn->session != 0 && (msg->code == CW_SUCCESS || msg->code == CW_UNAVAILABLE)) {
        take_claim(auditor, find_session(auditor, conn->session), &asked, msg);
        begin_delivery(conn);
    }
    if ((msg->action == CW_ATTACH || msg->action == CW_LOGIN) && msg->code == CW_SUCCESS)
        features_answered(auditor, conn, find_session(auditor, conn->session), &asked);
    if (msg->action == CW_RECEIVED)
        received_answered(conn, find_session(auditor, asked.session), &asked, msg->code);
    bool with_token = asked.action != CW_REGISTER && asked.action != CW_LOGIN &&
                      asked.action != CW_LOGOUT && asked.action != CW_ACTION_UNKNOWN;
    expect(!with_token || msg->code != CW_SUCCESS || asked.session != 0,
           "only who has a valid pair of name and token is obeyed");
    if (asked.action == CW_MSG_GROUP || asked.action == CW_WHISPER ||
        asked.action == CW_VOICE_MSG || asked.action == CW_EDIT || asked.action == CW_DELETE)
        expect(msg->code != CW_SUCCESS || asked.stored, "a text is answered 0 when it is stored");
}

/* Live audio is not stored: who hears it must be a member, and not its speaker. */
static void on_live(struct auditor *auditor, const struct audited_conn *conn,
                    const struct cw_event *event)
{
    const struct cw_msg *msg = event->message.msg;
    uint64_t since, group = 0;
    expect(event->type == CW_EV_MESSAGE && msg->action == CW_CALL_DATA, "audio comes live");
    print_of key = print_name(msg->group_name);
    for (uint64_t id = 1; id < GROUPS_MAX; id++)
        if (auditor->groups[id] == key)
            group = id;
    expect(conn->id != event->conn, "nobody hears himself");
    expect(is_member(auditor, conn->user, group, &since), "only members hear a call");
}

/* Updates that are not stored: they must concern this user, and the client must support them. */
/* The last one of that name, or 0. */
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
    uint64_t sender = find_user(auditor, print_name(msg->sender)), since, group = 0;
    struct cw_slice where = msg->conversation;
    expect(extended, "a plain client gets nothing that it does not know");
    expect(sender != 0, "who did it is named");
    if (conn->user != sender && (msg->action == CW_DELIVERED || msg->action == CW_PRESENCE ||
                                 (where.n != 0 && where.p[0] != '#')))
        expect(!rules_blocked(auditor->rules, sender, conn->user),
               "who is blocked learns nothing of who blocked him");
    if (msg->action == CW_DELIVERED) {
        const struct message *message = &auditor->messages[msg->message_id];
        bool shown = false;
        expect(msg->message_id >= 1 && msg->message_id <= auditor->head &&
                   message->sender == conn->user && message->mailbox == cw_mailbox_of_user(sender),
               "a receipt is for who sent the message, by who got it");
        for (size_t i = 0; i < auditor->login_count; i++)
            shown |=
                auditor->logins[i].user == sender && (auditor->logins[i].floor >= msg->message_id ||
                                                      auditor->logins[i].said >= msg->message_id);
        expect(shown, "a receipt is sent for what was received");
    } else if (msg->action == CW_GROUP_EVENT) {
        uint64_t whom = find_user(auditor, print_name(msg->extras.user));
        bool left = cw_slice_eq(msg->event, cw_slice_str("left")) && conn->user == sender;
        /* Stored as a notice until its receipt is proved, even after the user has left; so is a
         * mute. */
        bool removed = (cw_slice_eq(msg->event, cw_slice_str("kicked")) ||
                        cw_slice_eq(msg->event, cw_slice_str("banned")) ||
                        cw_slice_eq(msg->event, cw_slice_str("muted"))) &&
                       conn->user == whom;
        group = find_group(auditor, print_name(msg->group_name));
        expect(left || removed || is_member(auditor, conn->user, group, &since),
               "only members hear of their group, and who is taken out of that");
    } else if (where.n != 0 && where.p[0] == '#') {
        group = find_group(auditor, print_name(cw_slice_of(where.p + 1, where.n - 1)));
        expect(is_member(auditor, conn->user, group, &since), "only members hear of their group");
    } else if (where.n != 0) {
        expect(conn->user == sender || conn->user == find_user(auditor, print_name(where)),
               "only the two of a pair hear of it");
    }
}

static bool is_news(enum cw_action action)
{
    return action == CW_DELIVERED || action == CW_MARK_READ || action == CW_TYPING ||
           action == CW_PRESENCE || action == CW_GROUP_EVENT;
}

static bool reads_opus(const struct audited_conn *conn)
{
    return (conn->audio & CW_AUDIO_OPUS) != 0;
}

/* Of what was changed later only the newest is told. */
static void check_content(const struct auditor *auditor, const struct audited_conn *conn,
                          const struct cw_msg *msg, uint64_t id)
{
    const struct message *message = &auditor->messages[id];
    const struct message *of = &auditor->messages[message->of];
    bool voice = msg->action == CW_VOICE_MSG;
    expect(msg->action == message->action, "an update is of its kind");
    expect(msg->extras.seq == message->seq, "an update says where it stands");
    expect(!message->deleted, "what was deleted is not told");
    print_of content = print_bytes(voice ? msg->samples.encoded : msg->content);
    if (message->of == 0 && message->list != 0)
        expect(content == message->list || (content == message->content && reads_opus(conn)),
               "a file is a list to those without Opus");
    else if (message->of == 0)
        expect(content == message->content, "content is not altered");
    else
        expect(msg->seq == of->seq, "a change says what it is about");
    if (msg->action == CW_EDIT && of->edited_by == id && !of->deleted)
        expect(message->content == print_bytes(msg->content), "content is not altered");
}

static void on_update(struct auditor *auditor, struct audited_conn *conn, const struct cw_msg *msg,
                      bool extended)
{
    uint64_t id = msg->extras.id, since;
    expect(id >= 1 && id <= auditor->head, "an update comes after its commit");
    const struct message *message = &auditor->messages[id];
    bool own = (msg->extras.present & CW_BIT(CW_X_OWN)) != 0;
    expect(!conn->part, "a part is delivered nothing");
    expect(extended || message->of == 0, "a plain client gets nothing that it does not know");
    check_content(auditor, conn, msg, id);
    expect(find_user(auditor, print_name(msg->sender)) == message->sender, "the sender is named");
    if (!cw_mailbox_is_group(message->mailbox))
        expect(message->mailbox == cw_mailbox_of_user(conn->user) ||
                   (extended && message->sender == conn->user),
               "a whisper is heard by its recipient alone");
    else
        expect(is_member(auditor, conn->user, message->mailbox >> 1, &since) && id > since &&
                   (own || message->sender_session != conn->session),
               "a group's message is heard by those who were members, but its sender");
    expect(!own || (extended && message->sender == conn->user), "own is what its user sent");
    expect(own || !is_due_as_own(auditor, find_session(auditor, conn->session), id),
           "what one sent from elsewhere is marked as own");
    expect(id > conn->last_id, "messages come in the order of their ids, once");
    conn->last_id = id;
    conn->delivered[id] = true;
}

static void on_sent(struct auditor *auditor, const struct cw_event *event,
                    const struct cw_effect *effect, const cw_conn_id *ids, size_t count)
{
    const struct cw_msg *msg = &effect->send.msg;
    for (size_t i = 0; i < count; i++) {
        struct audited_conn *conn = conn_of(auditor, ids[i]);
        expect(conn != NULL, "nothing is sent to a connection that is gone");
        if (msg->kind == CW_RESPONSE) {
            on_answer(auditor, conn, effect);
            continue;
        }
        expect(!conn->no_updates, "a REQ peer gets no update");
        if (conn->closing)
            continue; /* it goes nowhere any more */
        expect(conn->session != 0, "only somebody who has logged in gets an update");
        expect(effect->send.live == (msg->action == CW_CALL_DATA || msg->action == CW_TYPING),
               "audio and typing alone are live");
        if (msg->action == CW_CALL_DATA && msg->samples.form == CW_SAMPLES_PACKET)
            expect(reads_opus(conn) == (effect->type == CW_FX_SEND),
                   "packets are for those with Opus, lists of them for the others");
        if (msg->action == CW_CALL_DATA)
            on_live(auditor, conn, event);
        else if (msg->action == CW_SESSION_MOVED || msg->action == CW_SESSION_ENDED ||
                 msg->action == CW_CALL_LEFT)
            expect(ids == effect->send.extended, "what ends is told to extended clients");
        else if (is_news(msg->action))
            on_news(auditor, conn, msg, ids == effect->send.extended);
        else
            on_update(auditor, conn, msg, ids == effect->send.extended);
    }
}

static void on_effect(struct auditor *auditor, const struct cw_event *event,
                      const struct cw_effect *effect)
{
    struct audited_conn *conn;
    switch (effect->type) {
    case CW_FX_LISTS_END:
        break;
    case CW_FX_LISTS:
        expect(conn_of(auditor, effect->send.speaker) != NULL, "somebody speaks");
        expect(effect->send.msg.samples.form == CW_SAMPLES_PACKET, "a packet becomes a list");
        expect(effect->send.live, "and is as live as that");
        on_sent(auditor, event, effect, effect->send.plain, effect->send.plain_count);
        on_sent(auditor, event, effect, effect->send.extended, effect->send.extended_count);
        break;
    case CW_FX_SEND:
        expect(effect->send.msg.kind == CW_UPDATE ||
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
        conn = conn_of(auditor, effect->close.conn);
        expect(conn != NULL && !conn->closing, "a connection is closed once");
        conn->closing = true;
        break;
    case CW_FX_PROBE:
        conn = conn_of(auditor, effect->probe.conn);
        expect(conn != NULL, "nothing is asked of a connection that is gone");
        if (conn->closing)
            break;
        expect(conn->session != 0, "a session is probed");
        expect(conn->probe_count < PROBES_MAX, "(too many probes)");
        conn->probes[conn->probe_count].mark = effect->probe.mark;
        conn->probes[conn->probe_count].last_id = conn->last_id;
        conn->probes[conn->probe_count++].session = conn->session;
        break;
    case CW_FX_AUTHENTICATED:
        conn = conn_of(auditor, effect->authenticated.conn);
        expect(conn != NULL, "nothing is done to a connection that is gone");
        conn->session = 0;
        conn->part = conn->confirms = false;
        conn->answered = 0;
        begin_delivery(conn);
        if (effect->authenticated.on)
            on_attached(auditor, conn, event);
        break;
    case CW_FX_AUDIO:
        conn = conn_of(auditor, effect->audio.conn);
        expect(conn != NULL, "nothing is said of the audio of one that is gone");
        conn->audio = effect->audio.looks;
        break;
    case CW_FX_READ:
        expect(conn_of(auditor, effect->read.conn) != NULL,
               "nothing is read from one that is gone");
        break;
    case CW_FX_NOTE:
        expect(conn_of(auditor, effect->note.conn) != NULL, "who is noted is there");
        break;
    case CW_FX_HASH:
        break;
    }
}

/* An event comes between two steps. */
static void watch(void *watcher, const struct cw_event *event, const struct cw_effect *effect)
{
    if (effect == NULL)
        on_event(watcher, event);
    else
        on_effect(watcher, event, effect);
}

/* --- for the caller --------------------------------------------------------------------- */

struct auditor *auditor_create(struct world *world)
{
    struct auditor *auditor = cw_alloc_zero(sizeof *auditor);
    auditor->world = world;
    auditor->rules = rules_create();
    world->watch = watch;
    world->watcher = auditor;
    return auditor;
}

void auditor_destroy(struct auditor *auditor)
{
    rules_destroy(auditor->rules);
    free(auditor);
}

void auditor_close_registration(struct auditor *auditor)
{
    rules_close_registration(auditor->rules);
}

void auditor_restarted(struct auditor *auditor)
{
    auditor->pending_count = 0;
}

void auditor_check_accounts(const struct auditor *auditor)
{
    const char *wrong = accounts_wrong(auditor->world);
    expect(wrong == NULL, wrong);
}

uint64_t auditor_probe_of(const struct auditor *auditor, cw_conn_id id)
{
    const struct audited_conn *conn = &auditor->conns[(uint32_t)id % CONNS_MAX];
    return conn->id == id && conn->probe_count != 0 ? conn->probes[0].mark : 0;
}

uint64_t auditor_messages(const struct auditor *auditor)
{
    return auditor->head;
}

size_t auditor_logins(const struct auditor *auditor)
{
    return auditor->login_count;
}

struct cw_slice auditor_login(const struct auditor *auditor, size_t i, struct cw_slice *name)
{
    const struct login *login = &auditor->logins[i];
    *name = cw_slice_of(auditor->users[login->user].name, auditor->users[login->user].name_n);
    return cw_slice_of(login->token, CW_TOKEN_LEN);
}

void auditor_check_settled(struct auditor *auditor)
{
    for (size_t c = 0; c < CONNS_MAX; c++) {
        const struct audited_conn *conn = &auditor->conns[c];
        if (conn->id == 0 || conn->closing)
            continue;
        expect(conn->asked_count == 0, "every request is answered");
        expect(auditor->world->conns[c].reading, "reading goes on when all is answered");
        if (conn->session == 0 || conn->no_updates || conn->part)
            continue;
        const struct login *login = find_session(auditor, conn->session);
        uint64_t floor = login->floor > login->said ? login->floor : login->said;
        for (uint64_t id = floor + 1; id <= auditor->head; id++) {
            expect(conn->delivered[id] || !is_due(auditor, conn->user, id),
                   "nothing that was acknowledged is lost");
            expect(conn->delivered[id] || !is_due_as_own(auditor, login, id),
                   "what one sent from elsewhere comes to who wants it");
        }
    }
}
