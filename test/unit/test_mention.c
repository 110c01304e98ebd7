/* test_mention.c - which names a text mentions (text/mention.h), and the hours in which a user is
 * told of nothing (text/quiet_hours.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/mention.h"
#include "text/quiet_hours.h"

/* --- mentions ---------------------------------------------------------------------------- */

/* Each word and its shorter forms, with '/' between them, and ' ' between words. The text is a copy
 * of its own, so that a sanitizer sees a byte read behind it. */
static void expect(const char *text, const char *expected)
{
    char found[512] = "";
    size_t n = 0, length = strlen(text);
    char *copy = malloc(length == 0 ? 1 : length);
    memcpy(copy, text, length);
    struct cw_mention_scan scan = cw_mention_scan(cw_slice_of(copy, length));
    for (struct cw_slice word; cw_mention_next(&scan, &word);) {
        const char *before = n == 0 ? "" : " ";
        do {
            n += (size_t)snprintf(found + n, sizeof found - n, "%s%.*s", before, (int)word.n,
                                  (const char *)word.p);
            before = "/";
        } while (cw_mention_shorten(&word));
    }
    free(copy);
    assert_string_equal(found, expected);
}

static void words_behind_an_at(void **state)
{
    (void)state;
    expect("", "");
    expect("@", "");
    expect("@ bob", "");
    expect("@bob", "bob");
    expect("hi @bob\n@carol", "bob carol");
    expect("(@bob), \"@carol\": *@dave*", "bob),/bob carol\":/carol dave*/dave");
    expect("@bob's", "bob's/bob");
    expect("@a.b-c", "a.b-c/a.b/a");
    expect("~~@bob~~ |@c++|", "bob~~/bob c++|/c");
    expect("@@bob", "@bob");
    /* Not in a word, an address or a link. */
    expect("a@b.c \xc3\xa9@bob x.@bob https://x.org/@bob ?u=@bob", "");
    /* Behind a picture, and where scripts have no blanks. */
    expect("\xf0\x9f\x91\x8d@bob", "bob");
    expect("\xe4\xbd\xa0\xe5\xa5\xbd@bob\xe4\xbd\xa0\xe5\xa5\xbd\xef\xbc\x8c",
           "bob\xe4\xbd\xa0\xe5\xa5\xbd\xef\xbc\x8c/bob\xe4\xbd\xa0\xe5\xa5\xbd/bob");
    /* No blank is like another: U+00A0, U+2028, U+200D. */
    expect("@bob\xc2\xa0x @carol\xe2\x80\xa8x @dave\xe2\x80\x8dx", "bob carol dave");
}

static void code_mentions_nobody(void **state)
{
    (void)state;
    expect("`@bob`", "");
    expect("`@bob` @carol `@dave", "carol dave");
    expect("``a ` @bob`` @carol", "carol");
    expect("```\n@bob\n``` @carol", "carol");
    expect("a`@bob", "bob");
    expect("`````````@bob````````` `@carol`", "bob`````````/bob");
}

/* However long: a name has 64 bytes, and the time does not grow with the square. */
static void long_texts(void **state)
{
    (void)state;
    char text[200];
    char expected[65] = "";
    memset(expected, 'x', 64);
    snprintf(text, sizeof text, "@%s!", expected);
    expect(text, expected);
    static char many[1 << 20];
    for (size_t i = 0, run = 1; i + run < sizeof many; i += run + 1, run = run % 40 + 1) {
        memset(many + i, '`', run);
        many[i + run] = '@';
    }
    struct cw_mention_scan scan = cw_mention_scan(cw_slice_of(many, sizeof many - 64));
    struct cw_slice word;
    while (cw_mention_next(&scan, &word))
        assert_true(word.n <= 64);
}

/* --- hours ------------------------------------------------------------------------------- */

static void expect_hours(const char *text, const char *expected)
{
    struct cw_quiet_hours hours;
    char written[CW_QUIET_HOURS_MAX + 1] = "";
    if (cw_quiet_hours_read(cw_slice_str(text), &hours))
        written[cw_quiet_hours_write(&hours, written)] = 0;
    assert_string_equal(written, expected);
}

