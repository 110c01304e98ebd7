/* test_query.c - the filters of a search, and what people may say of themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "text/profile_text.h"
#include "text/query.h"

/* --- queries ---------------------------------------------------------------------------- */

/* "words|from|in|from_ms|before_ms|has", or the rule. */
static void assert_query(const char *text, const char *expected)
{
    struct cw_buf words = {0};
    struct cw_query query;
    char read[300];
    enum cw_rule rule = cw_query_read(cw_slice_str(text), &query, &words);
    if (rule != CW_RULE_NONE)
        snprintf(read, sizeof read, "rule %d", (int)rule);
    else
        snprintf(read, sizeof read, "%.*s|%.*s|%.*s|%llu|%llu|%u", (int)words.n,
                 words.n == 0 ? "" : (const char *)words.p, (int)query.from.n,
                 query.from.n == 0 ? "" : (const char *)query.from.p, (int)query.in.n,
                 query.in.n == 0 ? "" : (const char *)query.in.p, (unsigned long long)query.from_ms,
                 (unsigned long long)query.before_ms, query.has);
    assert_string_equal(read, expected);
    cw_buf_finish(&words);
}

static void assert_refused(const char *text, enum cw_rule rule)
{
    char expected[20];
    snprintf(expected, sizeof expected, "rule %d", (int)rule);
    assert_query(text, expected);
}

static void filters_stand_between_words(void **state)
{
    (void)state;
    assert_query("", "|||0|0|0");
    assert_query("  pea\tsoup ", "pea soup |||0|0|0");
    assert_query("from:alice pea in:#cooks soup", "pea soup |alice|#cooks|0|0|0");
    assert_query("from:@alice in:@bob", "|alice|bob|0|0|0");
    assert_query("has:file has:link x has:file", "x |||0|0|5");
    assert_query("has:voice", "|||0|0|2");
    /* Not at the beginning of a word, in quotation marks, or not one of ours: words. */
    assert_query("\"from:alice\" xfrom:alice http://a FROM:b",
                 "\"from:alice\" xfrom:alice http://a FROM:b |||0|0|0");
    assert_query("\"a from:b", "\"a from:b |||0|0|0");
}

static void dates_are_days_or_minutes(void **state)
{
    (void)state;
    assert_query("after:1971-01-01", "|||31536000000|0|0");
    assert_query("after:2000-03-01 before:2026-12-24T18:30", "|||951868800000|1798137000000|0");
    assert_query("before:2024-02-29", "|||0|1709164800000|0");
    assert_query("before:9999-12-31", "|||0|253402214400000|0");
    static const char *const wrong[] = {"before:",
                                        "before:2023-02-29",
                                        "before:2026-13-01",
                                        "before:2026-1-1",
                                        "before:2026-00-10",
                                        "before:2026-12-00",
                                        "before:yesterday",
                                        "before:2026-12-24T",
                                        "before:1970-12-31",
                                        "before:2026-12-24T24:00",
                                        "before:2026-12-24x",
                                        "before:2100-02-29",
                                        "before:20261224",
                                        "before:2026-12-24T18:60",
                                        "before:2026-12-24T1:00"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_refused(wrong[i], CW_RULE_FILTER_DATE);
}

static void wrong_filters_are_refused(void **state)
{
    (void)state;
    assert_refused("soup from:", CW_RULE_FILTER_NAME);
    assert_refused("from:@", CW_RULE_FILTER_NAME);
    assert_refused("in:#", CW_RULE_FILTER_NAME);
    assert_refused("has:", CW_RULE_FILTER_HAS);
    assert_refused("has:files", CW_RULE_FILTER_HAS);
    assert_refused("from:a from:a", CW_RULE_FILTER_TWICE);
    assert_refused("in:a x in:b", CW_RULE_FILTER_TWICE);
    assert_refused("after:2026-01-01 after:2026-01-01", CW_RULE_FILTER_TWICE);
}

static void links_are_seen(void **state)
{
    (void)state;
    assert_true(cw_text_has_link(cw_slice_str("see https://example.org")));
    assert_true(cw_text_has_link(cw_slice_str("http://x")));
    assert_true(cw_text_has_link(cw_slice_str("chinwag://h/#cooks")));
    assert_false(cw_text_has_link(cw_slice_str("https://")));
    assert_false(cw_text_has_link(cw_slice_str("https:// x")));
    assert_false(cw_text_has_link(cw_slice_str("example.org http")));
    assert_false(cw_text_has_link(cw_slice_str("")));
}

/* --- profiles ------------------------------------------------------------------------------ */

static void display_names_deceive_nobody(void **state)
{
    (void)state;
    static const char *const good[] = {"Alice Cooper",   "Алиса", "O'Neil-Smith, Jr.", "愛子", "x",
                                       "Zoë \U0001f469", "bob"};
    static const char *const characters[] = {"Alice (bob)", "Alice \uff08bob\uff09",
                                             "\uff20alice", "a\u202eb",
                                             "a\u200bb",    "a\tb",
                                             "a\nb",        "<b>",
                                             "#cooks",      "a\u2028b",
                                             "\ue000",      "a\u0378",
                                             "\xc3\x28",    "a\u2066b",
                                             "a\x7f-",      "a\u00adb"};
    static const char *const forms[] = {
        " alice", "alice ", "a  b", "...", "\u0301-", "a\u0301\u0301\u0301\u0301", " ", "-"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(cw_display_fault(cw_slice_str(good[i])), CW_RULE_NONE);
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++)
        if (cw_display_fault(cw_slice_str(characters[i])) != CW_RULE_DISPLAY_CHARACTER)
            fail_msg("%s", characters[i]);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (cw_display_fault(cw_slice_str(forms[i])) != CW_RULE_DISPLAY_FORM)
            fail_msg("%s", forms[i]);
}

static void a_status_is_one_line(void **state)
{
    (void)state;
    assert_true(cw_status_is_good(cw_slice_str("out (until noon) @ home \U0001f3d6\ufe0f")));
    assert_true(cw_status_is_good(cw_slice_str("")));
    assert_false(cw_status_is_good(cw_slice_str("two\nlines")));
    assert_false(cw_status_is_good(cw_slice_str("a\u202e")));
    assert_false(cw_status_is_good(cw_slice_str("\xff")));
}

static void zones_have_names_or_offsets(void **state)
{
    (void)state;
    static const char *const good[] = {"Europe/Berlin",
                                       "UTC",
                                       "Z",
                                       "Etc/GMT+5",
                                       "+02:00",
                                       "-0330",
                                       "America/Argentina/Buenos_Aires",
                                       "+14:00",
                                       "-00:00"};
    static const char *const bad[] = {
        "",        "Europe/",       "/x",     "Europe//Berlin", "+2",  "+24:00", "+02:60", "+02-00",
        "+02:000", "Europe/B rlin", "../etc", "+0a00",          "1st", "+02:0"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!cw_zone_is_good(cw_slice_str(good[i])))
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (cw_zone_is_good(cw_slice_str(bad[i])))
            fail_msg("%s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_stand_between_words),  cmocka_unit_test(dates_are_days_or_minutes),
        cmocka_unit_test(wrong_filters_are_refused),    cmocka_unit_test(links_are_seen),
        cmocka_unit_test(display_names_deceive_nobody), cmocka_unit_test(a_status_is_one_line),
        cmocka_unit_test(zones_have_names_or_offsets),
    };
    return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
