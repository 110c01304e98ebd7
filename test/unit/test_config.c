/* test_config.c - single settings of the server, and files of them. Settings that belong together:
 * test_config_together.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "config_play.h"
#include "server/config.h"

/* --- one setting ------------------------------------------------------------------------ */

static void the_defaults_suit_one_machine(void **state)
{
    (void)state;
    assert_string_equal(config.data, "data");
    assert_int_equal(config.listen_count, 0);
    assert_int_equal(config.registration, CW_REGISTRATION_AUTO);
    assert_int_equal(config.invite_by, CW_INVITE_BY_EVERYONE);
    assert_int_equal(config.invitations_per_user, 50);
    assert_int_equal(config.invitation_days, 30);
    assert_int_equal(config.password_cost, CW_COST_INTERACTIVE);
    assert_int_equal(config.requests_per_s, CW_REQUESTS_PER_S);
    assert_int_equal(config.requests_burst, CW_REQUESTS_BURST);
    assert_int_equal(config.texts_per_s, CW_TEXTS_PER_S);
    assert_int_equal(config.texts_burst, CW_TEXTS_BURST);
    assert_int_equal(config.refusals_per_s, CW_REFUSALS_PER_S);
    assert_int_equal(config.refusals_burst, CW_REFUSALS_BURST);
    assert_int_equal(config.bytes_per_s, CW_BYTES_PER_S);
    assert_int_equal(config.bytes_burst, CW_BYTES_BURST);
    assert_int_equal(config.group_texts_per_s, CW_GROUP_TEXTS_PER_S);
    assert_int_equal(config.group_texts_burst, CW_GROUP_TEXTS_BURST);
    assert_int_equal(config.call_frames_per_s, CW_CALL_FRAMES_PER_S);
    assert_int_equal(config.session_idle_days, CW_SESSION_IDLE_DAYS);
    assert_int_equal(config.sessions_per_user, CW_SESSIONS_PER_USER);
    assert_int_equal(config.quota_mib, CW_QUOTA_MIB);
    assert_int_equal(config.strangers_per_minute, CW_STRANGERS_PER_MINUTE);
    assert_int_equal(config.call_members_max, CW_CALL_MEMBERS_MAX);
    assert_int_equal(config.connections_max, CW_CONNECTIONS_MAX);
    assert_int_equal(config.connections_per_address, CW_CONNECTIONS_PER_ADDRESS);
    assert_int_equal(config.waiting_max, CW_UNAUTHENTICATED_MAX);
    assert_int_equal(config.waiting_per_address, CW_WAITING_PER_ADDRESS);
    assert_int_equal(config.hashes_per_address, CW_HASHES_PER_ADDRESS);
    assert_int_equal(config.registrations_per_hour, CW_REGISTRATIONS_PER_HOUR);
    assert_int_equal(config.guesses_per_user, CW_GUESSES_PER_USER);
    assert_int_equal(config.guesses_per_address, CW_GUESSES_PER_ADDRESS);
    assert_int_equal(config.ping_idle_ms, CW_PING_IDLE_MS);
    assert_int_equal(config.keep_days, 0);
    assert_int_equal(config.keep_messages, 0);
    assert_string_equal(config.reserved_names, CW_RESERVED_NAMES);
    assert_true(cw_config_set(&config, "reserved_names", "", refusal));
    assert_string_equal(config.reserved_names, "");
    assert_true(cw_config_finish(&config, refusal));
}

static void check_number(const char *key, const unsigned *value, unsigned min, unsigned max)
{
    static const char *const bad[] = {
        "-1", "", "x", "7x", " 7", "+7", "0x7", "7.5", "99999999999999999999999"};
    char text[32], reason[256];
    snprintf(text, sizeof text, "%u", min);
    assert_good(key, text);
    assert_int_equal(*value, min);
    snprintf(text, sizeof text, "%u", max);
    assert_good(key, text);
    assert_int_equal(*value, max);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(reason, sizeof reason, "%s must be a number from %u to %u, not '%s'", key, min,
                 max, bad[i]);
        assert_bad(key, bad[i], reason);
    }
    snprintf(text, sizeof text, "%u", max + 1);
    assert_false(cw_config_set(&config, key, text, refusal));
    snprintf(text, sizeof text, "%u", min - 1);
    assert_true(min == 0 || !cw_config_set(&config, key, text, refusal));
    assert_int_equal(*value, max);
    refusal[0] = 0;
}

