/* test_client_addresses.c - a name with more than one address: the next one is tried when a
 * connection or its handshake fails, but never silently past a server with a wrong key. And how a
 * program that ends closes its connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "chinwag/chinwag.h"
#include "frame/curve_text.h"
#include "script.h"
#include "two_addresses.h"

static char key[CW_CURVE_KEY_TEXT], pin[CW_TLS_PIN_TEXT], other_pin[CW_TLS_PIN_TEXT];

/* --- without sockets ---------------------------------------------------------------------- */

/* A connection to an address that is not the last one. */
static void open_to_one(struct script *s)
{
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_CLIENT, CW_CLIENT_MESSAGE_MAX);
    cw_client_run(s->client, s->now);
    assert_int_equal(cw_client_state(s->client), CW_CLIENT_CONNECTING);
    cw_client_connected(s->client, framer, CW_CLIENT_PROOF_NONE, true, s->now);
}

static void the_next_address_is_tried_without_an_event(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_login(&s, "alice");
    open_to_one(&s);
    script_send_bytes(&s, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
    script_no_event(&s);
    open_to_one(&s);
    script_close(&s);
    script_no_event(&s);
    script_connect(&s);
    script_received(&s, CW_LOGIN);
    script_finish(&s);
}

static void a_silent_address_has_a_part_of_the_time(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_login(&s, "alice");
    open_to_one(&s);
    assert_int_equal(cw_client_deadline(s.client), s.now + CW_CONNECT_ADDRESS_MS);
    s.now += CW_CONNECT_ADDRESS_MS;
    open_to_one(&s);
    script_no_event(&s);
    s.now += CW_CONNECT_MS - CW_CONNECT_ADDRESS_MS;
    cw_client_run(s.client, s.now);
    assert_string_equal(script_event(&s, CHINWAG_DISCONNECTED).text,
                        "the server did not answer in time");
    script_finish(&s);
}

static void the_last_address_has_the_rest_of_the_time(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_login(&s, "alice");
    open_to_one(&s);
    script_close(&s);
    script_no_event(&s);
    script_open(&s);
    assert_int_equal(cw_client_deadline(s.client), s.now + CW_CONNECT_MS);
    script_close(&s);
    script_event(&s, CHINWAG_DISCONNECTED);
    script_finish(&s);
}

/* An established connection that ends is reported: the addresses begin anew with the next. */
static void an_end_after_the_handshake_is_reported(void **state)
{
    (void)state;
    struct script s;
    script_start(&s, NULL);
    script_login(&s, "alice");
    cw_zmtp_init(&s.server, CW_FRAMER_SERVER, CW_VOICE_MESSAGE_MAX);
    open_to_one(&s);
    script_pump(&s);
    script_event(&s, CHINWAG_CONNECTED);
    script_close(&s);
    script_event(&s, CHINWAG_DISCONNECTED);
    script_finish(&s);
}

/* It would fill the client's memory. One that reads may send as many PINGs as it likes. */
static void a_server_that_does_not_read_is_left(void **state)
{
    (void)state;
    static const uint8_t ping[] = "\x04\x0a\4PING\0\0abc";
    struct script s;
    struct chinwag_event event;
    script_start(&s, NULL);
    script_login(&s, "alice");
    script_connect(&s);
    for (int i = 0; i < 100000; i++) {
        script_send_bytes(&s, ping, sizeof ping - 1);
        script_no_event(&s);
        cw_client_sent(s.client, cw_client_output(s.client).n);
    }
    int count = 0;
    do {
        assert_in_range(++count, 1, CW_CLIENT_ANSWERS_MAX);
        script_send_bytes(&s, ping, sizeof ping - 1);
    } while (!cw_client_next(s.client, s.now, &event));
    assert_int_equal(event.type, CHINWAG_DISCONNECTED);
    assert_string_equal(event.text, "the server does not read the answers to its PINGs");
    assert_in_range(cw_client_output(s.client).n, CW_CLIENT_ANSWERS_MAX,
                    CW_CLIENT_ANSWERS_MAX + 100);
    script_finish(&s);
}

/* --- with sockets --------------------------------------------------------------------------- */

/* Until the first event, which is copied with its text. */
static struct chinwag_event first_event(bool wss, char text[256])
{
    char server[64];
    struct chinwag_event event;
    snprintf(server, sizeof server, "%s" TWO_NAME ":%u%s", wss ? "wss://" : "", two.port,
             wss ? "/ws" : "");
    chinwag_client *client = chinwag_create(&(struct chinwag_options){
        .server = server, .server_key = wss ? NULL : key, .tls_pin = wss ? pin : NULL});
    assert_int_equal(chinwag_login(client, "alice", "open sesame"), 1);
    assert_true(chinwag_poll(client, 20000, &event));
    snprintf(text, 256, "%s", event.text == NULL ? "" : event.text);
    if (event.tls_pin != NULL)
        assert_string_equal(event.tls_pin, other_pin);
    chinwag_destroy(client);
    return event;
}

static void goes_on(bool wss, enum two_does first)
{
    char text[256];
    two_start(first, wss ? TWO_TLS : TWO_CURVE);
    struct chinwag_event event = first_event(wss, text);
    two_stop();
    if (event.type != CHINWAG_CONNECTED)
        fail_msg("%d, %d: %s", (int)first, event.code, text);
    assert_int_equal(two.came[0], 1);
    assert_int_equal(two.came[1], 1);
}

static void the_next_address_is_tried_after_a_handshake(void **state)
{
    (void)state;
    goes_on(false, TWO_CLOSES);
    goes_on(false, TWO_HTTP);
    goes_on(false, TWO_ERROR);
    goes_on(true, TWO_CLOSES);
    goes_on(true, TWO_HTTP);
    goes_on(true, TWO_ERROR);
    goes_on(true, TWO_TLS_404);
}

/* WebSocket's close frame is what the server reads last; ZMTP has nothing of the kind. */
static void a_program_that_ends_closes_its_connection(void **state)
{
    (void)state;
    char text[256];
    two_start(TWO_TLS, TWO_CLOSES);
    struct chinwag_event event = first_event(true, text);
    two_stop();
    assert_int_equal(event.type, CHINWAG_CONNECTED);
    assert_true(two.closed[0]);
    two_start(TWO_CURVE, TWO_CLOSES);
    event = first_event(false, text);
    two_stop();
    assert_int_equal(event.type, CHINWAG_CONNECTED);
    assert_false(two.closed[0]);
}

/* Also where the second address has the right one. */
static void is_refused(bool wss, enum two_does first)
{
    char text[256];
    two_start(first, wss ? TWO_TLS : TWO_CURVE);
    struct chinwag_event event = first_event(wss, text);
    two_stop();
    assert_int_equal(event.type, CHINWAG_DISCONNECTED);
    assert_int_equal(event.code, CHINWAG_NOT_VERIFIED);
    assert_string_equal(text, wss ? "the server's key is not the one that was pinned"
                                  : "the server did not prove that it has the expected key");
    assert_int_equal(two.came[0], 1);
    assert_int_equal(two.came[1], 0);
}

static void a_wrong_key_is_not_tried_past(void **state)
{
    (void)state;
    is_refused(false, TWO_CURVE_OTHER);
    is_refused(false, TWO_NULL);
    is_refused(true, TWO_TLS_OTHER);
}

static void the_last_reason_is_told(void **state)
{
    (void)state;
    char text[256];
    two_start(TWO_CLOSES, TWO_HTTP);
    struct chinwag_event event = first_event(false, text);
    two_stop();
    assert_int_equal(event.type, CHINWAG_DISCONNECTED);
    assert_int_equal(event.code, CHINWAG_SUCCESS);
    assert_string_equal(text, "the peer does not speak ZMTP");
    assert_int_equal(two.came[0], 1);
    assert_int_equal(two.came[1], 1);
}

static char asked_reason[CHINWAG_REASON_SIZE];

/* https, where the authority is the server's own certificate. */
static bool ask(enum two_does first, enum two_does second)
{
    char path[] = "/tmp/chinwag-test-XXXXXX", server[64], told[128], found[CHINWAG_KEY_SIZE];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, two.identity.certificate.p, two.identity.certificate.n),
                     (int)two.identity.certificate.n);
    close(fd);
    setenv("SSL_CERT_FILE", path, 1);
    snprintf(told, sizeof told, "{\"curve_key\":\"%s\"}", key);
    two.told = told;
    two_start(first, second);
    snprintf(server, sizeof server, TWO_NAME ":%u", two.port);
    bool answered = chinwag_ask_key(server, 20000, found, asked_reason);
    two_stop();
    two.told = NULL;
    unsetenv("SSL_CERT_FILE");
    unlink(path);
    if (answered)
        assert_string_equal(found, key);
    return answered;
}

