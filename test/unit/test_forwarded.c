/* test_forwarded.c - src/net/forwarded.c: whose address a proxy's header names, and the networks of
 * trusted proxies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "net/forwarded.h"

#define TRUSTED_MAX 4

static struct cw_network trusted[TRUSTED_MAX];
static unsigned trusted_count;

/* The trusted proxies from here on; ends with NULL. */
static void trust(const char *const networks[])
{
    for (trusted_count = 0; networks[trusted_count] != NULL; trusted_count++)
        assert_true(cw_network_read(&trusted[trusted_count], networks[trusted_count]));
}

/* client: of IPv4 as "::ffff:192.0.2.1"; NULL: there is none. */
static void expect(const char *list, const char *client)
{
    uint8_t address[CW_ADDRESS_N];
    char text[INET6_ADDRSTRLEN] = "";
    bool found = cw_forwarded_client(cw_slice_str(list), trusted, trusted_count, address);
    if (found)
        inet_ntop(AF_INET6, address, text, sizeof text);
    assert_string_equal(text, client == NULL ? "" : client);
}

static void without_trusted_proxies_the_last_entry_counts(void **state)
{
    (void)state;
    trust((const char *const[]){NULL});
    expect("192.0.2.1", "::ffff:192.0.2.1");
    expect("203.0.113.9, 192.0.2.1", "::ffff:192.0.2.1");
    expect("203.0.113.9,192.0.2.1", "::ffff:192.0.2.1");
    expect("nonsense, \t192.0.2.1\t , ,", "::ffff:192.0.2.1");
    expect("192.0.2.1, nonsense", NULL);
    expect("203.0.113.9 192.0.2.1", NULL);
    expect("2001:db8::7", "2001:db8::7");
    expect("::ffff:192.0.2.1", "::ffff:192.0.2.1");
}

static void the_rightmost_that_is_not_trusted_counts(void **state)
{
    (void)state;
    trust((const char *const[]){"10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48", NULL});
    expect("198.51.100.1, 10.1.2.3", "::ffff:198.51.100.1");
    expect("198.51.100.1, 192.0.2.7, 2001:db8:1::5, 10.1.2.3", "::ffff:198.51.100.1");
    expect("198.51.100.1, ::ffff:10.1.2.3", "::ffff:198.51.100.1"); /* IPv4 in either form */
    expect("2001:db8:2::9, 2001:db8:1:ffff::", "2001:db8:2::9");
    expect("198.51.100.1, 192.0.2.8, 10.1.2.3", "::ffff:192.0.2.8");
    expect("10.9.9.9, 10.1.2.3", "::ffff:10.9.9.9"); /* the proxies' own: the first one */
    expect("nonsense, 10.1.2.3", NULL);
    expect("10.1.2.3, nonsense", NULL);
}

/* What a client writes into the header stands left of what the proxies append. */
static void a_forged_beginning_changes_nothing(void **state)
{
    static const char *const forged[] = {
        "127.0.0.1, ",  "10.1.2.3, ", "10.1.2.3, 10.1.2.3, ",       "nonsense, ", ",,,",
        "\"10.1.2.3, ", "[::1]:80, ", "for=10.1.2.3;by=10.1.2.3, ", " \t",        "198.51.100.66 "};
    char list[128];
    (void)state;
    trust((const char *const[]){"10.0.0.0/8", NULL});
    for (size_t i = 0; i < 9; i++) {
        strcpy(list, forged[i]);
        strcat(list, "203.0.113.5, 10.1.2.3");
        expect(list, "::ffff:203.0.113.5");
    }
    strcpy(list, forged[9]); /* no proxy leaves out the comma: nobody is believed */
    strcat(list, "203.0.113.5, 10.1.2.3");
    expect(list, NULL);
}

static void ports_and_brackets_are_cut_off(void **state)
{
    static const char *const bad[] = {"",
                                      ",",
                                      " , ",
                                      "unknown",
                                      "_hidden",
                                      "[2001:db8::7",
                                      "2001:db8::7]",
                                      "[2001:db8::7]80",
                                      "[]",
                                      "[]:80",
                                      "[",
                                      ":",
                                      ":80",
                                      "192.0.2.1:80:80",
                                      "192.0.2",
                                      "192.0.2.256",
                                      "192.0.2.1/32",
                                      "0x7f.0.0.1",
                                      "fe80::1%eth0",
                                      "example.org",
                                      "11111111111111111111111111111111111111111111111111111111"};
    (void)state;
    trust((const char *const[]){NULL});
    expect("192.0.2.1:80", "::ffff:192.0.2.1");
    expect("[2001:db8::7]:443", "2001:db8::7");
    expect("[2001:db8::7]", "2001:db8::7");
    expect("[192.0.2.1]:80", "::ffff:192.0.2.1");
    trust((const char *const[]){"10.0.0.1", "2001:db8::1", NULL});
    expect("192.0.2.1:1, [2001:db8::1]:443, 10.0.0.1:65535", "::ffff:192.0.2.1");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect(bad[i], NULL);
    uint8_t address[CW_ADDRESS_N];
    assert_false(cw_forwarded_client(cw_slice_of("192.0.2.1\0", 10), trusted, 0, address));
}

static void networks_have_a_length_and_nothing_behind_it(void **state)
{
    static const char *const bad[] = {"",
                                      "/8",
                                      "10.0.0.0/",
                                      "10.0.0.0/0",
                                      "::/0",
                                      "10.0.0.0/33",
                                      "2001:db8::/129",
                                      "10.0.0.1/8",
                                      "2001:db8::1/64",
                                      "10.0.0.0/8 ",
                                      "10.0.0.0/+8",
                                      "10.0.0.0/-8",
                                      "10.0.0.0/8/8",
                                      "10.0.0.0/18446744073709551624",
                                      "10.0.0.0/255.0.0.0",
                                      "[::1]",
                                      "10.0.0.1:80",
                                      "proxy.example.org",
                                      "1111111111111111111111111111111111111111111111111111/8"};
    struct cw_network network;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (cw_network_read(&network, bad[i]))
            fail_msg("'%s' was taken", bad[i]);
}

/* Each length: the addresses on both sides of its last bit. */
static void a_network_has_its_addresses_alone(void **state)
{
    (void)state;
    for (unsigned bits = 2; bits <= 32; bits++) {
        uint32_t rest = bits == 32 ? 0 : UINT32_MAX >> bits, first = 0x25a5a5a5 & ~rest;
        char network[24], list[64], beside[32], wanted[40];
        struct in_addr in = {.s_addr = htonl(first)};
        snprintf(network, sizeof network, "%s/%u", inet_ntoa(in), bits);
        trust((const char *const[]){network, NULL});
        in.s_addr = htonl(first | rest);
        snprintf(list, sizeof list, "192.0.2.1, %s", inet_ntoa(in));
        expect(list, "::ffff:192.0.2.1");
        in.s_addr = htonl(first ^ (rest + 1));
        snprintf(beside, sizeof beside, "192.0.2.1, %s", inet_ntoa(in));
        snprintf(wanted, sizeof wanted, "::ffff:%s", inet_ntoa(in));
        expect(beside, wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_trusted_proxies_the_last_entry_counts),
        cmocka_unit_test(the_rightmost_that_is_not_trusted_counts),
        cmocka_unit_test(a_forged_beginning_changes_nothing),
        cmocka_unit_test(ports_and_brackets_are_cut_off),
        cmocka_unit_test(networks_have_a_length_and_nothing_behind_it),
        cmocka_unit_test(a_network_has_its_addresses_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
