/* test_curve_key.c - curve.key: made once, read strictly, changed with an overlap, revoked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/limits.h"
#include "file_folder.h"
#include "server/curve_key.h"

#define NOW_S     1800000000
#define DAY_S     86400
#define FILE_NAME "curve.key"

/* The pairs of RFC 7748 6.1: Alice's is the key, Bob's the old one. */
#define COMMENT                                                                                    \
    "# Chinwag's keys for CURVE. Keep them secret, and keep a copy: clients know the\n"            \
    "# server by them.\n"
#define ALICE_PUBLIC  "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo"
#define ALICE_SECRET  "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo"
#define BOB_PUBLIC    "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"
#define BOB_SECRET    "XasIfmJKikt54X-Lg4AO5m87sSkmGLb9HC-LJ_-I4Os"
#define ALICE         "public " ALICE_PUBLIC "\nsecret " ALICE_SECRET "\n"
#define BOB_UNTIL(at) "old-public " BOB_PUBLIC "\nold-secret " BOB_SECRET "\nold-until " at "\n"

static struct cw_curve_server server;
static int64_t old_until_s;
static char error[256];

static int begin(void **state)
{
    memset(&server, 0, sizeof server);
    memset(error, 0, sizeof error);
    return file_folder_begin(state);
}

static bool open_key(int64_t now_s)
{
    error[0] = 0;
    return cw_curve_key_open(file_folder, now_s, &server, &old_until_s, error);
}

static void put_key_file(const char *text)
{
    file_put(FILE_NAME, text, strlen(text), 0600);
}

static void assert_pair(const struct cw_curve_key *key, const char *public_text)
{
    char text[CW_CURVE_KEY_TEXT];
    uint8_t computed[CW_CURVE_KEY_N];
    cw_curve_key_text(key->public_key, text);
    assert_string_equal(text, public_text);
    assert_int_equal(crypto_scalarmult_base(computed, key->secret_key), 0);
    assert_memory_equal(computed, key->public_key, sizeof computed);
}

/* The folder stands between the two. */
static void assert_error(const char *before, const char *behind)
{
    char expected[256];
    snprintf(expected, sizeof expected, "%s%s%s", before, file_folder, behind);
    assert_string_equal(error, expected);
}

/* --- the first start ------------------------------------------------------------------------- */

static void the_first_start_makes_a_pair_and_the_next_one_reads_it(void **state)
{
    (void)state;
    char public_text[CW_CURVE_KEY_TEXT], secret_text[CW_CURVE_KEY_TEXT], expected[400];
    assert_true(open_key(NOW_S));
    assert_false(server.old_key_opens);
    cw_curve_key_text(server.key.public_key, public_text);
    cw_curve_key_text(server.key.secret_key, secret_text);
    assert_int_equal(strlen(public_text), 43);
    assert_pair(&server.key, public_text);
    snprintf(expected, sizeof expected, COMMENT "public %s\nsecret %s\n", public_text, secret_text);
    size_t n;
    char *text = file_get(FILE_NAME, &n);
    assert_string_equal(text, expected);
    assert_int_equal(n, strlen(expected));
    assert_int_equal(file_count(), 1);

    struct cw_curve_key first = server.key;
    memset(&server, 0, sizeof server);
    assert_true(open_key(NOW_S + 1));
    assert_memory_equal(&server.key, &first, sizeof first);
    char *again = file_get(FILE_NAME, &n);
    assert_string_equal(again, text);
    free(text);
    free(again);
}

static void the_file_is_for_its_owner_whatever_the_umask_is(void **state)
{
    (void)state;
    static const mode_t masks[] = {0, 022, 0777};
    for (size_t i = 0; i < 3; i++) {
        unlink(file_path(FILE_NAME));
        mode_t before = umask(masks[i]);
        bool good = open_key(NOW_S);
        umask(before);
        assert_true(good);
        assert_int_equal(file_mode(FILE_NAME), 0600);
    }
}

static void two_servers_have_two_keys(void **state)
{
    (void)state;
    assert_true(open_key(NOW_S));
    struct cw_curve_key first = server.key;
    unlink(file_path(FILE_NAME));
    assert_true(open_key(NOW_S));
    assert_memory_not_equal(first.secret_key, server.key.secret_key, CW_CURVE_KEY_N);
}

