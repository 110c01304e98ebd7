/* test_client_core.c - the client's core: handshake, requests and their answers. Updates:
 * test_client_updates.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "script.h"

/* --- connection and handshake -------------------------------------------------- */

static void test_no_connection_without_a_reason(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    cw_client_run(s.client, s.now);
    assert_int_equal(cw_client_state(s.client), CW_CLIENT_WAITING);
    assert_true(cw_client_deadline(s.client) == UINT64_MAX);
    script_login(&s, "alice");
    assert_int_equal(cw_client_deadline(s.client), 0);
    cw_client_run(s.client, s.now);
    assert_int_equal(cw_client_state(s.client), CW_CLIENT_CONNECTING);
    script_finish(&s);
}

/* RFC 37: signature, version 3.1, mechanism NULL padded to 20, as-server 0. */
static void test_greeting(void **state)
{
    (void)state;
    static const uint8_t expected[64] = {
        0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 1, 'N', 'U', 'L', 'L',
    };
    struct script s;
    script_start(&s, NULL);
    script_login(&s, "alice");
    cw_client_run(s.client, s.now);
    script_open(&s);
    struct cw_slice output = cw_client_output(s.client);
    assert_int_equal(output.n, 64);
    /* What the padding of the signature holds means nothing. */
    assert_memory_equal(output.p + 9, expected + 9, 55);
    assert_int_equal(output.p[0], 0xff);
    script_finish(&s);
}

/* The server's greeting, READY and first answer, cut into single bytes. */
static void test_input_byte_by_byte(void **state)
{
    (void)state;
    struct cw_buf bytes = {0};
    struct cw_zmtp server, peer;
    struct cw_buf from_peer = {0};
    cw_zmtp_init(&server, CW_FRAMER_SERVER, 1024);
    cw_zmtp_init(&peer, CW_FRAMER_CLIENT, 1024);
    cw_framer_start(&peer.framer, &from_peer);
    struct cw_slice in = cw_buf_slice(&from_peer);
    assert_int_equal(cw_framer_input(&server.framer, &in, &bytes).type, CW_FRAMER_NEED_MORE);
    static const uint8_t ready[] = "\x04\x1c\x05READY\x0bSocket-Type\0\0\0\x06"
                                   "ROUTER";
    cw_buf_finish(&bytes);
    cw_zmtp_finish(&server);
    cw_zmtp_init(&server, CW_FRAMER_SERVER, 1024);
    in = cw_slice_of(from_peer.p, 64);
    cw_framer_input(&server.framer, &in, &bytes);
    bytes.n = 64; /* the greeting alone; READY is written by hand */
    cw_buf_append(&bytes, ready, sizeof ready - 1);
    static const uint8_t answer[] = "\x00\x12\xa8response\xa5login\xcd\x02\x03";
    cw_buf_append(&bytes, answer, sizeof answer - 1);

    struct script s;
    script_start(&s, NULL);
    int64_t number = script_login(&s, "alice");
    cw_client_run(s.client, s.now);
    script_open(&s);
    for (size_t i = 0; i < bytes.n; i++) {
        script_send_bytes(&s, bytes.p + i, 1);
        if (i == 64 + sizeof ready - 2) {
            script_event(&s, CHINWAG_CONNECTED);
            cw_client_run(s.client, s.now);
        } else if (i + 1 < bytes.n) {
            script_no_event(&s);
        }
    }
    script_answer(&s, number, CW_USER_WRONG_PASSWORD);
    script_finish(&s);
    cw_zmtp_finish(&server);
    cw_zmtp_finish(&peer);
    cw_buf_finish(&bytes);
    cw_buf_finish(&from_peer);
}

