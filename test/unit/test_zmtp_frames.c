/* test_zmtp_frames.c - the ZMTP framer, byte for byte: what comes after the
 * handshake, limits and memory.
 *
 * Names and comments quote RFC 37 (ZMTP 3.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "zmtp_play.h"

/* --- frames ------------------------------------------------------------------------ */

static void short_and_long_frames(void **state)
{
    (void)state;
    EXPECT_TRAFFIC("00 00", "MESSAGE \n", "");
    EXPECT_TRAFFIC("00 01 ff 00 02 0001", "MESSAGE ff\nMESSAGE 0001\n", "");
    /* A body of 0 to 255 octets may have a long size too. */
    EXPECT_TRAFFIC("02 0000000000000000 02 0000000000000001 ab", "MESSAGE \nMESSAGE ab\n", "");
    EXPECT_TRAFFIC("06 0000000000000007 04 'PING' 0000", "PING\n", "04 05 04 'PONG'");
}

static void bits_7_to_3_must_be_zero(void **state)
{
    (void)state;
    static const char *const flags[] = {"08", "10", "20", "40", "80", "0c", "ff"};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        char vector[512];
        snprintf(vector, sizeof vector, "%s%s", PEER_GREETING READY_DEALER, flags[i]);
        expect(CW_FRAMER_SERVER, vector, "READY\nFAILED a frame has reserved flags\n",
               OUR_GREETING READY_ROUTER);
    }
}

static void more_shall_be_zero_on_command_frames(void **state)
{
    (void)state;
    EXPECT_TRAFFIC("05 07 04 'PING' 0000", "FAILED a command has the flag MORE\n", "");
    EXPECT_TRAFFIC("07", "FAILED a command has the flag MORE\n", "");
}

static void command_name_is_1_to_255_octets(void **state)
{
    (void)state;
    static const char *const bodies[] = {"04 00", "04 01 00", "04 01 01", "04 05 05 'PING'",
                                         "06 0000000000000000"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        char vector[512];
        snprintf(vector, sizeof vector, "%s%s", PEER_GREETING READY_DEALER, bodies[i]);
        expect(CW_FRAMER_SERVER, vector, "READY\nFAILED a command has no name\n",
               OUR_GREETING READY_ROUTER);
    }
}

static void commands_that_are_not_for_us_are_ignored(void **state)
{
    (void)state;
    EXPECT_TRAFFIC("04 0b 09 'SUBSCRIBE' 'a' 04 02 01 'X' 04 05 04 'JOIN' 00 01 'm'",
                   "IGNORED\nIGNORED\nIGNORED\nMESSAGE 6d\n", "");
}

/* --- PING and PONG ------------------------------------------------------------------- */

static void pong_echoes_the_ping_context(void **state)
{
    (void)state;
    EXPECT_TRAFFIC("04 07 04 'PING' 0000", "PING\n", "04 05 04 'PONG'");
    EXPECT_TRAFFIC("04 0a 04 'PING' ffff 'abc'", "PING\n", "04 08 04 'PONG' 'abc'");
    EXPECT_TRAFFIC("04 17 04 'PING' 0000 '0123456789abcdef'", "PING\n",
                   "04 15 04 'PONG' '0123456789abcdef'");
    EXPECT_TRAFFIC("04 18 04 'PING' 0000 '0123456789abcdefg'", "FAILED PING is malformed\n", "");
    EXPECT_TRAFFIC("04 06 04 'PING' 00", "FAILED PING is malformed\n", "");
}

static void pong_reports_its_context(void **state)
{
    (void)state;
    EXPECT_TRAFFIC("04 05 04 'PONG'", "PONG \n", "");
    EXPECT_TRAFFIC("04 15 04 'PONG' 000102030405060708090a0b0c0d0e0f",
                   "PONG 000102030405060708090a0b0c0d0e0f\n", "");
    EXPECT_TRAFFIC("04 16 04 'PONG' '0123456789abcdefg'", "FAILED PONG is malformed\n", "");
}

