/* test_new_name.c - what a new name must be, and which names look alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <utf8proc.h>

#include "text/look.h"
#include "text/name.h"
#include "text/unicode.h"

static bool is_name(const char *name)
{
    struct cw_name_key key;
    return cw_name_fold(cw_slice_str(name), &key);
}

/* --- what a new name must be ------------------------------------------------------------ */

static bool is_good(const char *name)
{
    return cw_name_fault(cw_slice_str(name)) == CW_RULE_NONE;
}

static void assert_at_fault(const char *name, const char *with)
{
    char text[CW_RULE_TEXT_MAX + 1] = "(good)";
    struct cw_fault fault = {.rule = (uint8_t)cw_name_fault(cw_slice_str(name))};
    if (fault.rule != CW_RULE_NONE)
        text[cw_rule_text(&fault, 0, (struct cw_slice){0}, text)] = 0;
    if (strstr(text, with) == NULL)
        fail_msg("%s: %s", name, text);
}

static void what_cannot_be_seen_is_no_new_name(void **state)
{
    (void)state;
    static const char *const invisible[] = {
        "\ufe0f", "\ufe00",     "\u034f",     "\u3164",     "\u115f",    "\u1160",
        "\uffa0", "\u180b",     "\u180f",     "\u17b4",     "\u17b5",    "\u2800",
        "\ufffc", "\U000e0100", "\U000e01ef", "\U0001d159", "\U00016fe4"};
    for (size_t i = 0; i < sizeof invisible / sizeof invisible[0]; i++) {
        static const char *const around[] = {"%s", "a%s", "%sa", "a%sb", "é%s", "%sé"};
        for (size_t k = 0; k < sizeof around / sizeof around[0]; k++) {
            char name[32];
            const char *at = strstr(around[k], "%s");
            snprintf(name, sizeof name, "%.*s%s%s", (int)(at - around[k]), around[k], invisible[i],
                     at + 2);
            assert_at_fault(name, "seen");
        }
    }
    assert_at_fault("a\u200b", "control"); /* what is no name at all */
    assert_at_fault("\ue000", "private");
    assert_at_fault("a\U000f0000", "private");
    assert_at_fault("a\U0010fffd", "private");
    assert_at_fault("\U0001fffe", "control"); /* never a character */
}

static void a_new_name_shows_something(void **state)
{
    (void)state;
    assert_at_fault("...", "letter");
    assert_at_fault("(!)", "letter");
    assert_at_fault("_", "letter");
    assert_at_fault("\u0301", "mark");
    assert_at_fault("\u0301a", "mark");
    assert_at_fault(".\u0301", "letter");
    assert_true(is_good("(a)"));
    assert_true(is_good("7"));
    assert_true(is_good("+"));
    assert_true(is_good("\U0001f600"));
    assert_true(is_good("\u5c71"));
}

static void marks_do_not_pile_up(void **state)
{
    (void)state;
    assert_true(is_good("a\u0301\u0301\u0301"));
    assert_at_fault("a\u0301\u0301\u0301\u0301", "3 combining");
    assert_at_fault("\u00e1\u0301\u0301\u0301", "3 combining");       /* composed, or not */
    assert_at_fault("\u0e01\u0e47\u0e47\u0e47\u0e47", "3 combining"); /* Thai, which has no class */
    assert_at_fault("a\u20dd\u20dd\u20dd\u20dd", "3 combining");
    assert_true(is_good("Th\u1ebf"));                       /* Vietnamese */
    assert_true(is_good("\u1fa7"));                         /* polytonic Greek */
    assert_true(is_good("\u1019\u103c\u102d\u102f\u1037")); /* Burmese: a town */
    assert_true(is_good("\u0f66\u0f92\u0fb2\u0f74\u0f56")); /* Tibetan */
    assert_true(is_good("\u0e19\u0e49\u0e33"));             /* Thai: water */
}

static void a_new_name_is_no_option_and_no_path(void **state)
{
    (void)state;
    assert_at_fault("-alice", "hyphen");
    assert_at_fault("\uff0dalice", "hyphen");
    assert_at_fault("--help", "hyphen");
    assert_at_fault("a/b", "/");
    assert_at_fault("a\uff0f", "/");
    assert_true(is_good("a-b-"));
    assert_true(is_name("-alice")); /* one that was taken before is addressed */
    assert_true(is_name("a/b"));
}

/* --- look-alikes ------------------------------------------------------------------------- */

static bool look_alike(const char *a, const char *b)
{
    struct cw_looks la, lb;
    struct cw_slice look, other;
    cw_name_looks(cw_slice_str(a), &la);
    cw_name_looks(cw_slice_str(b), &lb);
    for (struct cw_slice x = cw_looks_slice(&la); cw_looks_next(&x, &look);)
        for (struct cw_slice y = cw_looks_slice(&lb); cw_looks_next(&y, &other);)
            if (cw_slice_eq(look, other))
                return true;
    return false;
}

static void look_alikes_have_a_look_in_common(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"alice", "\u0430lice"},       /* Cyrillic a */
        {"alice", "al\u0456ce"},       /* Cyrillic i */
        {"ALICE", "\u0410LICE"},       /* the capital */
        {"bob", "\u0412\u041e\u0412"}, /* capitals of another script for small letters */
        {"bob", "\u0412ob"},           /* one */
        {"paypal", "paypaI"},          /* folds to paypai */
        {"paypal", "paypa1"},          /* a digit */
        {"alice", "AL1CE"},            /* ... for a capital */
        {"mary", "rnary"},             /* two letters for one */
        {"alice", "\U0001d44elice"},   /* mathematical */
        {"alice", "al\u034fice"},      /* of 0.1.0: something that cannot be seen */
        {"alice", "alice\u01c3"},      /* a letter that looks like '!' */
        {"(alice)", "\u0430lice"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (!look_alike(pairs[i][0], pairs[i][1]) || !look_alike(pairs[i][1], pairs[i][0]))
            fail_msg("pair %zu", i);
    static const char *const others[][2] = {{"alice", "alicia"}, {"alice", "bob"},
                                            {"u1", "u2"},        {"\u5c71", "\u5ddd"},
                                            {"anna", "ana"},     {"M\u00fcller", "Muller"}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (look_alike(others[i][0], others[i][1]))
            fail_msg("other %zu", i);
}

/* What was drawn by ICU is of the Unicode that utf8proc knows. */
static void the_tables_are_of_the_same_unicode(void **state)
{
    (void)state;
    assert_memory_equal(cw_unicode_version, utf8proc_unicode_version(),
                        strlen(utf8proc_unicode_version()) - 2); /* 15.0.0 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_seen_is_no_new_name),
        cmocka_unit_test(a_new_name_shows_something),
        cmocka_unit_test(marks_do_not_pile_up),
        cmocka_unit_test(a_new_name_is_no_option_and_no_path),
        cmocka_unit_test(look_alikes_have_a_look_in_common),
        cmocka_unit_test(the_tables_are_of_the_same_unicode),
    };
    return cmocka_run_group_tests_name("new names", tests, NULL, NULL);
}