static void a_leftover_of_a_killed_start_is_no_key(void **state)
{
    (void)state;
    char text[CW_CURVE_KEY_TEXT];
    file_put(FILE_NAME ".new", ALICE, strlen(ALICE) / 2, 0600);
    assert_true(open_key(NOW_S));
    cw_curve_key_text(server.key.public_key, text);
    assert_string_not_equal(text, ALICE_PUBLIC);
    assert_int_equal(file_count(), 1);
}

static void only_the_start_makes_a_file(void **state)
{
    (void)state;
    static const char missing[] = "/curve.key: put it back from a backup, or start "
                                  "the server, which makes a new key";
    assert_false(cw_curve_key_read(file_folder, NOW_S, &server, &old_until_s, error));
    assert_error("there is no ", missing);
    assert_false(cw_curve_key_change(file_folder, NOW_S, 30, error));
    assert_error("there is no ", missing);
    assert_int_equal(file_count(), 0);
}

static void without_the_folder_there_is_no_key(void **state)
{
    (void)state;
    assert_false(cw_curve_key_open(file_path("none"), NOW_S, &server, &old_until_s, error));
    assert_error("cannot use the data folder ", "/none: No such file or directory");
    assert_false(cw_curve_key_revoke(file_path("none"), error));
    assert_error("cannot use the data folder ", "/none: No such file or directory");
}

/* --- what is read ------------------------------------------------------------------------- */

static void a_file_sets_the_keys_and_nothing_else(void **state)
{
    (void)state;
    put_key_file("# one\n#\n" ALICE);
    server.random = randombytes_buf;
    server.context = &server;
    memset(&server.old_key, 7, sizeof server.old_key);
    server.old_key_opens = true;
    assert_true(open_key(NOW_S));
    assert_pair(&server.key, ALICE_PUBLIC);
    assert_false(server.old_key_opens);
    assert_true(sodium_is_zero(server.old_key.secret_key, CW_CURVE_KEY_N));
    assert_true(server.random == randombytes_buf);
    assert_ptr_equal(server.context, &server);
}

static void the_old_key_opens_before_its_end(void **state)
{
    (void)state;
    put_key_file(BOB_UNTIL("1800000000") ALICE);
    assert_true(cw_curve_key_read(file_folder, NOW_S - 1, &server, &old_until_s, error));
    assert_pair(&server.key, ALICE_PUBLIC);
    assert_true(server.old_key_opens);
    assert_pair(&server.old_key, BOB_PUBLIC);
    assert_true(cw_curve_key_read(file_folder, NOW_S, &server, &old_until_s, error));
    assert_pair(&server.key, ALICE_PUBLIC);
    assert_false(server.old_key_opens);
    assert_true(sodium_is_zero(server.old_key.secret_key, CW_CURVE_KEY_N));
}

static void refused(unsigned line)
{
    char expected[256];
    snprintf(expected, sizeof expected,
             "%s/curve.key is damaged (line %u): put it back from a backup; or remove it, and the "
             "next start makes a new key, which clients must accept",
             file_folder, line);
    struct cw_curve_server before;
    memset(&server, 7, sizeof server);
    memcpy(&before, &server, sizeof before);
    assert_false(open_key(NOW_S));
    assert_string_equal(error, expected);
    assert_memory_equal(&server, &before, sizeof before);
}

