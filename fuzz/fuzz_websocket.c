/* fuzz_websocket.c - gives any bytes to the WebSocket framers.
 *
 * The first octet has options: bits 0 and 1, the input goes to a server's framer, to a client's, to
 * a client's with the opening handshake, or is a message that a client seals and a server reads;
 * bits 2 to 6, the size of the pieces; bit 7, longer messages are reported by their heads
 * (judged_max), and every second one is accepted. Checks that the output does not depend on the
 * pieces, and memory not on announced lengths. */
#include "base/limits.h"
#include "base/utf8.h"
#include "frame/websocket.h"
#include "frame/websocket_client.h"
#include "framer_run.h"

#define MESSAGE_MAX 2000
#define JUDGED_MAX  5000
/* The length of a control frame that is gathered behind a message. */
#define CONTROL_MAX 131
#define GROWTH_MAX  (MESSAGE_MAX + CONTROL_MAX)
#define REQUEST_MAX 512

enum who { SERVER, CLIENT, CLIENT_HANDSHAKE, SEALED };

static void not_random(void *bytes, size_t n)
{
    memcpy(bytes, "the sample nonce", n);
}

static void check_event(struct framer_run *run, const struct cw_framer_event *event)
{
    const struct cw_framer *framer = run->framer;
    CHECK(!event->envelope);
    CHECK(event->type != CW_FRAMER_REFUSED && event->type != CW_FRAMER_IGNORED);
    CHECK(event->type == CW_FRAMER_MESSAGE || !event->text);
    CHECK(!event->text || cw_utf8_valid(event->body));
    CHECK(event->type != CW_FRAMER_MESSAGE || event->body.n <= framer->message_max);
    CHECK(event->type != CW_FRAMER_HEAD ||
          (framer->judged_max != 0 && event->body.n == CW_FRAMER_JUDGED_N));
    CHECK(event->type != CW_FRAMER_PONG || event->body.n <= 125);
    CHECK(run->ready || event->type == CW_FRAMER_READY || event->type == CW_FRAMER_FAILED);
    framer_run_judge(run, event, MESSAGE_MAX);
}

static void check_memory(struct framer_run *run)
{
    const struct cw_buf *partial = &run->framer->partial;
    size_t most = run->framer->message_max + CONTROL_MAX;
    if (most < CW_HTTP_HEAD_MAX)
        most = CW_HTTP_HEAD_MAX;
    CHECK(partial->n <= most && partial->capacity <= most + GROWTH_MAX);
    CHECK(partial->capacity <= 2 * partial->n + CONTROL_MAX || partial->n == 0);
}

static void start(struct framer_run *run, enum who who, unsigned cuts)
{
    framer_run_begin(run,
                     who == CLIENT_HANDSHAKE
                         ? cw_websocket_client_create(cw_slice_str("host"), cw_slice_str("/ws"),
                                                      MESSAGE_MAX, not_random)
                         : cw_websocket_create(who == CLIENT ? CW_FRAMER_CLIENT : CW_FRAMER_SERVER,
                                               MESSAGE_MAX, not_random),
                     cuts);
}

static void play(struct framer_run *run, uint8_t how, unsigned cuts, struct cw_slice in)
{
    start(run, (enum who)(how & 3), cuts);
    run->framer->judged_max = (how & 128) != 0 ? JUDGED_MAX : 0;
    run->on_event = check_event;
    run->on_piece = check_memory;
    framer_run_feed(run, in);
}

/* Seals a message by a client's framer, in three pieces if `how` cuts, and checks that a server's
 * framer reads the same message. */
static void play_sealed(uint8_t how, struct cw_slice body)
{
    struct framer_run client, server;
    struct cw_buf frame = {0}, sealed = {0};
    start(&client, CLIENT, 0);
    start(&server, SEALED, 0);
    if (body.n > MESSAGE_MAX)
        body.n = MESSAGE_MAX;
    cw_framer_put(client.framer, body, &frame);
    size_t first = frame.n < 10 ? frame.n : 10; /* a header is not cut */
    size_t second = first + (frame.n - first) * (how >> 2 & 31) / 32;
    struct cw_slice pieces[] = {cw_slice_of(frame.p, first),
                                cw_slice_of(frame.p + first, second - first),
                                cw_slice_of(frame.p + second, frame.n - second)};
    cw_framer_seal(client.framer, pieces, 3, &sealed);
    CHECK(sealed.n == frame.n + 4);
    struct cw_slice in = cw_buf_slice(&sealed);
    CHECK(cw_framer_input(server.framer, &in, &server.out).type == CW_FRAMER_READY);
    struct cw_framer_event event = cw_framer_input(server.framer, &in, &server.out);
    CHECK(event.type == CW_FRAMER_MESSAGE && in.n == 0 && cw_slice_eq(event.body, body));
    cw_buf_finish(&frame);
    cw_buf_finish(&sealed);
    framer_run_finish(&client);
    framer_run_finish(&server);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct framer_run whole, cut;
    struct cw_slice in = cw_slice_of(data + 1, size - 1);
    if ((data[0] & 3) == SEALED) {
        play_sealed(data[0], in);
        return 0;
    }
    play(&whole, data[0], 0, in);
    play(&cut, data[0], 1 + (data[0] >> 2 & 31), in);
    CHECK(whole.out.n <= REQUEST_MAX + in.n); /* output is bounded */
    framer_run_compare(&whole, &cut);
    framer_run_finish(&whole);
    framer_run_finish(&cut);
    return 0;
}
