/* test_columns.c - how wide text is on a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/columns.h"

/* Does all of the text take so many columns? */
static bool takes(struct cw_slice text, size_t columns)
{
    return cw_columns_fit(text, columns) == text.n &&
           (columns == 0 || cw_columns_fit(text, columns - 1) < text.n);
}

static void wide_and_combining_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
    } cases[] = {
        {"", 0},
        {"soup", 4},
        {"gr\u00fc\u00df", 4},
        {"e\u0301", 1},      /* e and a combining accent */
        {"\u6c64", 2},       /* soup, in Chinese */
        {"\U0001f372!", 3},  /* a pot */
        {"\xff\xff", 2},     /* no UTF-8 */
        {"\ud55c\uad6d", 4}, /* Hangul */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(takes(cw_slice_str(cases[i].text), cases[i].columns));
}

static void a_character_is_never_cut(void **state)
{
    (void)state;
    const struct cw_slice text = cw_slice_str("a\u6c64e\u0301z");
    static const size_t fits[] = {0, 1, 1, 4, 7, 8, 8};
    for (size_t columns = 0; columns < sizeof fits / sizeof fits[0]; columns++)
        assert_int_equal(cw_columns_fit(text, columns), fits[columns]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wide_and_combining_characters),
        cmocka_unit_test(a_character_is_never_cut),
    };
    return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}
