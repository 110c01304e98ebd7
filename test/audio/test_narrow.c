/* test_narrow.c - how much a speaker sends on narrow lines, and what is heard of it then; where
 * there is room, or packets are lost at random, it is as much as is wanted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "narrow_play.h"

#define SECONDS 60
#define WANTED  32000

/* --- whole calls ----------------------------------------------------------------------------- */

/* Of 10,000 frames. */
static unsigned heard_of(const struct narrow *narrow, struct narrow_heard *result)
{
    *result = narrow_play(narrow, SECONDS);
    unsigned heard = result->heard * 10000 / result->said;
    print_message("%3u kbit/s up, %3u down, %s, %2u permille lost: %u.%02u %% heard, mean of %u "
                  "bit/s of speech, %u on the wire, buffer up to %d ms\n",
                  narrow->up_kbit, narrow->down_kbit, narrow->tcp ? "TCP" : "UDP",
                  narrow->lost_permille, heard / 100, heard % 100, result->mean_bit_s,
                  result->up_bit_s, result->longest_ms);
    return heard;
}

static unsigned heard_over(bool tcp, unsigned up_kbit, unsigned down_kbit)
{
    struct narrow_heard result;
    const struct narrow narrow = {
        .tcp = tcp, .up_kbit = up_kbit, .down_kbit = down_kbit, .delay_ms = 30, .bitrate = WANTED};
    unsigned heard = heard_of(&narrow, &result);
    assert_true(up_kbit == 0 || result.up_bit_s <= up_kbit * 1000);
    return heard;
}

/* Whoever sends all the time sees, by datagrams, by a connection, and behind the server. */
static void what_is_said_over_narrow_lines_is_heard(void **state)
{
    (void)state;
    static const struct {
        unsigned kbit, udp, tcp, down; /* of 10,000 at least */
    } lines[] = {{32, 9850, 9850, 9850},
                 {45, 9800, 9700, 9700},
                 {64, 9950, 9900, 9900},
                 {80, 9990, 9990, 9990},
                 {128, 9990, 9990, 9990}};
    for (unsigned i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_true(heard_over(false, lines[i].kbit, 0) >= lines[i].udp);
        assert_true(heard_over(true, lines[i].kbit, 0) >= lines[i].tcp);
        assert_true(heard_over(false, 0, lines[i].kbit) >= lines[i].down);
    }
}

static void random_loss_does_not_make_it_send_less(void **state)
{
    struct narrow narrow = {.delay_ms = 30, .bitrate = WANTED, .lost_permille = 50};
    struct narrow_heard result;
    (void)state;
    assert_true(heard_of(&narrow, &result) >= 9850);
    assert_int_equal(result.last.frames, 1);
    assert_int_equal(result.last.bitrate, WANTED);
    assert_true(result.mean_bit_s >= WANTED * 95 / 100);
}

/* Another network, as after a change of address: its round trip is no queue. */
static void a_longer_way_is_no_queue(void **state)
{
    struct narrow narrow = {
        .delay_ms = 30, .bitrate = WANTED, .farther_at_s = 20, .farther_ms = 150};
    struct narrow_heard result;
    (void)state;
    for (int tcp = 0; tcp < 2; tcp++) {
        narrow.tcp = tcp != 0;
        assert_true(heard_of(&narrow, &result) >= 9800);
        assert_int_equal(result.last.frames, 1);
        assert_int_equal(result.last.bitrate, WANTED);
    }
}

/* Nor is the listener's: what is told of it makes the speaker send less for some seconds only. */
static void a_longer_way_to_the_listener_is_no_queue(void **state)
{
    struct narrow narrow = {.delay_ms = 30, .bitrate = WANTED, .farther_at_s = 15};
    struct narrow_heard result;
    (void)state;
    for (int tcp = 0; tcp < 2; tcp++) {
        narrow.tcp = tcp != 0;
        narrow.down_farther_ms = tcp ? 400 : 150;
        assert_true(heard_of(&narrow, &result) >= 9800);
        assert_int_equal(result.last.frames, 1);
        assert_int_equal(result.last.bitrate, WANTED);
    }
}

