/* test_determinism.c - the same seed gives the same effects, to the byte.
 *
 * A seeded crowd connects, talks, breaks the rules, drops and returns for many
 * steps; the digest of everything that the core did must be the one in
 * determinism.digest. This file is built by gcc and by clang, with and without sanitizers, and once
 * more unoptimised or without asserts: one digest for all of them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/memory/open.h"
#include "wire/msgpack.h"
#include "world.h"

#define STEPS  30000
#define CROWD  12
#define GROUPS 4

static uint64_t state = 20260701;

/* SplitMix64: the test's own dice. */
static uint64_t dice(uint64_t sides)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (z ^ z >> 31) % sides;
}

static void text(struct cw_buf *out, const char *s)
{
    cw_pack_string(out, cw_slice_str(s));
}

static void name(struct cw_buf *out, const char *prefix, uint64_t count)
{
    char s[32];
    snprintf(s, sizeof s, "%s%d", prefix, (int)dice(count));
    text(out, s);
}

static void head(struct cw_buf *out, const struct world_conn *conn, const char *action)
{
    if (dice(4) != 0)
        text(out, "request");
    text(out, action);
    text(out, conn->name);
    text(out, conn->token);
}

static void samples(struct cw_buf *out)
{
    static const int16_t silence[8];
    cw_samples_encode(silence, (uint32_t)dice(8), out);
}

static void features(struct cw_buf *out)
{
    static const char *const names[] = {"calls",  "edits",  "read",    "presence",
                                        "typing", "groups", "profiles"};
    uint32_t count = (uint32_t)dice(8);
    text(out, "features");
    cw_pack_array(out, count);
    for (uint32_t i = 0; i < count; i++)
        text(out, names[i]);
}

static void account_message(struct cw_buf *out, const struct world_conn *conn)
{
    static const char *const actions[] = {"register", "login", "logout"};
    uint64_t action = dice(3);
    text(out, "request");
    text(out, actions[action]);
    text(out, conn->name);
    if (action < 2)
        text(out, dice(8) == 0 ? "wrong password" : "password1");
    if (action == 1 && dice(2) == 0) {
        cw_pack_map(out, 2);
        features(out);
        text(out, dice(2) == 0 ? "since" : "client");
        dice(2) == 0 ? cw_pack_unsigned(out, dice(100)) : text(out, "x");
    }
}

static void talk_message(struct cw_buf *out, const struct world_conn *conn)
{
    switch (dice(9)) {
    case 0:
        head(out, conn, "create_group");
        name(out, "group", GROUPS);
        break;
    case 1:
        head(out, conn, "join_group");
        name(out, "group", GROUPS);
        break;
    case 2:
        head(out, conn, "msg_group");
        name(out, "group", GROUPS);
        name(out, "text", 1000);
        break;
    case 3:
        head(out, conn, "voice_msg");
        dice(2) == 0 ? name(out, "user", CROWD) : name(out, "#group", GROUPS);
        cw_pack_unsigned(out, 1 + dice(2));
        cw_pack_unsigned(out, 8000);
        samples(out);
        break;
    case 4:
        head(out, conn, "join_call");
        dice(2) == 0 ? name(out, "@user", CROWD) : name(out, "group", GROUPS);
        break;
    case 5:
        text(out, "update");
        text(out, "call_data");
        text(out, conn->name);
        text(out, conn->token);
        name(out, "group", GROUPS);
        samples(out);
        break;
    case 6:
        if (dice(3) == 0) {
            head(out, conn, "refuse_call");
            name(out, "user", CROWD);
            break;
        }
        head(out, conn, dice(2) == 0 ? "leave_call" : "attach");
        break;
    case 7:
        head(out, conn, "add_contact");
        name(out, "user", CROWD);
        break;
    default:
        head(out, conn, "whisper");
        name(out, "user", CROWD);
        name(out, "text", 1000);
    }
}

