/* test_out_queue.c - what waits for one connection: the exact bytes that go out,
 * however little the socket takes, and which live audio does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "frame/zmtp.h"
#include "net/net_internal.h"

#define NOW     1000000
#define ALL     SIZE_MAX
#define COPIED  (16u * 1024)
#define BODY_N  4 /* of a message made by push_number ... */
#define FRAME_N 6 /* ... and on the wire */

/* Only counts the memory of bodies: 0 when every reference has been released. */
static struct cw_ledger ledger;
static struct cw_net net = {.pools.ledger = &ledger};
static struct cw_out_scratch scratch;
static struct cw_zmtp zmtp;

static void push_bytes(struct cw_out_queue *queue, const void *p, size_t n, uint8_t flags,
                       bool live, uint64_t now_ms)
{
    struct cw_body *body = cw_body_create(&net.pools, n);
    if (n != 0)
        memcpy(body->bytes, p, n);
    cw_out_push(queue, body, flags, live, now_ms);
}

static void push(struct cw_out_queue *queue, const char *text, uint8_t flags)
{
    push_bytes(queue, text, strlen(text), flags, false, NOW);
}

static void push_live(struct cw_out_queue *queue, const char *text, uint64_t now_ms)
{
    push_bytes(queue, text, strlen(text), 0, true, now_ms);
}

static void push_filled(struct cw_out_queue *queue, char fill, size_t n)
{
    uint8_t *bytes = cw_alloc(n);
    memset(bytes, fill, n);
    push_bytes(queue, bytes, n, 0, false, NOW);
    free(bytes);
}

static size_t waiting_in(const struct cw_out_lane *lane)
{
    uint8_t room[CW_FRAMER_HEADER_MAX];
    size_t n = 0;
    for (uint32_t i = 0; i < lane->count; i++) {
        const struct cw_out_entry *entry = &lane->ring[(lane->first + i) & (lane->capacity - 1)];
        n += entry->body->whole;
        if ((entry->flags & CW_OUT_RAW) == 0)
            n += cw_framer_header(&zmtp.framer, room + sizeof room, entry->body->whole,
                                  (entry->flags & CW_OUT_ENVELOPE) != 0);
    }
    return n;
}

/* Bytes of the wire. */
static size_t waiting(const struct cw_out_queue *queue)
{
    return waiting_in(&queue->messages) + waiting_in(&queue->live) - queue->partial_sent;
}

/* One send of which the socket takes at most `most` bytes. */
static size_t send_some(struct cw_out_queue *queue, size_t most, struct cw_buf *out)
{
    size_t before = waiting(queue);
    struct cw_slice bytes = cw_out_gather(queue, &zmtp.framer, &scratch);
    size_t taken = bytes.n < most ? bytes.n : most;
    assert_true(bytes.n <= before);
    cw_buf_append(out, bytes.p, taken);
    cw_out_consume(queue, &scratch, taken);
    assert_int_equal(waiting(queue), before - taken);
    return taken;
}

static void drain(struct cw_out_queue *queue, size_t most, struct cw_buf *out)
{
    while (send_some(queue, most, out) != 0)
        ;
    assert_true(cw_out_is_empty(queue));
    assert_int_equal(queue->bytes, 0);
    assert_int_equal(queue->aside, 0);
    assert_int_equal(queue->partial_sent, 0);
    assert_int_equal(queue->partial, CW_OUT_NONE);
}

static void assert_bytes(const struct cw_buf *out, const void *wanted, size_t n)
{
    assert_int_equal(out->n, n);
    assert_memory_equal(out->p, wanted, n);
}

#define ASSERT_SENT(out, literal) assert_bytes(out, literal, sizeof(literal) - 1)

/* A short body takes a block of the pool; what is lent, its own memory as well. */
#define BLOCK cw_account_size(256)

static void end(struct cw_out_queue *queue, struct cw_buf *out)
{
    cw_out_finish(queue);
    cw_buf_finish(out);
    assert_int_equal(ledger.held, 0);
}

/* --- the bytes ----------------------------------------------------------------------- */

