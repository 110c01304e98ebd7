/* test_manifest.c - the text of a manifest: exact bytes, and that nothing else is taken for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backup/manifest.h"

static const char whole[] =
    "chinwag backup 1\n"
    "number 12\n"
    "made 1764355803000\n"
    "version 1.2.3\n"
    "server key\n"
    "database 00ff\n"
    "schema 27\n"
    "newest 4294967300\n"
    "users 3\n"
    "groups 2\n"
    "conversations 4\n"
    "messages 5\n"
    "sum 0123456789abcdef\n"
    "audit_number 0\n"
    "audit -\n"
    "sealed -\n"
    "file 0101010101010101010101010101010101010101010101010101010101010101 - 7 blobs/a.b\n"
    "file 0202020202020202020202020202020202020202020202020202020202020202 "
    "0303030303030303030303030303030303030303030303030303030303030303 1048576 database/000000\n"
    "end 2 b7908a31ab71d040ac0b997ec20653cedf349d1fd37a471429cb130bb00537f0\n";

static struct cw_manifest_file files[2];

static struct cw_manifest example(void)
{
    memset(files, 0, sizeof files);
    files[0].name = cw_slice_str("blobs/a.b");
    files[0].size = 7;
    memset(files[0].hash, 1, sizeof files[0].hash);
    files[1].name = cw_slice_str("database/000000");
    files[1].size = 1048576;
    memset(files[1].hash, 2, sizeof files[1].hash);
    memset(files[1].content, 3, sizeof files[1].content);
    return (struct cw_manifest){.number = 12,
                                .made_ms = 1764355803000,
                                .version = cw_slice_str("1.2.3"),
                                .server = cw_slice_str("key"),
                                .db = cw_slice_str("00ff"),
                                .schema = 27,
                                .newest = 4294967300,
                                .users = 3,
                                .groups = 2,
                                .conversations = 4,
                                .messages = 5,
                                .sum = 0x0123456789abcdef,
                                .files = files,
                                .count = 2};
}

static void what_is_written_is_read_again(void **state)
{
    (void)state;
    struct cw_manifest manifest = example(), read;
    struct cw_buf text = {0}, again = {0};
    char error[160];
    cw_manifest_write(&manifest, &text);
    assert_true(text.n == sizeof whole - 1);
    assert_memory_equal(text.p, whole, sizeof whole - 1);
    assert_true(cw_manifest_read(cw_buf_slice(&text), &read, error));
    assert_int_equal(read.number, 12);
    assert_int_equal(read.count, 2);
    assert_true(read.sum == 0x0123456789abcdef);
    assert_false(read.sealed);
    const struct cw_manifest_file *found = cw_manifest_find(&read, cw_slice_str("blobs/a.b"));
    assert_ptr_equal(found, &read.files[0]);
    assert_null(cw_manifest_find(&read, cw_slice_str("blobs/a")));
    cw_manifest_write(&read, &again);
    assert_int_equal(again.n, text.n);
    assert_memory_equal(again.p, text.p, text.n);
    cw_manifest_finish(&read);
    cw_buf_finish(&again);
    cw_buf_finish(&text);
}

static void each_cut_is_half_a_backup(void **state)
{
    (void)state;
    struct cw_manifest manifest = example(), read;
    struct cw_buf text = {0};
    char error[160];
    cw_manifest_write(&manifest, &text);
    for (size_t n = 0; n < text.n; n++) {
        uint8_t *copy = malloc(n + 1); /* for a sanitizer to see what is read behind it */
        memcpy(copy, text.p, n);
        assert_false(cw_manifest_read(cw_slice_of(copy, n), &read, error));
        assert_non_null(strstr(error, "half a backup"));
        cw_manifest_finish(&read);
        free(copy);
    }
    cw_buf_finish(&text);
}

/* A change anywhere is noticed: where the text is still one, by the sum at the end. */
static void each_changed_byte_is_noticed(void **state)
{
    (void)state;
    struct cw_manifest manifest = example(), read;
    struct cw_buf text = {0};
    char error[160];
    cw_manifest_write(&manifest, &text);
    for (size_t i = 0; i < text.n; i++)
        for (int bit = 0; bit < 8; bit++) {
            text.p[i] ^= (uint8_t)(1 << bit);
            bool same_digit = i >= text.n - 65 && bit == 5; /* A for a */
            if (!same_digit)
                assert_false(cw_manifest_read(cw_buf_slice(&text), &read, error));
            else
                cw_manifest_read(cw_buf_slice(&text), &read, error);
            cw_manifest_finish(&read);
            text.p[i] ^= (uint8_t)(1 << bit);
        }
    cw_buf_finish(&text);
}

static void names_stay_in_their_folder(void **state)
{
    (void)state;
    static const char *const good[] = {"curve.key", "blobs/file-00a", "database/000000", "a"};
    static const char *const bad[] = {
        "", "/a", "a/", "../a", "a/../b", "a//b", ".a", "a/.b", "a/b/c", "a b", "a\n", "a\\b",
        "\xc3\xa4", "..",
        /* 66 characters */
        "012345678901234567890123456789012345678901234567890123456789012345"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(cw_manifest_name_good(cw_slice_str(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(cw_manifest_name_good(cw_slice_str(bad[i])));
}

/* In their order, so that none is there twice. */
static void order_matters(void **state)
{
    (void)state;
    struct cw_manifest manifest = example(), read;
    struct cw_buf text = {0};
    char error[160];
    files[1].name = files[0].name;
    cw_manifest_write(&manifest, &text);
    assert_false(cw_manifest_read(cw_buf_slice(&text), &read, error));
    assert_string_equal(error, "line 18: the files are not in the order of their names");
    cw_manifest_finish(&read);
    cw_buf_finish(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(each_cut_is_half_a_backup),
        cmocka_unit_test(each_changed_byte_is_noticed),
        cmocka_unit_test(names_stay_in_their_folder),
        cmocka_unit_test(order_matters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
