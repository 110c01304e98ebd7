/* test_presence.c - the receivers of presence, compared with a simple form of the rule. Many users
 * connect and disconnect, make contacts, block, join a group and are away, at random. After each
 * step every update about somebody's presence must have been sent to exactly the users that the
 * rule names, once, and none may be missing. Then a group grows beyond the limit, and somebody
 * blocks very many. */
#include <stdlib.h>

#include "wire/msgpack.h"
#include "world.h"

#define CROWD      10
#define DEVICES    2
#define STEPS      100000
#define GROUP_SIZE (CW_PRESENCE_GROUP_MAX + 1)

enum { OFFLINE, ONLINE, AWAY };

struct device {
    char name[32];
    bool attached, listens, away;
};

struct person {
    char name[16];
    struct device devices[DEVICES];
    bool contact[GROUP_SIZE], blocked[GROUP_SIZE], member;
    int state;
    bool gone; /* since, with grace */
    uint64_t gone_ms;
};

static struct person people[GROUP_SIZE];
static int count;
static struct world world;
static unsigned updates, offline_updates;
static int answer; /* the code of the last response */
static uint64_t random_state = 7;

static void expect(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "test_presence: %s\n", what);
    exit(1);
}

static unsigned dice(unsigned sides)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % sides;
}

/* --- the rule --------------------------------------------------------------------------- */

static size_t group_sessions(void)
{
    size_t sessions = 0;
    for (int i = 0; i < count; i++)
        for (int d = 0; d < DEVICES; d++)
            sessions += people[i].member && people[i].devices[d].attached;
    return sessions;
}

static bool is_told(int listener, int d, int of)
{
    const struct person *p = &people[listener];
    bool fellow = p->member && people[of].member && group_sessions() <= CW_PRESENCE_GROUP_MAX;
    return listener != of && p->devices[d].attached && p->devices[d].listens &&
           !people[of].blocked[listener] && (p->contact[of] || fellow);
}

static unsigned audience_of(int of)
{
    unsigned n = 0;
    for (int i = 0; i < count; i++)
        for (int d = 0; d < DEVICES; d++)
            n += is_told(i, d, of);
    return n;
}

static int state_of(const struct person *p)
{
    bool attached = false;
    for (int d = 0; d < DEVICES; d++) {
        attached |= p->devices[d].attached;
        if (p->devices[d].attached && !p->devices[d].away)
            return ONLINE;
    }
    return attached ? AWAY : OFFLINE;
}

/* --- what the core does -------------------------------------------------------------------- */

static int find_person(struct cw_slice name)
{
    for (int i = 0; i < count; i++)
        if (cw_slice_eq(name, cw_slice_str(people[i].name)))
            return i;
    return -1;
}

static void check_listener(cw_conn_id id, int of)
{
    for (int i = 0; i < count; i++)
        for (int d = 0; d < DEVICES; d++) {
            const struct world_conn *conn = world_find(&world, people[i].devices[d].name);
            if (conn != NULL && conn->open && conn->id == id) {
                expect(is_told(i, d, of), "somebody is told who should not be");
                return;
            }
        }
    expect(false, "nobody has this connection");
}

static void watch(void *unused, const struct cw_event *event, const struct cw_effect *effect)
{
    static const char *const names[] = {"offline", "online", "away"};
    (void)unused, (void)event;
    if (effect != NULL && effect->type == CW_FX_SEND && effect->send.msg.kind == CW_RESPONSE)
        answer = effect->send.msg.code;
    if (effect == NULL || effect->type != CW_FX_SEND || effect->send.msg.action != CW_PRESENCE)
        return;
    const struct cw_msg *msg = &effect->send.msg;
    int told = find_person(msg->sender), state = OFFLINE;
    for (; !cw_slice_eq(msg->state, cw_slice_str(names[state]));)
        state++;
    updates++;
    offline_updates += state == OFFLINE;
    people[told].state = state;
    expect(effect->send.plain_count == 0, "a plain client is told");
    expect(effect->send.extended_count == audience_of(told), "too many or too few are told");
    for (size_t i = 0; i < effect->send.extended_count; i++) {
        check_listener(effect->send.extended[i], told);
        for (size_t j = 0; j < i; j++)
            expect(effect->send.extended[i] != effect->send.extended[j], "somebody is told twice");
    }
}

