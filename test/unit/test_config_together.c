/* test_config_together.c - settings that must suit each other: listeners, names, certificates,
 * registration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "config_play.h"
#include "server/config.h"

/* --- together -------------------------------------------------------------------------------- */

static bool sound(const char *listen, const char *cost)
{
    config.listen_count = 0;
    assert_good("listen", listen);
    assert_good("password_cost", cost);
    return cw_config_finish(&config, refusal);
}

static void what_suits_one_machine_stays_on_it(void **state)
{
    (void)state;
    static const char *const here[] = {"127.0.0.1:4242", "127.8.8.8:0", "[::1]:4242",
                                       "localhost:4242"};
    static const char *const reachable[] = {"0.0.0.0:4242",    "192.0.2.1:4242",
                                            "[::]:4242",       "[2001:db8::1]:4242",
                                            "tcp://0.0.0.0:1", "127.0.0.1:4242 proxy=v2"};
    for (size_t i = 0; i < sizeof here / sizeof here[0]; i++) {
        assert_true(sound(here[i], "minimum"));
        assert_true(sound(here[i], "interactive"));
    }
    for (size_t i = 0; i < sizeof reachable / sizeof reachable[0]; i++) {
        char welcome[64];
        snprintf(welcome, sizeof welcome, "%s plaintext", reachable[i]);
        assert_false(sound(welcome, "minimum"));
        assert_non_null(strstr(refusal, "password_cost"));
        refusal[0] = 0;
        assert_true(sound(reachable[i], "interactive"));
        assert_true(sound(welcome, "interactive"));
        assert_true(sound(welcome, "moderate"));
    }
}

static void an_address_stands_once(void **state)
{
    (void)state;
    assert_good("listen", "127.0.0.1:0");
    assert_good("listen", "127.0.0.1:0"); /* two ports */
    assert_true(cw_config_finish(&config, refusal));
    assert_good("listen", "127.0.0.1:7");
    assert_good("listen", "127.0.0.1:7 plaintext");
    assert_false(cw_config_finish(&config, refusal));
    assert_string_equal(refusal,
                        "two lines are listen = 127.0.0.1:7: write one, with all that it has");
    refusal[0] = 0;
}

static void note(void *context, const char *key, bool at_start)
{
    char *keys = context;
    snprintf(keys + strlen(keys), 100, "%s%s ", key, at_start ? "*" : "");
}

/* A running server takes what it may, and nothing else. */
static void what_has_changed_is_told_and_taken(void **state)
{
    (void)state;
    static struct cw_config other, now;
    char keys[400] = "";
    assert_true(cw_config_finish(&config, refusal));
    other = now = config;
    cw_config_compare(&now, &other, note, keys);
    assert_string_equal(keys, "");
    assert_true(cw_config_set(&other, "data", "elsewhere", refusal));
    assert_true(cw_config_set(&other, "listen", "127.0.0.1:9", refusal));
    assert_true(cw_config_set(&other, "public_name", "a.example", refusal));
    assert_true(cw_config_set(&other, "tls_key", "/a/longer/path", refusal));
    assert_true(cw_config_set(&other, "quota_mib", "7", refusal));
    assert_true(cw_config_set(&other, "people_directory", "no", refusal));
    assert_true(cw_config_set(&other, "registration", "closed", refusal));
    cw_config_compare(&now, &other, note, keys);
    assert_string_equal(keys, "data* listen* public_name* tls_key registration people_directory "
                              "quota_mib ");
    cw_config_take(&now, &other);
    assert_string_equal(now.data, "data");
    assert_int_equal(now.listen_count, 1);
    assert_int_equal(now.public_name_count, 0);
    assert_string_equal(now.tls_key, "/a/longer/path");
    assert_int_equal(now.quota_mib, 7);
    assert_false(now.people_directory);
    assert_int_equal(now.registration, CW_REGISTRATION_CLOSED);
}

/* A misspelt name would have no effect, and nobody would know. */
static void a_variable_that_is_no_setting_is_found(void **state)
{
    (void)state;
    char *const good[] = {"PATH=/bin", "CHINWAG_QUOTA_MIB=7", "CHINWAG_PASSWORD=x",
                          "CHINWAG_SERVER=here", NULL};
    char *const bad[] = {"CHINWAG_QUOTA_MIB=7", "CHINWAG_QOUTA_MIB=7", NULL};
    char *const longer[] = {"CHINWAG_QUOTA_MIBS=7", NULL};
    assert_null(cw_config_unknown_variable(good));
    assert_string_equal(cw_config_unknown_variable(bad), "CHINWAG_QOUTA_MIB=7");
    assert_string_equal(cw_config_unknown_variable(longer), "CHINWAG_QUOTA_MIBS=7");
}

