/* test_tls_hostile.c - a TLS server that receives bytes that are no TLS, or TLS that it refuses: a
 * clear reason, bounded memory. The client is OpenSSL itself. */
#include <malloc.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "tls_pair.h"

#define ALL SIZE_MAX

static struct tls_identity identity;

static void begin_server(struct tls_end *server)
{
    tls_end_begin(server,
                  cw_tls_create_server(identity.server, tls_inner_zmtp, NULL, CW_MESSAGE_MAX));
}

/* --- no TLS ------------------------------------------------------------------------------ */

static void fails(const void *bytes, size_t n, const char *reason)
{
    static const size_t pieces[] = {1, 3, ALL};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct tls_end server;
        begin_server(&server);
        tls_end_take(&server, cw_slice_of(bytes, n), pieces[i]);
        assert_true(server.failed);
        assert_string_equal(server.reason, reason);
        tls_end_seal(&server);
        assert_true(server.wire.n <= 7); /* an unencrypted alert */
        assert_int_equal(server.messages, 0);
        tls_end_finish(&server);
    }
}

static void what_is_no_tls_is_refused(void **state)
{
    (void)state;
    static const uint8_t zeros[100] = {0x16}, other_version[100] = {0x16, 9, 9, 0, 50};
    static const uint8_t too_long[100] = {0x16, 3, 1, 0xff, 0xff};
    static const uint8_t not_a_hello[20] = {0x16, 3, 1, 0, 8, 2, 0, 0, 4};
    fails("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 35, "the peer does not speak TLS");
    fails(zeros, sizeof zeros, "the peer does not speak TLS");
    fails(other_version, sizeof other_version, "the peer does not speak TLS");
    fails(too_long, sizeof too_long, "the peer broke the rules of TLS");
    fails(not_a_hello, sizeof not_a_hello, "the peer broke the rules of TLS");
}

static size_t heap(void)
{
    return mallinfo2().uordblks + mallinfo2().hblkhd;
}

static void a_long_hello_is_refused_by_its_length(void **state)
{
    (void)state;
    static const char reason[] = "the peer's ClientHello is too long";
    static const uint8_t whole[] = {0x16, 3, 1, 0x40, 0, 1, 0, 0x40, 1};
    static const uint8_t cut[] = {0x16, 3, 1, 0, 2, 1, 0, 0x16, 3, 1, 0, 9, 0x40, 1};
    static const uint8_t longest[] = {0x16, 3, 1, 0x40, 0, 1, 0, 0x40, 0};
    fails(whole, sizeof whole, reason);
    fails(cut, sizeof cut, reason);
    struct tls_end server;
    begin_server(&server);
    tls_end_take(&server, cw_slice_of(longest, sizeof longest), ALL);
    assert_false(server.failed);
    tls_end_finish(&server);
}

/* --- OpenSSL as a client ------------------------------------------------------------------- */

struct raw {
    SSL_CTX *context;
    SSL *ssl;
    BIO *in, *out;
    struct tls_end server;
};

static void raw_begin(struct raw *raw, int version)
{
    *raw = (struct raw){.context = SSL_CTX_new(TLS_client_method()),
                        .in = BIO_new(BIO_s_mem()),
                        .out = BIO_new(BIO_s_mem())};
    SSL_CTX_set_min_proto_version(raw->context, version);
    SSL_CTX_set_max_proto_version(raw->context, version);
    raw->ssl = SSL_new(raw->context);
    SSL_set_bio(raw->ssl, raw->in, raw->out);
    SSL_set_connect_state(raw->ssl);
    begin_server(&raw->server);
}

static void raw_finish(struct raw *raw)
{
    SSL_free(raw->ssl);
    SSL_CTX_free(raw->context);
    tls_end_finish(&raw->server);
}

/* Gives the client's output to the server. */
static void raw_send(struct raw *raw)
{
    const uint8_t *p = NULL;
    long n = BIO_get_mem_data(raw->out, &p);
    tls_end_take(&raw->server, cw_slice_of(p, (size_t)n), ALL);
    BIO_reset(raw->out);
}

/* Gives the server's output to the client. */
static void raw_receive(struct raw *raw)
{
    tls_end_seal(&raw->server);
    BIO_write(raw->in, raw->server.wire.p, (int)raw->server.wire.n);
    raw->server.wire.n = 0;
}

static int raw_handshake(struct raw *raw)
{
    int result = -1;
    for (int i = 0; i < 6 && result != 1; i++) {
        result = SSL_do_handshake(raw->ssl);
        raw_send(raw);
        raw_receive(raw);
    }
    return result;
}

/* Connects a ZMTP client over TLS, until READY. */
static void raw_begin_ready(struct raw *raw, int version)
{
    static const uint8_t greeting[64] = {0xff, 0,    0, 0, 0,   0,   0,   0,
                                         1,    0x7f, 3, 1, 'N', 'U', 'L', 'L'};
    static const char ready[] = "\x04\x1c\5READY\x0bSocket-Type\0\0\0\6DEALER";
    uint8_t answer[200];
    raw_begin(raw, version);
    assert_int_equal(raw_handshake(raw), 1);
    SSL_write(raw->ssl, greeting, sizeof greeting);
    SSL_write(raw->ssl, ready, sizeof ready - 1);
    raw_send(raw);
    raw_receive(raw);
    assert_true(raw->server.ready);
    assert_true(SSL_read(raw->ssl, answer, sizeof answer) >= 64);
}

static void a_handshake_leaves_no_ticket(void **state)
{
    (void)state;
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        struct raw raw;
        uint8_t byte;
        raw_begin(&raw, version);
        assert_int_equal(raw_handshake(&raw), 1);
        assert_int_equal(SSL_read(raw.ssl, &byte, 1), -1); /* where TLS 1.3 has its tickets */
        assert_int_equal(SSL_SESSION_has_ticket(SSL_get_session(raw.ssl)), 0);
        assert_int_equal(SSL_SESSION_is_resumable(SSL_get_session(raw.ssl)), 0);
        raw_finish(&raw);
    }
}

