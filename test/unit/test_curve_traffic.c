/* test_curve_traffic.c - CURVE after its handshake: MESSAGE in both directions, and refused
 * commands. Comments quote RFC 26 (CurveZMQ). Sealing in pieces: test_curve_queue.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/alloc.h"
#include "curve_play.h"

#define REQ "\x0bSocket-Type\0\0\0\3REQ"

static int setup(void **state)
{
    (void)state;
    make_keys();
    return 0;
}

static void begin(struct play *play)
{
    begin_ready(play, METADATA);
}

static void put(struct play *play, uint8_t flags, const char *text)
{
    manual_message(&play->client, flags, cw_slice_str(text), &play->in);
}

static void put_zeros(struct play *play, uint8_t flags, size_t n)
{
    uint8_t *zeros = cw_alloc_zero(n);
    manual_message(&play->client, flags, cw_slice_of(zeros, n), &play->in);
    free(zeros);
}

static void expect(struct play *play, const char *events)
{
    tell_play(play);
    assert_heard(&play->server, events);
    end_play(play);
}

/* --- as in RFC 26 ------------------------------------------------------------------------- */

static void messages_of_any_length(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 100, 222, 223, 255, 256, 257, MESSAGE_MAX};
    uint8_t body[MESSAGE_MAX];
    struct play play;
    begin(&play);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char events[MESSAGE_MAX + 20];
        memset(body, 'a' + (int)i, sizeof body);
        manual_message(&play.client, 0, cw_slice_of(body, sizes[i]), &play.in);
        tell_play(&play);
        snprintf(events, sizeof events, "MESSAGE %.*s\n", (int)sizes[i], (char *)body);
        assert_heard(&play.server, events);
        say(&play.server, cw_slice_of(body, sizes[i]), false);
    }
    seal(&play.server);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(body, 'a' + (int)i, sizeof body);
        assert_says(&play, 0, cw_slice_of(body, sizes[i]));
    }
    assert_int_equal(play.server.wire.n, 0);
    end_play(&play);
}

static void an_envelope_is_a_message_of_its_own(void **state)
{
    (void)state;
    struct play play;
    begin_ready(&play, cw_slice_of(REQ, sizeof REQ - 1));
    put(&play, 1, "");
    put(&play, 0, "question");
    tell_play(&play);
    assert_heard(&play.server, "MESSAGE delimiter question\n");
    say(&play.server, cw_slice_str("answer"), true);
    seal(&play.server);
    assert_says(&play, 1, cw_slice_str(""));
    assert_says(&play, 0, cw_slice_str("answer"));
    end_play(&play);
}

static void commands_are_in_boxes(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    manual_message(&play.client, 2, cw_slice_of("\4PING\0\0context", 14), &play.in);
    tell_play(&play);
    assert_heard(&play.server, "PING\n");
    assert_says(&play, 2, cw_slice_of("\4PONGcontext", 12));
    cw_framer_probe(play.server.framer, 0x0807060504030201, &play.server.out);
    seal(&play.server);
    assert_says(&play, 2, cw_slice_of("\4PING\2\x58\1\2\3\4\5\6\7\10", 15));
    put(&play, 2, "\11SUBSCRIBEtopic");
    expect(&play, "IGNORED\n");
}

/* libzmq sends MESSAGE as a message; by RFC 23 it would be a command. */
static void the_flag_command_outside_the_box_means_nothing(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    put(&play, 0, "hello");
    play.in.p[0] |= 4;
    expect(&play, "MESSAGE hello\n");
}

/* --- nonces --------------------------------------------------------------------------------- */

#define BAD_NONCE "a MESSAGE came twice, or one is missing"

static void a_nonce_comes_once_and_in_turn(void **state)
{
    (void)state;
    static const int steps[] = {-1, -2, 1, 1000};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct play play;
        begin(&play);
        put(&play, 0, "one");
        tell_play(&play);
        assert_heard(&play.server, "MESSAGE one\n");
        play.client.nonce = (uint64_t)((int64_t)play.client.nonce + steps[i]);
        put(&play, 0, "two");
        refused(&play, BAD_NONCE);
    }
}