static void pong_tells_the_mark_of_its_ping(void **state)
{
    (void)state;
    struct run run;
    uint64_t mark;
    start_traffic(&run);
    memcpy(&mark, "01234567", sizeof mark);
    struct cw_buf pongs = parse("04 0d 04 'PONG01234567' 04 05 04 'PONG' 04 0c 04 'PONG0123456'");
    struct cw_slice in = cw_buf_slice(&pongs);
    assert_int_equal(cw_framer_input(&run.z.framer, &in, &run.out).mark, mark);
    struct cw_framer_event event = cw_framer_input(&run.z.framer, &in, &run.out);
    assert_true(event.type == CW_FRAMER_PONG && event.mark == 0);
    event = cw_framer_input(&run.z.framer, &in, &run.out);
    assert_true(event.type == CW_FRAMER_PONG && event.mark == 0);
    cw_buf_finish(&pongs);
    stop(&run);
}

static void ping_has_a_ttl_in_network_order(void **state)
{
    (void)state;
    struct run run;
    uint64_t mark;
    start_traffic(&run);
    memcpy(&mark, "01234567", sizeof mark);
    cw_framer_probe(&run.z.framer, mark, &run.out);
    assert_out(&run, "04 0f 04 'PING' 0258 '01234567'");
    stop(&run);
    start(&run, CW_FRAMER_CLIENT); /* a client may be silent for as long as it likes */
    run.out.n = 0;
    cw_framer_probe(&run.z.framer, 0, &run.out);
    assert_out(&run, "04 07 04 'PING' 0000");
    stop(&run);
}

static void nothing_is_said_at_the_end(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    cw_framer_close(&run.z.framer, &run.out);
    assert_out(&run, "");
    stop(&run);
}

/* libzmq 4.3 keeps TTL x 100 ms in 16 bits and closes when nothing came for so long. */
static void libzmq_can_count_the_ttl(void **state)
{
    (void)state;
    struct run run;
    uint16_t libzmq_ms = (uint16_t)(CW_PING_TTL_DS * 100);
    start_traffic(&run);
    cw_framer_probe(&run.z.framer, 0, &run.out);
    assert_out(&run, "04 07 04 'PING' 0258");
    assert_int_equal(libzmq_ms, 60000);
    assert_true(libzmq_ms > CW_PING_IDLE_MS);
    stop(&run);
}

/* --- messages of several frames --------------------------------------------------------- */

static void an_empty_frame_before_the_body_is_a_delimiter(void **state)
{
    (void)state;
    EXPECT_TRAFFIC("01 00 00 02 'hi' 00 02 'ho'", "MESSAGE delimiter 6869\nMESSAGE 686f\n", "");
    EXPECT_TRAFFIC("03 0000000000000000 00 00", "MESSAGE delimiter \n", "");
    /* libzmq's heartbeat may come between the frames. */
    EXPECT_TRAFFIC("01 00 04 07 04 'PING' 0000 00 01 'a'", "PING\nMESSAGE delimiter 61\n",
                   "04 05 04 'PONG'");
}

static void other_messages_of_several_frames_are_refused_once(void **state)
{
    (void)state;
    EXPECT_TRAFFIC("01 01 'a' 00 01 'b' 00 01 'c'", "REFUSED\nMESSAGE 63\n", "");
    EXPECT_TRAFFIC("01 01 'a' 00 00 00 01 'c'", "REFUSED\nMESSAGE 63\n", "");
    EXPECT_TRAFFIC("01 00 01 00 00 01 'b' 00 01 'c'", "REFUSED\nMESSAGE 63\n", "");
    EXPECT_TRAFFIC("01 00 01 01 'a' 01 00 00 02 'bc' 01 00 00 01 'd'",
                   "REFUSED\nMESSAGE delimiter 64\n", "");
    EXPECT_TRAFFIC("01 01 'a' 04 06 04 'PONG' 07 03 0000000000000001 'b' 02 0000000000000001 'c'"
                   "01 01 'd' 00 01 'e'",
                   "PONG 07\nREFUSED\nREFUSED\n", "");
}

static void a_message_of_too_many_frames_ends_the_connection(void **state)
{
    (void)state;
    assert_int_equal(CW_ZMTP_FRAMES_MAX, 4);
    EXPECT_TRAFFIC("01 00 01 00 01 00 00 00 00 00", "REFUSED\nMESSAGE \n", "");
    EXPECT_TRAFFIC("01 00 01 00 01 00 01 00 00 00", "FAILED a message has too many frames\n", "");
    EXPECT_TRAFFIC("01 01 'a' 01 01 'b' 01 01 'c' 01 01 'd' 04 05 04 'PONG' 01 00",
                   "PONG \nFAILED a message has too many frames\n", "");
}

