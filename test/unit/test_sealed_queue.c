/* test_sealed_queue.c - one body for peers of several transports, one of which encrypts:
 * complete messages arrive in order, however few bytes the sockets take, and live audio that is
 * not sealed can still be dropped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "frame/zmtp.h"
#include "net/net_internal.h"
#include "toy_framer.h"

#define NOW    1000000
#define ALL    SIZE_MAX
#define COPIED (16u * 1024)
#define BODY_N 5 /* of a message made by push_number: what, a number */

static struct cw_ledger ledger;
static struct cw_net net = {.pools.ledger = &ledger};
static struct cw_out_scratch scratch;
static struct cw_zmtp zmtp;

/* An encrypted connection and its reader. */
struct sealed {
    struct toy toy;
    struct cw_out_queue queue;
    struct toy_reader reader;
};

static void begin(struct sealed *s)
{
    *s = (struct sealed){0};
    toy_init(&s->toy);
}

static void end(struct sealed *s)
{
    cw_out_finish(&s->queue);
    toy_reader_finish(&s->reader);
}

static size_t send_some(struct sealed *s, size_t most)
{
    struct cw_slice bytes = cw_out_gather(&s->queue, &s->toy.framer, &scratch);
    size_t taken = bytes.n < most ? bytes.n : most;
    toy_receive(&s->reader, cw_slice_of(bytes.p, taken));
    cw_out_consume(&s->queue, &scratch, taken);
    assert_true(s->queue.sealed == NULL ||
                s->queue.bytes >= s->queue.sealed->n - s->queue.sealed->sent);
    return taken;
}

static void drain(struct sealed *s, size_t most)
{
    while (send_some(s, most) != 0)
        ;
    assert_true(cw_out_is_empty(&s->queue));
    assert_int_equal(s->queue.bytes, 0);
    assert_int_equal(s->queue.aside, 0);
}

static void assert_hears(struct sealed *s, const void *wanted, size_t n)
{
    struct cw_slice body = {0};
    assert_true(toy_next(&s->reader, &body));
    assert_int_equal(body.n, n);
    assert_memory_equal(body.p, wanted, n);
}

static void assert_hears_nothing(struct sealed *s)
{
    struct cw_slice body;
    assert_false(toy_next(&s->reader, &body));
    assert_int_equal(s->reader.plain.n, s->reader.read);
}

static struct cw_body *body_of(const void *p, size_t n)
{
    struct cw_body *body = cw_body_create(&net.pools, n);
    memcpy(body->bytes, p, n);
    return body;
}

static void push(struct sealed *s, const char *text)
{
    cw_out_push(&s->queue, body_of(text, strlen(text)), 0, false, NOW);
}

static void push_live(struct sealed *s, const char *text, uint64_t now_ms)
{
    cw_out_push(&s->queue, body_of(text, strlen(text)), 0, true, now_ms);
}

/* --- one body, several transports ------------------------------------------------------- */

static void fan_out_to_three(const char *text, size_t most)
{
    struct sealed a, b;
    struct cw_out_queue plain = {0};
    struct cw_buf out = {0};
    struct cw_body *body = body_of(text, strlen(text));
    begin(&a);
    begin(&b);
    push(&b, "before");
    body->references = 4;
    cw_out_push(&a.queue, body, 0, false, NOW);
    cw_out_push(&plain, body, CW_OUT_ENVELOPE, false, NOW);
    cw_out_push(&b.queue, body, CW_OUT_ENVELOPE, false, NOW);
    /* In turns, so that each half of a frame has the others' headers in between. */
    for (bool more = true; more;) {
        struct cw_slice bytes = cw_out_gather(&plain, &zmtp.framer, &scratch);
        size_t taken = bytes.n < most ? bytes.n : most;
        cw_buf_append(&out, bytes.p, taken);
        cw_out_consume(&plain, &scratch, taken);
        more = (send_some(&a, most) | send_some(&b, most) | taken) != 0;
    }
    assert_int_equal(out.n, 4 + strlen(text));
    assert_memory_equal(out.p, "\1\0\0", 3);
    assert_memory_equal(out.p + 4, text, strlen(text));
    assert_hears(&a, text, strlen(text));
    assert_hears(&b, "before", 6);
    assert_hears(&b, text, strlen(text));
    assert_hears_nothing(&a);
    assert_hears_nothing(&b);
    assert_int_equal(body->references, 1);
    assert_memory_equal(body->bytes, text, strlen(text));
    cw_body_release(body);
    end(&a);
    end(&b);
    cw_buf_finish(&out);
    assert_int_equal(ledger.held, 0);
}