static void a_message_that_is_sent_again_is_refused(void **state)
{
    (void)state;
    struct play play;
    struct cw_buf again = {0};
    begin(&play);
    put(&play, 0, "one");
    cw_buf_append(&again, play.in.p, play.in.n);
    tell_play(&play);
    assert_heard(&play.server, "MESSAGE one\n");
    cw_buf_append(&play.in, again.p, again.n);
    refused(&play, BAD_NONCE);
    cw_buf_finish(&again);
}

/* The number is right: only the nonce's prefix shows which side has sealed the box. */
static void what_a_server_has_sealed_is_not_taken_for_a_clients(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    say_text(&play.server, "two");
    say_text(&play.server, "three");
    seal(&play.server);
    cw_buf_append(&play.in, play.server.wire.p + 38, play.server.wire.n - 38); /* nonce 3 */
    refused(&play, "a MESSAGE does not open");
}

/* --- other commands --------------------------------------------------------------------------- */

static void every_octet_counts(void **state)
{
    (void)state;
    for (size_t at = 2; at < 2 + 33 + 5; at++) {
        struct play play;
        begin(&play);
        put(&play, 0, "hello");
        play.in.p[at] ^= 1;
        refused(&play, at < 10   ? "the peer sent something else than MESSAGE"
                       : at < 18 ? BAD_NONCE
                                 : "a MESSAGE does not open");
    }
}

static void flags_are_checked(void **state)
{
    (void)state;
    struct play play;
    for (unsigned flag = 8; flag < 256; flag *= 2) {
        begin(&play);
        put(&play, 0, "");
        play.in.p[0] |= (uint8_t)flag;
        refused(&play, "a frame has reserved flags");
    }
    begin(&play);
    put(&play, 0, "");
    play.in.p[0] |= 1;
    refused(&play, "a MESSAGE is malformed");
    for (unsigned flag = 4; flag < 256; flag *= 2) {
        begin(&play);
        put(&play, (uint8_t)flag, "");
        refused(&play, "a frame has reserved flags");
    }
    begin(&play);
    put(&play, 3, "\4PING");
    refused(&play, "a command has the flag MORE");
}

/* "This command SHALL be at least 33 octets long". */
static void a_box_holds_its_flags_at_least(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    put(&play, 0, "");
    play.in.p[1]--;
    play.in.n--;
    refused(&play, "a MESSAGE is malformed");
    begin(&play);
    cw_buf_append(&play.in, "\0\0", 2);
    refused(&play, "a MESSAGE is malformed");
    begin(&play);
    cw_buf_append(&play.in, "\0\2hi", 4); /* plain, as with NULL */
    refused(&play, "a MESSAGE is malformed");
}

static void commands_are_checked(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    manual_message(&play.client, 2, cw_slice_of("\4PING\0\00012345678901234567", 24), &play.in);
    refused(&play, "PING is malformed");
    begin(&play);
    put(&play, 2, "");
    refused(&play, "a command has no name");
    begin(&play);
    put(&play, 2, "\5READY");
    refused(&play, "READY came twice");
    begin(&play);
    put(&play, 2, "\5ERROR");
    refused(&play, "the peer refused the connection with ERROR");
    begin(&play);
    play.server.framer->message_max = 2000;
    put_zeros(&play, 2, 1025);
    refused(&play, "a command is too long");
}

/* --- several frames -------------------------------------------------------------------------- */

static void other_messages_of_several_frames_are_refused(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    put(&play, 1, "a");
    put(&play, 0, "b");
    put(&play, 1, "");
    put(&play, 1, "");
    manual_message(&play.client, 2, cw_slice_of("\4PING\0\0", 7), &play.in);
    put(&play, 0, "c");
    put(&play, 0, "d");
    expect(&play, "REFUSED\nPING\nREFUSED\nMESSAGE d\n");
    begin(&play);
    for (int i = 0; i < 5; i++)
        put(&play, 1, "");
    refused(&play, "a message has too many frames");
}

