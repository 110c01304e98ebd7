/* test_client_sealed.c - libchinwag over CURVE, wss and ws, in memory: what it sends where, and
 * that it gives nothing away to a server that is not the right one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "client/client_core.h"
#include "client/client_transport.h"
#include "frame/curve_text.h"
#include "frame/http.h"
#include "tls_pair.h"

#define ADDRESS "wss://localhost:4243/ws"

/* A client, and a server's framer at the other end of its connection. */
struct play {
    struct cw_client_transport transport;
    struct cw_client *client;
    struct cw_framer *server;
    struct cw_buf said;  /* by the server, not sealed yet */
    struct cw_buf heard; /* bodies of messages, one after the other */
    struct cw_buf wire;  /* all bytes that the client sent */
    size_t messages;
    bool ready, failed;
    size_t piece; /* bytes come in so many at a time */
};

static struct cw_curve_server curve_server;
static struct tls_identity identity, other_identity;
static char server_key[CW_CURVE_KEY_TEXT], other_key[CW_CURVE_KEY_TEXT];
static char server_pin[CW_TLS_PIN_TEXT], other_pin[CW_TLS_PIN_TEXT];

static void sealed_test_random(void *bytes, size_t n)
{
    static uint64_t number = 1;
    uint8_t *p = bytes;
    for (size_t i = 0; i < n; i++) {
        number = number * 6364136223846793005u + 1442695040888963407u;
        p[i] = (uint8_t)(number >> 56);
    }
}

/* --- the server's end --------------------------------------------------------------------- */

static bool may_begin(void *context)
{
    (void)context;
    return true;
}

static void no_page(void *context, const struct cw_http_request *request,
                    struct cw_http_answer *answer)
{
    (void)context;
    (void)request;
    cw_http_answer_text(answer, 404, "There is nothing here.\n");
}

static const char *const hosts[] = {"localhost:4243"};
static const struct cw_http_site site = {
    .answer = no_page, .hosts = hosts, .host_count = 1, .upgrades = true, .headers = ""};
static const struct cw_http_site site_without = {
    .answer = no_page, .hosts = hosts, .host_count = 1, .headers = ""};

static struct cw_framer *inner_http(void *context, uint8_t first)
{
    (void)first;
    return cw_http_create(context, CW_VOICE_MESSAGE_MAX);
}

static struct cw_framer *tls_server(const struct tls_identity *of, const struct cw_http_site *in)
{
    union {
        const struct cw_http_site *site;
        void *context;
    } inner = {in};
    return cw_tls_create_server(of->server, inner_http, inner.context, CW_VOICE_MESSAGE_MAX);
}

static struct cw_framer *zmtp_server(const struct cw_curve_server *curve)
{
    struct cw_framer *framer = cw_zmtp_create(CW_FRAMER_SERVER, CW_VOICE_MESSAGE_MAX);
    if (curve != NULL)
        cw_zmtp_offer_curve(framer, curve, false);
    return framer;
}

static void hear(struct play *p, const struct cw_framer_event *event)
{
    p->ready |= event->type == CW_FRAMER_READY;
    p->failed |= event->type == CW_FRAMER_FAILED;
    if (event->type != CW_FRAMER_MESSAGE)
        return;
    p->messages++;
    cw_buf_append(&p->heard, event->body.p, event->body.n);
}

static void to_server(struct play *p, struct cw_slice bytes)
{
    struct cw_framer_event event = {.type = CW_FRAMER_READY};
    while (event.type != CW_FRAMER_NEED_MORE && !p->failed) {
        event = cw_framer_input(p->server, &bytes, &p->said);
        hear(p, &event);
    }
}

static bool from_server(struct play *p)
{
    struct cw_buf wire = {0};
    struct cw_slice plain = cw_buf_slice(&p->said);
    if (plain.n != 0 && cw_framer_seals(p->server))
        cw_framer_seal(p->server, &plain, 1, &wire);
    else
        cw_buf_append(&wire, plain.p, plain.n);
    p->said.n = 0;
    bool any = wire.n != 0;
    for (size_t at = 0; at < wire.n; at += p->piece)
        cw_client_input(p->client,
                        cw_slice_of(wire.p + at, wire.n - at < p->piece ? wire.n - at : p->piece),
                        1000);
    cw_buf_finish(&wire);
    return any;
}