/* --- limits and memory -------------------------------------------------------------------- */

static void a_length_over_the_limit_takes_no_memory(void **state)
{
    (void)state;
    static const char *const lengths[] = {
        "02 000000000000012d", /* MESSAGE_MAX + 1 */
        "03 000000000000012d", "02 0000000100000000", "02 7fffffffffffffff", "02 8000000000000000",
        "02 ffffffffffffffff", "06 0000000000000401", "06 8000000000000000"};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct run run;
        start_traffic(&run);
        struct cw_buf header = parse(lengths[i]);
        feed(&run, header.p, 8);
        assert_events(&run, "");
        assert_int_equal(run.z.framer.partial.n, 8);
        assert_int_equal(run.z.framer.partial.capacity, 9);
        feed(&run, header.p + 8, 1);
        assert_events(&run,
                      i < 6 ? "FAILED a message is too long\n" : "FAILED a command is too long\n");
        assert_int_equal(run.z.framer.partial.n, 0);
        assert_int_equal(run.z.framer.partial.capacity, 0);
        cw_buf_finish(&header);
        stop(&run);
    }
}

static void no_limit_of_ours_allows_bit_63(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    run.z.framer.message_max = UINT32_MAX;
    feed_hex(&run, "02 8000000000000000");
    assert_events(&run, "FAILED a message is too long\n");
    stop(&run);
}

static void a_message_at_the_limit_arrives(void **state)
{
    (void)state;
    for (size_t piece = 1; piece <= MESSAGE_MAX; piece += 23) {
        struct run run;
        start_traffic(&run);
        feed_hex(&run, "02 000000000000012c");
        for (size_t left = MESSAGE_MAX; left > 0;) {
            size_t n = piece < left ? piece : left;
            feed_zeros(&run, n);
            left -= n;
            assert_true(run.z.framer.partial.capacity <= MESSAGE_MAX + 9);
        }
        assert_int_equal(run.events.n, strlen("MESSAGE \n") + 2 * MESSAGE_MAX);
        assert_int_equal(run.z.framer.partial.capacity, 0);
        stop(&run);
    }
}

static void a_command_at_the_limit_arrives(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    feed_hex(&run, "06 0000000000000400 01 'X'");
    feed_zeros(&run, CW_ZMTP_COMMAND_MAX - 2);
    feed_hex(&run, "00 01 'a'");
    assert_events(&run, "IGNORED\nMESSAGE 61\n");
    stop(&run);
}

static void memory_grows_with_what_came_and_not_with_what_was_claimed(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    run.z.framer.message_max = CW_VOICE_MESSAGE_MAX;
    feed_hex(&run, "02 0000000001000000");
    assert_int_equal(run.z.framer.partial.n, 9);
    assert_true(run.z.framer.partial.capacity <= 64);
    feed_zeros(&run, 100000);
    assert_int_equal(run.z.framer.partial.n, 100009);
    assert_true(run.z.framer.partial.capacity <= 200018);
    stop(&run);
}

static void the_limit_may_change_between_calls(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    run.z.framer.message_max = 2;
    feed_hex(&run, "00 02 'ab'");
    run.z.framer.message_max = 3;
    feed_hex(&run, "00 03 'abc'");
    run.z.framer.message_max = 2;
    feed_hex(&run, "00 03 'abc'");
    assert_events(&run, "MESSAGE 6162\nMESSAGE 616263\nFAILED a message is too long\n");
    stop(&run);
}

/* A frame of 2,000 zeros where 10 are allowed, then a message that is understood. */
static void judge(bool raised, const char *then)
{
    struct run run;
    char events[4 + 1 + 2 * CW_FRAMER_JUDGED_N + 1 + 64];
    start_traffic(&run);
    run.z.framer.message_max = 10;
    run.z.framer.judged_max = 4096;
    feed_hex(&run, "02 00000000000007d0");
    feed_zeros(&run, CW_FRAMER_JUDGED_N - 1);
    assert_events(&run, "");
    feed_zeros(&run, 1);
    int n = snprintf(events, sizeof events, "HEAD %0*d\n", 2 * CW_FRAMER_JUDGED_N, 0);
    assert_true(n == 4 + 1 + 2 * CW_FRAMER_JUDGED_N + 1);
    assert_events(&run, events);
    if (raised)
        run.z.framer.message_max = 2000;
    feed_zeros(&run, 1);
    assert_true(raised || run.z.framer.partial.capacity == 0);
    feed_zeros(&run, 2000 - CW_FRAMER_JUDGED_N - 1);
    feed_hex(&run, "00 01 'a'");
    run.events.n = raised && run.events.n > 8 ? 8 : run.events.n;
    assert_events(&run, then);
    stop(&run);
}

