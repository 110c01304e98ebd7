/* tls_pair.c - see tls_pair.h. */
#include "tls_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/tls_internal.h"
#include "frame/zmtp.h"

static void make(struct tls_identity *identity, const char *const names[], size_t count,
                 int64_t until_s)
{
    char error[CW_TLS_ERROR_MAX] = "";
    *identity = (struct tls_identity){0};
    assert_true(cw_tls_self_signed(names, count, TLS_BEFORE_S, until_s, &identity->certificate,
                                   &identity->key));
    identity->server = cw_tls_server_create(cw_buf_slice(&identity->certificate),
                                            cw_buf_slice(&identity->key), TLS_BEFORE_S, error);
    assert_string_equal(error, "");
    assert_non_null(identity->server);
    cw_tls_server_pin(identity->server, &identity->pin);
}

void tls_identity_make(struct tls_identity *identity)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "::1"};
    make(identity, names, 3, TLS_AFTER_S);
}

void tls_identity_make_for(struct tls_identity *identity, const char *name, int64_t until_s)
{
    make(identity, &name, 1, until_s);
}

void tls_identity_finish(struct tls_identity *identity)
{
    cw_buf_finish(&identity->certificate);
    cw_buf_finish(&identity->key);
    cw_tls_server_destroy(identity->server);
}

struct cw_framer *tls_inner_zmtp(void *context, uint8_t first)
{
    (void)context;
    return first == 0xff ? cw_zmtp_create(CW_FRAMER_SERVER, 1) : NULL;
}

/* --- one end -------------------------------------------------------------------------- */

void tls_end_begin(struct tls_end *end, struct cw_framer *framer)
{
    *end = (struct tls_end){.framer = framer};
    cw_framer_start(framer, &end->out);
}

void tls_end_finish(struct tls_end *end)
{
    cw_framer_destroy(end->framer);
    cw_buf_finish(&end->out);
    cw_buf_finish(&end->wire);
    cw_buf_finish(&end->heard);
}

void tls_end_seal(struct tls_end *end)
{
    struct cw_slice all = cw_buf_slice(&end->out);
    if (all.n != 0)
        cw_framer_seal(end->framer, &all, 1, &end->wire);
    end->out.n = 0;
}

static void note_message(struct tls_end *end, struct cw_slice body)
{
    struct cw_owned kept = {.slice = body};
    if (end->keeps)
        kept = cw_framer_keep(end->framer, body);
    end->messages++;
    cw_buf_append(&end->heard, kept.slice.p, kept.slice.n);
    cw_owned_free(&kept);
}

static void note(struct tls_end *end, const struct cw_framer_event *event)
{
    end->ready |= event->type == CW_FRAMER_READY;
    end->failed |= event->type == CW_FRAMER_FAILED;
    end->done |= event->type == CW_FRAMER_CLOSED;
    if (event->reason != NULL)
        end->reason = event->reason;
    if (event->type == CW_FRAMER_PONG)
        end->mark = event->mark;
    if (event->type == CW_FRAMER_MESSAGE)
        note_message(end, event->body);
    if (event->type == CW_FRAMER_HEAD) {
        end->heads++;
        if (end->lets != 0)
            end->framer->message_max = end->lets;
    }
}

static void take_piece(struct tls_end *end, struct cw_slice bytes)
{
    uint8_t *copy = cw_alloc(bytes.n); /* freed after the call: the framer must not keep it */
    struct cw_slice in = cw_slice_of(copy, bytes.n);
    struct cw_framer_event event;
    memcpy(copy, bytes.p, bytes.n);
    do {
        event = cw_framer_input(end->framer, &in, &end->out);
        note(end, &event);
    } while (event.type != CW_FRAMER_NEED_MORE && !end->failed && !end->done);
    assert_int_equal(in.n, 0);
    free(copy);
}

void tls_end_take(struct tls_end *end, struct cw_slice bytes, size_t piece)
{
    while (bytes.n > 0 && !end->failed && !end->done) {
        size_t n = bytes.n < piece ? bytes.n : piece;
        take_piece(end, cw_slice_of(bytes.p, n));
        bytes = cw_slice_of(bytes.p + n, bytes.n - n);
    }
}

void tls_end_say(struct tls_end *end, const void *body, size_t n)
{
    cw_framer_put(end->framer, cw_slice_of(body, n), &end->out);
}

/* --- both --------------------------------------------------------------------------------- */

static struct cw_framer *client_of(const struct tls_identity *identity, const struct tls_wish *wish)
{
    const struct tls_identity *trusted = wish->trusted == NULL ? identity : wish->trusted;
    struct cw_tls_client *client = cw_tls_client_create(cw_buf_slice(&trusted->certificate));
    struct cw_tls_peer peer = {.host = wish->host == NULL ? "localhost" : wish->host,
                               .pin = wish->pin,
                               .now_s = wish->now_s == 0 ? TLS_NOW_S : wish->now_s};
    assert_non_null(client);
    if (wish->version != 0)
        assert_int_equal(SSL_CTX_set_max_proto_version(client->context, wish->version), 1);
    if (wish->ciphers_1_3 != NULL)
        assert_int_equal(SSL_CTX_set_ciphersuites(client->context, wish->ciphers_1_3), 1);
    struct cw_framer *framer =
        cw_tls_create_client(client, &peer, cw_zmtp_create(CW_FRAMER_CLIENT, CW_MESSAGE_MAX));
    cw_tls_client_destroy(client);
    return framer;
}

void tls_pair_begin(struct tls_pair *pair, const struct tls_identity *identity,
                    const struct tls_wish *wish)
{
    tls_end_begin(&pair->client, client_of(identity, wish));
    tls_end_begin(&pair->server,
                  cw_tls_create_server(identity->server, tls_inner_zmtp, NULL, CW_MESSAGE_MAX));
}

void tls_pair_finish(struct tls_pair *pair)
{
    tls_end_finish(&pair->client);
    tls_end_finish(&pair->server);
}

static bool carry(struct tls_end *from, struct tls_end *to, size_t piece)
{
    tls_end_seal(from);
    struct cw_buf bytes = from->wire;
    from->wire = (struct cw_buf){0};
    tls_end_take(to, cw_buf_slice(&bytes), piece);
    bool any = bytes.n != 0;
    cw_buf_finish(&bytes);
    return any;
}

void tls_pair_run(struct tls_pair *pair, size_t piece)
{
    bool any = true;
    while (any) {
        any = carry(&pair->client, &pair->server, piece);
        any |= carry(&pair->server, &pair->client, piece);
    }
}
