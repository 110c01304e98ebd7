/* test_name.c - which names are the same, which are none, and properties of all keys. New names:
 * test_new_name.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <utf8proc.h>

#include "text/look.h"
#include "text/name.h"

static bool is_name(const char *name)
{
    struct cw_name_key key;
    return cw_name_fold(cw_slice_str(name), &key);
}

static void assert_key(const char *name, const char *wanted)
{
    struct cw_name_key key;
    assert_true(cw_name_fold(cw_slice_str(name), &key));
    assert_int_equal(key.n, strlen(wanted));
    assert_memory_equal(key.p, wanted, key.n);
}

static bool same(const char *a, const char *b)
{
    struct cw_name_key ka, kb;
    assert_true(cw_name_fold(cw_slice_str(a), &ka));
    assert_true(cw_name_fold(cw_slice_str(b), &kb));
    return cw_slice_eq(cw_name_key_slice(&ka), cw_name_key_slice(&kb));
}

/* --- length -------------------------------------------------------------------------- */

static void a_name_has_1_to_64_bytes(void **state)
{
    (void)state;
    char name[CW_NAME_MAX + 2] = "";
    assert_false(is_name(""));
    assert_key("a", "a");
    memset(name, 'a', CW_NAME_MAX);
    assert_key(name, name);
    name[CW_NAME_MAX] = 'a';
    assert_false(is_name(name));
    for (int i = 0; i < CW_NAME_MAX; i += 4)
        memcpy(name + i, "\xf0\x90\x90\xa8", 4); /* U+10428 */
    name[CW_NAME_MAX] = 0;
    assert_key(name, name);
    name[CW_NAME_MAX] = 'a';
    assert_false(is_name(name));
}

/* U+3316 becomes six letters, 18 bytes for three. */
static void a_key_has_at_most_256_bytes(void **state)
{
    (void)state;
    struct cw_name_key key;
    char name[CW_NAME_MAX] = "";
    for (int i = 0; i < 14; i++)
        strcat(name, "㌖");
    strcat(name, "aaaa");
    assert_true(cw_name_fold(cw_slice_str(name), &key));
    assert_int_equal(key.n, CW_NAME_KEY_MAX);
    strcat(name, "a");
    assert_false(is_name(name));
    for (int i = 0; i < 21; i++)
        memcpy(name + 3 * i, "㌖", 4);
    assert_false(is_name(name));
}

/* --- the same name ----------------------------------------------------------------------- */

static void ascii_letters_fold(void **state)
{
    (void)state;
    assert_key("ALICE", "alice");
    assert_key("aZ@#[`{~!09", "az@#[`{~!09");
    assert_false(same("alice", "a1ice"));
}

static void letters_fold_as_unicode_does_by_default(void **state)
{
    (void)state;
    assert_key("Straße", "strasse");
    assert_true(same("STRASSE", "straße"));
    assert_true(same("ẞ", "ss"));
    assert_key("ΟΔΟΣ", "οδοσ"); /* a final sigma is a sigma */
    assert_true(same("οδος", "ΟΔΟΣ"));
    assert_true(same("ПРИВЕТ", "привет"));
    assert_true(same("ΐ", "ΐ")); /* U+0390, U+1FD3 */
    /* Not by the rules of Turkish: dotless i stays apart, dotted I keeps its dot. */
    assert_key("ı", "ı");
    assert_false(same("ı", "I"));
    assert_true(same("I", "i"));
    assert_key("İ", "i\xcc\x87");
    assert_false(same("İ", "i"));
}

static void compatible_forms_are_the_same(void **state)
{
    (void)state;
    assert_key("Ａｌｉｃｅ１", "alice1");
    assert_key("ﬁﬀ", "fiff");
    assert_key("Ⓐ²", "a2");
    assert_key("ｶﾞ", "ガ");
    assert_key("\xe2\x84\xab", "\xc3\xa5");                        /* the Angstrom sign */
    assert_key("\xc3\x85", "\xc3\xa5");                            /* U+00C5 */
    assert_key("A\xcc\x8a", "\xc3\xa5");                           /* A, U+030A */
    assert_true(same("\xea\xb0\x80", "\xe1\x84\x80\xe1\x85\xa1")); /* Hangul and its jamo */
}

/* Marks may be written in any order that means the same: what folds to a letter
 * (U+0345, iota below) must not come between the letter and its accent. */
static void marks_are_put_in_order_before_folding(void **state)
{
    (void)state;
    assert_true(same("q\xcc\xa3\xcc\x87", "q\xcc\x87\xcc\xa3"));
    assert_true(same("\xce\xb7\xcd\x85\xcc\x81", "\xce\xb7\xcc\x81\xcd\x85"));
    assert_true(same("\xe1\xbf\x84", "\xce\xb7\xcd\x85\xcc\x81")); /* U+1FC4 */
}

/* --- no name ------------------------------------------------------------------------------- */