static void a_message_over_the_limit_is_judged_by_its_head(void **state)
{
    (void)state;
    judge(true, "MESSAGE ");
    judge(false, "MESSAGE 61\n");
}

static void what_is_refused_is_never_held(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    run.z.framer.message_max = 1u << 20;
    feed_hex(&run, "03 0000000000100000");
    for (int i = 0; i < 1 << 10; i++) {
        feed_zeros(&run, 1 << 10);
        assert_int_equal(run.z.framer.partial.n, 0);
        assert_int_equal(run.z.framer.partial.capacity, 0);
    }
    feed_hex(&run, "00 01 'a' 00 01 'b'");
    assert_events(&run, "REFUSED\nMESSAGE 62\n");
    stop(&run);
}

static void a_whole_frame_is_not_copied(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    struct cw_buf bytes = parse("00 02 'ab' 00 01");
    struct cw_slice in = cw_buf_slice(&bytes);
    struct cw_framer_event event = cw_framer_input(&run.z.framer, &in, &run.out);
    assert_int_equal(event.type, CW_FRAMER_MESSAGE);
    assert_ptr_equal(event.body.p, bytes.p + 2);
    assert_int_equal(event.body.n, 2);
    assert_int_equal(in.n, 2); /* what came after it is still there */
    assert_int_equal(run.z.framer.partial.capacity, 0);
    in = cw_slice_of(bytes.p, 4);
    event = cw_framer_input(&run.z.framer, &in, &run.out);
    assert_ptr_equal(event.body.p, bytes.p + 2);
    cw_buf_finish(&bytes);
    stop(&run);
}

static void a_delivered_message_gives_its_memory_back(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    feed_hex(&run, "00 02 'a'");
    assert_int_equal(run.z.framer.partial.n, 3);
    uint8_t last = 'b';
    struct cw_slice in = cw_slice_of(&last, 1);
    struct cw_framer_event event = cw_framer_input(&run.z.framer, &in, &run.out);
    assert_int_equal(event.type, CW_FRAMER_MESSAGE);
    assert_ptr_equal(event.body.p, run.z.framer.partial.p + 2);
    assert_memory_equal(event.body.p, "ab", 2);
    assert_int_equal(run.z.framer.partial.n, 0);
    event = cw_framer_input(&run.z.framer, &in, &run.out);
    assert_int_equal(event.type, CW_FRAMER_NEED_MORE);
    assert_int_equal(run.z.framer.partial.capacity, 0);
    stop(&run);
}

static void a_message_can_be_kept(void **state)
{
    (void)state;
    struct run run;
    struct cw_buf input = parse("'b' 00 02 'cd'");
    struct cw_slice in = cw_buf_slice(&input);
    start_traffic(&run);
    feed_hex(&run, "00 02 'a'");
    struct cw_framer_event first = cw_framer_input(&run.z.framer, &in, &run.out);
    const uint8_t *gathered = first.body.p;
    struct cw_owned one = cw_framer_keep(&run.z.framer, first.body);
    assert_ptr_equal(one.slice.p, gathered);
    assert_null(run.z.framer.partial.p);
    /* One that stands in the input is copied. */
    struct cw_framer_event second = cw_framer_input(&run.z.framer, &in, &run.out);
    struct cw_owned two = cw_framer_keep(&run.z.framer, second.body);
    assert_ptr_equal(two.slice.p, two.memory);
    cw_buf_finish(&input);
    stop(&run);
    assert_int_equal(one.slice.n, 2);
    assert_memory_equal(one.slice.p, "ab", 2);
    assert_int_equal(two.slice.n, 2);
    assert_memory_equal(two.slice.p, "cd", 2);
    cw_owned_free(&one);
    cw_owned_free(&two);
}

