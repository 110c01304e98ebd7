/* test_client_core.c - libchinwag's state machine against scripted servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "client/client_address.h"
#include "script.h"

static void assert_slice(struct cw_slice s, const char *expected)
{
    assert_int_equal(s.n, strlen(expected));
    assert_memory_equal(s.p, expected, s.n);
}

static bool has(const struct cw_msg *msg, enum cw_extra_index index)
{
    return (msg->extras.present >> index & 1) != 0;
}

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
    cw_client_connected(s.client, s.now);
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
    cw_zmtp_init(&server, CW_ZMTP_SERVER, 1024);
    cw_zmtp_init(&peer, CW_ZMTP_CLIENT, 1024);
    cw_zmtp_start(&peer, &from_peer);
    struct cw_slice in = cw_buf_slice(&from_peer);
    assert_int_equal(cw_zmtp_input(&server, &in, &bytes).type, CW_ZMTP_NEED_MORE);
    static const uint8_t ready[] = "\x04\x1c\x05READY\x0bSocket-Type\0\0\0\x06"
                                   "ROUTER";
    cw_buf_finish(&bytes);
    cw_zmtp_finish(&server);
    cw_zmtp_init(&server, CW_ZMTP_SERVER, 1024);
    in = cw_slice_of(from_peer.p, 64);
    cw_zmtp_input(&server, &in, &bytes);
    bytes.n = 64; /* the greeting alone; READY is written by hand */
    cw_buf_append(&bytes, ready, sizeof ready - 1);
    static const uint8_t answer[] = "\x00\x12\xa8response\xa5login\xcd\x02\x03";
    cw_buf_append(&bytes, answer, sizeof answer - 1);

    struct script s;
    script_start(&s, NULL);
    int64_t number = script_login(&s, "alice");
    cw_client_run(s.client, s.now);
    cw_client_connected(s.client, s.now);
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
    cw_client_connected(s.client, s.now);
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
    assert_slice(msg.username, "ALICE");
    assert_slice(msg.password, "password");
    assert_true(msg.extras.map_present);
    assert_slice(msg.extras.client, "test");
    assert_true(has(&msg, CW_X_FEATURES));
    assert_false(has(&msg, CW_X_SINCE));
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
    assert_slice(body, "\xa7request\xa7whisper\xa5"
                       "alice\xa5t0k3n\xa3"
                       "bob\xa2hi");
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
    assert_slice(cw_buf_slice(&s.received[0]), "\xa7request\xa5login\xa5"
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
    assert_slice(script_received(&s, CW_LOGOUT).username, "alice");
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
    assert_slice(msg.username, "alice");
    assert_slice(msg.token, "t0k3n");
    assert_true(has(&msg, CW_X_SINCE));
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

/* --- updates ------------------------------------------------------------------------ */

static void test_whisper_event(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send(
        &s, &(struct cw_msg){.kind = CW_UPDATE,
                             .action = CW_WHISPER,
                             .sender = cw_slice_str("bob"),
                             .content = cw_slice_of("a\0b", 3),
                             .extras = {.map_present = true,
                                        .present = 1u << CW_X_ID | 1u << CW_X_TIME | 1u << CW_X_TO,
                                        .id = 7,
                                        .time_ms = 1700000000123,
                                        .to = cw_slice_str("alice")}});
    struct chinwag_event event = script_event(&s, CHINWAG_WHISPER);
    assert_string_equal(event.action, "whisper");
    assert_string_equal(event.sender, "bob");
    assert_string_equal(event.to, "alice");
    assert_null(event.group);
    assert_int_equal(event.content_length, 3);
    assert_memory_equal(event.content, "a\0b", 4);
    assert_int_equal(event.id, 7);
    assert_true(event.time_ms == 1700000000123);
    script_finish(&s);
}

static void test_group_message_event(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send(&s, &(struct cw_msg){.kind = CW_UPDATE,
                                     .action = CW_MSG_GROUP,
                                     .group_name = cw_slice_str("cooks"),
                                     .sender = cw_slice_str("bob"),
                                     .content = cw_slice_str("soup?")});
    struct chinwag_event event = script_event(&s, CHINWAG_GROUP_MESSAGE);
    assert_string_equal(event.group, "cooks");
    assert_string_equal(event.sender, "bob");
    assert_string_equal(event.content, "soup?");
    assert_int_equal(event.id, 0);
    script_finish(&s);
}

static void test_audio_events(void **state)
{
    (void)state;
    static const int16_t samples[] = {0, -1, 300, -32768};
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    struct cw_buf list = {0};
    cw_samples_encode(samples, 4, &list);
    struct cw_msg msg = {.kind = CW_UPDATE,
                         .action = CW_VOICE_MSG,
                         .sender = cw_slice_str("bob"),
                         .channels = 2,
                         .sample_rate = 16000,
                         .samples = {cw_buf_slice(&list), 4},
                         .extras = {.map_present = true,
                                    .present = 1u << CW_X_GROUP,
                                    .group = cw_slice_str("cooks")}};
    script_send(&s, &msg);
    struct chinwag_event event = script_event(&s, CHINWAG_VOICE_MESSAGE);
    assert_string_equal(event.group, "cooks");
    assert_int_equal(event.channels, 2);
    assert_int_equal(event.sample_rate, 16000);
    assert_int_equal(event.sample_count, 4);
    assert_memory_equal(event.samples, samples, sizeof samples);

    msg = (struct cw_msg){.kind = CW_UPDATE,
                          .action = CW_CALL_DATA,
                          .sender = cw_slice_str("bob"),
                          .samples = {cw_buf_slice(&list), 4}};
    script_send(&s, &msg);
    event = script_event(&s, CHINWAG_CALL_DATA);
    assert_string_equal(event.sender, "bob");
    assert_int_equal(event.channels, 1);
    assert_int_equal(event.sample_rate, 44100);
    assert_memory_equal(event.samples, samples, sizeof samples);
    cw_buf_finish(&list);
    script_finish(&s);
}

static void test_no_message_twice(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send_whisper(&s, 7, "seven");
    script_send_whisper(&s, 7, "seven");
    script_send_whisper(&s, 6, "six");
    script_send_whisper(&s, 8, "eight");
    assert_string_equal(script_event(&s, CHINWAG_WHISPER).content, "seven");
    assert_string_equal(script_event(&s, CHINWAG_WHISPER).content, "eight");
    script_no_event(&s);
    script_finish(&s);
}

/* --- drops -------------------------------------------------------------------------- */

static void test_attach_again_with_since(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send_whisper(&s, 7, "seven");
    script_event(&s, CHINWAG_WHISPER);
    script_close(&s);
    struct chinwag_event event = script_event(&s, CHINWAG_DISCONNECTED);
    assert_string_equal(event.text, "the test closed it");
    assert_in_range(event.delay_ms, 1000, 2000);
    assert_int_equal(cw_client_deadline(s.client), s.now + event.delay_ms);
    s.now += event.delay_ms - 1;
    cw_client_run(s.client, s.now);
    assert_int_equal(cw_client_state(s.client), CW_CLIENT_WAITING);
    s.now++;
    script_connect(&s);
    struct cw_msg msg = script_received(&s, CW_ATTACH);
    assert_slice(msg.token, "t0k3n");
    assert_true(has(&msg, CW_X_SINCE));
    assert_int_equal(msg.extras.since, 7);
    script_respond(&s, CW_ATTACH, CW_SUCCESS);
    script_send_whisper(&s, 7, "seven");
    script_send_whisper(&s, 9, "nine");
    assert_string_equal(script_event(&s, CHINWAG_ATTACHED).username, "alice");
    assert_string_equal(script_event(&s, CHINWAG_WHISPER).content, "nine");
    script_no_event(&s);
    script_finish(&s);
}

static void test_unanswered_are_reported_not_repeated(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    int64_t first = script_whisper(&s, "one");
    int64_t second = script_whisper(&s, "two");
    int64_t third = script_whisper(&s, "three");
    script_received(&s, CW_WHISPER);
    script_received(&s, CW_WHISPER);
    script_received(&s, CW_WHISPER);
    /* An answer that arrived before the end counts. */
    script_respond(&s, CW_WHISPER, CW_SUCCESS);
    script_close(&s);
    script_answer(&s, first, CW_SUCCESS);
    struct chinwag_event event = script_event(&s, CHINWAG_DISCONNECTED);
    script_answer(&s, second, CHINWAG_UNANSWERED);
    script_answer(&s, third, CHINWAG_UNANSWERED);
    script_no_event(&s);
    s.now += event.delay_ms;
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_respond(&s, CW_ATTACH, CW_SUCCESS);
    script_event(&s, CHINWAG_ATTACHED);
    script_received_nothing(&s);
    script_finish(&s);
}

static void test_outbox_waits_for_the_attach(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_close(&s);
    s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
    int64_t first = script_whisper(&s, "one");
    int64_t second = script_whisper(&s, "two");
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_received_nothing(&s);
    script_respond(&s, CW_ATTACH, CW_SUCCESS);
    script_event(&s, CHINWAG_ATTACHED);
    assert_slice(script_received(&s, CW_WHISPER).content, "one");
    assert_slice(script_received(&s, CW_WHISPER).content, "two");
    script_respond(&s, CW_WHISPER, CW_SUCCESS);
    script_respond(&s, CW_WHISPER, CW_SUCCESS);
    script_answer(&s, first, CW_SUCCESS);
    script_answer(&s, second, CW_SUCCESS);
    script_finish(&s);
}

/* What is asked between the end of a connection and the event that tells it. */
static void test_request_after_an_untold_end(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_close(&s);
    script_whisper(&s, "one");
    script_pump(&s);
    s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
    script_no_event(&s); /* not unanswered: it was not sent */
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_respond(&s, CW_ATTACH, CW_SUCCESS);
    script_event(&s, CHINWAG_ATTACHED);
    assert_slice(script_received(&s, CW_WHISPER).content, "one");
    script_finish(&s);
}

static void test_outbox_is_bounded(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    for (int i = 0; i < CW_OUTBOX_MAX; i++)
        assert_int_equal(script_whisper(&s, "hi"), i + 1);
    assert_int_equal(script_whisper(&s, "hi"), CHINWAG_OUTBOX_FULL);
    script_finish(&s);

    static uint8_t list[CW_OUTBOX_BYTES_MAX / 2];
    struct cw_msg voice = {
        .kind = CW_REQUEST, .action = CW_VOICE_MSG, .samples = {cw_slice_of(list, sizeof list), 1}};
    script_start(&s, NULL);
    assert_int_equal(cw_client_request(s.client, &voice), 1);
    assert_int_equal(cw_client_request(s.client, &voice), CHINWAG_OUTBOX_FULL);
    assert_int_equal(script_whisper(&s, "hi"), 2);
    script_finish(&s);
}

static void test_back_off(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_login(&s, "alice");
    uint32_t first_delay = 0;
    for (unsigned attempt = 0, most = 2000; attempt < 10; attempt++) {
        cw_client_run(s.client, s.now);
        assert_int_equal(cw_client_state(s.client), CW_CLIENT_CONNECTING);
        script_close(&s);
        struct chinwag_event event = script_event(&s, CHINWAG_DISCONNECTED);
        assert_in_range(event.delay_ms, most / 2, most);
        first_delay = attempt == 0 ? event.delay_ms : first_delay;
        most = most * 2 < CW_RECONNECT_MAX_MS ? most * 2 : CW_RECONNECT_MAX_MS;
        s.now += event.delay_ms;
    }
    /* An answer, not a mere connection, begins it anew. */
    script_connect(&s);
    script_close(&s);
    struct chinwag_event event = script_event(&s, CHINWAG_DISCONNECTED);
    assert_in_range(event.delay_ms, CW_RECONNECT_MAX_MS / 2, CW_RECONNECT_MAX_MS);
    script_finish(&s);

    /* Another seed, another delay. */
    script_start(&s, &(struct cw_client_config){.seed = 2});
    script_login(&s, "alice");
    cw_client_run(s.client, s.now);
    script_close(&s);
    assert_int_not_equal(script_event(&s, CHINWAG_DISCONNECTED).delay_ms, first_delay);
    script_finish(&s);
}

static void test_back_off_begins_anew_after_an_answer(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_login(&s, "alice");
    for (int i = 0; i < 8; i++) {
        cw_client_run(s.client, s.now);
        script_close(&s);
        s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
    }
    script_connect(&s);
    script_received(&s, CW_LOGIN);
    script_respond(&s, CW_LOGIN, CW_SUCCESS);
    script_event(&s, CHINWAG_RESPONSE);
    script_close(&s);
    assert_in_range(script_event(&s, CHINWAG_DISCONNECTED).delay_ms, 1000, 2000);
    script_finish(&s);
}

static void test_drop_during_attach(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    int64_t attach = script_attach(&s, "alice", "t0k3n");
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_close(&s);
    s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
    script_no_event(&s); /* an attach may be repeated: it is not unanswered */
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_respond(&s, CW_ATTACH, CW_SUCCESS);
    script_answer(&s, attach, CW_SUCCESS);
    script_no_event(&s);
    script_finish(&s);
}

static void test_attach_is_retried_when_the_server_is_busy(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_close(&s);
    s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
    for (unsigned least = 2000; least <= 8000; least *= 2) {
        script_connect(&s);
        script_received(&s, CW_ATTACH);
        script_respond(&s, CW_ATTACH, CW_UNAVAILABLE);
        struct chinwag_event event = script_event(&s, CHINWAG_DISCONNECTED);
        assert_string_equal(event.text, chinwag_code_text(CW_UNAVAILABLE));
        assert_in_range(event.delay_ms, least, 2 * least); /* no answer to count on */
        s.now += event.delay_ms;
    }
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_finish(&s);
}

static void test_session_lost_at_attach(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_close(&s);
    s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
    int64_t whisper = script_whisper(&s, "hi");
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_respond(&s, CW_ATTACH, CW_USER_NOT_CONNECTED);
    struct chinwag_event event = script_event(&s, CHINWAG_SESSION_LOST);
    assert_int_equal(event.code, CW_USER_NOT_CONNECTED);
    script_pump(&s);
    script_answer(&s, whisper, CHINWAG_NO_SESSION);
    script_received_nothing(&s);
    script_close(&s);
    script_event(&s, CHINWAG_DISCONNECTED);
    assert_true(cw_client_deadline(s.client) == UINT64_MAX);
    script_finish(&s);
}

static void test_session_lost_at_a_request(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    int64_t whisper = script_whisper(&s, "hi");
    script_received(&s, CW_WHISPER);
    script_respond(&s, CW_WHISPER, CW_USER_INCORRECT_TOKEN);
    script_answer(&s, whisper, CW_USER_INCORRECT_TOKEN);
    assert_int_equal(script_event(&s, CHINWAG_SESSION_LOST).code, CW_USER_INCORRECT_TOKEN);
    script_no_event(&s);
    script_finish(&s);
}

/* A position says nothing about what another user has read. */
static void test_another_user_begins_at_his_own_position(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send_whisper(&s, 7, "seven");
    script_event(&s, CHINWAG_WHISPER);
    cw_client_request(s.client, &(struct cw_msg){.kind = CW_REQUEST, .action = CW_LOGOUT});
    script_received(&s, CW_LOGOUT);
    script_respond(&s, CW_LOGOUT, CW_SUCCESS);
    script_event(&s, CHINWAG_RESPONSE);
    script_login(&s, "carol");
    struct cw_msg msg = script_received(&s, CW_LOGIN);
    assert_false(has(&msg, CW_X_SINCE));
    script_send(&s, &(struct cw_msg){.kind = CW_RESPONSE,
                                     .action = CW_LOGIN,
                                     .username = cw_slice_str("carol"),
                                     .token = cw_slice_str("other")});
    script_event(&s, CHINWAG_RESPONSE);
    script_send_whisper(&s, 3, "three");
    assert_int_equal(script_event(&s, CHINWAG_WHISPER).id, 3);
    script_finish(&s);
}

/* --- silence ------------------------------------------------------------------------- */

static void test_silent_server_is_pinged_then_left(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    uint64_t heard = s.now;
    assert_int_equal(cw_client_deadline(s.client), heard + CW_PING_IDLE_MS);
    s.now = heard + CW_PING_IDLE_MS - 1;
    script_pump(&s);
    assert_int_equal(s.pings, 0);
    s.now++;
    cw_client_run(s.client, s.now);
    /* RFC 37: PING is a command with a TTL of two octets. */
    struct cw_slice output = cw_client_output(s.client);
    assert_slice(cw_slice_of(output.p, 7), "\x04\x07\x04PING");
    assert_int_equal(output.n, 9);
    cw_client_sent(s.client, output.n);
    assert_int_equal(cw_client_deadline(s.client), heard + CW_PEER_DEAD_MS);
    s.now = heard + CW_PEER_DEAD_MS;
    cw_client_run(s.client, s.now);
    script_event(&s, CHINWAG_DISCONNECTED);
    script_finish(&s);
}

static void test_pong_keeps_the_connection(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    for (int i = 0; i < 4; i++) {
        s.now += CW_PING_IDLE_MS;
        script_pump(&s); /* the scripted server answers with PONG */
        assert_int_equal(s.pings, i + 1);
        script_no_event(&s);
    }
    script_finish(&s);
}

/* ZMTP 3.0 has no PING: silence says nothing. */
static void test_zmtp_3_0_server_may_be_silent(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    s.speaks_3_0 = true;
    script_logged_in(&s);
    assert_true(cw_client_deadline(s.client) == UINT64_MAX);
    s.now += 10 * CW_PEER_DEAD_MS;
    script_pump(&s);
    assert_int_equal(s.pings, 0);
    script_no_event(&s);
    script_finish(&s);
}

static void test_ping_of_the_server_is_answered(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send_bytes(&s, "\x04\x09\x04PING\0\0xy", 11);
    script_no_event(&s);
    assert_slice(cw_client_output(s.client), "\x04\x07\x04PONGxy");
    script_finish(&s);
}

/* --- garbage ------------------------------------------------------------------------- */

static void expect_drop(struct script *s, int64_t unanswered)
{
    script_event(s, CHINWAG_DISCONNECTED);
    if (unanswered != 0)
        script_answer(s, unanswered, CHINWAG_UNANSWERED);
    script_no_event(s);
    assert_int_equal(cw_client_state(s->client), CW_CLIENT_WAITING);
    assert_int_equal(cw_client_output(s->client).n, 0);
}

static void test_not_zmtp(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_login(&s, "alice");
    cw_client_run(s.client, s.now);
    cw_client_connected(s.client, s.now);
    script_send_bytes(&s, "SSH-2.0-OpenSSH_9.2\r\n", 21);
    expect_drop(&s, 0);
    script_finish(&s);
}

static void drop_after(const void *body, size_t n)
{
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    int64_t number = script_whisper(&s, "hi");
    script_received(&s, CW_WHISPER);
    script_send_body(&s, body, n);
    script_send_whisper(&s, 1, "not looked at any more");
    expect_drop(&s, number);
    script_finish(&s);
}

static void test_garbage_messages(void **state)
{
    (void)state;
    drop_after("\xc1", 1);                       /* never used in MessagePack */
    drop_after("", 0);                           /* nothing */
    drop_after("\xa7request\xa7whisper", 16);    /* not for a client */
    drop_after("\xa8response\xa7whisper", 17);   /* no code */
    drop_after("\xa8response\xa5login\x01", 16); /* not what was asked */
    drop_after("\xa6update\xa7whisper\xa3", 16); /* cut short */
    drop_after("\xdd\xff\xff\xff\xff\xa6", 6);   /* an array of 4 Gi objects */
}

static void test_answer_to_nothing(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_respond(&s, CW_WHISPER, CW_SUCCESS);
    expect_drop(&s, 0);
    script_finish(&s);
}

/* A frame that claims 4 GiB costs no memory and ends the connection. */
static void test_overlong_frame(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send_bytes(&s, "\x02\0\0\0\x01\0\0\0\0", 9);
    expect_drop(&s, 0);
    script_finish(&s);
}

static void test_newer_updates_are_ignored(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send_body(&s,
                     "\xa6update\xa6typing\xa3"
                     "bob",
                     18);
    script_send_whisper(&s, 1, "hi");
    script_event(&s, CHINWAG_WHISPER);
    script_no_event(&s);
    script_finish(&s);
}

/* --- live audio ------------------------------------------------------------------------ */

static void test_call_data(void **state)
{
    (void)state;
    struct cw_buf list = {0};
    int16_t samples[882] = {1000};
    for (size_t i = 0; i < 882; i++)
        samples[i] = 1000;
    cw_samples_encode(samples, 882, &list);
    struct cw_msg msg = {.kind = CW_CLIENT_UPDATE,
                         .action = CW_CALL_DATA,
                         .group_name = cw_slice_str("cooks"),
                         .samples = {cw_buf_slice(&list), 882}};
    struct script s;
    script_start(&s, NULL);
    assert_int_equal(cw_client_call_data(s.client, &msg), CHINWAG_NO_SESSION);
    script_logged_in(&s);
    assert_int_equal(cw_client_call_data(s.client, &msg), 0);
    struct cw_msg received = script_received(&s, CW_CALL_DATA);
    assert_int_equal(received.kind, CW_CLIENT_UPDATE);
    assert_slice(received.token, "t0k3n");
    assert_slice(received.group_name, "cooks");
    assert_int_equal(received.samples.count, 882);
    /* The network stands still: old frames are not piled up. */
    int taken = 0;
    while (taken < 100 && cw_client_call_data(s.client, &msg) == 0)
        taken++;
    assert_in_range(taken, 5, 10);
    assert_int_equal(cw_client_call_data(s.client, &msg), CHINWAG_OUTBOX_FULL);
    script_close(&s);
    assert_int_equal(cw_client_call_data(s.client, &msg), CHINWAG_NO_SESSION);
    cw_buf_finish(&list);
    script_finish(&s);
}

/* --- the public functions, without I/O --------------------------------------------------- */

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host, *port;
    } good[] = {
        {"127.0.0.1:4242", "127.0.0.1", "4242"},
        {"chat.example", "chat.example", "4242"},
        {"chat.example:1", "chat.example", "1"},
        {"[::1]:65535", "::1", "65535"},
        {"::1", "::1", "4242"},
        {"[::1]", "::1", "4242"},
    };
    static const char *const bad[] = {"",           ":4242",   "host:",   "host:0",
                                      "host:65536", "[::1",    "[]:4242", "host:http",
                                      "[::1]x:1",   "host:-1", "host: 1", "host:000001"};
    struct cw_address address;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(cw_address_parse(good[i].text, &address));
        assert_string_equal(address.host, good[i].host);
        assert_string_equal(address.port, good[i].port);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(cw_address_parse(bad[i], &address));
    char host[CW_HOST_MAX + 2];
    memset(host, 'a', CW_HOST_MAX + 1);
    host[CW_HOST_MAX + 1] = 0;
    assert_false(cw_address_parse(host, &address));
    assert_true(cw_address_parse(host + 1, &address));
}

