/* test_jitter_numbers.c - sequence numbers, timestamps and silence at the jitter buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "audio/jitter.h"
#include "jitter_play.h"

static enum cw_jitter_put put_silence(struct play *play, uint32_t sequence, uint32_t timestamp,
                                      int64_t at_us)
{
    const struct cw_call_packet packet = {sequence, timestamp, cw_slice_str("\x48"), play->frame};
    return cw_jitter_put(play->jitter, &packet, at_us);
}

/* --- numbers ----------------------------------------------------------------------- */

/* n packets on time, numbers and timestamps from these on. */
static void put_row(struct play *play, uint32_t number, size_t n, uint32_t sequence,
                    uint32_t timestamp)
{
    for (uint32_t i = 0; i < n; i++) {
        struct arrival arrival = {(int64_t)(number + i) * 20000, sequence + i, timestamp + i * 960,
                                  number + i};
        tick_until(play, arrival.at_us);
        put(play, &arrival);
    }
}

static void sequence_and_timestamp_wrap(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    put_row(&play, 0, 100, UINT32_MAX - 49, UINT32_MAX - 60 * 960);
    tick_until(&play, 2100000);
    assert_counts(&play, "received 100 played 100 late 0 lost 0 dropped 0 duplicates 0 concealed "
                         "100 ms restarts 0 target 2 delay 15 jitter 0");
    end_play(&play);
}

static void what_comes_twice_is_played_once(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    struct arrival arrival = {0, 5, 500, 0};
    assert_int_equal(put(&play, &arrival), CW_JITTER_TAKEN);
    assert_int_equal(put(&play, &arrival), CW_JITTER_DUPLICATE);
    tick_until(&play, 60000);
    assert_int_equal(put(&play, &arrival), CW_JITTER_DUPLICATE);
    assert_int_equal(play.played, 1);
    assert_int_equal(cw_jitter_stats(play.jitter).duplicates, 2);
    end_play(&play);
}

static void one_strange_number_is_dropped_two_in_a_row_begin_anew(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    put_row(&play, 0, 50, 1000, 0);
    struct arrival jump = {1000000, 1050 + (UINT32_C(1) << 31), 50 * 960, 50};
    assert_int_equal(put(&play, &jump), CW_JITTER_STRANGE);
    put_row(&play, 50, 50, 1050, 50 * 960);
    assert_int_equal(cw_jitter_stats(play.jitter).restarts, 0);
    /* The same speaker with a new client: other numbers, other times. */
    put_row(&play, 100, 50, 7, 123456789);
    tick_until(&play, 3100000);
    assert_counts(&play, "received 151 played 149 late 0 lost 0 dropped 2 duplicates 0 concealed "
                         "120 ms restarts 1 target 2 delay 15 jitter 0");
    end_play(&play);
}

static void a_jump_is_one_of_more_than_a_thousand(void **state)
{
    (void)state;
    static const struct {
        uint32_t step;
        enum cw_jitter_put result;
    } steps[] = {{CW_JITTER_SEQUENCE_JUMP_MAX, CW_JITTER_TAKEN},
                 {CW_JITTER_SEQUENCE_JUMP_MAX + 1, CW_JITTER_STRANGE},
                 {0u - CW_JITTER_SEQUENCE_JUMP_MAX, CW_JITTER_TAKEN},
                 {0u - CW_JITTER_SEQUENCE_JUMP_MAX - 1, CW_JITTER_STRANGE}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct play play = begin_play(960);
        put_row(&play, 0, 50, 1000, 0);
        struct arrival jump = {1000000, 1049 + steps[i].step, 50 * 960, 50};
        assert_int_equal(put(&play, &jump), steps[i].result);
        end_play(&play);
    }
}

static void a_timestamp_out_of_this_world_is_dropped(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    put_row(&play, 0, 50, 1000, 0);
    struct arrival jump = {1000000, 1050, 50 * 960 + 48000 * 11, 50};
    assert_int_equal(put(&play, &jump), CW_JITTER_STRANGE);
    jump.timestamp = (uint32_t)(50 * 960 - 48000 * 11); /* before it began */
    assert_int_equal(put(&play, &jump), CW_JITTER_STRANGE);
    put_row(&play, 51, 50, 1051, 51 * 960);
    tick_until(&play, 2100000);
    assert_int_equal(cw_jitter_stats(play.jitter).restarts, 0);
    assert_int_equal(cw_jitter_stats(play.jitter).dropped, 2);
    end_play(&play);
}

