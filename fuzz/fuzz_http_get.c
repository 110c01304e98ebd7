/* fuzz_http_get.c - gives any bytes to a client that asks by HTTP for a server's key
 * (/.well-known/chinwag): answers in pieces and chunks, of any length, and redirects.
 *
 * The first octet: the size of the pieces. Checks that the outcome does not depend on the pieces,
 * that memory is bounded, and that nothing is said but the request. */
#include "base/limits.h"
#include "frame/http_get.h"
#include "framer_run.h"

#define BODY_MAX 500

static void check_event(struct framer_run *run, const struct cw_framer_event *event)
{
    CHECK(event->type == CW_FRAMER_MESSAGE || event->type == CW_FRAMER_FAILED ||
          (event->type == CW_FRAMER_CLOSED && run->events.n != 0));
    CHECK(event->body.n <= BODY_MAX);
}

static void check_memory(struct framer_run *run)
{
    CHECK(run->framer->partial.n <= BODY_MAX && run->framer->partial.capacity <= 4 * BODY_MAX);
}

static void play(struct framer_run *run, unsigned cuts, struct cw_slice in)
{
    framer_run_begin(run, cw_http_get_create(cw_slice_str("h"), cw_slice_str("/"), BODY_MAX), cuts);
    run->on_event = check_event;
    run->on_piece = check_memory;
    size_t request_n = run->out.n;
    framer_run_feed(run, in);
    CHECK(run->out.n == request_n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct framer_run whole, cut;
    if (size < 2)
        return 0;
    play(&whole, 0, cw_slice_of(data + 1, size - 1));
    play(&cut, 1 + data[0], cw_slice_of(data + 1, size - 1));
    framer_run_compare(&whole, &cut);
    framer_run_finish(&whole);
    framer_run_finish(&cut);
    return 0;
}