static bool from_client(struct play *p)
{
    cw_client_run(p->client, 1000);
    struct cw_slice output = cw_client_output(p->client);
    struct cw_buf copy = {0};
    cw_buf_append(&copy, output.p, output.n);
    cw_buf_append(&p->wire, output.p, output.n);
    cw_client_sent(p->client, output.n);
    for (size_t at = 0; at < copy.n; at += p->piece)
        to_server(p, cw_slice_of(copy.p + at, copy.n - at < p->piece ? copy.n - at : p->piece));
    cw_buf_finish(&copy);
    return output.n != 0;
}

/* --- a play --------------------------------------------------------------------------------- */

static void begin(struct play *p, const struct chinwag_options *options, struct cw_framer *server)
{
    struct cw_client_config config = {.client_name = cw_slice_str("test"), .part = 7, .seed = 1};
    enum cw_client_proof proof;
    *p = (struct play){.server = server, .piece = SIZE_MAX};
    assert_true(cw_client_transport_begin(&p->transport, options, sealed_test_random));
    assert_null(cw_client_transport_forbids(&p->transport));
    p->client = cw_client_create(&config);
    struct cw_msg login = {.kind = CW_REQUEST,
                           .action = CW_LOGIN,
                           .username = cw_slice_str("alice"),
                           .password = cw_slice_str("open sesame")};
    assert_int_equal(cw_client_request(p->client, &login), 1);
    cw_client_run(p->client, 1000);
    struct cw_framer *framer = cw_client_transport_open(&p->transport, TLS_NOW_S, &proof);
    assert_non_null(framer);
    cw_framer_start(p->server, &p->said);
    cw_client_connected(p->client, framer, proof, false, 1000);
}

static void end(struct play *p)
{
    cw_client_destroy(p->client);
    cw_client_transport_finish(&p->transport);
    cw_framer_destroy(p->server);
    cw_buf_finish(&p->said);
    cw_buf_finish(&p->heard);
    cw_buf_finish(&p->wire);
}

/* Until neither has more to say, or the client has an event. */
static bool next_event(struct play *p, struct chinwag_event *event)
{
    bool any = true;
    while (any) {
        if (cw_client_next(p->client, 1000, event))
            return true;
        any = from_client(p);
        any |= from_server(p);
    }
    return false;
}

static struct chinwag_event expect(struct play *p, enum chinwag_event_type type)
{
    struct chinwag_event event;
    assert_true(next_event(p, &event));
    assert_int_equal(event.type, type);
    return event;
}

static bool contains(const struct cw_buf *bytes, const char *word)
{
    size_t n = strlen(word);
    for (size_t at = 0; at + n <= bytes->n; at++)
        if (memcmp(bytes->p + at, word, n) == 0)
            return true;
    return false;
}

static void say(struct play *p, const struct cw_msg *msg)
{
    struct cw_buf body = {0};
    cw_msg_encode(msg, true, &body);
    cw_framer_put(p->server, cw_buf_slice(&body), &p->said);
    cw_buf_finish(&body);
}

static void say_whisper(struct play *p, const char *content)
{
    say(p, &(struct cw_msg){.kind = CW_UPDATE,
                            .action = CW_WHISPER,
                            .sender = cw_slice_str("bob"),
                            .content = cw_slice_str(content)});
}

/* Login, its answer, three messages in one piece, and a long message to the server. */
static void play_conversation(struct play *p)
{
    static const char *const words[] = {"one", "two", "three"};
    struct chinwag_event event;
    static uint8_t file[500000];
    expect(p, CHINWAG_CONNECTED);
    assert_false(next_event(p, &event));
    assert_true(p->ready);
    assert_int_equal(p->messages, 1);
    assert_true(contains(&p->heard, "open sesame"));
    say(p, &(struct cw_msg){.kind = CW_RESPONSE,
                            .action = CW_LOGIN,
                            .username = cw_slice_str("alice"),
                            .token = cw_slice_str("t0k3n")});
    for (size_t i = 0; i < 3; i++)
        say_whisper(p, words[i]);
    event = expect(p, CHINWAG_RESPONSE);
    assert_string_equal(event.token, "t0k3n");
    for (size_t i = 0; i < 3; i++) {
        event = expect(p, CHINWAG_WHISPER);
        assert_string_equal(event.content, words[i]);
    }
    memset(file, 'v', sizeof file);
    p->heard.n = 0;
    struct cw_msg voice = {
        .kind = CW_REQUEST,
        .action = CW_VOICE_MSG,
        .recipient = cw_slice_str("bob"),
        .channels = 1,
        .samples = {.form = CW_SAMPLES_OGG, .encoded = cw_slice_of(file, sizeof file)}};
    assert_int_equal(cw_client_request(p->client, &voice), 2);
    assert_false(next_event(p, &event));
    assert_int_equal(p->messages, 2);
    assert_true(p->heard.n > sizeof file);
    assert_false(p->failed);
}