static const char *quoted(const char *variable)
{
    return strcmp(variable, "CHINWAG_DATA") == 0 ? "\"/srv/x\"" : NULL;
}

static void the_environment_has_no_quotes_either(void **state)
{
    (void)state;
    assert_false(cw_config_read_environment(&config, quoted, refusal));
    assert_string_equal(refusal, "CHINWAG_DATA in the environment: write the value without quotes");
    refusal[0] = 0;
}

static void each_listener_counts(void **state)
{
    (void)state;
    assert_true(cw_config_finish(&config, refusal));
    assert_int_equal(config.listen_count, 1);
    assert_string_equal(config.listen[0].address, "127.0.0.1:4242");
    assert_good("password_cost", "minimum");
    assert_good("listen", "0.0.0.0:1 plaintext");
    assert_int_equal(cw_config_registration(&config), CW_REGISTRATION_INVITED);
    assert_false(cw_config_finish(&config, refusal));
    assert_non_null(strstr(refusal, "0.0.0.0:1"));
    refusal[0] = 0;
    for (unsigned i = 2; i < CW_LISTENERS_MAX; i++)
        assert_good("listen", "127.0.0.1:0");
    assert_bad("listen", "127.0.0.1:0", "there are more than 16 addresses to listen at");
}

static void what_a_listener_says(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool plaintext, proxy_header, forwarded, local;
    } cases[] = {{"127.0.0.1:1", false, false, false, true},
                 {"127.0.0.1:1 proxy=v2", false, true, false, false},
                 {"127.0.0.1:1 proxy plaintext", true, false, true, false},
                 {"127.0.0.1:1 proxy=v2 plaintext", true, true, false, false},
                 {"192.0.2.1:1", false, false, false, false},
                 {"192.0.2.1:1 plaintext", true, false, false, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cw_listen listen;
        assert_true(cw_listen_parse(&listen, cases[i].text, refusal));
        assert_int_equal(listen.plaintext, cases[i].plaintext);
        assert_int_equal(listen.proxy_header, cases[i].proxy_header);
        assert_int_equal(listen.forwarded, cases[i].forwarded);
        assert_int_equal(cw_listen_is_local(&listen), cases[i].local);
    }
    assert_bad("listen", "127.0.0.1:1 proxy proxy=v2",
               "of a listener's proxy and proxy=v2 only one can be true");
}

static void metrics_are_no_way_in(void **state)
{
    (void)state;
    assert_good("listen", "192.0.2.1:9 metrics");
    assert_false(cw_config_finish(&config, refusal));
    assert_string_equal(refusal,
                        "users need a listener, too: write listen = HOST:PORT without metrics");
    refusal[0] = 0;
    assert_good("listen", "127.0.0.1:1");
    assert_good("password_cost", "minimum");
    assert_true(cw_config_finish(&config, refusal));
    assert_null(cw_config_public_listen(&config));
    assert_true(cw_config_is_plain_loopback(&config));
    assert_int_equal(cw_config_registration(&config), CW_REGISTRATION_OPEN);
    assert_ptr_equal(cw_config_first_listen(&config), &config.listen[1]);
    assert_bad("listen", "127.0.0.1:1 metrics plaintext",
               "a listener for metrics has no other attribute: users are not there");
    assert_bad("listen", "127.0.0.1:1 proxy metrics",
               "a listener for metrics has no other attribute: users are not there");
}

static void names_of_the_server(void **state)
{
    (void)state;
    assert_good("public_name", "chat.example.org");
    assert_good("public_name", "192.0.2.1");
    assert_int_equal(config.public_name_count, 2);
    assert_string_equal(config.public_names[0], "chat.example.org");
    assert_bad("public_name", "https://chat.example.org",
               "public_name must be a host name, as chat.example.org, not "
               "'https://chat.example.org'");
    assert_bad("public_name", "", "public_name must be a host name, as chat.example.org, not ''");
    for (unsigned i = 2; i < CW_PUBLIC_NAMES_MAX; i++)
        assert_good("public_name", "a.example");
    assert_bad("public_name", "b.example", "there are more than 8 public names");
}

