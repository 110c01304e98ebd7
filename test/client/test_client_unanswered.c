/* test_client_unanswered.c - requests whose connection broke before their answer, and requests that
 * wait for a connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "script.h"

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

/* As chinwag_say makes it. */
static int64_t say_under(struct script *s, uint64_t part, uint64_t n)
{
    struct cw_msg msg = {.kind = CW_REQUEST,
                         .action = CW_WHISPER,
                         .recipient = cw_slice_str("bob"),
                         .content = cw_slice_str("kept"),
                         .extras = {.map_present = true,
                                    .present = CW_BIT(CW_X_PART) | CW_BIT(CW_X_N),
                                    .part = part,
                                    .n = n}};
    return cw_client_request(s->client, &msg);
}

/* The library's own numbers go on beside it. */
static void test_a_number_of_the_programs_own_stays(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, &(struct cw_client_config){.part = 5});
    script_logged_in(&s);
    int64_t kept = say_under(&s, 77, 41), other = script_whisper(&s, "other");
    for (int i = 0; i < 2; i++) {
        struct cw_msg msg = script_received(&s, CW_WHISPER);
        assert_int_equal(msg.extras.part, 77);
        assert_int_equal(msg.extras.n, 41);
        msg = script_received(&s, CW_WHISPER);
        assert_int_equal(msg.extras.part, 5);
        assert_int_equal(msg.extras.n, 1);
        if (i == 1)
            break;
        script_close(&s);
        s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
        script_connect(&s);
        script_received(&s, CW_ATTACH);
        script_respond(&s, CW_ATTACH, CW_SUCCESS);
        script_event(&s, CHINWAG_ATTACHED);
    }
    script_respond(&s, CW_WHISPER, CW_SUCCESS);
    script_respond(&s, CW_WHISPER, CW_SUCCESS);
    script_answer(&s, kept, CW_SUCCESS);
    script_answer(&s, other, CW_SUCCESS);
    script_finish(&s);
}

static void test_an_upload_is_begun_again_with_its_number(void **state)
{
    (void)state;
    struct script s;
    const struct cw_msg upload = {
        .kind = CW_REQUEST, .action = CW_UPLOAD, .size = 5, .file_name = cw_slice_str("soup.jpg")};
    script_start(&s, &(struct cw_client_config){.part = 7});
    script_logged_in(&s);
    int64_t number = cw_client_request(s.client, &upload);
    assert_int_equal(script_received(&s, CW_UPLOAD).extras.n, 1);
    script_close(&s);
    s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
    script_no_event(&s);
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    script_respond(&s, CW_ATTACH, CW_SUCCESS);
    script_event(&s, CHINWAG_ATTACHED);
    struct cw_msg msg = script_received(&s, CW_UPLOAD);
    script_assert_slice(msg.file_name, "soup.jpg");
    assert_int_equal(msg.extras.n, 1);
    assert_int_equal(msg.extras.part, 7);
    script_respond(&s, CW_UPLOAD, CW_SUCCESS);
    script_answer(&s, number, CW_SUCCESS);
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
    int64_t number = script_add_contact(&s);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_unanswered_are_reported_not_repeated),
        cmocka_unit_test(test_a_number_of_the_programs_own_stays),
        cmocka_unit_test(test_messages_are_sent_again_with_their_number),
        cmocka_unit_test(test_an_upload_is_begun_again_with_its_number),
        cmocka_unit_test(test_messages_of_a_lost_session_are_unanswered),
        cmocka_unit_test(test_other_requests_are_not_repeated),
        cmocka_unit_test(test_outbox_waits_for_the_attach),
        cmocka_unit_test(test_request_after_an_untold_end),
        cmocka_unit_test(test_outbox_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
