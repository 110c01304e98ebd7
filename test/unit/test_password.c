/* test_password.c - passwords as RFC 8265 (OpaqueString) has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/password.h"

static const char *prepare(const char *text, char out[CW_PASSWORD_MAX + 1])
{
    struct cw_password prepared;
    enum cw_rule rule = cw_password_prepare(cw_slice_str(text), &prepared);
    memcpy(out, prepared.p, prepared.n);
    out[prepared.n] = '\0';
    return cw_rule_identifier(rule);
}

static void canonically_equal_ones_are_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *prepared;
    } cases[] = {
        {"correct horse", "correct horse"},
        {"CaSe counts", "CaSe counts"},
        {"pa\xcc\x88sswort", "p\xc3\xa4sswort"},          /* a and U+0308 */
        {"p\xc3\xa4sswort", "p\xc3\xa4sswort"},           /* composed already */
        {"x\xe2\x84\xab", "x\xc3\x85"},                   /* ANGSTROM SIGN: a singleton */
        {"q\xcc\x87\xcc\xa3", "q\xcc\xa3\xcc\x87"},       /* marks in canonical order */
        {"\xe1\xb8\x8b\xcc\xa3", "\xe1\xb8\x8d\xcc\x87"}, /* d dot above, dot below */
        {"s\xcc\xa3\xcc\x87", "\xe1\xb9\xa9"},            /* twice composed */
        {"\xe0\xa5\x98", "\xe0\xa4\x95\xe0\xa4\xbc"},     /* U+0958: excluded from composition */
        {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c"}, /* Hangul: L, V, T */
        {"\xed\x95\x98\xe1\x86\xab", "\xed\x95\x9c"},             /* LV and T */
        {"\xef\xac\x81", "\xef\xac\x81"},                         /* the ligature fi: no NFKC */
        {"\xef\xbc\xa1", "\xef\xbc\xa1"},                         /* a full-width A stays, too */
        {"a\xc2\xa0 b\xe3\x80\x80", "a  b "},                     /* U+00A0 and U+3000 are spaces */
        {"a\xe1\x9a\x80", "a "},                                  /* OGHAM SPACE MARK */
        {" begins and ends ", " begins and ends "},
        {"\xf0\x9f\x94\x91\xe2\x82\xac", "\xf0\x9f\x94\x91\xe2\x82\xac"}, /* key, euro */
        {"\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8d", "\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8d"},
    };
    char out[CW_PASSWORD_MAX + 1], again[CW_PASSWORD_MAX + 1];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_null(prepare(cases[i].typed, out));
        assert_string_equal(out, cases[i].prepared);
        assert_null(prepare(out, again)); /* what is prepared stays so */
        assert_string_equal(again, out);
    }
}

static void what_nobody_can_see_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "tab\tin it",           "new\nline",          "del\x7f",
        "c1\xc2\x85",           "soft\xc2\xadhyphen", "zero\xe2\x80\x8bwidth",
        "joiner\xe2\x80\x8d", /* not behind a virama */
        "selector\xef\xb8\x8f", "line\xe2\x80\xa8",   "private\xee\x80\x80",
        "none\xef\xbf\xbe",                        /* a noncharacter */
        "unassigned\xcd\xb8",   "old\xe1\x84\x92", /* a jamo that is no syllable */
        "broken\xff",
    };
    char out[CW_PASSWORD_MAX + 1];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(prepare(cases[i], out), "password_character");
    assert_non_null(prepare("", out));
}

static void composing_can_make_it_too_long(void **state)
{
    (void)state;
    char text[CW_PASSWORD_MAX + 1] = "", out[CW_PASSWORD_MAX + 1];
    for (size_t i = 0; i + 3 <= CW_PASSWORD_MAX; i += 3)
        memcpy(text + i, "\xe0\xa5\x98", 4); /* 3 bytes become 6 */
    assert_string_equal(prepare(text, out), "password_too_long_composed");
    text[CW_PASSWORD_MAX / 6 * 3] = '\0';
    assert_null(prepare(text, out));
    assert_int_equal(strlen(out), CW_PASSWORD_MAX / 6 * 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonically_equal_ones_are_the_same),
        cmocka_unit_test(what_nobody_can_see_is_refused),
        cmocka_unit_test(composing_can_make_it_too_long),
    };
    return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