static void test_create_refuses_bad_options(void **state)
{
    (void)state;
    char name[CW_CLIENT_NAME_MAX + 2];
    memset(name, 'a', CW_CLIENT_NAME_MAX + 1);
    name[CW_CLIENT_NAME_MAX + 1] = 0;
    assert_null(chinwag_create(&(struct chinwag_options){.server = "host:"}));
    assert_null(chinwag_create(&(struct chinwag_options){.client_name = name}));
    assert_null(chinwag_create(&(struct chinwag_options){.client_name = "\xff"}));
    chinwag_client *client = chinwag_create(&(struct chinwag_options){.client_name = name + 1});
    assert_non_null(client);
    chinwag_destroy(client);
    chinwag_destroy(NULL);
}

static void test_arguments(void **state)
{
    (void)state;
    static char text[CW_CONTENT_BYTES_MAX + 2];
    static int16_t samples[16];
    memset(text, 'a', CW_CONTENT_BYTES_MAX + 1);
    chinwag_client *c = chinwag_create(NULL);
    assert_int_equal(chinwag_whisper(c, NULL, "hi", 2), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_whisper(c, "bob", "\xc3", 1), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_whisper(c, "\xc3", "hi", 2), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_whisper(c, "bob", NULL, 2), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_whisper(c, "bob", text, CW_CONTENT_CODE_POINTS_MAX + 1),
                     CHINWAG_TOO_LONG);
    assert_int_equal(chinwag_msg_group(c, "cooks", text, CW_CONTENT_BYTES_MAX + 1),
                     CHINWAG_TOO_LONG);
    assert_int_equal(chinwag_add_contact(c, text), CHINWAG_TOO_LONG);
    assert_int_equal(chinwag_attach(c, "alice", ""), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_msg(c, "bob", 3, 8000, samples, 3), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_msg(c, "bob", 2, 8000, samples, 3), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_msg(c, "bob", 1, 7999, samples, 3), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_msg(c, "bob", 1, 48001, samples, 3), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_msg(c, "bob", 1, 8000, samples, 0), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_call_data(c, "cooks", samples, 4411), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_call_data(c, "cooks", samples, 16), CHINWAG_NO_SESSION);
    /* Nothing of that took a number. */
    assert_int_equal(chinwag_whisper(c, "bob", text, CW_CONTENT_CODE_POINTS_MAX), 1);
    assert_int_equal(chinwag_voice_msg(c, "bob", 2, 8000, samples, 16), 2);
    bool wants_write;
    assert_int_equal(chinwag_fd(c, &wants_write), -1);
    assert_false(wants_write);
    assert_int_equal(chinwag_deadline(c), 0);
    chinwag_destroy(c);
}

