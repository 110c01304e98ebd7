/* test_tls_queue.c - a connection's queue of src/net with TLS: complete messages arrive in order,
 * however few bytes the socket takes; and the queue after a failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/ssl.h>

#include "base/limits.h"
#include "net/net_internal.h"
#include "tls_pair.h"

#define NOW 1000000
#define ALL SIZE_MAX

static struct tls_identity identity;
static struct cw_ledger ledger;
static struct cw_net net = {.pools.ledger = &ledger};
static struct cw_out_scratch scratch;

static void begin_ready(struct tls_pair *pair)
{
    tls_pair_begin(pair, &identity, &(struct tls_wish){0});
    tls_pair_run(pair, ALL);
    assert_true(pair->server.ready);
}

static void push(struct cw_out_queue *queue, const void *p, size_t n, uint8_t flags, bool live)
{
    struct cw_body *body = cw_body_create(&net.pools, n);
    memcpy(body->bytes, p, n);
    cw_out_push(queue, body, flags, live, NOW);
}

/* As net/peer.c writes; the socket takes `most` bytes. */
static size_t send_some(struct cw_out_queue *queue, struct tls_pair *pair, size_t most)
{
    struct cw_slice bytes = cw_out_gather(queue, pair->server.framer, &scratch);
    size_t n = bytes.n < most ? bytes.n : most;
    assert_true(bytes.n <= CW_SEAL_SLICE + 256); /* the slice and the records' own bytes */
    tls_end_take(&pair->client, cw_slice_of(bytes.p, n), ALL);
    cw_out_consume(queue, &scratch, n);
    return n;
}

static uint32_t random_below(uint32_t *random, uint32_t limit)
{
    *random = *random * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*random * limit) >> 32);
}

/* Each body is its number. */
static void play(uint32_t random)
{
    struct tls_pair pair;
    struct cw_out_queue queue = {0};
    uint32_t count = 0;
    begin_ready(&pair);
    for (int round = 0; round < 500; round++) {
        uint32_t what = random_below(&random, 100);
        if (what < 40) {
            push(&queue, &count, sizeof count, 0, false);
            count++;
        } else {
            send_some(&queue, &pair, random_below(&random, 60));
        }
    }
    while (send_some(&queue, &pair, 7) != 0)
        continue;
    assert_true(cw_out_is_empty(&queue));
    assert_int_equal(pair.client.messages, count);
    for (uint32_t i = 0; i < count; i++)
        assert_memory_equal(pair.client.heard.p + i * sizeof i, &i, sizeof i);
    tls_pair_finish(&pair);
    assert_int_equal(ledger.held, 0);
}

static void any_order_gives_whole_messages_in_order(void **state)
{
    (void)state;
    for (uint32_t random = 1; random <= 20; random++)
        play(random);
}

static void a_long_message_is_sealed_with_others_around_it(void **state)
{
    (void)state;
    struct tls_pair pair;
    struct cw_out_queue queue = {0};
    uint8_t *body = cw_alloc_zero(CW_MESSAGE_MAX);
    begin_ready(&pair);
    push(&queue, "one", 3, 0, false);
    push(&queue, body, CW_MESSAGE_MAX, 0, false);
    push(&queue, "two", 3, 0, false);
    push(&queue, "live", 4, 0, true);
    assert_int_equal(cw_out_next_slice(&queue, pair.server.framer), 0);
    send_some(&queue, &pair, ALL);
    assert_int_equal(cw_out_next_slice(&queue, pair.server.framer), CW_SEAL_SLICE);
    while (send_some(&queue, &pair, 1000) != 0)
        continue;
    assert_int_equal(pair.client.messages, 4);
    assert_int_equal(pair.client.heard.n, CW_MESSAGE_MAX + 10);
    assert_memory_equal(pair.client.heard.p + CW_MESSAGE_MAX + 3, "twolive", 7);
    tls_pair_finish(&pair);
    free(body);
}

