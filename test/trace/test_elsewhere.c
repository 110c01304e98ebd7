/* test_elsewhere.c - one presence at three servers. People come and go at random at all of them,
 * with several devices, while the bus between the servers loses and doubles messages, is cut, and
 * servers die and come back. Five seconds after the last change all servers must agree on who is
 * there, and each client must have been told so: once, and by no change that there was not. */
#include <stdlib.h>

#include "base/packed.h"
#include "core/presence.h"
#include "wire/msgpack.h"
#include "world.h"
#include "world_step.h"

#define NODES       3
#define PEOPLE      6
#define ROUNDS      60
#define CHANGES     12
#define QUEUE_MAX   4096
#define AGREED_MS   5000
#define STEP_MS     100
#define BUS_DOWN_MS 2000 /* shorter than what makes a node gone */

struct parcel {
    struct cw_core_bus bus;
    uint8_t *bytes;
};

struct device {
    char name[16];
    bool attached, listens, away;
    int told[PEOPLE]; /* -1: nothing */
};

struct station {
    struct world world;
    bool alive, up;
    uint64_t epoch;
    struct parcel queue[QUEUE_MAX];
    size_t first, end;
    struct device devices[PEOPLE];
};

static struct station stations[NODES];
static bool blocked[PEOPLE][PEOPLE];
static unsigned lose_each, double_each, updates, sets;
static uint64_t random_state = 11;

static void expect(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "test_elsewhere: %s\n", what);
    exit(1);
}

static unsigned dice(unsigned sides)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % sides;
}

/* --- the bus ------------------------------------------------------------------------------------
 */

static void enqueue(struct station *to, const struct cw_core_bus *bus)
{
    struct parcel *parcel = &to->queue[to->end++];
    expect(to->end < QUEUE_MAX, "there is too much on the bus");
    parcel->bus = *bus;
    parcel->bytes = cw_alloc(bus->body.n + 1);
    memcpy(parcel->bytes, bus->body.n == 0 ? (const uint8_t *)"" : bus->body.p, bus->body.n);
    parcel->bus.body = cw_slice_of(parcel->bytes, bus->body.n);
}

static void on_bus(void *context, const struct cw_effect *effect)
{
    struct station *from = context;
    unsigned number = (unsigned)(from - stations) + 1;
    const struct cw_core_bus bus = {.what = CW_BUS_SAYS,
                                    .node = number,
                                    .epoch = from->epoch,
                                    .kind = effect->bus.kind,
                                    .body = effect->bus.body};
    sets += bus.kind == CW_BUS_PRESENCE_SET;
    for (unsigned node = 1; node <= NODES; node++) {
        struct station *to = &stations[node - 1];
        if (node == number || !to->alive || !to->up || !from->up ||
            (effect->bus.to != CW_BUS_TO_ALL && effect->bus.to != node))
            continue;
        if (lose_each != 0 && dice(lose_each) == 0)
            continue;
        enqueue(to, &bus);
        if (double_each != 0 && dice(double_each) == 0 && bus.kind != CW_BUS_PRESENCE_SET)
            enqueue(to, &bus); /* bus.c drops them: here the core alone must bear it */
    }
}

static void step_bus(struct station *station, const struct cw_core_bus *bus)
{
    world_step(&station->world, &(struct cw_event){.type = CW_EV_BUS, .bus = *bus});
}

static void drop_queue(struct station *station)
{
    for (; station->first < station->end; station->first++)
        free(station->queue[station->first].bytes);
    station->first = station->end = 0;
}

static void deliver(void)
{
    for (bool more = true; more;) {
        more = false;
        for (int i = 0; i < NODES; i++) {
            struct station *station = &stations[i];
            while (station->alive && station->first < station->end) {
                struct parcel parcel = station->queue[station->first++];
                step_bus(station, &parcel.bus);
                free(parcel.bytes);
                more = true;
            }
            if (station->first == station->end)
                station->first = station->end = 0;
        }
    }
}

static void pass(uint64_t ms)
{
    for (uint64_t passed = 0; passed < ms; passed += STEP_MS) {
        for (int i = 0; i < NODES; i++)
            if (stations[i].alive)
                world_advance(&stations[i].world, stations[i].world.now_ms + STEP_MS);
        deliver();
    }
}