/* Which users have changed their state, and was that reported? */
static void settle(void)
{
    for (int i = 0; i < count; i++) {
        struct person *p = &people[i];
        int state = state_of(p);
        if (state == OFFLINE && p->state != OFFLINE) {
            if (!p->gone)
                p->gone_ms = world.now_ms;
            p->gone = true;
            if (world.now_ms < p->gone_ms + CW_PRESENCE_GRACE_MS)
                continue;
        }
        p->gone &= state == OFFLINE;
        expect(p->state == state || audience_of(i) == 0, "a change was not told");
        p->state = state;
    }
}

/* --- what the crowd does ---------------------------------------------------------------------- */

static void say(struct device *device, const char *const *words)
{
    struct cw_buf frame = {0};
    struct world_conn *conn = world_find(&world, device->name);
    for (; *words != NULL; words++)
        cw_pack_string(&frame, cw_slice_str(*words));
    if (strcmp(words[-1], "presence") == 0) { /* the last word: a feature */
        frame.n -= sizeof "presence";
        cw_pack_map(&frame, 1);
        cw_pack_string(&frame, cw_slice_str("features"));
        cw_pack_array(&frame, 1);
        cw_pack_string(&frame, cw_slice_str("presence"));
    } else if (strcmp(words[-1], "no presence") == 0) {
        frame.n -= sizeof "no presence";
        cw_pack_map(&frame, 0);
    }
    world_message(&world, conn, cw_buf_slice(&frame), false);
    cw_buf_finish(&frame);
}

static void ask(struct person *p, struct device *device, const char *action, const char *argument)
{
    const struct world_conn *conn = world_find(&world, device->name);
    const char *words[] = {"request", action, p->name, conn->token, argument, NULL};
    say(device, words);
}

static void come(struct person *p, struct device *device, bool listens)
{
    struct world_conn *conn = world_find(&world, device->name);
    const char *feature = listens ? "presence" : "no presence";
    bool again = conn != NULL && conn->token[0] != 0;
    world_connect(&world, device->name, false, false);
    conn = world_find(&world, device->name);
    const char *login[] = {"request", "login", p->name, "password1", feature, NULL};
    const char *attach[] = {"request", "attach", p->name, conn->token, feature, NULL};
    /* The rule holds while it happens, so it must know before. */
    device->attached = true;
    device->listens = listens;
    device->away = false;
    say(device, again ? attach : login);
}

static void begin(int people_count, int devices)
{
    struct cw_core_config config = world_config();
    count = people_count;
    config.unauthenticated_max = WORLD_CONNS;
    config.unauthenticated_ms = UINT64_MAX / 2;
    memset(people, 0, sizeof people);
    world_init(&world, &config);
    world.quiet = true;
    world.watch = watch;
    for (int i = 0; i < count; i++) {
        snprintf(people[i].name, sizeof people[i].name, "p%d", i);
        for (int d = 0; d < devices; d++)
            snprintf(people[i].devices[d].name, sizeof people[i].devices[d].name, "p%dd%d", i, d);
        world_connect(&world, people[i].devices[0].name, false, false);
        const char *words[] = {"request", "register", people[i].name, "password1", NULL};
        say(&people[i].devices[0], words);
        world_close(&world, people[i].devices[0].name);
    }
}