/* What is kept, read again, changed and marked. */
static void kept_message(struct cw_buf *out, const struct world_conn *conn)
{
    static const char *const actions[] = {"history", "edit",    "delete",        "mark_read",
                                          "search",  "whisper", "conversations", "typing"};
    uint64_t action = dice(8);
    if (action == 7) {
        text(out, "update");
        text(out, actions[action]);
        text(out, conn->name);
        text(out, conn->token);
    } else {
        head(out, conn, actions[action]);
    }
    if (action == 4)
        name(out, "text", 1000);
    else if (action == 5)
        name(out, "user", CROWD);
    else if (action != 6)
        dice(2) == 0 ? name(out, "user", CROWD) : name(out, "#group", GROUPS);
    if (action >= 1 && action <= 3)
        cw_pack_unsigned(out, 1 + dice(6));
    if (action == 1 || action == 5)
        name(out, "text", 1000);
    if (dice(2) == 0) {
        static const char *const keys[] = {"n", "reply_to", "before", "limit"};
        cw_pack_map(out, 1);
        text(out, keys[dice(4)]);
        cw_pack_unsigned(out, 1 + dice(200));
    }
}

/* What people say of themselves, and who there is. */
static void profile_message(struct cw_buf *out, const struct world_conn *conn)
{
    static const char *const items[] = {"last_seen", "last_seen", "display", "status", "listed"};
    static const char *const values[] = {"on", "off", ""};
    switch (dice(5)) {
    case 0:
        head(out, conn, "profile");
        name(out, "user", CROWD);
        break;
    case 1:
        head(out, conn, dice(2) == 0 ? "people" : "directory");
        text(out, dice(2) == 0 ? "" : "user1");
        break;
    default:
        head(out, conn, "set_profile");
        text(out, items[dice(5)]);
        text(out, values[dice(3)]);
    }
}

static void send(struct world *world, struct world_conn *conn)
{
    struct cw_buf frame = {0};
    if (conn->token[0] == 0 || dice(12) == 0)
        account_message(&frame, conn);
    else if (dice(3) == 0)
        kept_message(&frame, conn);
    else if (dice(8) == 0)
        profile_message(&frame, conn);
    else
        talk_message(&frame, conn);
    if (dice(200) == 0 && frame.n != 0)
        frame.n = dice(frame.n);
    world_message(world, conn, cw_buf_slice(&frame), false);
    cw_buf_finish(&frame);
}

static void disturb(struct world *world, struct world_conn *conn)
{
    switch (dice(8)) {
    case 0:
        world_close(world, conn->name);
        break;
    case 1:
        world_conn_event(world, conn, CW_EV_QUEUE_FULL, 0);
        break;
    case 2:
        world_conn_event(world, conn, CW_EV_QUEUE_EMPTY, 0);
        break;
    case 3:
        world_conn_event(world, conn, CW_EV_RECEIVED, dice(2000));
        break;
    case 4:
        world->hold = true;
        break;
    case 5:
        cw_store_memory_set_full(world->store, dice(3) == 0);
        break;
    default:
        world_advance(world, world->now_ms + dice(3000));
    }
}

static void act(struct world *world)
{
    char who[16];
    snprintf(who, sizeof who, "user%d", (int)dice(CROWD));
    struct world_conn *conn = world_find(world, who);
    bool remote = dice(4) == 0; /* arguments are evaluated in any order */
    bool req = dice(10) == 0;
    if (conn == NULL || !conn->open)
        world_connect(world, who, remote, req);
    else if (dice(10) == 0)
        disturb(world, conn);
    else if (conn->reading)
        send(world, conn);
    if (world->hold && (dice(10) == 0 || world->stored_count > 200))
        world_release(world);
}

/* FNV-1a, 64 bits. */
static uint64_t digest(uint64_t hash, struct cw_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        hash = (hash ^ s.p[i]) * 0x100000001b3u;
    return hash;
}

int main(int argc, char **argv)
{
    struct world *world = malloc(sizeof *world);
    struct cw_core_config config = world_config();
    uint64_t hash = 0xcbf29ce484222325u;
    char wanted[32] = "", got[32];
    config.unauthenticated_max = CROWD;
    config.texts_per_s = 20;
    config.texts_burst = 20;
    world_init(world, &config);
    for (int i = 0; i < STEPS; i++) {
        act(world);
        hash = digest(hash, cw_buf_slice(&world->trace));
        world_clear(world);
    }
    world_finish(world);
    free(world);
    snprintf(got, sizeof got, "%016" PRIx64, hash);
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (file != NULL) {
        if (fscanf(file, "%31s", wanted) != 1)
            wanted[0] = 0;
        fclose(file);
    }
    printf("digest %s, as in determinism.digest: %s\n", got, wanted);
    return strcmp(got, wanted) != 0;
}
