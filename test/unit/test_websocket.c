/* test_websocket.c - the WebSocket framer, byte for byte: frames, masks, closing, texts.
 *
 * Names and comments quote RFC 6455. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "frame/websocket_accept.h"
#include "websocket_play.h"

/* --- 5.7. Examples ------------------------------------------------------------------ */

static void a_single_frame_unmasked_text_message(void **state)
{
    (void)state;
    EXPECT_CLIENT("81 05 48 65 6c 6c 6f", "MESSAGE text 48656c6c6f\n", "");
}

static void a_single_frame_masked_text_message(void **state)
{
    (void)state;
    EXPECT("81 85 37 fa 21 3d 7f 9f 4d 51 58", "MESSAGE text 48656c6c6f\n", "");
}

static void a_fragmented_unmasked_text_message(void **state)
{
    (void)state;
    EXPECT_CLIENT("01 03 48 65 6c 80 02 6c 6f", "MESSAGE text 48656c6c6f\n", "");
}

static void unmasked_ping_request_and_masked_ping_response(void **state)
{
    (void)state;
    struct run run;
    EXPECT_CLIENT("89 05 48 65 6c 6c 6f", "PING\n", "8a 05 48 65 6c 6c 6f");
    start(&run, CW_FRAMER_CLIENT);
    feed_hex(&run, "89 05 48 65 6c 6c 6f");
    struct cw_buf sealed = {0};
    struct cw_slice plain = cw_buf_slice(&run.out);
    cw_framer_seal(run.framer, &plain, 1, &sealed);
    assert_answered(&sealed, "8a 85 37 fa 21 3d 7f 9f 4d 51 58");
    cw_buf_finish(&sealed);
    stop(&run);
}

static void header_of(struct run *run, uint64_t n, const char *expected)
{
    uint8_t room[CW_FRAMER_HEADER_MAX], *end = room + sizeof room;
    size_t header_n = cw_framer_header(run->framer, end, n, false);
    struct cw_buf header = {0};
    cw_buf_append(&header, end - header_n, header_n);
    assert_answered(&header, expected);
    cw_buf_finish(&header);
}

static void binary_messages_in_a_single_unmasked_frame(void **state)
{
    (void)state;
    struct run run;
    start(&run, CW_FRAMER_SERVER);
    header_of(&run, 0, "82 00");
    header_of(&run, 125, "82 7d");
    header_of(&run, 126, "82 7e 00 7e");
    header_of(&run, 256, "82 7e 01 00");
    header_of(&run, 65535, "82 7e ff ff");
    header_of(&run, 65536, "82 7f 00 00 00 00 00 01 00 00");
    header_of(&run, UINT64_C(1) << 40, "82 7f 00 00 01 00 00 00 00 00");
    cw_framer_put(run.framer, cw_slice_str("hi"), &run.out);
    assert_answered(&run.out, "82 02 'hi'");
    stop(&run);
}

/* --- 5.2. Base Framing Protocol ------------------------------------------------------ */

static void rsv_must_be_0(void **state)
{
    (void)state;
    static const char *const firsts[] = {"c2", "a2", "92", "f2", "c9", "40", "f8"};
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++)
        EXPECT(firsts[i], "FAILED a frame has reserved bits\n", "88 02 03ea");
}

static void unknown_opcodes_fail_the_connection(void **state)
{
    (void)state;
    static const char *const firsts[] = {"83", "84", "85", "86", "87", "8b",
                                         "8c", "8d", "8e", "8f", "03", "0b"};
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++)
        EXPECT(firsts[i], "FAILED a frame has a reserved opcode\n", "88 02 03ea");
}

static void must_close_upon_receiving_a_frame_that_is_not_masked(void **state)
{
    (void)state;
    EXPECT("82 02", "FAILED a client's frame is not masked\n", "88 02 03ea");
    EXPECT("89 00", "FAILED a client's frame is not masked\n", "88 02 03ea");
    EXPECT("82 80 " Z "82 7e", "MESSAGE \nFAILED a client's frame is not masked\n", "88 02 03ea");
    EXPECT_CLIENT("82 82", "FAILED a server's frame is masked\n", "88 02 03ea");
}