/* As bus.c tells it: of `node` at all others. */
static void tell_node(int of, enum cw_core_bus_what what)
{
    for (int i = 0; i < NODES; i++)
        if (i != of && stations[i].alive)
            step_bus(&stations[i], &(struct cw_core_bus){.what = what,
                                                         .node = (unsigned)of + 1,
                                                         .epoch = stations[of].epoch});
}

/* --- the rule
 * ------------------------------------------------------------------------------------- */

static int total_of(int person)
{
    int state = PRESENCE_OFFLINE;
    for (int i = 0; i < NODES; i++)
        if (stations[i].alive && stations[i].devices[person].attached) {
            if (!stations[i].devices[person].away)
                return PRESENCE_ONLINE;
            state = PRESENCE_AWAY;
        }
    return state;
}

/* --- what clients are told
 * ---------------------------------------------------------------------------- */

static struct device *device_of(struct station *station, cw_conn_id id, int *person)
{
    for (*person = 0; *person < PEOPLE; ++*person) {
        struct device *device = &station->devices[*person];
        const struct world_conn *conn = world_find(&station->world, device->name);
        if (conn != NULL && conn->open && conn->id == id)
            return device;
    }
    expect(false, "nobody has this connection");
    return NULL;
}

static void tell(struct station *station, cw_conn_id id, int of, int state)
{
    int person;
    struct device *device = device_of(station, id, &person);
    expect(device->attached && device->listens, "somebody is told who does not listen");
    expect(person != of && !blocked[of][person], "somebody is told who should not be");
    expect(device->told[of] != state, "somebody is told what they were told before");
    device->told[of] = state;
    updates++;
}

static void watch(void *context, const struct cw_event *event, const struct cw_effect *effect)
{
    static const char *const names[] = {"offline", "online", "away"};
    int state = 0;
    (void)event;
    if (effect == NULL || effect->type != CW_FX_SEND || effect->send.msg.action != CW_PRESENCE ||
        effect->send.msg.kind != CW_UPDATE)
        return;
    while (!cw_slice_eq(effect->send.msg.state, cw_slice_str(names[state])))
        state++;
    for (size_t i = 0; i < effect->send.extended_count; i++)
        tell(context, effect->send.extended[i], effect->send.msg.sender.p[1] - '0', state);
}

/* --- what people do
 * -------------------------------------------------------------------------------------- */

static void say(struct station *station, const char *name, const char *const *words, bool listens)
{
    struct cw_buf frame = {0};
    for (; *words != NULL; words++)
        cw_pack_string(&frame, cw_slice_str(*words));
    if (listens) {
        cw_pack_map(&frame, 1);
        cw_pack_string(&frame, cw_slice_str("features"));
        cw_pack_array(&frame, 1);
        cw_pack_string(&frame, cw_slice_str("presence"));
    }
    world_message(&station->world, world_find(&station->world, name), cw_buf_slice(&frame), false);
    cw_buf_finish(&frame);
    deliver();
}

static void ask(struct station *station, int person, const char *action, const char *argument)
{
    char name[3] = {'p', (char)('0' + person), 0};
    struct device *device = &station->devices[person];
    const struct world_conn *conn = world_find(&station->world, device->name);
    const char *words[] = {"request", action, name, conn->token, argument, NULL};
    say(station, device->name, words, false);
}

static void come(struct station *station, int person)
{
    struct device *device = &station->devices[person];
    char name[3] = {'p', (char)('0' + person), 0};
    const char *words[] = {"request", "login", name, "password1", NULL};
    world_connect(&station->world, device->name, false, false);
    device->attached = device->listens = true;
    device->away = false;
    /* As a list says it, which the client asks for then. */
    for (int i = 0; i < PEOPLE; i++)
        device->told[i] =
            blocked[i][person] ? -1 : (int)cw_presence_total(station->world.core, (uint64_t)i + 1);
    say(station, device->name, words, true);
}

static void go(struct station *station, int person)
{
    station->devices[person].attached = false;
    world_close(&station->world, station->devices[person].name);
    deliver();
}