static void an_empty_queue_sends_nothing(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    assert_int_equal(cw_out_gather(&queue, &zmtp.framer, &scratch).n, 0);
    assert_int_equal(cw_out_drop_stale(&queue, NOW), 0);
    cw_out_consume(&queue, &scratch, 0);
    end(&queue, &out);
}

static void messages_get_their_header(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push(&queue, "ab", 0);
    push(&queue, "cd", CW_OUT_ENVELOPE);
    push(&queue, "raw", CW_OUT_RAW);
    push(&queue, "", 0);
    assert_int_equal(queue.bytes, 2 + 2 + 3 + 0);
    drain(&queue, ALL, &out);
    ASSERT_SENT(&out, "\0\2ab"
                      "\1\0\0\2cd"
                      "raw"
                      "\0\0");
    end(&queue, &out);
}

static void a_long_message_has_a_long_header(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push_filled(&queue, 's', 255);
    push_filled(&queue, 'l', 256);
    drain(&queue, ALL, &out);
    assert_int_equal(out.n, 2 + 255 + 9 + 256);
    assert_memory_equal(out.p, "\0\xff\x73", 3);
    assert_memory_equal(out.p + 257, "\2\0\0\0\0\0\0\1\0l", 10);
    end(&queue, &out);
}

static void large_frames_go_alone_and_from_where_they_lie(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push_filled(&queue, 'c', COPIED);
    push_filled(&queue, 'p', COPIED + 1);
    push(&queue, "z", 0);
    struct cw_slice bytes = cw_out_gather(&queue, &zmtp.framer, &scratch);
    assert_int_equal(bytes.n, 9 + COPIED);
    assert_ptr_equal(bytes.p, scratch.plain);
    cw_out_consume(&queue, &scratch, bytes.n);
    bytes = cw_out_gather(&queue, &zmtp.framer, &scratch);
    assert_int_equal(bytes.n, 9 + COPIED + 1);
    assert_memory_equal(bytes.p, "\2\0\0\0\0\0\0\x40\1", 9);
    assert_ptr_equal(bytes.p + 9, queue.messages.ring[queue.messages.first].body->bytes);
    cw_out_consume(&queue, &scratch, bytes.n);
    drain(&queue, ALL, &out);
    ASSERT_SENT(&out, "\0\1z");
    end(&queue, &out);
}

static void one_send_takes_as_many_small_frames_as_fit(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    for (int i = 0; i < 5; i++)
        push_filled(&queue, (char)('0' + i), COPIED);
    assert_int_equal(cw_out_gather(&queue, &zmtp.framer, &scratch).n,
                     3 * (9 + COPIED)); /* four need 36 bytes too many */
    drain(&queue, ALL, &out);
    assert_int_equal(out.n, 5 * (9 + COPIED));
    for (int i = 0; i < 5; i++)
        assert_int_equal(out.p[(size_t)i * (9 + COPIED) + 9], '0' + i);
    end(&queue, &out);
}

/* --- split anywhere --------------------------------------------------------------------- */

static void push_of_every_kind(struct cw_out_queue *queue)
{
    push(queue, "first", 0);
    push(queue, "envelope", CW_OUT_ENVELOPE);
    push(queue, "raw", CW_OUT_RAW);
    push_filled(queue, 'm', 300);
    push_live(queue, "live 1", NOW);
    push(queue, "", CW_OUT_ENVELOPE);
    push_live(queue, "live 2", NOW);
}

static void whatever_the_socket_takes_the_stream_is_the_same(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf whole = {0};
    push_of_every_kind(&queue);
    drain(&queue, ALL, &whole);
    for (size_t most = 1; most <= whole.n; most++) {
        struct cw_buf out = {0};
        push_of_every_kind(&queue);
        drain(&queue, most, &out);
        assert_bytes(&out, whole.p, whole.n);
        cw_buf_finish(&out);
    }
    for (size_t cut = 1; cut < whole.n; cut++) {
        struct cw_buf out = {0};
        push_of_every_kind(&queue);
        send_some(&queue, cut, &out);
        drain(&queue, ALL, &out);
        assert_bytes(&out, whole.p, whole.n);
        cw_buf_finish(&out);
    }
    end(&queue, &whole);
}