static void numbers_keep_to_their_range(void **state)
{
    (void)state;
    check_number("requests_per_s", &config.requests_per_s, 0, 1000000);
    check_number("requests_burst", &config.requests_burst, 1, 1000000);
    check_number("texts_per_s", &config.texts_per_s, 0, 1000000);
    check_number("texts_burst", &config.texts_burst, 1, 1000000);
    check_number("refusals_per_s", &config.refusals_per_s, 0, 1000000);
    check_number("refusals_burst", &config.refusals_burst, 1, 1000000);
    check_number("bytes_per_s", &config.bytes_per_s, 0, 1000000000);
    check_number("bytes_burst", &config.bytes_burst, 1, 1000000000);
    check_number("group_texts_per_s", &config.group_texts_per_s, 0, 1000000);
    check_number("group_texts_burst", &config.group_texts_burst, 1, 1000000);
    check_number("call_frames_per_s", &config.call_frames_per_s, 0, 1000);
    check_number("invitations_per_user", &config.invitations_per_user, 1, 1000);
    check_number("invitation_days", &config.invitation_days, 1, 365);
    check_number("session_idle_days", &config.session_idle_days, 1, 3650);
    check_number("sessions_per_user", &config.sessions_per_user, 1, 1000);
    check_number("quota_mib", &config.quota_mib, 0, 1000000000);
    check_number("strangers_per_minute", &config.strangers_per_minute, 0, 1000000);
    check_number("call_members_max", &config.call_members_max, 2, 50);
    check_number("connections_max", &config.connections_max, 1, 1000000);
    check_number("frame_window_ms", &config.frame_window_ms, 1000, CW_FRAME_WINDOW_MS);
    check_number("connections_per_address", &config.connections_per_address, 0, 1000000);
    check_number("waiting_max", &config.waiting_max, 1, 1000000);
    check_number("waiting_per_address", &config.waiting_per_address, 0, 1000000);
    check_number("hashes_per_address", &config.hashes_per_address, 0, 1000000);
    check_number("registrations_per_hour", &config.registrations_per_hour, 0, 1000000);
    check_number("guesses_per_user", &config.guesses_per_user, 0, 1000000);
    check_number("guesses_per_address", &config.guesses_per_address, 0, 1000000);
    check_number("ping_idle_ms", &config.ping_idle_ms, 100, CW_PING_IDLE_MS);
    check_number("keep_days", &config.keep_days, 0, CW_RETENTION_DAYS_MAX);
    check_number("keep_messages", &config.keep_messages, 0, CW_RETENTION_KEPT_MAX);
}

static void check_text(const char *key, const char *value, size_t size)
{
    char text[5000], reason[256];
    snprintf(reason, sizeof reason, "%s must have 1 to %zu characters", key, size - 1);
    memset(text, 'd', sizeof text);
    text[size - 1] = 0;
    assert_good(key, text);
    assert_string_equal(value, text);
    text[size - 1] = 'd';
    text[size] = 0;
    assert_bad(key, text, reason);
    assert_bad(key, "", reason);
    assert_int_equal(strlen(value), size - 1);
}

static void texts_keep_to_their_length(void **state)
{
    (void)state;
    check_text("data", config.data, sizeof config.data);
}

