/* tls_context.c - see tls_context.h.
 *
 * Ciphers and curves are those of Mozilla's "intermediate" configuration (Server Side TLS 5.7),
 * without the ones that need Diffie-Hellman parameters: no client of the last ten years needs
 * them. AES-128-GCM comes first, unless the client prefers ChaCha20, which it does where it has no
 * AES in hardware. */
#include "frame/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "frame/tls.h"
#include "frame/tls_internal.h"

#define CIPHERS_1_3 "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
#define CIPHERS_1_2                                                                                \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"                                   \
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"                                   \
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define GROUPS "X25519:P-256:P-384"

/* --- common to servers and clients ----------------------------------------------- */

/* OpenSSL fails here only if it has no memory, or was built without the algorithms. */
static void abort_unless(bool done)
{
    if (done)
        return;
    ERR_print_errors_fp(stderr);
    abort();
}

/* The same of what libchinwag uses: there it may be noted only. Returns `done`. */
static bool missing_unless(bool done)
{
    if (!done)
        cw_alloc_missing();
    return done;
}

/* There are no tickets and no cache: sessions are not resumed. Empty buffers are released, which
 * saves 34 KiB for an idle connection. */
static SSL_CTX *new_context(const SSL_METHOD *method)
{
    /* If OpenSSL had no memory to begin, SSL_CTX_new does not notice it. */
    SSL_CTX *context = OSSL_LIB_CTX_get0_global_default() != NULL ? SSL_CTX_new(method) : NULL;
    if (!missing_unless(context != NULL &&
                        SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
                        SSL_CTX_set_ciphersuites(context, CIPHERS_1_3) == 1 &&
                        SSL_CTX_set_cipher_list(context, CIPHERS_1_2) == 1 &&
                        SSL_CTX_set1_groups_list(context, GROUPS) == 1)) {
        SSL_CTX_free(context);
        return NULL;
    }
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 0);
    return context;
}

static BIO *reader_of(struct cw_slice text)
{
    BIO *reader = BIO_new_mem_buf(text.n == 0 ? "" : (const void *)text.p, (int)text.n);
    abort_unless(reader != NULL);
    return reader;
}

/* A key with a passphrase is refused: OpenSSL would ask for the passphrase on the terminal. */
static int no_passphrase(char *buffer, int size, int writes, void *context)
{
    (void)buffer;
    (void)size;
    (void)writes;
    *(bool *)context = true;
    return -1;
}

STACK_OF(X509) * cw_tls_certificates_of(struct cw_slice text)
{
    BIO *reader = reader_of(text);
    STACK_OF(X509) *all = sk_X509_new_null();
    abort_unless(all != NULL);
    for (X509 *one; (one = PEM_read_bio_X509(reader, NULL, NULL, NULL)) != NULL;)
        abort_unless(sk_X509_push(all, one) > 0);
    bool whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    BIO_free(reader);
    if (whole && sk_X509_num(all) > 0)
        return all;
    sk_X509_pop_free(all, X509_free);
    return NULL;
}

EVP_PKEY *cw_tls_key_of(struct cw_slice text, bool *has_passphrase)
{
    BIO *reader = reader_of(text);
    *has_passphrase = false;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(reader, NULL, no_passphrase, has_passphrase);
    BIO_free(reader);
    return key;
}

/* False only where cw_alloc returns NULL. */
static bool pin_of(const X509 *certificate, struct cw_tls_pin *pin)
{
    uint8_t *der = NULL;
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    bool good = missing_unless(
        n > 0 && EVP_Digest(der, (size_t)n, pin->hash, NULL, EVP_sha256(), NULL) == 1);
    OPENSSL_free(der);
    return good;
}

/* --- a server -------------------------------------------------------------------------------- */

/* A server's certificates and key. */
struct credentials {
    STACK_OF(X509) * chain; /* its own certificate first */
    EVP_PKEY *key;
};

