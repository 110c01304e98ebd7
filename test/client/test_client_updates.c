/* test_client_updates.c - what programs hear of updates and of live audio. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "script.h"

/* --- updates ------------------------------------------------------------------------ */

static void test_whisper_event(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    script_send(&s, &(struct cw_msg){
                        .kind = CW_UPDATE,
                        .action = CW_WHISPER,
                        .sender = cw_slice_str("bob"),
                        .content = cw_slice_of("a\0b", 3),
                        .extras = {.map_present = true,
                                   .present = CW_BIT(CW_X_ID) | CW_BIT(CW_X_TIME) | CW_BIT(CW_X_TO),
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
                         .samples = {.encoded = cw_buf_slice(&list), .count = 4},
                         .extras = {.map_present = true,
                                    .present = CW_BIT(CW_X_GROUP),
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
                          .samples = {.encoded = cw_buf_slice(&list), .count = 4}};
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
                         .samples = {.encoded = cw_buf_slice(&list), .count = 882}};
    struct script s;
    script_start(&s, NULL);
    assert_int_equal(cw_client_update(s.client, &msg), CHINWAG_NO_SESSION);
    script_logged_in(&s);
    assert_int_equal(cw_client_update(s.client, &msg), 0);
    struct cw_msg received = script_received(&s, CW_CALL_DATA);
    assert_int_equal(received.kind, CW_CLIENT_UPDATE);
    script_assert_slice(received.token, "t0k3n");
    script_assert_slice(received.group_name, "cooks");
    assert_int_equal(received.samples.count, 882);
    /* The network stands still: old frames are not piled up. */
    int taken = 0;
    while (taken < 100 && cw_client_update(s.client, &msg) == 0)
        taken++;
    assert_in_range(taken, 5, 10);
    assert_int_equal(cw_client_update(s.client, &msg), CHINWAG_OUTBOX_FULL);
    script_close(&s);
    assert_int_equal(cw_client_update(s.client, &msg), CHINWAG_NO_SESSION);
    cw_buf_finish(&list);
    script_finish(&s);
}

/* --- calls of two ------------------------------------------------------------------- */

static void expect_ring(struct script *s, const char *sender, const char *to, const char *other)
{
    script_send(s, &(struct cw_msg){.kind = CW_UPDATE,
                                    .action = CW_RING,
                                    .sender = cw_slice_str(sender),
                                    .conversation = cw_slice_str(to),
                                    .state = cw_slice_str("ringing")});
    struct chinwag_event event = script_event(s, CHINWAG_RING);
    assert_string_equal(event.action, "ring");
    assert_string_equal(event.sender, sender);
    assert_string_equal(event.conversation, other);
    assert_string_equal(event.state, "ringing");
    assert_int_equal(event.own, strcmp(sender, "alice") == 0);
}

static void test_ring(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    expect_ring(&s, "bob", "alice", "bob");
    expect_ring(&s, "alice", "bob", "bob");
    script_send(&s, &(struct cw_msg){.kind = CW_UPDATE,
                                     .action = CW_WHISPER,
                                     .sender = cw_slice_str("bob"),
                                     .content = cw_slice_str("missed call"),
                                     .extras = {.map_present = true,
                                                .present = CW_BIT(CW_X_ID) | CW_BIT(CW_X_CALL),
                                                .id = 7,
                                                .call = cw_slice_str("missed")}});
    struct chinwag_event event = script_event(&s, CHINWAG_WHISPER);
    assert_string_equal(event.call, "missed");
    assert_string_equal(event.content, "missed call");
    script_finish(&s);
}

static void test_call_of_two(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    struct cw_msg join = {.kind = CW_REQUEST,
                          .action = CW_JOIN_CALL,
                          .group_name = cw_slice_str("@BOB"),
                          .extras = {.map_present = true,
                                     .present = CW_BIT(CW_X_CALL),
                                     .call = cw_slice_str("join")}};
    int64_t number = cw_client_request(s.client, &join);
    struct cw_msg received = script_received(&s, CW_JOIN_CALL);
    script_assert_slice(received.group_name, "@BOB");
    script_assert_slice(received.extras.call, "join");
    script_send(&s, &(struct cw_msg){.kind = CW_RESPONSE,
                                     .action = CW_JOIN_CALL,
                                     .group_name = cw_slice_str("@bob"),
                                     .extras = {.map_present = true,
                                                .present = CW_BIT(CW_X_CALL),
                                                .call = cw_slice_str("answered")}});
    struct chinwag_event event = script_event(&s, CHINWAG_RESPONSE);
    assert_int_equal(event.request, number);
    assert_string_equal(event.group, "@bob");
    assert_string_equal(event.call, "answered");
    script_send(&s, &(struct cw_msg){.kind = CW_UPDATE,
                                     .action = CW_CALL_LEFT,
                                     .group_name = cw_slice_str("@bob"),
                                     .reason = cw_slice_str("ended")});
    event = script_event(&s, CHINWAG_CALL_LEFT);
    assert_string_equal(event.group, "@bob");
    assert_string_equal(event.text, "the other one has left");
    script_finish(&s);
}

/* --- announcements ------------------------------------------------------------------- */

static void respond_with(struct script *s, enum cw_action action, const struct cw_entry *entries,
                         uint32_t count)
{
    script_send(s,
                &(struct cw_msg){.kind = CW_RESPONSE,
                                 .action = action,
                                 .username = cw_slice_str("alice"),
                                 .token = cw_slice_str("t0k3n"),
                                 .extras = {.map_present = true,
                                            .present = CW_BIT(CW_X_ANNOUNCEMENTS),
                                            .announcements = {.items = entries, .count = count}}});
}

static void test_announcements(void **state)
{
    (void)state;
    const cw_keys keys = CW_BIT(CW_E_ID) | CW_BIT(CW_E_TIME) | CW_BIT(CW_E_CONTENT);
    const struct cw_entry standing[] = {
        {.present = keys, .id = 1, .time_ms = 5, .content = cw_slice_str("one")},
        {.present = keys, .id = 3, .time_ms = 6, .content = cw_slice_str("three")}};
    struct script s;
    script_start(&s, &(struct cw_client_config){.features = CHINWAG_FEATURE_ANNOUNCEMENTS});
    int64_t number = script_login(&s, "alice");
    script_connect(&s);
    script_received(&s, CW_LOGIN);
    respond_with(&s, CW_LOGIN, standing, 1);
    script_answer(&s, number, CW_SUCCESS);
    struct chinwag_event event = script_event(&s, CHINWAG_ANNOUNCED);
    assert_int_equal(event.id, 1);
    assert_int_equal(event.time_ms, 5);
    assert_string_equal(event.content, "one");
    assert_null(event.sender);
    script_send(&s, &(struct cw_msg){.kind = CW_UPDATE,
                                     .action = CW_ANNOUNCE,
                                     .announcement = 2,
                                     .sender = cw_slice_str("bob"),
                                     .content = cw_slice_str("two")});
    event = script_event(&s, CHINWAG_ANNOUNCED);
    assert_int_equal(event.id, 2);
    assert_string_equal(event.sender, "bob");
    script_close(&s);
    s.now += script_event(&s, CHINWAG_DISCONNECTED).delay_ms;
    script_connect(&s);
    script_received(&s, CW_ATTACH);
    respond_with(&s, CW_ATTACH, standing, 2); /* the first was handed out */
    script_event(&s, CHINWAG_ATTACHED);
    assert_int_equal(script_event(&s, CHINWAG_ANNOUNCED).id, 3);
    script_send(
        &s, &(struct cw_msg){.kind = CW_UPDATE, .action = CW_END_ANNOUNCEMENT, .announcement = 1});
    event = script_event(&s, CHINWAG_ANNOUNCEMENT_ENDED);
    assert_int_equal(event.id, 1);
    assert_null(event.content);
    script_no_event(&s);
    script_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whisper_event), cmocka_unit_test(test_group_message_event),
        cmocka_unit_test(test_audio_events),  cmocka_unit_test(test_no_message_twice),
        cmocka_unit_test(test_call_data),     cmocka_unit_test(test_ring),
        cmocka_unit_test(test_call_of_two),   cmocka_unit_test(test_announcements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