static void a_damaged_file_is_refused_and_stays(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
    } cases[] = {
        {"", 1},
        {"\n" ALICE, 1},
        {"# only this\n", 2},
        {"public " ALICE_PUBLIC "\n", 2},
        {"public " BOB_PUBLIC "\nsecret " ALICE_SECRET "\n", 2}, /* not of one pair */
        {"public " ALICE_PUBLIC "A\nsecret " ALICE_SECRET "\n", 1},
        {"public " ALICE_PUBLIC "=\nsecret " ALICE_SECRET "\n", 1},
        {"public " ALICE_PUBLIC "\nsecret " ALICE_SECRET " \n", 2},
        {"public  " ALICE_PUBLIC "\nsecret " ALICE_SECRET "\n", 1},
        {"public " ALICE_PUBLIC "\r\nsecret " ALICE_SECRET "\r\n", 1},
        {"secret " ALICE_SECRET "\npublic " ALICE_PUBLIC "\n", 1},
        {ALICE ALICE, 3},
        {ALICE "# behind\n", 3},
        {"old-public " BOB_PUBLIC "\nold-secret " BOB_SECRET "\n" ALICE, 3},
        {"old-public " BOB_PUBLIC "\n" ALICE, 2},
        {"old-public " BOB_PUBLIC "\nold-secret " ALICE_SECRET "\nold-until 1\n" ALICE, 2},
        {BOB_UNTIL("0") ALICE, 3},
        {BOB_UNTIL("-5") ALICE, 3},
        {BOB_UNTIL("1800000000x") ALICE, 3},
        {BOB_UNTIL("1800000000000") ALICE, 3},
        {BOB_UNTIL("1800000000") BOB_UNTIL("1800000000") ALICE, 4},
        {BOB_UNTIL("1800000000"), 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n;
        put_key_file(cases[i].text);
        refused(cases[i].line);
        char *text = file_get(FILE_NAME, &n);
        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

static void a_file_that_was_cut_anywhere_is_refused(void **state)
{
    (void)state;
    static const char whole[] = COMMENT BOB_UNTIL("1900000000") ALICE;
    for (size_t n = 0; n < strlen(whole); n++) {
        file_put(FILE_NAME, whole, n, 0600);
        if (open_key(NOW_S))
            fail_msg("good with %zu bytes", n);
        assert_non_null(strstr(error, "/curve.key is damaged (line "));
    }
    put_key_file(whole);
    assert_true(open_key(NOW_S));
}

/* Some bits of a secret do not count (RFC 7748 5): three characters that have such bits are left
 * out. */
static void a_changed_character_is_found(void **state)
{
    (void)state;
    char text[] = ALICE;
    for (size_t i = 0; i < strlen(ALICE); i++) {
        bool is_clamped = text + i == strstr(text, ALICE_SECRET) + 1 || i + 2 == strlen(ALICE) ||
                          i + 3 == strlen(ALICE);
        if (is_clamped)
            continue;
        char before = text[i];
        text[i] = before == 'Q' ? 'R' : 'Q';
        put_key_file(text);
        if (open_key(NOW_S))
            fail_msg("good with another character %zu", i);
        text[i] = before;
    }
}

static void a_file_that_others_may_use_is_refused(void **state)
{
    (void)state;
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        file_put(FILE_NAME, ALICE, strlen(ALICE), modes[i]);
        assert_false(open_key(NOW_S));
        assert_error("cannot use ", "/curve.key: other users may read or write it; take that away: "
                                    "chmod 600");
        assert_int_equal(file_mode(FILE_NAME), modes[i]);
    }
    file_put(FILE_NAME, ALICE, strlen(ALICE), 0400);
    assert_true(open_key(NOW_S));
}

static void what_is_no_file_of_a_key_is_refused(void **state)
{
    (void)state;
    assert_int_equal(mkdir(file_path(FILE_NAME), 0700), 0);
    assert_false(open_key(NOW_S));
    assert_error("cannot use ", "/curve.key: it is no regular file");
    rmdir(file_path(FILE_NAME));
    assert_int_equal(mkfifo(file_path(FILE_NAME), 0600), 0);
    assert_false(open_key(NOW_S));
    assert_error("cannot use ", "/curve.key: it is no regular file");
    unlink(file_path(FILE_NAME));
    file_put("elsewhere", ALICE, strlen(ALICE), 0600);
    assert_int_equal(symlink("elsewhere", file_path(FILE_NAME)), 0);
    assert_false(open_key(NOW_S));
    assert_error("cannot use ", "/curve.key: Too many levels of symbolic links");
}

static void a_file_has_a_greatest_length(void **state)
{
    (void)state;
    char text[CW_CURVE_KEY_FILE_MAX + 1];
    size_t n = strlen(ALICE);
    memset(text, '#', sizeof text);
    text[sizeof text - n - 2] = '\n';
    memcpy(text + sizeof text - n - 1, ALICE, n);
    file_put(FILE_NAME, text, sizeof text - 1, 0600);
    assert_true(open_key(NOW_S));
    file_put(FILE_NAME, text, sizeof text, 0600);
    assert_false(open_key(NOW_S));
    assert_error("cannot use ", "/curve.key: it is longer than 4096 bytes");
}

/* --- change and revocation ------------------------------------------------------------------- */

static void a_change_keeps_the_old_key_for_the_overlap(void **state)
{
    (void)state;
    char text[CW_CURVE_KEY_TEXT];
    put_key_file(ALICE);
    file_put(FILE_NAME ".new", "left", 4, 0644);
    assert_true(cw_curve_key_change(file_folder, NOW_S, 30, error));
    assert_int_equal(file_mode(FILE_NAME), 0600);
    assert_int_equal(file_count(), 1);
    assert_true(open_key(NOW_S + 30 * DAY_S - 1));
    cw_curve_key_text(server.key.public_key, text);
    assert_pair(&server.key, text);
    assert_string_not_equal(text, ALICE_PUBLIC);
    assert_true(server.old_key_opens);
    assert_pair(&server.old_key, ALICE_PUBLIC);
    assert_true(open_key(NOW_S + 30 * DAY_S));
    assert_false(server.old_key_opens);
}

static void a_change_waits_for_the_end_of_the_one_before(void **state)
{
    (void)state;
    char text[CW_CURVE_KEY_TEXT];
    put_key_file(BOB_UNTIL("1800000000") ALICE);
    assert_false(cw_curve_key_change(file_folder, NOW_S - 1, 1, error));
    assert_string_equal(error,
                        "the key was changed not long ago, and clients learn it until 2027-01-15 "
                        "08:00 UTC: change it again after that; only a key that was stolen is "
                        "revoked before");
    assert_true(open_key(NOW_S - 1));
    assert_pair(&server.key, ALICE_PUBLIC);
    assert_true(cw_curve_key_change(file_folder, NOW_S, 1, error));
    assert_true(open_key(NOW_S + 1));
    assert_true(server.old_key_opens);
    cw_curve_key_text(server.old_key.public_key, text);
    assert_string_equal(text, ALICE_PUBLIC);
}

static void a_damaged_file_is_not_changed(void **state)
{
    (void)state;
    size_t n;
    put_key_file("public\n");
    assert_false(cw_curve_key_change(file_folder, NOW_S, 30, error));
    assert_non_null(strstr(error, "/curve.key is damaged (line 1): "));
    char *text = file_get(FILE_NAME, &n);
    assert_string_equal(text, "public\n");
    free(text);
}

static void a_revocation_leaves_one_new_key(void **state)
{
    (void)state;
    static const char *const files[] = {BOB_UNTIL("1900000000") ALICE, "damaged"};
    for (size_t i = 0; i < 2; i++) {
        size_t n;
        put_key_file(files[i]);
        assert_true(cw_curve_key_revoke(file_folder, error));
        assert_true(open_key(NOW_S));
        assert_false(server.old_key_opens);
        char *text = file_get(FILE_NAME, &n);
        assert_null(strstr(text, "old-"));
        assert_null(strstr(text, ALICE_PUBLIC));
        free(text);
        assert_int_equal(file_mode(FILE_NAME), 0600);
    }
}

/* The temporary file cannot be made where a folder has its name. */
static void a_failed_write_leaves_the_file(void **state)
{
    (void)state;
    put_key_file(ALICE);
    assert_int_equal(mkdir(file_path(FILE_NAME ".new"), 0700), 0);
    assert_false(cw_curve_key_change(file_folder, NOW_S, 30, error));
    assert_error("cannot write ", "/curve.key: File exists");
    assert_false(cw_curve_key_revoke(file_folder, error));
    assert_error("cannot write ", "/curve.key: File exists");
    assert_true(open_key(NOW_S));
    assert_pair(&server.key, ALICE_PUBLIC);
    assert_false(server.old_key_opens);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, file_folder_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_first_start_makes_a_pair_and_the_next_one_reads_it),
        IN_FOLDER(the_file_is_for_its_owner_whatever_the_umask_is),
        IN_FOLDER(two_servers_have_two_keys),
        IN_FOLDER(a_leftover_of_a_killed_start_is_no_key),
        IN_FOLDER(only_the_start_makes_a_file),
        IN_FOLDER(without_the_folder_there_is_no_key),
        IN_FOLDER(a_file_sets_the_keys_and_nothing_else),
        IN_FOLDER(the_old_key_opens_before_its_end),
        IN_FOLDER(a_damaged_file_is_refused_and_stays),
        IN_FOLDER(a_file_that_was_cut_anywhere_is_refused),
        IN_FOLDER(a_changed_character_is_found),
        IN_FOLDER(a_file_that_others_may_use_is_refused),
        IN_FOLDER(what_is_no_file_of_a_key_is_refused),
        IN_FOLDER(a_file_has_a_greatest_length),
        IN_FOLDER(a_change_keeps_the_old_key_for_the_overlap),
        IN_FOLDER(a_change_waits_for_the_end_of_the_one_before),
        IN_FOLDER(a_damaged_file_is_not_changed),
        IN_FOLDER(a_revocation_leaves_one_new_key),
        IN_FOLDER(a_failed_write_leaves_the_file),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("curve_key", tests, NULL, NULL);
}