static void a_large_frame_may_be_cut_anywhere(void **state)
{
    (void)state;
    static const size_t cuts[] = {1, 8, 9, 10, 4000, COPIED + 9, COPIED + 10};
    struct cw_out_queue queue = {0};
    struct cw_buf whole = {0};
    push_filled(&queue, 'x', COPIED + 1);
    push(&queue, "after", 0);
    drain(&queue, ALL, &whole);
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct cw_buf out = {0};
        push_filled(&queue, 'x', COPIED + 1);
        push(&queue, "after", 0);
        assert_int_equal(send_some(&queue, cuts[i], &out), cuts[i]);
        drain(&queue, ALL, &out);
        assert_bytes(&out, whole.p, whole.n);
        cw_buf_finish(&out);
    }
    end(&queue, &whole);
}

/* --- live audio ----------------------------------------------------------------------------- */

static void messages_go_before_live_audio(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push_live(&queue, "A", NOW);
    push(&queue, "m", 0);
    push_live(&queue, "B", NOW);
    push(&queue, "n", 0);
    drain(&queue, ALL, &out);
    ASSERT_SENT(&out, "\0\1m\0\1n\0\1A\0\1B");
    end(&queue, &out);
}

static void a_live_frame_begun_is_finished_first(void **state)
{
    (void)state;
    for (size_t begun = 1; begun < 5; begun++) {
        struct cw_out_queue queue = {0};
        struct cw_buf out = {0};
        push_live(&queue, "AAA", NOW);
        push_live(&queue, "B", NOW);
        send_some(&queue, begun, &out);
        push(&queue, "m", CW_OUT_ENVELOPE);
        drain(&queue, ALL, &out);
        ASSERT_SENT(&out, "\0\3AAA\1\0\0\1m\0\1B");
        end(&queue, &out);
    }
}

static void a_message_begun_is_finished_before_live_audio(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push(&queue, "mm", 0);
    send_some(&queue, 3, &out);
    push_live(&queue, "A", NOW);
    push(&queue, "n", 0);
    assert_int_equal(cw_out_drop_stale(&queue, NOW + 1000), 1);
    drain(&queue, 1, &out);
    ASSERT_SENT(&out, "\0\2mm\0\1n");
    end(&queue, &out);
}

static void live_audio_is_dropped_after_200_ms(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push(&queue, "m", 0);
    push_live(&queue, "A", NOW);
    push_live(&queue, "B", NOW + 1);
    push_live(&queue, "C", NOW + 100);
    assert_int_equal(cw_out_drop_stale(&queue, NOW + 200), 0);
    assert_int_equal(cw_out_drop_stale(&queue, NOW + 201), 1);
    assert_int_equal(cw_out_drop_stale(&queue, NOW + 202), 1);
    assert_int_equal(queue.bytes, 2);
    drain(&queue, ALL, &out);
    ASSERT_SENT(&out, "\0\1m\0\1C");
    end(&queue, &out);
}

static void a_live_frame_begun_is_never_dropped(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push_live(&queue, "AAA", NOW);
    push_live(&queue, "B", NOW);
    push_live(&queue, "C", NOW + 900);
    send_some(&queue, 3, &out);
    assert_int_equal(cw_out_drop_stale(&queue, NOW + 1000), 1);
    drain(&queue, ALL, &out);
    ASSERT_SENT(&out, "\0\3AAA\0\1C");
    end(&queue, &out);
}

static void the_age_outlives_the_low_bits_of_the_clock(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    uint64_t wrap = (uint64_t)1 << 32;
    push_live(&queue, "A", wrap - 100);
    assert_int_equal(cw_out_drop_stale(&queue, wrap + 100), 0);
    assert_int_equal(cw_out_drop_stale(&queue, wrap + 101), 1);
    push_live(&queue, "B", wrap + 102);
    assert_int_equal(cw_out_drop_stale(&queue, wrap + 302), 0);
    assert_int_equal(cw_out_drop_stale(&queue, wrap + 303), 1);
    end(&queue, &out);
}

