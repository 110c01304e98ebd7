/* test_queue_memory.c - when the queue of a connection frees what it has sent, and that any order
 * of messages gives whole frames. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "frame/zmtp.h"
#include "queue_play.h"

/* A short body takes a block of the pool; what is lent, its own memory as well. */
#define BLOCK cw_account_size(256)

/* --- memory ---------------------------------------------------------------------------------- */

static void a_body_goes_when_its_last_queue_has_sent_it(void **state)
{
    (void)state;
    struct cw_out_queue a = {0}, b = {0};
    struct cw_buf out = {0};
    struct cw_body *body = cw_body_create(&net.pools, 2);
    memcpy(body->bytes, "hi", 2);
    body->references = 2;
    cw_out_push(&a, body, 0, false, NOW);
    cw_out_push(&b, body, CW_OUT_ENVELOPE, false, NOW);
    drain(&a, ALL, &out);
    assert_int_equal(ledger.held, BLOCK);
    drain(&b, ALL, &out);
    assert_int_equal(ledger.held, 0);
    ASSERT_SENT(&out, "\0\2hi\1\0\0\2hi");
    cw_out_finish(&a);
    end_queue(&b, &out);
}

#define LONG_N (3 * COPIED)

/* "head" and long bytes that lie elsewhere, and, extended, "tail". */
static struct cw_body *long_message(struct cw_body *middle, bool extended)
{
    struct cw_body *rest[2] = {middle, NULL};
    if (extended) {
        rest[1] = cw_body_create(&net.pools, 4);
        memcpy(rest[1]->bytes, "tail", 4);
    }
    middle->references++;
    struct cw_body *body = cw_body_create_before(&net.pools, 4, rest);
    memcpy(body->bytes, "head", 4);
    return body;
}

static struct cw_body *lent_bytes(void)
{
    uint8_t *memory = cw_alloc(LONG_N + 2);
    memset(memory, 'x', LONG_N + 2);
    memory[1] = 'a';
    memory[LONG_N] = 'z';
    struct cw_owned owned = {cw_slice_of(memory, LONG_N + 2), memory};
    return cw_body_lend(&net.pools, cw_slice_of(memory + 1, LONG_N), owned);
}

static void assert_long(const struct cw_buf *out, size_t at, bool envelope, bool extended)
{
    size_t n = 4 + LONG_N + (extended ? 4 : 0);
    uint8_t head[] = {1, 0, 2, 0, 0, 0, 0, 0, 0, (uint8_t)(n >> 8), (uint8_t)n, 'h', 'e', 'a', 'd'};
    size_t skip = envelope ? 0 : 2;
    const uint8_t *p = out->p + at;
    assert_true(out->n >= at + sizeof head - skip + n - 4);
    assert_memory_equal(p, head + skip, sizeof head - skip);
    p += sizeof head - skip;
    assert_memory_equal(p, "axxx", 4);
    assert_memory_equal(p + LONG_N - 4, "xxxz", 4);
    if (extended)
        assert_memory_equal(p + LONG_N, "tail", 4);
}

static void what_is_lent_is_sent_from_where_it_lies_and_freed_once(void **state)
{
    (void)state;
    static const size_t mosts[] = {1, 1000, COPIED, ALL};
    for (size_t i = 0; i < sizeof mosts / sizeof mosts[0]; i++) {
        struct cw_out_queue plain = {0}, extended = {0};
        struct cw_buf out = {0};
        struct cw_body *middle = lent_bytes();
        cw_out_push(&plain, long_message(middle, false), CW_OUT_ENVELOPE, false, NOW);
        push(&plain, "next", 0);
        push_live(&plain, "live", NOW);
        cw_out_push(&extended, long_message(middle, true), 0, false, NOW);
        cw_body_release(middle);
        assert_int_equal(ledger.held, 6 * BLOCK + cw_account_size(LONG_N));
        assert_int_equal(plain.bytes, 4 + LONG_N + 4 + 4);
        assert_int_equal(waiting(&plain), 11 + 4 + LONG_N + 6 + 6);
        drain(&plain, mosts[i], &out);
        assert_int_equal(out.n, 11 + 4 + LONG_N + 6 + 6);
        assert_long(&out, 0, true, false);
        assert_memory_equal(out.p + out.n - 12, "\0\4next\0\4live", 12);
        assert_int_equal(ledger.held, 3 * BLOCK + cw_account_size(LONG_N));
        out.n = 0;
        drain(&extended, mosts[i], &out);
        assert_int_equal(out.n, 9 + 4 + LONG_N + 4);
        assert_long(&out, 0, false, true);
        assert_int_equal(ledger.held, 0);
        cw_out_finish(&plain);
        end_queue(&extended, &out);
    }
}

