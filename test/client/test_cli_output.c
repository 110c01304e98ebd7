/* test_cli_output.c - what chinwag prints: text that is harmless in a terminal, and JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/output.h"
#include "cli/output_json.h"
#include "cli/output_list.h"
#include "cli_folder.h"

/* --- output ------------------------------------------------------------------------- */

typedef void write_fn(FILE *out, const char *text, size_t n);

static void assert_written(write_fn *write, const char *text, size_t n, const char *expected)
{
    char *written = NULL;
    size_t length;
    FILE *out = open_memstream(&written, &length);
    write(out, text, n);
    fclose(out);
    assert_string_equal(written, expected);
    free(written);
}

static void assert_text(const char *text, const char *expected)
{
    assert_written(output_text, text, strlen(text), expected);
}

static void test_text_is_harmless(void **state)
{
    (void)state;
    assert_text("plain, gr\xc3\xbc\xc3\x9f, \xe6\xb1\xa4, \xf0\x9f\x8d\xb2",
                "plain, gr\xc3\xbc\xc3\x9f, \xe6\xb1\xa4, \xf0\x9f\x8d\xb2");
    assert_text("\x1b]0;title\x07", "\\x1b]0;title\\x07");
    assert_text("\x1b[2J\r\b\x7f", "\\x1b[2J\\x0d\\x08\\x7f");
    assert_text("\xc2\x9b"
                "31m",
                "\\x9b31m"); /* CSI of C1 */
    assert_text("a\tb", "a    b");
    assert_text("one\r\ntwo", "one\n    two");
    assert_text("hi\n12:04 bob: forged", "hi\n    12:04 bob: forged");
    assert_text("abc\xe2\x80\xae"
                "cba\xe2\x81\xa6\xd8\x9c\xe2\x80\xa8",
                "abc\\u202ecba\\u2066\\u061c\\u2028");
    assert_text("\xff\xc3(\xe2\x82\xc0\x80\xf5", "\\xff\\xc3(\\xe2\\x82\\xc0\\x80\\xf5");
    assert_written(output_text, "a\0b", 3, "a\\x00b");
}

static void test_json_strings(void **state)
{
    (void)state;
    assert_written(output_json_string, "", 0, "\"\"");
    assert_written(output_json_string, "a\"b\\c/", 6, "\"a\\\"b\\\\c/\"");
    assert_written(output_json_string, "\n\t\x1b\x7f\xc2\x9b\0", 7,
                   "\"\\u000a\\u0009\\u001b\\u007f\\u009b\\u0000\"");
    assert_written(output_json_string, "\xc3\xbc\xff", 3, "\"\xc3\xbc\\ufffd\"");
    assert_written(output_json_string, "\xe2\x80\xae", 3, "\"\\u202e\"");
}

/* 2026-11-23 12:04:05 UTC */
#define NOON     1795435445
#define NOON_MS  (UINT64_C(1000) * NOON)
#define NEXT_DAY (NOON + 86400)

static void assert_line(const struct chinwag_event *event, const char *file, int64_t now,
                        const char *expected)
{
    char *written = NULL;
    size_t length;
    FILE *out = open_memstream(&written, &length);
    output_message(out, event, "alice", file, now);
    fclose(out);
    assert_string_equal(written, expected);
    free(written);
}

static void assert_json(const struct chinwag_event *event, const char *file, const char *expected)
{
    char *written = NULL;
    size_t length;
    FILE *out = open_memstream(&written, &length);
    output_message_json(out, event, "alice", file);
    fclose(out);
    assert_string_equal(written, expected);
    free(written);
}

static void assert_entry(const struct chinwag_entry *entry, const char *expected)
{
    char *written = NULL;
    size_t length;
    FILE *out = open_memstream(&written, &length);
    output_message_entry(out, entry, "alice", NOON);
    fclose(out);
    assert_string_equal(written, expected);
    free(written);
}

#define TEXT(words) .content = words, .content_length = sizeof words - 1

