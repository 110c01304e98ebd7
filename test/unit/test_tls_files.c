/* test_tls_files.c - the files of certificate and key: the server's own, made and renewed; those of
 * a config, read and read again. */
#include <fcntl.h>
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
#include "frame/tls_certificate.h"
#include "server/tls_files.h"

#define NOW_S       1800000000
#define DAY_S       86400
#define CERTIFICATE "tls-certificate.pem"
#define KEY         "tls-key.pem"
#define BAD_KEY_ADVICE                                                                             \
    ": put it back from a backup; or remove it and tls-certificate.pem, and the server makes a "   \
    "new key, which clients must accept"

static const char *const names[] = {"chat.example.org", "192.0.2.7"};
static const char *const other_names[] = {"192.0.2.7", "other.example.org"};
static struct cw_tls_files files;
static struct cw_tls_pin pin; /* of the server that was loaded last */
static char fingerprint[CW_TLS_FINGERPRINT_TEXT];
static char error[CW_TLS_ERROR_MAX];

static int begin(void **state)
{
    int failed = file_folder_begin(state);
    files = (struct cw_tls_files){.folder = file_folder, .names = names, .name_count = 2};
    memset(error, 0, sizeof error);
    return failed;
}

static bool load(int64_t now_s)
{
    error[0] = 0;
    struct cw_tls_server *server = cw_tls_files_load(&files, now_s, error);
    if (server == NULL)
        return false;
    assert_string_equal(error, "");
    cw_tls_server_pin(server, &pin);
    cw_tls_server_fingerprint(server, fingerprint);
    cw_tls_server_destroy(server);
    return true;
}

/* The folder stands between the two. */
static void assert_refused(const char *before, const char *behind)
{
    char expected[256];
    assert_false(load(NOW_S));
    snprintf(expected, sizeof expected, "%s%s%s", before, file_folder, behind);
    assert_string_equal(error, expected);
}

/* When the own certificate ends, if it is for these names. */
static int64_t own_until_s(const char *const wanted[])
{
    size_t certificate_n, key_n;
    char *certificate = file_get(CERTIFICATE, &certificate_n), *key = file_get(KEY, &key_n);
    int64_t until_s = 0;
    if (!cw_tls_certificate_fits(cw_slice_of(certificate, certificate_n), cw_slice_of(key, key_n),
                                 wanted, 2, &until_s))
        until_s = 0;
    free(certificate);
    free(key);
    return until_s;
}

/* --- the own pair ---------------------------------------------------------------------------- */

static void the_first_start_makes_a_pair_and_the_next_one_reads_it(void **state)
{
    (void)state;
    assert_true(load(NOW_S));
    struct cw_tls_pin first = pin;
    char shown[CW_TLS_FINGERPRINT_TEXT];
    memcpy(shown, fingerprint, sizeof shown);
    assert_int_equal(file_count(), 2);
    assert_int_equal(file_mode(KEY), 0600);
    assert_int_equal(file_mode(CERTIFICATE), 0644);
    assert_int_equal(own_until_s(names), NOW_S + 397 * DAY_S);
    assert_int_equal(own_until_s(other_names), 0);
    assert_false(cw_tls_files_changed(&files, NOW_S));
    assert_true(load(NOW_S + 1));
    assert_memory_equal(&pin, &first, sizeof first);
    assert_string_equal(fingerprint, shown);
}

static void modes_do_not_depend_on_the_umask(void **state)
{
    (void)state;
    static const mode_t masks[] = {0, 0777};
    for (size_t i = 0; i < 2; i++) {
        unlink(file_path(KEY));
        unlink(file_path(CERTIFICATE));
        mode_t before = umask(masks[i]);
        bool good = load(NOW_S);
        umask(before);
        assert_true(good);
        assert_int_equal(file_mode(KEY), 0600);
        assert_int_equal(file_mode(CERTIFICATE), 0644);
    }
}

static void a_certificate_is_renewed_in_time_with_the_same_key(void **state)
{
    (void)state;
    const int64_t until_s = NOW_S + 397 * DAY_S, last_s = until_s - 30 * DAY_S;
    assert_true(load(NOW_S));
    struct cw_tls_pin first = pin;
    assert_false(cw_tls_files_changed(&files, last_s));
    assert_true(load(last_s));
    assert_int_equal(own_until_s(names), until_s);
    assert_true(cw_tls_files_changed(&files, last_s + 1));
    assert_true(load(last_s + 1));
    assert_int_equal(own_until_s(names), last_s + 1 + 397 * DAY_S);
    assert_memory_equal(&pin, &first, sizeof first);
    assert_false(cw_tls_files_changed(&files, last_s + 1));
    assert_int_equal(file_mode(CERTIFICATE), 0644);
    assert_int_equal(file_count(), 2);
}