static void the_buffer_holds_so_many_and_no_more(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    for (uint32_t i = 0; i < CW_JITTER_PACKETS_MAX + 1; i++) {
        struct arrival arrival = {0, i, i * 960, i};
        assert_int_equal(put(&play, &arrival), CW_JITTER_TAKEN);
        assert_int_equal(cw_jitter_stats(play.jitter).dropped, i == CW_JITTER_PACKETS_MAX);
    }
    end_play(&play);
}

/* Packets so long, one after another without a gap; each comes when it is full. */
static void put_lengths(struct play *play, uint32_t frame, uint32_t from_ms, uint32_t to_ms,
                        uint32_t *sequence)
{
    play->frame = frame;
    for (uint32_t at = from_ms * 48; at < to_ms * 48; at += frame) {
        struct arrival arrival = {(int64_t)(at + frame) * 125 / 6, (*sequence)++, at, at / frame};
        tick_until(play, arrival.at_us);
        put(play, &arrival);
    }
}

/* As where a server is no longer near, and is again. The first long packet comes 10 ms later than a
 * short one would, which is concealed once; nothing is lost, and some seconds later nothing of it
 * stays. */
static void longer_packets_are_not_late(void **state)
{
    (void)state;
    struct play play = begin_play(480);
    uint32_t sequence = 5;
    play.now_us = 3000;
    put_lengths(&play, 480, 0, 2000, &sequence);
    put_silence(&play, sequence++, 2000 * 48, 2010000);
    put_lengths(&play, 480, 2100, 3000, &sequence);
    assert_int_equal(play.delay_us, 13000); /* 10 of it until it is full */
    put_lengths(&play, 960, 3000, 3040, &sequence);
    assert_int_equal(cw_jitter_stats(play.jitter).target_ms, 12); /* at once */
    put_silence(&play, sequence++, 3040 * 48, 3060000);
    put_lengths(&play, 960, 3140, 5000, &sequence); /* in the next spurt, too */
    assert_int_equal(play.delay_us, 23000);
    put_lengths(&play, 480, 5000, 11000, &sequence); /* until the window forgets */
    put_silence(&play, sequence++, 11000 * 48, 11010000);
    put_lengths(&play, 480, 11100, 12000, &sequence);
    assert_int_equal(play.delay_us, 13000);
    tick_until(&play, 12010000);
    play.in_order = true; /* numbers count packets of one length */
    assert_counts(&play,
                  "received 1078 played 1078 late 0 lost 0 dropped 0 duplicates 0 concealed 10 ms "
                  "restarts 0 target 2 delay 3 jitter 0");
    end_play(&play);
}

/* A spurt may end with a short packet, which does not make what came before it shorter. */
static void after_a_short_packet_the_last_loss_is_as_long_ago(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    put_row(&play, 0, 50, 0, 0);
    put_row(&play, 51, 350, 51, 51 * 960);
    assert_int_equal(cw_jitter_stats(play.jitter).target_ms, 2);
    play.frame = 480;
    put_row(&play, 401, 1, 401, 401 * 960);
    assert_int_equal(cw_jitter_stats(play.jitter).target_ms, 2);
    end_play(&play);
}

/* --- silence ------------------------------------------------------------------------ */

static void silence_is_no_loss_and_the_next_spurt_has_the_target(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    play.now_us = 3000;
    put_row(&play, 0, 50, 0, 0);
    tick_until(&play, 1000000);
    assert_int_equal(put_silence(&play, 50, 50 * 960, 1000000), CW_JITTER_TAKEN);
    put_row(&play, 150, 50, 51, 150 * 960);
    assert_int_equal(play.lost, 0);
    assert_true(play.silent >= 380); /* ticks of the 2 s */
    assert_int_equal(play.delay_us, 3000);
    assert_counts(&play, "received 101 played 100 late 0 lost 0 dropped 0 duplicates 0 concealed 0 "
                         "ms restarts 0 target 2 delay 3 jitter 0");
    end_play(&play);
}

/* It falls slowly while somebody speaks, since that is heard, and at once where nobody does. */
static void in_silence_the_target_falls_at_once(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    play.now_us = 3000;
    put_row(&play, 0, 12, 0, 0);
    assert_true(cw_jitter_stats(play.jitter).target_ms > 15);
    tick_until(&play, 240000);
    put_silence(&play, 12, 12 * 960, 240000);
    put_row(&play, 30, 1, 13, 30 * 960);
    assert_int_equal(cw_jitter_stats(play.jitter).target_ms, 2);
    tick_until(&play, 620000);
    assert_int_equal(play.delay_us, 3000);
    end_play(&play);
}