static void trusted_proxies_are_addresses_and_networks(void **state)
{
    (void)state;
    assert_good("trusted_proxy", "192.0.2.1");
    assert_good("trusted_proxy", "10.0.0.0/8");
    assert_good("trusted_proxy", "2001:db8::/32");
    assert_int_equal(config.trusted_proxy_count, 3);
    assert_int_equal(config.trusted_proxies[1].bits, 96 + 8);
    assert_bad("trusted_proxy", "10.0.0.1/8",
               "trusted_proxy must be an address or a network, as 192.0.2.1 or 2001:db8::/32, "
               "not '10.0.0.1/8'");
    assert_int_equal(config.trusted_proxy_count, 3);
    for (unsigned i = 3; i < CW_TRUSTED_PROXIES_MAX; i++)
        assert_good("trusted_proxy", "::1");
    assert_bad("trusted_proxy", "192.0.2.1", "there are more than 64 trusted proxies");
}

static void certificate_and_key_belong_together(void **state)
{
    (void)state;
    assert_good("tls_certificate", "/etc/c.pem");
    assert_false(cw_config_finish(&config, refusal));
    assert_string_equal(refusal,
                        "tls_certificate and tls_key belong together: set both, or neither");
    refusal[0] = 0;
    assert_good("tls_key", "/etc/k.pem");
    assert_true(cw_config_finish(&config, refusal));
    assert_good("hsts", "yes");
    assert_true(config.hsts);
    assert_bad("hsts", "true", "hsts must be one of no, yes, not 'true'");
}

static void bad_addresses_are_called_so(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "nonsense",
        "example.org:4242",
        "127.0.0.1",
        "[::1",
        "127.0.0.1:",
        "127.0.0.1:+1",
        "127.0.0.1:65536",
        ":4242",
        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:1]:1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(cw_config_set(&config, "listen", bad[i], refusal));
        assert_non_null(strstr(refusal, "is a bad address: write HOST:PORT"));
        refusal[0] = 0;
    }
    assert_bad("listen", "127.0.0.1:1 plain",
               "behind the address of listen stands \'plain\': plaintext, and proxy or proxy=v2, "
               "can, once, or metrics alone");
    assert_bad("listen", "127.0.0.1:1 plaintext plaintext",
               "behind the address of listen stands \'plaintext\': plaintext, and proxy or "
               "proxy=v2, can, once, or metrics alone");
    assert_int_equal(config.listen_count, 0);
}

static void former_keys_name_their_successor(void **state)
{
    (void)state;
    assert_bad("zmtp", "127.0.0.1:1", "zmtp is called listen now: write listen = HOST:PORT");
    assert_bad("allow_plaintext", "yes",
               "allow_plaintext belongs to a listener now: write listen = HOST:PORT plaintext");
}

static void registration_auto_depends_on_the_listener(void **state)
{
    (void)state;
    assert_int_equal(registration("127.0.0.1:1", "auto"), CW_REGISTRATION_OPEN);
    assert_int_equal(registration("[::1]:1", "auto"), CW_REGISTRATION_OPEN);
    assert_int_equal(registration("127.0.0.1:1 proxy=v2", "auto"), CW_REGISTRATION_INVITED);
    assert_int_equal(registration("0.0.0.0:1", "auto"), CW_REGISTRATION_INVITED);
    assert_int_equal(registration("192.0.2.1:1", "auto"), CW_REGISTRATION_INVITED);
    assert_int_equal(registration("192.0.2.1:1", "open"), CW_REGISTRATION_OPEN);
    assert_int_equal(registration("127.0.0.1:1", "closed"), CW_REGISTRATION_CLOSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_suits_one_machine_stays_on_it, begin_config),
        cmocka_unit_test_setup(bad_addresses_are_called_so, begin_config),
        cmocka_unit_test_setup(each_listener_counts, begin_config),
        cmocka_unit_test_setup(an_address_stands_once, begin_config),
        cmocka_unit_test_setup(what_has_changed_is_told_and_taken, begin_config),
        cmocka_unit_test_setup(a_variable_that_is_no_setting_is_found, begin_config),
        cmocka_unit_test_setup(the_environment_has_no_quotes_either, begin_config),
        cmocka_unit_test_setup(what_a_listener_says, begin_config),
        cmocka_unit_test_setup(metrics_are_no_way_in, begin_config),
        cmocka_unit_test_setup(names_of_the_server, begin_config),
        cmocka_unit_test_setup(trusted_proxies_are_addresses_and_networks, begin_config),
        cmocka_unit_test_setup(certificate_and_key_belong_together, begin_config),
        cmocka_unit_test_setup(former_keys_name_their_successor, begin_config),
        cmocka_unit_test_setup(registration_auto_depends_on_the_listener, begin_config),
    };
    return cmocka_run_group_tests_name("config: together", tests, NULL, NULL);
}