/* What /me of the clients writes. */
static void test_what_somebody_does(void **state)
{
    (void)state;
    struct chinwag_entry entry = {
        .seq = 7, .time_ms = NOON_MS, .sender = "bob", TEXT("_waves at all_")};
    assert_entry(&entry, "[7] 12:04 * bob waves at all\n");
    entry.edited_ms = NOON_MS;
    entry.sender = "alice";
    assert_entry(&entry, "[7] 12:04 * alice (you) waves at all (edited)\n");
    entry = (struct chinwag_entry){.seq = 8,
                                   .time_ms = NOON_MS,
                                   .sender = "bob",
                                   .reply_to = 7,
                                   .quote_sender = "alice",
                                   .quote = "_waves at all_",
                                   TEXT("_nods_")};
    assert_entry(&entry, "[8] 12:04 * bob answers [7] (* alice waves at all): nods\n");
    entry = (struct chinwag_entry){
        .seq = 9, .time_ms = NOON_MS, .sender = "bob", .mentioned = 1, TEXT("_waves at @alice_")};
    assert_entry(&entry, "[9] 12:04 * bob mentions you: waves at @alice\n");
    entry = (struct chinwag_entry){
        .seq = 9, .time_ms = NOON_MS, .sender = "bob", TEXT("_two_ _words_")};
    assert_entry(&entry, "[9] 12:04 bob: _two_ _words_\n");
    entry = (struct chinwag_entry){.seq = 9,
                                   .time_ms = NOON_MS,
                                   .sender = "bob",
                                   .file_id = 1,
                                   .file_name = "x",
                                   .size = 1,
                                   TEXT("_mine_")};
    assert_entry(&entry, "[9] 12:04 bob: _mine_ [file x, 1 KiB]\n");
    struct chinwag_event event = {
        .type = CHINWAG_WHISPER, .sender = "bob", .time_ms = NOON_MS, TEXT("_waves_")};
    assert_line(&event, NULL, NOON, "12:04 * bob waves\n");
    event.group = "cooks";
    assert_line(&event, NULL, NOON, "12:04 #cooks * bob waves\n");
    event = (struct chinwag_event){.type = CHINWAG_WHISPER,
                                   .sender = "alice",
                                   .to = "bob",
                                   .time_ms = NOON_MS,
                                   TEXT("_waves_")};
    assert_line(&event, NULL, NOON, "12:04 * alice (you) to bob: waves\n");
}

/* What is damaged and still known is an entry of its own. */
static void test_lost_messages(void **state)
{
    (void)state;
    struct chinwag_entry entries[] = {
        {.seq = 3, .damaged = 1, .sender = "?"},
        {.seq = 4, .damaged = 1, .sender = "?"},
        {.seq = 5, .damaged = 1, .sender = NULL},
        {.seq = 6, .damaged = 1, .sender = "bob", .time_ms = NOON_MS},
        {.seq = 7, .damaged = 1, .sender = "?"},
        {.seq = 8, .sender = "?"},
    };
    char *written = NULL;
    size_t length;
    FILE *out = open_memstream(&written, &length);
    assert_int_equal(output_lost_entries(out, entries, 6), 3);
    assert_int_equal(output_lost_entries(out, entries + 3, 3), 0);
    assert_int_equal(output_lost_entries(out, entries + 4, 2), 1);
    assert_int_equal(output_lost_entries(out, entries + 5, 1), 0);
    fclose(out);
    assert_string_equal(written, "[3 to 5] 3 messages could not be read: the server's disk is "
                                 "damaged\n"
                                 "[7] a message could not be read: the server's disk is damaged\n");
    free(written);
}

static void test_messages(void **state)
{
    (void)state;
    struct chinwag_event whisper = {.type = CHINWAG_WHISPER,
                                    .action = "whisper",
                                    .sender = "bob",
                                    .content = "hi",
                                    .content_length = 2,
                                    .id = 7,
                                    .time_ms = NOON_MS};
    assert_line(&whisper, NULL, NOON, "12:04 bob: hi\n");
    assert_line(&whisper, NULL, NEXT_DAY, "2026-11-23 12:04 bob: hi\n");
    assert_json(&whisper, NULL,
                "{\"type\":\"whisper\",\"id\":7,\"time\":1795435445000,\"sender\":\"bob\","
                "\"own\":false,\"kind\":\"text\",\"conversation\":\"bob\",\"content\":\"hi\"}\n");
    whisper.sender = "alice";
    whisper.to = "bob";
    assert_line(&whisper, NULL, NOON, "12:04 alice (you) to bob: hi\n");
    assert_json(&whisper, NULL,
                "{\"type\":\"whisper\",\"id\":7,\"time\":1795435445000,\"to\":\"bob\","
                "\"sender\":\"alice\",\"own\":true,\"kind\":\"text\",\"conversation\":\"bob\","
                "\"content\":\"hi\"}\n");

    struct chinwag_event group = {.type = CHINWAG_GROUP_MESSAGE,
                                  .action = "msg_group",
                                  .sender = "b\x1b",
                                  .group = "cooks",
                                  .content = "soup?",
                                  .content_length = 5,
                                  .time_ms = NOON_MS};
    assert_line(&group, NULL, NOON, "12:04 #cooks b\\x1b: soup?\n");
    group.sender = "alice";
    assert_line(&group, NULL, NOON, "12:04 #cooks alice (you): soup?\n");
}

