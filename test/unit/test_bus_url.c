/* test_bus_url.c - the setting `bus` (bus/url.h): what is read from it, and what is refused, with
 * which words. */
#include "bus/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct cw_bus_url url;
static char error[256];

static void good(const char *text)
{
    error[0] = '\0';
    if (!cw_bus_url_parse(text, &url, error))
        fail_msg("%s: %s", text, error);
}

static void refused(const char *text, const char *words)
{
    error[0] = '\0';
    if (cw_bus_url_parse(text, &url, error))
        fail_msg("%s is taken", text);
    if (strstr(error, words) == NULL)
        fail_msg("%s: %s", text, error);
}

static void test_hosts(void **state)
{
    (void)state;
    good("nats://localhost");
    assert_int_equal(url.server_count, 1);
    assert_string_equal(url.servers[0], "nats://localhost:4222");
    assert_false(url.tls);
    good("nats://127.0.0.1:4333,[::1]:4334");
    assert_int_equal(url.server_count, 2);
    assert_string_equal(url.servers[0], "nats://127.0.0.1:4333");
    assert_string_equal(url.servers[1], "nats://[::1]:4334");
    assert_false(url.tls);
    good("nats://127.130.2.1:4333");
    assert_false(url.tls);
    good("nats://[fe80::7]");
    assert_string_equal(url.servers[0], "nats://[fe80::7]:4222");
}

/* To another machine everything is encrypted unless the URL says otherwise. */
static void test_tls(void **state)
{
    (void)state;
    good("nats://nats.example.org");
    assert_true(url.tls);
    good("nats://localhost,10.0.0.7:4222");
    assert_true(url.tls);
    good("nats://127.0.0.1.example.org");
    assert_true(url.tls);
    good("nats://nats.example.org?tls=off");
    assert_false(url.tls);
    good("nats://localhost?tls=on&ca=/etc/ca.pem");
    assert_true(url.tls);
    assert_string_equal(url.ca, "/etc/ca.pem");
    good("nats://a?cert=/c.pem&key=/k.pem");
    assert_string_equal(url.cert, "/c.pem");
    assert_string_equal(url.key, "/k.pem");
    refused("nats://a?cert=/c.pem", "cert and key belong together");
    refused("nats://localhost?ca=/etc/ca.pem", "are for TLS: add tls=on");
    refused("nats://a?tls=maybe", "tls=on or tls=off");
}

static void test_credentials(void **state)
{
    (void)state;
    good("nats://chinwag:secret@localhost:4222");
    assert_string_equal(url.user, "chinwag");
    assert_string_equal(url.password, "secret");
    assert_string_equal(url.servers[0], "nats://localhost:4222");
    good("nats://localhost?creds=/etc/chinwag/nats.creds&token=/etc/token");
    assert_string_equal(url.creds, "/etc/chinwag/nats.creds");
    assert_string_equal(url.token, "/etc/token");
    refused("nats://chinwag@localhost", "a user, ':' and a password");
    refused("nats://:secret@localhost", "a user, ':' and a password");
    refused("nats://chinwag:@localhost", "a user, ':' and a password");
}

static void test_what_is_none(void **state)
{
    (void)state;
    refused("", "must begin with nats://");
    refused("localhost:4222", "must begin with nats://");
    refused("http://localhost", "must begin with nats://");
    refused("nats://", "nats://HOST:PORT");
    refused("nats://:4222", "nats://HOST:PORT");
    refused("nats://localhost:", "nats://HOST:PORT");
    refused("nats://localhost:0", "nats://HOST:PORT");
    refused("nats://localhost:65536", "nats://HOST:PORT");
    refused("nats://localhost:4222x", "nats://HOST:PORT");
    refused("nats://local host", "nats://HOST:PORT");
    refused("nats://localhost,", "nats://HOST:PORT");
    refused("nats://[::1", "nats://HOST:PORT");
    refused("nats://[x]", "nats://HOST:PORT");
    refused("nats://a,b,c,d,e,f,g,h,i", "more than 8 hosts");
    refused("nats://a?", "behind '?'");
    refused("nats://a?ca=", "behind '?'");
    refused("nats://a?tls=on&", "behind '?'");
    refused("nats://a?colour=red", "behind '?'");
}

static void test_what_has_no_room(void **state)
{
    (void)state;
    char text[2 * CW_BUS_URL_PART_MAX] = "nats://";
    memset(text + 7, 'a', CW_BUS_URL_PART_MAX);
    refused(text, "nats://HOST:PORT");
    memcpy(text, "nats://a?ca=", 12);
    memset(text + 12, 'b', CW_BUS_URL_PART_MAX);
    refused(text, "behind '?'");
    memcpy(text, "nats://u:", 9);
    text[9 + CW_BUS_URL_PART_MAX] = '@';
    text[10 + CW_BUS_URL_PART_MAX] = 'h';
    text[11 + CW_BUS_URL_PART_MAX] = '\0';
    refused(text, "a user, ':' and a password");
    assert_null(strstr(error, "bbb")); /* no password is repeated */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_tls),
        cmocka_unit_test(test_credentials),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_what_has_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