static void test_handshake_timeout(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_login(&s, "alice");
    cw_client_run(s.client, s.now);
    assert_int_equal(cw_client_deadline(s.client), s.now + CW_CONNECT_MS);
    script_open(&s);
    s.now += CW_CONNECT_MS - 1;
    cw_client_run(s.client, s.now);
    script_no_event(&s);
    s.now++;
    cw_client_run(s.client, s.now);
    script_event(&s, CHINWAG_DISCONNECTED);
    script_no_event(&s); /* the login was not sent: it waits */
    assert_int_equal(cw_client_state(s.client), CW_CLIENT_WAITING);
    script_finish(&s);
}

/* --- requests and answers -------------------------------------------------------- */

static void test_login_gives_the_token_to_requests(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    int64_t login = script_login(&s, "ALICE");
    int64_t whisper = script_whisper(&s, "hi");
    script_connect(&s);
    struct cw_msg msg = script_received(&s, CW_LOGIN);
    script_assert_slice(msg.username, "ALICE");
    script_assert_slice(msg.password, "password");
    assert_true(msg.extras.map_present);
    script_assert_slice(msg.extras.client, "test");
    assert_true(script_has(&msg, CW_X_FEATURES));
    assert_false(script_has(&msg, CW_X_SINCE));
    script_received_nothing(&s); /* the whisper needs the token */
    script_respond(&s, CW_LOGIN, CW_SUCCESS);
    struct chinwag_event event = script_event(&s, CHINWAG_RESPONSE);
    assert_int_equal(event.request, login);
    assert_int_equal(event.code, 0);
    assert_string_equal(event.action, "login");
    assert_string_equal(event.username, "alice");
    assert_string_equal(event.token, "t0k3n");
    msg = script_received(&s, CW_WHISPER);
    struct cw_slice body = cw_buf_slice(&s.received[s.received_read - 1]);
    script_assert_slice(body, "\xa7request\xa7whisper\xa5"
                              "alice\xa5t0k3n\xa3"
                              "bob\xa2hi\x82\xa1n\x01\xa4part\x07");
    script_respond(&s, CW_WHISPER, CW_SUCCESS);
    script_answer(&s, whisper, CW_SUCCESS);
    script_finish(&s);
}

static void test_plain_login_is_as_drawn(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, &(struct cw_client_config){.plain = true, .has_since = true, .since = 7});
    script_login(&s, "alice");
    script_connect(&s);
    script_received(&s, CW_LOGIN);
    script_assert_slice(cw_buf_slice(&s.received[0]), "\xa7request\xa5login\xa5"
                                                      "alice\xa8password");
    script_finish(&s);
}

static void test_answers_in_order(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    int64_t first = script_whisper(&s, "one");
    int64_t second =
        cw_client_request(s.client, &(struct cw_msg){.kind = CW_REQUEST, .action = CW_LEAVE_CALL});
    int64_t third = script_whisper(&s, "three");
    script_received(&s, CW_WHISPER);
    script_received(&s, CW_LEAVE_CALL);
    script_received(&s, CW_WHISPER);
    script_respond(&s, CW_WHISPER, CW_USER_DOES_NOT_EXIST);
    script_respond(&s, CW_LEAVE_CALL, CW_CALL_NOT_JOINED);
    script_respond(&s, CW_WHISPER, CW_SUCCESS);
    script_answer(&s, first, CW_USER_DOES_NOT_EXIST);
    script_answer(&s, second, CW_CALL_NOT_JOINED);
    script_answer(&s, third, CW_SUCCESS);
    assert_true(first < second && second < third);
    script_finish(&s);
}

/* The server could not read the action of what it refuses. */
static void test_answer_without_action(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    int64_t number = script_whisper(&s, "hi");
    script_received(&s, CW_WHISPER);
    script_respond(&s, CW_ACTION_UNKNOWN, CW_BAD_REQUEST);
    struct chinwag_event event = script_event(&s, CHINWAG_RESPONSE);
    assert_int_equal(event.request, number);
    assert_string_equal(event.action, "whisper");
    assert_int_equal(event.code, CW_BAD_REQUEST);
    script_finish(&s);
}

