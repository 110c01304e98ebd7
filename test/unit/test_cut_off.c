/* Who ends because others reach the database and it does not, and who must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "server/cut_off.h"

#define BEGIN_MS 100000
#define SIGN_MS  2000
#define LEASE_MS 15000

/* Another server renews each 2 s from `from_ms` until `to_ms`; this one has at `renewed_ms`, or
 * each 2 s (0). When it is to end, from BEGIN_MS on; 0: it is not. */
static uint64_t play_cut_off(uint64_t from_ms, uint64_t to_ms, uint64_t renewed_ms)
{
    struct cw_cut_off cut_off = {0};
    for (uint64_t at_ms = 0; at_ms < 60000; at_ms += 100) {
        uint64_t now_ms = BEGIN_MS + at_ms;
        uint64_t own_ms = renewed_ms != 0 ? renewed_ms : now_ms - now_ms % SIGN_MS;
        if (at_ms >= from_ms && at_ms < to_ms && (at_ms - from_ms) % SIGN_MS == 0)
            cw_cut_off_heard(&cut_off, now_ms);
        if (at_ms % 1000 == 0 && cw_cut_off_judge(&cut_off, now_ms, own_ms))
            return at_ms;
    }
    return 0;
}

static void test_it_ends_before_its_lease(void **state)
{
    (void)state;
    for (uint64_t from_ms = 0; from_ms < SIGN_MS; from_ms += 100) {
        uint64_t end_ms = play_cut_off(from_ms, 60000, BEGIN_MS);
        assert_in_range(end_ms, 10000, LEASE_MS - 1);
    }
}

static void test_who_renews_goes_on(void **state)
{
    (void)state;
    assert_int_equal(play_cut_off(0, 60000, 0), 0);
}

static void test_where_nobody_renews_all_go_on(void **state)
{
    (void)state;
    assert_int_equal(play_cut_off(60000, 60000, BEGIN_MS), 0);
    assert_int_equal(play_cut_off(0, 5000, BEGIN_MS), 0); /* they have lost it a little later */
}

/* It stood still itself, or the others were back earlier: there is time to renew. */
static void test_who_was_away_has_time(void **state)
{
    struct cw_cut_off cut_off = {0};
    (void)state;
    for (int i = 0; i < 20; i++) /* all at once, when it goes on */
        cw_cut_off_heard(&cut_off, BEGIN_MS);
    assert_false(cw_cut_off_judge(&cut_off, BEGIN_MS, BEGIN_MS - 60000));
    for (uint64_t at_ms = 1000; at_ms <= 6000; at_ms += 1000) {
        cw_cut_off_heard(&cut_off, BEGIN_MS + at_ms);
        assert_false(cw_cut_off_judge(&cut_off, BEGIN_MS + at_ms, BEGIN_MS - 60000));
    }
    assert_false(cw_cut_off_judge(&cut_off, BEGIN_MS + 7000, BEGIN_MS + 6500));
    assert_false(cw_cut_off_judge(&cut_off, BEGIN_MS + 9000, BEGIN_MS + 8500));
}

/* A commit takes 4 s at all of them: the time of a renewal is that of its begin. */
static void test_a_slow_database_ends_nobody(void **state)
{
    struct cw_cut_off cut_off = {0};
    (void)state;
    for (uint64_t at_ms = 0; at_ms < 60000; at_ms += 1000) {
        uint64_t now_ms = BEGIN_MS + at_ms;
        if (at_ms % 4000 == 0)
            cw_cut_off_heard(&cut_off, now_ms);
        assert_false(cw_cut_off_judge(&cut_off, now_ms, now_ms - at_ms % 4000 - 4000));
    }
}

/* Signs with a pause between them are of another outage. */
static void test_a_pause_of_others_counts(void **state)
{
    struct cw_cut_off cut_off = {0};
    (void)state;
    cw_cut_off_heard(&cut_off, BEGIN_MS + 4000);
    cw_cut_off_heard(&cut_off, BEGIN_MS + 6000);
    cw_cut_off_heard(&cut_off, BEGIN_MS + 12000);
    assert_false(cw_cut_off_judge(&cut_off, BEGIN_MS + 12000, BEGIN_MS));
}

static void test_a_server_without_a_lease(void **state)
{
    struct cw_cut_off cut_off = {0};
    (void)state;
    for (uint64_t at_ms = 0; at_ms < 20000; at_ms += 1000) {
        cw_cut_off_heard(&cut_off, BEGIN_MS + at_ms);
        assert_false(cw_cut_off_judge(&cut_off, BEGIN_MS + at_ms, 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_it_ends_before_its_lease),
                                       cmocka_unit_test(test_who_renews_goes_on),
                                       cmocka_unit_test(test_where_nobody_renews_all_go_on),
                                       cmocka_unit_test(test_who_was_away_has_time),
                                       cmocka_unit_test(test_a_slow_database_ends_nobody),
                                       cmocka_unit_test(test_a_pause_of_others_counts),
                                       cmocka_unit_test(test_a_server_without_a_lease)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
