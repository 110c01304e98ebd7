/* test_websocket_limits.c - the WebSocket framer: limits, memory, messages reported by their
 * heads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <malloc.h>

#include "base/limits.h"
#include "websocket_play.h"

/* --- limits and memory -------------------------------------------------------------------- */

static void a_length_over_the_limit_takes_no_memory(void **state)
{
    (void)state;
    static const char *const headers[] = {"82 fe 012d " Z, /* MESSAGE_MAX + 1 */
                                          "02 ff 0000000000010000 " Z, "82 ff 0000000100000000 " Z,
                                          "82 ff 7fffffffffffffff " Z};
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        EXPECT(headers[i], "FAILED a message is too long\n", "88 02 03f1");
    EXPECT("02 81 " Z "'a' 00 fe 012c " Z, "FAILED a message is too long\n", "88 02 03f1");
    struct run run;
    start_traffic(&run);
    run.framer->message_max = UINT32_MAX;
    feed_hex(&run, "82 81 " Z "'a' 02 81 " Z "'a' 80 ff 00000000ffffffff " Z);
    assert_noted(&run.events, "MESSAGE 61\nFAILED a message is too long\n");
    assert_int_equal(run.framer->partial.capacity, 0);
    stop(&run);
}

static void a_message_at_the_limit_arrives(void **state)
{
    (void)state;
    for (size_t piece = 1; piece <= MESSAGE_MAX; piece += 23) {
        struct run run;
        start_traffic(&run);
        feed_hex(&run, "82 fe 012c " Z);
        for (size_t left = MESSAGE_MAX; left > 0;) {
            size_t n = piece < left ? piece : left;
            feed_zeros(&run, n);
            left -= n;
            assert_true(run.framer->partial.capacity <= MESSAGE_MAX);
            assert_int_equal(run.framer->whole, left == 0 ? 0 : MESSAGE_MAX);
        }
        assert_int_equal(run.events.n, strlen("MESSAGE \n") + 2 * MESSAGE_MAX);
        assert_int_equal(run.framer->partial.capacity, 0);
        stop(&run);
    }
}

static void memory_grows_with_what_came_and_not_with_what_was_claimed(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    run.framer->message_max = CW_VOICE_MESSAGE_MAX;
    feed_hex(&run, "82 ff 0000000001000000 " Z);
    assert_int_equal(run.framer->whole, CW_VOICE_MESSAGE_MAX);
    assert_int_equal(run.framer->partial.capacity, 0);
    feed_zeros(&run, 100000);
    assert_int_equal(run.framer->partial.n, 100000);
    assert_true(run.framer->partial.capacity <= 200000);
    assert_int_equal(run.framer->whole, CW_VOICE_MESSAGE_MAX);
    stop(&run);
}

/* 64 bytes a fragment, the shortest of which there may be many: the memory must double, and not be
 * moved for each. */
static void many_fragments_cost_no_more_than_their_bytes(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    run.framer->message_max = CW_VOICE_MESSAGE_MAX;
    size_t grown = 0, capacity = 0;
    for (uint32_t i = 1; i <= 65536; i++) {
        feed_hex(&run, i == 1 ? "02 c0 " Z : "00 c0 " Z);
        feed_zeros(&run, 64);
        assert_int_equal(run.framer->whole, 64 * i);
        assert_int_equal(run.framer->partial.n, 64 * i);
        grown += run.framer->partial.capacity != capacity;
        capacity = run.framer->partial.capacity;
        assert_true(capacity <= 2 * 64 * i + 64);
    }
    assert_true(grown <= 40);
    feed_hex(&run, "80 80 " Z);
    assert_int_equal(run.events.n, strlen("MESSAGE \n") + 2 * 64 * 65536);
    assert_int_equal(run.framer->partial.capacity, 0);
    assert_int_equal(run.framer->whole, 0);
    stop(&run);
}

/* 64 fragments of a message may have any length, of each message anew. */
static void short_fragments_end_the_connection(void **state)
{
    (void)state;
    for (int empty = 0; empty < 2; empty++) {
        struct run run;
        start_traffic(&run);
        for (int message = 0; message < 2; message++) {
            feed_hex(&run, "02 81 " Z "'a'");
            for (unsigned i = 2; i < CW_WEBSOCKET_FRAGMENTS_MAX; i++)
                feed_hex(&run, empty ? "00 80 " Z : "00 81 " Z "'a'");
            feed_hex(&run, "80 80 " Z);
        }
        run.events.n = 0;
        feed_hex(&run, "02 81 " Z "'a'");
        for (unsigned i = 1; i < CW_WEBSOCKET_FRAGMENTS_MAX; i++)
            feed_hex(&run, empty ? "00 80 " Z : "00 81 " Z "'a'");
        assert_int_equal(run.events.n, 0);
        feed_hex(&run, "80 80 " Z);
        assert_noted(&run.events, "FAILED a message has too many short fragments\n");
        assert_true(run.out.n == 4 && memcmp(run.out.p, "\x88\x02\x03\xf0", 4) == 0);
        stop(&run);
    }
}

