/* test_zmtp.c - the ZMTP framer, byte for byte.
 *
 * A vector is hex with texts in single quotes. Each is played at once, one
 * octet at a time, and cut in two at every place: events and answers must be
 * the same. Names and comments quote RFC 37 (ZMTP 3.1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "frame/zmtp.h"

#define ZEROS_8            "00000000 00000000"
#define FILLER             ZEROS_8 ZEROS_8 ZEROS_8 "00000000 000000"
#define PAD_16             ZEROS_8 ZEROS_8
#define GREETING(version)  "ff" ZEROS_8 "7f" version "'NULL'" PAD_16 "00" FILLER
#define PEER_GREETING      "ff 00000000 00000001 7f 0301 'NULL'" PAD_16 "00" FILLER
#define OUR_GREETING       GREETING("0301")
#define READY(size, props) "04" size "05 'READY'" props
#define SOCKET_TYPE        "0b 'Socket-Type' "
#define DEALER             SOCKET_TYPE "00000006 'DEALER'"
#define ROUTER             SOCKET_TYPE "00000006 'ROUTER'"
#define READY_DEALER       READY("1c", DEALER)
#define READY_ROUTER       READY("1c", ROUTER)
#define HTTP_ANSWER                                                                                \
    "'HTTP/1.1 400 Bad Request' 0d0a 'Connection: close' 0d0a"                                     \
    "'Content-Type: text/plain; charset=utf-8' 0d0a 0d0a"                                          \
    "'This port speaks ZeroMQ (ZMTP 3), not HTTP.' 0a"                                             \
    "'Use the chinwag client, or a ZeroMQ DEALER socket.' 0a"

#define MESSAGE_MAX 300

/* --- playing a vector -------------------------------------------------------- */

struct run {
    struct cw_zmtp z;
    struct cw_buf out;
    struct cw_buf events; /* text, a line an event */
};

static void start(struct run *run, enum cw_zmtp_role role) {
    *run = (struct run){0};
    cw_zmtp_init(&run->z, role, MESSAGE_MAX);
    cw_zmtp_start(&run->z, &run->out);
}

static void stop(struct run *run) {
    cw_zmtp_finish(&run->z);
    cw_buf_finish(&run->out);
    cw_buf_finish(&run->events);
}