static void test_voice_messages(void **state)
{
    (void)state;
    struct chinwag_event voice = {.type = CHINWAG_VOICE_MESSAGE,
                                  .action = "voice_msg",
                                  .sender = "bob",
                                  .to = "alice",
                                  .channels = 2,
                                  .sample_rate = 8000,
                                  .sample_count = 51200,
                                  .id = 9,
                                  .time_ms = NOON_MS};
    assert_line(&voice, NULL, NOON, "12:04 bob sent a voice message (3.2 s)\n");
    assert_line(&voice, "d/v.wav", NOON, "12:04 bob sent a voice message (3.2 s): d/v.wav\n");
    assert_json(&voice, "d/v.wav",
                "{\"type\":\"voice_msg\",\"id\":9,\"time\":1795435445000,\"to\":\"alice\","
                "\"sender\":\"bob\",\"own\":false,\"kind\":\"voice\",\"conversation\":\"bob\","
                "\"channels\":2,\"sample_rate\":8000,"
                "\"seconds\":3.200,\"file\":\"d/v.wav\"}\n");
    voice.damaged = true;
    voice.sample_count = 0;
    assert_line(&voice, NULL, NOON,
                "12:04 bob sent a voice message that was damaged on the server\n");
    assert_json(&voice, NULL,
                "{\"type\":\"voice_msg\",\"id\":9,\"time\":1795435445000,\"to\":\"alice\","
                "\"damaged\":true,\"sender\":\"bob\",\"own\":false,\"kind\":\"voice\","
                "\"conversation\":\"bob\",\"channels\":2,"
                "\"sample_rate\":8000,\"seconds\":0.000}\n");
}

/* Everything that the library tells of an event or entry, with the keys of the protocol. */
static void test_json_of_happenings_and_entries(void **state)
{
    (void)state;
    char *written = NULL;
    size_t length;
    FILE *out = open_memstream(&written, &length);
    struct chinwag_event edit = {.type = CHINWAG_EDITED,
                                 .action = "edit",
                                 .sender = "bob",
                                 .conversation = "#cooks",
                                 .of = 3,
                                 .content = "a\0b",
                                 .content_length = 3,
                                 .id = 7,
                                 .seq = 4,
                                 .time_ms = NOON_MS};
    struct chinwag_event muted = {.type = CHINWAG_GROUP_EVENT,
                                  .action = "group_event",
                                  .sender = "bob",
                                  .group = "cooks",
                                  .happened = "muted",
                                  .user = "alice",
                                  .until = 9};
    struct chinwag_entry entry = {.kind = "voice",
                                  .content = "\0",
                                  .content_length = 1,
                                  .channels = 2,
                                  .topic = "",
                                  .contact = true,
                                  .damaged = true,
                                  .expires_ms = UINT64_MAX};
    struct chinwag_entry nothing = {0};
    output_happening_json(out, &edit);
    output_happening_json(out, &muted);
    const struct output_json_list messages = {.conversation = "#cooks", .me = "alice"};
    const struct output_json_list contacts = {.type = "contact", .me = "alice"};
    output_entry_json(out, &entry, &messages);
    output_entry_json(out, &nothing, &contacts);
    fclose(out);
    assert_string_equal(
        written,
        "{\"type\":\"edit\",\"id\":7,\"time\":1795435445000,\"seq\":4,\"sender\":\"bob\","
        "\"kind\":\"edit\",\"of\":3,"
        "\"conversation\":\"#cooks\",\"content\":\"a\\u0000b\"}\n"
        "{\"type\":\"group_event\",\"group\":\"cooks\",\"user\":\"alice\",\"until\":9,"
        "\"sender\":\"bob\",\"event\":\"muted\"}\n"
        "{\"type\":\"voice_msg\",\"own\":false,\"kind\":\"voice\",\"conversation\":\"#cooks\","
        "\"content\":\"\\u0000\",\"channels\":2,\"contact\":true,\"topic\":"
        "\"\","
        "\"damaged\":true,\"expires\":18446744073709551615}\n"
        "{\"type\":\"contact\"}\n");
    free(written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_harmless),
        cmocka_unit_test(test_json_strings),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_what_somebody_does),
        cmocka_unit_test(test_lost_messages),
        cmocka_unit_test(test_voice_messages),
        cmocka_unit_test(test_json_of_happenings_and_entries),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
