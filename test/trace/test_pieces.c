/* test_pieces.c - a set of users that is too large for one message by the bus: it goes to the other
 * server piece by piece, in several steps, while people come, go and change. What the other one
 * knows in the end must be what is so, also when a piece is lost. (test_elsewhere.c has small sets,
 * at random.) */
#include <stdlib.h>

#include "base/packed.h"
#include "core/presence.h"
#include "wire/msgpack.h"
#include "world.h"
#include "world_step.h"

#define PEOPLE      110 /* each of whom blocks so many others: some 400 KiB in all */
#define BLOCKED     900
#define PIECE_BYTES (CW_BUS_BODY_MAX / 2)
#define ITEM_BYTES  (4 * BLOCKED + 100)
#define LETTERS_MAX 1024

struct letter {
    unsigned from;
    enum cw_bus_kind kind;
    struct cw_buf body;
};

static struct world worlds[2]; /* 1 tells, 2 hears */
static struct letter letters[LETTERS_MAX];
static size_t first, end;
static unsigned wants, pieces, lost_piece; /* which piece is lost: from 1 */
static uint64_t bytes_sent, piece_sent_ms;

static void expect(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "test_pieces: %s\n", what);
    exit(1);
}

/* --- the bus ------------------------------------------------------------------------------------
 */

/* No larger than the bus takes, no more at once than its buffers bear. */
static void judge_piece(const struct world *world, struct cw_slice body)
{
    expect(body.n <= PIECE_BYTES + ITEM_BYTES, "a piece is too large");
    if (world->now_ms != piece_sent_ms)
        bytes_sent = 0;
    expect(bytes_sent < PIECE_BYTES, "pieces have no pace");
    piece_sent_ms = world->now_ms;
    bytes_sent += body.n;
}

static void on_bus(void *context, const struct cw_effect *effect)
{
    const struct world *world = context;
    struct letter *letter = &letters[end];
    wants += effect->bus.kind == CW_BUS_PRESENCE_WANT && world == &worlds[1];
    if (effect->bus.kind == CW_BUS_PRESENCE_SET && world == &worlds[0]) {
        judge_piece(world, effect->bus.body);
        if (++pieces == lost_piece)
            return;
    }
    expect(++end < LETTERS_MAX, "there is too much on the bus");
    letter->from = (unsigned)(world - worlds) + 1;
    letter->kind = effect->bus.kind;
    cw_buf_append(&letter->body, effect->bus.body.p, effect->bus.body.n);
}

static void hear(unsigned to, struct cw_core_bus bus)
{
    bus.node = 3 - to;
    bus.epoch = 1;
    world_step(&worlds[to - 1], &(struct cw_event){.type = CW_EV_BUS, .bus = bus});
}

/* Pieces, which go to the one node, may come behind what was said to all after them. */
static void put_pieces_behind(void)
{
    for (size_t i = first, n = end; i < n; i++) {
        if (letters[i].kind != CW_BUS_PRESENCE_SET)
            continue;
        letters[end++] = letters[i];
        letters[i] = (struct letter){.from = letters[i].from, .kind = CW_BUS_BELL};
    }
}

static void deliver(void)
{
    for (; first < end; first++) {
        struct letter *letter = &letters[first];
        hear(3 - letter->from, (struct cw_core_bus){.what = CW_BUS_SAYS,
                                                    .kind = letter->kind,
                                                    .body = cw_buf_slice(&letter->body)});
        cw_buf_finish(&letter->body);
        *letter = (struct letter){0};
    }
    first = end = 0;
}

static void drop_letters(void)
{
    for (; first < end; first++)
        cw_buf_finish(&letters[first].body);
    memset(letters, 0, sizeof letters);
    first = end = 0;
}

static void pass(uint64_t ms)
{
    for (uint64_t passed = 0; passed < ms; passed += CW_SHARE_PACE_MS) {
        for (int i = 0; i < 2; i++)
            world_advance(&worlds[i], worlds[i].now_ms + CW_SHARE_PACE_MS);
        deliver();
    }
}

/* --- people ----------------------------------------------------------------------------------- */

static void say(const char *device, const char *const *words, bool extended)
{
    struct cw_buf frame = {0};
    for (; *words != NULL; words++)
        cw_pack_string(&frame, cw_slice_str(*words));
    if (extended)
        cw_pack_map(&frame, 0);
    world_message(&worlds[0], world_find(&worlds[0], device), cw_buf_slice(&frame), false);
    cw_buf_finish(&frame);
}

static const char *name_of(int person)
{
    static char name[8];
    snprintf(name, sizeof name, "p%d", person);
    return name;
}

static void sign_up(int person)
{
    const char *words[] = {"request", "register", name_of(person), "password1", NULL};
    world_connect(&worlds[0], "new", false, false);
    say("new", words, false);
    world_close(&worlds[0], "new");
}

static void come(int person)
{
    const char *words[] = {"request", "login", name_of(person), "password1", NULL};
    world_connect(&worlds[0], name_of(person), false, false);
    say(name_of(person), words, true);
}

static void go(int person)
{
    world_close(&worlds[0], name_of(person));
}

static void be_away(int person)
{
    const char *token = world_find(&worlds[0], name_of(person))->token;
    const char *words[] = {"request", "set_presence", name_of(person), token, "away", NULL};
    say(name_of(person), words, false);
}

