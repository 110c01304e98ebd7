/* test_client_drops.c - libchinwag's state machine when things go wrong: lost
 * connections, lost sessions, silent servers and servers that send garbage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "script.h"

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
    script_assert_slice(msg.token, "t0k3n");
    assert_true(script_has(&msg, CW_X_SINCE));
    assert_int_equal(msg.extras.since, 7);
    script_respond(&s, CW_ATTACH, CW_SUCCESS);
    script_send_whisper(&s, 7, "seven");
    script_send_whisper(&s, 9, "nine");
    assert_string_equal(script_event(&s, CHINWAG_ATTACHED).username, "alice");
    assert_string_equal(script_event(&s, CHINWAG_WHISPER).content, "nine");
    script_no_event(&s);
    script_finish(&s);
}

static struct cw_msg attached(const char *db, const char *era)
{
    return (struct cw_msg){.kind = CW_RESPONSE,
                           .action = CW_ATTACH,
                           .username = cw_slice_str("alice"),
                           .extras = {.map_present = true,
                                      .present = CW_BIT(CW_X_DB) | CW_BIT(CW_X_ERA),
                                      .db = cw_slice_str(db),
                                      .era = cw_slice_str(era)}};
}

static void drop(struct script *s)
{
    script_close(s);
    s->now += script_event(s, CHINWAG_DISCONNECTED).delay_ms;
    script_connect(s);
}

/* The database and era of each attach are sent with the next; a server with other messages reports
 * that, and messages with the same ids are not taken for the old ones. */
static void test_server_begins_anew(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send_whisper(&s, 7, "seven");
    script_event(&s, CHINWAG_WHISPER);
    drop(&s);
    struct cw_msg msg = script_received(&s, CW_ATTACH), answer = attached("d1.0", "e1");
    assert_false(script_has(&msg, CW_X_DB));
    script_send(&s, &answer);
    struct chinwag_event event = script_event(&s, CHINWAG_ATTACHED);
    assert_string_equal(event.db, "d1.0");
    assert_string_equal(event.era, "e1");
    drop(&s);
    msg = script_received(&s, CW_ATTACH);
    assert_int_equal(msg.extras.since, 7);
    script_assert_slice(msg.extras.db, "d1.0");
    script_assert_slice(msg.extras.era, "e1");
    answer = attached("d1.0", "e9");
    answer.extras.present |= CW_BIT(CW_X_SINCE) | CW_BIT(CW_X_RESTARTED);
    answer.extras.since = 3;
    answer.extras.restarted = 1;
    script_send(&s, &answer);
    script_send_whisper(&s, 3, "had");
    script_send_whisper(&s, 5, "five anew");
    script_send_whisper(&s, 7, "seven anew");
    event = script_event(&s, CHINWAG_RESTARTED);
    assert_int_equal(event.id, 3);
    assert_string_equal(event.db, "d1.0");
    assert_string_equal(event.era, "e9");
    assert_non_null(event.text);
    script_event(&s, CHINWAG_ATTACHED);
    assert_string_equal(script_event(&s, CHINWAG_WHISPER).content, "five anew");
    assert_string_equal(script_event(&s, CHINWAG_WHISPER).content, "seven anew");
    script_no_event(&s);
    drop(&s);
    msg = script_received(&s, CW_ATTACH);
    assert_int_equal(msg.extras.since, 7);
    script_assert_slice(msg.extras.era, "e9");
    script_finish(&s);
}

/* An answer without an era after one that had it. */
static void test_server_tells_no_era_any_more(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, &(struct cw_client_config){.has_since = true,
                                                .since = 4,
                                                .db = cw_slice_str("d1.0"),
                                                .era = cw_slice_str("e1")});
    script_attach(&s, "alice", "t0k3n");
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    struct cw_msg answer = attached("d2.0", "");
    answer.extras.present = CW_BIT(CW_X_DB) | CW_BIT(CW_X_RESTARTED);
    answer.extras.restarted = 1;
    script_send(&s, &answer);
    struct chinwag_event event = script_event(&s, CHINWAG_RESTARTED);
    assert_int_equal(event.id, 0);
    assert_string_equal(event.db, "d2.0");
    assert_null(event.era);
    script_event(&s, CHINWAG_RESPONSE);
    drop(&s);
    struct cw_msg msg = script_received(&s, CW_ATTACH);
    assert_true(script_has(&msg, CW_X_SINCE));
    assert_int_equal(msg.extras.since, 0);
    script_assert_slice(msg.extras.db, "d2.0");
    assert_false(script_has(&msg, CW_X_ERA));
    script_finish(&s);
}

static int64_t add_contact(struct script *s)
{
    return cw_client_request(s->client, &(struct cw_msg){.kind = CW_REQUEST,
                                                         .action = CW_ADD_CONTACT,
                                                         .contact = cw_slice_str("bob")});
}