static void converse(const struct chinwag_options *options, struct cw_framer *(*open)(void),
                     bool sealed)
{
    static const size_t pieces[] = {SIZE_MAX, 1000, 1};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct play p;
        begin(&p, options, open());
        p.piece = pieces[i];
        play_conversation(&p);
        assert_int_equal(contains(&p.wire, "open sesame"), !sealed);
        end(&p);
    }
}

static struct cw_framer *open_curve(void)
{
    return zmtp_server(&curve_server);
}

static struct cw_framer *open_wss(void)
{
    return tls_server(&identity, &site);
}

static void curve(void **state)
{
    (void)state;
    converse(&(struct chinwag_options){.server = "chat.example", .server_key = server_key},
             open_curve, true);
}

static void wss_by_pin(void **state)
{
    (void)state;
    converse(&(struct chinwag_options){.server = ADDRESS, .tls_pin = server_pin}, open_wss, true);
}

/* OpenSSL reads the list of the system's authorities from this file instead. */
static void wss_by_an_authority(void **state)
{
    (void)state;
    char path[] = "/tmp/chinwag-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, identity.certificate.p, identity.certificate.n),
                     (int)identity.certificate.n);
    close(fd);
    setenv("SSL_CERT_FILE", path, 1);
    converse(&(struct chinwag_options){.server = ADDRESS}, open_wss, true);
    unsetenv("SSL_CERT_FILE");
    unlink(path);
}

/* --- another server than the right one ----------------------------------------------------- */

/* The connection ends with this code, and no message, not even sealed, has been sent. */
static struct chinwag_event refused(struct play *p, int code)
{
    struct chinwag_event event;
    while (!next_event(p, &event))
        cw_client_closed(p->client, CHINWAG_SUCCESS, "the server closed the connection");
    assert_int_equal(event.type, CHINWAG_DISCONNECTED);
    assert_int_equal(event.code, code);
    assert_false(p->ready);
    assert_int_equal(p->messages, 0);
    assert_false(contains(&p->wire, "open sesame"));
    return event;
}

static void a_proxy_with_another_curve_key(void **state)
{
    (void)state;
    struct play p;
    begin(&p, &(struct chinwag_options){.server = "chat.example", .server_key = other_key},
          zmtp_server(&curve_server));
    refused(&p, CHINWAG_NOT_VERIFIED);
    assert_true(p.failed); /* HELLO did not open */
    end(&p);
}

static void a_proxy_without_curve(void **state)
{
    (void)state;
    struct play p;
    begin(&p, &(struct chinwag_options){.server = "chat.example", .server_key = server_key},
          zmtp_server(NULL));
    struct chinwag_event event = refused(&p, CHINWAG_NOT_VERIFIED);
    assert_string_equal(event.text, "the server did not prove that it has the expected key");
    end(&p);
}

/* A server that has no room closes before it has said anything. */
static void a_server_that_says_nothing_is_not_blamed(void **state)
{
    (void)state;
    struct play p;
    begin(&p, &(struct chinwag_options){.server = "chat.example", .server_key = server_key},
          zmtp_server(&curve_server));
    cw_client_closed(p.client, CHINWAG_SUCCESS, "the server closed the connection");
    refused(&p, CHINWAG_SUCCESS);
    end(&p);
}

