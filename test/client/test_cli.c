/* test_cli.c - the parts of the chinwag command that need no server: what it
 * prints, what it remembers, WAV files. Everything happens in a folder of its
 * own below TMPDIR. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/output_json.h"
#include "cli/output_list.h"
#include "cli/state_file.h"
#include "cli/wav.h"

static char folder[256];

static int make_folder(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/chinwag-test-XXXXXX", base != NULL ? base : "/tmp");
    if (mkdtemp(folder) == NULL)
        return -1;
    setenv("XDG_STATE_HOME", folder, 1);
    setenv("TZ", "UTC", 1);
    tzset();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* A file in the folder; one at a time. */
static const char *path_of(const char *name)
{
    static char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

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

/* --- state --------------------------------------------------------------------------- */

static const struct state_account alice = {.name = "alice", .token = "t-2"};

static void assert_account(const char *server, const char *as, const char *name, const char *token)
{
    struct state_account account;
    assert_int_equal(state_load_account(server, as, &account), STATE_GOOD);
    assert_string_equal(account.name, name);
    assert_string_equal(account.token, token);
}

static void test_accounts(void **state)
{
    (void)state;
    struct state_account account;
    struct state_account bob = {.name = "bob", .token = "b-2"};
    assert_int_equal(state_load_account("host:1", NULL, &account), STATE_NONE);
    assert_true(state_save_account("host:1", &alice));
    assert_account("host:1", NULL, "alice", "t-2");
    assert_true(state_save_account("host:1", &bob));
    assert_account("host:1", NULL, "bob", "b-2");
    assert_account("host:1", "alice", "alice", "t-2");
    assert_int_equal(state_load_account("host:2", NULL, &account), STATE_NONE);
    assert_true(state_remove_account("host:1", "bob"));
    assert_int_equal(state_load_account("host:1", "bob", &account), STATE_NONE);
    assert_account("host:1", "alice", "alice", "t-2");
}

static void assert_found(const char *server, const char *as)
{
    struct state_account account;
    assert_int_equal(state_load_account(server, as, &account), STATE_GOOD);
    assert_string_equal(account.name, "alice");
    assert_string_equal(account.token, "t-2");
}

static void test_other_spellings(void **state)
{
    (void)state;
    struct state_account account;
    assert_true(state_save_account("127.0.0.1", &alice));
    assert_found("127.0.0.1:4242", "ALICE");
    assert_found("localhost", "Alice");
    assert_found("LOCALHOST:4242", NULL);
    assert_found("tcp://127.0.0.1:4242", "alice");
    assert_found("tcp://localhost:4242", "\xef\xbd\x81lice"); /* a full-width a */
    assert_int_equal(state_load_account("localhost:4243", "alice", &account), STATE_NONE);
    assert_int_equal(state_load_account("localhost.example:4242", "alice", &account), STATE_NONE);
    assert_int_equal(state_load_account("127.0.0.1", "alic", &account), STATE_NONE);
    assert_true(state_save_account("Chat.Example.org:1", &alice));
    assert_found("chat.example.ORG:1", "ALICE");
}

static void test_last_server(void **state)
{
    (void)state;
    char server[STATE_STRING_MAX];
    assert_true(state_save_account("here:1", &alice));
    assert_true(state_save_account("there:2", &alice));
    assert_int_equal(state_load_last_server(server), STATE_GOOD);
    assert_string_equal(server, "there:2");
}

/* "host" means "host:4242". */
static void test_default_port(void **state)
{
    (void)state;
    assert_true(state_save_account("solo", &alice));
    assert_account("solo:4242", NULL, "alice", "t-2");
}

static void test_files_are_private(void **state)
{
    (void)state;
    struct stat status;
    assert_true(state_save_account("private:1", &alice));
    assert_int_equal(stat(path_of("chinwag/private:1/alice.account"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(stat(path_of("chinwag/private:1"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
}

static void test_names_cannot_leave_the_folder(void **state)
{
    (void)state;
    struct state_account account = {.name = "../../x/\n\xc3\xbc", .token = "1"};
    assert_true(state_save_account("..", &account));
    struct stat status;
    assert_int_equal(stat(path_of("chinwag/%2e.:4242/%2e.%2f..%2fx%2f%0a%c3%bc.account"), &status),
                     0);
    char name[STATE_STRING_MAX];
    memset(name, '/', sizeof name - 1);
    name[sizeof name - 1] = 0;
    assert_int_equal(state_load_account("host:1", name, &account), STATE_UNREADABLE);
}

static void write_account(const char *text)
{
    assert_true(state_save_account("broken:1", &alice));
    FILE *file = fopen(path_of("chinwag/broken:1/alice.account"), "w");
    fputs(text, file);
    fclose(file);
}

static void test_broken_account_files(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "",
        "chinwag-account 2\nname alice\ncommands 1\nlisten 2\ncall 3\n",
        "chinwag-account 1\nname alice\ncommands 1\nlisten 2\n",
        "chinwag-account 1\nname \ncommands 1\nlisten 2\ncall 3\n",
    };
    struct state_account account;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        write_account(broken[i]);
        assert_int_equal(state_load_account("broken:1", NULL, &account), STATE_DAMAGED);
        assert_string_equal(state_damaged_path(), path_of("chinwag/broken:1/alice.account"));
    }
    /* What version 0.1.0 wrote: the token of listen, and two to be ended. */
    write_account("chinwag-account 1\nname alice\ncommands 1\nlisten 2\ncall 3\n");
    assert_int_equal(state_load_account("broken:1", NULL, &account), STATE_GOOD);
    assert_string_equal(account.token, "2");
    assert_string_equal(account.old[0], "1");
    assert_string_equal(account.old[1], "3");
    assert_true(state_save_account("broken:1", &account));
    assert_int_equal(state_load_account("broken:1", NULL, &account), STATE_GOOD);
    assert_string_equal(account.token, "2");
    assert_string_equal(account.old[0], "");
    char longest[2 * STATE_STRING_MAX];
    int n = snprintf(longest, sizeof longest, "chinwag-account 1\nname ");
    memset(longest + n, 'a', STATE_STRING_MAX);
    snprintf(longest + n + STATE_STRING_MAX, 60, "\ncommands 1\nlisten 2\ncall 3\n");
    write_account(longest);
    assert_int_equal(state_load_account("broken:1", NULL, &account), STATE_DAMAGED);
}

static void save_position(const char *server, const char *name, uint64_t id)
{
    struct state_position position = {.id = id, .db = "d.0", .era = "e"};
    assert_true(state_save_position(server, name, &position));
}

static void test_position(void **state)
{
    (void)state;
    struct state_position position;
    assert_int_equal(state_load_position("host:1", "alice", &position), STATE_NONE);
    assert_int_equal(position.id, 0);
    save_position("host:1", "alice", UINT64_MAX);
    assert_int_equal(state_load_position("host:1", "alice", &position), STATE_GOOD);
    assert_true(position.id == UINT64_MAX);
    assert_string_equal(position.db, "d.0");
    assert_string_equal(position.era, "e");
    save_position("host:1", "alice", 41);
    assert_int_equal(state_load_position("host:1", "alice", &position), STATE_GOOD);
    assert_int_equal(position.id, 41);
    assert_int_equal(state_load_position("host:1", "bob", &position), STATE_NONE);
    assert_true(state_save_position("host:1", "bob", &(struct state_position){.id = 7}));
    assert_int_equal(state_load_position("host:1", "bob", &position), STATE_GOOD);
    assert_int_equal(position.id, 7);
    assert_string_equal(position.db, "");
    assert_string_equal(position.era, "");
}

/* A reader sees the old file or the new one, and nothing else is left. */
static void test_files_are_replaced_whole(void **state)
{
    (void)state;
    struct stat before, after;
    save_position("whole:1", "alice", 1);
    FILE *reader = fopen(path_of("chinwag/whole:1/alice.seen"), "r");
    assert_int_equal(fstat(fileno(reader), &before), 0);
    save_position("whole:1", "alice", 2);
    assert_int_equal(stat(path_of("chinwag/whole:1/alice.seen"), &after), 0);
    assert_true(before.st_ino != after.st_ino);
    char line[8];
    assert_non_null(fgets(line, sizeof line, reader));
    assert_string_equal(line, "1 2\n");
    fclose(reader);
    char command[400];
    snprintf(command, sizeof command, "test \"$(ls '%s/chinwag/whole:1' | wc -l)\" = 1", folder);
    assert_int_equal(system(command), 0);
}

/* Another process: a process never conflicts with its own locks. */
static void test_lock(void **state)
{
    (void)state;
    assert_true(state_lock("host:1", "alice"));
    pid_t child = fork();
    if (child == 0) {
        bool refused = !state_lock("host:1", "alice") && (errno == EAGAIN || errno == EACCES);
        bool other = state_lock("host:1", "bob");
        _exit(refused && other ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_no_home(void **state)
{
    (void)state;
    struct state_account account;
    char home[300];
    snprintf(home, sizeof home, "%s/home", folder);
    setenv("XDG_STATE_HOME", "relative", 1); /* to be ignored, says the specification */
    setenv("HOME", home, 1);
    assert_true(state_save_account("host:1", &alice));
    struct stat status;
    assert_int_equal(stat(path_of("home/.local/state/chinwag/host:1/alice.account"), &status), 0);
    unsetenv("HOME");
    assert_false(state_save_account("host:1", &alice));
    assert_int_equal(state_load_account("host:1", NULL, &account), STATE_UNREADABLE);
    setenv("XDG_STATE_HOME", folder, 1);
}

/* --- WAV ----------------------------------------------------------------------------- */

static void write_file(const char *name, const void *p, size_t n)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_int_equal(fwrite(p, 1, n, file), n);
    fclose(file);
}

/* Mono, 8,000 Hz, two samples: 1 and -2. */
static const uint8_t good[] = "RIFF\x28\0\0\0WAVE"
                              "fmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0"
                              "data\x04\0\0\0\x01\0\xfe\xff";
#define GOOD_N (sizeof good - 1)

static const char *read_changed(size_t at, int value, size_t n)
{
    uint8_t bytes[GOOD_N];
    struct wav wav;
    memcpy(bytes, good, GOOD_N);
    bytes[at] = (uint8_t)value;
    write_file("changed.wav", bytes, n);
    const char *wrong = wav_read(path_of("changed.wav"), &wav);
    free(wav.samples);
    return wrong;
}

static void test_wav_read(void **state)
{
    (void)state;
    struct wav wav;
    write_file("good.wav", good, GOOD_N);
    assert_null(wav_read(path_of("good.wav"), &wav));
    assert_int_equal(wav.channels, 1);
    assert_int_equal(wav.sample_rate, 8000);
    assert_int_equal(wav.count, 2);
    assert_int_equal(wav.samples[0], 1);
    assert_int_equal(wav.samples[1], -2);
    free(wav.samples);
}

static void test_wav_written_is_what_was_read(void **state)
{
    (void)state;
    static const int16_t samples[] = {1, -2};
    struct wav_writer writer;
    uint8_t bytes[GOOD_N + 1];
    assert_true(wav_writer_open(&writer, path_of("written.wav"), 1, 8000));
    wav_writer_append(&writer, samples, 1);
    wav_writer_append(&writer, samples + 1, 1);
    assert_true(wav_writer_close(&writer));
    FILE *file = fopen(path_of("written.wav"), "rb");
    assert_int_equal(fread(bytes, 1, sizeof bytes, file), GOOD_N);
    fclose(file);
    assert_memory_equal(bytes, good, GOOD_N);
}

static void test_wav_long_round_trip(void **state)
{
    (void)state;
    static int16_t samples[10000];
    for (int i = 0; i < 10000; i++)
        samples[i] = (int16_t)(i * 7919);
    struct wav_writer writer;
    struct wav wav;
    assert_true(wav_writer_open(&writer, path_of("long.wav"), 2, 48000));
    wav_writer_append(&writer, samples, 10000);
    assert_true(wav_writer_close(&writer));
    assert_null(wav_read(path_of("long.wav"), &wav));
    assert_int_equal(wav.channels, 2);
    assert_int_equal(wav.sample_rate, 48000);
    assert_int_equal(wav.count, 10000);
    assert_memory_equal(wav.samples, samples, sizeof samples);
    free(wav.samples);
}

static void test_wav_full_disk_is_told(void **state)
{
    (void)state;
    static const int16_t samples[10000] = {1};
    struct wav_writer writer;
    assert_false(wav_writer_open(&writer, path_of("no/such/folder.wav"), 1, 8000));
    assert_true(wav_writer_open(&writer, "/dev/full", 1, 8000));
    wav_writer_append(&writer, samples, 10000);
    assert_false(wav_writer_close(&writer));
}

static void test_wav_refusals(void **state)
{
    (void)state;
    struct wav wav;
    assert_non_null(wav_read(path_of("none.wav"), &wav));
    assert_null(read_changed(0, 'R', GOOD_N));
    assert_string_equal(read_changed(0, 'X', GOOD_N), "this is no WAV file");
    assert_string_equal(read_changed(8, 'X', GOOD_N), "this is no WAV file");
    assert_string_equal(read_changed(12, 'X', GOOD_N), "the file has no format chunk");
    assert_string_equal(read_changed(20, 3, GOOD_N), "the samples are not 16-bit PCM");
    assert_string_equal(read_changed(34, 24, GOOD_N), "the samples are not 16-bit PCM");
    assert_string_equal(read_changed(22, 3, GOOD_N), "the file has more than 2 channels");
    assert_string_equal(read_changed(36, 'X', GOOD_N), "there is no sound in it");
    assert_string_equal(read_changed(40, 1, GOOD_N), "there is no sound in it");
    /* Cut anywhere, it is refused or shorter, and nothing is read outside it. */
    for (size_t n = 0; n < GOOD_N - 2; n++)
        assert_non_null(read_changed(0, 'R', n));
    assert_null(read_changed(0, 'R', GOOD_N - 2));
    /* A length that nobody could have written: what a pipe's writer claims. */
    assert_null(read_changed(43, 0x7f, GOOD_N));
    /* A chunk that leads outside the file. */
    assert_non_null(read_changed(19, 0xff, GOOD_N));
}

/* Other chunks, one of odd length, come before; and the extensible format. */
static void test_wav_other_chunks(void **state)
{
    (void)state;
    static const uint8_t bytes[] =
        "RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0"
        "fmt \x28\0\0\0\xfe\xff\x02\0\x40\x1f\0\0\0\x7d\0\0\x04\0\x10\0"
        "\x16\0\x10\0\x03\0\0\0\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
        "data\x06\0\0\0\x01\0\x02\0\x03\0";
    struct wav wav;
    write_file("other.wav", bytes, sizeof bytes - 1);
    assert_null(wav_read(path_of("other.wav"), &wav));
    assert_int_equal(wav.channels, 2);
    assert_int_equal(wav.count, 2); /* half a frame is no frame */
    assert_int_equal(wav.samples[1], 2);
    free(wav.samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_harmless),
        cmocka_unit_test(test_json_strings),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_lost_messages),
        cmocka_unit_test(test_voice_messages),
        cmocka_unit_test(test_json_of_happenings_and_entries),
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_other_spellings),
        cmocka_unit_test(test_last_server),
        cmocka_unit_test(test_default_port),
        cmocka_unit_test(test_files_are_private),
        cmocka_unit_test(test_names_cannot_leave_the_folder),
        cmocka_unit_test(test_broken_account_files),
        cmocka_unit_test(test_position),
        cmocka_unit_test(test_files_are_replaced_whole),
        cmocka_unit_test(test_lock),
        cmocka_unit_test(test_no_home),
        cmocka_unit_test(test_wav_read),
        cmocka_unit_test(test_wav_written_is_what_was_read),
        cmocka_unit_test(test_wav_long_round_trip),
        cmocka_unit_test(test_wav_full_disk_is_told),
        cmocka_unit_test(test_wav_refusals),
        cmocka_unit_test(test_wav_other_chunks),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
