/* fuzz_tls.c - gives any bytes to a framer of TLS, with lines of text inside: a server's, or a
 * client's that knows the server by its pin.
 *
 * The first octet has options: bits 2 to 6, the size of the pieces; bit 7, the framer is a
 * client's; bit 0, the input follows a successful handshake and is encrypted by the peer; bit 1,
 * then one encrypted byte is changed, which the second octet chooses. Checks that memory does not
 * depend on announced lengths, and events not on the pieces.
 *
 * OpenSSL uses its own random bytes, so two handshakes differ: only events are compared. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/limits.h"
#include "frame/tls.h"
#include "frame/tls_certificate.h"
#include "framer_run.h"
#include "line_framer.h"

#define MESSAGE_MAX 2000
#define HELD_MAX    100 /* KiB: a handshake and what was decrypted of one record */
#define WIRE_MAX    (64u * 1024)

enum { ENCRYPTED = 1, CHANGED = 2, OF_CLIENT = 128 };

static struct cw_tls_server *server;
static struct cw_tls_client *client;
static struct cw_tls_pin pin;
static SSL_CTX *peer_contexts[2]; /* of a client, which the framer of a server speaks with; and the
                                     other way round */

struct pair {
    struct framer_run run;
    struct cw_buf wire; /* sealed */
    SSL *peer;          /* of a good handshake, with `to_peer` and `from_peer` */
    BIO *to_peer, *from_peer;
};

static void load(SSL_CTX *context, const struct cw_buf *certificate, const struct cw_buf *key)
{
    BIO *certificate_bio = BIO_new_mem_buf(certificate->p, (int)certificate->n);
    BIO *key_bio = BIO_new_mem_buf(key->p, (int)key->n);
    X509 *x509 = PEM_read_bio_X509(certificate_bio, NULL, NULL, NULL);
    EVP_PKEY *pair = PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL);
    CHECK(SSL_CTX_use_certificate(context, x509) == 1);
    CHECK(SSL_CTX_use_PrivateKey(context, pair) == 1);
    X509_free(x509);
    EVP_PKEY_free(pair);
    BIO_free(certificate_bio);
    BIO_free(key_bio);
}

static void make_contexts(void)
{
    static const char *const name = "localhost";
    struct cw_buf certificate = {0}, key = {0};
    char error[CW_TLS_ERROR_MAX];
    CHECK(cw_tls_self_signed(&name, 1, 0, 4000000000, &certificate, &key));
    server = cw_tls_server_create(cw_buf_slice(&certificate), cw_buf_slice(&key), 1, error);
    client = cw_tls_client_create(cw_buf_slice(&certificate));
    peer_contexts[0] = SSL_CTX_new(TLS_client_method());
    peer_contexts[1] = SSL_CTX_new(TLS_server_method());
    CHECK(server != NULL && client != NULL && peer_contexts[0] != NULL && peer_contexts[1] != NULL);
    cw_tls_server_pin(server, &pin);
    load(peer_contexts[1], &certificate, &key);
    cw_buf_finish(&certificate);
    cw_buf_finish(&key);
}

static struct cw_framer *inner(void *context, uint8_t first)
{
    (void)context;
    return first < 0x80 ? line_framer_create(1) : NULL;
}

/* --- what comes out ---------------------------------------------------------------------- */

static void check_event(struct framer_run *run, const struct cw_framer_event *event)
{
    (void)run;
    CHECK(event->type != CW_FRAMER_MESSAGE || event->body.n <= MESSAGE_MAX);
}

static void seal(struct framer_run *run)
{
    struct pair *pair = run->context;
    struct cw_slice all = cw_buf_slice(&run->out);
    CHECK(run->framer->held_kib <= HELD_MAX);
    if (all.n != 0)
        cw_framer_seal(run->framer, &all, 1, &pair->wire);
    run->out.n = 0;
    CHECK(pair->wire.n <= WIRE_MAX); /* output is bounded */
}

/* --- a peer of OpenSSL ---------------------------------------------------------------------- */

/* The peer's output so far; valid until it writes again. */
static struct cw_slice written(struct pair *pair)
{
    const uint8_t *p = NULL;
    long n = BIO_get_mem_data(pair->from_peer, &p);
    return cw_slice_of(p, (size_t)n);
}

static void shake_hands(struct pair *pair, bool of_client)
{
    pair->peer = SSL_new(peer_contexts[of_client]);
    pair->to_peer = BIO_new(BIO_s_mem());
    pair->from_peer = BIO_new(BIO_s_mem());
    SSL_set_bio(pair->peer, pair->to_peer, pair->from_peer);
    if (of_client)
        SSL_set_accept_state(pair->peer);
    else
        SSL_set_connect_state(pair->peer);
    for (int i = 0; i < 4; i++) {
        BIO_write(pair->to_peer, pair->wire.p, (int)pair->wire.n);
        pair->wire.n = 0;
        SSL_do_handshake(pair->peer);
        framer_run_feed(&pair->run, written(pair));
        BIO_reset(pair->from_peer);
    }
    CHECK(SSL_is_init_finished(pair->peer) && !pair->run.over);
}

static void play_encrypted(struct pair *pair, const uint8_t *data, size_t size, unsigned cuts)
{
    shake_hands(pair, (data[0] & OF_CLIENT) != 0);
    SSL_write(pair->peer, data + 2, (int)(size - 2));
    struct cw_slice bytes = written(pair);
    if ((data[0] & CHANGED) != 0)
        ((uint8_t *)(uintptr_t)bytes.p)[data[1] % bytes.n] ^= 1;
    pair->run.cuts = cuts;
    framer_run_feed(&pair->run, bytes);
}

static struct cw_framer *create(bool of_client)
{
    struct cw_tls_peer known = {.host = "localhost", .pin = &pin, .now_s = 1};
    return of_client ? cw_tls_create_client(client, &known, line_framer_create(MESSAGE_MAX))
                     : cw_tls_create_server(server, inner, NULL, MESSAGE_MAX);
}

static void play(struct pair *pair, const uint8_t *data, size_t size, unsigned cuts)
{
    *pair = (struct pair){0};
    bool encrypted = (data[0] & ENCRYPTED) != 0;
    framer_run_begin(&pair->run, create((data[0] & OF_CLIENT) != 0), encrypted ? 0 : cuts);
    pair->run.on_event = check_event;
    pair->run.on_piece = seal;
    pair->run.context = pair;
    seal(&pair->run); /* a client's first bytes */
    ERR_clear_error();
    if (encrypted)
        play_encrypted(pair, data, size, cuts);
    else
        framer_run_feed(&pair->run, cw_slice_of(data + 1, size - 1));
    cw_framer_seal(pair->run.framer, NULL, 0, &pair->wire);
    CHECK(pair->wire.n <= WIRE_MAX);
}

static void stop(struct pair *pair)
{
    SSL_free(pair->peer);
    framer_run_finish(&pair->run);
    cw_buf_finish(&pair->wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pair whole, cut;
    if (size < 3)
        return 0;
    if (server == NULL)
        make_contexts();
    play(&whole, data, size, 0);
    play(&cut, data, size, 1 + (data[0] >> 2 & 31));
    framer_run_compare(&whole.run, &cut.run);
    stop(&whole);
    stop(&cut);
    return 0;
}