/* In the stores of the others, too, which are one in a cluster; and what they hear of it. */
static void block_elsewhere(const struct station *by, bool on, uint64_t person, uint64_t other)
{
    const struct cw_store_request request = {
        .op = on ? CW_STORE_BLOCK : CW_STORE_UNBLOCK, .user_id = person, .other_id = other};
    const struct cw_store_news news = {
        .kind = on ? CW_NEWS_BLOCKED : CW_NEWS_UNBLOCKED, .user_id = person, .other_id = other};
    for (int i = 0; i < NODES; i++) {
        const struct cw_store_request *requests[] = {&request};
        struct cw_store_result result;
        struct cw_arena arena = {0};
        if (&stations[i] == by)
            continue;
        cw_store_execute(stations[i].world.store, requests, 1, &result, &arena);
        expect(result.status == CW_STORE_OK, "a block is not stored");
        cw_arena_finish(&arena);
        if (stations[i].alive)
            world_step(&stations[i].world, &(struct cw_event){.type = CW_EV_NEWS, .news = &news});
    }
    deliver();
}

static void block(struct station *station, int person, int other)
{
    char name[3] = {'p', (char)('0' + other), 0};
    bool on = !blocked[person][other];
    blocked[person][other] = false; /* until all have heard of it */
    ask(station, person, on ? "block" : "unblock", name);
    block_elsewhere(station, on, (uint64_t)person + 1, (uint64_t)other + 1);
    blocked[person][other] = on;
    for (int i = 0; i < NODES; i++) /* what was told before says nothing any more */
        stations[i].devices[other].told[person] =
            on ? -1 : (int)cw_presence_total(stations[i].world.core, (uint64_t)person + 1);
}

static void die(int node)
{
    struct station *station = &stations[node];
    for (int i = 0; i < PEOPLE; i++)
        station->devices[i].attached = false;
    drop_queue(station);
    station->alive = false;
    world_restart(&station->world, true);
    pass(6000);
    tell_node(node, CW_BUS_NODE_GONE);
    deliver();
}

static void come_back(int node)
{
    struct station *station = &stations[node];
    station->alive = true;
    station->epoch++;
    world_advance(&station->world, stations[(node + 1) % NODES].world.now_ms);
    step_bus(station, &(struct cw_core_bus){.what = CW_BUS_BEGINS});
    for (int i = 0; i < NODES; i++)
        if (i != node && stations[i].alive)
            step_bus(station, &(struct cw_core_bus){.what = CW_BUS_NODE_THERE,
                                                    .node = (unsigned)i + 1,
                                                    .epoch = stations[i].epoch});
    tell_node(node, CW_BUS_NODE_THERE);
    deliver();
}

static void cut(int node)
{
    struct station *station = &stations[node];
    station->up = false;
    drop_queue(station);
    step_bus(station, &(struct cw_core_bus){.what = CW_BUS_ENDS});
    pass(BUS_DOWN_MS);
    station->up = true;
    step_bus(station, &(struct cw_core_bus){.what = CW_BUS_BEGINS});
    deliver();
}

static void act(void)
{
    struct station *station = &stations[dice(NODES)];
    int person = (int)dice(PEOPLE);
    struct device *device = &station->devices[person];
    unsigned what = dice(8);
    if (what == 0) {
        pass(dice(3000));
    } else if (!device->attached) {
        come(station, person);
    } else if (what < 4) {
        go(station, person);
    } else if (what < 7) {
        device->away = !device->away;
        ask(station, person, "set_presence", device->away ? "away" : "online");
    } else {
        block(station, person, (person + 1) % PEOPLE);
    }
}

/* --- what must hold
 * -------------------------------------------------------------------------------------- */

static void agree(void)
{
    for (int i = 0; i < NODES; i++)
        for (int person = 0; stations[i].alive && person < PEOPLE; person++) {
            struct station *station = &stations[i];
            int total = total_of(person);
            expect((int)cw_presence_total(station->world.core, (uint64_t)person + 1) == total,
                   "a server does not know who is there");
            for (int other = 0; other < PEOPLE; other++) {
                const struct device *device = &station->devices[other];
                if (other != person && device->attached && !blocked[person][other] &&
                    device->told[person] != -1)
                    expect(device->told[person] == total, "somebody was not told");
            }
        }
}