static const char *agreed_cipher(struct raw *raw)
{
    assert_int_equal(raw_handshake(raw), 1);
    return SSL_get_cipher(raw->ssl);
}

static void aes_128_comes_first_unless_the_client_prefers_chacha20(void **state)
{
    (void)state;
    struct raw raw;
    raw_begin(&raw, TLS1_3_VERSION);
    SSL_set_ciphersuites(raw.ssl, "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256");
    assert_string_equal(agreed_cipher(&raw), "TLS_AES_128_GCM_SHA256");
    raw_finish(&raw);
    raw_begin(&raw, TLS1_3_VERSION);
    SSL_set_ciphersuites(raw.ssl, "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256");
    assert_string_equal(agreed_cipher(&raw), "TLS_CHACHA20_POLY1305_SHA256");
    raw_finish(&raw);
    raw_begin(&raw, TLS1_2_VERSION);
    SSL_set_cipher_list(raw.ssl, "ALL");
    assert_string_equal(agreed_cipher(&raw), "ECDHE-ECDSA-AES128-GCM-SHA256");
    raw_finish(&raw);
}

static void no_handshake(struct raw *raw, const char *reason)
{
    assert_int_not_equal(raw_handshake(raw), 1);
    assert_true(raw->server.failed);
    assert_string_equal(raw->server.reason, reason);
    raw_finish(raw);
}

static void old_versions_and_ciphers_are_refused(void **state)
{
    (void)state;
    struct raw raw;
    raw_begin(&raw, TLS1_1_VERSION);
    SSL_set_cipher_list(raw.ssl, "ALL:@SECLEVEL=0");
    no_handshake(&raw, "the peer and we have no version of TLS in common; 1.2 or 1.3 is needed");
    raw_begin(&raw, TLS1_2_VERSION);
    SSL_set_cipher_list(raw.ssl, "AES128-SHA:AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA");
    no_handshake(&raw, "the peer and we have no cipher of TLS in common");
}

