/* test_begun.c - each address has its share of connections in a second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/limits.h"
#include "net/begun.h"

static const uint64_t seed[2] = {1, 2};

static bool add(struct cw_begun *begun, const char *address, uint64_t second)
{
    return cw_begun_add(begun, seed, cw_slice_of(address, 4), second);
}

static void an_address_has_its_share_of_each_second(void **state)
{
    (void)state;
    struct cw_begun begun = {.second = 0};
    for (uint64_t second = 7; second < 9; second++) {
        for (unsigned i = 0; i < CW_CONNECTIONS_PER_ADDRESS_S; i++)
            assert_true(add(&begun, "\x0a\0\0\1", second));
        for (unsigned i = 0; i < 100000; i++)
            assert_false(add(&begun, "\x0a\0\0\1", second));
        assert_true(add(&begun, "\x0a\0\0\2", second));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_has_its_share_of_each_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