static void set_error(char error[CW_TLS_ERROR_MAX], const char *what)
{
    snprintf(error, CW_TLS_ERROR_MAX, "%s", what);
}

static bool read_certificates(struct cw_slice text, struct credentials *c, char *error)
{
    c->chain = cw_tls_certificates_of(text);
    if (c->chain == NULL)
        set_error(error,
                  "no certificate was found, or one is damaged: the certificate file must be PEM "
                  "(-----BEGIN CERTIFICATE-----), the server's own certificate first, then its "
                  "chain");
    return c->chain != NULL;
}

static bool read_key(struct cw_slice text, struct credentials *c, char *error)
{
    bool has_passphrase;
    c->key = cw_tls_key_of(text, &has_passphrase);
    if (c->key == NULL)
        set_error(error,
                  has_passphrase
                      ? "the private key has a passphrase, which the server cannot ask for: "
                        "give it without one (openssl pkey -in OLD -out NEW)"
                      : "no private key was found, or it is damaged: the key file must be PEM "
                        "(-----BEGIN PRIVATE KEY-----), and belong to the certificate");
    return c->key != NULL;
}

static void set_expired_error(const X509 *own, char error[CW_TLS_ERROR_MAX])
{
    char date[64] = "";
    BIO *writer = BIO_new(BIO_s_mem());
    abort_unless(writer != NULL && ASN1_TIME_print(writer, X509_get0_notAfter(own)) == 1);
    BIO_read(writer, date, sizeof date - 1);
    BIO_free(writer);
    snprintf(error, CW_TLS_ERROR_MAX,
             "the certificate has expired (%s): renew it, or remove both files' settings so that "
             "the server makes a certificate of its own",
             date);
}

/* X509_cmp_time: negative is "earlier than, or equal to". */
static bool check(const struct credentials *c, int64_t now_s, char error[CW_TLS_ERROR_MAX])
{
    const X509 *own = sk_X509_value(c->chain, 0);
    time_t now = (time_t)now_s;
    if (X509_check_private_key(own, c->key) != 1) {
        set_error(error,
                  "the private key does not belong to the certificate: give the key that the "
                  "certificate was requested with; the server's own certificate must be the first "
                  "of its file");
        return false;
    }
    if (X509_cmp_time(X509_get0_notAfter(own), &now) < 0) {
        set_expired_error(own, error);
        return false;
    }
    return true;
}

