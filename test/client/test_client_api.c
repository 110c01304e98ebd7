/* test_client_api.c - the public functions of libchinwag, as far as they need
 * no server: addresses, options, arguments, codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/limits.h"
#include "chinwag/chinwag.h"

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host, *port;
        enum chinwag_transport transport;
        bool local;
    } good[] = {
        {"127.0.0.1:4242", "127.0.0.1", "4242", CHINWAG_TCP, true},
        {"Chat.Example", "chat.example", "4242", CHINWAG_TCP, false},
        {"chat.example:1", "chat.example", "1", CHINWAG_TCP, false},
        {"[::1]:65535", "::1", "65535", CHINWAG_TCP, true},
        {"::1", "::1", "4242", CHINWAG_TCP, true},
        {"0:0:0:0:0:0:0:1", "0:0:0:0:0:0:0:1", "4242", CHINWAG_TCP, true},
        {"[::1]", "::1", "4242", CHINWAG_TCP, true},
        {"[::2]", "::2", "4242", CHINWAG_TCP, false},
        {"localhost", "localhost", "4242", CHINWAG_TCP, true},
        {"127.255.0.9", "127.255.0.9", "4242", CHINWAG_TCP, true},
        {"128.0.0.1", "128.0.0.1", "4242", CHINWAG_TCP, false},
        {"127.0.0.1.example", "127.0.0.1.example", "4242", CHINWAG_TCP, false},
        {"localhost.example", "localhost.example", "4242", CHINWAG_TCP, false},
        {"tcp://chat.example:7", "chat.example", "7", CHINWAG_TCP, false},
        {"chinwag://chat.example", "chat.example", "4242", CHINWAG_TCP, false},
        {"chinwag://chat.example:9/", "chat.example", "9", CHINWAG_TCP, false},
        {"wss://chat.example/ws", "chat.example", "443", CHINWAG_WSS, false},
        {"wss://chat.example:4443", "chat.example", "4443", CHINWAG_WSS, false},
        {"ws://[::1]:8080/ws", "::1", "8080", CHINWAG_WS, true},
        {"ws://localhost/", "localhost", "80", CHINWAG_WS, true},
    };
    static const char *const bad[] = {
        "",          ":4242",         "host:",          "host:0",           "host:65536",
        "[::1",      "[]:4242",       "host:http",      "[::1]x:1",         "host:-1",
        "host: 1",   "host:000001",   "host/ws",        "two words",        "line\nfeed",
        "me@host",   "tcp://host/ws", "wss://host/ws/", "wss://host/other", "wss://host#code",
        "wss:///ws", "https://host",  "WSS://host"};
    struct chinwag_address address;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(chinwag_read_address(good[i].text, &address));
        assert_string_equal(address.host, good[i].host);
        assert_string_equal(address.port, good[i].port);
        assert_int_equal(address.transport, good[i].transport);
        assert_int_equal(address.local, good[i].local);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(chinwag_read_address(bad[i], &address));
    char host[CHINWAG_HOST_MAX + 2];
    memset(host, 'a', CHINWAG_HOST_MAX + 1);
    host[CHINWAG_HOST_MAX + 1] = 0;
    assert_false(chinwag_read_address(host, &address));
    assert_true(chinwag_read_address(host + 1, &address));
}

static void test_create_refuses_bad_options(void **state)
{
    (void)state;
    char name[CW_CLIENT_NAME_MAX + 2];
    memset(name, 'a', CW_CLIENT_NAME_MAX + 1);
    name[CW_CLIENT_NAME_MAX + 1] = 0;
    assert_null(chinwag_create(&(struct chinwag_options){.server = "host:"}));
    assert_null(chinwag_create(&(struct chinwag_options){.server_key = "short"}));
    assert_null(chinwag_create(&(struct chinwag_options){.tls_pin = "short"}));
    assert_null(chinwag_create(&(struct chinwag_options){.client_name = name}));
    assert_null(chinwag_create(&(struct chinwag_options){.client_name = "\xff"}));
    chinwag_client *client = chinwag_create(&(struct chinwag_options){.client_name = name + 1});
    assert_non_null(client);
    chinwag_destroy(client);
    chinwag_destroy(NULL);
}

static void test_arguments(void **state)
{
    (void)state;
    static char text[CW_CONTENT_BYTES_MAX + 2];
    static int16_t samples[16];
    memset(text, 'a', CW_CONTENT_BYTES_MAX + 1);
    chinwag_client *c = chinwag_create(NULL);
    assert_int_equal(chinwag_whisper(c, NULL, "hi", 2), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_whisper(c, "bob", "\xc3", 1), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_whisper(c, "\xc3", "hi", 2), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_whisper(c, "bob", NULL, 2), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_whisper(c, "bob", text, CW_CONTENT_CODE_POINTS_MAX + 1),
                     CHINWAG_TOO_LONG);
    assert_int_equal(chinwag_msg_group(c, "cooks", text, CW_CONTENT_BYTES_MAX + 1),
                     CHINWAG_TOO_LONG);
    assert_int_equal(chinwag_add_contact(c, text), CHINWAG_TOO_LONG);
    assert_int_equal(chinwag_attach(c, "alice", ""), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_msg(c, "bob", 3, 8000, samples, 3), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_msg(c, "bob", 2, 8000, samples, 3), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_msg(c, "bob", 1, 7999, samples, 3), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_msg(c, "bob", 1, 48001, samples, 3), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_voice_msg(c, "bob", 1, 8000, samples, 0), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_call_data(c, "cooks", samples, 4411), CHINWAG_BAD_ARGUMENT);
    assert_int_equal(chinwag_call_data(c, "cooks", samples, 16), CHINWAG_NO_SESSION);
    /* Nothing of that took a number. */
    assert_int_equal(chinwag_whisper(c, "bob", text, CW_CONTENT_CODE_POINTS_MAX), 1);
    assert_int_equal(chinwag_voice_msg(c, "bob", 2, 8000, samples, 16), 2);
    bool wants_write;
    assert_int_equal(chinwag_fd(c, &wants_write), -1);
    assert_false(wants_write);
    assert_int_equal(chinwag_deadline(c), 0);
    chinwag_destroy(c);
}