/* A second ClientHello, when the server has asked for a key of another curve. */
static void a_curve_is_agreed_on_in_a_second_round(void **state)
{
    (void)state;
    struct raw raw;
    raw_begin(&raw, TLS1_3_VERSION);
    SSL_set1_groups_list(raw.ssl, "P-521:P-384");
    assert_int_equal(raw_handshake(&raw), 1);
    assert_int_equal(SSL_get_negotiated_group(raw.ssl), NID_secp384r1);
    raw_finish(&raw);
}

/* The length of the second ClientHello is checked, too, although a ChangeCipherSpec comes before
 * it, after which TLS 1.2 encrypts. */
static void a_long_second_hello_is_refused(void **state)
{
    (void)state;
    static const uint8_t second[] = {20, 3, 3, 0, 1, 1, 0x16, 3, 3, 0x40, 0, 1, 0, 0x40, 1};
    struct raw raw;
    raw_begin(&raw, TLS1_3_VERSION);
    SSL_set1_groups_list(raw.ssl, "P-521:P-384");
    SSL_do_handshake(raw.ssl);
    raw_send(&raw);
    assert_false(raw.server.failed);
    tls_end_take(&raw.server, cw_slice_of(second, sizeof second), 1);
    assert_string_equal(raw.server.reason, "the peer's ClientHello is too long");
    raw_finish(&raw);
}

/* In TLS 1.2 the client's last handshake message is encrypted: its bytes are no length. */
static void encrypted_bytes_are_not_taken_for_a_hello(void **state)
{
    (void)state;
    for (int i = 0; i < 600; i++) { /* one of 256 begins with a 1 */
        struct raw raw;
        raw_begin(&raw, TLS1_2_VERSION);
        assert_int_equal(raw_handshake(&raw), 1);
        raw_finish(&raw);
    }
}

static void protocols_that_are_not_ours_are_no_obstacle(void **state)
{
    (void)state;
    static const char *const offers[] = {"\2h2\x08http/1.1", "\2h2", "\x08http/1.1"};
    static const unsigned agreed[] = {8, 0, 8};
    for (int i = 0; i < 3; i++) {
        struct raw raw;
        const uint8_t *protocol = NULL;
        unsigned n = 0;
        raw_begin(&raw, TLS1_3_VERSION);
        SSL_set_alpn_protos(raw.ssl, (const uint8_t *)offers[i], (unsigned)strlen(offers[i]));
        assert_int_equal(raw_handshake(&raw), 1);
        SSL_get0_alpn_selected(raw.ssl, &protocol, &n);
        assert_int_equal(n, agreed[i]);
        raw_finish(&raw);
    }
}

/* --- after the handshake --------------------------------------------------------------------- */

static void renegotiation_is_refused(void **state)
{
    (void)state;
    struct raw raw;
    raw_begin_ready(&raw, TLS1_2_VERSION);
    assert_int_equal(SSL_renegotiate(raw.ssl), 1);
    SSL_do_handshake(raw.ssl);
    raw_send(&raw);
    assert_string_equal(raw.server.reason, "the peer wants to renegotiate");
    raw_receive(&raw);
    ERR_clear_error();
    assert_int_equal(SSL_do_handshake(raw.ssl), -1);
    assert_int_equal(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION);
    raw_finish(&raw);
}

/* The answers precede the next sealed bytes, and change the key for them. OpenSSL writes some
 * answers when it reads, the last one when it writes again. */
static void key_updates_are_answered_before_the_next_message(void **state)
{
    (void)state;
    struct raw raw;
    uint8_t read[50];
    raw_begin_ready(&raw, TLS1_3_VERSION);
    for (int i = 0; i < 100; i++) {
        tls_end_say(&raw.server, "first", 5);
        tls_end_seal(&raw.server); /* sealed with the old key, not sent yet */
        for (int updates = 0; updates < i % 5; updates++) {
            SSL_key_update(raw.ssl, SSL_KEY_UPDATE_REQUESTED);
            SSL_do_handshake(raw.ssl);
        }
        SSL_write(raw.ssl, "\0\2hi", 4);
        raw_send(&raw);
        tls_end_say(&raw.server, "second", 6);
        raw_receive(&raw);
        assert_int_equal(SSL_read(raw.ssl, read, sizeof read), 7);
        assert_memory_equal(read, "\0\5first", 7);
        assert_int_equal(SSL_read(raw.ssl, read, sizeof read), 8);
        assert_memory_equal(read, "\0\6second", 8);
    }
    assert_int_equal(raw.server.messages, 100);
    raw_finish(&raw);
}