static void one_body_goes_to_plain_and_to_sealed_peers(void **state)
{
    (void)state;
    for (size_t most = 1; most < 40; most++)
        fan_out_to_three("the same for all", most);
    fan_out_to_three("the same for all", ALL);
}

/* --- sealed once ---------------------------------------------------------------------------- */

static void what_the_socket_did_not_take_is_kept_and_goes_first(void **state)
{
    (void)state;
    struct sealed s;
    begin(&s);
    push(&s, "one");
    push(&s, "two");
    assert_int_equal(send_some(&s, 3), 3);
    assert_non_null(s.queue.sealed);
    assert_int_equal(s.queue.messages.count, 0); /* both were sealed together */
    assert_int_equal(s.queue.bytes, TOY_SEAL + 2 * (TOY_HEADER + 3) - 3);
    assert_true(cw_out_own(&s.queue) >= s.queue.bytes);
    push(&s, "three");
    assert_int_equal(s.toy.counter, 2 * (TOY_HEADER + 3));
    assert_int_equal(send_some(&s, 0), 0);
    drain(&s, 1);
    assert_hears(&s, "one", 3);
    assert_hears(&s, "two", 3);
    assert_hears(&s, "three", 5);
    end(&s);
}

/* What the socket takes now is as long as a message of the same queue that waits. */
static void a_message_is_not_taken_for_what_was_kept(void **state)
{
    (void)state;
    struct sealed s;
    begin(&s);
    push(&s, "one");
    send_some(&s, 3);
    push(&s, "12345");
    assert_int_equal(send_some(&s, 5), 5);
    drain(&s, ALL);
    assert_hears(&s, "one", 3);
    assert_hears(&s, "12345", 5);
    end(&s);
}

static void nothing_is_lost_when_the_socket_takes_nothing(void **state)
{
    (void)state;
    struct sealed s;
    begin(&s);
    push(&s, "one");
    assert_int_equal(send_some(&s, 0), 0);
    assert_int_equal(send_some(&s, 0), 0);
    assert_int_equal(s.toy.counter, TOY_HEADER + 3);
    drain(&s, ALL);
    assert_hears(&s, "one", 3);
    end(&s);
}

static void so_many_short_frames_are_sealed_at_once(void **state)
{
    (void)state;
    struct sealed s;
    uint8_t bytes[1000] = {0};
    begin(&s);
    for (int i = 0; i < 100; i++)
        cw_out_push(&s.queue, body_of(bytes, sizeof bytes), 0, false, NOW);
    send_some(&s, 1);
    assert_true(s.toy.sealed_max > CW_OUT_SEALED_MAX - 2000);
    assert_true(s.toy.sealed_max <= CW_OUT_SEALED_MAX);
    drain(&s, 1000);
    for (int i = 0; i < 100; i++)
        assert_hears(&s, bytes, sizeof bytes);
    end(&s);
}

/* --- long messages --------------------------------------------------------------------------- */

#define LONG_N (5 * COPIED)