static void nothing_is_held_while_idle(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    assert_true(malloc_usable_size(run.framer) <= 120);
    feed_hex(&run, "89 85 " Z "'abcde' 02 80 " Z);
    assert_int_equal(run.framer->partial.capacity, 0);
    feed_hex(&run, "00");
    assert_int_equal(run.framer->partial.n, 1);
    feed_hex(&run, "81 " Z "'a'");
    assert_int_equal(run.framer->partial.n, 1);
    feed_hex(&run, "80 80 " Z);
    assert_int_equal(run.framer->partial.capacity, 0);
    stop(&run);
}

static void an_unmasked_message_is_lent_where_it_lies(void **state)
{
    (void)state;
    struct run run;
    start(&run, CW_FRAMER_CLIENT);
    feed(&run, NULL, 0);
    struct cw_buf bytes = parse("82 03 'abc'");
    struct cw_slice in = cw_buf_slice(&bytes);
    struct cw_framer_event event = cw_framer_input(run.framer, &in, &run.out);
    assert_true(event.type == CW_FRAMER_MESSAGE && event.body.p == bytes.p + 2);
    cw_buf_finish(&bytes);
    stop(&run);
}

/* A masked message is copied once, and the copy is given to the caller. */
static void a_masked_message_is_kept_without_another_copy(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    struct cw_buf bytes = parse("82 83 01010101 'abc'");
    struct cw_slice in = cw_buf_slice(&bytes);
    struct cw_framer_event event = cw_framer_input(run.framer, &in, &run.out);
    const uint8_t *p = event.body.p;
    struct cw_owned kept = cw_framer_keep(run.framer, event.body);
    assert_true(kept.memory == p && kept.slice.p == p && kept.slice.n == 3);
    feed(&run, NULL, 0);
    assert_memory_equal(p, "`cb", 3);
    cw_owned_free(&kept);
    cw_buf_finish(&bytes);
    stop(&run);
}

/* --- messages reported by their heads --------------------------------------------------------- */

static void start_judging(struct run *run)
{
    start_traffic(run);
    run->framer->message_max = 10;
    run->framer->judged_max = 4096;
}

/* The next event is a HEAD with the first n of 1, 2, 3, ...; then the limit is set, as its
 * owner does before it asks for the next event, and the rest goes in. */
static void feed_judged(struct run *run, struct cw_slice in, size_t n, uint32_t message_max)
{
    struct cw_framer_event event = cw_framer_input(run->framer, &in, &run->out);
    assert_true(event.type == CW_FRAMER_HEAD && event.body.n == n && !event.envelope);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(event.body.p[i], (uint8_t)(i + 1));
    run->framer->message_max = message_max;
    feed(run, in.p, in.n);
}

/* A header, then body_n of the bytes 1, 2, 3, ... under the mask 01010101. */
static struct cw_buf counting(const char *header, size_t body_n)
{
    struct cw_buf bytes = parse(header);
    for (size_t i = 0; i < body_n; i++)
        cw_buf_append_byte(&bytes, (uint8_t)((i + 1) ^ 1));
    return bytes;
}

/* A message of 2,000 bytes with a limit of 10, whose first `come` bytes arrive first, then a
 * message within the limit. */
static void judge(size_t come, bool raised)
{
    struct run run;
    struct cw_buf bytes = counting("82 fe 07d0 01010101", 2000);
    const size_t header_n = bytes.n - 2000, before = header_n + CW_FRAMER_JUDGED_N - 1;
    start_judging(&run);
    feed(&run, bytes.p, before);
    assert_noted(&run.events, "");
    assert_true(run.framer->partial.capacity <= CW_FRAMER_JUDGED_N);
    feed_judged(&run, cw_slice_of(bytes.p + before, come - CW_FRAMER_JUDGED_N + 1),
                CW_FRAMER_JUDGED_N, raised ? 2000 : 10);
    assert_int_equal(run.framer->whole, raised && come < 2000 ? 2000 : 0);
    assert_int_equal(run.framer->partial.n, raised && come < 2000 ? come : 0);
    feed(&run, bytes.p + header_n + come, 2000 - come);
    if (raised) {
        assert_int_equal(run.events.n, strlen("MESSAGE \n") + 2 * 2000);
        assert_memory_equal(run.events.p, "MESSAGE 01020304", 16);
        run.events.n = 0;
    }
    run.framer->message_max = 10;
    feed_hex(&run, "82 81 " Z "'a'");
    assert_noted(&run.events, "MESSAGE 61\n");
    feed_judged(&run, cw_buf_slice(&bytes), CW_FRAMER_JUDGED_N, 10); /* as the first one */
    assert_noted(&run.events, "");
    cw_buf_finish(&bytes);
    stop(&run);
}