static void block_many(int person)
{
    struct cw_store_request requests[BLOCKED];
    const struct cw_store_request *in_order[BLOCKED];
    static struct cw_store_result results[BLOCKED];
    struct cw_arena arena = {0};
    for (unsigned i = 0; i < BLOCKED; i++) {
        requests[i] = (struct cw_store_request){
            .op = CW_STORE_BLOCK, .user_id = (uint64_t)person + 1, .other_id = PEOPLE + i + 1};
        in_order[i] = &requests[i];
    }
    cw_store_execute(worlds[0].store, in_order, BLOCKED, results, &arena);
    for (unsigned i = 0; i < BLOCKED; i++)
        expect(results[i].status == CW_STORE_OK, "a block is not stored");
    cw_arena_finish(&arena);
}

/* --- what must hold --------------------------------------------------------------------------- */

static void agree(void)
{
    for (uint64_t id = 1; id <= PEOPLE; id++)
        expect(cw_presence_total(worlds[1].core, id) == cw_presence_total(worlds[0].core, id),
               "the other server does not know who is there");
}

static bool is_known(int person, enum presence state)
{
    return cw_presence_total(worlds[1].core, (uint64_t)person + 1) == state;
}

/* As if it had just been heard of: it asks for all, and has what it had. */
static void ask_for_all(unsigned lost)
{
    wants = pieces = 0;
    lost_piece = lost;
    hear(2, (struct cw_core_bus){.what = CW_BUS_NODE_THERE});
    deliver();
    expect(wants == 1, "the set is not asked for");
}

static void begin(void)
{
    for (unsigned i = 0; i < 2; i++) {
        struct cw_core_config config = world_config();
        config.unauthenticated_max = WORLD_CONNS;
        config.node = i + 1;
        world_init(&worlds[i], &config);
        worlds[i].quiet = true;
        worlds[i].on_bus = on_bus;
        worlds[i].on_bus_context = &worlds[i];
    }
    for (int i = 0; i < PEOPLE + BLOCKED; i++)
        sign_up(i);
    for (int i = 0; i < PEOPLE; i++)
        block_many(i);
    for (int i = 0; i < PEOPLE - 1; i++)
        come(i);
    for (unsigned to = 1; to <= 2; to++)
        hear(to, (struct cw_core_bus){.what = CW_BUS_BEGINS});
    deliver();
}

static void test_all_pieces_come(void)
{
    ask_for_all(0);
    expect(pieces == 1, "more than a piece leaves in one step");
    expect(is_known(0, PRESENCE_ONLINE) && is_known(PEOPLE - 2, PRESENCE_OFFLINE),
           "the first piece is all");
    pass(1000);
    expect(pieces >= 3 && wants == 1, "the set is not sent once, in pieces");
    expect(is_known(PEOPLE - 2, PRESENCE_ONLINE), "the last piece is missing");
    agree();
}

/* The pieces that went before know nothing of it; those behind have what was told alone already. */
static void test_changes_on_the_way(void)
{
    ask_for_all(0);
    be_away(0);
    go(1);
    come(PEOPLE - 1);
    be_away(PEOPLE - 2);
    go(PEOPLE - 3);
    deliver();
    expect(pieces < 3, "the set has gone before anything changed");
    pass(1000);
    expect(pieces >= 3 && wants == 1, "the set is asked for again");
    expect(is_known(0, PRESENCE_AWAY) && is_known(PEOPLE - 1, PRESENCE_ONLINE) &&
               is_known(PEOPLE - 2, PRESENCE_AWAY),
           "a change on the way is undone by a piece");
    pass(CW_PRESENCE_GRACE_MS);
    expect(is_known(1, PRESENCE_OFFLINE) && is_known(PEOPLE - 3, PRESENCE_OFFLINE),
           "who has gone meanwhile is there");
    agree();
}

static void test_a_change_overtakes_a_piece(void)
{
    hear(1, (struct cw_core_bus){.what = CW_BUS_SAYS, .kind = CW_BUS_PRESENCE_WANT});
    be_away(2);
    put_pieces_behind();
    deliver();
    expect(is_known(2, PRESENCE_AWAY), "a piece undoes what was said after it");
    pass(1000);
    agree();
}

static void test_a_piece_is_lost(unsigned which)
{
    unsigned before;
    ask_for_all(which);
    pass(1000);
    before = pieces;
    expect(wants > 1 && pieces >= 6, "what is missing is not asked for again");
    agree();
    pass(5000);
    expect(pieces == before, "a set that is there is sent again");
}

/* It is asked for at once: in this time no server would say it again. */
static void test_the_bus_drops_messages(void)
{
    be_away(3);
    come(1);
    drop_letters();
    expect(is_known(3, PRESENCE_ONLINE) && is_known(1, PRESENCE_OFFLINE), "nothing is lost");
    wants = lost_piece = 0;
    hear(2, (struct cw_core_bus){.what = CW_BUS_MISSED});
    deliver();
    pass(100);
    expect(wants == 1 && is_known(3, PRESENCE_AWAY) && is_known(1, PRESENCE_ONLINE),
           "what was dropped is not asked for");
    agree();
}

int main(void)
{
    begin();
    test_all_pieces_come();
    test_changes_on_the_way();
    test_a_change_overtakes_a_piece();
    for (unsigned which = 1; which <= 3; which++)
        test_a_piece_is_lost(which);
    test_the_bus_drops_messages();
    for (int i = 0; i < 2; i++)
        world_finish(&worlds[i]);
    return 0;
}