static void push_number(struct cw_out_queue *queue, char kind, unsigned number, uint64_t now_ms)
{
    uint8_t body[BODY_N] = {(uint8_t)kind, (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                            (uint8_t)number};
    push_bytes(queue, body, sizeof body, 0, kind == 'l', now_ms);
}

static unsigned number_at(const struct cw_buf *out, size_t at, char kind)
{
    assert_true(at + FRAME_N <= out->n);
    assert_memory_equal(out->p + at, ((uint8_t[]){0, 4, (uint8_t)kind}), 3);
    return (unsigned)out->p[at + 3] << 16 | (unsigned)out->p[at + 4] << 8 | out->p[at + 5];
}

static void too_many_live_frames_push_out_the_oldest(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    for (unsigned i = 0; i < CW_LIVE_AUDIO_FRAMES_MAX + 10; i++)
        push_number(&queue, 'l', i, NOW);
    assert_int_equal(queue.live.count, CW_LIVE_AUDIO_FRAMES_MAX);
    assert_int_equal(queue.bytes, CW_LIVE_AUDIO_FRAMES_MAX * BODY_N);
    drain(&queue, ALL, &out);
    for (unsigned i = 0; i < CW_LIVE_AUDIO_FRAMES_MAX; i++)
        assert_int_equal(number_at(&out, (size_t)i * FRAME_N, 'l'), i + 10);
    end(&queue, &out);
}

static void but_never_the_one_begun(void **state)
{
    (void)state;
    struct cw_out_queue queue = {0};
    struct cw_buf out = {0};
    push_number(&queue, 'l', 0, NOW);
    send_some(&queue, 1, &out);
    for (unsigned i = 1; i < CW_LIVE_AUDIO_FRAMES_MAX + 10; i++)
        push_number(&queue, 'l', i, NOW);
    assert_int_equal(queue.live.count, CW_LIVE_AUDIO_FRAMES_MAX);
    drain(&queue, ALL, &out);
    assert_int_equal(out.n, CW_LIVE_AUDIO_FRAMES_MAX * FRAME_N);
    assert_int_equal(number_at(&out, 0, 'l'), 0);
    for (unsigned i = 1; i < CW_LIVE_AUDIO_FRAMES_MAX; i++)
        assert_int_equal(number_at(&out, (size_t)i * FRAME_N, 'l'), i + 10);
    end(&queue, &out);
}

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
    end(&b, &out);
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
        end(&extended, &out);
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
        end(&stays, &out);
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
    end(&queue, &out);
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
    end(&queue, &out);
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
    end(&queue, &out);
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
        cmocka_unit_test(an_empty_queue_sends_nothing),
        cmocka_unit_test(messages_get_their_header),
        cmocka_unit_test(a_long_message_has_a_long_header),
        cmocka_unit_test(large_frames_go_alone_and_from_where_they_lie),
        cmocka_unit_test(one_send_takes_as_many_small_frames_as_fit),
        cmocka_unit_test(whatever_the_socket_takes_the_stream_is_the_same),
        cmocka_unit_test(a_large_frame_may_be_cut_anywhere),
        cmocka_unit_test(messages_go_before_live_audio),
        cmocka_unit_test(a_live_frame_begun_is_finished_first),
        cmocka_unit_test(a_message_begun_is_finished_before_live_audio),
        cmocka_unit_test(live_audio_is_dropped_after_200_ms),
        cmocka_unit_test(a_live_frame_begun_is_never_dropped),
        cmocka_unit_test(the_age_outlives_the_low_bits_of_the_clock),
        cmocka_unit_test(too_many_live_frames_push_out_the_oldest),
        cmocka_unit_test(but_never_the_one_begun),
        cmocka_unit_test(a_body_goes_when_its_last_queue_has_sent_it),
        cmocka_unit_test(what_is_lent_is_sent_from_where_it_lies_and_freed_once),
        cmocka_unit_test(what_is_lent_is_freed_when_the_peer_closes_mid_way),
        cmocka_unit_test(finishing_releases_what_waits),
        cmocka_unit_test(an_emptied_lane_gives_its_ring_back),
        cmocka_unit_test(any_order_gives_whole_frames_in_order),
    };
    cw_out_scratch_init(&scratch);
    cw_zmtp_init(&zmtp, CW_FRAMER_SERVER, CW_MESSAGE_MAX);
    int failed = cmocka_run_group_tests_name("out_queue", tests, NULL, NULL);
    cw_out_scratch_finish(&scratch);
    return failed;
}
