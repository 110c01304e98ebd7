/* test_tls_trust.c - certificates: which ones a server accepts, which ones a client trusts, and the
 * reasons for a refusal. */
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "frame/tls_internal.h"
#include "tls_pair.h"

#define ALL SIZE_MAX

static struct tls_identity identity, other;

/* --- what a client trusts --------------------------------------------------------------- */

static void is_trusted(const struct tls_wish *wish)
{
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        struct tls_pair pair;
        struct tls_wish wanted = *wish;
        struct cw_tls_pin shown;
        wanted.version = version;
        tls_pair_begin(&pair, &identity, &wanted);
        assert_false(cw_tls_presented(pair.client.framer, &shown));
        tls_pair_run(&pair, ALL);
        assert_null(pair.client.reason);
        assert_true(pair.client.ready && pair.server.ready);
        assert_true(cw_tls_presented(pair.client.framer, &shown));
        assert_memory_equal(shown.hash, identity.pin.hash, sizeof shown.hash);
        tls_pair_finish(&pair);
    }
}

/* The client sends an alert, and cw_tls_presented returns the refused key. */
static void is_refused(const struct tls_identity *server, const struct tls_wish *wish,
                       const char *reason)
{
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        struct tls_pair pair;
        struct tls_wish wanted = *wish;
        struct cw_tls_pin shown;
        wanted.version = version;
        tls_pair_begin(&pair, server, &wanted);
        tls_pair_run(&pair, ALL);
        assert_true(pair.client.failed && !pair.client.ready);
        assert_string_equal(pair.client.reason, reason);
        assert_true(pair.server.failed && !pair.server.ready);
        assert_int_equal(pair.server.messages, 0);
        assert_true(cw_tls_presented(pair.client.framer, &shown));
        assert_memory_equal(shown.hash, server->pin.hash, sizeof shown.hash);
        tls_pair_finish(&pair);
    }
}

static void a_name_of_the_certificate_is_trusted(void **state)
{
    (void)state;
    is_trusted(&(struct tls_wish){.host = "localhost"});
    is_trusted(&(struct tls_wish){.host = "127.0.0.1"});
    is_trusted(&(struct tls_wish){.host = "::1"});
}

static void another_name_is_not(void **state)
{
    (void)state;
    static const char reason[] = "the server's certificate is for another name";
    is_refused(&identity, &(struct tls_wish){.host = "chat.example.org"}, reason);
    is_refused(&identity, &(struct tls_wish){.host = "localhost.example.org"}, reason);
    is_refused(&identity, &(struct tls_wish){.host = "127.0.0.2"}, reason);
}

static void dates_count(void **state)
{
    (void)state;
    is_refused(&identity, &(struct tls_wish){.now_s = TLS_AFTER_S + 1},
               "the server's certificate has expired");
    is_refused(&identity, &(struct tls_wish){.now_s = TLS_BEFORE_S - 1},
               "the server's certificate is not valid yet: is this machine's clock right?");
    is_trusted(&(struct tls_wish){.now_s = TLS_AFTER_S - 1});
}

static void an_unknown_issuer_is_not_trusted(void **state)
{
    (void)state;
    is_refused(&identity, &(struct tls_wish){.trusted = &other},
               "the server's certificate is from an issuer that is not trusted here");
}

static void a_pin_alone_decides(void **state)
{
    (void)state;
    is_trusted(&(struct tls_wish){
        .pin = &identity.pin, .trusted = &other, .host = "another.name", .now_s = TLS_AFTER_S + 1});
    is_refused(&identity, &(struct tls_wish){.pin = &other.pin},
               "the server's key is not the one that was pinned");
}

static void the_server_hears_why(void **state)
{
    (void)state;
    struct tls_pair pair;
    tls_pair_begin(&pair, &identity, &(struct tls_wish){.trusted = &other});
    tls_pair_run(&pair, ALL);
    assert_string_equal(pair.server.reason, "the peer does not trust the server's certificate");
    tls_pair_finish(&pair);
}