static void begin_station(int node)
{
    struct station *station = &stations[node];
    struct cw_core_config config = world_config();
    config.unauthenticated_max = WORLD_CONNS;
    config.unauthenticated_ms = UINT64_MAX / 2;
    config.node = (unsigned)node + 1;
    world_init(&station->world, &config);
    station->world.quiet = true;
    station->world.watch = watch;
    station->world.watcher = station;
    station->world.on_bus = on_bus;
    station->world.on_bus_context = station;
    station->alive = station->up = true;
    station->epoch = 1;
    for (int i = 0; i < PEOPLE; i++) {
        char name[3] = {'p', (char)('0' + i), 0};
        snprintf(station->devices[i].name, sizeof station->devices[i].name, "d%d", i);
        world_connect(&station->world, station->devices[i].name, false, false);
        const char *words[] = {"request", "register", name, "password1", NULL};
        say(station, station->devices[i].name, words, false);
        world_close(&station->world, station->devices[i].name);
    }
    for (int i = 0; i < PEOPLE; i++) { /* everybody watches everybody, in each store */
        come(station, i);
        for (int j = 0; j < PEOPLE; j++) {
            char name[3] = {'p', (char)('0' + j), 0};
            if (i != j)
                ask(station, i, "add_contact", name);
        }
        go(station, i);
    }
    world_advance(&station->world, 30000);
}

static void begin(void)
{
    for (int i = 0; i < NODES; i++)
        begin_station(i);
    for (int i = 0; i < NODES; i++)
        step_bus(&stations[i], &(struct cw_core_bus){.what = CW_BUS_BEGINS});
    for (int i = 0; i < NODES; i++)
        tell_node(i, CW_BUS_NODE_THERE);
    deliver();
}

/* At once, where nothing is lost. */
static void test_whole_bus(void)
{
    struct station *first = &stations[0], *second = &stations[1];
    come(first, 0);
    come(second, 1);
    expect(first->devices[0].told[1] == PRESENCE_ONLINE, "who comes elsewhere is not seen");
    expect(second->devices[1].told[0] == PRESENCE_ONLINE, "who was there is not seen");
    come(second, 0); /* a second device */
    go(first, 0);
    pass(CW_PRESENCE_GRACE_MS + 1000);
    expect(second->devices[1].told[0] == PRESENCE_ONLINE, "who has another device is gone");
    go(second, 0);
    pass(CW_PRESENCE_GRACE_MS + 1000);
    expect(second->devices[1].told[0] == PRESENCE_OFFLINE, "who has none is there");
    go(second, 1);
    pass(CW_PRESENCE_GRACE_MS + 1000);
    agree();
    expect(sets < 20, "sets are sent that nobody needs");
}

static void test_a_node_dies(void)
{
    come(&stations[0], 0);
    come(&stations[1], 1);
    expect(stations[0].devices[0].told[1] == PRESENCE_ONLINE, "who comes elsewhere is not seen");
    die(1);
    expect(stations[0].devices[0].told[1] == PRESENCE_ONLINE, "nobody may be back at once");
    pass(4000);
    expect(stations[0].devices[0].told[1] == PRESENCE_OFFLINE, "the dead are there");
    come_back(1);
    come(&stations[1], 1);
    expect(stations[0].devices[0].told[1] == PRESENCE_ONLINE, "who is back is not seen");
    agree();
}

/* Within the time in which one may be back, at another server, nobody is told. */
static void test_who_moves_from_a_dead_node(void)
{
    unsigned before;
    die(1);
    come(&stations[2], 1);
    before = updates;
    pass(6000);
    expect(updates == before, "somebody is told of who has moved");
    expect(stations[0].devices[0].told[1] == PRESENCE_ONLINE, "who has moved is gone");
    come_back(1);
    agree();
    go(&stations[2], 1);
    go(&stations[0], 0);
    pass(CW_PRESENCE_GRACE_MS + AGREED_MS);
    agree();
}

/* An argument is a seed. */
int main(int argc, char **argv)
{
    random_state = argc > 1 ? strtoull(argv[1], NULL, 10) : random_state;
    begin();
    test_whole_bus();
    test_a_node_dies();
    test_who_moves_from_a_dead_node();
    lose_each = 10;
    double_each = 5;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < CHANGES; i++)
            act();
        if (round % 7 == 3)
            cut((int)dice(NODES));
        if (round % 11 == 5) {
            die(2);
            come_back(2);
        }
        pass(CW_PRESENCE_GRACE_MS); /* until nobody may be back at once any more */
        pass(AGREED_MS);
        agree();
    }
    expect(updates > 600, "hardly anything happened");
    for (int i = 0; i < NODES; i++) {
        drop_queue(&stations[i]);
        world_finish(&stations[i].world);
    }
    return 0;
}
