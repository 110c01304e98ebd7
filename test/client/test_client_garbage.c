/* test_client_garbage.c - a server that is silent, and one that sends garbage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "script.h"

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

static void ask_and_answer(struct script *s, enum cw_action action, int code)
{
    int64_t number = cw_client_request(
        s->client, &(struct cw_msg){
                       .kind = CW_REQUEST, .action = action, .group_name = cw_slice_str("cooks")});
    script_received(s, action);
    script_respond(s, action, code);
    script_answer(s, number, code);
}

/* Who talks cannot wait for a minute: asked after a second, left after 7.5, and back at once, but
 * only the first time. */
static void test_in_a_call_a_silent_server_is_left_soon(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    ask_and_answer(&s, CW_JOIN_CALL, CW_SUCCESS);
    uint64_t heard = s.now;
    assert_int_equal(cw_client_deadline(s.client), heard + CW_CALL_PING_IDLE_MS);
    assert_int_equal(cw_client_silent_ms(s.client, heard + 999), 999);
    s.now = heard + CW_CALL_PING_IDLE_MS;
    script_pump(&s); /* the scripted server answers with PONG */
    assert_int_equal(s.pings, 1);
    script_no_event(&s);
    heard = s.now;
    assert_int_equal(cw_client_silent_ms(s.client, s.now), 0);
    s.now += CW_CALL_PING_IDLE_MS;
    cw_client_run(s.client, s.now);
    assert_int_equal(cw_client_output(s.client).n, 9); /* PING */
    assert_int_equal(cw_client_deadline(s.client), heard + CW_CALL_DEAD_MS);
    s.now = heard + CW_CALL_DEAD_MS - 1;
    cw_client_run(s.client, s.now);
    script_no_event(&s);
    assert_int_equal(cw_client_silent_ms(s.client, s.now), CW_CALL_DEAD_MS - 1);
    s.now++;
    cw_client_run(s.client, s.now);
    struct chinwag_event event = script_event(&s, CHINWAG_DISCONNECTED);
    assert_string_equal(event.text, "the server fell silent");
    assert_int_equal(event.delay_ms, 0);
    assert_int_equal(cw_client_silent_ms(s.client, s.now + 1000), 0);
    cw_client_run(s.client, s.now);
    assert_int_equal(cw_client_state(s.client), CW_CLIENT_CONNECTING);
    script_close(&s);
    assert_in_range(script_event(&s, CHINWAG_DISCONNECTED).delay_ms, 100, 200);
    script_finish(&s);
}

/* Outside a call nobody is in a hurry, and a phone sleeps. */
static void test_after_a_call_silence_may_last(void **state)
{
    (void)state;
    static const struct cw_msg left = {.kind = CW_UPDATE, .action = CW_CALL_LEFT};
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    ask_and_answer(&s, CW_JOIN_CALL, CW_CALL_ALREADY_JOINED);
    assert_int_equal(cw_client_deadline(s.client), s.now + CW_CALL_PING_IDLE_MS);
    ask_and_answer(&s, CW_LEAVE_CALL, CW_SUCCESS);
    assert_int_equal(cw_client_deadline(s.client), s.now + CW_PING_IDLE_MS);
    ask_and_answer(&s, CW_JOIN_CALL, CW_SUCCESS);
    struct cw_msg update = left;
    update.group_name = cw_slice_str("cooks");
    update.reason = cw_slice_str("kicked");
    script_send(&s, &update);
    script_event(&s, CHINWAG_CALL_LEFT);
    assert_int_equal(cw_client_deadline(s.client), s.now + CW_PING_IDLE_MS);
    ask_and_answer(&s, CW_JOIN_CALL, CW_GROUP_DOES_NOT_EXIST);
    assert_int_equal(cw_client_deadline(s.client), s.now + CW_PING_IDLE_MS);
    script_close(&s);
    assert_in_range(script_event(&s, CHINWAG_DISCONNECTED).delay_ms, 100, 200);
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
    int64_t number = script_add_contact(&s);
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
        cmocka_unit_test(test_silent_server_is_pinged_then_left),
        cmocka_unit_test(test_in_a_call_a_silent_server_is_left_soon),
        cmocka_unit_test(test_after_a_call_silence_may_last),
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
