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
#include "core/share.h"
#include "core/state.h"
#include "far_play.h"
#include "world_step.h"

#define BOB   50
#define CAROL 51
#define CALL  cw_mailbox_of_group(1)

/* Of a body that far_body.c has packed. */
static void hear_packed(unsigned node, enum cw_bus_kind kind)
{
    far_play_hear(node, kind, cw_buf_slice(&far_play.world.core->far_body));
}

static void join(void)
{
    far_play_say("alice", (const char *[]){"request", "join_call", "alice", far_play_token(),
                                           "cooks", NULL});
}

/* --- calls ---------------------------------------------------------------------------------- */

static void lease(unsigned node, uint64_t epoch)
{
    world_step(&far_play.world,
               &(struct cw_event){
                   .type = CW_EV_LEASE,
                   .lease = {.call = CALL, .node = node, .epoch = epoch, .left_ms = 60000}});
}

static struct far_verdict ask(uint64_t n, uint64_t user_id)
{
    struct far_verdict verdict;
    cw_far_pack_ask(far_play.world.core,
                    &(struct far_ask){.call = CALL, .n = n, .user_id = user_id});
    hear_packed(2, CW_BUS_CALL_ASK);
    assert_int_equal(far_play.said[CW_BUS_CALL_VERDICT], 1);
    assert_true(cw_far_read_verdict(cw_slice_of(far_play.body, far_play.body_n), &verdict));
    return verdict;
}

static void a_repeated_ask_is_decided_once(void **state)
{
    (void)state;
    join();
    lease(1, 5);
    struct far_verdict first = ask(7, BOB), again = ask(7, BOB), other = ask(8, CAROL);
    assert_int_equal(first.verdict, CALL_GRANTED);
    assert_int_equal(again.verdict, CALL_GRANTED);
    assert_int_equal(again.rank, first.rank);
    assert_int_equal(other.rank, first.rank + 1);
}

static void verdict(unsigned node, uint64_t n, uint64_t epoch)
{
    cw_far_pack_verdict(far_play.world.core,
                        &(struct far_verdict){.call = CALL,
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
    cw_far_pack_here(far_play.world.core, &message);
    hear_packed(node, CW_BUS_CALL_HERE);
}

static void the_verdict_of_who_held_the_lease_before_does_not_count(void **state)
{
    struct far_ask message;
    (void)state;
    join();
    lease(2, 5);
    assert_true(cw_far_read_ask(cw_slice_of(far_play.body, far_play.body_n), &message));
    here(3, 1, 6, 6 << CW_RANK_BITS | 1);
    assert_int_equal(far_play.said[CW_BUS_CALL_ASK], 1); /* this one now */
    verdict(2, message.n, 5);
    assert_false(cw_call_has_id(far_play.world.core, CALL, 1));
    verdict(3, message.n, 6);
    assert_true(cw_call_has_id(far_play.world.core, CALL, 1));
}

static void an_older_set_does_not_replace_a_newer_one(void **state)
{
    (void)state;
    here(2, 2, 0, 9);
    here(2, 1, 0, 0);
    assert_true(cw_call_has_id(far_play.world.core, CALL, BOB));
    here(2, 3, 0, 0);
    assert_false(cw_call_has_id(far_play.world.core, CALL, BOB));
}

static void speak(unsigned node, uint64_t rank)
{
    static const uint8_t samples[] = {1, 2, 3};
    cw_far_pack_voice(far_play.world.core, CALL, rank,
                      &(struct cw_samples){.form = CW_SAMPLES_LIST,
                                           .count = 3,
                                           .encoded = cw_slice_of(samples, sizeof samples)});
    hear_packed(node, CW_BUS_CALL_VOICES);
}

/* What the other server says of it came first. */
static void a_device_that_the_user_has_left_is_not_heard(void **state)
{
    (void)state;
    join();
    lease(1, 5);
    here(2, 1, 0, 5);
    speak(2, 5);
    assert_int_equal(far_play.voices, 1);
    here(2, 2, 0, 0);
    here(3, 1, 0, 9);
    here(2, 3, 0, 5);
    speak(3, 9);
    assert_int_equal(far_play.voices, 1);
    speak(2, 5);
    assert_int_equal(far_play.voices, 0);
}

/* --- presence ------------------------------------------------------------------------------- */

static const struct remote_item bob = {
    .id = BOB, .state = PRESENCE_ONLINE, .name = {(const uint8_t *)"bob", 3}};

static void change(uint64_t version)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, version);
    cw_remote_pack(&body, &bob);
    far_play_hear(2, CW_BUS_PRESENCE, cw_buf_slice(&body));
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
    far_play_hear(2, CW_BUS_PRESENCE_SET, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

/* The set is asked for in the next second, in which nothing else is heard. */
static bool is_wanted(void)
{
    far_play_pass(1000);
    return far_play.said[CW_BUS_PRESENCE_WANT] != 0;
}

/* The other server, too, would be asked: it has nobody. */
static void is_whole(unsigned node)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, 0);
    cw_packed_put_u32(&body, 0);
    cw_packed_put_u8(&body, 2);
    far_play_hear(node, CW_BUS_PRESENCE_SET, cw_buf_slice(&body));
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

static void sign(uint64_t version, uint64_t digest)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, version);
    cw_packed_put_u64(&body, digest);
    far_play_hear(2, CW_BUS_PRESENCE_SIGN, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

/* Nothing was missed, as it seems: one of the two has counted wrongly. */
static void sets_that_differ_by_their_digest_alone_are_noticed(void **state)
{
    uint64_t online = cw_share_digest(BOB, PRESENCE_ONLINE),
             away = cw_share_digest(BOB, PRESENCE_AWAY);
    (void)state;
    is_whole(3);
    piece(3, 0, true);
    sign(3, online);
    assert_false(is_wanted());
    sign(3, away);
    assert_true(is_wanted());
    piece(3, 0, true);
    sign(3, online);
    assert_false(is_wanted());
}

/* --- both ----------------------------------------------------------------------------------- */

/* The others' sets are asked for at once, and what is said again may be answered again. */
static void what_the_bus_has_dropped_is_made_good(void **state)
{
    (void)state;
    is_whole(3);
    piece(3, 0, true);
    join();
    lease(1, 5);
    assert_false(is_wanted());
    far_play_missed();
    assert_int_equal(far_play.said[CW_BUS_PRESENCE_WANT], 2);
    assert_int_equal(far_play.said[CW_BUS_CALL_HERE], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_repeated_ask_is_decided_once),
        CASE(the_verdict_of_who_held_the_lease_before_does_not_count),
        CASE(an_older_set_does_not_replace_a_newer_one),
        CASE(a_device_that_the_user_has_left_is_not_heard),
        CASE(a_change_that_is_missed_is_noticed_at_the_next),
        CASE(a_piece_that_is_missing_is_noticed),
        CASE(sets_that_differ_by_their_digest_alone_are_noticed),
        CASE(what_the_bus_has_dropped_is_made_good),
    };
    return cmocka_run_group_tests_name("far", tests, NULL, NULL);
}