static void words_are_those_listed(void **state)
{
    (void)state;
    assert_good("registration", "open");
    assert_int_equal(config.registration, CW_REGISTRATION_OPEN);
    assert_good("registration", "closed");
    assert_int_equal(config.registration, CW_REGISTRATION_CLOSED);
    assert_good("registration", "invited");
    assert_int_equal(config.registration, CW_REGISTRATION_INVITED);
    assert_good("registration", "auto");
    assert_int_equal(config.registration, CW_REGISTRATION_AUTO);
    assert_bad("registration", "Open",
               "registration must be one of auto, open, closed, invited, not 'Open'");
    assert_good("invite_by", "admins");
    assert_int_equal(config.invite_by, CW_INVITE_BY_ADMINS);
    assert_good("invite_by", "first");
    assert_int_equal(config.invite_by, CW_INVITE_BY_FIRST);
    assert_good("invite_by", "nobody");
    assert_int_equal(config.invite_by, CW_INVITE_BY_NOBODY);
    assert_good("invite_by", "everyone");
    assert_int_equal(config.invite_by, CW_INVITE_BY_EVERYONE);
    assert_bad("invite_by", "all",
               "invite_by must be one of everyone, admins, nobody, first, not 'all'");
    assert_good("password_cost", "minimum");
    assert_int_equal(config.password_cost, CW_COST_MINIMUM);
    assert_good("password_cost", "moderate");
    assert_int_equal(config.password_cost, CW_COST_MODERATE);
    assert_good("password_cost", "interactive");
    assert_int_equal(config.password_cost, CW_COST_INTERACTIVE);
    assert_bad("password_cost", "",
               "password_cost must be one of minimum, interactive, moderate, not ''");
}

static void a_long_value_is_cut_in_the_reason(void **state)
{
    (void)state;
    char text[1000];
    memset(text, 'x', sizeof text);
    text[999] = 0;
    assert_false(cw_config_set(&config, "registration", text, refusal));
    assert_true(strlen(refusal) < 120);
    assert_false(cw_config_set(&config, "connections_max", text, refusal));
    assert_true(strlen(refusal) < 120);
    assert_false(cw_config_set(&config, text, "1", refusal));
    assert_true(strlen(refusal) < 120);
}

static void an_unknown_key_is_refused(void **state)
{
    (void)state;
    assert_bad("Data", "x", "there is no setting named 'Data'; did you mean data?");
    assert_bad("", "x", "there is no setting named ''; chinwagd --print-config shows all");
}

/* --- a file --------------------------------------------------------------------------------- */

/* Reads `text` as a file; what is said about it, after the file's name, lands in
 * `refusal`. */
static bool read_text(const char *text)
{
    char path[] = "/tmp/chinwag-config-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    bool good = cw_config_read(&config, path, refusal);
    unlink(path);
    if (!good) {
        assert_memory_equal(refusal, path, strlen(path));
        memmove(refusal, refusal + strlen(path), strlen(refusal + strlen(path)) + 1);
    }
    return good;
}

static void assert_refused(const char *text, const char *reason)
{
    assert_false(read_text(text));
    assert_string_equal(refusal, reason);
}

static void a_file_sets_what_it_names(void **state)
{
    (void)state;
    assert_true(read_text("# a comment\n"
                          "data = /srv/chinwag\n"
                          "\n"
                          "[server]\n"
                          "listen = [::1]:4242\n"
                          "registration=closed\n"
                          "  ; another\n"
                          "listen =  10.0.0.5:4242\tplaintext  proxy=v2 \n"
                          "texts_per_s = 0\n"));
    assert_string_equal(config.data, "/srv/chinwag");
    assert_string_equal(config.listen[0].address, "[::1]:4242");
    assert_int_equal(config.listen_count, 2);
    assert_false(config.listen[0].plaintext || config.listen[0].proxy_header);
    assert_string_equal(config.listen[1].address, "10.0.0.5:4242");
    assert_true(config.listen[1].plaintext && config.listen[1].proxy_header);
    assert_string_equal(config.repeated, "");
    assert_int_equal(config.registration, CW_REGISTRATION_CLOSED);
    assert_int_equal(config.listen_count, 2);
    assert_false(config.listen[0].plaintext || config.listen[0].proxy_header);
    assert_string_equal(config.listen[1].address, "10.0.0.5:4242");
    assert_true(config.listen[1].plaintext && config.listen[1].proxy_header);
    assert_string_equal(config.repeated, "");
    assert_int_equal(config.texts_per_s, 0);
    assert_int_equal(config.texts_burst, CW_TEXTS_BURST);
    assert_true(read_text(""));
    assert_string_equal(config.data, "/srv/chinwag");
}

