/* test_log_limit.c - one line of a kind a minute; and names in the log that forge nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/slice.h"
#include "server/log.h"
#include "server/log_limit.h"

static struct cw_log_limit limit;

static int empty(void **state)
{
    (void)state;
    memset(&limit, 0, sizeof limit);
    return 0;
}

static bool take(const char *kind, uint64_t now_ms, unsigned expected_left_out)
{
    unsigned left_out;
    bool written = cw_log_limit_take(&limit, kind, now_ms, &left_out);
    assert_int_equal(left_out, expected_left_out);
    return written;
}

static void one_of_a_kind_a_minute(void **state)
{
    (void)state;
    assert_true(take("192.0.2.7: closed: a", 1000, 0));
    for (int i = 0; i < 17; i++)
        assert_false(take("192.0.2.7: closed: a", 1000 + (uint64_t)i * 3000, 0));
    /* Other reasons and others are another kind. */
    assert_true(take("192.0.2.7: closed: b", 2000, 0));
    assert_true(take("192.0.2.8: closed: a", 2000, 0));
    assert_false(take("192.0.2.7: closed: a", 60999, 0));
    assert_true(take("192.0.2.7: closed: a", 61000, 18));
    assert_false(take("192.0.2.7: closed: a", 61001, 0));
    assert_true(take("192.0.2.7: closed: a", 200000, 1));
    assert_true(take("192.0.2.7: closed: a", 300000, 0));
}

static void what_was_left_out_is_told_without_another_line(void **state)
{
    char kind[CW_LOG_KIND_MAX];
    (void)state;
    assert_true(take("a", 0, 0));
    assert_true(take("b", 0, 0));
    assert_false(take("b", 1, 0));
    assert_false(take("b", 2, 0));
    assert_true(take("c", 30000, 0));
    assert_false(take("c", 30000, 0));
    assert_int_equal(cw_log_limit_expire(&limit, 59999, kind), 0);
    assert_int_equal(cw_log_limit_expire(&limit, 60000, kind), 2);
    assert_string_equal(kind, "b");
    assert_int_equal(cw_log_limit_expire(&limit, 60000, kind), 0);
    assert_int_equal(limit.count, 1); /* `a` is forgotten, too */
    assert_int_equal(cw_log_limit_expire(&limit, 90000, kind), 1);
    assert_string_equal(kind, "c");
    assert_int_equal(limit.count, 0);
}

/* Many addresses take no memory and hide nobody's line. */
static void so_many_kinds_are_remembered(void **state)
{
    char kind[32];
    (void)state;
    for (unsigned i = 0; i < 5 * CW_LOG_KINDS; i++) {
        snprintf(kind, sizeof kind, "192.0.2.%u", i);
        assert_true(take(kind, i, 0));
        assert_false(take(kind, i, 0));
    }
    assert_int_equal(limit.count, CW_LOG_KINDS);
    assert_false(take("192.0.2.2559", 3000, 0));
    assert_true(take("192.0.2.0", 3000, 0)); /* the oldest were forgotten */
}

static void quoted(const char *name, size_t n, const char *expected)
{
    char text[CW_LOG_QUOTED_MAX];
    cw_log_quote(cw_slice_of(name, n), text);
    assert_string_equal(text, expected);
}
#define QUOTED(name, expected) quoted(name, sizeof(name) - 1, expected)

static void names_are_quoted(void **state)
{
    char longest[65];
    (void)state;
    QUOTED("alice", "\"alice\"");
    QUOTED("", "\"\"");
    QUOTED("J\xc3\xbcrgen \xe6\x9d\xb1", "\"J\xc3\xbcrgen \xe6\x9d\xb1\"");
    QUOTED("a\n\0\x7f\"\\b", "\"a\\x0A\\x00\\x7F\\x22\\x5Cb\"");
    QUOTED("a\xc2\x85\xe2\x80\xa8\xe2\x80\xae", "\"a\\u{85}\\u{2028}\\u{202E}\"");
    QUOTED("\xf3\xa0\x81\x81", "\"\\u{E0041}\"");
    QUOTED("not UTF-8 \xff\xc3", "\"not UTF-8 \\xFF\\xC3\"");
    memset(longest, 'x', sizeof longest);
    char expected[80];
    snprintf(expected, sizeof expected, "\"%.64s\"", longest);
    quoted(longest, 64, expected);
    snprintf(expected, sizeof expected, "\"%.64s\"...", longest);
    quoted(longest, 65, expected);
}

static void the_longest_quoted_name_fits(void **state)
{
    char name[200], text[CW_LOG_QUOTED_MAX];
    (void)state;
    memset(name, '\n', sizeof name);
    cw_log_quote(cw_slice_of(name, sizeof name), text);
    assert_int_equal(strlen(text), CW_LOG_QUOTED_MAX - 1);
    for (size_t i = 0; i < sizeof name; i += 2)
        memcpy(name + i, "\xc2\x85", 2);
    cw_log_quote(cw_slice_of(name, sizeof name), text);
    assert_true(strlen(text) < CW_LOG_QUOTED_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_of_a_kind_a_minute, empty),
        cmocka_unit_test_setup(what_was_left_out_is_told_without_another_line, empty),
        cmocka_unit_test_setup(so_many_kinds_are_remembered, empty),
        cmocka_unit_test(names_are_quoted),
        cmocka_unit_test(the_longest_quoted_name_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