static void assert_refused(const char *const refused[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[64];
        static const char *const around[] = {"%s", "a%s", "%sa", "a%sb", "é%s", "%sé"};
        for (size_t k = 0; k < sizeof around / sizeof around[0]; k++) {
            char *at = strstr(around[k], "%s");
            snprintf(name, sizeof name, "%.*s%s%s", (int)(at - around[k]), around[k], refused[i],
                     at + 2);
            if (is_name(name))
                fail_msg("row %zu, %s", i, around[k]);
        }
    }
}

#define ASSERT_REFUSED(...)                                                                        \
    do {                                                                                           \
        static const char *const rows[] = {__VA_ARGS__};                                           \
        assert_refused(rows, sizeof rows / sizeof rows[0]);                                        \
    } while (0)

static void control_characters_are_refused(void **state)
{
    (void)state;
    struct cw_name_key key;
    for (char c = 1; c < ' '; c++)
        assert_false(is_name((char[]){'a', c, 'b', 0}));
    ASSERT_REFUSED("\x7f", "\xc2\x80", "\xc2\x85", "\xc2\x9f");
    assert_false(cw_name_fold(cw_slice_of("a\0b", 3), &key));
    assert_false(cw_name_fold(cw_slice_of("\0", 1), &key));
    assert_false(cw_name_fold(cw_slice_of("\xc3\xa9\0", 3), &key));
}

static void format_characters_are_refused(void **state)
{
    (void)state;
    ASSERT_REFUSED("\xc2\xad",          /* soft hyphen */
                   "\xe2\x80\x8b",      /* zero width space */
                   "\xe2\x80\x8d",      /* zero width joiner */
                   "\xe2\x80\xae",      /* right-to-left override */
                   "\xe2\x81\xa6",      /* left-to-right isolate */
                   "\xef\xbb\xbf",      /* byte order mark */
                   "\xf3\xa0\x81\x81"); /* tag letter */
}

static void white_space_is_refused(void **state)
{
    (void)state;
    ASSERT_REFUSED(" ", "\t", "\xc2\xa0",          /* no-break space */
                   "\xe1\x9a\x80",                 /* Ogham */
                   "\xe2\x80\x80", "\xe2\x80\x8a", /* en quad, hair space */
                   "\xe2\x80\xa8", "\xe2\x80\xa9", /* line and paragraph separator */
                   "\xe2\x80\xaf", "\xe2\x81\x9f", /* narrow no-break, mathematical */
                   "\xe3\x80\x80");                /* ideographic */
}

static void what_normalises_to_white_space_is_refused(void **state)
{
    (void)state;
    ASSERT_REFUSED("\xc2\xa8",      /* a diaeresis that stands alone */
                   "\xc2\xaf",      /* a macron that does */
                   "\xef\xb7\xba"); /* U+FDFA, four words */
}

static void what_is_not_assigned_is_refused(void **state)
{
    (void)state;
    ASSERT_REFUSED("\xcd\xb8",          /* U+0378 */
                   "\xef\xb7\x90",      /* U+FDD0, never a character */
                   "\xef\xbf\xbe",      /* U+FFFE */
                   "\xf0\xbf\xbf\xbf",  /* U+3FFFF */
                   "\xf4\x8f\xbf\xbf"); /* U+10FFFF */
}

static void what_is_not_utf8_is_refused(void **state)
{
    (void)state;
    ASSERT_REFUSED("\x80", "\xc3", "\xff", "\xc0\x80", "\xe0\x80\xaf", "\xed\xa0\x80",
                   "\xf4\x90\x80\x80", "\xe2\x82");
}

static void no_name_begins_like_an_address(void **state)
{
    (void)state;
    static const char *const begins[] = {"@", "#", "＠", "＃", "﹫", "﹟"};
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        char name[16];
        assert_false(is_name(begins[i]));
        snprintf(name, sizeof name, "%sa", begins[i]);
        assert_false(is_name(name));
        snprintf(name, sizeof name, "%sé", begins[i]);
        assert_false(is_name(name));
        snprintf(name, sizeof name, "a%s", begins[i]);
        assert_true(is_name(name));
    }
    assert_key("a＠＃b", "a@#b");
}

/* --- punctuation at the ends ----------------------------------------------------------- */

static void punctuation_at_the_ends_does_not_count(void **state)
{
    (void)state;
    static const char *const same_as_alice[] = {
        "alice.",  "(alice)",           "Alice!?",       "_alice_",           "\"alice\"",
        "'alice'", "\u00bfalice?",      "alice*",        "\u00abalice\u00bb", "alice\u2026",
        ".alice",  "\uff08alice\uff09", "alice.\xcc\x81"};
    for (size_t i = 0; i < sizeof same_as_alice / sizeof same_as_alice[0]; i++)
        assert_key(same_as_alice[i], "alice");
    assert_key("a.b-c_d", "a.b-c_d");
    assert_key("c++", "c++"); /* symbols are no punctuation */
    assert_key("\u00e9.", "\u00e9");
    assert_key("...", "...");
    assert_false(same("alice", "al.ice"));
    struct cw_name_key key;
    assert_true(cw_name_fold_whole(cw_slice_str("(Alice)"), &key));
    assert_int_equal(key.n, 7);
}

/* --- properties ------------------------------------------------------------------------------ */

