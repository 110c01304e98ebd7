/* test_far_link.c - a login link that is opened at another server than the one that made it: each
 * of the two servers, with the other one's messages in all orders, or without them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/codes.h"
#include "base/packed.h"
#include "far_play.h"

#define DEVICE  77 /* of another server */
#define CONFIRM 88
#define SESSION 99
#define ALICE   1 /* her session */
#define DIGITS  "123456"

static void hear_numbers(unsigned node, enum cw_bus_kind kind, uint64_t number, uint64_t confirm)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, number);
    if (kind == CW_BUS_LINK_DONE)
        cw_packed_put_u64(&body, confirm);
    else if (kind == CW_BUS_LINK_TAKEN)
        cw_packed_put_u32(&body, (uint32_t)confirm);
    far_play_hear(node, kind, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

static void hear_confirm(unsigned node, uint64_t number, uint64_t by)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, number);
    cw_packed_put_u64(&body, CONFIRM);
    cw_packed_put_bytes(&body, cw_slice_of(far_play.hash, sizeof far_play.hash));
    cw_packed_put_u64(&body, by);
    cw_packed_put_bytes(&body, cw_slice_str("alice"));
    far_play_hear(node, CW_BUS_LINK_CONFIRM, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

/* The numbers that were said last, and what stands behind them. */
static struct cw_packed said_numbers(enum cw_bus_kind kind, uint64_t *number)
{
    assert_int_equal(far_play.said[kind], 1);
    struct cw_packed from = cw_packed_begin(cw_slice_of(far_play.body, far_play.body_n));
    *number = cw_packed_take_u64(&from);
    return from;
}

/* --- the server that made it ----------------------------------------------------------------- */

static void make_link(void)
{
    far_play_say("alice", (const char *[]){"request", "make_link", "alice", far_play_token(),
                                           "password1", NULL});
    assert_int_equal(far_play.answer, CW_SUCCESS);
}

static void confirm(const char *digits)
{
    far_play_say("alice", (const char *[]){"request", "confirm_link", "alice", far_play_token(),
                                           digits, NULL});
}

static void open_from(unsigned node, uint64_t number)
{
    struct cw_buf body = {0};
    cw_packed_put_u64(&body, number);
    cw_packed_put_bytes(&body, cw_slice_of(far_play.hash, sizeof far_play.hash));
    cw_packed_put_bytes(&body, cw_slice_str(DIGITS));
    far_play_hear(node, CW_BUS_LINK_OPEN, cw_buf_slice(&body));
    cw_buf_finish(&body);
}

/* Returns the number of the confirmation. */
static uint64_t open_and_confirm(void)
{
    uint64_t number;
    make_link();
    open_from(2, DEVICE);
    struct cw_packed from = said_numbers(CW_BUS_LINK_TAKEN, &number);
    assert_int_equal(number, DEVICE);
    assert_int_equal(cw_packed_take_u32(&from), CW_LINK_MS);
    confirm(DIGITS);
    assert_int_equal(far_play.answer, -1);
    from = said_numbers(CW_BUS_LINK_CONFIRM, &number);
    assert_int_equal(number, DEVICE);
    uint64_t waits = cw_packed_take_u64(&from);
    assert_memory_equal(cw_packed_take_bytes(&from).p, far_play.hash, sizeof far_play.hash);
    assert_int_equal(cw_packed_take_u64(&from), ALICE);
    assert_true(cw_slice_eq(cw_packed_take_bytes(&from), cw_slice_str("alice")));
    return waits;
}

static void the_other_server_makes_the_session(void **state)
{
    (void)state;
    uint64_t waits = open_and_confirm();
    hear_numbers(2, CW_BUS_LINK_DONE, waits, SESSION);
    assert_int_equal(far_play.answer, CW_SUCCESS);
    assert_int_equal(far_play.said[CW_BUS_LINK_ENDED], 0);
    assert_int_equal(far_play.dropped, 0);
    confirm(DIGITS);
    assert_int_equal(far_play.answer, CW_BAD_REQUEST);
}

static void the_other_server_makes_none(void **state)
{
    (void)state;
    hear_numbers(2, CW_BUS_LINK_DONE, open_and_confirm(), 0);
    assert_int_equal(far_play.answer, CW_FORBIDDEN);
    assert_string_equal(far_play.rule, "link_left");
}

static void the_other_server_is_late(void **state)
{
    (void)state;
    uint64_t waits = open_and_confirm();
    far_play_pass(CW_FAR_LINK_CONFIRM_MS - 1);
    assert_int_equal(far_play.answer, -1);
    confirm(DIGITS); /* waits for its turn behind the other one */
    far_play_pass(1);
    assert_int_equal(far_play.said[CW_BUS_LINK_ENDED], 1);
    assert_int_equal(far_play.answer, CW_BAD_REQUEST);
    hear_numbers(2, CW_BUS_LINK_DONE, waits, 0);
    assert_int_equal(far_play.dropped, 0);
    hear_numbers(2, CW_BUS_LINK_DONE, waits, SESSION);
    assert_int_equal(far_play.dropped, 1);
}

static void a_link_is_for_one_device_and_three_guesses(void **state)
{
    (void)state;
    make_link();
    open_from(2, DEVICE);
    open_from(3, DEVICE);
    open_from(2, DEVICE + 1);
    assert_int_equal(far_play.said[CW_BUS_LINK_TAKEN], 0);
    for (int i = 0; i < CW_LINK_GUESSES; i++) {
        assert_int_equal(far_play.said[CW_BUS_LINK_ENDED], 0);
        confirm("123457");
        assert_int_equal(far_play.answer, CW_FORBIDDEN);
        assert_int_equal(far_play.said[CW_BUS_LINK_CONFIRM], 0);
    }
    assert_int_equal(far_play.said[CW_BUS_LINK_ENDED], 1);
}

static void a_new_password_ends_it_while_the_session_is_made(void **state)
{
    (void)state;
    open_and_confirm();
    world_connect(&far_play.world, "other", false, false);
    far_play_say("other", (const char *[]){"request", "login", "alice", "password1", NULL});
    far_play_say("other", (const char *[]){"request", "change_password", "alice",
                                           world_find(&far_play.world, "other")->token, "password1",
                                           "password2", NULL});
    assert_int_equal(far_play.said[CW_BUS_LINK_ENDED], 1);
    assert_int_equal(far_play.answer, CW_SUCCESS); /* of the password; the other one is refused */
}

static void the_other_server_is_gone(void **state)
{
    (void)state;
    open_and_confirm();
    far_play_gone(2);
    assert_int_equal(far_play.answer, CW_FORBIDDEN);
    assert_string_equal(far_play.rule, "link_unknown"); /* it may have made the session */
}

static void the_other_server_is_silent(void **state)
{
    (void)state;
    open_and_confirm();
    far_play_pass(CW_FAR_LINK_CONFIRM_MS);
    assert_int_equal(far_play.answer, CW_FORBIDDEN);
    assert_string_equal(far_play.rule, "link_unknown");
}

/* --- the device's server -------------------------------------------------------------------- */

/* Returns the number by which it asks. */
static uint64_t open_here(void)
{
    uint64_t number;
    world_connect(&far_play.world, "new", true, false);
    far_play_say("new", (const char *[]){"request", "login_by_link",
                                         "11111111-0000-4000-8000-000000000077", DIGITS, NULL});
    assert_int_equal(far_play.answer, -1);
    struct cw_packed from = said_numbers(CW_BUS_LINK_OPEN, &number);
    struct cw_slice hash = cw_packed_take_bytes(&from);
    assert_int_equal(hash.n, sizeof far_play.hash);
    memcpy(far_play.hash, hash.p, hash.n);
    assert_true(cw_slice_eq(cw_packed_take_bytes(&from), cw_slice_str(DIGITS)));
    return number;
}

static uint64_t open_taken(void)
{
    uint64_t number = open_here();
    hear_numbers(2, CW_BUS_LINK_TAKEN, number, CW_LINK_MS);
    return number;
}

static void expect_done(bool made)
{
    uint64_t number;
    struct cw_packed from = said_numbers(CW_BUS_LINK_DONE, &number);
    assert_int_equal(number, CONFIRM);
    assert_int_equal(cw_packed_take_u64(&from) != 0, made);
}

static void a_device_logs_in(void **state)
{
    (void)state;
    uint64_t number = open_taken();
    far_play_pass(CW_LINK_MS);
    hear_confirm(3, number, ALICE); /* not of who made it */
    assert_int_equal(far_play.answer, -1);
    expect_done(false);
    hear_confirm(2, number, ALICE);
    assert_int_equal(far_play.answer, CW_SUCCESS);
    expect_done(true);
    assert_int_equal(cw_core_stats(far_play.world.core).sessions, 2);
}

static void nobody_made_it(void **state)
{
    (void)state;
    uint64_t number = open_here();
    far_play_pass(CW_FAR_LINK_ASK_MS - 1);
    assert_int_equal(far_play.answer, -1);
    far_play_pass(1);
    assert_int_equal(far_play.answer, CW_FORBIDDEN);
    hear_numbers(2, CW_BUS_LINK_TAKEN, number, CW_LINK_MS);
    hear_confirm(2, number, ALICE);
    expect_done(false);
}

static void it_ends_where_it_was_made(void **state)
{
    (void)state;
    uint64_t number = open_taken();
    hear_numbers(3, CW_BUS_LINK_ENDED, number, 0);
    assert_int_equal(far_play.answer, -1);
    hear_numbers(2, CW_BUS_LINK_ENDED, number, 0);
    assert_int_equal(far_play.answer, CW_FORBIDDEN);
}

static void the_device_leaves(void **state)
{
    (void)state;
    uint64_t number = open_taken();
    world_close(&far_play.world, "new");
    hear_confirm(2, number, ALICE);
    expect_done(false);
}

static void the_device_leaves_while_the_session_is_made(void **state)
{
    (void)state;
    uint64_t number = open_taken();
    far_play.world.hold = true;
    hear_confirm(2, number, ALICE);
    world_close(&far_play.world, "new");
    far_play.world.hold = false;
    world_release(&far_play.world);
    expect_done(false);
    assert_int_equal(far_play.dropped, 1);
}

/* The other server has waited no longer, or never heard that the session is made. */
static void it_ends_when_the_session_is_made(void **state)
{
    (void)state;
    uint64_t number = open_taken();
    hear_confirm(2, number, ALICE);
    hear_numbers(2, CW_BUS_LINK_ENDED, number, 0);
    assert_int_equal(far_play.dropped, 1);
    assert_int_equal(cw_core_stats(far_play.world.core).sessions, 1);
    far_play_pass(CW_FAR_LINK_CONFIRM_MS);
    hear_numbers(2, CW_BUS_LINK_ENDED, number, 0);
    assert_int_equal(far_play.dropped, 0);
}

/* Logged out, or by a new password, perhaps at a third server. */
static void the_session_that_has_confirmed_it_has_ended(void **state)
{
    (void)state;
    hear_confirm(2, open_taken(), ALICE + 100);
    assert_int_equal(far_play.answer, CW_FORBIDDEN);
    expect_done(false);
    assert_int_equal(far_play.dropped, 0);
}

/* A server that was started again begins its numbers anew. */
static void another_link_is_confirmed(void **state)
{
    (void)state;
    uint64_t number = open_taken();
    far_play.hash[0] ^= 1;
    hear_confirm(2, number, ALICE);
    assert_int_equal(far_play.answer, -1);
    expect_done(false);
}

static void who_made_it_is_gone(void **state)
{
    (void)state;
    open_taken();
    far_play_gone(3);
    assert_int_equal(far_play.answer, -1);
    far_play_gone(2);
    assert_int_equal(far_play.answer, CW_FORBIDDEN);
}

static void an_address_asks_for_few(void **state)
{
    char name[] = "new0";
    (void)state;
    for (int i = 0; i <= CW_FAR_LINKS_OF_ADDRESS; i++) {
        name[3]++;
        world_connect(&far_play.world, name, true, false);
        far_play_say(name, (const char *[]){"request", "login_by_link",
                                            "11111111-0000-4000-8000-000000000077", DIGITS, NULL});
        bool asks = i < CW_FAR_LINKS_OF_ADDRESS;
        assert_int_equal(far_play.answer, asks ? -1 : CW_FORBIDDEN);
        assert_int_equal(far_play.said[CW_BUS_LINK_OPEN], asks);
    }
}

static void it_ends_while_the_session_is_made(void **state)
{
    (void)state;
    uint64_t number = open_taken();
    far_play.world.hold = true;
    hear_confirm(2, number, ALICE);
    hear_numbers(2, CW_BUS_LINK_ENDED, number, 0);
    assert_int_equal(far_play.answer, -1);
    far_play.world.hold = false;
    world_release(&far_play.world);
    assert_int_equal(far_play.answer, CW_FORBIDDEN);
    expect_done(false);
    assert_int_equal(far_play.dropped, 1);
}

/* The other server does not wait so long. */
static void the_store_is_slow(void **state)
{
    (void)state;
    uint64_t number = open_taken();
    far_play.world.hold = true;
    hear_confirm(2, number, ALICE);
    far_play_pass(CW_FAR_LINK_CONFIRM_MS);
    far_play.world.hold = false;
    world_release(&far_play.world);
    assert_int_equal(far_play.answer, CW_FORBIDDEN);
    assert_int_equal(far_play.said[CW_BUS_LINK_DONE], 0);
    assert_int_equal(far_play.dropped, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_other_server_makes_the_session),
        CASE(the_other_server_makes_none),
        CASE(the_other_server_is_late),
        CASE(a_link_is_for_one_device_and_three_guesses),
        CASE(a_new_password_ends_it_while_the_session_is_made),
        CASE(the_other_server_is_gone),
        CASE(the_other_server_is_silent),
        CASE(a_device_logs_in),
        CASE(nobody_made_it),
        CASE(it_ends_where_it_was_made),
        CASE(the_device_leaves),
        CASE(the_device_leaves_while_the_session_is_made),
        CASE(it_ends_while_the_session_is_made),
        CASE(it_ends_when_the_session_is_made),
        CASE(the_session_that_has_confirmed_it_has_ended),
        CASE(another_link_is_confirmed),
        CASE(who_made_it_is_gone),
        CASE(an_address_asks_for_few),
        CASE(the_store_is_slow),
    };
    return cmocka_run_group_tests_name("far_link", tests, NULL, NULL);
}
