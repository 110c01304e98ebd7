/* fuzz_zmtp.c - any bytes into the ZMTP framer, in both roles.
 *
 * The first octet says how the rest is played: bit 0 the role, bit 1 whether a
 * good handshake goes before it, bits 2 to 6 how it is cut into pieces, bit 7 whether
 * longer messages are judged by their heads: each other one is then let in. What
 * comes out must not depend on the cuts, and memory not on what is claimed. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/zmtp.h"

#define MESSAGE_MAX 2000
#define JUDGED_MAX  5000
/* The longest header of a frame, and of all that we say in a handshake. */
#define HEADER_MAX    9
#define HANDSHAKE_MAX 512

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
    struct cw_zmtp z;
    struct cw_buf out;
    struct cw_buf events;
    bool failed;
    unsigned heads; /* judged so far; the last but one was let in, and so on */
};

static void note(struct run *run, const struct cw_framer_event *event)
{
    uint64_t n = event->body.n;
    cw_buf_append_byte(&run->events, (uint8_t)event->type);
    cw_buf_append_byte(&run->events, event->envelope);
    cw_buf_append(&run->events, &n, sizeof n);
    cw_buf_append(&run->events, event->body.p, event->body.n);
    if (event->reason != NULL)
        cw_buf_append(&run->events, event->reason, strlen(event->reason));
}

static void check_event(const struct run *run, const struct cw_framer_event *event)
{
    CHECK((event->type == CW_FRAMER_FAILED) == (event->reason != NULL));
    CHECK(event->type == CW_FRAMER_MESSAGE || event->type == CW_FRAMER_HEAD || !event->envelope);
    CHECK(event->type != CW_FRAMER_MESSAGE || event->body.n <= run->z.framer.message_max);
    CHECK(event->type != CW_FRAMER_HEAD ||
          (run->z.framer.judged_max != 0 && event->body.n == CW_FRAMER_JUDGED_N));
    CHECK(event->type != CW_FRAMER_PONG || event->body.n <= CW_ZMTP_PING_CONTEXT_MAX);
}

static void check_memory(const struct run *run)
{
    CHECK(run->z.framer.partial.n <= run->z.framer.message_max + HEADER_MAX);
    CHECK(run->z.framer.partial.capacity <= run->z.framer.message_max + HEADER_MAX);
    CHECK(run->z.framer.partial.n != 0 || run->z.framer.partial.capacity == 0);
}

/* As a login raises the limit, and the end of the session lowers it again. */
static void judge(struct run *run, const struct cw_framer_event *event)
{
    if (event->type == CW_FRAMER_HEAD)
        run->z.framer.message_max = run->heads++ % 2 == 0 ? JUDGED_MAX : MESSAGE_MAX;
    else if (event->type == CW_FRAMER_MESSAGE)
        run->z.framer.message_max = MESSAGE_MAX;
}

static void feed(struct run *run, const uint8_t *p, size_t n)
{
    uint8_t *piece = cw_alloc(n); /* gone after the call: nothing may point into it */
    memcpy(piece, p, n);
    struct cw_slice in = cw_slice_of(piece, n);
    for (;;) {
        struct cw_framer_event event = cw_framer_input(&run->z.framer, &in, &run->out);
        if (event.type == CW_FRAMER_NEED_MORE)
            break;
        check_event(run, &event);
        note(run, &event);
        judge(run, &event);
        run->failed = event.type == CW_FRAMER_FAILED;
        if (run->failed)
            break;
    }
    CHECK(in.n == 0);
    check_memory(run);
    free(piece);
}

static void feed_handshake(struct run *run)
{
    static const uint8_t greeting[64] = {0xff, 0,    0, 0, 0,   0,   0,   0,
                                         1,    0x7f, 3, 1, 'N', 'U', 'L', 'L'};
    static const char from_router[] = "\x04\x1c\5READY\x0bSocket-Type\0\0\0\6ROUTER";
    static const char from_dealer[] = "\x04\x1c\5READY\x0bSocket-Type\0\0\0\6DEALER";
    const char *ready = run->z.role == CW_FRAMER_CLIENT ? from_router : from_dealer;
    feed(run, greeting, sizeof greeting);
    feed(run, (const uint8_t *)ready, sizeof from_router - 1);
    CHECK(!run->failed && run->events.p[0] == CW_FRAMER_READY);
}

/* `cuts` 0: in one piece. */
static void play(struct run *run, uint8_t how, unsigned cuts, struct cw_slice in)
{
    *run = (struct run){0};
    cw_zmtp_init(&run->z, (how & 1) != 0 ? CW_FRAMER_CLIENT : CW_FRAMER_SERVER, MESSAGE_MAX);
    run->z.framer.judged_max = (how & 128) != 0 ? JUDGED_MAX : 0;
    cw_framer_start(&run->z.framer, &run->out);
    if ((how & 2) != 0)
        feed_handshake(run);
    uint32_t random = cuts;
    while (in.n > 0 && !run->failed) {
        random = random * 1664525u + 1013904223u;
        size_t n = cuts == 0 ? in.n : 1 + (random >> 16) % cuts;
        if (n > in.n)
            n = in.n;
        feed(run, in.p, n);
        in = cw_slice_of(in.p + n, in.n - n);
    }
}

static void stop(struct run *run)
{
    cw_zmtp_finish(&run->z);
    CHECK(run->z.framer.partial.n == 0);
    cw_buf_finish(&run->out);
    cw_buf_finish(&run->events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct run whole, cut;
    struct cw_slice in = cw_slice_of(data + 1, size - 1);
    play(&whole, data[0], 0, in);
    play(&cut, data[0], 1 + (data[0] >> 2 & 31), in);
    CHECK(whole.out.n <= HANDSHAKE_MAX + in.n); /* nothing amplifies */
    CHECK(whole.failed == cut.failed);
    CHECK(cw_slice_eq(cw_buf_slice(&whole.out), cw_buf_slice(&cut.out)));
    CHECK(cw_slice_eq(cw_buf_slice(&whole.events), cw_buf_slice(&cut.events)));
    stop(&whole);
    stop(&cut);
    return 0;
}
