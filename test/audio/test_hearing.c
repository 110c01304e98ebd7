/* test_hearing.c - how one is heard, by reports: the same numbers as in web/test/pace.test.ts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "audio/hearing.h"

static void told(struct cw_hearing *hearing, const char *listener, unsigned lost)
{
    cw_hearing_told(hearing, cw_slice_str(listener), lost);
}

static void seconds(struct cw_hearing *hearing, int n)
{
    for (int i = 0; i < n; i++)
        cw_hearing_second(hearing);
}

static void test_the_middle_one_counts(void **state)
{
    (void)state;
    struct cw_hearing hearing = {0};
    assert_int_equal(cw_hearing_lost(&hearing), -1);
    assert_int_equal(cw_hearing_unheard(&hearing, 3), 3);
    told(&hearing, "bob", 12);
    assert_int_equal(cw_hearing_lost(&hearing), 12);
    assert_int_equal(cw_hearing_unheard(&hearing, 3), 12);
    assert_int_equal(cw_hearing_unheard(&hearing, 40), 40);
    told(&hearing, "carol", 100);
    told(&hearing, "dave", 0);
    assert_int_equal(cw_hearing_lost(&hearing), 12);
    told(&hearing, "dave", 500); /* a lie that is no per cent */
    assert_int_equal(cw_hearing_lost(&hearing), 12);
    told(&hearing, "dave", 20);
    told(&hearing, "dave", 30); /* instead of that before */
    assert_int_equal(cw_hearing_lost(&hearing), 30);
}

static void test_a_report_holds_for_6_s(void **state)
{
    (void)state;
    struct cw_hearing hearing = {0};
    told(&hearing, "bob", 12);
    seconds(&hearing, 4);
    told(&hearing, "carol", 30);
    seconds(&hearing, 2);
    assert_int_equal(cw_hearing_lost(&hearing), 12);
    seconds(&hearing, 1);
    assert_int_equal(cw_hearing_lost(&hearing), 30);
    seconds(&hearing, 3);
    assert_int_equal(cw_hearing_lost(&hearing), 30);
    seconds(&hearing, 1);
    assert_int_equal(cw_hearing_lost(&hearing), -1);
}

/* Who comes and goes for hours: the oldest makes room. */
static void test_more_than_there_is_room_for(void **state)
{
    (void)state;
    struct cw_hearing hearing = {0};
    char name[CW_NAME_MAX + 2];
    for (unsigned i = 0; i < 2 * CW_CALL_MEMBERS_LIMIT; i++) {
        snprintf(name, sizeof name, "cook%u", i);
        seconds(&hearing, 1);
        told(&hearing, name, i);
    }
    assert_int_equal(hearing.count, CW_CALL_MEMBERS_LIMIT);
    /* Of the last 7 s, from 93 to 99 per cent. */
    assert_int_equal(cw_hearing_lost(&hearing), 96);
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    told(&hearing, name, 1); /* nobody has such a name */
    assert_int_equal(cw_hearing_lost(&hearing), 96);
    seconds(&hearing, 7);
    assert_int_equal(cw_hearing_lost(&hearing), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_middle_one_counts),
                                       cmocka_unit_test(test_a_report_holds_for_6_s),
                                       cmocka_unit_test(test_more_than_there_is_room_for)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
