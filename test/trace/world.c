/* world.c - see world.h. */
#include "world.h"

#include <assert.h>

#include "server/examine.h"
#include "server/lister.h"
#include "store/memory/open.h"
#include "world_trace.h"

static void run(struct world *world);

/* A client remembers the token that it is given. */
static void remember_token(struct world *world, const struct cw_effect *effect, cw_conn_id id)
{
    const struct cw_msg *msg = &effect->send.msg;
    struct world_conn *conn = world_conn_of(world, id);
    if (msg->kind == CW_RESPONSE && msg->action == CW_LOGIN && msg->code == 0 && conn != NULL)
        memcpy(conn->token, msg->token.p, CW_TOKEN_LEN);
}

/* To clients of one form, of which the first is the one that a login answers. */
static void send_to(struct world *world, const struct cw_effect *effect, const cw_conn_id *ids,
                    size_t count, bool extended)
{
    if (count == 0)
        return;
    remember_token(world, effect, ids[0]);
    world_put_send(world, effect, ids, count, extended);
}

static void queue_hash(struct world *world, const struct cw_effect *effect)
{
    static const char *const names[] = {"password", "password_verify", "token", "invite"};
    size_t i = world->hash_count++;
    assert(i < WORLD_HASHES_MAX);
    world_put(world, "    hash %s\n", names[effect->hash.op]);
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
    const struct world_conn *conn = world_conn_of(world, request->conn);
    copy->account = cw_account_refer(conn == NULL ? NULL : conn->account);
    copy->charged = cw_store_request_size(copy) + cw_store_result_size(copy);
    cw_account_charge(copy->account, copy->charged);
    return copy;
}

static void carry_out(struct world *world, const struct cw_effect *effect)
{
    struct world_conn *conn;
    switch (effect->type) {
    case CW_FX_LISTS_END:
        world_put(world, "    no more lists from %s\n", world_conn_name(world, effect->close.conn));
        break;
    case CW_FX_SEND:
    case CW_FX_LISTS:
        send_to(world, effect, effect->send.plain, effect->send.plain_count, false);
        send_to(world, effect, effect->send.extended, effect->send.extended_count, true);
        break;
    case CW_FX_DROP:
    case CW_FX_CLOSE:
        world_put(world, "    %s %s: %s\n", effect->type == CW_FX_DROP ? "drop" : "close",
                  world_conn_name(world, effect->close.conn), effect->close.reason);
        conn = world_conn_of(world, effect->close.conn);
        if (conn != NULL)
            conn->closing = true;
        break;
    case CW_FX_STORE:
        world_put_store(world, &effect->store);
        assert(world->stored_count < WORLD_STORED_MAX);
        world->stored[world->stored_count++] = charged_copy(world, &effect->store);
        break;
    case CW_FX_HASH:
        queue_hash(world, effect);
        break;
    case CW_FX_PROBE:
        world_put(world, "    probe %s %llu\n", world_conn_name(world, effect->probe.conn),
                  (unsigned long long)effect->probe.mark);
        break;
    case CW_FX_NOTE:
        if (world->noting)
            world_put(world, "    note %s: %s of \"%.*s\" %d\n",
                      world_conn_name(world, effect->note.conn),
                      cw_action_name((enum cw_action)effect->note.action), (int)effect->note.name.n,
                      (const char *)effect->note.name.p, effect->note.code);
        break;
    case CW_FX_READ:
        world_put(world, "    read %s %s\n", world_conn_name(world, effect->read.conn),
                  effect->read.on ? "on" : "off");
        conn = world_conn_of(world, effect->read.conn);
        if (conn != NULL)
            conn->reading = effect->read.on;
        break;
    case CW_FX_AUTHENTICATED:
        world_put(world, "    %s has %s session\n",
                  world_conn_name(world, effect->authenticated.conn),
                  effect->authenticated.on ? "a" : "no");
        conn = world_conn_of(world, effect->authenticated.conn);
        if (conn != NULL)
            cw_account_set_user(conn->account, effect->authenticated.user, world->conn_memory_max);
        break;
    case CW_FX_AUDIO:
        conn = world_conn_of(world, effect->audio.conn);
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
    } else if (world->hash_limited) {
        event.hash.status = CW_HASH_LIMITED;
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
        world_put_result(world, &results[i]);
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

/* --- inputs ------------------------------------------------------------------------- */

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
