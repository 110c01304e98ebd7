/* world_results.c - see world_step.h: hashes, and batches of the store. */
#include <assert.h>

#include "server/lister.h"
#include "world_step.h"
#include "world_trace.h"

/* Deterministic and different for different tokens: their last 32 characters. */
static struct cw_slice token_hash(const char *text, size_t n)
{
    static const char none[CW_TOKEN_HASH_LEN];
    if (n < CW_TOKEN_HASH_LEN)
        return cw_slice_of(none, sizeof none);
    return cw_slice_of(text + n - CW_TOKEN_HASH_LEN, CW_TOKEN_HASH_LEN);
}

static struct cw_slice make_secret(struct world *world, char text[CW_SECRET_LEN + 1])
{
    snprintf(text, CW_SECRET_LEN + 1, "secret-%036u", ++world->secrets);
    return cw_slice_of(text, CW_SECRET_LEN);
}

static struct cw_slice make_invitation(struct world *world, char text[CW_TOKEN_LEN + 1])
{
    snprintf(text, CW_TOKEN_LEN + 1, "11111111-0000-4000-8000-%012u", ++world->invitations);
    return cw_slice_of(text, CW_TOKEN_LEN);
}

/* The same each time: 0, 1, 2 ... */
static struct cw_slice some_bytes(struct world *world)
{
    uint8_t *bytes = cw_arena_alloc(&world->events, CW_RANDOM_LEN);
    for (size_t i = 0; i < CW_RANDOM_LEN; i++)
        bytes[i] = (uint8_t)i;
    return cw_slice_of(bytes, CW_RANDOM_LEN);
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
    char *token = cw_arena_alloc(&world->events, CW_SECRET_LEN + 1);
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
    } else if (world->hashes[i].op == CW_HASH_SECRET) {
        event.hash.token = make_secret(world, token);
        event.hash.secret = token_hash(token, CW_SECRET_LEN);
    } else if (world->hashes[i].op == CW_HASH_RANDOM) {
        event.hash.secret = some_bytes(world);
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
    world_step(world, &event);
}

/* A server whose one setting takes two values. */
static void judge_setting(struct world *world, size_t i, struct cw_event *event)
{
    const char *value = world->asked[i].value;
    bool known = strcmp(world->asked[i].name, "registration") == 0;
    if (!known && (world->asked[i].op != CW_ASK_SETTINGS || world->asked[i].name[0] != 0)) {
        event->server.status = CW_SERVER_NO_SETTING;
    } else if (value[0] != 0 && strcmp(value, "open") != 0 && strcmp(value, "closed") != 0) {
        event->server.status = CW_SERVER_BAD_VALUE;
        event->server.why = cw_slice_str("registration is open or closed");
    } else if (world->asked[i].op == CW_ASK_SET) {
        memcpy(world->setting, value, sizeof world->setting);
    }
}

static void answer_asked(struct world *world, size_t i)
{
    const char *value = world->setting[0] != 0 ? world->setting : "open";
    const struct cw_server_fact status[] = {
        {.name = cw_slice_str("version"), .text = cw_slice_str("0.1.0"), .is_text = true},
        {.name = cw_slice_str("connections"), .number = 3}};
    const struct cw_server_fact setting = {.name = cw_slice_str("registration"),
                                           .text = cw_slice_str(value),
                                           .is_text = true,
                                           .about = cw_slice_str("who may register"),
                                           .set = world->setting[0] != 0};
    const struct cw_server_fact key = {.text = cw_slice_str("BKey"), .is_text = true};
    enum cw_ask_op op = world->asked[i].op;
    struct cw_event event = {.type = CW_EV_SERVER};
    event.server.cookie = world->asked[i].cookie;
    event.server.facts = op == CW_ASK_STATUS ? status : op == CW_ASK_PUSH_KEY ? &key : &setting;
    event.server.fact_count = op == CW_ASK_STATUS ? 2 : 1;
    if (op != CW_ASK_STATUS && op != CW_ASK_PUSH_KEY)
        judge_setting(world, i, &event);
    world_step(world, &event);
}

static size_t answer_all_asked(struct world *world)
{
    size_t count = world->asked_count;
    for (size_t i = 0; i < count; i++)
        answer_asked(world, i);
    for (size_t i = count; i < world->asked_count; i++)
        world->asked[i - count] = world->asked[i];
    world->asked_count -= count;
    return count;
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

void world_execute(struct world *world, bool heard)
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
        if (world->on_stored != NULL)
            world->on_stored(world->on_bus_context, requests[i], &results[i]);
        bool lists = cw_lister_needed(requests[i], &results[i]);
        if (lists)
            cw_lister_run(&results[i], &arena);
        if (lists && world->late_lists && heard)
            late[late_count++] = &results[i];
        else if (results[i].cookie != 0 && heard)
            world_step(world, &event);
        else if (results[i].cookie != 0 && world->watch != NULL)
            world->watch(world->watcher, &event, NULL);
    }
    for (size_t i = 0; i < late_count; i++)
        world_step(world, &(struct cw_event){.type = CW_EV_STORE, .store = late[i]});
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

void world_run(struct world *world)
{
    for (bool more = true; more;) {
        more = answer_hashes(world) + answer_all_asked(world) != 0;
        if (world->stored_count != 0 && !world->hold) {
            world_execute(world, true);
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
                                             .time_ms = world_utc_ms(world),
                                             .expires_ms = UINT64_MAX,
                                             .uses = 1,
                                             .secret = token_hash(text, CW_TOKEN_LEN)};
    world_carry_out(world, &effect);
    world_run(world);
}

void world_release(struct world *world)
{
    world->hold = world->hold_passwords = false;
    world_run(world);
}
