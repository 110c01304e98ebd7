/* fuzz_tls.c - gives any bytes to a server's framer of TLS, with lines of text inside.
 *
 * The first octet has options: bits 2 to 6, the size of the pieces; bit 0, the input follows a
 * successful handshake and is encrypted by a client; bit 1, then one encrypted byte is changed,
 * which the second octet chooses. Checks that memory does not depend on announced lengths, and
 * events not on the pieces.
 *
 * OpenSSL uses its own random bytes, so two handshakes differ: only events are compared. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/tls.h"
#include "frame/tls_certificate.h"
#include "line_framer.h"

#define MESSAGE_MAX 2000
#define HELD_MAX    100 /* KiB: a handshake and what was decrypted of one record */
#define WIRE_MAX    (64u * 1024)

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct cw_tls_server *server;
static SSL_CTX *client_context;

struct run {
    struct cw_framer *framer;
    struct cw_buf out, wire;
    struct cw_buf events;
    bool over;
    SSL *client; /* of a good handshake, with `to_client` and `to_server` */
    BIO *to_client, *to_server;
};

static void make_contexts(void)
{
    static const char *const name = "localhost";
    struct cw_buf certificate = {0}, key = {0};
    char error[CW_TLS_ERROR_MAX];
    CHECK(cw_tls_self_signed(&name, 1, 0, 4000000000, &certificate, &key));
    server = cw_tls_server_create(cw_buf_slice(&certificate), cw_buf_slice(&key), 1, error);
    client_context = SSL_CTX_new(TLS_client_method());
    CHECK(server != NULL && client_context != NULL);
    cw_buf_finish(&certificate);
    cw_buf_finish(&key);
}

static struct cw_framer *inner(void *context, uint8_t first)
{
    (void)context;
    return first < 0x80 ? line_framer_create(1) : NULL;
}

/* --- what comes out ---------------------------------------------------------------------- */

static void seal(struct run *run)
{
    struct cw_slice all = cw_buf_slice(&run->out);
    if (all.n != 0)
        cw_framer_seal(run->framer, &all, 1, &run->wire);
    run->out.n = 0;
    CHECK(run->wire.n <= WIRE_MAX); /* output is bounded */
}

static void note(struct run *run, const struct cw_framer_event *event)
{
    CHECK((event->type == CW_FRAMER_FAILED) == (event->reason != NULL));
    CHECK(event->type != CW_FRAMER_MESSAGE || event->body.n <= MESSAGE_MAX);
    cw_buf_append_byte(&run->events, (uint8_t)event->type);
    cw_buf_append(&run->events, event->body.p, event->body.n);
    run->over = event->type == CW_FRAMER_FAILED || event->type == CW_FRAMER_CLOSED;
}

static void feed(struct run *run, const uint8_t *p, size_t n)
{
    uint8_t *piece = cw_alloc(n); /* freed after the call: the framer must not keep it */
    struct cw_slice in = cw_slice_of(piece, n);
    struct cw_framer_event event;
    memcpy(piece, p, n);
    do {
        event = cw_framer_input(run->framer, &in, &run->out);
        if (event.type != CW_FRAMER_NEED_MORE)
            note(run, &event);
        CHECK(run->framer->held_kib <= HELD_MAX);
    } while (event.type != CW_FRAMER_NEED_MORE && !run->over);
    CHECK(in.n == 0);
    seal(run);
    free(piece);
}

/* `cuts` 0: in one piece. */
static void feed_cut(struct run *run, struct cw_slice in, unsigned cuts)
{
    uint32_t random = cuts;
    while (in.n > 0 && !run->over) {
        random = random * 1664525u + 1013904223u;
        size_t n = cuts == 0 ? in.n : 1 + (random >> 16) % cuts;
        if (n > in.n)
            n = in.n;
        feed(run, in.p, n);
        in = cw_slice_of(in.p + n, in.n - n);
    }
}

/* --- a client of OpenSSL -------------------------------------------------------------------- */

/* The client's output so far; valid until it writes again. */
static struct cw_slice written(struct run *run)
{
    const uint8_t *p = NULL;
    long n = BIO_get_mem_data(run->to_server, &p);
    return cw_slice_of(p, (size_t)n);
}

static void shake_hands(struct run *run)
{
    run->client = SSL_new(client_context);
    run->to_client = BIO_new(BIO_s_mem());
    run->to_server = BIO_new(BIO_s_mem());
    SSL_set_bio(run->client, run->to_client, run->to_server);
    SSL_set_connect_state(run->client);
    for (int i = 0; i < 4; i++) {
        SSL_do_handshake(run->client);
        feed_cut(run, written(run), 0);
        BIO_reset(run->to_server);
        BIO_write(run->to_client, run->wire.p, (int)run->wire.n);
        run->wire.n = 0;
    }
    CHECK(SSL_is_init_finished(run->client) && !run->over);
}

static void play_encrypted(struct run *run, const uint8_t *data, size_t size, unsigned cuts)
{
    shake_hands(run);
    SSL_write(run->client, data + 2, (int)(size - 2));
    struct cw_slice bytes = written(run);
    if ((data[0] & 2) != 0)
        ((uint8_t *)(uintptr_t)bytes.p)[data[1] % bytes.n] ^= 1;
    feed_cut(run, bytes, cuts);
}

static void play(struct run *run, const uint8_t *data, size_t size, unsigned cuts)
{
    *run = (struct run){.framer = cw_tls_create_server(server, inner, NULL, MESSAGE_MAX)};
    cw_framer_start(run->framer, &run->out);
    ERR_clear_error();
    if ((data[0] & 1) != 0)
        play_encrypted(run, data, size, cuts);
    else
        feed_cut(run, cw_slice_of(data + 1, size - 1), cuts);
    cw_framer_seal(run->framer, NULL, 0, &run->wire);
}

static void stop(struct run *run)
{
    SSL_free(run->client);
    cw_framer_destroy(run->framer);
    cw_buf_finish(&run->out);
    cw_buf_finish(&run->wire);
    cw_buf_finish(&run->events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run whole, cut;
    if (size < 3)
        return 0;
    if (server == NULL)
        make_contexts();
    play(&whole, data, size, 0);
    play(&cut, data, size, 1 + (data[0] >> 2 & 31));
    CHECK(whole.over == cut.over);
    CHECK(cw_slice_eq(cw_buf_slice(&whole.events), cw_buf_slice(&cut.events)));
    stop(&whole);
    stop(&cut);
    return 0;
}