static void a_message_over_the_limit_is_judged_by_its_head(void **state)
{
    (void)state;
    for (int raised = 0; raised < 2; raised++) {
        judge(CW_FRAMER_JUDGED_N, raised);
        judge(CW_FRAMER_JUDGED_N + 1, raised);
        judge(1999, raised);
        judge(2000, raised);
    }
}

/* Only a later frame shows that the message is too long. */
static void a_fragmented_message_is_judged_when_it_is_too_long(void **state)
{
    (void)state;
    for (int raised = 0; raised < 2; raised++) {
        struct run run;
        start_judging(&run);
        struct cw_buf bytes = counting("02 8a 01010101", 10);
        feed(&run, bytes.p, bytes.n);
        feed_hex(&run, "89 80 " Z);
        assert_noted(&run.events, "PING\n");
        assert_int_equal(run.framer->whole, 10);
        cw_buf_finish(&bytes);
        bytes = parse("00 81 " Z "0b 89 81 " Z "'p' 80 81 " Z "0c 82 81 " Z "'e'");
        feed_judged(&run, cw_buf_slice(&bytes), 11, raised ? 12 : 10);
        assert_noted(&run.events, raised ? "PING\nMESSAGE 0102030405060708090a0b0c\nMESSAGE 65\n"
                                         : "PING\nMESSAGE 65\n");
        assert_answered(&run.out, "8a 00 8a 01 'p'");
        cw_buf_finish(&bytes);
        stop(&run);
    }
}

static void what_is_skipped_has_an_end(void **state)
{
    (void)state;
    struct run run;
    start_judging(&run);
    feed_hex(&run, "02 fe 0fff " Z);
    feed_zeros(&run, CW_FRAMER_JUDGED_N);
    run.events.n = 0;
    feed_zeros(&run, 4095 - CW_FRAMER_JUDGED_N);
    assert_int_equal(run.framer->partial.capacity, 0);
    feed_hex(&run, "00 81 " Z "00");
    assert_noted(&run.events, "");
    feed_hex(&run, "00 81 " Z);
    assert_noted(&run.events, "FAILED a message is too long\n");
    assert_answered(&run.out, "88 02 03f1");
    stop(&run);
}

/* No limit would be raised for a text: it fails at once. */
static void a_text_is_not_judged(void **state)
{
    (void)state;
    struct run run;
    start_judging(&run);
    feed_hex(&run, "81 8b " Z);
    assert_noted(&run.events, "FAILED a message is too long\n");
    assert_answered(&run.out, "88 02 03f1");
    stop(&run);
}

static void the_limit_may_change_between_calls(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    run.framer->message_max = 3;
    feed_hex(&run, "82 83 " Z "'abc' 82 83 " Z "'a'");
    run.framer->message_max = 2;
    feed_hex(&run, "'b'");
    assert_noted(&run.events, "MESSAGE 616263\nFAILED a message is too long\n");
    assert_answered(&run.out, "88 02 03f1");
    stop(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_length_over_the_limit_takes_no_memory),
        cmocka_unit_test(a_message_at_the_limit_arrives),
        cmocka_unit_test(memory_grows_with_what_came_and_not_with_what_was_claimed),
        cmocka_unit_test(many_fragments_cost_no_more_than_their_bytes),
        cmocka_unit_test(short_fragments_end_the_connection),
        cmocka_unit_test(nothing_is_held_while_idle),
        cmocka_unit_test(an_unmasked_message_is_lent_where_it_lies),
        cmocka_unit_test(a_masked_message_is_kept_without_another_copy),
        cmocka_unit_test(a_message_over_the_limit_is_judged_by_its_head),
        cmocka_unit_test(a_fragmented_message_is_judged_when_it_is_too_long),
        cmocka_unit_test(what_is_skipped_has_an_end),
        cmocka_unit_test(a_text_is_not_judged),
        cmocka_unit_test(the_limit_may_change_between_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