static void what_is_lent_is_freed_when_the_peer_closes_mid_way(void **state)
{
    (void)state;
    static const size_t cuts[] = {0, 5, 13, 14, 13 + LONG_N - 1, 13 + LONG_N, 13 + LONG_N + 2};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct cw_out_queue gone = {0}, stays = {0};
        struct cw_buf out = {0};
        struct cw_body *middle = lent_bytes(), *body = long_message(middle, true);
        cw_body_release(middle);
        body->references++;
        cw_out_push(&gone, body, 0, false, NOW);
        cw_out_push(&stays, body, 0, false, NOW);
        for (size_t left = cuts[i]; left != 0;)
            left -= send_some(&gone, left, &out);
        cw_out_finish(&gone);
        assert_int_equal(ledger.held, 3 * BLOCK + cw_account_size(LONG_N));
        out.n = 0;
        drain(&stays, ALL, &out);
        assert_long(&out, 0, false, true);
        end_queue(&stays, &out);
    }
}

static void finishing_releases_what_waits(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push_of_every_kind(&queue);
    send_some(&queue, 20, &out);
    assert_true(ledger.held != 0);
    end_queue(&queue, &out);
}

static void an_emptied_lane_gives_its_ring_back(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    cw_out_rings_init(&net.pools.rings);
    for (unsigned i = 0; i < 8; i++)
        push_number(&queue, 'm', i, NOW);
    assert_int_equal(queue.messages.capacity, 8);
    push_number(&queue, 'm', 8, NOW);
    assert_int_equal(queue.messages.capacity, 64);
    assert_int_equal(net.pools.rings.small.kept, 1);
    drain(&queue, ALL, &out);
    assert_int_equal(queue.messages.capacity, 0);
    assert_null(queue.messages.ring);
    assert_int_equal(net.pools.rings.large.kept, 1);
    push_number(&queue, 'm', 9, NOW);
    assert_int_equal(net.pools.rings.small.kept, 0);
    end_queue(&queue, &out);
    assert_int_equal(net.pools.rings.small.kept, 1);
    cw_out_rings_finish(&net.pools.rings);
    net.pools.rings = (struct cw_out_rings){0};
}

/* --- anything in any order ------------------------------------------------------------------- */

static uint32_t random_below(uint32_t *random, uint32_t limit)
{
    *random = *random * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*random * limit) >> 32);
}

/* Whole frames; every message, in order; live ones in order, those not dropped. */
static void assert_stream(const struct cw_buf *out, unsigned messages, unsigned live)
{
    unsigned seen_messages = 0, seen_live = 0, last_live = 0;
    assert_int_equal(out->n % FRAME_N, 0);
    for (size_t at = 0; at < out->n; at += FRAME_N) {
        if (out->p[at + 2] == 'm') {
            assert_int_equal(number_at(out, at, 'm'), seen_messages);
            seen_messages++;
        } else {
            unsigned number = number_at(out, at, 'l');
            assert_true(seen_live == 0 || number > last_live);
            last_live = number;
            seen_live++;
        }
    }
    assert_int_equal(seen_messages, messages);
    assert_int_equal(seen_live, live);
}

static void play(uint32_t random)
{
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    uint64_t now_ms = NOW;
    unsigned messages = 0, live = 0, dropped = 0;
    for (int round = 0; round < 2000; round++) {
        unsigned what = random_below(&random, 100);
        if (what < 30) {
            push_number(&queue, 'm', messages++, now_ms);
        } else if (what < 60) {
            dropped += queue.live.count == CW_LIVE_AUDIO_FRAMES_MAX;
            push_number(&queue, 'l', live++, now_ms);
        } else if (what < 90) {
            send_some(&queue, 1 + random_below(&random, 12), &out);
        } else if (what < 98) {
            now_ms += random_below(&random, 80);
        } else {
            dropped += (unsigned)cw_out_drop_stale(&queue, now_ms);
        }
        assert_int_equal(queue.bytes, (queue.messages.count + queue.live.count) * BODY_N);
    }
    drain(&queue, ALL, &out);
    assert_stream(&out, messages, live - dropped);
    end_queue(&queue, &out);
}

static void any_order_gives_whole_frames_in_order(void **state)
{
    (void)state;
    for (uint32_t random = 1; random <= 50; random++)
        play(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_goes_when_its_last_queue_has_sent_it),
        cmocka_unit_test(what_is_lent_is_sent_from_where_it_lies_and_freed_once),
        cmocka_unit_test(what_is_lent_is_freed_when_the_peer_closes_mid_way),
        cmocka_unit_test(finishing_releases_what_waits),
        cmocka_unit_test(an_emptied_lane_gives_its_ring_back),
        cmocka_unit_test(any_order_gives_whole_frames_in_order),
    };
    cw_out_scratch_init(&scratch);
    cw_zmtp_init(&zmtp, CW_FRAMER_SERVER, CW_MESSAGE_MAX);
    int failed = cmocka_run_group_tests_name("queue memory", tests, NULL, NULL);
    cw_out_scratch_finish(&scratch);
    return failed;
}
