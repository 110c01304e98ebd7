/* world.c - see world.h: the clock, the store and the connections of a world. */
#include "world.h"

#include <assert.h>

#include "server/examine.h"
#include "store/memory/open.h"
#include "world_step.h"

struct cw_core_config world_config(void)
{
    return (struct cw_core_config){.hash_seed = {1, 2},
                                   .registration_open = true,
                                   .people_directory = true,
                                   .call_members_max = 3,
                                   .unauthenticated_max = 4,
                                   .unauthenticated_ms = 10000,
                                   .file_size_max = 1024 * 1024,
                                   .reserved_names = cw_slice_str("admin system"),
                                   .push_hosts = cw_slice_str("push.example.net, *.push.example"),
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

/* As a server does at its start. */
static void load_announcements(struct world *world)
{
    struct cw_arena arena = {0};
    struct cw_store_result list;
    const struct cw_store_request request = {.op = CW_STORE_ANNOUNCE_LIST,
                                             .time_ms = world_utc_ms(world)};
    const struct cw_store_request *requests[] = {&request};
    cw_store_execute(world->store, requests, 1, &list, &arena);
    cw_core_take_announcements(world->core, &list);
    cw_arena_finish(&arena);
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
        world_execute(world, false);
    drop_stored(world);
    assert(world->ledger.held == 0 && world->ledger.payers.count == 0);
    cw_store_memory_restart(world->store);
    world->config.newest = cw_store_newest(world->store);
    world->core = cw_core_create(&world->config);
    load_announcements(world);
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
    world_step(world, &event);
    world_run(world);
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
    event.connected.by_old_key = world->by_old_key;
    world_step(world, &event);
    world_run(world);
}

void world_conn_event(struct world *world, struct world_conn *conn, enum cw_event_type type,
                      uint64_t mark)
{
    struct cw_event event = {.type = type, .conn = conn->id};
    if (type == CW_EV_RECEIVED)
        event.received_mark = mark;
    world_step(world, &event);
    world_run(world);
}

void world_crowded(struct world *world)
{
    struct cw_event event = {.type = CW_EV_CROWDED};
    world_step(world, &event);
    world_run(world);
}

void world_next_key(struct world *world, const char *key)
{
    struct cw_event event = {.type = CW_EV_NEXT_KEY, .next_key = cw_slice_str(key)};
    world_step(world, &event);
    world_run(world);
}

void world_push_gone(struct world *world, uint64_t session_id, const char *endpoint)
{
    struct cw_event event = {.type = CW_EV_PUSH_GONE};
    event.push_gone.session_id = session_id;
    event.push_gone.endpoint = cw_slice_str(endpoint);
    world_step(world, &event);
    world_run(world);
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
    if (cw_is_live_audio(msg))
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

void world_operator(struct world *world, struct cw_slice bytes)
{
    struct cw_msg *msg = cw_arena_alloc(&world->events, sizeof *msg);
    struct cw_owned *frame = keep_message(world, bytes);
    struct cw_event event = {.type = CW_EV_CONTROL, .conn = 1};
    event.message.code = cw_msg_decode(CW_READER_SERVER, frame->slice, msg);
    event.message.msg = msg;
    event.message.frame = frame->slice;
    world_step(world, &event);
    world_run(world);
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
    world_step(world, &event);
    world_run(world);
}

void world_advance(struct world *world, uint64_t to_ms)
{
    while (cw_core_deadline(world->core) <= to_ms) {
        struct cw_event event = {.type = CW_EV_TICK};
        uint64_t deadline_ms = cw_core_deadline(world->core);
        if (deadline_ms > world->now_ms)
            world->now_ms = deadline_ms;
        world_step(world, &event);
        world_run(world);
    }
    world->now_ms = to_ms;
}