/* A REQ socket's delimiter was gathered; the message behind it was not. */
static void what_follows_a_gathered_frame_is_copied(void **state)
{
    (void)state;
    struct run run;
    struct cw_buf input = parse("00 00 02 'cd'");
    struct cw_slice in = cw_buf_slice(&input);
    start_traffic(&run);
    feed_hex(&run, "01");
    struct cw_framer_event event = cw_framer_input(&run.z.framer, &in, &run.out);
    assert_int_equal(event.type, CW_FRAMER_MESSAGE);
    struct cw_owned kept = cw_framer_keep(&run.z.framer, event.body);
    assert_ptr_equal(kept.slice.p, kept.memory);
    assert_ptr_not_equal(kept.slice.p, event.body.p);
    cw_buf_finish(&input);
    stop(&run);
    assert_memory_equal(kept.slice.p, "cd", 2);
    cw_owned_free(&kept);
}

static void a_failed_connection_stays_failed(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    feed_hex(&run, "08");
    feed_hex(&run, "00 01 'a'");
    assert_events(&run, "FAILED a frame has reserved flags\nFAILED the connection has failed\n");
    assert_out(&run, "");
    stop(&run);
}

/* --- what we write --------------------------------------------------------------------------- */

static void header_of(uint64_t n, bool delimiter, const char *vector)
{
    struct run run;
    uint8_t room[CW_FRAMER_HEADER_MAX], *end = room + sizeof room;
    start_traffic(&run);
    size_t header_n = cw_framer_header(&run.z.framer, end, n, delimiter);
    cw_buf_append(&run.out, end - header_n, header_n);
    assert_out(&run, vector);
    stop(&run);
}

static void a_short_frame_has_a_body_of_0_to_255_octets(void **state)
{
    (void)state;
    header_of(0, false, "00 00");
    header_of(255, false, "00 ff");
    header_of(256, false, "02 0000000000000100");
    header_of(0x0102030405060708, false, "02 0102030405060708");
    header_of(0, true, "01 00 00 00");
    header_of(255, true, "01 00 00 ff");
    header_of(256, true, "01 00 02 0000000000000100");
}

static void a_connection_costs_little(void **state)
{
    (void)state;
    assert_true(sizeof(struct cw_zmtp) <= 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_and_long_frames),
        cmocka_unit_test(bits_7_to_3_must_be_zero),
        cmocka_unit_test(more_shall_be_zero_on_command_frames),
        cmocka_unit_test(command_name_is_1_to_255_octets),
        cmocka_unit_test(commands_that_are_not_for_us_are_ignored),
        cmocka_unit_test(pong_echoes_the_ping_context),
        cmocka_unit_test(pong_reports_its_context),
        cmocka_unit_test(pong_tells_the_mark_of_its_ping),
        cmocka_unit_test(ping_has_a_ttl_in_network_order),
        cmocka_unit_test(nothing_is_said_at_the_end),
        cmocka_unit_test(libzmq_can_count_the_ttl),
        cmocka_unit_test(an_empty_frame_before_the_body_is_a_delimiter),
        cmocka_unit_test(other_messages_of_several_frames_are_refused_once),
        cmocka_unit_test(a_message_of_too_many_frames_ends_the_connection),
        cmocka_unit_test(a_length_over_the_limit_takes_no_memory),
        cmocka_unit_test(no_limit_of_ours_allows_bit_63),
        cmocka_unit_test(a_message_at_the_limit_arrives),
        cmocka_unit_test(a_command_at_the_limit_arrives),
        cmocka_unit_test(memory_grows_with_what_came_and_not_with_what_was_claimed),
        cmocka_unit_test(the_limit_may_change_between_calls),
        cmocka_unit_test(a_message_over_the_limit_is_judged_by_its_head),
        cmocka_unit_test(what_is_refused_is_never_held),
        cmocka_unit_test(a_whole_frame_is_not_copied),
        cmocka_unit_test(a_delivered_message_gives_its_memory_back),
        cmocka_unit_test(a_message_can_be_kept),
        cmocka_unit_test(what_follows_a_gathered_frame_is_copied),
        cmocka_unit_test(a_failed_connection_stays_failed),
        cmocka_unit_test(a_short_frame_has_a_body_of_0_to_255_octets),
        cmocka_unit_test(a_connection_costs_little),
    };
    return cmocka_run_group_tests_name("zmtp_frames", tests, NULL, NULL);
}