static void test_requests_in_flight_are_bounded(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    for (int i = 0; i < CW_REQUESTS_IN_FLIGHT_MAX + 2; i++)
        script_whisper(&s, "hi");
    for (int i = 0; i < CW_REQUESTS_IN_FLIGHT_MAX; i++)
        script_received(&s, CW_WHISPER);
    script_received_nothing(&s);
    script_respond(&s, CW_WHISPER, CW_SUCCESS);
    script_event(&s, CHINWAG_RESPONSE);
    script_received(&s, CW_WHISPER);
    script_received_nothing(&s);
    script_finish(&s);
}

static void test_requests_without_session(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    int64_t whisper = script_whisper(&s, "hi");
    script_connect(&s);
    script_answer(&s, whisper, CHINWAG_NO_SESSION);
    script_received_nothing(&s);
    script_finish(&s);
}

static void test_logout_ends_the_session(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    int64_t logout =
        cw_client_request(s.client, &(struct cw_msg){.kind = CW_REQUEST, .action = CW_LOGOUT});
    int64_t whisper = script_whisper(&s, "too late");
    script_assert_slice(script_received(&s, CW_LOGOUT).username, "alice");
    script_received_nothing(&s);
    script_respond(&s, CW_LOGOUT, CW_SUCCESS);
    script_answer(&s, logout, CW_SUCCESS);
    script_pump(&s);
    script_answer(&s, whisper, CHINWAG_NO_SESSION);
    script_close(&s);
    script_event(&s, CHINWAG_DISCONNECTED);
    assert_true(cw_client_deadline(s.client) == UINT64_MAX);
    script_finish(&s);
}

static void test_attach(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, &(struct cw_client_config){.has_since = true, .since = 41});
    int64_t attach = script_attach(&s, "alice", "t0k3n");
    int64_t whisper = script_whisper(&s, "hi");
    script_connect(&s);
    struct cw_msg msg = script_received(&s, CW_ATTACH);
    script_assert_slice(msg.username, "alice");
    script_assert_slice(msg.token, "t0k3n");
    assert_true(script_has(&msg, CW_X_SINCE));
    assert_int_equal(msg.extras.since, 41);
    script_received_nothing(&s);
    script_respond(&s, CW_ATTACH, CW_SUCCESS);
    struct chinwag_event event = script_event(&s, CHINWAG_RESPONSE);
    assert_int_equal(event.request, attach);
    assert_string_equal(event.username, "alice");
    script_received(&s, CW_WHISPER);
    script_respond(&s, CW_WHISPER, CW_SUCCESS);
    script_answer(&s, whisper, CW_SUCCESS);
    script_finish(&s);
}

/* The position is sent with its database and era, and the answer is passed on. */
static void test_attach_tells_whose_ids(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, &(struct cw_client_config){.has_since = true,
                                                .since = 41,
                                                .db = cw_slice_str("d1.0"),
                                                .era = cw_slice_str("e1")});
    int64_t attach = script_attach(&s, "alice", "t0k3n");
    script_connect(&s);
    struct cw_msg msg = script_received(&s, CW_ATTACH);
    assert_int_equal(msg.extras.since, 41);
    script_assert_slice(msg.extras.db, "d1.0");
    script_assert_slice(msg.extras.era, "e1");
    script_send(&s, &(struct cw_msg){.kind = CW_RESPONSE,
                                     .action = CW_ATTACH,
                                     .username = cw_slice_str("alice"),
                                     .extras = {.map_present = true,
                                                .present = CW_BIT(CW_X_DB) | CW_BIT(CW_X_ERA) |
                                                           CW_BIT(CW_X_NEWEST),
                                                .db = cw_slice_str("d1.0"),
                                                .era = cw_slice_str("e2"),
                                                .newest = 50}});
    struct chinwag_event event = script_event(&s, CHINWAG_RESPONSE);
    assert_int_equal(event.request, attach);
    assert_string_equal(event.db, "d1.0");
    assert_string_equal(event.era, "e2");
    script_no_event(&s);
    script_finish(&s);
}