static void the_minimal_number_of_bytes_must_be_used(void **state)
{
    (void)state;
    static const char reason[] = "FAILED a length is not encoded in the fewest octets\n";
    EXPECT("82 fe 0000 " Z, reason, "88 02 03ea");
    EXPECT("82 fe 007d " Z, reason, "88 02 03ea");
    EXPECT("82 ff 0000000000000000 " Z, reason, "88 02 03ea");
    EXPECT("82 ff 000000000000ffff " Z, reason, "88 02 03ea");
    EXPECT_CLIENT("82 7e 007d", reason, "88 02 03ea");
}

static void the_most_significant_bit_must_be_0(void **state)
{
    (void)state;
    EXPECT("82 ff 8000000000000000 " Z, "FAILED a length has its highest bit set\n", "88 02 03ea");
    EXPECT("80 ff ffffffffffffffff " Z, "FAILED a message goes on that has not begun\n",
           "88 02 03ea");
}

static void octet_i_is_masked_with_octet_i_modulo_4(void **state)
{
    (void)state;
    EXPECT("82 80 01020304", "MESSAGE \n", "");
    EXPECT("82 81 01020304 00", "MESSAGE 01\n", "");
    EXPECT("82 93 01020304 00000000 00000000 00000000 00000000 000000",
           "MESSAGE 01020304010203040102030401020304010203\n", "");
    /* Each frame has a key of its own. */
    EXPECT("02 85 01020304 0000000000 00 83 a0b0c0d0 000000 80 82 ffffffff 0000",
           "MESSAGE 0102030401a0b0c0ffff\n", "");
}

/* --- 5.4. Fragmentation --------------------------------------------------------------- */

static void a_fragmented_message(void **state)
{
    (void)state;
    EXPECT("02 82 " Z "'ab' 00 80 " Z "00 81 " Z "'c' 80 81 " Z "'d' 82 81 " Z "'e'",
           "MESSAGE 61626364\nMESSAGE 65\n", "");
    EXPECT("02 80 " Z "80 80 " Z, "MESSAGE \n", "");
    EXPECT_CLIENT("02 02 'ab' 80 01 'c' 82 01 'd'", "MESSAGE 616263\nMESSAGE 64\n", "");
}

static void control_frames_may_be_injected_in_the_middle(void **state)
{
    (void)state;
    EXPECT("02 82 " Z "'ab' 89 83 01010101 '123' 80 81 " Z "'c'", "PING\nMESSAGE 616263\n",
           "8a 03 303332");
    EXPECT("02 80 " Z "8a 82 " Z "'no' 89 80 " Z "80 81 " Z "'c'", "PONG 6e6f\nPING\nMESSAGE 63\n",
           "8a 00");
    EXPECT("02 82 " Z "'ab' 88 82 " Z "03e8", "CLOSED\n", "88 02 03e8");
}

static void fragments_must_not_be_interleaved(void **state)
{
    (void)state;
    EXPECT("02 82 " Z "'ab' 82", "FAILED a message begins in another\n", "88 02 03ea");
    EXPECT("01 82 " Z "'ab' 01", "FAILED a message begins in another\n", "88 02 03ea");
    EXPECT("80", "FAILED a message goes on that has not begun\n", "88 02 03ea");
    EXPECT("02 80 " Z "80 80 " Z "00", "MESSAGE \nFAILED a message goes on that has not begun\n",
           "88 02 03ea");
}

/* --- 5.5. Control Frames --------------------------------------------------------------- */

static void control_frames_must_be_short_and_whole(void **state)
{
    (void)state;
    EXPECT("89 fe", "FAILED a control frame is too long\n", "88 02 03ea");
    EXPECT("88 ff", "FAILED a control frame is too long\n", "88 02 03ea");
    EXPECT_CLIENT("8a 7e", "FAILED a control frame is too long\n", "88 02 03ea");
    EXPECT("09", "FAILED a control frame is fragmented\n", "88 02 03ea");
    EXPECT("08", "FAILED a control frame is fragmented\n", "88 02 03ea");
}