/* By more than any target: what a stall could be is lost, a second of it; of the listener's own way
 * the round trip tells. */
static void a_way_that_becomes_much_longer_is_followed(void **state)
{
    static const struct {
        unsigned up_ms, down_ms;
    } ways[] = {{0, 250}, {0, 300}, {0, 450}, {0, 600}, {300, 0}, {450, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct narrow narrow = {.delay_ms = 30,
                                .bitrate = WANTED,
                                .farther_at_s = 15,
                                .farther_ms = ways[i].up_ms,
                                .down_farther_ms = ways[i].down_ms};
        struct narrow_heard result;
        assert_true(heard_of(&narrow, &result) >= 9700);
        assert_int_equal(result.last.bitrate, WANTED);
    }
}

/* --- one look after the other -------------------------------------------------------------- */

struct looks {
    struct cw_audio_pace pace;
    uint64_t now_ms;
};

static void look_for(struct looks *looks, unsigned ms, struct cw_pace_sight sight)
{
    for (unsigned i = 0; i < ms / 100; i++) {
        looks->now_ms += 100;
        cw_audio_pace_look(&looks->pace, sight, looks->now_ms);
    }
}

static void assert_choice(const struct looks *looks, unsigned frames, int bitrate)
{
    struct cw_pace_choice choice = cw_audio_pace_choice(&looks->pace);
    assert_int_equal(choice.frames, frames);
    assert_int_equal(choice.bitrate, bitrate);
}

static struct looks looks_of(int bitrate, unsigned frames)
{
    struct looks looks = {.now_ms = 1000};
    cw_audio_pace_begin(&looks.pace, bitrate, frames);
    return looks;
}

static struct looks looks_begin(int bitrate)
{
    return looks_of(bitrate, 1);
}

static void it_begins_in_the_middle(void **state)
{
    struct cw_pace_sight sight = {.rtt_ms = 60, .sent = 2};
    struct looks looks = looks_begin(WANTED);
    (void)state;
    assert_choice(&looks, 2, 20000);
    look_for(&looks, 3000, sight);
    assert_choice(&looks, 2, 20000);
    look_for(&looks, 200, sight);
    assert_choice(&looks, 2, WANTED);
    look_for(&looks, 3100, sight);
    assert_choice(&looks, 1, WANTED);
    looks = looks_begin(12000);
    assert_choice(&looks, 2, 12000);
    looks = looks_begin(96000);
    assert_choice(&looks, 2, 60000);
}

static void a_near_server_has_no_narrow_line_before_it(void **state)
{
    struct looks looks = looks_begin(WANTED);
    (void)state;
    look_for(&looks, 100, (struct cw_pace_sight){.rtt_ms = 8});
    assert_choice(&looks, 1, WANTED);
}

/* Whoever wants long packets gets no shorter ones, near or after a try. */
static void packets_are_as_long_as_is_wanted(void **state)
{
    struct cw_pace_sight sight = {.rtt_ms = 60, .sent = 2};
    (void)state;
    for (unsigned frames = 2; frames <= 3; frames++) {
        struct looks looks = looks_of(WANTED, frames);
        assert_choice(&looks, frames, 20000);
        look_for(&looks, 3200, sight);
        assert_choice(&looks, frames, WANTED);
        look_for(&looks, 60000, sight);
        assert_choice(&looks, frames, WANTED);
        look_for(&looks, 1000, (struct cw_pace_sight){.rtt_ms = 600, .sent = 2});
        assert_choice(&looks, 3, frames == 2 ? WANTED : 24000);
        look_for(&looks, 60000, sight);
        assert_choice(&looks, frames, WANTED);
        looks = looks_of(WANTED, frames);
        look_for(&looks, 100, (struct cw_pace_sight){.rtt_ms = 8});
        assert_choice(&looks, frames, WANTED);
    }
}

/* The bytes of all datagrams of 10 s, and of a connection that encrypts, with the heads of IP. */
static void few_bits_are_spent_on_heads(void **state)
{
    static const struct {
        bool tcp;
        unsigned frames, most;
    } ways[] = {{false, 3, 45000}, {false, 2, 47500}, {false, 1, 62000}, {true, 3, 45000}};
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct narrow narrow = {
            .tcp = ways[i].tcp, .delay_ms = 30, .bitrate = WANTED, .frames = ways[i].frames};
        struct narrow_heard result;
        heard_of(&narrow, &result);
        assert_int_equal(result.last.frames, ways[i].frames);
        assert_int_equal(result.last.bitrate, WANTED);
        assert_in_range(result.up_bit_s, WANTED, ways[i].most);
    }
}