/* ALPN: chooses "http/1.1" if the client offers it; otherwise the handshake goes on without. */
static int choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *chosen_n,
                           const unsigned char *offered, unsigned offered_n, void *context)
{
    static const uint8_t ours[] = "\x08http/1.1";
    unsigned char *out = NULL;
    (void)ssl;
    (void)context;
    int found = SSL_select_next_proto(&out, chosen_n, ours, sizeof ours - 1, offered, offered_n);
    *chosen = out;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

static bool use(SSL_CTX *context, const struct credentials *c, char error[CW_TLS_ERROR_MAX])
{
    X509 *own = sk_X509_shift(c->chain);
    bool taken = SSL_CTX_use_cert_and_key(context, own, c->key, c->chain, 1) == 1;
    X509_free(own);
    if (!taken) {
        const char *why = ERR_reason_error_string(ERR_peek_last_error());
        snprintf(error, CW_TLS_ERROR_MAX,
                 "OpenSSL does not take the certificate (%s): use a key of P-256, or RSA of 2048 "
                 "bits or more",
                 why == NULL ? "no reason is given" : why);
    }
    return taken;
}

static struct cw_tls_server *server_of(const struct credentials *c, char error[CW_TLS_ERROR_MAX])
{
    SSL_CTX *context = new_context(TLS_server_method());
    if (!use(context, c, error)) {
        SSL_CTX_free(context);
        return NULL;
    }
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    struct cw_tls_server *server = cw_alloc(sizeof *server);
    *server = (struct cw_tls_server){.context = context};
    return server;
}

struct cw_tls_server *cw_tls_server_create(struct cw_slice certificates, struct cw_slice key,
                                           int64_t now_s, char error[CW_TLS_ERROR_MAX])
{
    struct credentials c = {0};
    struct cw_tls_server *server = NULL;
    ERR_clear_error();
    if (read_certificates(certificates, &c, error) && read_key(key, &c, error) &&
        check(&c, now_s, error))
        server = server_of(&c, error);
    sk_X509_pop_free(c.chain, X509_free);
    EVP_PKEY_free(c.key);
    ERR_clear_error();
    return server;
}

void cw_tls_server_destroy(struct cw_tls_server *server)
{
    if (server == NULL)
        return;
    SSL_CTX_free(server->context);
    free(server);
}

void cw_tls_server_pin(const struct cw_tls_server *server, struct cw_tls_pin *pin)
{
    pin_of(SSL_CTX_get0_certificate(server->context), pin);
}

void cw_tls_server_fingerprint(const struct cw_tls_server *server,
                               char text[CW_TLS_FINGERPRINT_TEXT])
{
    uint8_t hash[32];
    abort_unless(X509_digest(SSL_CTX_get0_certificate(server->context), EVP_sha256(), hash, NULL) ==
                 1);
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(text + 3 * i, 4, "%02X%s", hash[i], i + 1 < sizeof hash ? ":" : "");
}

/* --- a client -------------------------------------------------------------------------------- */

/* Replaces OpenSSL's check of a certificate, and calls it if there is no pin. The handshake proves
 * that the server has the key. */
static int verify(X509_STORE_CTX *chain, void *context)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct cw_tls_check *check = SSL_get_app_data(ssl);
    (void)context;
    if (!pin_of(X509_STORE_CTX_get0_cert(chain), &check->shown))
        return 0;
    check->presented = true;
    if (!check->pinned)
        return X509_verify_cert(chain) == 1;
    bool same = memcmp(check->shown.hash, check->wanted.hash, sizeof check->shown.hash) == 0;
    X509_STORE_CTX_set_error(chain, same ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
    return same;
}

static bool trust(SSL_CTX *context, struct cw_slice roots)
{
    if (roots.n == 0)
        return SSL_CTX_set_default_verify_paths(context) == 1;
    STACK_OF(X509) *all = cw_tls_certificates_of(roots);
    if (all == NULL)
        return false;
    for (int i = 0; i < sk_X509_num(all); i++)
        abort_unless(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), sk_X509_value(all, i)) ==
                     1);
    sk_X509_pop_free(all, X509_free);
    return true;
}

/* A certificate has an IP address in a field of its own, and a client does not send an address as
 * the server's name (RFC 6066 3). */
void cw_tls_expect(SSL *ssl, const struct cw_tls_peer *peer)
{
    X509_VERIFY_PARAM *rules = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_time(rules, (time_t)peer->now_s);
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, peer->host) == 1)
        return;
    missing_unless(SSL_set1_host(ssl, peer->host) == 1 &&
                   SSL_set_tlsext_host_name(ssl, peer->host) == 1);
}

struct cw_tls_client *cw_tls_client_create(struct cw_slice roots)
{
    SSL_CTX *context = new_context(TLS_client_method());
    ERR_clear_error();
    bool trusts = context != NULL && trust(context, roots);
    ERR_clear_error();
    if (!trusts) {
        SSL_CTX_free(context);
        return NULL;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(context, verify, NULL);
    struct cw_tls_client *client = cw_alloc(sizeof *client);
    if (client == NULL) {
        SSL_CTX_free(context);
        return NULL;
    }
    *client = (struct cw_tls_client){.context = context};
    return client;
}

void cw_tls_client_destroy(struct cw_tls_client *client)
{
    if (client == NULL)
        return;
    SSL_CTX_free(client->context);
    free(client);
}