static void a_pong_has_identical_application_data(void **state)
{
    (void)state;
    struct run run;
    char pong[3 * 127], *end = pong + snprintf(pong, sizeof pong, "8a7d");
    EXPECT("89 80 12345678", "PING\n", "8a 00");
    start_traffic(&run);
    feed_hex(&run, "89 fd 01020304");
    for (int i = 0; i < 125; i++)
        end += snprintf(end, (size_t)(pong + sizeof pong - end), "0%d", 1 + i % 4);
    feed_zeros(&run, 125);
    assert_noted(&run.events, "PING\n");
    assert_answered(&run.out, pong);
    assert_int_equal(run.framer->partial.capacity, 0);
    stop(&run);
}

static void a_pong_tells_the_mark_of_its_ping(void **state)
{
    (void)state;
    struct run run;
    uint64_t mark;
    memcpy(&mark, "01234567", sizeof mark);
    start_traffic(&run);
    cw_framer_probe(run.framer, mark, &run.out);
    cw_framer_probe(run.framer, 0, &run.out);
    assert_answered(&run.out, "89 08 '01234567' 89 00");
    struct cw_buf pongs = parse("8a 88 " Z "'01234567' 8a 80 " Z "8a 87 " Z "'0123456'");
    struct cw_slice in = cw_buf_slice(&pongs);
    assert_int_equal(cw_framer_input(run.framer, &in, &run.out).mark, mark);
    struct cw_framer_event event = cw_framer_input(run.framer, &in, &run.out);
    assert_true(event.type == CW_FRAMER_PONG && event.mark == 0);
    event = cw_framer_input(run.framer, &in, &run.out);
    assert_true(event.type == CW_FRAMER_PONG && event.mark == 0 && event.body.n == 7);
    assert_int_equal(in.n, 0);
    cw_buf_finish(&pongs);
    stop(&run);
}

static void a_close_frame_is_echoed_once(void **state)
{
    (void)state;
    EXPECT("88 80 " Z, "CLOSED\n", "88 00");
    EXPECT("88 82 01010101 02e9", "CLOSED\n", "88 02 03e8");
    EXPECT("88 86 " Z "0bb8 'done' 82 81 " Z "'a'", "CLOSED\n", "88 02 0bb8");
    EXPECT_CLIENT("88 05 03e9 'bye'", "CLOSED\n", "88 02 03e9");
    struct run run;
    start_traffic(&run);
    feed_hex(&run, "88 82 " Z "03e8");
    cw_framer_close(run.framer, &run.out); /* as an owner does after CLOSED */
    assert_answered(&run.out, "88 02 03e8");
    feed_hex(&run, "82 81 " Z "'a'");
    assert_noted(&run.events, "CLOSED\nFAILED the connection has ended\n");
    assert_answered(&run.out, "");
    stop(&run);
}

static void close_codes(void **state)
{
    (void)state;
    static const unsigned valid[] = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010,
                                     1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999};
    static const unsigned none[] = {0,    999,  1004, 1005, 1006, 1015,
                                    1016, 1100, 2000, 2999, 5000, 65535};
    char vector[64], out[16];
    for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++) {
        snprintf(vector, sizeof vector, "88 82 " Z "%04x", valid[i]);
        snprintf(out, sizeof out, "88 02 %04x", valid[i]);
        EXPECT(vector, "CLOSED\n", out);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        snprintf(vector, sizeof vector, "88 82 " Z "%04x", none[i]);
        EXPECT(vector, "FAILED a close frame has a code that is none\n", "88 02 03ea");
    }
    EXPECT("88 81 " Z "03", "FAILED a close frame has half a code\n", "88 02 03ea");
}

static void the_reason_of_a_close_is_utf_8(void **state)
{
    (void)state;
    EXPECT("88 84 " Z "03e8 c3a9", "CLOSED\n", "88 02 03e8");
    EXPECT("88 83 " Z "03e8 c3", "FAILED the reason in a close frame is not UTF-8\n", "88 02 03ef");
}

/* 7.4.1. */
static void the_owner_closes(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    cw_framer_close(run.framer, &run.out);
    cw_framer_close(run.framer, &run.out);
    assert_answered(&run.out, "88 02 03e9");
    stop(&run);
    start(&run, CW_FRAMER_CLIENT);
    feed(&run, NULL, 0);
    cw_framer_close(run.framer, &run.out);
    assert_answered(&run.out, "88 02 03e8");
    stop(&run);
}

