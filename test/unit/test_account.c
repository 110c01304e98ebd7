/* test_account.c - who pays for memory: the sums of connection, user, address and
 * server, and who is short of room first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/account.h"

static const uint64_t seed[2] = {1, 2};
static const uint8_t here[4] = {127, 0, 0, 1}, there[4] = {127, 0, 0, 2};
static struct cw_ledger ledger;

static int begin(void **state)
{
    (void)state;
    cw_ledger_init(&ledger, 1000, 600, 400, seed);
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_int_equal(ledger.held, 0);
    cw_ledger_finish(&ledger);
    return 0;
}

static struct cw_account *from(const uint8_t address[4])
{
    return cw_account_open(&ledger, cw_slice_of(address, 4), 300);
}

static void a_charge_is_everybodys(void **state)
{
    (void)state;
    struct cw_account *a = from(here), *b = from(here), *c = from(there);
    cw_account_set_user(a, 7, 300);
    cw_account_set_user(c, 7, 300);
    assert_true(a->address == b->address && a->user == c->user && a->address != c->address);
    cw_account_charge(a, 100);
    cw_account_charge(b, 20);
    cw_account_charge(c, 3);
    assert_int_equal(a->address->held, 120);
    assert_int_equal(c->address->held, 3);
    assert_int_equal(a->user->held, 103);
    assert_int_equal(ledger.held, 123);
    cw_account_give(a, 100);
    cw_account_give(b, 20);
    cw_account_give(c, 3);
    assert_int_equal(ledger.peak, 123);
    cw_account_release(a);
    cw_account_release(b);
    cw_account_release(c);
}

static void each_limit_is_kept(void **state)
{
    (void)state;
    struct cw_account *a = from(here), *b = from(here), *c = from(there);
    assert_int_equal(cw_account_shortage(a, 301), CW_SHORT_CONNECTION);
    assert_int_equal(cw_account_shortage(a, 300), CW_SHORT_OF_NOTHING);
    cw_account_charge(a, 300);
    cw_account_set_user(a, 7, 300);
    cw_account_set_user(b, 7, 300);
    assert_int_equal(cw_account_shortage(b, 101), CW_SHORT_USER);
    assert_int_equal(cw_account_shortage(b, 100), CW_SHORT_OF_NOTHING);
    cw_account_charge(b, 100);
    struct cw_account *d = from(here);
    assert_int_equal(cw_account_shortage(d, 201), CW_SHORT_ADDRESS);
    assert_int_equal(cw_account_shortage(d, 200), CW_SHORT_OF_NOTHING);
    cw_account_charge(d, 200);
    cw_ledger_charge(&ledger, 350);
    assert_int_equal(cw_account_shortage(c, 51), CW_SHORT_SERVER);
    assert_int_equal(cw_account_shortage(c, 50), CW_SHORT_OF_NOTHING);
    cw_account_charge(c, 50);
    assert_int_equal(ledger.held, 1000);
    cw_ledger_give(&ledger, 350);
    cw_account_give(a, 300);
    cw_account_give(b, 100);
    cw_account_give(c, 50);
    cw_account_give(d, 200);
    cw_account_release(a);
    cw_account_release(b);
    cw_account_release(c);
    cw_account_release(d);
}

static void what_is_held_goes_with_the_login(void **state)
{
    (void)state;
    struct cw_account *a = from(here), *b = from(there);
    cw_account_charge(a, 10);
    cw_account_set_user(a, 7, 300);
    cw_account_set_user(b, 7, 300);
    assert_int_equal(b->user->held, 10);
    cw_account_set_user(a, 8, 300);
    assert_int_equal(b->user->held, 0);
    assert_int_equal(a->user->held, 10);
    cw_account_set_user(a, 0, 20);
    assert_null(a->user);
    assert_int_equal(a->max, 20);
    assert_int_equal(a->address->held, 10);
    cw_account_give(a, 10);
    cw_account_release(a);
    cw_account_release(b);
}

static void shared_bytes_are_the_servers_once(void **state)
{
    (void)state;
    struct cw_account *a = from(here);
    cw_account_share(a, 50);
    assert_int_equal(a->address->held, 50);
    assert_int_equal(ledger.held, 0);
    cw_account_unshare(a, 50);
    cw_account_release(a);
}

static void an_account_lives_as_long_as_its_charges(void **state)
{
    (void)state;
    struct cw_account *a = from(here);
    struct cw_payer *address = a->address;
    cw_account_refer(a);
    cw_account_charge(a, 5);
    cw_account_release(a);
    struct cw_account *b = from(here);
    assert_true(b->address == address);
    assert_int_equal(address->held, 5);
    cw_account_give(a, 5);
    cw_account_release(a);
    cw_account_release(b);
    assert_int_equal(ledger.payers.count, 0);
}

static void nobody_pays_nothing(void **state)
{
    (void)state;
    cw_account_charge(NULL, 5);
    cw_account_give(NULL, 5);
    assert_int_equal(cw_account_shortage(NULL, SIZE_MAX), CW_SHORT_OF_NOTHING);
    cw_account_release(cw_account_refer(NULL));
}

static void sizes_are_those_of_the_allocator(void **state)
{
    (void)state;
    assert_int_equal(cw_account_size(0), 0);
    assert_int_equal(cw_account_size(1), 32);
    assert_int_equal(cw_account_size(24), 32);
    assert_int_equal(cw_account_size(25), 48);
    assert_int_equal(cw_account_size(40), 48);
    assert_int_equal(cw_account_size(41), 64);
    assert_int_equal(cw_account_size(256 * 1024), 256 * 1024 + 4096);
    assert_int_equal(cw_account_size(256 * 1024 + 4080), 256 * 1024 + 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_charge_is_everybodys, begin, end),
        cmocka_unit_test_setup_teardown(each_limit_is_kept, begin, end),
        cmocka_unit_test_setup_teardown(what_is_held_goes_with_the_login, begin, end),
        cmocka_unit_test_setup_teardown(shared_bytes_are_the_servers_once, begin, end),
        cmocka_unit_test_setup_teardown(an_account_lives_as_long_as_its_charges, begin, end),
        cmocka_unit_test(nobody_pays_nothing),
        cmocka_unit_test(sizes_are_those_of_the_allocator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
