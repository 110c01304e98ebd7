/* test_key_watch.c - the CURVE key while the server runs: changed, revoked, damaged, over. The time
 * is the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "file_folder.h"
#include "server/key_watch.h"

#define NOW_S     1800000000
#define DAY_S     86400
#define FILE_NAME "curve.key"

static struct cw_curve_server server;
static struct cw_key_watch watch;
static char line[CW_KEY_LINE_MAX], error[256], old_key[CW_CURVE_KEY_TEXT];

static int begin(void **state)
{
    if (file_folder_begin(state) != 0)
        return 1;
    memset(&server, 0, sizeof server);
    watch = (struct cw_key_watch){.folder = file_folder, .curve = &server};
    if (!cw_key_watch_begin(&watch, NOW_S, error))
        return 1;
    cw_curve_key_text(server.key.public_key, old_key);
    return 0;
}

static const char *key_in_use(void)
{
    static char text[CW_CURVE_KEY_TEXT];
    cw_curve_key_text(server.key.public_key, text);
    return text;
}

/* A look at this time: whether the next key changes, and what is said for the log. */
static void expect_line(int64_t now_s, bool asked, bool changed, const char *expected)
{
    assert_int_equal(cw_key_watch_look(&watch, now_s, asked, line), changed);
    assert_string_equal(line, expected);
}

static const char *line_with(const char *before, const char *key, const char *behind)
{
    static char text[CW_KEY_LINE_MAX];
    snprintf(text, sizeof text, "%s%s%s", before, key, behind);
    return text;
}

static void change_key(void)
{
    assert_true(cw_curve_key_change(file_folder, NOW_S, 30, error));
    assert_true(cw_key_watch_look(&watch, NOW_S, true, line));
}

static void spoil(const char *text)
{
    unlink(file_path(FILE_NAME));
    file_put(FILE_NAME, text, strlen(text), 0600);
}

static void a_key_that_stays_is_no_news(void **state)
{
    (void)state;
    assert_string_equal(watch.next_key, "");
    expect_line(NOW_S, false, false, "");
    expect_line(NOW_S, true, false, "");
    assert_string_equal(key_in_use(), old_key);
}

static void a_change_has_a_next_key_until_its_end(void **state)
{
    (void)state;
    change_key();
    assert_string_equal(line, line_with("the public key is now ", key_in_use(),
                                        "; clients that know the one before it still connect, and "
                                        "learn it"));
    assert_string_equal(watch.next_key, key_in_use());
    assert_string_not_equal(watch.next_key, old_key);
    expect_line(NOW_S + 30 * DAY_S - 1, false, false, "");
    expect_line(NOW_S + 30 * DAY_S, false, true,
                line_with("the change of the key is over: clients that do not know ", key_in_use(),
                          " are shut out"));
    assert_string_equal(watch.next_key, "");
    expect_line(NOW_S + 31 * DAY_S, false, false, "");
}

static void a_start_within_a_change_has_the_next_key(void **state)
{
    (void)state;
    assert_true(cw_curve_key_change(file_folder, NOW_S, 30, error));
    assert_true(cw_key_watch_begin(&watch, NOW_S + DAY_S, error));
    assert_string_equal(watch.next_key, key_in_use());
    expect_line(NOW_S + 30 * DAY_S - 1, false, false, "");
    assert_true(cw_key_watch_begin(&watch, NOW_S + 30 * DAY_S, error));
    assert_string_equal(watch.next_key, "");
}

/* Whoever has stolen the old key shall not be believed; and no client of it learns anything. */
static void a_revocation_has_no_next_key(void **state)
{
    (void)state;
    change_key();
    assert_true(cw_curve_key_revoke(file_folder, error));
    assert_true(cw_key_watch_look(&watch, NOW_S, true, line));
    assert_string_equal(line, line_with("the public key is now ", key_in_use(),
                                        "; clients that know the one before it are shut out"));
    assert_string_equal(watch.next_key, "");
    assert_false(server.old_key_opens);
}

static void a_fault_is_told_once(void **state)
{
    (void)state;
    char damaged[CW_KEY_LINE_MAX], absent[CW_KEY_LINE_MAX];
    snprintf(damaged, sizeof damaged,
             "the key in use stays: %s/curve.key is damaged (line 1): put it back from a backup; "
             "or remove it, and the next start makes a new key, which clients must accept",
             file_folder);
    snprintf(absent, sizeof absent,
             "the key in use stays: there is no %s/curve.key: put it back from a backup, or start "
             "the server, which makes a new key",
             file_folder);
    spoil("nonsense");
    expect_line(NOW_S, false, false, damaged);
    expect_line(NOW_S, false, false, "");
    expect_line(NOW_S, true, false, damaged); /* SIGHUP */
    expect_line(NOW_S, false, false, "");
    unlink(file_path(FILE_NAME));
    expect_line(NOW_S, false, false, absent);
    expect_line(NOW_S, false, false, "");
    assert_string_equal(key_in_use(), old_key);
    assert_true(cw_curve_key_revoke(file_folder, error));
    assert_false(cw_key_watch_look(&watch, NOW_S, false, line));
    spoil("nonsense");
    expect_line(NOW_S, false, false, damaged);
}

static void the_old_key_ends_although_the_file_is_damaged(void **state)
{
    (void)state;
    change_key();
    spoil("nonsense");
    assert_false(cw_key_watch_look(&watch, NOW_S + 30 * DAY_S - 1, false, line));
    assert_true(server.old_key_opens);
    assert_true(cw_key_watch_look(&watch, NOW_S + 30 * DAY_S, false, line));
    assert_non_null(strstr(line, "the change of the key is over"));
    assert_false(server.old_key_opens);
    assert_true(sodium_is_zero((uint8_t *)&server.old_key, sizeof server.old_key));
    assert_string_equal(watch.next_key, "");
}

#define WATCHED(test) cmocka_unit_test_setup_teardown(test, begin, file_folder_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WATCHED(a_key_that_stays_is_no_news),
        WATCHED(a_change_has_a_next_key_until_its_end),
        WATCHED(a_start_within_a_change_has_the_next_key),
        WATCHED(a_revocation_has_no_next_key),
        WATCHED(a_fault_is_told_once),
        WATCHED(the_old_key_ends_although_the_file_is_damaged),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("key_watch", tests, NULL, NULL);
}