static void a_key_is_asked_of_the_next_address(void **state)
{
    (void)state;
    assert_true(ask(TWO_TLS, TWO_CLOSES));
    assert_int_equal(two.came[1], 0);
    assert_true(two.closed[0]); /* TLS's close_notify */
    assert_true(ask(TWO_CLOSES, TWO_TLS));
    assert_true(ask(TWO_HTTP, TWO_TLS));
    assert_true(ask(TWO_TLS_OTHER, TWO_TLS)); /* the authority decides, not the address */
    assert_false(ask(TWO_HTTP, TWO_TLS_OTHER));
    assert_string_equal(asked_reason,
                        "the server's certificate is from an issuer that is not trusted here");
    assert_false(ask(TWO_TLS_OTHER, TWO_HTTP));
    assert_string_equal(asked_reason, "the peer does not speak TLS");
    assert_false(ask(TWO_TLS_OTHER, TWO_CLOSES));
    assert_string_equal(asked_reason, "the server closed the connection");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_address_is_tried_without_an_event),
        cmocka_unit_test(a_silent_address_has_a_part_of_the_time),
        cmocka_unit_test(the_last_address_has_the_rest_of_the_time),
        cmocka_unit_test(an_end_after_the_handshake_is_reported),
        cmocka_unit_test(a_server_that_does_not_read_is_left),
        cmocka_unit_test(the_next_address_is_tried_after_a_handshake),
        cmocka_unit_test(a_program_that_ends_closes_its_connection),
        cmocka_unit_test(a_wrong_key_is_not_tried_past),
        cmocka_unit_test(the_last_reason_is_told),
        cmocka_unit_test(a_key_is_asked_of_the_next_address),
    };
    two_make_keys();
    cw_curve_key_text(two.curve.key.public_key, key);
    cw_tls_pin_text(&two.identity.pin, pin);
    cw_tls_pin_text(&two.other_identity.pin, other_pin);
    int failed = cmocka_run_group_tests_name("client_addresses", tests, NULL, NULL);
    two_free_keys();
    return failed;
}