static void test_voice_limits(void **state)
{
    (void)state;
    size_t most = (size_t)CW_VOICE_SECONDS_MAX * 8000;
    int16_t *samples = test_calloc(most + 1, sizeof *samples);
    chinwag_client *c = chinwag_create(NULL);
    assert_int_equal(chinwag_voice_msg(c, "bob", 1, 8000, samples, most), 1);
    assert_int_equal(chinwag_voice_msg(c, "bob", 1, 8000, samples, most + 1), CHINWAG_TOO_LONG);
    chinwag_destroy(c);
    test_free(samples);

    /* 120 s of loud stereo at 48,000 Hz is within the time, not the size. */
    most = (size_t)CW_VOICE_SECONDS_MAX * 48000 * 2;
    samples = test_malloc(most * sizeof *samples);
    for (size_t i = 0; i < most; i++)
        samples[i] = -30000;
    c = chinwag_create(NULL);
    assert_int_equal(chinwag_voice_msg(c, "bob", 2, 48000, samples, most), CHINWAG_TOO_LONG);
    chinwag_destroy(c);
    test_free(samples);
}

static void test_codes(void **state)
{
    (void)state;
    assert_string_equal(chinwag_code_name(0), "SUCCESS");
    assert_string_equal(chinwag_code_name(CHINWAG_GROUP_DOES_NOT_EXIST), "GROUP_DOES_NOT_EXIST");
    assert_string_equal(chinwag_code_name(CHINWAG_UNANSWERED), "UNANSWERED");
    assert_string_equal(chinwag_code_name(-77), "UNKNOWN");
    assert_string_equal(chinwag_code_text(CHINWAG_NO_SESSION), "not sent: nobody is logged in");
    assert_string_equal(chinwag_code_text(CHINWAG_GROUP_DOES_NOT_EXIST), "there is no such group");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses), cmocka_unit_test(test_create_refuses_bad_options),
        cmocka_unit_test(test_arguments), cmocka_unit_test(test_voice_limits),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