static void hours_are_written_in_one_way(void **state)
{
    (void)state;
    expect_hours("22:00-07:00 +02:00", "22:00-07:00 +02:00");
    expect_hours("00:00-00:00 -14:00", "00:00-00:00 -14:00");
    expect_hours("22:00-07:30 67 -03:30", "22:00-07:30 67 -03:30");
    expect_hours("22:00-07:00 1234567 +00:00", "22:00-07:00 +00:00");
    expect_hours("22:00-07:00 +01:00 Europe/Berlin", "22:00-07:00 +01:00 Europe/Berlin");
    expect_hours("22:00-07:00 12345 +01:00 Europe/Berlin 29580540+02:00 29882940+01:00",
                 "22:00-07:00 12345 +01:00 Europe/Berlin 29580540+02:00 29882940+01:00");
    expect_hours("22:00-07:00 1234 -03:30 America/Argentina/ComodRivadavia/1234567"
                 " 4294967288+14:00 4294967289-14:00 4294967290+00:00 4294967291+00:00"
                 " 4294967292+00:00 4294967293+00:00 4294967294+00:00 4294967295+00:00",
                 "22:00-07:00 1234 -03:30 America/Argentina/ComodRivadavia/1234567"
                 " 4294967288+14:00 4294967289-14:00 4294967290+00:00 4294967291+00:00"
                 " 4294967292+00:00 4294967293+00:00 4294967294+00:00 4294967295+00:00");
    const char *const wrong[] = {"22:00-07:00 +01:00 29580540+02:00",
                                 "22:00-07:00 +01:00 Europe/Berlin ",
                                 "22:00-07:00 +01:00 Europe Berlin",
                                 "22:00-07:00 +01:00 Europe/Berlin 0+02:00",
                                 "22:00-07:00 +01:00 Europe/Berlin 7+02:00 7+01:00",
                                 "22:00-07:00 +01:00 Europe/Berlin 7+15:00",
                                 "22:00-07:00 +01:00 Europe/Berlin 4294967296+02:00",
                                 ("22:00-07:00 +01:00 E 1+02:00 2+02:00 3+02:00 4+02:00 5+02:00 "
                                  "6+02:00 7+02:00 8+02:00 9+02:00"),
                                 "22:00-07:00 +01:00 12345678901234567890123456789012345678901",
                                 "22:00-07:00 +01:00 A1234567890123456789012345678901234567890",
                                 "",
                                 "off",
                                 "22:00",
                                 "22:00-07:00",
                                 "22:00-07:00 02:00",
                                 "24:00-07:00 +02:00",
                                 "22:60-07:00 +02:00",
                                 "2:00-07:00 +02:00",
                                 "22:00-07:00 +14:01",
                                 "22:00-07:00 21 +02:00",
                                 "22:00-07:00 11 +02:00",
                                 "22:00-07:00 8 +02:00",
                                 "22:00-07:00 0 +02:00",
                                 "22:00-07:00 1+02:00",
                                 "22:00-07:00 +02:00 "};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_hours(wrong[i], "");
}

#define HOUR_MS   UINT64_C(3600000)
#define MONDAY_MS (UINT64_C(4) * 24 * HOUR_MS) /* 1970-01-05, 00:00 UTC */

static bool holds(const char *text, uint64_t hours)
{
    struct cw_quiet_hours quiet;
    assert_true(cw_quiet_hours_read(cw_slice_str(text), &quiet));
    return cw_quiet_hours_hold(&quiet, MONDAY_MS + hours * HOUR_MS);
}

static void hours_hold(void **state)
{
    (void)state;
    /* In a day, and over midnight; the end is not in it. */
    assert_false(holds("12:00-14:00 +00:00", 11));
    assert_true(holds("12:00-14:00 +00:00", 12));
    assert_false(holds("12:00-14:00 +00:00", 14));
    assert_true(holds("22:00-07:00 +00:00", 22));
    assert_true(holds("22:00-07:00 +00:00", 24 + 6));
    assert_false(holds("22:00-07:00 +00:00", 24 + 7));
    /* By the clock of the user. */
    assert_true(holds("22:00-07:00 +02:00", 20));
    assert_false(holds("22:00-07:00 +02:00", 5));
    assert_true(holds("22:00-07:00 -03:00", 25));
    /* On the days that begin then: Monday, whose night is Tuesday's morning. */
    assert_true(holds("22:00-07:00 1 +00:00", 22));
    assert_true(holds("22:00-07:00 1 +00:00", 24 + 6));
    assert_false(holds("22:00-07:00 1 +00:00", 6));
    assert_false(holds("22:00-07:00 1 +00:00", 24 + 22));
    assert_true(holds("22:00-07:00 7 +00:00", 6));
    /* A whole day. */
    assert_true(holds("08:00-08:00 1 +00:00", 8));
    assert_true(holds("08:00-08:00 1 +00:00", 24 + 7));
    assert_false(holds("08:00-08:00 1 +00:00", 24 + 8));
    /* The offset changes at 03:00 on Tuesday, UTC, and back a day later: what was an hour of the
     * night is none any more. */
    assert_true(holds("22:00-07:00 +00:00 Europe/Berlin 7380+02:00 8820+00:00", 24 + 2));
    assert_false(holds("22:00-07:00 +00:00 Europe/Berlin 7380+02:00 8820+00:00", 24 + 6));
    assert_true(holds("22:00-07:00 +00:00 Europe/Berlin 7380+02:00 8820+00:00", 24 + 20));
    assert_true(holds("22:00-07:00 +00:00 Europe/Berlin 7380+02:00 8820+00:00", 48 + 6));
    struct cw_quiet_hours none = {0};
    assert_false(cw_quiet_hours_hold(&none, MONDAY_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_behind_an_at), cmocka_unit_test(code_mentions_nobody),
        cmocka_unit_test(long_texts),         cmocka_unit_test(hours_are_written_in_one_way),
        cmocka_unit_test(hours_hold),
    };
    return cmocka_run_group_tests_name("mention", tests, NULL, NULL);
}
