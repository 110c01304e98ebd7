/* test_client_moved.c - libchinwag when somebody else takes up its session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "script.h"

static void send_moved(struct script *s)
{
    script_send(s, &(struct cw_msg){.kind = CW_UPDATE,
                                    .action = CW_SESSION_MOVED,
                                    .username = cw_slice_str("alice")});
}

static void test_moved_and_taken_back(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    send_moved(&s);
    struct chinwag_event event = script_event(&s, CHINWAG_SESSION_MOVED);
    assert_string_equal(event.username, "alice");
    assert_string_equal(event.text, "another program has taken up this session");
    int64_t lost = script_whisper(&s, "not sent");
    script_pump(&s);
    script_answer(&s, lost, CHINWAG_NO_SESSION);
    script_received_nothing(&s);
    int64_t back = script_attach(&s, "alice", "t0k3n");
    struct cw_msg msg = script_received(&s, CW_ATTACH);
    script_assert_slice(msg.token, "t0k3n");
    script_send(&s, &(struct cw_msg){.kind = CW_RESPONSE,
                                     .action = CW_ATTACH,
                                     .username = cw_slice_str("alice")});
    script_answer(&s, back, CW_SUCCESS);
    script_whisper(&s, "sent");
    script_received(&s, CW_WHISPER);
    script_finish(&s);
}

/* Two programs would take it from each other in turn. */
static void test_moved_is_not_attached_by_itself(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    send_moved(&s);
    script_event(&s, CHINWAG_SESSION_MOVED);
    script_close(&s);
    s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
    cw_client_run(s.client, s.now);
    assert_int_equal(cw_client_state(s.client), CW_CLIENT_WAITING);
    assert_true(cw_client_deadline(s.client) == UINT64_MAX);
    script_finish(&s);
}

/* What the server refuses because the session has gone is not lost with the token. */
static void test_answers_after_the_move(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    int64_t number = script_whisper(&s, "left over");
    script_received(&s, CW_WHISPER);
    send_moved(&s);
    script_respond(&s, CW_WHISPER, CW_IDENTITY_NOT_CONNECTED);
    script_event(&s, CHINWAG_SESSION_MOVED);
    script_answer(&s, number, CHINWAG_IDENTITY_NOT_CONNECTED);
    script_no_event(&s);
    script_finish(&s);
}

static void test_call_left(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send(&s, &(struct cw_msg){.kind = CW_UPDATE,
                                     .action = CW_CALL_LEFT,
                                     .group_name = cw_slice_str("cooks"),
                                     .reason = cw_slice_str("moved")});
    struct chinwag_event event = script_event(&s, CHINWAG_CALL_LEFT);
    assert_string_equal(event.group, "cooks");
    assert_string_equal(event.state, "moved");
    assert_string_equal(event.text, "the call has moved to another device");
    script_finish(&s);
}

/* The server says why, and the token is not tried again when it closes. */
static void test_ended_by_the_server(void **state)
{
    static const char *const cases[][2] = {
        {"too_many",
         "a login on another device exceeded the limit, and this device was silent for longest"},
        {"revoked", "another device of this user has removed it"},
        {"password", "the password was changed on another device"},
        {"logout", "another program of this device has logged out"},
        {"new", "the server ended the session"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct script s;
        script_start(&s, NULL);
        script_logged_in(&s);
        script_send(&s, &(struct cw_msg){.kind = CW_UPDATE,
                                         .action = CW_SESSION_ENDED,
                                         .username = cw_slice_str("alice"),
                                         .reason = cw_slice_str(cases[i][0])});
        struct chinwag_event event = script_event(&s, CHINWAG_SESSION_LOST);
        assert_int_equal(event.code, CW_USER_NOT_CONNECTED);
        assert_string_equal(event.state, cases[i][0]);
        assert_string_equal(event.text, cases[i][1]);
        script_close(&s);
        script_event(&s, CHINWAG_DISCONNECTED);
        assert_true(cw_client_deadline(s.client) == UINT64_MAX);
        script_finish(&s);
    }
}

static void test_a_refusal_says_why(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    for (int i = 0; i < 2; i++) {
        script_whisper(&s, "one too many");
        script_received(&s, CW_WHISPER);
        struct cw_msg refusal = {.kind = CW_RESPONSE, .action = CW_WHISPER, .code = CW_TOO_LARGE};
        refusal.extras.map_present = i == 0;
        refusal.extras.present = i == 0 ? UINT64_C(1) << CW_X_REASON : 0;
        refusal.extras.reason = cw_slice_str("delete some");
        script_send(&s, &refusal);
        struct chinwag_event event = script_event(&s, CHINWAG_RESPONSE);
        assert_int_equal(event.code, CW_TOO_LARGE);
        if (i == 0)
            assert_string_equal(event.reason, "delete some");
        else
            assert_null(event.reason);
    }
    script_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ended_by_the_server),
        cmocka_unit_test(test_a_refusal_says_why),
        cmocka_unit_test(test_moved_and_taken_back),
        cmocka_unit_test(test_moved_is_not_attached_by_itself),
        cmocka_unit_test(test_answers_after_the_move),
        cmocka_unit_test(test_call_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