/* The connection ends after the first of three whispers was answered. */
static void lose_two_answers(struct script *s, const struct cw_client_config *config,
                             int64_t numbers[3])
{
    script_start(s, config);
    script_logged_in(s);
    for (int i = 0; i < 3; i++)
        numbers[i] = script_whisper(s, i == 0 ? "one" : i == 1 ? "two" : "three");
    for (int i = 0; i < 3; i++)
        script_received(s, CW_WHISPER);
    script_respond(s, CW_WHISPER, CW_SUCCESS);
    script_close(s);
    script_answer(s, numbers[0], CW_SUCCESS);
}

static void test_plain_unanswered_are_reported_not_repeated(void **state)
{
    (void)state;
    struct script s;
    int64_t numbers[3];
    lose_two_answers(&s, &(struct cw_client_config){.plain = true}, numbers);
    struct chinwag_event event = script_event(&s, CHINWAG_DISCONNECTED);
    script_answer(&s, numbers[1], CHINWAG_UNANSWERED);
    script_answer(&s, numbers[2], CHINWAG_UNANSWERED);
    script_no_event(&s);
    s.now += event.delay_ms;
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_respond(&s, CW_ATTACH, CW_SUCCESS);
    script_event(&s, CHINWAG_ATTACHED);
    script_received_nothing(&s);
    script_finish(&s);
}

static void test_messages_are_sent_again_with_their_number(void **state)
{
    (void)state;
    struct script s;
    int64_t numbers[3];
    lose_two_answers(&s, &(struct cw_client_config){.part = UINT64_MAX}, numbers);
    s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
    int64_t fourth = script_whisper(&s, "four");
    script_no_event(&s);
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_received_nothing(&s);
    script_respond(&s, CW_ATTACH, CW_SUCCESS);
    script_event(&s, CHINWAG_ATTACHED);
    struct cw_msg msg = script_received(&s, CW_WHISPER);
    script_assert_slice(msg.content, "two");
    assert_int_equal(msg.extras.n, 2);
    assert_int_equal(msg.extras.part, UINT64_MAX);
    msg = script_received(&s, CW_WHISPER);
    script_assert_slice(msg.content, "three");
    assert_int_equal(msg.extras.n, 3);
    msg = script_received(&s, CW_WHISPER);
    script_assert_slice(msg.content, "four");
    assert_int_equal(msg.extras.n, 4);
    assert_int_equal(msg.extras.part, UINT64_MAX);
    for (int i = 0; i < 3; i++)
        script_respond(&s, CW_WHISPER, CW_SUCCESS);
    script_answer(&s, numbers[1], CW_SUCCESS);
    script_answer(&s, numbers[2], CW_SUCCESS);
    script_answer(&s, fourth, CW_SUCCESS);
    script_finish(&s);
}

/* Another session would not know their counters. */
static void test_messages_of_a_lost_session_are_unanswered(void **state)
{
    (void)state;
    struct script s;
    int64_t numbers[3];
    lose_two_answers(&s, NULL, numbers);
    s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_respond(&s, CW_ATTACH, CW_USER_INCORRECT_TOKEN);
    script_answer(&s, numbers[1], CHINWAG_UNANSWERED);
    script_answer(&s, numbers[2], CHINWAG_UNANSWERED);
    assert_int_equal(script_event(&s, CHINWAG_SESSION_LOST).code, CW_USER_INCORRECT_TOKEN);
    script_received_nothing(&s);
    script_finish(&s);
}

static void test_other_requests_are_not_repeated(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    int64_t number = add_contact(&s);
    script_received(&s, CW_ADD_CONTACT);
    script_close(&s);
    script_event(&s, CHINWAG_DISCONNECTED);
    script_answer(&s, number, CHINWAG_UNANSWERED);
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
    script_assert_slice(script_received(&s, CW_WHISPER).content, "one");
    script_assert_slice(script_received(&s, CW_WHISPER).content, "two");
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
    script_assert_slice(script_received(&s, CW_WHISPER).content, "one");
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
    struct cw_msg voice = {.kind = CW_REQUEST,
                           .action = CW_VOICE_MSG,
                           .samples = {.encoded = cw_slice_of(list, sizeof list), .count = 1}};
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
    /* The back-off is reset by an answer, not by a connection. */
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
    assert_false(script_has(&msg, CW_X_SINCE));
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
    script_assert_slice(cw_slice_of(output.p, 7), "\x04\x07\x04PING");
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
    script_assert_slice(cw_client_output(s.client), "\x04\x07\x04PONGxy");
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
    script_open(&s);
    cw_client_sent(s.client, cw_client_output(s.client).n); /* the greeting */
    script_send_bytes(&s, "SSH-2.0-OpenSSH_9.2\r\n", 21);
    expect_drop(&s, 0);
    script_finish(&s);
}

static void drop_after(const void *body, size_t n)
{
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    int64_t number = add_contact(&s);
    script_received(&s, CW_ADD_CONTACT);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attach_again_with_since),
        cmocka_unit_test(test_server_begins_anew),
        cmocka_unit_test(test_server_tells_no_era_any_more),
        cmocka_unit_test(test_plain_unanswered_are_reported_not_repeated),
        cmocka_unit_test(test_messages_are_sent_again_with_their_number),
        cmocka_unit_test(test_messages_of_a_lost_session_are_unanswered),
        cmocka_unit_test(test_other_requests_are_not_repeated),
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
