/* tls.c - see tls.h.
 *
 * OpenSSL reads and writes through a BIO of our own: it reads the caller's input, and writes to
 * the buffer `sink`, which differs by call. So no input is copied, and OpenSSL's memory BIOs,
 * which never shrink, are not needed.
 *
 * ERR_clear_error comes before each call of OpenSSL whose outcome is asked of SSL_get_error: that
 * reads the thread's queue of errors, which may have an error of another connection. Other calls
 * do without: clearing the queue takes 7 % of what a short message costs otherwise. */
#include "frame/tls.h"

#include <assert.h>
#include <openssl/err.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/partial.h"
#include "frame/pieces.h"
#include "frame/tls_internal.h"
#include "frame/tls_reason.h"
#include "frame/tls_records.h"

/* The memory of OpenSSL 3.0 for a connection, measured by the tests: during the handshake and
 * after it, each with the additional memory while a record is incomplete. */
#define HANDSHAKE_KIB        43
#define HANDSHAKE_RECORD_KIB 29
#define IDLE_KIB             14
#define RECORD_KIB           17

struct tls {
    struct cw_framer framer;
    SSL *ssl;
    struct cw_framer *inner; /* NULL: no byte was decrypted yet */
    cw_tls_inner make_inner; /* of a server */
    void *context;
    struct cw_tls_check *check; /* of a client */
    struct cw_slice *in;        /* the caller's input; valid during a call */
    struct cw_buf *sink;        /* where OpenSSL's records are written; valid during a call */
    const char *refused;        /* why input was not given to OpenSSL; NULL: it was */
    struct cw_tls_records records;
    struct cw_buf plain; /* decrypted, ... */
    size_t plain_read;   /* ... of which the inner framer has read so many bytes */
    struct cw_buf later; /* records of TLS itself after the handshake, not sent yet */
    size_t raw;          /* bytes of the handshake in `out` that tls_seal was not given yet */
    size_t sliced;       /* plain bytes of a long frame that were sealed; 0 between frames */
    bool ended : 1;      /* no more input is read */
    bool broken : 1;     /* no more output can be sealed */
};

static struct tls *tls_of(struct cw_framer *framer)
{
    return (struct tls *)framer; /* its first member */
}

/* --- OpenSSL's input and output ---------------------------------------------------------- */

static int bio_write(BIO *bio, const char *p, int n)
{
    struct tls *t = BIO_get_data(bio);
    cw_buf_append(t->sink, p, (size_t)n);
    return n;
}

/* Are the handshake messages that a server receives still unencrypted? */
static bool is_plain(const struct tls *t)
{
    return t->make_inner != NULL && !SSL_is_init_finished(t->ssl) &&
           !(t->records.change_cipher && SSL_version(t->ssl) == TLS1_2_VERSION);
}

static int bio_read(BIO *bio, char *p, int n)
{
    struct tls *t = BIO_get_data(bio);
    struct cw_slice some = *t->in;
    BIO_clear_retry_flags(bio);
    if (some.n == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    if (some.n > (size_t)n)
        some.n = (size_t)n;
    if (!cw_tls_records_follow(&t->records, some, is_plain(t))) {
        t->refused = "the peer's ClientHello is too long";
        return -1;
    }
    memcpy(p, some.p, some.n);
    cw_partial_advance(t->in, some.n);
    return (int)some.n;
}

/* This BIO has no buffer, so a flush succeeds; OpenSSL needs no other control. */
static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static BIO *new_bio(void)
{
    static _Atomic(BIO_METHOD *) shared; /* of threads that make it at once each uses its own */
    BIO_METHOD *method = shared;
    if (method == NULL &&
        (method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "chinwag")) != NULL) {
        BIO_meth_set_write(method, bio_write);
        BIO_meth_set_read(method, bio_read);
        BIO_meth_set_ctrl(method, bio_control);
        shared = method;
    }
    return method == NULL ? NULL : BIO_new(method);
}

/* --- creation ------------------------------------------------------------------------------ */

static void count_held(struct tls *t)
{
    t->framer.record_begun = cw_tls_records_inside(&t->records);
    bool idle = SSL_is_init_finished(t->ssl);
    size_t kib = idle ? IDLE_KIB : HANDSHAKE_KIB;
    if (t->framer.record_begun)
        kib += idle ? RECORD_KIB : HANDSHAKE_RECORD_KIB;
    if (t->inner != NULL)
        kib += t->inner->held_kib;
    kib += (t->plain.capacity + t->later.capacity + 1023) / 1024;
    t->framer.held_kib = (uint16_t)kib;
    t->framer.agrees_keys = !idle || (t->inner != NULL && t->inner->agrees_keys);
}