static void a_long_message_is_sealed_in_one(void **state)
{
    (void)state;
    static const size_t mosts[] = {1000, COPIED, ALL};
    for (size_t i = 0; i < sizeof mosts / sizeof mosts[0]; i++) {
        struct sealed s;
        uint8_t *memory = cw_alloc(LONG_N), *wanted = cw_alloc(4 + LONG_N + 4);
        begin(&s);
        memset(memory, 'x', LONG_N);
        struct cw_owned owned = {cw_slice_of(memory, LONG_N), memory};
        struct cw_body *rest[2] = {cw_body_lend(&net.pools, owned.slice, owned),
                                   body_of("tail", 4)};
        struct cw_body *body = cw_body_create_before(&net.pools, 4, rest);
        memcpy(body->bytes, "head", 4);
        push(&s, "before");
        cw_out_push(&s.queue, body, 0, false, NOW);
        push(&s, "after");
        assert_int_equal(s.queue.aside, LONG_N);
        drain(&s, mosts[i]);
        assert_int_equal(s.toy.sealed_max, TOY_HEADER + 4 + LONG_N + 4);
        assert_true(scratch.sealed.capacity <= CW_OUT_SCRATCH);
        memcpy(wanted, "head", 4);
        memset(wanted + 4, 'x', LONG_N);
        memcpy(wanted + 4 + LONG_N, "tail", 4);
        assert_hears(&s, "before", 6);
        assert_hears(&s, wanted, 4 + LONG_N + 4);
        assert_hears(&s, "after", 5);
        assert_int_equal(ledger.held, 0);
        free(wanted);
        end(&s);
    }
}

/* --- live audio ------------------------------------------------------------------------------ */

static void live_audio_that_is_not_sealed_is_dropped(void **state)
{
    (void)state;
    struct sealed s;
    begin(&s);
    push_live(&s, "old", NOW);
    send_some(&s, 1); /* sealed: it goes, however late */
    push_live(&s, "late", NOW);
    push(&s, "message");
    push_live(&s, "new", NOW + 900);
    assert_int_equal(cw_out_drop_stale(&s.queue, NOW + 1000), 1);
    drain(&s, 1);
    assert_hears(&s, "old", 3);
    assert_hears(&s, "message", 7);
    assert_hears(&s, "new", 3);
    assert_hears_nothing(&s);
    end(&s);
}

static void little_live_audio_is_sealed_at_once(void **state)
{
    (void)state;
    struct sealed s;
    uint8_t bytes[300] = {0};
    begin(&s);
    for (int i = 0; i < 20; i++)
        cw_out_push(&s.queue, body_of(bytes, sizeof bytes), 0, true, NOW);
    send_some(&s, 1);
    assert_true(s.toy.sealed_max > 300 && s.toy.sealed_max <= CW_LIVE_UNSENT_MAX);
    assert_int_equal(cw_out_drop_stale(&s.queue, NOW + 1000), 20 - s.toy.sealed_max / 304);
    drain(&s, 7);
    end(&s);
}

/* --- memory ---------------------------------------------------------------------------------- */

static void finishing_releases_what_is_sealed(void **state)
{
    (void)state;
    struct sealed s;
    begin(&s);
    push(&s, "one");
    send_some(&s, 2);
    push(&s, "two");
    cw_out_finish(&s.queue);
    assert_true(cw_out_is_empty(&s.queue));
    assert_int_equal(s.queue.bytes, 0);
    assert_int_equal(ledger.held, 0);
    end(&s);
}

/* A connection ends between its gather and that of the next connection: its send failed. */
static void what_was_sealed_for_another_is_forgotten(void **state)
{
    (void)state;
    struct sealed gone, s;
    struct cw_out_queue plain = {0};
    begin(&gone);
    push(&gone, "gone");
    cw_out_gather(&gone.queue, &gone.toy.framer, &scratch);
    cw_out_finish(&gone.queue);
    cw_out_push(&plain, body_of("plain", 5), 0, false, NOW);
    struct cw_slice bytes = cw_out_gather(&plain, &zmtp.framer, &scratch);
    assert_int_equal(bytes.n, 7);
    cw_out_consume(&plain, &scratch, bytes.n);
    assert_true(cw_out_is_empty(&plain));
    begin(&s);
    push(&s, "here");
    drain(&s, ALL);
    assert_hears(&s, "here", 4);
    end(&s);
    end(&gone);
}