static struct cw_slice encode(const int32_t *points, size_t count, uint8_t out[CW_NAME_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += (size_t)utf8proc_encode_char(points[i], out + n);
    return cw_slice_of(out, n);
}

static void describe(const char *what, struct cw_slice name)
{
    char text[3 * CW_NAME_MAX + 1] = "";
    for (size_t i = 0; i < name.n && i < CW_NAME_MAX; i++)
        sprintf(text + 3 * i, " %02x", name.p[i]);
    fail_msg("%s:%s", what, text);
}

/* A key is a name, and its own key. */
static bool check_key_of_key(struct cw_slice name)
{
    struct cw_name_key key, again;
    if (!cw_name_fold(name, &key))
        return false;
    if (key.n > CW_NAME_MAX)
        return true;
    if (!cw_name_fold(cw_name_key_slice(&key), &again) ||
        !cw_slice_eq(cw_name_key_slice(&key), cw_name_key_slice(&again)))
        describe("the key of the key differs", name);
    return true;
}

/* However it is written, it is the same name. */
static void check_form(struct cw_slice name, utf8proc_option_t options)
{
    struct cw_name_key key, other;
    uint8_t *form;
    utf8proc_ssize_t n =
        utf8proc_map(name.p, (utf8proc_ssize_t)name.n, &form, UTF8PROC_STABLE | options);
    assert_true(n > 0);
    if (n <= CW_NAME_MAX && cw_name_fold(name, &key) &&
        (!cw_name_fold(cw_slice_of(form, (size_t)n), &other) ||
         !cw_slice_eq(cw_name_key_slice(&key), cw_name_key_slice(&other))))
        describe("the normal form has another key", name);
    free(form);
}

static bool check(struct cw_slice name)
{
    if (!check_key_of_key(name))
        return false;
    check_form(name, UTF8PROC_COMPOSE);
    check_form(name, UTF8PROC_DECOMPOSE);
    check_form(name, UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    check_form(name, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
    return true;
}

static void every_character_keeps_its_key(void **state)
{
    (void)state;
    size_t names = 0;
    for (int32_t c = 1; c < 0x30000; c++) {
        uint8_t bytes[CW_NAME_MAX];
        if (c < 0xd800 || c > 0xdfff)
            names += check(encode(&c, 1, bytes));
    }
    assert_true(names > 130000); /* of Unicode 15's 149,186 characters */
}

static uint32_t random_below(uint32_t *random, uint32_t limit)
{
    *random = *random * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*random * limit) >> 32);
}

/* A code point from where normalising and folding have something to do. */
static int32_t random_point(uint32_t *random)
{
    static const struct {
        int32_t from, to;
    } blocks[] = {{0x21, 0x7e},     {0xa1, 0x24f},     {0x300, 0x36f},   {0x370, 0x52f},
                  {0x1e00, 0x1fff}, {0x2070, 0x218f},  {0xac00, 0xac40}, {0x1100, 0x11ff},
                  {0x3041, 0x33ff}, {0xfb00, 0xfb4f},  {0xff01, 0xffdc}, {0x10400, 0x1044f},
                  {0x5b0, 0x65f},   {0x900, 0x9ff},    {0x10a0, 0x10ff}, {0x13a0, 0x13ff},
                  {0xab70, 0xabbf}, {0x1d400, 0x1d7ff}};
    uint32_t i = random_below(random, sizeof blocks / sizeof blocks[0]);
    return blocks[i].from +
           (int32_t)random_below(random, (uint32_t)(blocks[i].to - blocks[i].from + 1));
}

static void some_rows_of_characters_keep_their_key(void **state)
{
    (void)state;
    uint32_t random = 1;
    size_t names = 0;
    for (int round = 0; round < 100000; round++) {
        int32_t points[5];
        uint8_t bytes[CW_NAME_MAX];
        size_t count = 2 + random_below(&random, 4);
        for (size_t i = 0; i < count; i++)
            points[i] = random_point(&random);
        names += check(encode(points, count, bytes));
    }
    assert_true(names > 40000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_has_1_to_64_bytes),
        cmocka_unit_test(a_key_has_at_most_256_bytes),
        cmocka_unit_test(ascii_letters_fold),
        cmocka_unit_test(letters_fold_as_unicode_does_by_default),
        cmocka_unit_test(compatible_forms_are_the_same),
        cmocka_unit_test(marks_are_put_in_order_before_folding),
        cmocka_unit_test(control_characters_are_refused),
        cmocka_unit_test(format_characters_are_refused),
        cmocka_unit_test(white_space_is_refused),
        cmocka_unit_test(what_normalises_to_white_space_is_refused),
        cmocka_unit_test(what_is_not_assigned_is_refused),
        cmocka_unit_test(what_is_not_utf8_is_refused),
        cmocka_unit_test(no_name_begins_like_an_address),
        cmocka_unit_test(punctuation_at_the_ends_does_not_count),
        cmocka_unit_test(every_character_keeps_its_key),
        cmocka_unit_test(some_rows_of_characters_keep_their_key),
    };
    return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