static void pins_are_read_as_they_are_written(void **state)
{
    (void)state;
    char text[CW_TLS_PIN_TEXT];
    struct cw_tls_pin pin = {{0}}, read;
    for (size_t i = 0; i < sizeof pin.hash; i++)
        pin.hash[i] = (uint8_t)(i * 9);
    cw_tls_pin_text(&pin, text);
    assert_string_equal(text, "0009121b242d363f48515a636c757e8790"
                              "99a2abb4bdc6cfd8e1eaf3fc050e17");
    assert_true(cw_tls_pin_parse(cw_slice_str(text), &read));
    assert_memory_equal(read.hash, pin.hash, sizeof pin.hash);
    text[3] = 'A';
    assert_true(cw_tls_pin_parse(cw_slice_str(text), &read));
    assert_int_equal(read.hash[1], 0x0a);
    text[3] = 'g';
    assert_false(cw_tls_pin_parse(cw_slice_str(text), &read));
    assert_false(cw_tls_pin_parse(cw_slice_str("00"), &read));
    assert_false(cw_tls_pin_parse(cw_slice_of("", 0), &read));
}

static void the_system_s_certificates_are_trusted_by_default(void **state)
{
    (void)state;
    struct cw_tls_client *client = cw_tls_client_create((struct cw_slice){0});
    assert_non_null(client);
    cw_tls_client_destroy(client);
    assert_null(cw_tls_client_create(cw_slice_str("no certificate")));
}

/* --- what a server accepts ----------------------------------------------------------------- */

static void is_no_server(struct cw_slice certificates, struct cw_slice key, int64_t now_s,
                         const char *wanted)
{
    char error[CW_TLS_ERROR_MAX] = "";
    assert_null(cw_tls_server_create(certificates, key, now_s, error));
    assert_string_equal(error, wanted);
}

static void a_server_s_files_are_judged(void **state)
{
    (void)state;
    struct cw_slice certificate = cw_buf_slice(&identity.certificate);
    struct cw_slice key = cw_buf_slice(&identity.key), nothing = {0};
    static const char no_certificate[] =
        "no certificate was found, or one is damaged: the certificate file must be PEM "
        "(-----BEGIN CERTIFICATE-----), the server's own certificate first, then its chain";
    static const char no_key[] =
        "no private key was found, or it is damaged: the key file must be PEM (-----BEGIN PRIVATE "
        "KEY-----), and belong to the certificate";
    is_no_server(nothing, key, TLS_NOW_S, no_certificate);
    is_no_server(cw_slice_str("rubbish"), key, TLS_NOW_S, no_certificate);
    is_no_server(key, key, TLS_NOW_S, no_certificate);
    is_no_server(cw_slice_of(certificate.p, certificate.n - 40), key, TLS_NOW_S, no_certificate);
    is_no_server(certificate, nothing, TLS_NOW_S, no_key);
    is_no_server(certificate, certificate, TLS_NOW_S, no_key);
    is_no_server(certificate, cw_slice_of(key.p, key.n - 40), TLS_NOW_S, no_key);
    is_no_server(certificate, cw_buf_slice(&other.key), TLS_NOW_S,
                 "the private key does not belong to the certificate: give the key that the "
                 "certificate was requested with; the server's own certificate must be the first "
                 "of its file");
    is_no_server(certificate, key, TLS_AFTER_S + 1,
                 "the certificate has expired (Jan  1 00:00:00 2040 GMT): renew it, or remove both "
                 "files' settings so that the server makes a certificate of its own");
}