static void a_proxy_with_another_certificate(void **state)
{
    (void)state;
    struct play p;
    begin(&p, &(struct chinwag_options){.server = ADDRESS, .tls_pin = server_pin},
          tls_server(&other_identity, &site));
    struct chinwag_event event = refused(&p, CHINWAG_NOT_VERIFIED);
    assert_string_equal(event.text, "the server's key is not the one that was pinned");
    assert_string_equal(event.tls_pin, other_pin);
    end(&p);
}

static void a_certificate_that_nobody_confirms(void **state)
{
    (void)state;
    struct play p;
    begin(&p, &(struct chinwag_options){.server = ADDRESS}, tls_server(&identity, &site));
    struct chinwag_event event = refused(&p, CHINWAG_NOT_VERIFIED);
    assert_string_equal(event.tls_pin, server_pin);
    end(&p);
}

static void the_right_server_without_a_websocket(void **state)
{
    (void)state;
    struct play p;
    begin(&p, &(struct chinwag_options){.server = ADDRESS, .tls_pin = server_pin},
          tls_server(&identity, &site_without));
    struct chinwag_event event = refused(&p, CHINWAG_SUCCESS);
    assert_string_equal(event.text, "the server answered with HTTP status 404");
    assert_string_equal(event.tls_pin, server_pin);
    end(&p);
}

static void nothing_leaves_this_machine_unencrypted(void **state)
{
    (void)state;
    static const struct {
        const char *server, *key;
        bool allowed;
    } cases[] = {
        {"127.0.0.1", NULL, true},
        {"ws://localhost/ws", NULL, true},
        {"chat.example", NULL, false},
        {"10.0.0.1:4242", NULL, false},
        {"ws://chat.example/ws", NULL, false},
        {"chat.example", server_key, true},
        {"127.0.0.1", server_key, true},
        {"ws://chat.example/ws", server_key, false},
        {"ws://localhost/ws", server_key, false}, /* the key is known: it is to be proved */
        {"wss://chat.example/ws", NULL, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cw_client_transport transport;
        struct chinwag_options options = {.server = cases[i].server, .server_key = cases[i].key};
        assert_true(cw_client_transport_begin(&transport, &options, sealed_test_random));
        assert_int_equal(cw_client_transport_forbids(&transport) == NULL, cases[i].allowed);
        cw_client_transport_finish(&transport);
    }
}

/* With the public functions: no name is looked up, no socket opened. */
static void the_program_is_told_that_a_key_is_needed(void **state)
{
    (void)state;
    struct chinwag_event event;
    chinwag_client *client = chinwag_create(&(struct chinwag_options){.server = "chat.invalid"});
    assert_int_equal(chinwag_login(client, "alice", "open sesame"), 1);
    assert_true(chinwag_poll(client, 0, &event));
    assert_int_equal(event.type, CHINWAG_DISCONNECTED);
    assert_int_equal(event.code, CHINWAG_KEY_NEEDED);
    chinwag_destroy(client);
}

static void make_keys(void)
{
    struct cw_curve_key other;
    curve_server = (struct cw_curve_server){.random = sealed_test_random, .may_begin = may_begin};
    cw_curve_key_make(&curve_server.key, sealed_test_random);
    cw_curve_key_make(&other, sealed_test_random);
    cw_curve_key_text(curve_server.key.public_key, server_key);
    cw_curve_key_text(other.public_key, other_key);
    tls_identity_make(&identity);
    tls_identity_make(&other_identity);
    cw_tls_pin_text(&identity.pin, server_pin);
    cw_tls_pin_text(&other_identity.pin, other_pin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curve),
        cmocka_unit_test(wss_by_pin),
        cmocka_unit_test(wss_by_an_authority),
        cmocka_unit_test(a_proxy_with_another_curve_key),
        cmocka_unit_test(a_proxy_without_curve),
        cmocka_unit_test(a_server_that_says_nothing_is_not_blamed),
        cmocka_unit_test(a_proxy_with_another_certificate),
        cmocka_unit_test(a_certificate_that_nobody_confirms),
        cmocka_unit_test(the_right_server_without_a_websocket),
        cmocka_unit_test(nothing_leaves_this_machine_unencrypted),
        cmocka_unit_test(the_program_is_told_that_a_key_is_needed),
    };
    make_keys();
    int failed = cmocka_run_group_tests_name("client_sealed", tests, NULL, NULL);
    tls_identity_finish(&identity);
    tls_identity_finish(&other_identity);
    return failed;
}
