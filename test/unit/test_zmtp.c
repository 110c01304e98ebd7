/* test_zmtp.c - the ZMTP framer, byte for byte: greeting and handshake.
 *
 * Names and comments quote RFC 37 (ZMTP 3.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "zmtp_play.h"

/* --- greeting ------------------------------------------------------------------ */

static void greeting_split_at_every_position(void **state)
{
    (void)state;
    expect(CW_FRAMER_SERVER, PEER_GREETING, "", OUR_GREETING READY_ROUTER);
    expect(CW_FRAMER_CLIENT, PEER_GREETING, "", OUR_GREETING READY_DEALER);
}

static void the_peer_shall_send_its_entire_greeting(void **state)
{
    (void)state;
    struct run run;
    start(&run, CW_FRAMER_SERVER);
    assert_out(&run, "");
    struct cw_buf in = parse(PEER_GREETING);
    feed(&run, in.p, 0);
    assert_out(&run, "");
    feed(&run, in.p, 1); /* libzmq waits for ours after 10 octets of its own */
    assert_out(&run, OUR_GREETING);
    feed(&run, in.p + 1, 62);
    assert_out(&run, ""); /* no READY before the whole greeting is there */
    feed(&run, in.p + 63, 1);
    assert_out(&run, READY_ROUTER);
    cw_buf_finish(&in);
    stop(&run);
}

static void shall_not_assign_any_significance_to_the_padding_field(void **state)
{
    (void)state;
    expect(CW_FRAMER_SERVER, "ff 0123456789abcdef 7f 0301 'NULL'" PAD_16 "00" FILLER READY_DEALER,
           "READY\n", OUR_GREETING READY_ROUTER);
}

static void as_server_shall_have_no_significance(void **state)
{
    (void)state;
    expect(CW_FRAMER_SERVER, "ff" ZEROS_8 "7f 0301 'NULL'" PAD_16 "01" FILLER READY_DEALER,
           "READY\n", OUR_GREETING READY_ROUTER);
}

static bool proves_receipt(const char *greeting)
{
    struct run run;
    start(&run, CW_FRAMER_SERVER);
    feed_hex(&run, greeting);
    feed_hex(&run, READY_DEALER);
    assert_events(&run, "READY\n");
    bool proves = run.z.framer.proves_receipt;
    stop(&run);
    return proves;
}

static void must_accept_higher_protocol_versions_as_valid(void **state)
{
    (void)state;
    assert_false(proves_receipt(GREETING("0300"))); /* it has no PING */
    assert_true(proves_receipt(GREETING("0301")));
    assert_true(proves_receipt(GREETING("03ff")));
    assert_true(proves_receipt(GREETING("0400")));
    assert_true(proves_receipt(GREETING("ff07")));
}

static void if_a_peer_cannot_downgrade_it_must_close(void **state)
{
    (void)state;
    static const char reason[] = "FAILED the peer speaks ZMTP 2 or older, version 3 is needed\n";
    expect(CW_FRAMER_SERVER, "ff" ZEROS_8 "7f 02", reason, OUR_GREETING);
    expect(CW_FRAMER_SERVER, GREETING("0100"), reason, OUR_GREETING);
    expect(CW_FRAMER_SERVER, GREETING("0001"), reason, OUR_GREETING);
    expect(CW_FRAMER_CLIENT, GREETING("0201"), reason, OUR_GREETING);
    /* An identity of 8 octets, as ZMTP 1 sent it. */
    static const char first[] = "FAILED the peer speaks ZMTP 1, version 3 is needed\n";
    expect(CW_FRAMER_SERVER, "ff 00000000 00000009 00 'identity'", first, OUR_GREETING);
    expect(CW_FRAMER_SERVER, "ff" ZEROS_8 "fe 0301", first, OUR_GREETING);
}