static struct tls *create(const struct cw_framer_type *type, SSL_CTX *context, uint32_t message_max)
{
    struct tls *t = cw_alloc_zero(sizeof *t);
    if (t == NULL)
        return NULL;
    t->framer = (struct cw_framer){.type = type, .message_max = message_max};
    t->ssl = SSL_new(context);
    BIO *bio = new_bio();
    if (t->ssl == NULL || bio == NULL) {
        cw_alloc_missing();
        SSL_free(t->ssl);
        BIO_free(bio);
        free(t);
        return NULL;
    }
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    SSL_set_bio(t->ssl, bio, bio);
    count_held(t);
    return t;
}

/* --- what is reported: true, event is to be reported ----------------------------------------- */

static bool tell(struct cw_framer_event *event, enum cw_framer_event_type type, const char *reason)
{
    *event = (struct cw_framer_event){.type = type, .reason = reason};
    return true;
}

/* The alert in `later` is sent before the next sealed bytes. A copy of it in `out` makes the owner
 * call tls_seal, which discards plain bytes after a failure. */
static bool give_up(struct tls *t, struct cw_buf *out, struct cw_framer_event *event,
                    const char *reason)
{
    t->broken = true;
    cw_buf_append(out, t->later.p, t->later.n);
    return tell(event, CW_FRAMER_FAILED, reason);
}

/* When all input is read. Records in `later`: in TLS 1.2 the refusal to renegotiate, after which
 * the peer would wait; in TLS 1.3 the answers to key updates. */
static bool on_all_read(struct tls *t, struct cw_buf *out, struct cw_framer_event *event)
{
    if (t->later.n != 0 && SSL_version(t->ssl) == TLS1_2_VERSION)
        return give_up(t, out, event, "the peer wants to renegotiate");
    if (t->later.n > CW_TLS_LATER_MAX)
        return give_up(t, out, event, "the peer updates its keys without end");
    return tell(event, CW_FRAMER_NEED_MORE, NULL);
}

