/* test_client_next_key.c - a server replaces its key: on which connections libchinwag believes it,
 * what the program is told, and what the next connection expects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/client_transport.h"
#include "frame/curve_text.h"
#include "script.h"

#define KEY   "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define OTHER "__________________________________________8"

static const struct cw_extras none;

static struct cw_extras with_next_key(const char *text)
{
    return (struct cw_extras){
        .map_present = true, .present = CW_BIT(CW_X_NEXT_KEY), .next_key = cw_slice_str(text)};
}

static void say(struct script *s, enum cw_kind kind, enum cw_action action, int code,
                const struct cw_extras *extras)
{
    script_send(s, &(struct cw_msg){.kind = kind,
                                    .action = action,
                                    .code = code,
                                    .username = cw_slice_str("alice"),
                                    .token = cw_slice_str("t0k3n"),
                                    .sender = cw_slice_str("bob"),
                                    .content = cw_slice_str("hi"),
                                    .extras = *extras});
}

/* A connection that proves this; the answer to its login tells `next_key`. */
static int64_t log_in(struct script *s, enum cw_client_proof proof, const char *next_key)
{
    struct cw_extras extras = with_next_key(next_key);
    script_start(s, NULL);
    s->proof = proof;
    int64_t login = script_login(s, "alice");
    script_connect(s);
    script_received(s, CW_LOGIN);
    say(s, CW_RESPONSE, CW_LOGIN, CHINWAG_SUCCESS, &extras);
    return login;
}

/* The connection breaks, and the session is attached again; the answer tells `next_key`. */
static void attach_again(struct script *s, const char *next_key)
{
    struct cw_extras extras = with_next_key(next_key);
    script_close(s);
    s->now += script_event(s, CHINWAG_DISCONNECTED).delay_ms;
    script_connect(s);
    script_received(s, CW_ATTACH);
    say(s, CW_RESPONSE, CW_ATTACH, CHINWAG_SUCCESS, &extras);
}

static void expect_next_key(struct script *s, const char *key)
{
    struct chinwag_event event = script_event(s, CHINWAG_NEXT_KEY);
    if (key == NULL)
        assert_null(event.server_key);
    else
        assert_string_equal(event.server_key, key);
    assert_non_null(event.text);
}

static void a_server_that_has_proved_its_key_is_believed(void **state)
{
    (void)state;
    struct script s;
    int64_t login = log_in(&s, CW_CLIENT_PROOF_CURVE, KEY);
    expect_next_key(&s, KEY);
    script_answer(&s, login, CHINWAG_SUCCESS);
    attach_again(&s, OTHER);
    expect_next_key(&s, OTHER);
    script_event(&s, CHINWAG_ATTACHED);
    script_no_event(&s);
    script_finish(&s);
}

/* TLS proves another key, or only a name; and without encryption anybody may have said it. */
static void no_other_server_is_believed(void **state)
{
    (void)state;
    static const enum cw_client_proof proofs[] = {CW_CLIENT_PROOF_NONE, CW_CLIENT_PROOF_TLS};
    for (size_t i = 0; i < 2; i++) {
        struct script s;
        int64_t login = log_in(&s, proofs[i], KEY);
        script_answer(&s, login, CHINWAG_SUCCESS);
        attach_again(&s, KEY);
        script_event(&s, CHINWAG_ATTACHED);
        script_no_event(&s);
        script_finish(&s);
    }
}

static void only_login_and_attach_tell_it(void **state)
{
    (void)state;
    struct script s;
    struct cw_extras extras = with_next_key(KEY);
    script_start(&s, NULL);
    s.proof = CW_CLIENT_PROOF_CURVE;
    int64_t refused = script_login(&s, "alice");
    script_connect(&s);
    script_received(&s, CW_LOGIN);
    say(&s, CW_RESPONSE, CW_LOGIN, CHINWAG_USER_WRONG_PASSWORD, &extras);
    script_answer(&s, refused, CHINWAG_USER_WRONG_PASSWORD);
    int64_t login = script_login(&s, "alice");
    script_pump(&s);
    script_received(&s, CW_LOGIN);
    say(&s, CW_RESPONSE, CW_LOGIN, CHINWAG_SUCCESS, &none);
    script_answer(&s, login, CHINWAG_SUCCESS);
    int64_t whisper = script_whisper(&s, "hi");
    script_pump(&s);
    script_received(&s, CW_WHISPER);
    say(&s, CW_RESPONSE, CW_WHISPER, CHINWAG_SUCCESS, &extras);
    script_answer(&s, whisper, CHINWAG_SUCCESS);
    say(&s, CW_UPDATE, CW_WHISPER, 0, &extras);
    script_event(&s, CHINWAG_WHISPER);
    script_no_event(&s);
    script_finish(&s);
}

static void what_is_no_key_is_reported_once(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9", KEY "8", KEY "=",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH+8", "short", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct script s;
        int64_t login = log_in(&s, CW_CLIENT_PROOF_CURVE, wrong[i]);
        expect_next_key(&s, NULL);
        script_answer(&s, login, CHINWAG_SUCCESS);
        attach_again(&s, wrong[i]);
        script_event(&s, CHINWAG_ATTACHED);
        attach_again(&s, KEY); /* that is one */
        expect_next_key(&s, KEY);
        script_event(&s, CHINWAG_ATTACHED);
        script_finish(&s);
    }
}

/* --- the next connection ------------------------------------------------------------------- */

static void plain_random(void *bytes, size_t n)
{
    memset(bytes, 7, n);
}

static void assert_expects(const struct cw_client_transport *transport, const char *key)
{
    char text[CW_CURVE_KEY_TEXT];
    cw_curve_key_text(transport->curve.server_key, text);
    assert_string_equal(text, key);
}

static void the_next_connection_expects_the_next_key(void **state)
{
    (void)state;
    struct cw_client_transport transport;
    struct chinwag_options options = {.server = "chat.example", .server_key = KEY};
    assert_true(cw_client_transport_begin(&transport, &options, plain_random));
    assert_expects(&transport, KEY);
    cw_client_transport_follow(&transport, OTHER);
    assert_expects(&transport, OTHER);
    cw_client_transport_finish(&transport);
}

/* It never begins to expect a key where there was none. */
static void without_a_key_there_is_no_next_one(void **state)
{
    (void)state;
    struct cw_client_transport transport;
    struct chinwag_options options = {.server = "wss://chat.example/ws"};
    assert_true(cw_client_transport_begin(&transport, &options, plain_random));
    cw_client_transport_follow(&transport, KEY);
    assert_false(transport.has_key);
    cw_client_transport_finish(&transport);
}

static void keys_have_one_text(void **state)
{
    (void)state;
    static const char pin[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    assert_true(chinwag_is_server_key(KEY));
    assert_false(chinwag_is_server_key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9"));
    assert_false(chinwag_is_server_key(""));
    assert_true(chinwag_is_tls_pin(pin));
    assert_false(chinwag_is_tls_pin(pin + 1));
    assert_false(
        chinwag_is_tls_pin("00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_has_proved_its_key_is_believed),
        cmocka_unit_test(no_other_server_is_believed),
        cmocka_unit_test(only_login_and_attach_tell_it),
        cmocka_unit_test(what_is_no_key_is_reported_once),
        cmocka_unit_test(the_next_connection_expects_the_next_key),
        cmocka_unit_test(without_a_key_there_is_no_next_one),
        cmocka_unit_test(keys_have_one_text),
    };
    return cmocka_run_group_tests_name("client_next_key", tests, NULL, NULL);
}
