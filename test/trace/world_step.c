/* world_step.c - see world_step.h: a step of the core and its effects. */
#include "world_step.h"

#include <assert.h>
#include <stdio.h>

#include "world_trace.h"

/* A client remembers the token that it is given, and the link. */
static void remember_given(struct world *world, const struct cw_effect *effect, cw_conn_id id)
{
    const struct cw_msg *msg = &effect->send.msg;
    struct world_conn *conn = world_conn_of(world, id);
    if (msg->kind != CW_RESPONSE || msg->code != 0 || conn == NULL)
        return;
    if (msg->action == CW_LOGIN || msg->action == CW_LOGIN_BY_LINK)
        memcpy(conn->token, msg->token.p, CW_TOKEN_LEN);
    if (msg->action == CW_LINK_FILE)
        snprintf(conn->link, sizeof conn->link, "%.*s", (int)msg->link.n,
                 (const char *)msg->link.p);
}

/* To clients of one form, of which the first is the one that a login answers. */
static void send_to(struct world *world, const struct cw_effect *effect, const cw_conn_id *ids,
                    size_t count, bool extended)
{
    if (count == 0)
        return;
    remember_given(world, effect, ids[0]);
    world_put_send(world, effect, ids, count, extended);
}

static void answer_operator(struct world *world, const struct cw_effect *effect)
{
    struct cw_effect shown = {.type = CW_FX_SEND, .send.msg = effect->control.msg};
    world_put_send(world, &shown, NULL, 0, true);
}

static void queue_hash(struct world *world, const struct cw_effect *effect)
{
    static const char *const names[] = {"password", "password_verify", "token",
                                        "invite",   "secret",          "random"};
    _Static_assert(sizeof names / sizeof names[0] == CW_HASH_RANDOM + 1, "a name for each");
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

static void queue_asked(struct world *world, const struct cw_effect *effect)
{
    static const char *const names[] = {"status", "settings", "check", "set", "read", "push_key"};
    size_t i = world->asked_count++;
    struct cw_slice name = effect->server.name, value = effect->server.value;
    assert(i < WORLD_ASKED_MAX);
    world->asked[i].cookie = effect->server.cookie;
    world->asked[i].op = effect->server.op;
    snprintf(world->asked[i].name, sizeof world->asked[i].name, "%.*s", (int)name.n,
             (const char *)name.p);
    snprintf(world->asked[i].value, sizeof world->asked[i].value, "%.*s", (int)value.n,
             (const char *)value.p);
    world_put(world, "    server %s \"%s\" \"%s\"\n", names[effect->server.op],
              world->asked[i].name, world->asked[i].value);
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

void world_carry_out(struct world *world, const struct cw_effect *effect)
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
    case CW_FX_CONTROL:
        answer_operator(world, effect);
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
    case CW_FX_SERVER:
        queue_asked(world, effect);
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
    case CW_FX_BUS:
    case CW_FX_LEASE:
        if (world->on_bus != NULL)
            world->on_bus(world->on_bus_context, effect);
        break;
    case CW_FX_PUSH:
        world_put_push(world, effect);
        break;
    case CW_FX_AUDIO:
        conn = world_conn_of(world, effect->audio.conn);
        if (conn != NULL)
            conn->audio = effect->audio.looks;
        break;
    }
}

uint64_t world_utc_ms(const struct world *world)
{
    return 1700000000000 + world->now_ms;
}

void world_step(struct world *world, struct cw_event *event)
{
    event->now_ms = world->now_ms;
    event->time_ms = world_utc_ms(world);
    if (world->watch != NULL)
        world->watch(world->watcher, event, NULL);
    cw_core_step(world->core, event, &world->effects);
    cw_core_check(world->core);
    for (size_t i = 0; i < world->effects.count; i++) {
        if (world->watch != NULL)
            world->watch(world->watcher, event, &world->effects.items[i]);
        world_carry_out(world, &world->effects.items[i]);
    }
    if (world->past != NULL)
        past_add(world->past, &world->effects);
}
