/* test_client_drops.c - connections that break: what is asked again, what is told, and when the
 * client connects again. Requests that are lost with them: test_client_unanswered.c. */
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
    assert_in_range(event.delay_ms, CW_RECONNECT_FIRST_MS, 2 * CW_RECONNECT_FIRST_MS);
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

static void test_back_off(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_login(&s, "alice");
    uint32_t first_delay = 0;
    for (unsigned attempt = 0, most = 2 * CW_RECONNECT_FIRST_MS; attempt < 10; attempt++) {
        cw_client_run(s.client, s.now);
        assert_int_equal(cw_client_state(s.client), CW_CLIENT_CONNECTING);
        script_close(&s);
        struct chinwag_event event = script_event(&s, CHINWAG_DISCONNECTED);
        assert_in_range(event.delay_ms, most / 2, most);
        first_delay = attempt == 0 ? event.delay_ms : first_delay;
        most = attempt == 0 ? 2 * CW_RECONNECT_MIN_MS : most * 2;
        most = most < CW_RECONNECT_MAX_MS ? most : CW_RECONNECT_MAX_MS;
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
    assert_in_range(script_event(&s, CHINWAG_DISCONNECTED).delay_ms, CW_RECONNECT_FIRST_MS,
                    2 * CW_RECONNECT_FIRST_MS);
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
    for (unsigned least = 1000; least <= 4000; least *= 2) {
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attach_again_with_since),
        cmocka_unit_test(test_server_begins_anew),
        cmocka_unit_test(test_server_tells_no_era_any_more),
        cmocka_unit_test(test_back_off),
        cmocka_unit_test(test_back_off_begins_anew_after_an_answer),
        cmocka_unit_test(test_drop_during_attach),
        cmocka_unit_test(test_attach_is_retried_when_the_server_is_busy),
        cmocka_unit_test(test_session_lost_at_attach),
        cmocka_unit_test(test_session_lost_at_a_request),
        cmocka_unit_test(test_another_user_begins_at_his_own_position),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