static void act(void)
{
    static const char *const actions[] = {"add_contact", "remove_contact", "block", "unblock"};
    struct person *p = &people[dice((unsigned)count)];
    struct device *device = &p->devices[dice(DEVICES)];
    int other = (int)dice((unsigned)count);
    unsigned what = dice(16);
    if (what == 0) {
        world_advance(&world, world.now_ms + dice(6000));
    } else if (!device->attached) {
        if (dice(6) == 0)
            come(p, device, dice(3) != 0);
    } else if (what < 4) {
        device->attached = false;
        world_close(&world, device->name);
    } else if (what < 6) {
        device->away = dice(2) == 0;
        ask(p, device, "set_presence", device->away ? "away" : "online");
    } else if (what < 7) {
        device->listens = dice(2) == 0;
        ask(p, device, "attach", device->listens ? "presence" : "no presence");
    } else if (what < 8 && p->name[1] % 2 == 0) {
        ask(p, device, p == &people[0] ? "create_group" : "join_group", "group");
        p->member |= p == &people[0] || people[0].member; /* half of them */
    } else if (what < 12 || &people[other] != p) {
        what %= 4;
        bool *set = what < 2 ? &p->contact[other] : &p->blocked[other];
        if (what >= 2 && &people[other] == p)
            return;
        *set = what % 2 == 0;
        ask(p, device, actions[what], people[other].name);
    }
}

/* One after the other comes; the first hundred are told, the next are not. */
static void crowded_group(void)
{
    begin(GROUP_SIZE, 1);
    for (int i = 0; i < count; i++) {
        come(&people[i], &people[i].devices[0], true);
        settle();
        ask(&people[i], &people[i].devices[0], i == 0 ? "create_group" : "join_group", "group");
        people[i].member = true;
    }
    updates = 0;
    ask(&people[0], &people[0].devices[0], "set_presence", "away");
    expect(updates == 0, "a group over the limit is told");
    people[0].state = AWAY; /* users that were not told keep the old state */
    people[0].devices[0].away = true;
    people[1].devices[0].attached = false;
    world_close(&world, people[1].devices[0].name);
    people[0].devices[0].away = false;
    ask(&people[0], &people[0].devices[0], "set_presence", "online");
    expect(updates == 1, "a group at the limit is not told");
    world_finish(&world);
}

/* A thousand are enough. */
static void limit(const char *action, int most)
{
    begin(1, 1);
    struct device *device = &people[0].devices[0];
    come(&people[0], device, true);
    for (int i = 1; i <= most + 1; i++) {
        char name[16];
        snprintf(name, sizeof name, "other%d", i);
        const char *words[] = {"request", "register", name, "password1", NULL};
        say(device, words);
        ask(&people[0], device, action, name);
        expect(answer == (i <= most ? CW_SUCCESS : CW_FORBIDDEN), "the limit is not kept");
    }
    world_finish(&world);
}

/* Is somebody who has blocked so many, and gone, still in memory? */
static bool is_remembered(int blocked)
{
    begin(CW_BLOCKED_CACHED_MAX + 2, 1);
    struct person *p = &people[0];
    come(p, &p->devices[0], false);
    for (int i = 1; i <= blocked; i++)
        ask(p, &p->devices[0], "block", people[i].name);
    size_t users = cw_core_stats(world.core).users;
    world_close(&world, p->devices[0].name);
    world_advance(&world, world.now_ms + CW_PRESENCE_GRACE_MS - 1);
    expect(cw_core_stats(world.core).users == users, "somebody is forgotten in his time of grace");
    world_advance(&world, world.now_ms + 1);
    bool remembered = cw_core_stats(world.core).users == users;
    world_finish(&world);
    return remembered;
}

int main(void)
{
    begin(CROWD, DEVICES);
    for (int i = 0; i < STEPS; i++) {
        act();
        settle();
    }
    expect(updates > STEPS / 20 && offline_updates > STEPS / 200, "hardly anything happened");
    world_finish(&world);
    crowded_group();
    limit("add_contact", CW_CONTACTS_MAX);
    limit("block", CW_BLOCKED_MAX);
    expect(is_remembered(CW_BLOCKED_CACHED_MAX), "somebody is forgotten");
    expect(!is_remembered(CW_BLOCKED_CACHED_MAX + 1), "a long list of blocked ones is kept");
    return 0;
}