/* Also of one that has ended long ago, and of one that was made while the clock was wrong. */
static void a_wrong_date_is_no_reason_to_fail(void **state)
{
    (void)state;
    static const int64_t times_s[] = {NOW_S, NOW_S + 5000 * (int64_t)DAY_S, NOW_S - 2 * DAY_S, 1};
    struct cw_tls_pin first = {0};
    for (size_t i = 0; i < sizeof times_s / sizeof times_s[0]; i++) {
        assert_true(load(times_s[i]));
        assert_int_equal(own_until_s(names), times_s[i] + 397 * DAY_S);
        if (i == 0)
            first = pin;
        assert_memory_equal(&pin, &first, sizeof first);
    }
}

static void other_names_get_another_certificate_with_the_same_key(void **state)
{
    (void)state;
    assert_true(load(NOW_S));
    struct cw_tls_pin first = pin;
    files.names = other_names;
    assert_true(load(NOW_S + 1));
    assert_int_equal(own_until_s(other_names), NOW_S + 1 + 397 * DAY_S);
    assert_memory_equal(&pin, &first, sizeof first);
}

static void a_certificate_that_is_missing_or_damaged_is_made_again(void **state)
{
    (void)state;
    size_t n;
    assert_true(load(NOW_S));
    struct cw_tls_pin first = pin;
    unlink(file_path(CERTIFICATE)); /* as where the first start was killed */
    assert_true(cw_tls_files_changed(&files, NOW_S));
    assert_true(load(NOW_S));
    assert_memory_equal(&pin, &first, sizeof first);
    char *text = file_get(CERTIFICATE, &n);
    file_put(CERTIFICATE, text, n / 2, 0644);
    free(text);
    assert_true(load(NOW_S));
    assert_memory_equal(&pin, &first, sizeof first);
    assert_int_equal(own_until_s(names), NOW_S + 397 * DAY_S);
}

static void leftovers_of_a_killed_start_are_removed(void **state)
{
    (void)state;
    file_put(KEY ".new", "half", 4, 0600);
    file_put(CERTIFICATE ".new", "half", 4, 0600);
    assert_true(load(NOW_S));
    assert_int_equal(file_count(), 2);
}

static void a_lost_or_damaged_key_is_not_replaced(void **state)
{
    (void)state;
    size_t n;
    assert_true(load(NOW_S));
    char *text = file_get(KEY, &n);
    unlink(file_path(KEY));
    assert_refused("", "/tls-key.pem is missing" BAD_KEY_ADVICE);
    assert_false(file_exists(KEY));
    for (size_t kept = 1; kept < n - 1; kept += 20) {
        file_put(KEY, text, kept, 0600);
        assert_refused("", "/tls-key.pem is damaged" BAD_KEY_ADVICE);
        size_t left;
        char *after = file_get(KEY, &left);
        assert_int_equal(left, kept);
        assert_memory_equal(after, text, kept);
        free(after);
    }
    file_put(KEY, text, n, 0600);
    free(text);
    assert_true(load(NOW_S));
}

static void an_own_key_that_others_may_use_is_refused(void **state)
{
    (void)state;
    static const mode_t modes[] = {0640, 0604, 0620, 0601};
    assert_true(load(NOW_S));
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(file_path(KEY), modes[i]), 0);
        assert_refused("cannot use ", "/tls-key.pem: other users may read or write it; take that "
                                      "away: chmod 600");
    }
    assert_int_equal(chmod(file_path(KEY), 0400), 0);
    assert_true(load(NOW_S));
}

static void a_link_in_the_folder_is_refused(void **state)
{
    (void)state;
    assert_int_equal(symlink("elsewhere", file_path(CERTIFICATE)), 0);
    assert_refused("cannot use ", "/tls-certificate.pem: Too many levels of symbolic links");
}

static void without_a_good_name_there_is_no_certificate(void **state)
{
    (void)state;
    static const char *const bad[] = {"chat.example.org", "two words"};
    files.names = bad;
    assert_false(load(NOW_S));
    assert_string_equal(error, "no certificate can be made: one of the server's names is neither a "
                               "host name nor an IP address");
    assert_int_equal(file_count(), 0);
}