/* --- long messages ---------------------------------------------------------------------------- */

static void a_long_message_is_skipped_before_login(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    put_zeros(&play, 0, MESSAGE_MAX + 1);
    put(&play, 0, "one");
    put_zeros(&play, 0, JUDGED_MAX);
    put(&play, 0, "two");
    tell_play(&play);
    assert_heard(&play.server, "REFUSED\nMESSAGE one\nREFUSED\nMESSAGE two\n");
    put_zeros(&play, 0, JUDGED_MAX + 1);
    play.in.n = 9; /* refused by the frame's header */
    refused(&play, "a message is too long");
    begin(&play);
    cw_buf_append(&play.in, "\2\x80\0\0\0\0\0\0\0", 9);
    refused(&play, "a message is too long");
    begin(&play);
    cw_buf_append(&play.in, "\2\xff\xff\xff\xff\xff\xff\xff\xff", 9);
    refused(&play, "a message is too long");
    begin(&play);
    play.client.nonce += 1;
    put_zeros(&play, 0, JUDGED_MAX);
    play.in.n = 9 + 16; /* its nonce counts, too */
    refused(&play, BAD_NONCE);
}

static void the_memory_of_a_message_is_its_keepers(void **state)
{
    (void)state;
    for (size_t cut = 1; cut < 3000; cut += 1499) {
        struct play play;
        begin(&play);
        play.server.framer->message_max = 2000;
        put_zeros(&play, 0, 1999);
        struct cw_slice first = cw_slice_of(play.in.p, cut < play.in.n ? cut : play.in.n);
        struct cw_slice rest = cw_slice_of(play.in.p + first.n, play.in.n - first.n);
        struct cw_framer_event event =
            cw_framer_input(play.server.framer, &first, &play.server.out);
        if (rest.n != 0) {
            assert_int_equal(event.type, CW_FRAMER_NEED_MORE);
            assert_int_equal(play.server.framer->whole, cut < 25 ? 0 : play.in.n);
            event = cw_framer_input(play.server.framer, &rest, &play.server.out);
        }
        assert_int_equal(event.type, CW_FRAMER_MESSAGE);
        assert_int_equal(play.server.framer->whole, 0);
        struct cw_owned kept = cw_framer_keep(play.server.framer, event.body);
        struct cw_slice body = kept.slice;
        assert_ptr_equal(body.p, event.body.p); /* not copied */
        assert_int_equal(body.n, 1999);
        end_play(&play);
        for (size_t i = 0; i < body.n; i++)
            assert_int_equal(body.p[i], 0);
        cw_owned_free(&kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(messages_of_any_length, setup),
        cmocka_unit_test_setup(an_envelope_is_a_message_of_its_own, setup),
        cmocka_unit_test_setup(commands_are_in_boxes, setup),
        cmocka_unit_test_setup(the_flag_command_outside_the_box_means_nothing, setup),
        cmocka_unit_test_setup(a_nonce_comes_once_and_in_turn, setup),
        cmocka_unit_test_setup(a_message_that_is_sent_again_is_refused, setup),
        cmocka_unit_test_setup(what_a_server_has_sealed_is_not_taken_for_a_clients, setup),
        cmocka_unit_test_setup(every_octet_counts, setup),
        cmocka_unit_test_setup(flags_are_checked, setup),
        cmocka_unit_test_setup(a_box_holds_its_flags_at_least, setup),
        cmocka_unit_test_setup(commands_are_checked, setup),
        cmocka_unit_test_setup(other_messages_of_several_frames_are_refused, setup),
        cmocka_unit_test_setup(a_long_message_is_skipped_before_login, setup),
        cmocka_unit_test_setup(the_memory_of_a_message_is_its_keepers, setup),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("curve_traffic", tests, NULL, NULL);
}