static unsigned digit(char c) {
    assert_true((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

static struct cw_buf parse(const char *vector) {
    struct cw_buf bytes = {0};
    bool text = false;
    for (const char *c = vector; *c != '\0'; c++) {
        if (*c == '\'')
            text = !text;
        else if (text)
            cw_buf_append_byte(&bytes, (uint8_t)*c);
        else if (*c != ' ') {
            cw_buf_append_byte(&bytes, (uint8_t)(digit(c[0]) << 4 | digit(c[1])));
            c++;
        }
    }
    return bytes;
}

static void put_text(struct cw_buf *to, const char *text) {
    cw_buf_append(to, text, strlen(text));
}

static void put_hex(struct cw_buf *to, struct cw_slice bytes) {
    char pair[3];
    for (size_t i = 0; i < bytes.n; i++) {
        snprintf(pair, sizeof pair, "%02x", bytes.p[i]);
        put_text(to, pair);
    }
}

static void note(struct run *run, const struct cw_zmtp_event *event) {
    static const char *const names[] = {
        [CW_ZMTP_READY] = "READY", [CW_ZMTP_MESSAGE] = "MESSAGE ", [CW_ZMTP_REFUSED] = "REFUSED",
        [CW_ZMTP_PING] = "PING",   [CW_ZMTP_PONG] = "PONG ",       [CW_ZMTP_FAILED] = "FAILED ",
    };
    put_text(&run->events, names[event->type]);
    if (event->delimiter)
        put_text(&run->events, "delimiter ");
    put_hex(&run->events, event->body);
    if (event->reason != NULL)
        put_text(&run->events, event->reason);
    put_text(&run->events, "\n");
}

/* Plays a piece from a block of just its size, so that reading past its end or
 * after its time is seen. */
static void feed(struct run *run, const uint8_t *p, size_t n) {
    uint8_t *block = malloc(n == 0 ? 1 : n);
    assert_non_null(block);
    if (n != 0)
        memcpy(block, p, n);
    struct cw_slice in = cw_slice_of(block, n);
    for (;;) {
        struct cw_zmtp_event event = cw_zmtp_input(&run->z, &in, &run->out);
        if (event.type == CW_ZMTP_NEED_MORE)
            break;
        note(run, &event);
        if (event.type == CW_ZMTP_FAILED)
            break;
    }
    assert_int_equal(in.n, 0);
    assert_true(cw_zmtp_buffered(&run->z) == run->z.partial.n);
    assert_true(run->z.partial.n != 0 || run->z.partial.capacity == 0);
    free(block);
}

static void feed_hex(struct run *run, const char *vector) {
    struct cw_buf bytes = parse(vector);
    feed(run, bytes.p, bytes.n);
    cw_buf_finish(&bytes);
}

static void assert_events(struct run *run, const char *events) {
    cw_buf_append_byte(&run->events, 0);
    assert_string_equal((const char *)run->events.p, events);
    run->events.n = 0;
}

static void assert_out(struct run *run, const char *vector) {
    struct cw_buf expected = parse(vector), wanted = {0}, is = {0};
    put_hex(&wanted, cw_buf_slice(&expected));
    put_hex(&is, cw_buf_slice(&run->out));
    cw_buf_append_byte(&wanted, 0);
    cw_buf_append_byte(&is, 0);
    assert_string_equal((const char *)is.p, (const char *)wanted.p);
    cw_buf_finish(&expected);
    cw_buf_finish(&wanted);
    cw_buf_finish(&is);
    run->out.n = 0;
}

/* The first piece has `first` octets, the others at most `rest`. */
static void play(enum cw_zmtp_role role, struct cw_slice in, size_t first, size_t rest,
                 const char *events, const char *out) {
    struct run run;
    start(&run, role);
    for (size_t at = 0, n = first; at < in.n; at += n, n = rest) {
        if (n > in.n - at)
            n = in.n - at;
        feed(&run, in.p + at, n);
        if (run.z.partial.capacity != 0)
            assert_true(run.z.partial.capacity <= 2 * run.z.partial.n + 64);
        if (strstr(events, "FAILED") != NULL && run.events.n == strlen(events))
            break; /* FAILED is final: nobody feeds it more */
    }
    assert_events(&run, events);
    assert_out(&run, out);
    stop(&run);
}

static void expect(enum cw_zmtp_role role, const char *vector, const char *events,
                   const char *out) {
    struct cw_buf in = parse(vector);
    for (size_t cut = 1; cut <= in.n; cut++)
        play(role, cw_buf_slice(&in), cut, in.n, events, out);
    play(role, cw_buf_slice(&in), 1, 1, events, out);
    play(role, cw_buf_slice(&in), 5, 3, events, out);
    cw_buf_finish(&in);
}

/* Server, after a good handshake. */
#define EXPECT_TRAFFIC(vector, events, out)                                                        \
    expect(CW_ZMTP_SERVER, PEER_GREETING READY_DEALER vector, "READY\n" events,                    \
           OUR_GREETING READY_ROUTER out)
/* Server, after a good greeting. */
#define EXPECT_HANDSHAKE(vector, events, out)                                                      \
    expect(CW_ZMTP_SERVER, PEER_GREETING vector, events, OUR_GREETING READY_ROUTER out)

/* --- greeting ------------------------------------------------------------------ */

static void greeting_split_at_every_position(void **state) {
    (void)state;
    expect(CW_ZMTP_SERVER, PEER_GREETING, "", OUR_GREETING READY_ROUTER);
    expect(CW_ZMTP_CLIENT, PEER_GREETING, "", OUR_GREETING READY_DEALER);
}

static void the_peer_shall_send_its_entire_greeting(void **state) {
    (void)state;
    struct run run;
    start(&run, CW_ZMTP_SERVER);
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

static void shall_not_assign_any_significance_to_the_padding_field(void **state) {
    (void)state;
    expect(CW_ZMTP_SERVER, "ff 0123456789abcdef 7f 0301 'NULL'" PAD_16 "00" FILLER READY_DEALER,
           "READY\n", OUR_GREETING READY_ROUTER);
}

static void as_server_shall_have_no_significance(void **state) {
    (void)state;
    expect(CW_ZMTP_SERVER, "ff" ZEROS_8 "7f 0301 'NULL'" PAD_16 "01" FILLER READY_DEALER, "READY\n",
           OUR_GREETING READY_ROUTER);
}

static unsigned minor_of(const char *greeting) {
    struct run run;
    start(&run, CW_ZMTP_SERVER);
    feed_hex(&run, greeting);
    feed_hex(&run, READY_DEALER);
    assert_events(&run, "READY\n");
    unsigned minor = run.z.peer_minor;
    stop(&run);
    return minor;
}

static void must_accept_higher_protocol_versions_as_valid(void **state) {
    (void)state;
    assert_int_equal(minor_of(GREETING("0300")), 0);
    assert_int_equal(minor_of(GREETING("0301")), 1);
    assert_int_equal(minor_of(GREETING("03ff")), 255);
    assert_int_equal(minor_of(GREETING("0400")), 1);
    assert_int_equal(minor_of(GREETING("ff07")), 7);
}

static void if_a_peer_cannot_downgrade_it_must_close(void **state) {
    (void)state;
    static const char reason[] = "FAILED the peer speaks ZMTP 2 or older, version 3 is needed\n";
    expect(CW_ZMTP_SERVER, "ff" ZEROS_8 "7f 02", reason, OUR_GREETING);
    expect(CW_ZMTP_SERVER, GREETING("0100"), reason, OUR_GREETING);
    expect(CW_ZMTP_SERVER, GREETING("0001"), reason, OUR_GREETING);
    expect(CW_ZMTP_CLIENT, GREETING("0201"), reason, OUR_GREETING);
    /* An identity of 8 octets, as ZMTP 1 sent it. */
    expect(CW_ZMTP_SERVER, "ff 00000000 00000009 00 'identity'",
           "FAILED the peer speaks ZMTP 1, version 3 is needed\n", OUR_GREETING);
}

static void if_the_mechanism_does_not_exactly_match_must_close(void **state) {
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
        expect(CW_ZMTP_SERVER, vector, reason, OUR_GREETING);
    }
}

static void a_peer_that_speaks_something_else_is_turned_away(void **state) {
    (void)state;
    static const char reason[] = "FAILED the peer does not speak ZMTP\n";
    expect(CW_ZMTP_SERVER, "'GET / HTTP/1.1' 0d0a0d0a", reason, HTTP_ANSWER);
    expect(CW_ZMTP_SERVER, "'A'", reason, HTTP_ANSWER);
    expect(CW_ZMTP_SERVER, "'Z'", reason, HTTP_ANSWER);
    expect(CW_ZMTP_SERVER, "'@'", reason, "");
    expect(CW_ZMTP_SERVER, "'['", reason, "");
    expect(CW_ZMTP_SERVER, "'hello'", reason, "");
    expect(CW_ZMTP_SERVER, "16 0301 0200 01", reason, ""); /* TLS ClientHello */
    expect(CW_ZMTP_SERVER, "01 00", reason, "");           /* ZMTP 1, anonymous */
    expect(CW_ZMTP_CLIENT, "'HTTP/1.1 200 OK'", reason, OUR_GREETING);
}

/* --- READY ----------------------------------------------------------------------- */

static void handshake_of_a_client(void **state) {
    (void)state;
    expect(CW_ZMTP_CLIENT, PEER_GREETING READY("29", ROUTER "08 'Identity' 00000000") "00 02 'hi'",
           "READY\nMESSAGE 6869\n", OUR_GREETING READY_DEALER);
    expect(CW_ZMTP_CLIENT, PEER_GREETING READY_DEALER, "FAILED Socket-Type must be ROUTER\n",
           OUR_GREETING READY_DEALER "04 21 05 'ERROR' 1a 'Socket-Type_must_be_ROUTER'");
}

static void metadata_names_shall_be_case_insensitive(void **state) {
    (void)state;
    EXPECT_HANDSHAKE(READY("1c", "0b 'sOCKET-tYPE' 00000006 'DEALER'"), "READY\n", "");
    EXPECT_HANDSHAKE(READY("2d", DEALER "0b 'SOCKET-TYPE' 00000001 'X'"),
                     "FAILED Socket-Type came twice\n",
                     "04 1d 05 'ERROR' 16 'Socket-Type_came_twice'");
}

static void other_properties_are_ignored(void **state) {
    (void)state;
    EXPECT_HANDSHAKE(READY("42", "08 'X-colour' 00000000" DEALER "01 'a' 00000002 ffff"
                                 "0b 'Sucket-Type' 00000001 'X'"),
                     "READY\n", "");
    EXPECT_HANDSHAKE("06 000000000000001c 05 'READY'" DEALER, "READY\n", "");
}

static void is_req(const char *ready, bool req) {
    struct run run;
    start(&run, CW_ZMTP_SERVER);
    feed_hex(&run, PEER_GREETING);
    feed_hex(&run, ready);
    assert_events(&run, "READY\n");
    assert_int_equal(run.z.peer_is_req, req);
    stop(&run);
}

static void the_socket_type_tells_req_from_dealer(void **state) {
    (void)state;
    is_req(READY("19", SOCKET_TYPE "00000003 'REQ'"), true);
    is_req(READY_DEALER, false);
}

#define EXPECT_ERROR(ready, reason, error) EXPECT_HANDSHAKE(ready, "FAILED " reason "\n", error)

static void should_handle_errors_by_returning_an_error_command(void **state) {
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

static void zero_sized_names_are_not_valid(void **state) {
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
static void play_identity(size_t n, const char *first, const char *events, const char *error) {
    struct run run;
    start(&run, CW_ZMTP_SERVER);
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

static void the_first_octet_of_the_identity_shall_not_be_zero(void **state) {
    (void)state;
    static const char refused[] = "FAILED Identity is not allowed\n";
    static const char error[] = "04 1e 05 'ERROR' 17 'Identity_is_not_allowed'";
    play_identity(1, "41", "READY\n", "");
    play_identity(255, "41", "READY\n", "");
    play_identity(256, "41", refused, error);
    play_identity(1, "00", refused, error);
    play_identity(255, "00", refused, error);
}

static void shall_treat_an_incoming_error_command_as_fatal(void **state) {
    (void)state;
    static const char reason[] = "FAILED the peer refused the connection with ERROR\n";
    EXPECT_HANDSHAKE("04 0a 05 'ERROR' 03 '400'",
                     "FAILED the peer refused the connection with "
                     "ERROR\n",
                     "");
    expect(CW_ZMTP_CLIENT, PEER_GREETING "04 06 05 'ERROR'", reason, OUR_GREETING READY_DEALER);
    EXPECT_TRAFFIC("04 07 05 'ERROR' 00", "FAILED the peer refused the connection with ERROR\n",
                   "");
}

static void messages_only_after_the_handshake(void **state) {
    (void)state;
    EXPECT_HANDSHAKE("00 01 'a'", "FAILED a message came before READY\n", "");
    EXPECT_HANDSHAKE("02 ffffffffffffffff", "FAILED a message came before READY\n", "");
    EXPECT_HANDSHAKE("04 07 04 'PING' 0000", "FAILED a command came before READY\n", "");
    EXPECT_HANDSHAKE("04 06 05 'HELLO'", "FAILED a command came before READY\n", "");
    EXPECT_TRAFFIC(READY_DEALER, "FAILED READY came twice\n", "");
}

/* --- frames ------------------------------------------------------------------------ */

static void short_and_long_frames(void **state) {
    (void)state;
    EXPECT_TRAFFIC("00 00", "MESSAGE \n", "");
    EXPECT_TRAFFIC("00 01 ff 00 02 0001", "MESSAGE ff\nMESSAGE 0001\n", "");
    /* A body of 0 to 255 octets may have a long size too. */
    EXPECT_TRAFFIC("02 0000000000000000 02 0000000000000001 ab", "MESSAGE \nMESSAGE ab\n", "");
    EXPECT_TRAFFIC("06 0000000000000007 04 'PING' 0000", "PING\n", "04 05 04 'PONG'");
}

static void bits_7_to_3_must_be_zero(void **state) {
    (void)state;
    static const char *const flags[] = {"08", "10", "20", "40", "80", "0c", "ff"};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        char vector[512];
        snprintf(vector, sizeof vector, "%s%s", PEER_GREETING READY_DEALER, flags[i]);
        expect(CW_ZMTP_SERVER, vector, "READY\nFAILED a frame has reserved flags\n",
               OUR_GREETING READY_ROUTER);
    }
}

static void more_shall_be_zero_on_command_frames(void **state) {
    (void)state;
    EXPECT_TRAFFIC("05 07 04 'PING' 0000", "FAILED a command has the flag MORE\n", "");
    EXPECT_TRAFFIC("07", "FAILED a command has the flag MORE\n", "");
}

static void command_name_is_1_to_255_octets(void **state) {
    (void)state;
    static const char *const bodies[] = {"04 00", "04 01 00", "04 01 01", "04 05 05 'PING'",
                                         "06 0000000000000000"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        char vector[512];
        snprintf(vector, sizeof vector, "%s%s", PEER_GREETING READY_DEALER, bodies[i]);
        expect(CW_ZMTP_SERVER, vector, "READY\nFAILED a command has no name\n",
               OUR_GREETING READY_ROUTER);
    }
}

static void commands_that_are_not_for_us_are_ignored(void **state) {
    (void)state;
    EXPECT_TRAFFIC("04 0b 09 'SUBSCRIBE' 'a' 04 02 01 'X' 04 05 04 'JOIN' 00 01 'm'",
                   "MESSAGE 6d\n", "");
}

/* --- PING and PONG ------------------------------------------------------------------- */

static void pong_echoes_the_ping_context(void **state) {
    (void)state;
    EXPECT_TRAFFIC("04 07 04 'PING' 0000", "PING\n", "04 05 04 'PONG'");
    EXPECT_TRAFFIC("04 0a 04 'PING' ffff 'abc'", "PING\n", "04 08 04 'PONG' 'abc'");
    EXPECT_TRAFFIC("04 17 04 'PING' 0000 '0123456789abcdef'", "PING\n",
                   "04 15 04 'PONG' '0123456789abcdef'");
    EXPECT_TRAFFIC("04 18 04 'PING' 0000 '0123456789abcdefg'", "FAILED PING is malformed\n", "");
    EXPECT_TRAFFIC("04 06 04 'PING' 00", "FAILED PING is malformed\n", "");
}

static void pong_reports_its_context(void **state) {
    (void)state;
    EXPECT_TRAFFIC("04 05 04 'PONG'", "PONG \n", "");
    EXPECT_TRAFFIC("04 15 04 'PONG' 000102030405060708090a0b0c0d0e0f",
                   "PONG 000102030405060708090a0b0c0d0e0f\n", "");
    EXPECT_TRAFFIC("04 16 04 'PONG' '0123456789abcdefg'", "FAILED PONG is malformed\n", "");
}

static void ping_has_a_ttl_in_network_order(void **state) {
    (void)state;
    struct run run = {0};
    cw_zmtp_ping(&run.out, 0x1234, NULL, 0);
    assert_out(&run, "04 07 04 'PING' 1234");
    cw_zmtp_ping(&run.out, 0, "0123456789abcdef", 16);
    assert_out(&run, "04 17 04 'PING' 0000 '0123456789abcdef'");
    stop(&run);
}

/* --- messages of several frames --------------------------------------------------------- */

static void an_empty_frame_before_the_body_is_a_delimiter(void **state) {
    (void)state;
    EXPECT_TRAFFIC("01 00 00 02 'hi' 00 02 'ho'", "MESSAGE delimiter 6869\nMESSAGE 686f\n", "");
    EXPECT_TRAFFIC("03 0000000000000000 00 00", "MESSAGE delimiter \n", "");
    /* libzmq's heartbeat may come between the frames. */
    EXPECT_TRAFFIC("01 00 04 07 04 'PING' 0000 00 01 'a'", "PING\nMESSAGE delimiter 61\n",
                   "04 05 04 'PONG'");
}

static void other_messages_of_several_frames_are_refused_once(void **state) {
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

static void a_message_of_too_many_frames_ends_the_connection(void **state) {
    (void)state;
    assert_int_equal(CW_ZMTP_FRAMES_MAX, 4);
    EXPECT_TRAFFIC("01 00 01 00 01 00 00 00 00 00", "REFUSED\nMESSAGE \n", "");
    EXPECT_TRAFFIC("01 00 01 00 01 00 01 00 00 00", "FAILED a message has too many frames\n", "");
    EXPECT_TRAFFIC("01 01 'a' 01 01 'b' 01 01 'c' 01 01 'd' 04 05 04 'PONG' 01 00",
                   "PONG \nFAILED a message has too many frames\n", "");
}

/* --- limits and memory -------------------------------------------------------------------- */

static void start_traffic(struct run *run) {
    start(run, CW_ZMTP_SERVER);
    feed_hex(run, PEER_GREETING READY_DEALER);
    assert_events(run, "READY\n");
    run->out.n = 0;
}

static void feed_zeros(struct run *run, size_t n) {
    uint8_t *zeros = calloc(1, n);
    assert_non_null(zeros);
    feed(run, zeros, n);
    free(zeros);
}

static void a_length_over_the_limit_takes_no_memory(void **state) {
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
        assert_int_equal(cw_zmtp_buffered(&run.z), 8);
        assert_int_equal(run.z.partial.capacity, 9);
        feed(&run, header.p + 8, 1);
        assert_events(&run,
                      i < 6 ? "FAILED a message is too long\n" : "FAILED a command is too long\n");
        assert_int_equal(cw_zmtp_buffered(&run.z), 0);
        assert_int_equal(run.z.partial.capacity, 0);
        cw_buf_finish(&header);
        stop(&run);
    }
}

static void no_limit_of_ours_allows_bit_63(void **state) {
    (void)state;
    struct run run;
    start_traffic(&run);
    run.z.message_max = UINT64_MAX;
    feed_hex(&run, "02 8000000000000000");
    assert_events(&run, "FAILED a message is too long\n");
    stop(&run);
}

static void a_message_at_the_limit_arrives(void **state) {
    (void)state;
    for (size_t piece = 1; piece <= MESSAGE_MAX; piece += 23) {
        struct run run;
        start_traffic(&run);
        feed_hex(&run, "02 000000000000012c");
        for (size_t left = MESSAGE_MAX; left > 0;) {
            size_t n = piece < left ? piece : left;
            feed_zeros(&run, n);
            left -= n;
            assert_true(run.z.partial.capacity <= MESSAGE_MAX + 9);
        }
        assert_int_equal(run.events.n, strlen("MESSAGE \n") + 2 * MESSAGE_MAX);
        assert_int_equal(run.z.partial.capacity, 0);
        stop(&run);
    }
}

static void a_command_at_the_limit_arrives(void **state) {
    (void)state;
    struct run run;
    start_traffic(&run);
    feed_hex(&run, "06 0000000000000400 01 'X'");
    feed_zeros(&run, CW_ZMTP_COMMAND_MAX - 2);
    feed_hex(&run, "00 01 'a'");
    assert_events(&run, "MESSAGE 61\n");
    stop(&run);
}

static void memory_grows_with_what_came_and_not_with_what_was_claimed(void **state) {
    (void)state;
    struct run run;
    start_traffic(&run);
    run.z.message_max = CW_VOICE_MESSAGE_MAX;
    feed_hex(&run, "02 0000000001000000");
    assert_int_equal(cw_zmtp_buffered(&run.z), 9);
    assert_true(run.z.partial.capacity <= 64);
    feed_zeros(&run, 100000);
    assert_int_equal(cw_zmtp_buffered(&run.z), 100009);
    assert_true(run.z.partial.capacity <= 200018);
    stop(&run);
}

static void the_limit_may_change_between_calls(void **state) {
    (void)state;
    struct run run;
    start_traffic(&run);
    run.z.message_max = 2;
    feed_hex(&run, "00 02 'ab'");
    run.z.message_max = 3;
    feed_hex(&run, "00 03 'abc'");
    run.z.message_max = 2;
    feed_hex(&run, "00 03 'abc'");
    assert_events(&run, "MESSAGE 6162\nMESSAGE 616263\nFAILED a message is too long\n");
    stop(&run);
}

static void what_is_refused_is_never_held(void **state) {
    (void)state;
    struct run run;
    start_traffic(&run);
    run.z.message_max = 1u << 20;
    feed_hex(&run, "03 0000000000100000");
    for (int i = 0; i < 1 << 10; i++) {
        feed_zeros(&run, 1 << 10);
        assert_int_equal(cw_zmtp_buffered(&run.z), 0);
        assert_int_equal(run.z.partial.capacity, 0);
    }
    feed_hex(&run, "00 01 'a' 00 01 'b'");
    assert_events(&run, "REFUSED\nMESSAGE 62\n");
    stop(&run);
}

static void a_whole_frame_is_not_copied(void **state) {
    (void)state;
    struct run run;
    start_traffic(&run);
    struct cw_buf bytes = parse("00 02 'ab' 00 01");
    struct cw_slice in = cw_buf_slice(&bytes);
    struct cw_zmtp_event event = cw_zmtp_input(&run.z, &in, &run.out);
    assert_int_equal(event.type, CW_ZMTP_MESSAGE);
    assert_ptr_equal(event.body.p, bytes.p + 2);
    assert_int_equal(event.body.n, 2);
    assert_int_equal(in.n, 2); /* what came after it is still there */
    assert_int_equal(run.z.partial.capacity, 0);
    cw_buf_finish(&bytes);
    stop(&run);
}

static void a_delivered_message_gives_its_memory_back(void **state) {
    (void)state;
    struct run run;
    start_traffic(&run);
    feed_hex(&run, "00 02 'a'");
    assert_int_equal(cw_zmtp_buffered(&run.z), 3);
    uint8_t last = 'b';
    struct cw_slice in = cw_slice_of(&last, 1);
    struct cw_zmtp_event event = cw_zmtp_input(&run.z, &in, &run.out);
    assert_int_equal(event.type, CW_ZMTP_MESSAGE);
    assert_ptr_equal(event.body.p, run.z.partial.p + 2);
    assert_memory_equal(event.body.p, "ab", 2);
    assert_int_equal(cw_zmtp_buffered(&run.z), 0);
    event = cw_zmtp_input(&run.z, &in, &run.out);
    assert_int_equal(event.type, CW_ZMTP_NEED_MORE);
    assert_int_equal(run.z.partial.capacity, 0);
    stop(&run);
}

static void a_failed_connection_stays_failed(void **state) {
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

static void header_of(uint64_t n, bool delimiter, const char *vector) {
    struct run run = {0};
    uint8_t header[CW_ZMTP_HEADER_MAX];
    cw_buf_append(&run.out, header, cw_zmtp_message_header(header, n, delimiter));
    assert_out(&run, vector);
    stop(&run);
}

static void a_short_frame_has_a_body_of_0_to_255_octets(void **state) {
    (void)state;
    header_of(0, false, "00 00");
    header_of(255, false, "00 ff");
    header_of(256, false, "02 0000000000000100");
    header_of(0x0102030405060708, false, "02 0102030405060708");
    header_of(0, true, "01 00 00 00");
    header_of(255, true, "01 00 00 ff");
    header_of(256, true, "01 00 02 0000000000000100");
}

static void a_connection_costs_little(void **state) {
    (void)state;
    assert_true(sizeof(struct cw_zmtp) <= 64);
}

int main(void) {
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
        cmocka_unit_test(metadata_names_shall_be_case_insensitive),
        cmocka_unit_test(other_properties_are_ignored),
        cmocka_unit_test(the_socket_type_tells_req_from_dealer),
        cmocka_unit_test(should_handle_errors_by_returning_an_error_command),
        cmocka_unit_test(zero_sized_names_are_not_valid),
        cmocka_unit_test(the_first_octet_of_the_identity_shall_not_be_zero),
        cmocka_unit_test(shall_treat_an_incoming_error_command_as_fatal),
        cmocka_unit_test(messages_only_after_the_handshake),
        cmocka_unit_test(short_and_long_frames),
        cmocka_unit_test(bits_7_to_3_must_be_zero),
        cmocka_unit_test(more_shall_be_zero_on_command_frames),
        cmocka_unit_test(command_name_is_1_to_255_octets),
        cmocka_unit_test(commands_that_are_not_for_us_are_ignored),
        cmocka_unit_test(pong_echoes_the_ping_context),
        cmocka_unit_test(pong_reports_its_context),
        cmocka_unit_test(ping_has_a_ttl_in_network_order),
        cmocka_unit_test(an_empty_frame_before_the_body_is_a_delimiter),
        cmocka_unit_test(other_messages_of_several_frames_are_refused_once),
        cmocka_unit_test(a_message_of_too_many_frames_ends_the_connection),
        cmocka_unit_test(a_length_over_the_limit_takes_no_memory),
        cmocka_unit_test(no_limit_of_ours_allows_bit_63),
        cmocka_unit_test(a_message_at_the_limit_arrives),
        cmocka_unit_test(a_command_at_the_limit_arrives),
        cmocka_unit_test(memory_grows_with_what_came_and_not_with_what_was_claimed),
        cmocka_unit_test(the_limit_may_change_between_calls),
        cmocka_unit_test(what_is_refused_is_never_held),
        cmocka_unit_test(a_whole_frame_is_not_copied),
        cmocka_unit_test(a_delivered_message_gives_its_memory_back),
        cmocka_unit_test(a_failed_connection_stays_failed),
        cmocka_unit_test(a_short_frame_has_a_body_of_0_to_255_octets),
        cmocka_unit_test(a_connection_costs_little),
    };
    return cmocka_run_group_tests_name("zmtp", tests, NULL, NULL);
}