/* A tick falls where a packet is due, and one that is as late as programs are woken stays. */
static void ticks_are_moved_in_silence_only(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    assert_int_equal(cw_jitter_pause(play.jitter, 0), 0);
    put_row(&play, 0, 50, 0, 0);
    assert_int_equal(cw_jitter_pause(play.jitter, 1000000), 0);
    tick_until(&play, 1000000);
    put_silence(&play, 50, 50 * 960, 1000000);
    tick_until(&play, 1100000);
    assert_true(cw_jitter_idle(play.jitter));
    static const struct {
        int64_t now_us; /* 2,000 us after a tick of the stream all is well */
        uint32_t samples;
    } moments[] = {{1202000, 0}, {1202999, 0}, {1203000, 192}, {1200000, 96}, {1201900, 5}};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++)
        assert_int_equal(cw_jitter_pause(play.jitter, moments[i].now_us), moments[i].samples);
    /* One that waits is due 2 ms after it came. */
    struct arrival arrival = {1300500, 51, 65 * 960, 65};
    put(&play, &arrival);
    assert_int_equal(cw_jitter_pause(play.jitter, 1300500), 72);
    assert_int_equal(cw_jitter_pause(play.jitter, 1302000), 0);
    assert_int_equal(cw_jitter_pause(play.jitter, 1304000), 0);
    end_play(&play);
}

static void a_speaker_who_vanishes_is_concealed_for_100_ms(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    put_row(&play, 0, 50, 0, 0);
    tick_until(&play, 3000000);
    assert_int_equal(play.lost, 5);
    assert_int_equal(cw_jitter_stats(play.jitter).concealed_ms, 100);
    assert_int_equal(cw_jitter_stats(play.jitter).lost, 0);
    assert_true(cw_jitter_idle(play.jitter));
    end_play(&play);
}

static void nothing_comes_of_nothing(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    assert_true(cw_jitter_idle(play.jitter));
    tick_until(&play, 100000);
    assert_int_equal(play.nothing, 20);
    struct arrival first = {100000, 0, 0, 5};
    put(&play, &first);
    assert_false(cw_jitter_idle(play.jitter));
    tick(&play); /* 20 ms are waited for, before anything is known of the way */
    assert_int_equal(play.nothing, 21);
    tick_until(&play, 120000);
    assert_int_equal(play.played, 0);
    tick(&play);
    assert_int_equal(play.played, 1);
    end_play(&play);
}

static void after_an_hour_of_silence_the_clocks_are_compared_anew(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    put_row(&play, 0, 50, 0, 0);
    tick_until(&play, 2000000);
    /* An hour, in which the sender's clock lost 720 ms. */
    struct arrival late = {3600720000, 50, UINT32_C(3600) * 48000, 180036};
    play.now_us = late.at_us;
    put(&play, &late);
    tick_until(&play, late.at_us + 30000);
    assert_int_equal(play.played, 51);
    assert_int_equal(cw_jitter_stats(play.jitter).delay_ms, 20);
    end_play(&play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequence_and_timestamp_wrap),
        cmocka_unit_test(what_comes_twice_is_played_once),
        cmocka_unit_test(one_strange_number_is_dropped_two_in_a_row_begin_anew),
        cmocka_unit_test(a_jump_is_one_of_more_than_a_thousand),
        cmocka_unit_test(a_timestamp_out_of_this_world_is_dropped),
        cmocka_unit_test(the_buffer_holds_so_many_and_no_more),
        cmocka_unit_test(longer_packets_are_not_late),
        cmocka_unit_test(after_a_short_packet_the_last_loss_is_as_long_ago),
        cmocka_unit_test(silence_is_no_loss_and_the_next_spurt_has_the_target),
        cmocka_unit_test(in_silence_the_target_falls_at_once),
        cmocka_unit_test(ticks_are_moved_in_silence_only),
        cmocka_unit_test(a_speaker_who_vanishes_is_concealed_for_100_ms),
        cmocka_unit_test(nothing_comes_of_nothing),
        cmocka_unit_test(after_an_hour_of_silence_the_clocks_are_compared_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