/* 1003: "a type of data it cannot accept (e.g., an endpoint that understands only [binary data]
 * MAY send this if it receives a [text] message)" */
static void an_owner_that_refuses_a_text_closes_with_1003(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    feed_hex(&run, "81 82 " Z "'hi'");
    cw_framer_close(run.framer, &run.out);
    assert_noted(&run.events, "MESSAGE text 6869\n");
    assert_answered(&run.out, "88 02 03eb");
    stop(&run);
    start_traffic(&run);
    feed_hex(&run, "81 82 " Z "'hi' 82 82 " Z "'ho'");
    cw_framer_close(run.framer, &run.out);
    assert_noted(&run.events, "MESSAGE text 6869\nMESSAGE 686f\n");
    assert_answered(&run.out, "88 02 03e9");
    stop(&run);
}

/* --- 8.1. Handling of Errors in UTF-8-Encoded Data ---------------------------------------- */

static void a_text_is_utf_8_over_all_its_frames(void **state)
{
    (void)state;
    EXPECT("01 81 " Z "e2 00 81 " Z "82 80 81 " Z "ac", "MESSAGE text e282ac\n", "");
    EXPECT("81 84 " Z "f0908d88", "MESSAGE text f0908d88\n", "");
    EXPECT_CLIENT("01 03 f0908d 80 01 88", "MESSAGE text f0908d88\n", "");
    EXPECT("81 82 " Z "'hi' 81 81 " Z "ff",
           "MESSAGE text 6869\nFAILED a text message is not UTF-8\n", "88 02 03ef");
    /* Each octet is valid, but the last character is incomplete. */
    EXPECT("81 82 " Z "e282", "FAILED a text message is not UTF-8\n", "88 02 03ef");
    EXPECT("01 82 " Z "e282 80 80 " Z, "FAILED a text message is not UTF-8\n", "88 02 03ef");
    /* A binary message may be anything. */
    EXPECT("82 82 " Z "e282", "MESSAGE e282\n", "");
}

static void a_wrong_octet_is_noticed_when_it_comes(void **state)
{
    (void)state;
    static const char *const wrong[] = {"ff",     "80",       "c0",       "c1",     "e080",
                                        "eda0",   "f080",     "f490",     "f5",     "c328",
                                        "e28228", "f0908d28", "61c3a9ff", "e282ff", "f09041"};
    char vector[64];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(vector, sizeof vector, "01 e4 " Z "%s", wrong[i]);
        EXPECT(vector, "FAILED a text message is not UTF-8\n", "88 02 03ef");
    }
}

/* --- 5.3. Client-to-Server Masking ----------------------------------------------------------- */

static void only_a_client_seals(void **state)
{
    (void)state;
    struct run run;
    start(&run, CW_FRAMER_SERVER);
    assert_false(cw_framer_seals(run.framer));
    stop(&run);
}

static void each_frame_has_a_key_of_its_own(void **state)
{
    (void)state;
    struct run run;
    struct cw_buf sealed = {0};
    start(&run, CW_FRAMER_CLIENT);
    assert_true(cw_framer_seals(run.framer));
    cw_framer_put(run.framer, cw_slice_str("Hello"), &run.out);
    cw_framer_put(run.framer, cw_slice_str(""), &run.out);
    cw_framer_probe(run.framer, 0, &run.out);
    cw_framer_put(run.framer, cw_slice_str("Hello"), &run.out);
    struct cw_slice plain = cw_buf_slice(&run.out);
    cw_framer_seal(run.framer, &plain, 1, &sealed);
    assert_answered(&sealed, "82 85 37fa213d 7f9f4d5158 82 80 37fa213e 89 80 37fa213f"
                             "82 85 37fa2140 7f9f4d2c58");
    cw_buf_finish(&sealed);
    stop(&run);
}