static bool is_near(const struct looks *looks)
{
    return cw_audio_pace_choice(&looks->pace).near;
}

/* Delay counts for more than bits there, until more is lost than a packet now and then, which
 * copies repair and a listener's busy machine misses. */
static void a_near_server_is_near_while_hardly_anything_is_lost(void **state)
{
    const struct cw_pace_sight near = {.rtt_ms = 8, .sent = 5};
    struct looks looks = looks_begin(WANTED);
    (void)state;
    assert_false(is_near(&looks));
    look_for(&looks, 100, near);
    assert_true(is_near(&looks));
    look_for(&looks, 60000, (struct cw_pace_sight){.rtt_ms = 8, .sent = 5, .lost_percent = 2});
    assert_true(is_near(&looks));
    look_for(&looks, 100, (struct cw_pace_sight){.rtt_ms = 8, .sent = 5, .lost_percent = 3});
    assert_choice(&looks, 1, WANTED);
    assert_false(is_near(&looks));
    look_for(&looks, 19900, near);
    assert_false(is_near(&looks));
    look_for(&looks, 100, near);
    assert_true(is_near(&looks));
    look_for(&looks, 100, (struct cw_pace_sight){.rtt_ms = 8, .sent = 4, .refused = 1});
    assert_choice(&looks, 2, WANTED);
    look_for(&looks, 30000, near);
    assert_choice(&looks, 1, WANTED);
    assert_true(is_near(&looks));
    looks = looks_begin(WANTED);
    look_for(&looks, 60000, (struct cw_pace_sight){.rtt_ms = 9, .sent = 5});
    assert_choice(&looks, 1, WANTED);
    assert_false(is_near(&looks));
}

/* Each change resets the encoder: one millisecond more is none. */
static void a_near_server_stays_near(void **state)
{
    struct looks looks = looks_begin(WANTED);
    (void)state;
    look_for(&looks, 100, (struct cw_pace_sight){.rtt_ms = 8, .sent = 5});
    for (int i = 0; i < 600; i++) {
        assert_true(is_near(&looks));
        look_for(&looks, 100, (struct cw_pace_sight){.rtt_ms = 8, .sent = 5});
    }
    look_for(&looks, 60000, (struct cw_pace_sight){.rtt_ms = 11, .sent = 5});
    assert_true(is_near(&looks));
    look_for(&looks, 60000, (struct cw_pace_sight){.rtt_ms = 13, .sent = 5});
    assert_false(is_near(&looks));
    look_for(&looks, 60000, (struct cw_pace_sight){.rtt_ms = 9, .sent = 5});
    assert_false(is_near(&looks));
    look_for(&looks, 100, (struct cw_pace_sight){.rtt_ms = 8, .sent = 5});
    assert_true(is_near(&looks));
    cw_audio_pace_move(&looks.pace);
    look_for(&looks, 100, (struct cw_pace_sight){.rtt_ms = 9, .sent = 5});
    assert_false(is_near(&looks));
}

/* Packets of a short look-ahead have no part that is made for speech, which sounds bad with few. */
static void few_bits_are_not_spent_on_delay(void **state)
{
    static const struct {
        int bitrate;
        bool near;
    } wanted[] = {{12000, false}, {31999, false}, {32000, true}, {96000, true}};
    (void)state;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct looks looks = looks_begin(wanted[i].bitrate);
        look_for(&looks, 10000, (struct cw_pace_sight){.rtt_ms = 1, .sent = 5});
        assert_choice(&looks, 1, wanted[i].bitrate);
        assert_int_equal(is_near(&looks), wanted[i].near);
    }
}