static void if_the_mechanism_does_not_exactly_match_must_close(void **state)
{
    (void)state;
    static const char reason[] = "FAILED the peer wants another security mechanism than NULL\n";
    static const char *const mechanisms[] = {"'PLAIN' 000000" ZEROS_8 "00000000",
                                             "'CURVE' 000000" ZEROS_8 "00000000",
                                             "'null' 00000000" ZEROS_8 "00000000",
                                             "'NULLS' 000000" ZEROS_8 "00000000",
                                             "'NULL                '",
                                             "00000000" PAD_16,
                                             "'NULL' 00000000" ZEROS_8 "000000"
                                             "01"};
    for (size_t i = 0; i < sizeof mechanisms / sizeof mechanisms[0]; i++) {
        char vector[512];
        snprintf(vector, sizeof vector, "%s%s%s", "ff" ZEROS_8 "7f 0301", mechanisms[i],
                 "00" FILLER);
        /* "A peer that reads a full greeting [...] MUST also send a full greeting" */
        expect(CW_FRAMER_SERVER, vector, reason, OUR_GREETING);
    }
}

static void a_peer_that_speaks_something_else_is_turned_away(void **state)
{
    (void)state;
    static const char reason[] = "FAILED the peer does not speak ZMTP\n";
    expect(CW_FRAMER_SERVER, "'GET / HTTP/1.1' 0d0a0d0a", reason, "");
    expect(CW_FRAMER_SERVER, "'@'", reason, "");
    expect(CW_FRAMER_SERVER, "'['", reason, "");
    expect(CW_FRAMER_SERVER, "'hello'", reason, "");
    expect(CW_FRAMER_SERVER, "16 0301 0200 01", reason, ""); /* TLS ClientHello */
    expect(CW_FRAMER_SERVER, "01 00", reason, "");           /* ZMTP 1, anonymous */
    expect(CW_FRAMER_CLIENT, "'HTTP/1.1 200 OK'", reason, OUR_GREETING);
}

/* --- READY ----------------------------------------------------------------------- */

static void handshake_of_a_client(void **state)
{
    (void)state;
    expect(CW_FRAMER_CLIENT,
           PEER_GREETING READY("29", ROUTER "08 'Identity' 00000000") "00 02 'hi'",
           "READY\nMESSAGE 6869\n", OUR_GREETING READY_DEALER);
    expect(CW_FRAMER_CLIENT, PEER_GREETING READY_DEALER, "FAILED Socket-Type must be ROUTER\n",
           OUR_GREETING READY_DEALER "04 21 05 'ERROR' 1a 'Socket-Type_must_be_ROUTER'");
}

static void metadata_names_shall_be_case_insensitive(void **state)
{
    (void)state;
    EXPECT_HANDSHAKE(READY("1c", "0b 'sOCKET-tYPE' 00000006 'DEALER'"), "READY\n", "");
    EXPECT_HANDSHAKE(READY("2d", DEALER "0b 'SOCKET-TYPE' 00000001 'X'"),
                     "FAILED Socket-Type came twice\n",
                     "04 1d 05 'ERROR' 16 'Socket-Type_came_twice'");
}

static void other_properties_are_ignored(void **state)
{
    (void)state;
    EXPECT_HANDSHAKE(READY("42", "08 'X-colour' 00000000" DEALER "01 'a' 00000002 ffff"
                                 "0b 'Sucket-Type' 00000001 'X'"),
                     "READY\n", "");
    EXPECT_HANDSHAKE("06 000000000000001c 05 'READY'" DEALER, "READY\n", "");
}

static void is_req(const char *ready, bool req)
{
    struct run run;
    start(&run, CW_FRAMER_SERVER);
    feed_hex(&run, PEER_GREETING);
    feed_hex(&run, ready);
    assert_events(&run, "READY\n");
    assert_int_equal(run.z.framer.takes_updates, !req);
    stop(&run);
}

static void the_socket_type_tells_req_from_dealer(void **state)
{
    (void)state;
    is_req(READY("19", SOCKET_TYPE "00000003 'REQ'"), true);
    is_req(READY_DEALER, false);
}

