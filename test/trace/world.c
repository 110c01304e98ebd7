/* world.c - see world.h. */
#include "world.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/attributes.h"
#include "server/examine.h"
#include "server/lister.h"
#include "store/memory/open.h"
#include "wire/msgpack.h"

static void run(struct world *world);

/* --- the trace ------------------------------------------------------------------------ */

CW_PRINTF_LIKE(2, 3)
static void put(struct world *world, const char *format, ...)
{
    char text[512];
    va_list arguments;
    if (world->quiet)
        return;
    va_start(arguments, format);
    int n = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cw_buf_append(&world->trace, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

void world_put_dropped(struct world *world)
{
    put(world, "    %llu frames dropped\n",
        (unsigned long long)cw_core_stats(world->core).dropped_call_data);
}

void world_clear(struct world *world)
{
    world->trace.n = 0;
}

static void put_bytes(struct world *world, struct cw_slice s)
{
    put(world, "\"");
    for (size_t i = 0; i < s.n && i < 64; i++)
        put(world, s.p[i] < ' ' || s.p[i] == 0x7f ? "\\x%02x" : "%c", s.p[i]);
    put(world, s.n > 64 ? "...\" (%zu bytes)" : "\"", s.n);
}

static void put_objects(struct world *world, struct cw_unpack *in, uint64_t items, bool map)
{
    for (uint64_t i = 0; i < items && in->rest.n != 0; i++) {
        struct cw_samples samples;
        put(world, map && i % 2 == 1 ? ": " : i == 0 ? "" : map ? ", " : " ");
        if (!map && cw_samples_scan(in->rest, &samples)) {
            put(world, "[%u samples]", samples.count);
            in->rest.p += samples.encoded.n;
            in->rest.n -= samples.encoded.n;
            continue;
        }
        struct cw_object object = cw_unpack_next(in);
        if (object.type == CW_OBJECT_STRING) {
            put_bytes(world, object.bytes);
        } else if (object.type == CW_OBJECT_UNSIGNED) {
            put(world, "%llu", (unsigned long long)object.number);
        } else if (object.type == CW_OBJECT_EXT) {
            put(world, object.number == 1 ? "[ogg]" : "[packet]");
        } else if (object.type == CW_OBJECT_MAP) {
            put(world, "{");
            put_objects(world, in, object.number * 2, true);
            put(world, "}");
        } else if (object.type == CW_OBJECT_ARRAY) {
            put(world, "[");
            put_objects(world, in, object.number, false);
            put(world, "]");
        }
    }
}

static struct world_conn *conn_of(struct world *world, cw_conn_id id)
{
    for (size_t i = 0; i < WORLD_CONNS; i++)
        if (world->conns[i].open && world->conns[i].id == id)
            return &world->conns[i];
    return NULL;
}

static void put_conns(struct world *world, const cw_conn_id *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct world_conn *conn = conn_of(world, ids[i]);
        put(world, "%s%s", i == 0 ? "" : " ", conn == NULL ? "?" : conn->name);
    }
}

/* --- effects ---------------------------------------------------------------------------- */

/* A client remembers the token that it is given. */
static void remember_token(struct world *world, const struct cw_effect *effect, cw_conn_id id)
{
    const struct cw_msg *msg = &effect->send.msg;
    struct world_conn *conn = conn_of(world, id);
    if (msg->kind == CW_RESPONSE && msg->action == CW_LOGIN && msg->code == 0 && conn != NULL)
        memcpy(conn->token, msg->token.p, CW_TOKEN_LEN);
}

static void put_send(struct world *world, const struct cw_effect *effect, const cw_conn_id *ids,
                     size_t count, bool extended)
{
    struct cw_buf bytes = {0};
    if (count == 0)
        return;
    remember_token(world, effect, ids[0]);
    if (world->quiet)
        return;
    cw_msg_encode(&effect->send.msg, extended, &bytes);
    put(world, "    send ");
    put_conns(world, ids, count);
    put(world, "%s%s%s: ", effect->send.envelope ? " (envelope)" : "",
        effect->send.live ? " (live)" : "", effect->type == CW_FX_LISTS ? " (as a list)" : "");
    struct cw_unpack in = {.rest = cw_buf_slice(&bytes), .objects_max = UINT32_MAX};
    put_objects(world, &in, UINT64_MAX, false);
    put(world, "\n");
    cw_buf_finish(&bytes);
}

static const char *const op_names[CW_STORE_OP_COUNT] = {
    [CW_STORE_USER_CREATE] = "user_create",
    [CW_STORE_USER_FIND] = "user_find",
    [CW_STORE_PASSWORD_FIND] = "password_find",
    [CW_STORE_PASSWORD_SET] = "password_set",
    [CW_STORE_SESSION_CREATE] = "session_create",
    [CW_STORE_SESSION_FIND] = "session_find",
    [CW_STORE_SESSION_SAVE] = "session_save",
    [CW_STORE_SESSION_DROP] = "session_drop",
    [CW_STORE_SESSION_LIST] = "session_list",
    [CW_STORE_SESSION_REVOKE] = "session_revoke",
    [CW_STORE_INVITE_CREATE] = "invite_create",
    [CW_STORE_INVITE_LIST] = "invite_list",
    [CW_STORE_INVITE_WITHDRAW] = "invite_withdraw",
    [CW_STORE_CONTACT_ADD] = "contact_add",
    [CW_STORE_CONTACT_REMOVE] = "contact_remove",
    [CW_STORE_CONTACT_LIST] = "contact_list",
    [CW_STORE_BLOCK] = "block",
    [CW_STORE_UNBLOCK] = "unblock",
    [CW_STORE_GROUP_CREATE] = "group_create",
    [CW_STORE_GROUP_FIND] = "group_find",
    [CW_STORE_GROUP_JOIN] = "group_join",
    [CW_STORE_GROUP_LEAVE] = "group_leave",
    [CW_STORE_GROUP_LIST] = "group_list",
    [CW_STORE_MEMBER_LIST] = "member_list",
    [CW_STORE_MEMBER_ROLE] = "member_role",
    [CW_STORE_MEMBER_KICK] = "member_kick",
    [CW_STORE_MEMBER_BAN] = "member_ban",
    [CW_STORE_MEMBER_UNBAN] = "member_unban",
    [CW_STORE_MEMBER_MUTE] = "member_mute",
    [CW_STORE_NOTICE_LIST] = "notice_list",
    [CW_STORE_NOTICE_DROP] = "notice_drop",
    [CW_STORE_GROUP_TOPIC] = "group_topic",
    [CW_STORE_GROUP_ACCESS] = "group_access",
    [CW_STORE_GROUP_RETAIN] = "group_retain",
    [CW_STORE_MESSAGE_APPEND] = "message_append",
    [CW_STORE_MESSAGE_EDIT] = "message_edit",
    [CW_STORE_MESSAGE_DELETE] = "message_delete",
    [CW_STORE_INBOX_READ] = "inbox_read",
    [CW_STORE_HISTORY_READ] = "history_read",
    [CW_STORE_VOICE_READ] = "voice_read",
    [CW_STORE_SEARCH] = "search",
    [CW_STORE_READ_MARK] = "read_mark",
    [CW_STORE_PLAY_MARK] = "play_mark",
    [CW_STORE_CONVERSATIONS] = "conversations",
};

static const char *const status_names[] = {
    [CW_STORE_OK] = "ok",
    [CW_STORE_EXISTS] = "exists",
    [CW_STORE_NOT_FOUND] = "not found",
    [CW_STORE_MISMATCH] = "mismatch",
    [CW_STORE_FULL] = "full",
    [CW_STORE_NOT_MEMBER] = "not a member",
    [CW_STORE_FORBIDDEN] = "forbidden",
    [CW_STORE_CONFLICT] = "conflict",
    [CW_STORE_UNKNOWN] = "unknown",
    [CW_STORE_STRANGER] = "stranger",
    [CW_STORE_OVER_QUOTA] = "over quota",
    [CW_STORE_NO_ROOM] = "no room",
    [CW_STORE_UNAVAILABLE] = "unavailable",
    [CW_STORE_FAILED] = "failed",
};

static void put_number(struct world *world, const char *name, uint64_t value)
{
    if (value != 0)
        put(world, " %s %llu", name, (unsigned long long)value);
}

static void put_conversation(struct world *world, uint64_t conversation)
{
    if (conversation == 0)
        return;
    if (cw_mailbox_is_group(conversation))
        put(world, " in group %llu", (unsigned long long)conversation >> 1);
    else
        put(world, " in pair %llu %llu", (unsigned long long)conversation >> 32,
            (unsigned long long)(conversation >> 1 & CW_USERS_MAX));
}

static void put_store(struct world *world, const struct cw_store_request *request)
{
    put(world, "    store %s", op_names[request->op]);
    if (request->user_id != 0)
        put(world, " user %llu", (unsigned long long)request->user_id);
    if (request->other_id != 0)
        put(world, " other %llu", (unsigned long long)request->other_id);
    if (request->session_id != 0)
        put(world, " session %llu", (unsigned long long)request->session_id);
    if (request->mailbox != 0)
        put(world, " to %s %llu", cw_mailbox_is_group(request->mailbox) ? "group" : "user",
            (unsigned long long)request->mailbox >> 1);
    if (request->op == CW_STORE_INBOX_READ || request->op == CW_STORE_SESSION_SAVE ||
        request->op == CW_STORE_SESSION_CREATE)
        put(world, " cursor %llu", (unsigned long long)request->cursor);
    if (request->group_id != 0)
        put(world, " group %llu", (unsigned long long)request->group_id);
    if (request->key.n != 0) {
        put(world, " key ");
        put_bytes(world, request->key);
    }
    if (request->extended)
        put(world, " extended");
    put_conversation(world, request->conversation);
    put_number(world, "seq", request->seq);
    put_number(world, "part", request->part);
    put_number(world, "to", request->notice_id);
    put_number(world, "invitation", request->invitation_id);
    put_number(world, "n", request->n);
    if (request->refusal != CW_STORE_OK)
        put(world, " else %s", status_names[request->refusal]);
    put_number(world, "reply_to", request->reply_to);
    put_number(world, "before", request->before);
    put_number(world, "limit", request->limit);
    put_number(world, "ms", request->duration_ms);
    if ((request->op == CW_STORE_INBOX_READ || request->op == CW_STORE_VOICE_READ) &&
        !request->lists)
        put(world, " (opus)");
    put(world, "\n");
}

static void queue_hash(struct world *world, const struct cw_effect *effect)
{
    static const char *const names[] = {"password", "password_verify", "token", "invite"};
    size_t i = world->hash_count++;
    assert(i < WORLD_HASHES_MAX);
    put(world, "    hash %s\n", names[effect->hash.op]);
    world->hashes[i].cookie = effect->hash.cookie;
    world->hashes[i].op = effect->hash.op;
    size_t n = effect->hash.text.n;
    world->hashes[i].text_n = n < sizeof world->hashes[i].text ? n : sizeof world->hashes[i].text;
    if (n != 0)
        memcpy(world->hashes[i].text, effect->hash.text.p, world->hashes[i].text_n);
    world->hashes[i].raw_n = effect->hash.raw.n < 100 ? effect->hash.raw.n : 100;
    if (effect->hash.raw.n != 0)
        memcpy(world->hashes[i].raw, effect->hash.raw.p, world->hashes[i].raw_n);
    memset(world->hashes[i].expected, 0, sizeof world->hashes[i].expected);
    if (effect->hash.expected.n != 0)
        memcpy(world->hashes[i].expected, effect->hash.expected.p, effect->hash.expected.n);
}

/* As the server's shell does. */
static struct cw_store_request *charged_copy(struct world *world,
                                             const struct cw_store_request *request)
{
    struct cw_store_request *copy = cw_store_request_copy(NULL, request);
    const struct world_conn *conn = conn_of(world, request->conn);
    copy->account = cw_account_refer(conn == NULL ? NULL : conn->account);
    copy->charged = cw_store_request_size(copy) + cw_store_result_size(copy);
    cw_account_charge(copy->account, copy->charged);
    return copy;
}

static const char *name_of(struct world *world, cw_conn_id id)
{
    const struct world_conn *conn = conn_of(world, id);
    return conn == NULL ? "?" : conn->name;
}

static void carry_out(struct world *world, const struct cw_effect *effect)
{
    struct world_conn *conn;
    switch (effect->type) {
    case CW_FX_LISTS_END:
        put(world, "    no more lists from %s\n", name_of(world, effect->close.conn));
        break;
    case CW_FX_SEND:
    case CW_FX_LISTS:
        put_send(world, effect, effect->send.plain, effect->send.plain_count, false);
        put_send(world, effect, effect->send.extended, effect->send.extended_count, true);
        break;
    case CW_FX_DROP:
    case CW_FX_CLOSE:
        put(world, "    %s %s: %s\n", effect->type == CW_FX_DROP ? "drop" : "close",
            name_of(world, effect->close.conn), effect->close.reason);
        conn = conn_of(world, effect->close.conn);
        if (conn != NULL)
            conn->closing = true;
        break;
    case CW_FX_STORE:
        put_store(world, &effect->store);
        assert(world->stored_count < WORLD_STORED_MAX);
        world->stored[world->stored_count++] = charged_copy(world, &effect->store);
        break;
    case CW_FX_HASH:
        queue_hash(world, effect);
        break;
    case CW_FX_PROBE:
        put(world, "    probe %s %llu\n", name_of(world, effect->probe.conn),
            (unsigned long long)effect->probe.mark);
        break;
    case CW_FX_NOTE:
        if (world->noting)
            put(world, "    note %s: %s of \"%.*s\" %d\n", name_of(world, effect->note.conn),
                cw_action_name((enum cw_action)effect->note.action), (int)effect->note.name.n,
                (const char *)effect->note.name.p, effect->note.code);
        break;
    case CW_FX_READ:
        put(world, "    read %s %s\n", name_of(world, effect->read.conn),
            effect->read.on ? "on" : "off");
        conn = conn_of(world, effect->read.conn);
        if (conn != NULL)
            conn->reading = effect->read.on;
        break;
    case CW_FX_AUTHENTICATED:
        put(world, "    %s has %s session\n", name_of(world, effect->authenticated.conn),
            effect->authenticated.on ? "a" : "no");
        conn = conn_of(world, effect->authenticated.conn);
        if (conn != NULL)
            cw_account_set_user(conn->account, effect->authenticated.user, world->conn_memory_max);
        break;
    case CW_FX_AUDIO:
        conn = conn_of(world, effect->audio.conn);
        if (conn != NULL)
            conn->audio = effect->audio.looks;
        break;
    }
}

static uint64_t utc_ms(const struct world *world)
{
    return 1700000000000 + world->now_ms;
}

static void step(struct world *world, struct cw_event *event)
{
    event->now_ms = world->now_ms;
    event->time_ms = utc_ms(world);
    if (world->watch != NULL)
        world->watch(world->watcher, event, NULL);
    cw_core_step(world->core, event, &world->effects);
    cw_core_check(world->core);
    for (size_t i = 0; i < world->effects.count; i++) {
        if (world->watch != NULL)
            world->watch(world->watcher, event, &world->effects.items[i]);
        carry_out(world, &world->effects.items[i]);
    }
    if (world->past != NULL)
        past_add(world->past, &world->effects);
}

/* --- results -------------------------------------------------------------------------------- */

/* Deterministic and different for different tokens: their last 32 characters. */
static struct cw_slice token_hash(const char *text, size_t n)
{
    static const char none[CW_TOKEN_HASH_LEN];
    if (n < CW_TOKEN_HASH_LEN)
        return cw_slice_of(none, sizeof none);
    return cw_slice_of(text + n - CW_TOKEN_HASH_LEN, CW_TOKEN_HASH_LEN);
}

static struct cw_slice make_invitation(struct world *world, char text[CW_TOKEN_LEN + 1])
{
    snprintf(text, CW_TOKEN_LEN + 1, "11111111-0000-4000-8000-%012u", ++world->invitations);
    return cw_slice_of(text, CW_TOKEN_LEN);
}

/* Is the hash one of the password as it was typed? */
static bool is_raw(const struct world *world, size_t i)
{
    const char *expected = world->hashes[i].expected;
    size_t n = world->hashes[i].raw_n;
    return n != 0 && strlen(expected) == n + 5 &&
           memcmp(expected + 5, world->hashes[i].raw, n) == 0;
}

static void answer_hash(struct world *world, size_t i)
{
    struct cw_event event = {.type = CW_EV_HASH};
    char *secret = cw_arena_alloc(&world->events, CW_PASSWORD_HASH_MAX);
    char *token = cw_arena_alloc(&world->events, CW_TOKEN_LEN + 1);
    size_t n = world->hashes[i].text_n < 100 ? world->hashes[i].text_n : 100;
    memcpy(secret, "hash:", 5);
    memcpy(secret + 5, world->hashes[i].text, n);
    secret[n + 5] = 0;
    event.hash.cookie = world->hashes[i].cookie;
    event.hash.secret = cw_slice_of(secret, n + 5);
    if (world->hashes[i].op == CW_HASH_TOKEN) {
        event.hash.secret = cw_arena_copy(
            &world->events, token_hash(world->hashes[i].text, world->hashes[i].text_n));
    } else if (world->hashes[i].op == CW_HASH_INVITE) {
        event.hash.token = make_invitation(world, token);
        event.hash.secret = token_hash(token, CW_TOKEN_LEN);
    } else if (world->hash_busy) {
        event.hash.status = CW_HASH_BUSY;
        event.hash.tried = world->hash_half;
    } else if (world->hashes[i].op == CW_HASH_PASSWORD_VERIFY) {
        bool raw = is_raw(world, i);
        if (raw)
            event.hash.renewed = cw_slice_of(secret, n + 5);
        if (!raw && strcmp(secret, world->hashes[i].expected) != 0) {
            event.hash.status = CW_HASH_WRONG;
        } else {
            snprintf(token, CW_TOKEN_LEN + 1, "00000000-0000-4000-8000-%012u", ++world->logins);
            event.hash.token = cw_slice_of(token, CW_TOKEN_LEN);
            event.hash.secret = token_hash(token, CW_TOKEN_LEN);
        }
    }
    step(world, &event);
}

static void drop_executed(struct world *world, struct cw_store_request *request)
{
    if (world->past == NULL) {
        cw_store_request_destroy(NULL, request);
        return;
    }
    cw_account_give(request->account, request->charged);
    cw_account_release(request->account);
    request->account = NULL;
    past_keep_request(world->past, request);
}

/* `heard`: by the core; a watcher hears of all. */
static void execute(struct world *world, bool heard)
{
    struct cw_store_request *requests[WORLD_STORED_MAX];
    struct cw_store_result results[WORLD_STORED_MAX];
    const struct cw_store_result *late[WORLD_STORED_MAX];
    size_t late_count = 0;
    struct cw_arena arena = {0};
    size_t n = world->stored_count;
    memcpy(requests, world->stored, n * sizeof requests[0]);
    world->stored_count = 0;
    cw_store_execute(world->store, (const struct cw_store_request *const *)requests, n, results,
                     &arena);
    for (size_t i = 0; i < n; i++) {
        struct cw_event event = {.type = CW_EV_STORE, .store = &results[i]};
        if (results[i].status != CW_STORE_OK)
            put(world, "    (%s: %s)\n", op_names[results[i].op], status_names[results[i].status]);
        bool lists = cw_lister_needed(requests[i], &results[i]);
        if (lists)
            cw_lister_run(&results[i], &arena);
        if (lists && world->late_lists && heard)
            late[late_count++] = &results[i];
        else if (results[i].cookie != 0 && heard)
            step(world, &event);
        else if (results[i].cookie != 0 && world->watch != NULL)
            world->watch(world->watcher, &event, NULL);
    }
    for (size_t i = 0; i < late_count; i++)
        step(world, &(struct cw_event){.type = CW_EV_STORE, .store = late[i]});
    for (size_t i = 0; i < n; i++)
        drop_executed(world, requests[i]);
    if (world->past != NULL)
        past_keep_arena(world->past, &arena);
    cw_arena_finish(&arena);
}

static bool is_held(const struct world *world, size_t i)
{
    enum cw_hash_op op = world->hashes[i].op;
    return world->hold_passwords && (op == CW_HASH_PASSWORD || op == CW_HASH_PASSWORD_VERIFY);
}

/* Returns how many there were that need not wait. */
static size_t answer_hashes(struct world *world)
{
    size_t hashes = world->hash_count, kept = 0;
    for (size_t i = 0; i < hashes; i++)
        if (!is_held(world, i))
            answer_hash(world, i);
    for (size_t i = 0; i < world->hash_count; i++)
        if (i >= hashes || is_held(world, i))
            world->hashes[kept++] = world->hashes[i];
    size_t answered = world->hash_count - kept;
    world->hash_count = kept;
    return answered;
}

static void run(struct world *world)
{
    for (bool more = true; more;) {
        more = answer_hashes(world) != 0;
        if (world->stored_count != 0 && !world->hold) {
            execute(world, true);
            more = true;
        }
    }
}

void world_first_invitation(struct world *world)
{
    char text[CW_TOKEN_LEN + 1];
    make_invitation(world, text);
    struct cw_effect effect = {.type = CW_FX_STORE};
    effect.store = (struct cw_store_request){.op = CW_STORE_INVITE_CREATE,
                                             .time_ms = utc_ms(world),
                                             .expires_ms = UINT64_MAX,
                                             .uses = 1,
                                             .secret = token_hash(text, CW_TOKEN_LEN)};
    carry_out(world, &effect);
    run(world);
}

void world_release(struct world *world)
{
    world->hold = world->hold_passwords = false;
    run(world);
}

/* --- inputs ------------------------------------------------------------------------------------
 */

struct cw_core_config world_config(void)
{
    return (struct cw_core_config){.hash_seed = {1, 2},
                                   .registration_open = true,
                                   .call_members_max = 3,
                                   .unauthenticated_max = 4,
                                   .unauthenticated_ms = 10000,
                                   .reserved_names = cw_slice_str("admin system"),
                                   .server_name = cw_slice_str("chinwagd")};
}

struct cw_store_options world_store_options(void)
{
    return (struct cw_store_options){.session_idle_ms = 30ull * 24 * 3600 * 1000,
                                     .sessions_per_user = 2};
}

static struct cw_store_options other_options;

void world_set_store(const struct cw_store_options *options)
{
    other_options = *options;
}

void world_init(struct world *world, const struct cw_core_config *config)
{
    struct cw_store_options options = other_options;
    if (options.session_idle_ms == 0)
        options = world_store_options();
    memset(world, 0, sizeof *world);
    world->now_ms = 1000;
    world->conn_memory_max = UINT32_MAX;
    cw_ledger_init(&world->ledger, WORLD_MEMORY_MAX, WORLD_MEMORY_MAX, WORLD_MEMORY_MAX,
                   config->hash_seed);
    world->store = cw_store_open_memory(&options);
    world->config = *config;
    if (config->identity != NULL)
        world->config.identity = cw_store_identity(world->store);
    world->core = cw_core_create(&world->config);
}

static void close_accounts(struct world *world)
{
    for (size_t i = 0; i < WORLD_CONNS; i++)
        if (world->conns[i].open)
            cw_account_release(world->conns[i].account);
}

static void drop_stored(struct world *world)
{
    for (size_t i = 0; i < world->stored_count; i++)
        cw_store_request_destroy(NULL, world->stored[i]);
    world->stored_count = 0;
}

void world_restart(struct world *world, bool lost)
{
    close_accounts(world);
    for (size_t i = 0; i < WORLD_CONNS; i++) {
        struct cw_event event = {.type = CW_EV_CLOSED, .conn = world->conns[i].id};
        if (world->conns[i].open && world->watch != NULL)
            world->watch(world->watcher, &event, NULL);
        world->conns[i].open = false;
    }
    cw_core_destroy(world->core);
    world->hash_count = 0;
    if (!lost && world->stored_count != 0)
        execute(world, false);
    drop_stored(world);
    assert(world->ledger.held == 0 && world->ledger.payers.count == 0);
    cw_store_memory_restart(world->store);
    world->config.newest = cw_store_newest(world->store);
    world->core = cw_core_create(&world->config);
}

void world_remember(struct world *world)
{
    world->past = past_create();
}

static void forget(struct world *world)
{
    if (world->past == NULL)
        return;
    if (past_count_changed(world->past) != 0)
        abort();
    past_destroy(world->past);
}

/* Whatever was held for whomever, nothing of it is left: the ledger sees to that. */
void world_finish(struct world *world)
{
    close_accounts(world);
    drop_stored(world);
    cw_core_destroy(world->core);
    assert(world->ledger.held == 0);
    cw_ledger_finish(&world->ledger);
    cw_store_close(world->store);
    forget(world);
    cw_arena_finish(&world->events);
    cw_effects_finish(&world->effects);
    cw_buf_finish(&world->trace);
}

struct world_conn *world_find(struct world *world, const char *name)
{
    for (size_t i = 0; i < WORLD_CONNS; i++)
        if (strcmp(world->conns[i].name, name) == 0)
            return &world->conns[i];
    return NULL;
}

static struct world_conn *new_conn(struct world *world, const char *name, struct cw_slice address)
{
    struct world_conn *conn = world_find(world, name);
    if (conn == NULL)
        conn = world_find(world, "");
    if (conn == NULL || conn->open)
        return NULL;
    snprintf(conn->name, sizeof conn->name, "%s", name);
    conn->id = (uint64_t)++world->connected << 32 | (uint64_t)(conn - world->conns);
    conn->open = conn->reading = true;
    conn->closing = conn->accepted = false;
    conn->account = cw_account_open(&world->ledger, address, world->conn_memory_max);
    return conn;
}

void world_accept(struct world *world, const char *name, const uint8_t *address, size_t n)
{
    struct world_conn *conn = new_conn(world, name, cw_slice_of(address, n));
    if (conn == NULL)
        return;
    conn->accepted = true;
    struct cw_event event = {.type = CW_EV_OPENED, .conn = conn->id};
    event.connected.address = cw_slice_of(address, n);
    event.connected.loopback = n == 4 && address[0] == 127;
    event.connected.account = conn->account;
    step(world, &event);
    run(world);
}

void world_connect(struct world *world, const char *name, bool remote, bool req)
{
    struct world_conn *conn = world_find(world, name);
    struct cw_slice address = cw_slice_of(remote ? "\xc0\x00\x02\x01" : "\x7f\x00\x00\x01", 4);
    if (conn == NULL || !conn->open || !conn->accepted)
        conn = new_conn(world, name, address);
    if (conn == NULL || conn->closing)
        return;
    conn->accepted = false;
    struct cw_event event = {.type = CW_EV_CONNECTED, .conn = conn->id};
    event.connected.address = address;
    event.connected.loopback = !remote;
    event.connected.account = conn->account;
    event.connected.no_updates = req;
    step(world, &event);
    run(world);
}

void world_conn_event(struct world *world, struct world_conn *conn, enum cw_event_type type,
                      uint64_t mark)
{
    struct cw_event event = {.type = type, .conn = conn->id};
    if (type == CW_EV_RECEIVED)
        event.received_mark = mark;
    step(world, &event);
    run(world);
}

void world_crowded(struct world *world)
{
    struct cw_event event = {.type = CW_EV_CROWDED};
    step(world, &event);
    run(world);
}

void world_close(struct world *world, const char *name)
{
    struct world_conn *conn = world_find(world, name);
    if (conn == NULL || !conn->open)
        return;
    conn->open = false;
    world_conn_event(world, conn, CW_EV_CLOSED, 0);
    cw_account_release(conn->account);
}

/* As the server's shell does. */
static int examine(const struct world_conn *conn, struct cw_msg *msg)
{
    bool opus = (conn->audio & CW_AUDIO_OPUS) != 0;
    if (msg->action == CW_VOICE_MSG)
        return cw_examine_recording(msg, opus);
    if (msg->action == CW_CALL_DATA)
        return cw_examine_frame(msg, opus, (conn->audio & CW_AUDIO_LOUDNESS) != 0);
    return CW_SUCCESS;
}

/* As the server's shell, which keeps long messages and recordings for a worker. */
static struct cw_owned *keep_message(struct world *world, struct cw_slice frame)
{
    uint8_t *memory = cw_alloc(frame.n);
    if (frame.n != 0)
        memcpy(memory, frame.p, frame.n);
    return cw_arena_adopt(&world->events, (struct cw_owned){cw_slice_of(memory, frame.n), memory});
}

void world_message(struct world *world, struct world_conn *conn, struct cw_slice bytes,
                   bool envelope)
{
    if (world->past == NULL)
        cw_arena_reset(&world->events);
    struct cw_msg *msg = cw_arena_alloc(&world->events, sizeof *msg);
    struct cw_owned *frame = keep_message(world, bytes);
    struct cw_event event = {.type = CW_EV_MESSAGE, .conn = conn->id};
    event.message.code = cw_msg_decode(CW_READER_SERVER, frame->slice, msg);
    if (event.message.code == CW_SUCCESS)
        event.message.code = examine(conn, msg);
    event.message.msg = msg;
    event.message.frame = frame->slice;
    if (frame->slice.n > CW_MESSAGE_MAX || msg->action == CW_VOICE_MSG)
        event.message.owner = frame;
    event.message.envelope = envelope;
    step(world, &event);
    run(world);
}

void world_advance(struct world *world, uint64_t to_ms)
{
    while (cw_core_deadline(world->core) <= to_ms) {
        struct cw_event event = {.type = CW_EV_TICK};
        uint64_t deadline_ms = cw_core_deadline(world->core);
        if (deadline_ms > world->now_ms)
            world->now_ms = deadline_ms;
        step(world, &event);
        run(world);
    }
    world->now_ms = to_ms;
}
