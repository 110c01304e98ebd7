/* test_far.c - single messages of other servers about calls and presence: repeated, late, out of
 * order, or with one before them lost. (test_elsewhere.c and *.nodes have them at random, where
 * what follows heals what was taken wrongly.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/call.h"
#include "core/far_body.h"
#include "core/presence.h"
#include "core/remote.h"
#include "core/state.h"
#include "wire/msgpack.h"
#include "world.h"
#include "world_step.h"

#define BOB   50
#define CAROL 51
#define CALL  cw_mailbox_of_group(1)

static struct world world;
static unsigned said[CW_BUS_KIND_MAX + 1]; /* how often, since `hear` was called */
static uint8_t last[CW_BUS_BODY_MAX];      /* what was said then */
static size_t last_n;
static unsigned heard_voices;

static void on_bus(void *context, const struct cw_effect *effect)
{
    (void)context;
    if (effect->type != CW_FX_BUS)
        return;
    said[effect->bus.kind]++;
    last_n = effect->bus.body.n;
    if (last_n != 0)
        memcpy(last, effect->bus.body.p, last_n);
}

static void watch(void *context, const struct cw_event *event, const struct cw_effect *effect)
{
    (void)context, (void)event;
    heard_voices += effect != NULL && effect->type == CW_FX_SEND && effect->send.live;
}

/* The body may be in the core's own buffer, where the step packs what it says. */
static void hear(unsigned node, enum cw_bus_kind kind, struct cw_slice body)
{
    static uint8_t bytes[CW_BUS_BODY_MAX];
    memcpy(bytes, body.p, body.n);
    struct cw_event event = {.type = CW_EV_BUS,
                             .bus = {.what = CW_BUS_SAYS,
                                     .node = node,
                                     .epoch = 1,
                                     .kind = kind,
                                     .body = cw_slice_of(bytes, body.n)}};
    memset(said, 0, sizeof said);
    heard_voices = 0;
    world_step(&world, &event);
    cw_core_check(world.core);
}

/* Of a body that far_body.c has packed. */
static void hear_packed(unsigned node, enum cw_bus_kind kind)
{
    hear(node, kind, cw_buf_slice(&world.core->far_body));
}

static void say(const char *action, const char *group)
{
    const char *token = world_find(&world, "alice")->token;
    const char *words[] = {"request", action, "alice", token[0] == 0 ? "password1" : token, group};
    struct cw_buf frame = {0};
    for (size_t i = 0; i < sizeof words / sizeof words[0] && words[i] != NULL; i++)
        cw_pack_string(&frame, cw_slice_str(words[i]));
    cw_pack_map(&frame, 0);
    world_message(&world, world_find(&world, "alice"), cw_buf_slice(&frame), false);
    cw_buf_finish(&frame);
}

/* Alice has a group, and servers 2 and 3 are there. */
static int set_up(void **state)
{
    struct cw_core_config config = world_config();
    (void)state;
    config.node = 1;
    world_init(&world, &config);
    world.quiet = true;
    world.on_bus = on_bus;
    world.watch = watch;
    world_step(&world, &(struct cw_event){.type = CW_EV_BUS, .bus = {.what = CW_BUS_BEGINS}});
    for (unsigned node = 2; node <= 3; node++)
        world_step(&world, &(struct cw_event){
                               .type = CW_EV_BUS,
                               .bus = {.what = CW_BUS_NODE_THERE, .node = node, .epoch = 1}});
    world_connect(&world, "alice", false, false);
    say("register", NULL);
    say("login", NULL);
    say("create_group", "cooks");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_finish(&world);
    return 0;
}

/* --- calls ---------------------------------------------------------------------------------- */

static void lease(unsigned node, uint64_t epoch)
{
    world_step(&world,
               &(struct cw_event){
                   .type = CW_EV_LEASE,
                   .lease = {.call = CALL, .node = node, .epoch = epoch, .left_ms = 60000}});
}

static struct far_verdict ask(uint64_t n, uint64_t user_id)
{
    struct far_verdict verdict;
    cw_far_pack_ask(world.core, &(struct far_ask){.call = CALL, .n = n, .user_id = user_id});
    hear_packed(2, CW_BUS_CALL_ASK);
    assert_int_equal(said[CW_BUS_CALL_VERDICT], 1);
    assert_true(cw_far_read_verdict(cw_slice_of(last, last_n), &verdict));
    return verdict;
}

static void a_repeated_ask_is_decided_once(void **state)
{
    (void)state;
    say("join_call", "cooks");
    lease(1, 5);
    struct far_verdict first = ask(7, BOB), again = ask(7, BOB), other = ask(8, CAROL);
    assert_int_equal(first.verdict, CALL_GRANTED);
    assert_int_equal(again.verdict, CALL_GRANTED);
    assert_int_equal(again.rank, first.rank);
    assert_int_equal(other.rank, first.rank + 1);
}