static void without_the_folder_there_is_no_pair(void **state)
{
    (void)state;
    files.folder = file_path("none");
    assert_refused("cannot use the data folder ", "/none: No such file or directory");
    assert_false(cw_tls_files_changed(&files, NOW_S));
}

/* Such a failure is tried again a day later, not at each look. */
static void a_renewal_that_fails_is_tried_again(void **state)
{
    (void)state;
    const int64_t due_s = NOW_S + 367 * DAY_S + 1;
    assert_true(load(NOW_S));
    assert_int_equal(mkdir(file_path(CERTIFICATE ".new"), 0700), 0);
    assert_false(load(due_s));
    assert_non_null(strstr(error, "/tls-certificate.pem: File exists"));
    assert_false(cw_tls_files_changed(&files, due_s + DAY_S - 1));
    assert_true(cw_tls_files_changed(&files, due_s + DAY_S));
    assert_int_equal(own_until_s(names), NOW_S + 397 * DAY_S);
    rmdir(file_path(CERTIFICATE ".new"));
    assert_true(load(due_s + DAY_S));
}

/* --- the files of a config -------------------------------------------------------------------- */

static char set_certificate[100], set_key[100];

/* Files that end then, with the key's permissions. */
static void put_set(int64_t until_s, mode_t key_mode)
{
    struct cw_buf certificate = {0}, key = {0};
    assert_true(cw_tls_self_signed(names, 2, until_s - 90 * DAY_S, until_s, &certificate, &key));
    file_put("chain", certificate.p, certificate.n, 0644);
    file_put("private", key.p, key.n, key_mode);
    cw_buf_finish(&certificate);
    cw_buf_finish(&key);
    snprintf(set_certificate, sizeof set_certificate, "%s/chain", file_folder);
    snprintf(set_key, sizeof set_key, "%s/private", file_folder);
    files.certificate = set_certificate;
    files.key = set_key;
}

static void files_of_a_config_are_read_and_no_others_made(void **state)
{
    (void)state;
    put_set(NOW_S + DAY_S, 0600);
    assert_true(load(NOW_S));
    assert_false(cw_tls_files_changed(&files, NOW_S + 5000 * (int64_t)DAY_S));
    assert_int_equal(file_count(), 2);
    files.certificate = files.key = ""; /* as a config has them without a value */
    assert_true(load(NOW_S));
    assert_int_equal(file_count(), 4);
}

static void links_to_files_of_a_config_are_followed(void **state)
{
    (void)state;
    put_set(NOW_S + DAY_S, 0600);
    assert_int_equal(symlink("private", file_path("link")), 0);
    files.key = file_path("link");
    assert_true(load(NOW_S));
}

static void one_file_without_the_other_is_refused(void **state)
{
    (void)state;
    put_set(NOW_S + DAY_S, 0600);
    files.key = NULL;
    assert_false(load(NOW_S));
    assert_string_equal(error, "tls_certificate is set without tls_key: set both; or neither, and "
                               "the server makes a certificate of its own");
    files.key = files.certificate;
    files.certificate = "";
    assert_false(load(NOW_S));
    assert_string_equal(error, "tls_key is set without tls_certificate: set both; or neither, and "
                               "the server makes a certificate of its own");
}

static void a_key_of_a_config_may_be_for_a_group(void **state)
{
    (void)state;
    static const mode_t modes[] = {0644, 0602, 0601};
    put_set(NOW_S + DAY_S, 0640);
    assert_true(load(NOW_S));
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(set_key, modes[i]), 0);
        assert_refused("cannot use ", "/private: other users may read or write it; take that away: "
                                      "chmod 640");
    }
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
    (void)state;
    put_set(NOW_S + DAY_S, 0600);
    unlink(set_key);
    assert_refused("cannot use ", "/private: No such file or directory");
    assert_int_equal(mkdir(set_key, 0700), 0);
    assert_refused("cannot use ", "/private: it is no regular file");
    files.certificate = file_path("chain/under");
    assert_refused("cannot use ", "/chain/under: Not a directory");
}

static void a_file_has_a_greatest_length(void **state)
{
    (void)state;
    size_t n;
    put_set(NOW_S + DAY_S, 0600);
    char *text = file_get("chain", &n);
    memset(text + n, '\n', CW_TLS_FILE_MAX + 1 - n);
    file_put("chain", text, CW_TLS_FILE_MAX, 0644);
    assert_true(load(NOW_S));
    file_put("chain", text, CW_TLS_FILE_MAX + 1, 0644);
    free(text);
    assert_refused("cannot use ", "/chain: it is longer than 262144 bytes");
}