/* A server that does not tell is told nothing but the id. */
static void test_attach_to_a_server_that_does_not_tell(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, &(struct cw_client_config){.has_since = true, .since = 41});
    script_attach(&s, "alice", "t0k3n");
    script_connect(&s);
    struct cw_msg msg = script_received(&s, CW_ATTACH);
    assert_true(script_has(&msg, CW_X_SINCE));
    assert_false(script_has(&msg, CW_X_DB));
    assert_false(script_has(&msg, CW_X_ERA));
    script_respond(&s, CW_ATTACH, CW_SUCCESS);
    struct chinwag_event event = script_event(&s, CHINWAG_RESPONSE);
    assert_null(event.db);
    assert_null(event.era);
    script_finish(&s);
}

static void test_attach_refused(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    int64_t attach = script_attach(&s, "alice", "wrong");
    int64_t whisper = script_whisper(&s, "hi");
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_respond(&s, CW_ATTACH, CW_USER_INCORRECT_TOKEN);
    script_answer(&s, attach, CW_USER_INCORRECT_TOKEN);
    script_pump(&s);
    script_answer(&s, whisper, CHINWAG_NO_SESSION);
    script_no_event(&s);
    script_finish(&s);
}

/* A server of the first version of the protocol: it says nothing, or something else. */
static void test_attach_unknown(void **state)
{
    (void)state;
    for (int silent = 0; silent < 2; silent++) {
        struct script s;
        script_start(&s, NULL);
        script_attach(&s, "alice", "t0k3n");
        script_connect(&s);
        script_received(&s, CW_ATTACH);
        if (silent) {
            s.now += CW_CONNECT_MS;
            cw_client_run(s.client, s.now);
        } else {
            script_respond(&s, CW_LOGIN, CW_SUCCESS);
        }
        struct chinwag_event event = script_event(&s, CHINWAG_DISCONNECTED);
        assert_int_equal(event.code, CHINWAG_UNKNOWN_ACTION);
        assert_string_equal(event.text, "the server does not know 'attach'");
        script_finish(&s);
    }
}

/* It answered the first attach: the client goes on trying, however slow it is at the second. */
static void test_a_slow_server_is_no_old_one(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    int64_t attach = script_attach(&s, "alice", "t0k3n");
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_respond(&s, CW_ATTACH, CW_SUCCESS);
    script_answer(&s, attach, CW_SUCCESS);
    script_close(&s);
    s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    s.now += CW_CONNECT_MS;
    cw_client_run(s.client, s.now);
    struct chinwag_event event = script_event(&s, CHINWAG_DISCONNECTED);
    assert_int_equal(event.code, CHINWAG_SUCCESS);
    assert_string_equal(event.text, "the server did not answer in time");
    script_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_connection_without_a_reason),
        cmocka_unit_test(test_greeting),
        cmocka_unit_test(test_input_byte_by_byte),
        cmocka_unit_test(test_handshake_timeout),
        cmocka_unit_test(test_login_gives_the_token_to_requests),
        cmocka_unit_test(test_plain_login_is_as_drawn),
        cmocka_unit_test(test_answers_in_order),
        cmocka_unit_test(test_answer_without_action),
        cmocka_unit_test(test_requests_in_flight_are_bounded),
        cmocka_unit_test(test_requests_without_session),
        cmocka_unit_test(test_logout_ends_the_session),
        cmocka_unit_test(test_attach),
        cmocka_unit_test(test_attach_tells_whose_ids),
        cmocka_unit_test(test_attach_to_a_server_that_does_not_tell),
        cmocka_unit_test(test_attach_refused),
        cmocka_unit_test(test_attach_unknown),
        cmocka_unit_test(test_a_slow_server_is_no_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