#define EXPECT_ERROR(ready, reason, error) EXPECT_HANDSHAKE(ready, "FAILED " reason "\n", error)

static void should_handle_errors_by_returning_an_error_command(void **state)
{
    (void)state;
#define BAD_TYPE     "Socket-Type must be DEALER or REQ"
#define BAD_TYPE_ERR "04 28 05 'ERROR' 21 'Socket-Type_must_be_DEALER_or_REQ'"
    EXPECT_ERROR(READY_ROUTER, BAD_TYPE, BAD_TYPE_ERR);
    EXPECT_ERROR(READY("19", SOCKET_TYPE "00000003 'PUB'"), BAD_TYPE, BAD_TYPE_ERR);
    EXPECT_ERROR(READY("16", SOCKET_TYPE "00000000"), BAD_TYPE, BAD_TYPE_ERR);
    EXPECT_ERROR(READY("1d", SOCKET_TYPE "00000007 'DEALERS'"), BAD_TYPE, BAD_TYPE_ERR);
    EXPECT_ERROR(READY("1c", SOCKET_TYPE "00000006 'dealer'"), BAD_TYPE, BAD_TYPE_ERR);
    EXPECT_ERROR(READY("06", ""), "Socket-Type is missing",
                 "04 1d 05 'ERROR' 16 'Socket-Type_is_missing'");
    EXPECT_ERROR(READY("32", DEALER DEALER), "Socket-Type came twice",
                 "04 1d 05 'ERROR' 16 'Socket-Type_came_twice'");
}

static void zero_sized_names_are_not_valid(void **state)
{
    (void)state;
#define MALFORMED     "READY metadata is malformed"
#define MALFORMED_ERR "04 22 05 'ERROR' 1b 'READY_metadata_is_malformed'"
    EXPECT_ERROR(READY("21", DEALER "00 00000000"), MALFORMED, MALFORMED_ERR);
    EXPECT_ERROR(READY("1d", DEALER "01"), MALFORMED, MALFORMED_ERR);
    EXPECT_ERROR(READY("1e", DEALER "02 'a'"), MALFORMED, MALFORMED_ERR);
    EXPECT_ERROR(READY("21", DEALER "01 'a' 000000"), MALFORMED, MALFORMED_ERR);
    EXPECT_ERROR(READY("23", DEALER "01 'a' 00000002 00"), MALFORMED, MALFORMED_ERR);
    EXPECT_ERROR(READY("22", DEALER "01 'a' 80000000"), MALFORMED, MALFORMED_ERR);
    EXPECT_ERROR(READY("22", DEALER "01 'a' ffffffff"), MALFORMED, MALFORMED_ERR);
}

/* READY with an identity of n octets, in a long frame. */
static void play_identity(size_t n, const char *first, const char *events, const char *error)
{
    struct run run;
    start(&run, CW_FRAMER_SERVER);
    feed_hex(&run, PEER_GREETING);
    size_t body = 28 + 9 + 4 + n;
    uint8_t head[] = {0x06, 0, 0, 0, 0, 0, 0, (uint8_t)(body >> 8), (uint8_t)body};
    feed(&run, head, sizeof head);
    feed_hex(&run, "05 'READY'" DEALER "08 'Identity' 0000");
    feed(&run, (uint8_t[]){(uint8_t)(n >> 8), (uint8_t)n}, 2);
    feed_hex(&run, first);
    for (size_t i = 1; i < n; i++)
        feed_hex(&run, "00");
    assert_events(&run, events);
    assert_true(run.out.n >= 94);
    cw_buf_consume(&run.out, 94); /* greeting and READY: 64 + 30 */
    assert_out(&run, error);
    stop(&run);
}