/* A server that asked for a passphrase on the terminal could not restart alone. */
static void a_passphrase_is_not_asked_for(void **state)
{
    (void)state;
    struct cw_buf text = {0};
    BIO *writer = BIO_new(BIO_s_mem()), *reader;
    const uint8_t *p = NULL;
    reader = BIO_new_mem_buf(identity.key.p, (int)identity.key.n);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(reader, NULL, NULL, NULL);
    assert_int_equal(PEM_write_bio_PrivateKey(writer, key, EVP_aes_128_cbc(),
                                              (const uint8_t *)"secret", 6, NULL, NULL),
                     1);
    long n = BIO_get_mem_data(writer, &p);
    cw_buf_append(&text, p, (size_t)n);
    is_no_server(cw_buf_slice(&identity.certificate), cw_buf_slice(&text), TLS_NOW_S,
                 "the private key has a passphrase, which the server cannot ask for: give it "
                 "without one (openssl pkey -in OLD -out NEW)");
    cw_buf_finish(&text);
    BIO_free(writer);
    BIO_free(reader);
    EVP_PKEY_free(key);
}

static void a_certificate_and_its_key_may_be_in_one_file(void **state)
{
    (void)state;
    char error[CW_TLS_ERROR_MAX] = "";
    struct cw_buf both = {0};
    cw_buf_append(&both, identity.key.p, identity.key.n);
    cw_buf_append(&both, identity.certificate.p, identity.certificate.n);
    struct cw_tls_server *server =
        cw_tls_server_create(cw_buf_slice(&both), cw_buf_slice(&both), TLS_NOW_S, error);
    assert_non_null(server);
    cw_tls_server_destroy(server);
    cw_buf_finish(&both);
}

/* The same text as of browsers and `openssl x509 -fingerprint -sha256`. */
static void a_fingerprint_is_that_of_the_certificate(void **state)
{
    (void)state;
    char text[CW_TLS_FINGERPRINT_TEXT];
    BIO *reader = BIO_new_mem_buf(identity.certificate.p, (int)identity.certificate.n);
    X509 *certificate = PEM_read_bio_X509(reader, NULL, NULL, NULL);
    uint8_t hash[32], *der = NULL;
    int n = i2d_X509(certificate, &der);
    assert_int_equal(EVP_Digest(der, (size_t)n, hash, NULL, EVP_sha256(), NULL), 1);
    cw_tls_server_fingerprint(identity.server, text);
    assert_int_equal(strlen(text), 95);
    for (size_t i = 0; i < sizeof hash; i++) {
        char pair[4];
        snprintf(pair, sizeof pair, "%02X", hash[i]);
        assert_memory_equal(text + 3 * i, pair, 2);
        assert_int_equal(text[3 * i + 2], i == 31 ? 0 : ':');
    }
    OPENSSL_free(der);
    X509_free(certificate);
    BIO_free(reader);
}

static void a_certificate_of_its_own_is_for_names_and_addresses(void **state)
{
    (void)state;
    static const char *const good[] = {"chat.example.org", "2001:db8::7"};
    static const char *const bad[] = {"two words"}, *const empty[] = {""};
    struct cw_buf certificate = {0}, key = {0};
    assert_false(cw_tls_self_signed(bad, 1, TLS_BEFORE_S, TLS_AFTER_S, &certificate, &key));
    assert_false(cw_tls_self_signed(empty, 1, TLS_BEFORE_S, TLS_AFTER_S, &certificate, &key));
    assert_false(cw_tls_self_signed(good, 0, TLS_BEFORE_S, TLS_AFTER_S, &certificate, &key));
    assert_int_equal(certificate.n + key.n, 0);
    assert_true(cw_tls_self_signed(good, 2, TLS_BEFORE_S, TLS_AFTER_S, &certificate, &key));
    BIO *reader = BIO_new_mem_buf(certificate.p, (int)certificate.n);
    X509 *made = PEM_read_bio_X509(reader, NULL, NULL, NULL);
    assert_int_equal(X509_check_host(made, "chat.example.org", 0, 0, NULL), 1);
    assert_int_equal(X509_check_ip_asc(made, "2001:db8::7", 0), 1);
    assert_int_equal(X509_check_host(made, "example.org", 0, 0, NULL), 0);
    assert_int_equal(EVP_PKEY_get_bits(X509_get0_pubkey(made)), 256);
    X509_free(made);
    BIO_free(reader);
    cw_buf_finish(&certificate);
    cw_buf_finish(&key);
}

