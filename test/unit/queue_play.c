/* queue_play.c - see queue_play.h. */
#include "queue_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "frame/zmtp.h"

struct cw_ledger ledger;
struct cw_net net = {.pools.ledger = &ledger};
struct cw_out_scratch scratch;
struct cw_zmtp zmtp;

static void push_bytes(struct cw_out_queue *queue, const void *p, size_t n, uint8_t flags,
                       bool live, uint64_t now_ms)
{
    struct cw_body *body = cw_body_create(&net.pools, n);
    if (n != 0)
        memcpy(body->bytes, p, n);
    cw_out_push(queue, body, flags, live, now_ms);
}

void push(struct cw_out_queue *queue, const char *text, uint8_t flags)
{
    push_bytes(queue, text, strlen(text), flags, false, NOW);
}

void push_live(struct cw_out_queue *queue, const char *text, uint64_t now_ms)
{
    push_bytes(queue, text, strlen(text), 0, true, now_ms);
}

void push_filled(struct cw_out_queue *queue, char fill, size_t n)
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

size_t waiting(const struct cw_out_queue *queue)
{
    return waiting_in(&queue->messages) + waiting_in(&queue->live) - queue->partial_sent;
}

size_t send_some(struct cw_out_queue *queue, size_t most, struct cw_buf *out)
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

void drain(struct cw_out_queue *queue, size_t most, struct cw_buf *out)
{
    while (send_some(queue, most, out) != 0)
        ;
    assert_true(cw_out_is_empty(queue));
    assert_int_equal(queue->bytes, 0);
    assert_int_equal(queue->aside, 0);
    assert_int_equal(queue->partial_sent, 0);
    assert_int_equal(queue->partial, CW_OUT_NONE);
}

void assert_bytes(const struct cw_buf *out, const void *wanted, size_t n)
{
    assert_int_equal(out->n, n);
    assert_memory_equal(out->p, wanted, n);
}

void end_queue(struct cw_out_queue *queue, struct cw_buf *out)
{
    cw_out_finish(queue);
    cw_buf_finish(out);
    assert_int_equal(ledger.held, 0);
}

void push_of_every_kind(struct cw_out_queue *queue)
{
    push(queue, "first", 0);
    push(queue, "envelope", CW_OUT_ENVELOPE);
    push(queue, "raw", CW_OUT_RAW);
    push_filled(queue, 'm', 300);
    push_live(queue, "live 1", NOW);
    push(queue, "", CW_OUT_ENVELOPE);
    push_live(queue, "live 2", NOW);
}

void push_number(struct cw_out_queue *queue, char kind, unsigned number, uint64_t now_ms)
{
    uint8_t body[BODY_N] = {(uint8_t)kind, (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                            (uint8_t)number};
    push_bytes(queue, body, sizeof body, 0, kind == 'l', now_ms);
}

unsigned number_at(const struct cw_buf *out, size_t at, char kind)
{
    assert_true(at + FRAME_N <= out->n);
    assert_memory_equal(out->p + at, ((uint8_t[]){0, 4, (uint8_t)kind}), 3);
    return (unsigned)out->p[at + 3] << 16 | (unsigned)out->p[at + 4] << 8 | out->p[at + 5];
}
