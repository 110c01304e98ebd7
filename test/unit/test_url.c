/* test_url.c - the parts of a URL, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "text/url.h"

static void test_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host, *place, *path;
        unsigned port;
        bool https, ip6;
    } urls[] = {
        {"https://a.example/x/y?z=1", "a.example", "a.example", "/x/y?z=1", 443, true, false},
        {"http://a.example", "a.example", "a.example", "", 80, false, false},
        {"https://A-b.example:8443?q", "A-b.example", "A-b.example:8443", "?q", 8443, true, false},
        {"https://[::1]:1/p#f", "::1", "[::1]:1", "/p", 1, true, true},
        {"https://[::ffff:1.2.3.4]", "::ffff:1.2.3.4", "[::ffff:1.2.3.4]", "", 443, true, true},
        {"https://127.1#f", "127.1", "127.1", "", 443, true, false},
        {"https://h:65535/@:[]", "h", "h:65535", "/@:[]", 65535, true, false}};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct cw_url url;
        assert_true(cw_url_read(cw_slice_str(urls[i].text), &url));
        assert_true(cw_slice_eq(url.host, cw_slice_str(urls[i].host)));
        assert_true(cw_slice_eq(url.place, cw_slice_str(urls[i].place)));
        assert_true(cw_slice_eq(url.path, cw_slice_str(urls[i].path)));
        assert_int_equal(url.port, urls[i].port);
        assert_int_equal(url.https, urls[i].https);
        assert_int_equal(url.ip6, urls[i].ip6);
    }
}

static void test_what_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "https:",
                                        "https://",
                                        "HTTPS://a/",
                                        "ftp://a/",
                                        "//a/",
                                        "https://:1/",
                                        "https://a:/",
                                        "https://a:0/",
                                        "https://a:65536/",
                                        "https://a:1x/",
                                        "https://a:999999/",
                                        "https://u@a/",
                                        "https://u:p@a/",
                                        "https://[::1",
                                        "https://[::1]x/",
                                        "https://[]/",
                                        "https://[a.b]-/",
                                        "https://a b/",
                                        "https://a/ b",
                                        "https://a/\r\nX: y",
                                        "https://a\\b/",
                                        "https://\xc3\xa4/",
                                        "https://a/\x7f",
                                        "https://a_b/",
                                        "https://[fe80::1%25eth0]/"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct cw_url url;
        if (cw_url_read(cw_slice_str(texts[i]), &url))
            fail_msg("%s", texts[i]);
    }
    char host[9 + CW_URL_HOST_MAX + 1];
    struct cw_url url;
    memset(host, 'a', sizeof host);
    memcpy(host, "https://", 8);
    assert_true(cw_url_read(cw_slice_of(host, 8 + CW_URL_HOST_MAX), &url));
    assert_false(cw_url_read(cw_slice_of(host, 9 + CW_URL_HOST_MAX), &url));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parts),
                                       cmocka_unit_test(test_what_is_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