static void a_certificate_of_its_own_is_made_again_for_a_key(void **state)
{
    (void)state;
    static const char *const names[] = {"chat.example.org", "2001:db8::7"}, *const stranger =
                                                                                "b.org";
    struct cw_buf certificate = {0}, key = {0}, again = {0}, other_key = {0}, cut = {0};
    int64_t until_s = 0;
    assert_true(cw_tls_self_signed(names, 2, TLS_BEFORE_S, TLS_NOW_S, &certificate, &key));
    size_t n = key.n;
    assert_true(cw_tls_self_signed(names, 1, TLS_BEFORE_S, TLS_AFTER_S, &again, &key));
    assert_int_equal(key.n, n);
    assert_true(cw_tls_certificate_fits(cw_buf_slice(&certificate), cw_buf_slice(&key), names, 2,
                                        &until_s));
    assert_int_equal(until_s, TLS_NOW_S);
    assert_true(
        cw_tls_certificate_fits(cw_buf_slice(&again), cw_buf_slice(&key), names, 1, &until_s));
    assert_int_equal(until_s, TLS_AFTER_S);
    assert_false(
        cw_tls_certificate_fits(cw_buf_slice(&again), cw_buf_slice(&key), names, 2, &until_s));
    assert_false(
        cw_tls_certificate_fits(cw_buf_slice(&again), cw_buf_slice(&key), &stranger, 1, &until_s));
    cw_buf_append(&cut, key.p, key.n / 2);
    assert_true(cw_tls_key_is_good(cw_buf_slice(&key)));
    assert_false(cw_tls_key_is_good(cw_buf_slice(&cut)));
    assert_false(cw_tls_self_signed(names, 1, TLS_BEFORE_S, TLS_AFTER_S, &certificate, &cut));
    assert_int_equal(cut.n, n / 2);
    certificate.n = 0;
    assert_true(cw_tls_self_signed(names, 1, TLS_BEFORE_S, TLS_AFTER_S, &certificate, &other_key));
    assert_false(cw_tls_certificate_fits(cw_buf_slice(&again), cw_buf_slice(&other_key), names, 1,
                                         &until_s));
    cw_buf_finish(&certificate);
    cw_buf_finish(&key);
    cw_buf_finish(&again);
    cw_buf_finish(&other_key);
    cw_buf_finish(&cut);
}

/* --- what is agreed on ------------------------------------------------------------------------ */

/* Mozilla's Server Side TLS 5.7, "intermediate", without DHE. */
static void ciphers_are_those_of_the_list(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "TLS_AES_128_GCM_SHA256",       "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",  "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",  "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
    };
    const STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(identity.server->context);
    assert_int_equal(sk_SSL_CIPHER_num(ciphers), sizeof wanted / sizeof wanted[0]);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++)
        assert_string_equal(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i)), wanted[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_of_the_certificate_is_trusted),
        cmocka_unit_test(another_name_is_not),
        cmocka_unit_test(dates_count),
        cmocka_unit_test(an_unknown_issuer_is_not_trusted),
        cmocka_unit_test(a_pin_alone_decides),
        cmocka_unit_test(the_server_hears_why),
        cmocka_unit_test(pins_are_read_as_they_are_written),
        cmocka_unit_test(the_system_s_certificates_are_trusted_by_default),
        cmocka_unit_test(a_server_s_files_are_judged),
        cmocka_unit_test(a_passphrase_is_not_asked_for),
        cmocka_unit_test(a_certificate_and_its_key_may_be_in_one_file),
        cmocka_unit_test(a_fingerprint_is_that_of_the_certificate),
        cmocka_unit_test(a_certificate_of_its_own_is_for_names_and_addresses),
        cmocka_unit_test(a_certificate_of_its_own_is_made_again_for_a_key),
        cmocka_unit_test(ciphers_are_those_of_the_list),
    };
    tls_identity_make(&identity);
    tls_identity_make(&other);
    int failed = cmocka_run_group_tests_name("tls_trust", tests, NULL, NULL);
    tls_identity_finish(&identity);
    tls_identity_finish(&other);
    return failed;
}