static void a_wrong_line_is_named(void **state)
{
    (void)state;
    assert_refused(
        "data = x\nregistration = maybe\n",
        ", line 2: registration must be one of auto, open, closed, invited, not 'maybe'");
    assert_refused(
        "\n\npasword_cost = minimum\n",
        ", line 3: there is no setting named 'pasword_cost'; did you mean password_cost?");
    assert_refused("[client]\ndata = x\n", ", line 1: there is no section named '[client]'");
    assert_refused("[server]\nconnections_max = 0\nnothing = 1\n",
                   ", line 2: connections_max must be a number from 1 to 1000000, not '0'");
    assert_refused("data\n", ", line 1: write 'key = value'");
}

static void of_two_lines_for_a_key_the_later_holds_and_it_is_told(void **state)
{
    (void)state;
    cw_config_init(&config);
    assert_true(cw_config_parse(
        &config, cw_slice_str("keep_days = 7\ndata = x\nkeep_days = 9\ndata = y\n"), "f", refusal));
    assert_int_equal(config.keep_days, 9);
    assert_string_equal(config.data, "y");
    assert_string_equal(config.repeated,
                        "line 3: keep_days was set in line 1 already: this line holds");
    assert_int_equal(config.repeated_count, 2);
}

/* What the same text means elsewhere is refused, not taken for something else. */
static void nothing_is_understood_as_something_else(void **state)
{
    (void)state;
    assert_refused("data = \"/srv/x\"\n", ", line 1: write the value without quotes");
    assert_refused("keep_days = '7'\n", ", line 1: write the value without quotes");
    assert_refused("data = ~/x\n", ", line 1: only a shell knows what '~/x' is: write it out");
    assert_refused("data = $HOME/x\n",
                   ", line 1: only a shell knows what '$HOME/x' is: write it out");
    assert_refused("data = /srv/$HOME\n",
                   ", line 1: only a shell knows what '/srv/$HOME' is: write it out");
    assert_refused("reserved_names = me, \"you\"\n", ", line 1: write the value without quotes");
    assert_refused("data = /srv/x'\n", ", line 1: write the value without quotes");
    assert_refused("reserved_names = me, \\\n you\n",
                   ", line 1: a line is not continued in the next one: write it as one");
    assert_refused("data = \xc2\xa0/srv/x\n",
                   ", line 1: there is an invisible character in the value: type it anew");
    assert_refused("data = /srv/\x01\n",
                   ", line 1: there is an invisible character in the value: type it anew");
    assert_refused("keep_days = 010\n",
                   ", line 1: keep_days must be a number from 0 to 36500, not '010'");
    assert_refused("keep_days = 0x10\n",
                   ", line 1: keep_days must be a number from 0 to 36500, not '0x10'");
    assert_refused("keep_days = 1_000\n",
                   ", line 1: keep_days must be a number from 0 to 36500, not '1_000'");
    assert_refused("keep_days = +7\n",
                   ", line 1: keep_days must be a number from 0 to 36500, not '+7'");
    assert_refused("keep_days = 7d\n",
                   ", line 1: keep_days must be a number from 0 to 36500, not '7d'");
    assert_refused("keep_days =\n", ", line 1: keep_days must be a number from 0 to 36500, not ''");
    assert_refused("hsts = true\n", ", line 1: hsts must be one of no, yes, not 'true'");
    assert_refused("Keep_days = 7\n",
                   ", line 1: there is no setting named 'Keep_days'; did you mean keep_days?");
    assert_refused("public_name = a.example, b.example\n",
                   ", line 1: public_name must be a host name, as chat.example.org, not "
                   "'a.example, b.example'");
    assert_refused("listen = 127.0.0.1:1, 127.0.0.1:2\n",
                   ", line 1: '127.0.0.1:1,' is a bad address: write HOST:PORT with a number as "
                   "HOST and a PORT up to 65535, as 127.0.0.1:4242 or [::1]:4242");
    assert_refused("# old\rdata = x\r",
                   ", line 1: there is a carriage return inside: end each line with a line feed");
    assert_refused("[server] data = x\n",
                   ", line 1: there is no section named '[server] data = x'");
    assert_refused("keep_days 7\n", ", line 1: write 'key = value'");
    assert_string_equal(config.data, "data");
    assert_int_equal(config.keep_days, 0);
    assert_true(read_text("data = /srv/a#b;c # a remark\nkeep_days = 8 ; another\n"
                          "keep_messages = 9\t# one more\r\n#data = y\n"));
    assert_string_equal(config.data, "/srv/a#b;c");
    assert_int_equal(config.keep_days, 8);
    assert_int_equal(config.keep_messages, 9);
}

