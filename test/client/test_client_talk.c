/* test_client_talk.c - conversations that last: lists, and the updates of the
 * features, as the program gets them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/client.h"
#include "script.h"

static int64_t ask(struct script *s, enum cw_action action)
{
    return cw_client_request(s->client, &(struct cw_msg){.kind = CW_REQUEST,
                                                         .action = action,
                                                         .conversation = cw_slice_str("#cooks"),
                                                         .group_name = cw_slice_str("cooks"),
                                                         .seq = 3});
}

/* Asks, and the server answers with this. */
static struct chinwag_event answer(struct script *s, enum cw_action action, struct cw_msg msg)
{
    int64_t number = ask(s, action);
    script_received(s, action);
    msg.kind = CW_RESPONSE;
    msg.action = action;
    script_send(s, &msg);
    struct chinwag_event event = script_event(s, CHINWAG_RESPONSE);
    assert_int_equal(event.request, number);
    return event;
}

static void test_features_are_asked_for(void **state)
{
    (void)state;
    struct script s;
    script_start(
        &s, &(struct cw_client_config){.features = CHINWAG_FEATURE_EDITS | CHINWAG_FEATURE_GROUPS});
    script_login(&s, "alice");
    script_connect(&s);
    struct cw_msg msg = script_received(&s, CW_LOGIN);
    assert_int_equal(msg.extras.features, CW_FEATURE_EDITS | CW_FEATURE_GROUPS);
    script_finish(&s);
}

static void test_a_list(void **state)
{
    (void)state;
    const struct cw_entry entries[2] = {
        {.present = CW_BIT(CW_E_KIND) | CW_BIT(CW_E_SEQ) | CW_BIT(CW_E_SENDER) |
                    CW_BIT(CW_E_CONTENT) | CW_BIT(CW_E_EDITED),
         .kind = cw_slice_str("text"),
         .seq = 3,
         .sender = cw_slice_str("bob"),
         .content = cw_slice_of("a\0b", 3),
         .edited_ms = 99},
        {.present = CW_BIT(CW_E_KIND) | CW_BIT(CW_E_OF) | CW_BIT(CW_E_CURRENT),
         .kind = cw_slice_str("delete"),
         .of = 2,
         .current = 1},
    };
    struct cw_msg page = {.extras = {.map_present = true,
                                     .present = CW_BIT(CW_X_LIST) | CW_BIT(CW_X_LAST) |
                                                CW_BIT(CW_X_NEXT) | CW_BIT(CW_X_PEER_READ),
                                     .list = {.items = entries, .count = 2},
                                     .last = 9,
                                     .next = 5,
                                     .peer_read = 4}};
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    struct chinwag_event event = answer(&s, CW_HISTORY, page);
    assert_int_equal(event.entry_count, 2);
    assert_string_equal(event.entries[0].kind, "text");
    assert_int_equal(event.entries[0].seq, 3);
    assert_string_equal(event.entries[0].sender, "bob");
    assert_int_equal(event.entries[0].content_length, 3);
    assert_memory_equal(event.entries[0].content, "a\0b", 4);
    assert_int_equal(event.entries[0].edited_ms, 99);
    assert_null(event.entries[0].name);
    assert_string_equal(event.entries[1].kind, "delete");
    assert_int_equal(event.entries[1].of, 2);
    assert_true(event.entries[1].current);
    assert_null(event.entries[1].content);
    assert_int_equal(event.last, 9);
    assert_int_equal(event.next, 5);
    assert_int_equal(event.peer_read, 4);
    script_finish(&s);
}

static void test_a_recording_and_an_invitation(void **state)
{
    (void)state;
    struct cw_buf list = {0};
    int16_t samples[4] = {1, -2, 300, -32768};
    cw_samples_encode(samples, 4, &list);
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    struct cw_msg voice = {.channels = 2,
                           .sample_rate = 8000,
                           .samples = {.encoded = cw_buf_slice(&list), .count = 4}};
    struct chinwag_event event = answer(&s, CW_FETCH_VOICE, voice);
    assert_int_equal(event.channels, 2);
    assert_int_equal(event.sample_count, 4);
    assert_memory_equal(event.samples, samples, sizeof samples);
    struct cw_msg invitation = {
        .invitation = cw_slice_str("come in"),
        .extras = {.map_present = true, .present = CW_BIT(CW_X_EXPIRES), .expires = 77}};
    event = answer(&s, CW_INVITE, invitation);
    assert_string_equal(event.invitation, "come in");
    assert_int_equal(event.until, 77);
    cw_buf_finish(&list);
    script_finish(&s);
}

static struct chinwag_event update(struct script *s, enum chinwag_event_type type,
                                   struct cw_msg msg)
{
    msg.kind = CW_UPDATE;
    script_send(s, &msg);
    return script_event(s, type);
}

/* The update names the conversation as its sender wrote it. */
static void test_whose_conversation(void **state)
{
    (void)state;
    struct cw_msg read = {.action = CW_MARK_READ, .seq = 5};
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    read.sender = cw_slice_str("bob");
    read.conversation = cw_slice_str("alice");
    struct chinwag_event event = update(&s, CHINWAG_READ, read);
    assert_string_equal(event.conversation, "bob");
    assert_int_equal(event.seq, 5);
    read.sender = cw_slice_str("alice"); /* on another device */
    read.conversation = cw_slice_str("bob");
    assert_string_equal(update(&s, CHINWAG_READ, read).conversation, "bob");
    read.conversation = cw_slice_str("alice"); /* a note to oneself */
    assert_string_equal(update(&s, CHINWAG_READ, read).conversation, "alice");
    read.sender = cw_slice_str("bob");
    read.conversation = cw_slice_str("#alice");
    assert_string_equal(update(&s, CHINWAG_READ, read).conversation, "#alice");
    script_finish(&s);
}