/* Handles a call that OpenSSL could not finish. */
static bool stopped(struct tls *t, int result, struct cw_buf *out, struct cw_framer_event *event)
{
    switch (SSL_get_error(t->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return on_all_read(t, out, event);
    case SSL_ERROR_ZERO_RETURN:
        return tell(event, CW_FRAMER_CLOSED, NULL);
    default:
        return give_up(t, out, event, t->refused != NULL ? t->refused : cw_tls_reason(t->ssl));
    }
}

/* --- the inner framer ---------------------------------------------------------------------- */

/* The owner sets the limits in the outer framer and may take its partial frame; both belong to
 * the inner framer during a step. */
static void lend_partial(struct tls *t)
{
    t->inner->partial = t->framer.partial;
    t->inner->message_max = t->framer.message_max;
    t->inner->judged_max = t->framer.judged_max;
    t->framer.partial = (struct cw_buf){0};
}

static void take_back(struct tls *t)
{
    t->framer.partial = t->inner->partial;
    t->framer.whole = t->inner->whole;
    t->framer.proves_receipt = t->inner->proves_receipt;
    t->framer.takes_updates = t->inner->takes_updates;
    t->inner->partial = (struct cw_buf){0};
}

/* --- steps: each returns true when *event is to be reported ---------------------------------- */

static bool continue_handshake(struct tls *t, struct cw_buf *out, struct cw_framer_event *event)
{
    size_t before = out->n;
    t->sink = out;
    ERR_clear_error();
    int result = SSL_do_handshake(t->ssl);
    t->raw += out->n - before;
    if (result != 1)
        return stopped(t, result, out, event);
    if (t->inner != NULL)
        cw_framer_start(t->inner, out);
    return false;
}

static bool step_decrypt(struct tls *t, struct cw_buf *out, struct cw_framer_event *event)
{
    t->plain.n = t->plain_read = 0;
    t->sink = &t->later;
    ERR_clear_error();
    if (cw_buf_reserve(&t->plain, CW_TLS_PIECE) == NULL)
        return tell(event, CW_FRAMER_FAILED, "there is no memory");
    int n = SSL_read(t->ssl, t->plain.p, CW_TLS_PIECE);
    if (n <= 0)
        return stopped(t, n, out, event);
    t->plain.n = (size_t)n;
    if (t->inner == NULL)
        t->inner = t->make_inner(t->context, t->plain.p[0]);
    if (t->inner == NULL)
        return tell(event, CW_FRAMER_FAILED, "the protocol inside TLS is unknown");
    return false;
}

/* Also without input: the inner framer then frees the memory of the last message. */
static bool step_inner(struct tls *t, struct cw_buf *out, struct cw_framer_event *event)
{
    struct cw_slice rest = cw_buf_slice(&t->plain);
    cw_partial_advance(&rest, t->plain_read);
    lend_partial(t);
    *event = cw_framer_input(t->inner, &rest, out);
    take_back(t);
    t->plain_read = t->plain.n - rest.n;
    return event->type != CW_FRAMER_NEED_MORE;
}

static bool step_tls(struct tls *t, struct cw_buf *out, struct cw_framer_event *event)
{
    if (t->ended)
        return tell(event, CW_FRAMER_FAILED, "the connection has failed");
    if (!SSL_is_init_finished(t->ssl))
        return continue_handshake(t, out, event);
    if (t->inner != NULL && step_inner(t, out, event))
        return true;
    return step_decrypt(t, out, event);
}

/* --- the interface --------------------------------------------------------------------------- */

/* A server waits for its client. */
static void tls_start(struct cw_framer *framer, struct cw_buf *out)
{
    struct tls *t = tls_of(framer);
    struct cw_slice nothing = {0};
    struct cw_framer_event event;
    if (t->check == NULL)
        return;
    t->in = &nothing;
    continue_handshake(t, out, &event);
}

static struct cw_framer_event tls_input(struct cw_framer *framer, struct cw_slice *in,
                                        struct cw_buf *out)
{
    struct tls *t = tls_of(framer);
    struct cw_framer_event event;
    t->in = in;
    while (!step_tls(t, out, &event))
        continue;
    if (event.type == CW_FRAMER_FAILED || event.type == CW_FRAMER_CLOSED) {
        t->ended = true;
        cw_buf_finish(&framer->partial);
        cw_partial_advance(in, in->n);
    }
    if (event.type == CW_FRAMER_NEED_MORE || t->ended) {
        cw_buf_finish(&t->plain);
        t->plain_read = 0;
    }
    count_held(t);
    return event;
}

static size_t tls_header(const struct cw_framer *framer, uint8_t *end, uint64_t n, bool envelope)
{
    const struct tls *t = (const struct tls *)framer;
    return cw_framer_header(t->inner, end, n, envelope);
}

/* Our BIO always accepts bytes. OpenSSL still fails to write while it waits for the rest of a
 * handshake message of the peer; the connection then fails, and the bytes are lost with it. */
static void encrypt(struct tls *t, struct cw_slice plain)
{
    size_t written;
    if (plain.n == 0 || t->broken)
        return;
    t->broken = SSL_write_ex(t->ssl, plain.p, plain.n, &written) != 1;
}

static void encrypt_frames(struct tls *t, const struct cw_slice pieces[], size_t count)
{
    struct cw_buf masked = {0};
    if (t->inner == NULL || !cw_framer_seals(t->inner)) {
        for (size_t i = 0; i < count; i++)
            encrypt(t, pieces[i]);
        return;
    }
    cw_framer_seal(t->inner, pieces, count, &masked);
    encrypt(t, cw_buf_slice(&masked));
    cw_buf_finish(&masked);
}

static void seal_close_notify(struct tls *t)
{
    if (!t->broken && SSL_is_init_finished(t->ssl))
        SSL_shutdown(t->ssl);
}

/* Records of TLS itself come before the next of ours. */
static void seal_into(struct tls *t, struct cw_buf *sealed)
{
    cw_buf_append(sealed, t->later.p, t->later.n);
    cw_buf_finish(&t->later);
    t->sink = sealed;
}

/* OpenSSL has made these bytes as they are to be sent. */
static void put_raw(struct tls *t, const struct cw_slice pieces[], size_t count,
                    struct cw_buf *sealed)
{
    for (size_t i = 0; i < count; i++) {
        assert(pieces[i].n <= t->raw);
        cw_buf_append(sealed, pieces[i].p, pieces[i].n);
        t->raw -= pieces[i].n;
    }
}

/* The bytes of the handshake come first, alone or with short frames, so in one piece. */
static void tls_seal(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                     struct cw_buf *sealed)
{
    struct tls *t = tls_of(framer);
    if (t->raw != 0 && count != 0) {
        struct cw_slice frames = pieces[0];
        size_t n = frames.n < t->raw ? frames.n : t->raw;
        assert(count == 1);
        cw_buf_append(sealed, frames.p, n);
        cw_partial_advance(&frames, n);
        t->raw -= n;
        if (frames.n != 0)
            tls_seal(framer, &frames, 1, sealed);
        return;
    }
    seal_into(t, sealed);
    if (count == 0)
        seal_close_notify(t);
    else
        encrypt_frames(t, pieces, count);
    count_held(t);
}

/* TLS is a stream, so a slice is as good as a frame. A client's inner framer masks whole frames. Of
 * a long piece that begins with bytes of the handshake (a chain of certificates, then a page) these
 * are slices of their own. */
static bool tls_seal_slice(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                           struct cw_buf *sealed)
{
    struct tls *t = tls_of(framer);
    struct cw_slice slice[CW_PIECES_MAX];
    size_t most = t->raw != 0 && t->raw < CW_SEAL_SLICE ? t->raw : CW_SEAL_SLICE;
    size_t parts = cw_pieces_cut(pieces, count, t->sliced, most, slice);
    assert(t->inner == NULL || !cw_framer_seals(t->inner));
    t->sliced += cw_pieces_length(slice, parts);
    if (t->raw != 0) {
        put_raw(t, slice, parts, sealed);
    } else {
        seal_into(t, sealed);
        encrypt_frames(t, slice, parts);
        count_held(t);
    }
    if (t->sliced < cw_pieces_length(pieces, count))
        return false;
    t->sliced = 0;
    return true;
}

static void tls_probe(struct cw_framer *framer, uint64_t mark, struct cw_buf *out)
{
    cw_framer_probe(tls_of(framer)->inner, mark, out);
}

static bool tls_answer(struct cw_framer *framer, const struct cw_http_answer *answer,
                       struct cw_buf *out)
{
    return cw_framer_answer(tls_of(framer)->inner, answer, out);
}

static void tls_close(struct cw_framer *framer, struct cw_buf *out)
{
    struct tls *t = tls_of(framer);
    if (t->inner != NULL && SSL_is_init_finished(t->ssl))
        cw_framer_close(t->inner, out);
}

static void tls_finish(struct cw_framer *framer)
{
    struct tls *t = tls_of(framer);
    if (t->inner != NULL)
        lend_partial(t);
    cw_framer_destroy(t->inner);
    SSL_free(t->ssl);
    free(t->check);
    cw_buf_finish(&t->plain);
    cw_buf_finish(&t->later);
    cw_buf_finish(&framer->partial);
}

static const struct cw_framer_type tls_type = {
    .start = tls_start,
    .input = tls_input,
    .header = tls_header,
    .seal = tls_seal,
    .seal_slice = tls_seal_slice,
    .probe = tls_probe,
    .close = tls_close,
    .answer = tls_answer,
    .finish = tls_finish,
    .inner_at = offsetof(struct tls, inner),
};

struct cw_framer *cw_tls_create_server(struct cw_tls_server *server, cw_tls_inner inner,
                                       void *context, uint32_t message_max)
{
    struct tls *t = create(&tls_type, server->context, message_max);
    t->make_inner = inner;
    t->context = context;
    SSL_set_accept_state(t->ssl);
    return &t->framer;
}

struct cw_framer *cw_tls_create_client(struct cw_tls_client *client, const struct cw_tls_peer *peer,
                                       struct cw_framer *inner)
{
    struct tls *t = create(&tls_type, client->context, inner->message_max);
    if (t == NULL) {
        cw_framer_destroy(inner);
        return NULL;
    }
    t->inner = inner;
    t->check = cw_alloc_zero(sizeof *t->check);
    if (t->check != NULL && peer->pin != NULL) {
        t->check->pinned = true;
        t->check->wanted = *peer->pin;
    }
    SSL_set_app_data(t->ssl, t->check);
    SSL_set_connect_state(t->ssl);
    cw_tls_expect(t->ssl, peer);
    if (cw_alloc_failed()) { /* perhaps it does not know whom to expect */
        cw_framer_destroy(&t->framer);
        return NULL;
    }
    return &t->framer;
}

bool cw_tls_presented(const struct cw_framer *framer, struct cw_tls_pin *pin)
{
    const struct cw_tls_check *check = ((const struct tls *)framer)->check;
    if (check->presented)
        *pin = check->shown;
    return check->presented;
}

bool cw_tls_is_verified(const struct cw_framer *framer)
{
    return SSL_is_init_finished(((const struct tls *)framer)->ssl) == 1;
}