static void the_first_octet_of_the_identity_shall_not_be_zero(void **state)
{
    (void)state;
    static const char refused[] = "FAILED Identity is not allowed\n";
    static const char error[] = "04 1e 05 'ERROR' 17 'Identity_is_not_allowed'";
    play_identity(1, "41", "READY\n", "");
    play_identity(255, "41", "READY\n", "");
    play_identity(256, "41", refused, error);
    play_identity(1, "00", refused, error);
    play_identity(255, "00", refused, error);
}

static void shall_treat_an_incoming_error_command_as_fatal(void **state)
{
    (void)state;
    static const char reason[] = "FAILED the peer refused the connection with ERROR\n";
    EXPECT_HANDSHAKE("04 0a 05 'ERROR' 03 '400'",
                     "FAILED the peer refused the connection with "
                     "ERROR\n",
                     "");
    expect(CW_FRAMER_CLIENT, PEER_GREETING "04 06 05 'ERROR'", reason, OUR_GREETING READY_DEALER);
    EXPECT_TRAFFIC("04 07 05 'ERROR' 00", "FAILED the peer refused the connection with ERROR\n",
                   "");
}

static void messages_only_after_the_handshake(void **state)
{
    (void)state;
    EXPECT_HANDSHAKE("00 01 'a'", "FAILED a message came before READY\n", "");
    EXPECT_HANDSHAKE("02 ffffffffffffffff", "FAILED a message came before READY\n", "");
    EXPECT_HANDSHAKE("04 07 04 'PING' 0000", "FAILED a command came before READY\n", "");
    EXPECT_HANDSHAKE("04 06 05 'HELLO'", "FAILED a command came before READY\n", "");
    EXPECT_TRAFFIC(READY_DEALER, "FAILED READY came twice\n", "");
}

/* The session ends while its long frame arrives: more than the head has been gathered when the
 * frame is to be skipped. Nothing of it remains, and what follows is understood. */
static void the_limit_falls_while_a_frame_arrives(void **state)
{
    (void)state;
    struct run run;
    start_traffic(&run);
    run.z.framer.message_max = run.z.framer.judged_max = 5000;
    feed_hex(&run, "02 0000000000001388");
    feed_zeros(&run, 3000);
    assert_int_equal(run.z.framer.whole, 5009);
    run.z.framer.message_max = 10;
    feed_zeros(&run, 1);
    assert_int_equal(run.z.framer.whole, 0);
    assert_int_equal(run.z.framer.partial.n, 0);
    run.events.n = 0; /* the head */
    feed_zeros(&run, 1999);
    feed_hex(&run, "00 01 'a'");
    assert_events(&run, "MESSAGE 61\n");
    stop(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greeting_split_at_every_position),
        cmocka_unit_test(the_peer_shall_send_its_entire_greeting),
        cmocka_unit_test(shall_not_assign_any_significance_to_the_padding_field),
        cmocka_unit_test(as_server_shall_have_no_significance),
        cmocka_unit_test(must_accept_higher_protocol_versions_as_valid),
        cmocka_unit_test(if_a_peer_cannot_downgrade_it_must_close),
        cmocka_unit_test(if_the_mechanism_does_not_exactly_match_must_close),
        cmocka_unit_test(a_peer_that_speaks_something_else_is_turned_away),
        cmocka_unit_test(handshake_of_a_client),
        cmocka_unit_test(the_limit_falls_while_a_frame_arrives),
        cmocka_unit_test(metadata_names_shall_be_case_insensitive),
        cmocka_unit_test(other_properties_are_ignored),
        cmocka_unit_test(the_socket_type_tells_req_from_dealer),
        cmocka_unit_test(should_handle_errors_by_returning_an_error_command),
        cmocka_unit_test(zero_sized_names_are_not_valid),
        cmocka_unit_test(the_first_octet_of_the_identity_shall_not_be_zero),
        cmocka_unit_test(shall_treat_an_incoming_error_command_as_fatal),
        cmocka_unit_test(messages_only_after_the_handshake),
    };
    return cmocka_run_group_tests_name("zmtp", tests, NULL, NULL);
}