/* The peer gets an alert; the messages in the queue are not sent and not kept. */
static void after_a_failure_the_alert_leaves_and_nothing_else(void **state)
{
    (void)state;
    static const uint8_t no_record[5 + 40] = {23, 3, 3, 0, 40};
    struct tls_pair pair;
    struct cw_out_queue queue = {0};
    uint8_t body[10000] = {0};
    begin_ready(&pair);
    for (int i = 0; i < 10; i++)
        push(&queue, body, sizeof body, 0, false);
    tls_end_take(&pair.server, cw_slice_of(no_record, sizeof no_record), ALL);
    assert_true(pair.server.failed);
    push(&queue, pair.server.out.p, pair.server.out.n, CW_OUT_RAW, false);
    assert_int_equal(send_some(&queue, &pair, ALL), 5 + 2 + 1 + 16);
    for (int i = 0; i < 10 && !cw_out_is_empty(&queue); i++)
        assert_int_equal(send_some(&queue, &pair, ALL), 0);
    assert_true(cw_out_is_empty(&queue));
    assert_string_equal(pair.client.reason, "the peer ended the connection with a TLS alert");
    assert_int_equal(pair.client.messages, 0);
    tls_pair_finish(&pair);
    assert_int_equal(ledger.held, 0);
}

/* One with so many certificates that its part of the handshake is longer than a slice. */
static struct cw_tls_server *server_of_long_chain(void)
{
    char error[CW_TLS_ERROR_MAX] = "";
    struct cw_buf chain = {0};
    while (chain.n < 3 * (size_t)CW_SEAL_SLICE)
        cw_buf_append(&chain, identity.certificate.p, identity.certificate.n);
    struct cw_tls_server *server = cw_tls_server_create(
        cw_buf_slice(&chain), cw_buf_slice(&identity.key), TLS_BEFORE_S, error);
    assert_string_equal(error, "");
    cw_buf_finish(&chain);
    return server;
}

/* The queue takes the server's bytes of the handshake for a long frame, and must not encrypt
 * them. */
static void a_long_chain_of_certificates_is_sent_as_it_is(void **state)
{
    (void)state;
    static const int versions[] = {0, TLS1_2_VERSION};
    static const uint8_t body[CW_MESSAGE_MAX] = {7};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        struct tls_pair pair;
        struct cw_out_queue queue = {0};
        struct tls_identity chained = identity;
        chained.server = server_of_long_chain();
        tls_pair_begin(&pair, &chained, &(struct tls_wish){.version = versions[i]});
        tls_end_seal(&pair.client);
        tls_end_take(&pair.server, cw_buf_slice(&pair.client.wire), ALL);
        pair.client.wire.n = 0;
        assert_true(pair.server.out.n > 2 * CW_SEAL_SLICE);
        push(&queue, pair.server.out.p, pair.server.out.n, CW_OUT_RAW, false);
        pair.server.out.n = 0;
        while (send_some(&queue, &pair, ALL) != 0)
            continue;
        tls_pair_run(&pair, ALL);
        assert_true(pair.client.ready && pair.server.ready);
        push(&queue, body, sizeof body, 0, false);
        while (send_some(&queue, &pair, ALL) != 0)
            continue;
        assert_int_equal(pair.client.heard.n, sizeof body);
        assert_memory_equal(pair.client.heard.p, body, sizeof body);
        tls_pair_finish(&pair);
        cw_tls_server_destroy(chained.server);
    }
    assert_int_equal(ledger.held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_chain_of_certificates_is_sent_as_it_is),
        cmocka_unit_test(any_order_gives_whole_messages_in_order),
        cmocka_unit_test(a_long_message_is_sealed_with_others_around_it),
        cmocka_unit_test(after_a_failure_the_alert_leaves_and_nothing_else),
    };
    tls_identity_make(&identity);
    cw_out_scratch_init(&scratch);
    int failed = cmocka_run_group_tests_name("tls_queue", tests, NULL, NULL);
    cw_out_scratch_finish(&scratch);
    tls_identity_finish(&identity);
    return failed;
}