static void key_updates_without_end_are_refused(void **state)
{
    (void)state;
    struct raw raw;
    int count = 0;
    raw_begin_ready(&raw, TLS1_3_VERSION);
    for (; count < 1000 && !raw.server.failed; count++) {
        SSL_key_update(raw.ssl, SSL_KEY_UPDATE_REQUESTED);
        SSL_do_handshake(raw.ssl);
        raw_send(&raw);
    }
    assert_true(count > 20 && count < 100);
    assert_string_equal(raw.server.reason, "the peer updates its keys without end");
    raw_finish(&raw);
}

/* The alert is sent whether or not other output waits. */
static void a_changed_byte_ends_the_connection_with_an_alert(void **state)
{
    (void)state;
    for (int waits = 0; waits < 2; waits++) {
        struct raw raw;
        uint8_t *p = NULL, byte;
        raw_begin_ready(&raw, TLS1_3_VERSION);
        if (waits != 0)
            tls_end_say(&raw.server, "this was ready to be sent", 25);
        SSL_write(raw.ssl, "\0\2hi", 4);
        BIO_get_mem_data(raw.out, &p);
        p[10] ^= 1;
        raw_send(&raw);
        assert_true(raw.server.failed);
        assert_string_equal(raw.server.reason, "the peer broke the rules of TLS");
        assert_int_equal(raw.server.messages, 0);
        raw_receive(&raw);
        ERR_clear_error();
        assert_true(SSL_read(raw.ssl, &byte, 1) <= 0);
        assert_int_equal(ERR_GET_REASON(ERR_peek_last_error()), SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
        raw_finish(&raw);
    }
}

/* OpenSSL's errors are the thread's, not the connection's. */
static void the_failure_of_one_connection_is_not_another_s(void **state)
{
    (void)state;
    struct raw raw;
    struct tls_end broken;
    raw_begin_ready(&raw, TLS1_3_VERSION);
    begin_server(&broken);
    tls_end_take(&broken, cw_slice_str("GET / HTTP/1.1\r\n\r\n"), ALL);
    assert_true(broken.failed);
    SSL_write(raw.ssl, "\0\2hi", 4);
    raw_send(&raw);
    assert_false(raw.server.failed);
    assert_int_equal(raw.server.messages, 1);
    tls_end_finish(&broken);
    raw_finish(&raw);
}

static void what_is_said_within_is_judged_by_its_first_byte(void **state)
{
    (void)state;
    struct raw raw;
    raw_begin(&raw, TLS1_3_VERSION);
    assert_int_equal(raw_handshake(&raw), 1);
    SSL_write(raw.ssl, "\x16\3\1", 3);
    raw_send(&raw);
    assert_string_equal(raw.server.reason, "the protocol inside TLS is unknown");
    raw_finish(&raw);
}

/* One byte of ZMTP a record. */
static void records_of_one_byte_are_read(void **state)
{
    (void)state;
    struct raw raw;
    uint8_t frame[102] = {0, 100};
    raw_begin_ready(&raw, TLS1_3_VERSION);
    for (size_t i = 0; i < sizeof frame; i++)
        SSL_write(raw.ssl, frame + i, 1);
    raw_send(&raw);
    assert_int_equal(raw.server.messages, 1);
    assert_int_equal(raw.server.heard.n, 100);
    raw_finish(&raw);
}

/* --- memory ---------------------------------------------------------------------------------- */

#define MANY 50

/* Asserts that many servers that have received these bytes hold no more memory than held_kib. */
static void holds_what_it_says(struct cw_slice bytes, size_t kib)
{
    struct tls_end *servers = cw_alloc(MANY * sizeof *servers);
    for (int i = 0; i < MANY; i++) {
        begin_server(&servers[i]);
        tls_end_take(&servers[i], bytes, ALL);
        assert_false(servers[i].failed);
    }
    size_t with = heap(), said = servers[0].framer->held_kib * 1024u;
    assert_int_equal(servers[0].framer->held_kib, kib);
    for (int i = 0; i < MANY; i++)
        cw_framer_destroy(servers[i].framer);
    size_t each = (with - heap()) / MANY;
    print_message("%zu bytes of a handshake: %zu are held, %zu charged\n", bytes.n, each, said);
    assert_true(each <= said + 1024);
    for (int i = 0; i < MANY; i++)
        cw_buf_finish(&servers[i].out);
    free(servers);
}

static void handshakes_hold_what_they_say(void **state)
{
    (void)state;
    struct raw raw;
    const uint8_t *p = NULL;
    static const uint8_t longest[] = {0x16, 3, 1, 0x40, 0, 1, 0, 0x40, 0};
    raw_begin(&raw, TLS1_3_VERSION);
    SSL_do_handshake(raw.ssl);
    size_t n = (size_t)BIO_get_mem_data(raw.out, &p);
    holds_what_it_says(cw_slice_of(p, 1), 72);
    holds_what_it_says(cw_slice_of(longest, sizeof longest), 72);
    holds_what_it_says(cw_slice_of(p, n / 2), 72);
    holds_what_it_says(cw_slice_of(p, n), 43);
    raw_finish(&raw);
}

static void a_record_that_is_not_whole_is_charged(void **state)
{
    (void)state;
    struct raw raw;
    uint8_t *p = NULL, frame[202] = {0, 200};
    raw_begin_ready(&raw, TLS1_3_VERSION);
    assert_int_equal(raw.server.framer->held_kib, 14);
    SSL_write(raw.ssl, frame, sizeof frame);
    long n = BIO_get_mem_data(raw.out, &p);
    size_t idle = heap();
    tls_end_take(&raw.server, cw_slice_of(p, 100), ALL);
    assert_int_equal(raw.server.framer->held_kib, 31);
    assert_true(raw.server.framer->record_begun && raw.server.framer->partial.n == 0);
    assert_true(heap() - idle <= 17 * 1024);
    tls_end_take(&raw.server, cw_slice_of(p + 100, (size_t)n - 100), ALL);
    assert_int_equal(raw.server.framer->held_kib, 14);
    assert_false(raw.server.framer->record_begun);
    assert_int_equal(raw.server.messages, 1);
    raw_finish(&raw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_tls_is_refused),
        cmocka_unit_test(a_long_hello_is_refused_by_its_length),
        cmocka_unit_test(a_handshake_leaves_no_ticket),
        cmocka_unit_test(aes_128_comes_first_unless_the_client_prefers_chacha20),
        cmocka_unit_test(old_versions_and_ciphers_are_refused),
        cmocka_unit_test(a_curve_is_agreed_on_in_a_second_round),
        cmocka_unit_test(a_long_second_hello_is_refused),
        cmocka_unit_test(encrypted_bytes_are_not_taken_for_a_hello),
        cmocka_unit_test(protocols_that_are_not_ours_are_no_obstacle),
        cmocka_unit_test(renegotiation_is_refused),
        cmocka_unit_test(key_updates_are_answered_before_the_next_message),
        cmocka_unit_test(key_updates_without_end_are_refused),
        cmocka_unit_test(a_changed_byte_ends_the_connection_with_an_alert),
        cmocka_unit_test(the_failure_of_one_connection_is_not_another_s),
        cmocka_unit_test(what_is_said_within_is_judged_by_its_first_byte),
        cmocka_unit_test(records_of_one_byte_are_read),
        cmocka_unit_test(handshakes_hold_what_they_say),
        cmocka_unit_test(a_record_that_is_not_whole_is_charged),
    };
    tls_identity_make(&identity);
    int failed = cmocka_run_group_tests_name("tls_hostile", tests, NULL, NULL);
    tls_identity_finish(&identity);
    return failed;
}