static void test_voice_limits(void **state)
{
    (void)state;
    size_t most = (size_t)CW_VOICE_SECONDS_MAX * 8000;
    int16_t *samples = test_calloc(most + 1, sizeof *samples);
    chinwag_client *c = chinwag_create(NULL);
    assert_int_equal(chinwag_voice_msg(c, "bob", 1, 8000, samples, most), 1);
    assert_int_equal(chinwag_voice_msg(c, "bob", 1, 8000, samples, most + 1), CHINWAG_TOO_LONG);
    chinwag_destroy(c);
    test_free(samples);

    /* 120 s of loud stereo at 48,000 Hz is within the time, not the size. */
    most = (size_t)CW_VOICE_SECONDS_MAX * 48000 * 2;
    samples = test_malloc(most * sizeof *samples);
    for (size_t i = 0; i < most; i++)
        samples[i] = -30000;
    c = chinwag_create(NULL);
    assert_int_equal(chinwag_voice_msg(c, "bob", 2, 48000, samples, most), CHINWAG_TOO_LONG);
    chinwag_destroy(c);
    test_free(samples);
}

static void test_codes(void **state)
{
    (void)state;
    assert_string_equal(chinwag_code_name(0), "SUCCESS");
    assert_string_equal(chinwag_code_name(CHINWAG_GROUP_DOES_NOT_EXIST), "GROUP_DOES_NOT_EXIST");
    assert_string_equal(chinwag_code_name(CHINWAG_UNANSWERED), "UNANSWERED");
    assert_string_equal(chinwag_code_name(-77), "UNKNOWN");
    assert_string_equal(chinwag_code_text(CHINWAG_NO_SESSION), "not sent: nobody is logged in");
    assert_string_equal(chinwag_code_text(CHINWAG_GROUP_DOES_NOT_EXIST), "there is no such group");
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
        cmocka_unit_test(test_attach_refused),
        cmocka_unit_test(test_whisper_event),
        cmocka_unit_test(test_group_message_event),
        cmocka_unit_test(test_audio_events),
        cmocka_unit_test(test_no_message_twice),
        cmocka_unit_test(test_attach_again_with_since),
        cmocka_unit_test(test_unanswered_are_reported_not_repeated),
        cmocka_unit_test(test_outbox_waits_for_the_attach),
        cmocka_unit_test(test_request_after_an_untold_end),
        cmocka_unit_test(test_outbox_is_bounded),
        cmocka_unit_test(test_back_off),
        cmocka_unit_test(test_back_off_begins_anew_after_an_answer),
        cmocka_unit_test(test_drop_during_attach),
        cmocka_unit_test(test_attach_is_retried_when_the_server_is_busy),
        cmocka_unit_test(test_session_lost_at_attach),
        cmocka_unit_test(test_session_lost_at_a_request),
        cmocka_unit_test(test_another_user_begins_at_his_own_position),
        cmocka_unit_test(test_silent_server_is_pinged_then_left),
        cmocka_unit_test(test_pong_keeps_the_connection),
        cmocka_unit_test(test_zmtp_3_0_server_may_be_silent),
        cmocka_unit_test(test_ping_of_the_server_is_answered),
        cmocka_unit_test(test_not_zmtp),
        cmocka_unit_test(test_garbage_messages),
        cmocka_unit_test(test_answer_to_nothing),
        cmocka_unit_test(test_overlong_frame),
        cmocka_unit_test(test_newer_updates_are_ignored),
        cmocka_unit_test(test_call_data),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_create_refuses_bad_options),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_voice_limits),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