static void a_pair_that_cannot_serve_is_refused(void **state)
{
    (void)state;
    size_t n;
    put_set(NOW_S - 1, 0600);
    assert_false(load(NOW_S));
    assert_non_null(strstr(error, "the certificate has expired (Jan 15 07:59:59 2027 GMT)"));
    char *text = file_get("chain", &n);
    put_set(NOW_S + DAY_S, 0600);
    file_put("chain", text, n, 0644);
    free(text);
    assert_false(load(NOW_S));
    assert_non_null(strstr(error, "the private key does not belong to the certificate"));
}

/* --- what changes ---------------------------------------------------------------------------- */

static void set_time(const char *path, time_t modified_s)
{
    const struct timespec times[] = {{.tv_sec = modified_s}, {.tv_sec = modified_s}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* Loads, and nothing is seen as changed then. */
static void settle(void)
{
    assert_true(load(NOW_S));
    assert_false(cw_tls_files_changed(&files, NOW_S));
}

static void a_file_that_was_written_again_is_seen(void **state)
{
    (void)state;
    put_set(NOW_S + DAY_S, 0600);
    const char *const paths[] = {set_certificate, set_key};
    for (size_t i = 0; i < 2; i++) {
        set_time(paths[i], 1000);
        settle();
        set_time(paths[i], 1001);
        assert_true(cw_tls_files_changed(&files, NOW_S));
        settle();
        FILE *file = fopen(paths[i], "ab"); /* another size */
        assert_int_equal(fputc('\n', file), '\n');
        fclose(file);
        set_time(paths[i], 1001);
        assert_true(cw_tls_files_changed(&files, NOW_S));
        settle();
        size_t n; /* another file, of the same time and size */
        char *text = file_get(i == 0 ? "chain" : "private", &n);
        file_put("another", text, n, 0600);
        free(text);
        assert_int_equal(rename(file_path("another"), paths[i]), 0);
        set_time(paths[i], 1001);
        assert_true(cw_tls_files_changed(&files, NOW_S));
        settle();
    }
}

static void a_failed_reload_is_reported_once(void **state)
{
    (void)state;
    put_set(NOW_S + DAY_S, 0600);
    settle();
    file_put("chain", "damaged", 7, 0644);
    assert_true(cw_tls_files_changed(&files, NOW_S));
    assert_false(load(NOW_S));
    assert_non_null(strstr(error, "no certificate was found, or one is damaged"));
    assert_false(cw_tls_files_changed(&files, NOW_S));
    unlink(set_certificate);
    assert_true(cw_tls_files_changed(&files, NOW_S));
    assert_false(load(NOW_S));
    assert_false(cw_tls_files_changed(&files, NOW_S));
    put_set(NOW_S + DAY_S, 0600);
    assert_true(cw_tls_files_changed(&files, NOW_S));
    settle();
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, file_folder_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_first_start_makes_a_pair_and_the_next_one_reads_it),
        IN_FOLDER(modes_do_not_depend_on_the_umask),
        IN_FOLDER(a_certificate_is_renewed_in_time_with_the_same_key),
        IN_FOLDER(a_wrong_date_is_no_reason_to_fail),
        IN_FOLDER(other_names_get_another_certificate_with_the_same_key),
        IN_FOLDER(a_certificate_that_is_missing_or_damaged_is_made_again),
        IN_FOLDER(leftovers_of_a_killed_start_are_removed),
        IN_FOLDER(a_lost_or_damaged_key_is_not_replaced),
        IN_FOLDER(an_own_key_that_others_may_use_is_refused),
        IN_FOLDER(a_link_in_the_folder_is_refused),
        IN_FOLDER(without_a_good_name_there_is_no_certificate),
        IN_FOLDER(without_the_folder_there_is_no_pair),
        IN_FOLDER(a_renewal_that_fails_is_tried_again),
        IN_FOLDER(files_of_a_config_are_read_and_no_others_made),
        IN_FOLDER(links_to_files_of_a_config_are_followed),
        IN_FOLDER(one_file_without_the_other_is_refused),
        IN_FOLDER(a_key_of_a_config_may_be_for_a_group),
        IN_FOLDER(a_file_that_cannot_be_read_is_named),
        IN_FOLDER(a_file_has_a_greatest_length),
        IN_FOLDER(a_pair_that_cannot_serve_is_refused),
        IN_FOLDER(a_file_that_was_written_again_is_seen),
        IN_FOLDER(a_failed_reload_is_reported_once),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("tls_files", tests, NULL, NULL);
}