/* Nothing is known of the room of a line on which nothing is sent. */
static void who_is_silent_learns_nothing(void **state)
{
    struct looks looks = looks_begin(WANTED);
    (void)state;
    look_for(&looks, 60000, (struct cw_pace_sight){.rtt_ms = 60});
    assert_choice(&looks, 2, 20000);
}

static void a_full_line_gets_ever_fewer_bits(void **state)
{
    struct looks looks = looks_begin(WANTED);
    const struct cw_pace_sight near = {.rtt_ms = 1, .sent = 5}, full = {.rtt_ms = 160, .sent = 5};
    static const struct cw_pace_choice wanted[] = {{2, WANTED, false},
                                                   {3, WANTED, false},
                                                   {3, 24000, false},
                                                   {3, 16000, false},
                                                   {3, 12000, false}};
    (void)state;
    look_for(&looks, 1000, near);
    unsigned at = 0, looked = 0;
    for (; at < 5 && looked < 1000; looked++) {
        struct cw_pace_sight sight = full;
        sight.rtt_ms += looked; /* it grows slowly */
        look_for(&looks, 100, sight);
        struct cw_pace_choice now = cw_audio_pace_choice(&looks.pace);
        at += now.frames == wanted[at].frames && now.bitrate == wanted[at].bitrate;
    }
    assert_int_equal(at, 5);
    look_for(&looks, 10000, (struct cw_pace_sight){.rtt_ms = 900, .sent = 2, .refused = 1});
    assert_choice(&looks, 3, 12000);
}

/* A line with room for packets of 40 ms: how often 20 ms, which are too much, are tried. */
static void more_is_tried_ever_more_seldom(void **state)
{
    struct looks looks = looks_begin(WANTED);
    unsigned tries = 0;
    bool was_full = false;
    (void)state;
    for (unsigned i = 0; i < 6000; i++) {
        bool full = cw_audio_pace_choice(&looks.pace).frames == 1;
        tries += full && !was_full;
        was_full = full;
        look_for(&looks, 100, (struct cw_pace_sight){.rtt_ms = full ? 200 : 60, .sent = 3});
        assert_true(cw_audio_pace_choice(&looks.pace).frames <= 2);
    }
    assert_in_range(tries, 4, 6);
}

/* What a listener tells is of the last seconds: one step, and then it is waited for. */
static void what_listeners_tell_is_waited_for(void **state)
{
    struct looks looks = looks_begin(WANTED);
    (void)state;
    look_for(&looks, 100, (struct cw_pace_sight){.rtt_ms = 1, .sent = 5});
    look_for(&looks, 2900, (struct cw_pace_sight){.rtt_ms = 1, .sent = 5, .lost_percent = 20});
    assert_choice(&looks, 2, WANTED);
    look_for(&looks, 2000, (struct cw_pace_sight){.rtt_ms = 1, .sent = 5, .lost_percent = 20});
    assert_choice(&looks, 3, WANTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_over_narrow_lines_is_heard),
        cmocka_unit_test(random_loss_does_not_make_it_send_less),
        cmocka_unit_test(a_longer_way_is_no_queue),
        cmocka_unit_test(a_longer_way_to_the_listener_is_no_queue),
        cmocka_unit_test(a_way_that_becomes_much_longer_is_followed),
        cmocka_unit_test(it_begins_in_the_middle),
        cmocka_unit_test(a_near_server_has_no_narrow_line_before_it),
        cmocka_unit_test(packets_are_as_long_as_is_wanted),
        cmocka_unit_test(few_bits_are_spent_on_heads),
        cmocka_unit_test(a_near_server_is_near_while_hardly_anything_is_lost),
        cmocka_unit_test(a_near_server_stays_near),
        cmocka_unit_test(few_bits_are_not_spent_on_delay),
        cmocka_unit_test(who_is_silent_learns_nothing),
        cmocka_unit_test(a_full_line_gets_ever_fewer_bits),
        cmocka_unit_test(more_is_tried_ever_more_seldom),
        cmocka_unit_test(what_listeners_tell_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