static void verdict(unsigned node, uint64_t n, uint64_t epoch)
{
    cw_far_pack_verdict(world.core, &(struct far_verdict){.call = CALL,
                                                          .n = n,
                                                          .epoch = epoch,
                                                          .rank = epoch << CW_RANK_BITS | 1,
                                                          .verdict = CALL_GRANTED});
    hear_packed(node, CW_BUS_CALL_VERDICT);
}

/* `rank` 0: nobody is there any more. */
static void here(unsigned node, uint64_t version, uint64_t epoch, uint64_t rank)
{
    struct far_here message = {.call = CALL, .version = version, .epoch = epoch};
    if (rank != 0)
        message.seats[message.count++] =
            (struct far_seat){.user_id = BOB, .rank = rank, .name_n = 3, .name = "bob"};
    cw_far_pack_here(world.core, &message);
    hear_packed(node, CW_BUS_CALL_HERE);
}

static void the_verdict_of_who_held_the_lease_before_does_not_count(void **state)
{
    struct far_ask message;
    (void)state;
    say("join_call", "cooks");
    lease(2, 5);
    assert_true(cw_far_read_ask(cw_slice_of(last, last_n), &message));
    here(3, 1, 6, 6 << CW_RANK_BITS | 1);
    assert_int_equal(said[CW_BUS_CALL_ASK], 1); /* this one now */
    verdict(2, message.n, 5);
    assert_false(cw_call_has_id(world.core, CALL, 1));
    verdict(3, message.n, 6);
    assert_true(cw_call_has_id(world.core, CALL, 1));
}

static void an_older_set_does_not_replace_a_newer_one(void **state)
{
    (void)state;
    here(2, 2, 0, 9);
    here(2, 1, 0, 0);
    assert_true(cw_call_has_id(world.core, CALL, BOB));
    here(2, 3, 0, 0);
    assert_false(cw_call_has_id(world.core, CALL, BOB));
}

static void speak(unsigned node, uint64_t rank)
{
    static const uint8_t samples[] = {1, 2, 3};
    cw_far_pack_voice(world.core, CALL, rank,
                      &(struct cw_samples){.form = CW_SAMPLES_LIST,
                                           .count = 3,
                                           .encoded = cw_slice_of(samples, sizeof samples)});
    hear_packed(node, CW_BUS_CALL_VOICES);
}

/* What the other server says of it came first. */
static void a_device_that_the_user_has_left_is_not_heard(void **state)
{
    (void)state;
    say("join_call", "cooks");
    lease(1, 5);
    here(2, 1, 0, 5);
    speak(2, 5);
    assert_int_equal(heard_voices, 1);
    here(2, 2, 0, 0);
    here(3, 1, 0, 9);
    here(2, 3, 0, 5);
    speak(3, 9);
    assert_int_equal(heard_voices, 1);
    speak(2, 5);
    assert_int_equal(heard_voices, 0);
}

/* --- presence ------------------------------------------------------------------------------- */

static const struct remote_item bob = {
    .id = BOB, .state = PRESENCE_ONLINE, .name = {(const uint8_t *)"bob", 3}};

static void change(uint64_t version)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, version);
    cw_remote_pack(&body, &bob);
    hear(2, CW_BUS_PRESENCE, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

static void piece(uint64_t version, uint32_t number, bool last_one)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, version);
    cw_packed_put_u32(&body, number);
    cw_packed_put_u8(&body, 1);
    cw_remote_pack(&body, &bob);
    cw_packed_put_u8(&body, last_one ? 2 : 0);
    hear(2, CW_BUS_PRESENCE_SET, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

/* The set is asked for in the next second, in which nothing else is heard. */
static bool is_wanted(void)
{
    memset(said, 0, sizeof said);
    world_advance(&world, world.now_ms + 1000);
    return said[CW_BUS_PRESENCE_WANT] != 0;
}

/* The other server, too, would be asked: it has nobody. */
static void is_whole(unsigned node)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, 0);
    cw_packed_put_u32(&body, 0);
    cw_packed_put_u8(&body, 2);
    hear(node, CW_BUS_PRESENCE_SET, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

static void a_change_that_is_missed_is_noticed_at_the_next(void **state)
{
    (void)state;
    is_whole(3);
    piece(3, 0, true);
    assert_false(is_wanted());
    change(4);
    assert_false(is_wanted());
    change(6);
    assert_true(is_wanted());
}

static void a_piece_that_is_missing_is_noticed(void **state)
{
    (void)state;
    is_whole(3);
    piece(3, 0, false);
    piece(3, 2, true);
    assert_true(is_wanted());
    piece(3, 0, false);
    piece(3, 1, true);
    assert_false(is_wanted());
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_repeated_ask_is_decided_once),
        CASE(the_verdict_of_who_held_the_lease_before_does_not_count),
        CASE(an_older_set_does_not_replace_a_newer_one),
        CASE(a_device_that_the_user_has_left_is_not_heard),
        CASE(a_change_that_is_missed_is_noticed_at_the_next),
        CASE(a_piece_that_is_missing_is_noticed),
    };
    return cmocka_run_group_tests_name("far", tests, NULL, NULL);
}