/* A reader with lines of a fixed length would take the rest of the first for a setting. */
static void the_rest_of_a_long_line_is_no_setting(void **state)
{
    (void)state;
    static const char setting[] = "registration = open\ndata = here\n";
    for (size_t n = 150; n < 1100; n++) {
        char text[1200];
        memset(text, ' ', n);
        text[0] = '#';
        memcpy(text + n, setting, sizeof setting);
        assert_true(read_text(text));
        assert_int_equal(config.registration, CW_REGISTRATION_AUTO);
        assert_string_equal(config.data, "here");
        memcpy(text, "reserved_names = a", 18);
        memset(text + 18, 'b', n - 18);
        assert_int_equal(read_text(text), n - 17 + 19 < sizeof config.reserved_names);
        assert_int_equal(config.registration, CW_REGISTRATION_AUTO);
    }
}

/* ... nor is an indented one more of the line before. */
static void an_indented_line_is_a_line(void **state)
{
    (void)state;
    assert_true(read_text("\xef\xbb\xbf\x64"
                          "ata = x\n\tregistration = closed ; no more\r\n"));
    assert_string_equal(config.data, "x");
    assert_int_equal(config.registration, CW_REGISTRATION_CLOSED);
    assert_refused("data = x\n  y\n", ", line 2: write 'key = value'");
    assert_false(cw_config_parse(&config, cw_slice_of("data = y\0z\n", 11), "f", refusal));
    assert_string_equal(refusal, "f, line 1: a text has no zeros");
    assert_string_equal(config.data, "x");
}

static void a_file_is_no_longer_than_it_may_be(void **state)
{
    (void)state;
    char *text = malloc(CW_CONFIG_FILE_MAX + 2);
    memset(text, '\n', CW_CONFIG_FILE_MAX + 1);
    text[CW_CONFIG_FILE_MAX] = 0;
    assert_true(read_text(text));
    text[CW_CONFIG_FILE_MAX] = '\n';
    text[CW_CONFIG_FILE_MAX + 1] = 0;
    assert_false(cw_config_read(&config, "/dev/zero", refusal));
    assert_string_equal(refusal, "cannot read the config file /dev/zero: it is longer than 64 KiB");
    free(text);
}

static void a_missing_file_is_an_error(void **state)
{
    (void)state;
    assert_false(cw_config_read(&config, "/nonexistent/chinwag.conf", refusal));
    assert_string_equal(
        refusal,
        "cannot read the config file /nonexistent/chinwag.conf: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_defaults_suit_one_machine, begin_config),
        cmocka_unit_test_setup(numbers_keep_to_their_range, begin_config),
        cmocka_unit_test_setup(texts_keep_to_their_length, begin_config),
        cmocka_unit_test_setup(words_are_those_listed, begin_config),
        cmocka_unit_test_setup(a_long_value_is_cut_in_the_reason, begin_config),
        cmocka_unit_test_setup(an_unknown_key_is_refused, begin_config),
        cmocka_unit_test_setup(a_file_sets_what_it_names, begin_config),
        cmocka_unit_test_setup(a_wrong_line_is_named, begin_config),
        cmocka_unit_test(of_two_lines_for_a_key_the_later_holds_and_it_is_told),
        cmocka_unit_test_setup(nothing_is_understood_as_something_else, begin_config),
        cmocka_unit_test_setup(the_rest_of_a_long_line_is_no_setting, begin_config),
        cmocka_unit_test_setup(an_indented_line_is_a_line, begin_config),
        cmocka_unit_test_setup(a_file_is_no_longer_than_it_may_be, begin_config),
        cmocka_unit_test_setup(a_missing_file_is_an_error, begin_config),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