/* A server reads what a client has sealed, for any pieces of a long frame. */
static void a_server_reads_what_a_client_has_sealed(void **state)
{
    (void)state;
    static uint8_t body[70000];
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (uint8_t)(i * 7 + i / 251);
    for (size_t cut = 0; cut < 20; cut++) {
        struct run client, server;
        struct cw_buf sealed = {0};
        uint8_t first[10 + 20], *at = first + 10;
        start(&client, CW_FRAMER_CLIENT);
        start_traffic(&server);
        server.framer->message_max = sizeof body;
        memcpy(at, body, cut);
        size_t header_n = cw_framer_header(client.framer, at, sizeof body, false);
        struct cw_slice pieces[] = {cw_slice_of(at - header_n, header_n + cut),
                                    cw_slice_of(body + cut, 30000 + cut),
                                    cw_slice_of(body + 30000 + 2 * cut, 40000 - 2 * cut)};
        cw_framer_seal(client.framer, pieces, 3, &sealed);
        struct cw_slice in = cw_buf_slice(&sealed);
        assert_int_equal(in.n, 2 + 8 + 4 + sizeof body);
        struct cw_framer_event event = cw_framer_input(server.framer, &in, &server.out);
        assert_int_equal(event.type, CW_FRAMER_MESSAGE);
        assert_int_equal(event.body.n, sizeof body);
        assert_memory_equal(event.body.p, body, sizeof body);
        assert_int_equal(in.n, 0);
        cw_buf_finish(&sealed);
        stop(&client);
        stop(&server);
    }
}

static void a_peer_proves_receipt_and_takes_updates(void **state)
{
    (void)state;
    struct run run;
    start(&run, CW_FRAMER_SERVER);
    assert_false(run.framer->proves_receipt || run.framer->takes_updates);
    feed_hex(&run, "82 80 " Z);
    assert_noted(&run.events, "READY\nMESSAGE \n");
    assert_true(run.framer->proves_receipt && run.framer->takes_updates);
    stop(&run);
}

/* --- 1.3. Opening Handshake ------------------------------------------------------------ */

static void the_header_field_of_the_example(void **state)
{
    (void)state;
    char accept[CW_WEBSOCKET_ACCEPT_LEN + 1];
    cw_websocket_accept(cw_slice_str("dGhlIHNhbXBsZSBub25jZQ=="), accept);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_single_frame_unmasked_text_message),
        cmocka_unit_test(a_single_frame_masked_text_message),
        cmocka_unit_test(a_fragmented_unmasked_text_message),
        cmocka_unit_test(unmasked_ping_request_and_masked_ping_response),
        cmocka_unit_test(binary_messages_in_a_single_unmasked_frame),
        cmocka_unit_test(rsv_must_be_0),
        cmocka_unit_test(unknown_opcodes_fail_the_connection),
        cmocka_unit_test(must_close_upon_receiving_a_frame_that_is_not_masked),
        cmocka_unit_test(the_minimal_number_of_bytes_must_be_used),
        cmocka_unit_test(the_most_significant_bit_must_be_0),
        cmocka_unit_test(octet_i_is_masked_with_octet_i_modulo_4),
        cmocka_unit_test(a_fragmented_message),
        cmocka_unit_test(control_frames_may_be_injected_in_the_middle),
        cmocka_unit_test(fragments_must_not_be_interleaved),
        cmocka_unit_test(control_frames_must_be_short_and_whole),
        cmocka_unit_test(a_pong_has_identical_application_data),
        cmocka_unit_test(a_pong_tells_the_mark_of_its_ping),
        cmocka_unit_test(a_close_frame_is_echoed_once),
        cmocka_unit_test(close_codes),
        cmocka_unit_test(the_reason_of_a_close_is_utf_8),
        cmocka_unit_test(the_owner_closes),
        cmocka_unit_test(an_owner_that_refuses_a_text_closes_with_1003),
        cmocka_unit_test(a_text_is_utf_8_over_all_its_frames),
        cmocka_unit_test(a_wrong_octet_is_noticed_when_it_comes),
        cmocka_unit_test(only_a_client_seals),
        cmocka_unit_test(each_frame_has_a_key_of_its_own),
        cmocka_unit_test(a_server_reads_what_a_client_has_sealed),
        cmocka_unit_test(a_peer_proves_receipt_and_takes_updates),
        cmocka_unit_test(the_header_field_of_the_example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
