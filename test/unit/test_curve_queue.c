/* test_curve_queue.c - CURVE seals frames that lie in pieces, also in the server's queue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>

#include "curve_pair.h"
#include "net/net_internal.h"

static int setup(void **state)
{
    (void)state;
    make_keys();
    return 0;
}

/* --- sealing --------------------------------------------------------------------------------- */

static void a_frame_may_lie_in_pieces(void **state)
{
    (void)state;
    static const uint8_t zeros[150];
    struct pair p;
    struct cw_buf plain = {0};
    open_ready(&p);
    say(&p.server, cw_slice_of(zeros, sizeof zeros), true);
    cw_buf_append(&plain, p.server.out.p, p.server.out.n);
    p.server.out.n = 0;
    for (size_t a = 0; a <= plain.n; a += 3)
        for (size_t b = a; b <= plain.n; b += 11) {
            const struct cw_slice pieces[3] = {cw_slice_of(plain.p, a),
                                               cw_slice_of(plain.p + a, b - a),
                                               cw_slice_of(plain.p + b, plain.n - b)};
            cw_framer_seal(p.server.framer, pieces, 3, &p.server.wire);
            hear(&p.client, cw_buf_slice(&p.server.wire), 17);
            p.server.wire.n = 0;
            assert_int_equal(p.client.events.n, 18 + sizeof zeros + 1);
            assert_memory_equal(p.client.events.p, "MESSAGE delimiter ", 18);
            p.client.events.n = 0;
        }
    cw_buf_finish(&plain);
    close_pair(&p);
}

/* The framer counts how many bytes of the handshake were given to cw_framer_seal. */
static void a_handshake_passes_in_any_pieces(void **state)
{
    (void)state;
    struct pair p;
    open_pair(&p);
    for (size_t at = 0; at < GREETING; at += 16) {
        struct cw_slice piece = cw_slice_of(p.client.out.p + at, 16);
        cw_framer_seal(p.client.framer, &piece, 1, &p.client.wire);
    }
    assert_int_equal(p.client.wire.n, GREETING);
    assert_memory_equal(p.client.wire.p, p.client.out.p, GREETING);
    p.client.out.n = 0;
    talk(&p, ALL);
    assert_heard(&p.server, "READY\n");
    close_pair(&p);
}

/* --- through the server's queue -------------------------------------------------------------- */

static struct cw_ledger ledger;
static struct cw_net net = {.pools.ledger = &ledger};
static struct cw_out_scratch scratch;

static void push(struct cw_out_queue *queue, struct cw_slice bytes, uint8_t flags)
{
    struct cw_body *body = cw_body_create(&net.pools, bytes.n);
    if (bytes.n != 0)
        memcpy(body->bytes, bytes.p, bytes.n);
    cw_out_push(queue, body, flags, false, 0);
}

/* The socket takes at most `most` bytes at a time. */
static void send_all(struct pair *p, struct cw_out_queue *queue, size_t most)
{
    push(queue, cw_buf_slice(&p->server.out), CW_OUT_RAW);
    p->server.out.n = 0;
    while (!cw_out_is_empty(queue)) {
        struct cw_slice bytes = cw_out_gather(queue, p->server.framer, &scratch);
        size_t n = bytes.n < most ? bytes.n : most;
        hear(&p->client, cw_slice_of(bytes.p, n), ALL);
        cw_out_consume(queue, &scratch, n);
    }
    seal(&p->client);
    hear(&p->server, cw_buf_slice(&p->client.wire), ALL);
    p->client.wire.n = 0;
}

/* Greeting, WELCOME and READY are not sealed, also in one piece with sealed frames. */
static void play_queue(size_t most)
{
    static uint8_t recording[40000];
    struct pair p;
    struct cw_out_queue queue = {0};
    open_pair(&p);
    p.client.framer->message_max = sizeof recording;
    for (int i = 0; i < 3; i++)
        send_all(&p, &queue, most);
    assert_heard(&p.server, "READY\n");
    push(&queue, cw_buf_slice(&p.server.out), CW_OUT_RAW);
    p.server.out.n = 0;
    push(&queue, cw_slice_str("one"), 0);
    push(&queue, cw_slice_of(recording, sizeof recording), CW_OUT_ENVELOPE);
    push(&queue, cw_slice_str("two"), 0);
    cw_framer_probe(p.server.framer, 0, &p.server.out);
    send_all(&p, &queue, most);
    assert_int_equal(p.client.events.n, 6 + 12 + 19 + sizeof recording + 12 + 5);
    assert_memory_equal(p.client.events.p, "READY\nMESSAGE one\nMESSAGE delimiter ", 36);
    assert_memory_equal(p.client.events.p + p.client.events.n - 18, "\nMESSAGE two\nPING\n", 18);
    assert_int_equal(p.server.framer->partial.n, 0); /* PONG was received, too */
    assert_heard(&p.server, "PONG\n");
    close_pair(&p);
}

static void the_queue_seals_what_it_gathers(void **state)
{
    (void)state;
    static const size_t mosts[] = {1, 7, 63, 64, 65, 234, 1000, ALL};
    for (size_t i = 0; i < sizeof mosts / sizeof mosts[0]; i++)
        play_queue(mosts[i]);
    assert_int_equal(ledger.held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_frame_may_lie_in_pieces, setup),
        cmocka_unit_test_setup(a_handshake_passes_in_any_pieces, setup),
        cmocka_unit_test_setup(the_queue_seals_what_it_gathers, setup),
    };
    if (sodium_init() < 0)
        return 1;
    cw_out_scratch_init(&scratch);
    int failed = cmocka_run_group_tests_name("CURVE in pieces", tests, NULL, NULL);
    cw_out_scratch_finish(&scratch);
    return failed;
}
