/* framer_run.c - see framer_run.h. */
#include "framer_run.h"

#include "base/alloc.h"

void framer_run_begin(struct framer_run *run, struct cw_framer *framer, unsigned cuts)
{
    *run = (struct framer_run){.framer = framer, .cuts = cuts, .random = cuts};
    cw_framer_start(framer, &run->out);
}

static void keep_event(struct framer_run *run, const struct cw_framer_event *event)
{
    uint64_t n = event->body.n;
    const uint8_t head[] = {(uint8_t)event->type, event->envelope, event->text};
    cw_buf_append(&run->events, head, sizeof head);
    cw_buf_append(&run->events, &n, sizeof n);
    cw_buf_append(&run->events, event->body.p, event->body.n);
    if (event->reason != NULL)
        cw_buf_append(&run->events, event->reason, strlen(event->reason));
}

static void take_event(struct framer_run *run, const struct cw_framer_event *event)
{
    CHECK((event->type == CW_FRAMER_FAILED) == (event->reason != NULL));
    if (run->on_event != NULL)
        run->on_event(run, event);
    keep_event(run, event);
    run->ready |= event->type == CW_FRAMER_READY;
    run->over = event->type == CW_FRAMER_CLOSED || event->type == CW_FRAMER_FAILED;
}

static void feed_piece(struct framer_run *run, struct cw_slice bytes)
{
    uint8_t *piece = cw_alloc(bytes.n); /* freed after the call: the framer must not keep it */
    struct cw_slice in = cw_slice_of(piece, bytes.n);
    struct cw_framer_event event = {.type = CW_FRAMER_READY};
    memcpy(piece, bytes.p, bytes.n);
    while (event.type != CW_FRAMER_NEED_MORE && !run->over) {
        event = cw_framer_input(run->framer, &in, &run->out);
        if (event.type != CW_FRAMER_NEED_MORE)
            take_event(run, &event);
    }
    CHECK(in.n == 0);
    CHECK(run->framer->partial.n != 0 || run->framer->partial.capacity == 0);
    if (run->on_piece != NULL)
        run->on_piece(run);
    free(piece);
}

void framer_run_feed(struct framer_run *run, struct cw_slice in)
{
    while (in.n > 0 && !run->over) {
        run->random = run->random * 1664525u + 1013904223u;
        size_t n = run->cuts == 0 ? in.n : 1 + (run->random >> 16) % run->cuts;
        if (n > in.n)
            n = in.n;
        feed_piece(run, cw_slice_of(in.p, n));
        in = cw_slice_of(in.p + n, in.n - n);
    }
}

void framer_run_judge(struct framer_run *run, const struct cw_framer_event *event,
                      uint32_t message_max)
{
    struct cw_framer *framer = run->framer;
    if (event->type == CW_FRAMER_HEAD)
        framer->message_max = run->heads++ % 2 == 0 ? framer->judged_max : message_max;
    else if (event->type == CW_FRAMER_MESSAGE)
        framer->message_max = message_max;
}

void framer_run_compare(const struct framer_run *a, const struct framer_run *b)
{
    CHECK(a->over == b->over);
    CHECK(cw_slice_eq(cw_buf_slice(&a->out), cw_buf_slice(&b->out)));
    CHECK(cw_slice_eq(cw_buf_slice(&a->events), cw_buf_slice(&b->events)));
}

void framer_run_finish(struct framer_run *run)
{
    cw_framer_destroy(run->framer);
    cw_buf_finish(&run->out);
    cw_buf_finish(&run->events);
}
