/* test_subnet.c - networks and addresses as text, and bytes as digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/hex.h"
#include "base/subnet.h"

/* What is read is written so. */
static void check(const char *text, const char *written)
{
    uint8_t network[CW_NETWORK_N];
    char out[CW_SUBNET_TEXT_MAX];
    size_t n = cw_subnet_read(cw_slice_str(text), network);
    assert_int_not_equal(n, 0);
    size_t length = cw_subnet_write(cw_slice_of(network, n), out);
    assert_true(length < sizeof out);
    assert_true(cw_slice_eq(cw_slice_of(out, length), cw_slice_str(written)));
}

static void networks_are_read_and_written(void **state)
{
    (void)state;
    check("192.0.2.7", "192.0.2.7/32");
    check("192.0.2.255/25", "192.0.2.128/25");
    check("255.255.255.255/0", "0.0.0.0/0");
    check("2001:db8::/32", "2001:db8:0:0::/32");
    check("2001:DB8:1:2:3:4:5:6", "2001:db8:1:2::/64");
    check("2001:db8:ffff::/40", "2001:db8:ff00:0::/40");
    check("::1", "0:0:0:0::/64");
}

static void what_is_no_network_is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "1.2.3",
                                        "1.2.3.4.5",
                                        "01.2.3.4",
                                        "1.2.3.256",
                                        "1.2.3.4/33",
                                        "1.2.3.4/",
                                        "1.2.3.4/08",
                                        "1.2.3.4/x",
                                        "1.2.3.4/8/8",
                                        "2001:db8::/65",
                                        "2001:db8::1:",
                                        "1:2:3:4::5::6",
                                        "::ffff:1.2.3.4",
                                        "g::",
                                        "12345::",
                                        " 1.2.3.4",
                                        "@alice",
                                        "1111:2222:3333:4444:5555:6666:7777:8888/64/64/64/64"};
    uint8_t network[CW_NETWORK_N];
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(cw_subnet_read(cw_slice_str(wrong[i]), network), 0);
    assert_int_equal(cw_subnet_read(cw_slice_of("1.2.3.4\0", 8), network), 0);
}

static bool has(const char *network_text, const char *address_text)
{
    uint8_t network[CW_NETWORK_N], address[CW_NETWORK_N];
    size_t n = cw_subnet_read(cw_slice_str(network_text), network);
    size_t m = cw_subnet_read(cw_slice_str(address_text), address);
    return cw_subnet_has(cw_slice_of(network, n), cw_slice_of(address + 1, m - 1));
}

static void an_address_lies_in_its_network(void **state)
{
    (void)state;
    assert_true(has("192.0.2.0/25", "192.0.2.127"));
    assert_false(has("192.0.2.0/25", "192.0.2.128"));
    assert_true(has("2001:db8::/33", "2001:db8:7fff::"));
    assert_false(has("2001:db8::/33", "2001:db8:8000::"));
    assert_false(has("0.0.0.0/0", "::1"));
}

static void digits_are_bytes(void **state)
{
    const uint8_t bytes[] = {0x00, 0x9f, 0xab};
    uint8_t read[3];
    char digits[6];
    (void)state;
    cw_hex_write(cw_slice_of(bytes, sizeof bytes), digits);
    assert_memory_equal(digits, "009fab", 6);
    assert_true(cw_hex_read(cw_slice_of(digits, 6), read, 3));
    assert_memory_equal(read, bytes, 3);
    assert_false(cw_hex_read(cw_slice_str("009fa"), read, 3));
    assert_false(cw_hex_read(cw_slice_str("009fab0"), read, 3));
    assert_false(cw_hex_read(cw_slice_str("009fAb"), read, 3));
    assert_false(cw_hex_read(cw_slice_str("009g00"), read, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_are_read_and_written),
        cmocka_unit_test(what_is_no_network_is_refused),
        cmocka_unit_test(an_address_lies_in_its_network),
        cmocka_unit_test(digits_are_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