/* --- anything in any order ------------------------------------------------------------------- */

static uint32_t random_below(uint32_t *random, uint32_t limit)
{
    *random = *random * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*random * limit) >> 32);
}

static struct cw_body *numbered(char what, uint32_t number)
{
    uint8_t bytes[BODY_N] = {(uint8_t)what};
    memcpy(bytes + 1, &number, sizeof number);
    return body_of(bytes, sizeof bytes);
}

/* Every message, in order; live ones in order, those not dropped. */
static void assert_stream(struct sealed *s, uint32_t messages, uint32_t live)
{
    uint32_t seen_messages = 0, seen_live = 0, last_live = 0, number;
    struct cw_slice body;
    while (toy_next(&s->reader, &body)) {
        assert_int_equal(body.n, BODY_N);
        memcpy(&number, body.p + 1, sizeof number);
        if (body.p[0] == 'm') {
            assert_int_equal(number, seen_messages++);
            continue;
        }
        assert_true(seen_live == 0 || number > last_live);
        last_live = number;
        seen_live++;
    }
    assert_int_equal(seen_messages, messages);
    assert_int_equal(seen_live, live);
    assert_int_equal(s->reader.wire.n, 0);
}

static void play(uint32_t random)
{
    struct sealed s;
    uint64_t now_ms = NOW;
    uint32_t messages = 0, live = 0, dropped = 0;
    begin(&s);
    for (int round = 0; round < 2000; round++) {
        uint32_t what = random_below(&random, 100);
        if (what < 30) {
            cw_out_push(&s.queue, numbered('m', messages++), 0, false, now_ms);
        } else if (what < 60) {
            dropped += s.queue.live.count == CW_LIVE_AUDIO_FRAMES_MAX;
            cw_out_push(&s.queue, numbered('l', live++), 0, true, now_ms);
        } else if (what < 90) {
            send_some(&s, random_below(&random, 14));
        } else if (what < 98) {
            now_ms += random_below(&random, 80);
        } else {
            dropped += (uint32_t)cw_out_drop_stale(&s.queue, now_ms);
        }
    }
    assert_true(dropped != 0);
    drain(&s, 1);
    assert_stream(&s, messages, live - dropped);
    end(&s);
    assert_int_equal(ledger.held, 0);
}

static void any_order_gives_whole_messages_in_order(void **state)
{
    (void)state;
    for (uint32_t random = 1; random <= 50; random++)
        play(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_body_goes_to_plain_and_to_sealed_peers),
        cmocka_unit_test(what_the_socket_did_not_take_is_kept_and_goes_first),
        cmocka_unit_test(a_message_is_not_taken_for_what_was_kept),
        cmocka_unit_test(nothing_is_lost_when_the_socket_takes_nothing),
        cmocka_unit_test(so_many_short_frames_are_sealed_at_once),
        cmocka_unit_test(a_long_message_is_sealed_in_one),
        cmocka_unit_test(live_audio_that_is_not_sealed_is_dropped),
        cmocka_unit_test(little_live_audio_is_sealed_at_once),
        cmocka_unit_test(finishing_releases_what_is_sealed),
        cmocka_unit_test(what_was_sealed_for_another_is_forgotten),
        cmocka_unit_test(any_order_gives_whole_messages_in_order),
    };
    cw_out_scratch_init(&scratch);
    cw_zmtp_init(&zmtp, CW_FRAMER_SERVER, CW_MESSAGE_MAX);
    int failed = cmocka_run_group_tests_name("sealed_queue", tests, NULL, NULL);
    cw_out_scratch_finish(&scratch);
    return failed;
}