static void test_updates_of_features(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_logged_in(&s);
    struct cw_extras place = {.map_present = true,
                              .present = CW_BIT(CW_X_ID) | CW_BIT(CW_X_TIME) | CW_BIT(CW_X_SEQ),
                              .id = 40,
                              .time_ms = 50,
                              .seq = 6};
    struct chinwag_event event = update(&s, CHINWAG_EDITED,
                                        (struct cw_msg){.action = CW_EDIT,
                                                        .sender = cw_slice_str("bob"),
                                                        .conversation = cw_slice_str("#cooks"),
                                                        .seq = 2,
                                                        .content = cw_slice_str("pea"),
                                                        .extras = place});
    assert_int_equal(event.of, 2);
    assert_int_equal(event.seq, 6);
    assert_string_equal(event.content, "pea");
    place.id = 41;
    event = update(&s, CHINWAG_DELETED,
                   (struct cw_msg){.action = CW_DELETE,
                                   .sender = cw_slice_str("bob"),
                                   .conversation = cw_slice_str("#cooks"),
                                   .seq = 3,
                                   .extras = place});
    assert_int_equal(event.of, 3);
    assert_null(event.content);
    event = update(
        &s, CHINWAG_DELIVERED,
        (struct cw_msg){.action = CW_DELIVERED, .sender = cw_slice_str("bob"), .message_id = 12});
    assert_int_equal(event.id, 12);
    event =
        update(&s, CHINWAG_PRESENCE,
               (struct cw_msg){
                   .action = CW_PRESENCE,
                   .sender = cw_slice_str("bob"),
                   .state = cw_slice_str("offline"),
                   .extras = {.map_present = true, .present = CW_BIT(CW_X_SEEN), .seen_ms = 8}});
    assert_string_equal(event.state, "offline");
    assert_int_equal(event.seen_ms, 8);
    event = update(&s, CHINWAG_GROUP_EVENT,
                   (struct cw_msg){.action = CW_GROUP_EVENT,
                                   .group_name = cw_slice_str("cooks"),
                                   .sender = cw_slice_str("bob"),
                                   .event = cw_slice_str("role"),
                                   .extras = {.map_present = true,
                                              .present = CW_BIT(CW_X_USER) | CW_BIT(CW_X_ROLE),
                                              .user = cw_slice_str("carol"),
                                              .role = cw_slice_str("owner")}});
    assert_string_equal(event.group, "cooks");
    assert_string_equal(event.happened, "role");
    assert_string_equal(event.user, "carol");
    assert_string_equal(event.role, "owner");
    script_finish(&s);
}

static void send_own(struct script *s, uint64_t id)
{
    script_send(s, &(struct cw_msg){
                       .kind = CW_UPDATE,
                       .action = CW_WHISPER,
                       .sender = cw_slice_str("alice"),
                       .content = cw_slice_str("hi"),
                       .extras = {.map_present = true,
                                  .present = CW_BIT(CW_X_ID) | CW_BIT(CW_X_TO) | CW_BIT(CW_X_OWN),
                                  .id = id,
                                  .to = cw_slice_str("bob"),
                                  .own = 1}});
}

/* After a reconnection the server sends what this program sent itself, too: it was
 * answered, so it is no news, but the position goes on behind it. */
static void test_what_other_devices_sent(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, &(struct cw_client_config){.features = CHINWAG_FEATURE_OWN});
    script_logged_in(&s);
    send_own(&s, 40);
    struct chinwag_event event = script_event(&s, CHINWAG_WHISPER);
    assert_true(event.own);
    assert_string_equal(event.to, "bob");
    int64_t number = script_whisper(&s, "hi");
    script_received(&s, CW_WHISPER);
    script_send(&s, &(struct cw_msg){
                        .kind = CW_RESPONSE,
                        .action = CW_WHISPER,
                        .extras = {.map_present = true, .present = CW_BIT(CW_X_ID), .id = 41}});
    script_answer(&s, number, CW_SUCCESS);
    send_own(&s, 41);
    script_no_event(&s);
    send_own(&s, 42);
    assert_int_equal(script_event(&s, CHINWAG_WHISPER).id, 42);
    script_send_whisper(&s, 43, "an answer");
    assert_false(script_event(&s, CHINWAG_WHISPER).own);
    script_finish(&s);
}

static void test_received_is_said(void **state)
{
    (void)state;
    struct script s;
    struct chinwag_client client = {.datagrams.fd = -1};
    script_start(&s, &(struct cw_client_config){.features = CHINWAG_FEATURE_RECEIVED});
    script_logged_in(&s);
    client.core = s.client;
    int64_t number = chinwag_received(&client, 43);
    struct cw_msg msg = script_received(&s, CW_RECEIVED);
    assert_int_equal(msg.message_id, 43);
    script_assert_slice(msg.token, "t0k3n");
    script_respond(&s, CW_RECEIVED, CW_SUCCESS);
    script_answer(&s, number, CW_SUCCESS);
    script_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_features_are_asked_for),
        cmocka_unit_test(test_a_list),
        cmocka_unit_test(test_a_recording_and_an_invitation),
        cmocka_unit_test(test_whose_conversation),
        cmocka_unit_test(test_updates_of_features),
        cmocka_unit_test(test_what_other_devices_sent),
        cmocka_unit_test(test_received_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
