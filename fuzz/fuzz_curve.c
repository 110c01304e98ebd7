/* fuzz_curve.c - gives any bytes to a framer with CURVE, in both roles, whose peer is our other
 * framer.
 *
 * The first octet has options: bit 0, the role; bit 1, a server accepts NULL, too; bit 2, a
 * successful handshake precedes the input; bits 3 to 7, the size of the pieces. After a handshake
 * the input is a list of boxes: a flag octet, a length, so many octets, which the peer seals;
 * after a length of 255 the next octets are not sealed. Checks that the output does not depend on
 * the pieces, and that the peer can open what the framer seals. fuzz_curve_open.c is the same with
 * boxes that open without a key. */
#include "base/limits.h"
#include "curve_keys.h"
#include "frame/zmtp_curve.h"
#include "framer_run.h"

#define MESSAGE_MAX 2000
#define JUDGED_MAX  5000
#define RAW         255 /* a length */
/* While a frame is gathered, its memory is at most twice its length. */
#define HELD_MAX (2 * (MESSAGE_MAX + 64))

/* The framer, and the peer that it speaks with. */
struct pair {
    struct framer_run run;
    struct cw_framer *peer;
    struct cw_buf peer_out; /* in plain form */
    bool peer_ready;
};

/* --- checks -------------------------------------------------------------------------- */

static void check_event(struct framer_run *run, const struct cw_framer_event *event)
{
    (void)run;
    CHECK(event->type == CW_FRAMER_MESSAGE || event->type == CW_FRAMER_HEAD || !event->envelope);
    CHECK(event->type != CW_FRAMER_MESSAGE || event->body.n <= MESSAGE_MAX);
    CHECK(event->type != CW_FRAMER_PONG || event->body.n <= CW_ZMTP_PING_CONTEXT_MAX);
}

static void check_memory(struct framer_run *run)
{
    CHECK(run->framer->partial.capacity <= HELD_MAX);
}

/* --- the peer ------------------------------------------------------------------------- */

static void seal(struct cw_framer *framer, struct cw_buf *out, struct cw_buf *wire)
{
    struct cw_slice plain = cw_buf_slice(out);
    if (plain.n != 0 && cw_framer_seals(framer))
        cw_framer_seal(framer, &plain, 1, wire);
    else
        cw_buf_append(wire, plain.p, plain.n);
    out->n = 0;
}

/* Gives the framer's output to the peer, which must accept it. */
static void hear_peer(struct pair *pair)
{
    struct cw_buf wire = {0};
    struct cw_framer_event event = {.type = CW_FRAMER_READY};
    seal(pair->run.framer, &pair->run.out, &wire);
    struct cw_slice in = cw_buf_slice(&wire);
    while (event.type != CW_FRAMER_NEED_MORE) {
        event = cw_framer_input(pair->peer, &in, &pair->peer_out);
        CHECK(event.type != CW_FRAMER_FAILED);
        pair->peer_ready |= event.type == CW_FRAMER_READY;
    }
    cw_buf_finish(&wire);
}

static void feed_peers(struct pair *pair)
{
    struct cw_buf wire = {0};
    seal(pair->peer, &pair->peer_out, &wire);
    framer_run_feed(&pair->run, cw_buf_slice(&wire));
    cw_buf_finish(&wire);
}

static void shake_hands(struct pair *pair)
{
    const struct framer_run *run = &pair->run;
    for (int i = 0; i < 4; i++) {
        feed_peers(pair);
        hear_peer(pair);
    }
    CHECK(pair->peer_ready && !run->over && run->events.p[0] == CW_FRAMER_READY);
    CHECK(cw_framer_seals(run->framer) && run->framer->sealing == CW_FRAMER_SEALED);
}

/* Seals a frame with any flags of ZMTP except LONG, also those that our framer never sends. */
static void feed_box(struct pair *pair, uint8_t flags, struct cw_slice body)
{
    uint8_t header[] = {flags & 5, (uint8_t)body.n};
    struct cw_slice pieces[2] = {cw_slice_of(header, sizeof header), body};
    struct cw_buf wire = {0};
    feed_peers(pair); /* what it has to say by itself comes before */
    while (!cw_framer_seal_slice(pair->peer, pieces, 2, &wire))
        CHECK(sizeof header + body.n > CW_SEAL_SLICE);
    if (!pair->run.over)
        framer_run_feed(&pair->run, cw_buf_slice(&wire));
    cw_buf_finish(&wire);
    if (!pair->run.over)
        hear_peer(pair);
}

static void feed_commands(struct pair *pair, struct cw_slice in)
{
    while (in.n >= 2 && !pair->run.over) {
        size_t n = in.p[1] < in.n - 2 ? in.p[1] : in.n - 2;
        struct cw_slice body = cw_slice_of(in.p + 2, n);
        if (in.p[1] == RAW)
            framer_run_feed(&pair->run, body);
        else
            feed_box(pair, in.p[0], body);
        in = cw_slice_of(in.p + 2 + n, in.n - 2 - n);
    }
}

/* --- a run ------------------------------------------------------------------------------ */

static void begin(struct pair *pair, uint8_t how, unsigned cuts)
{
    struct cw_framer *of_server = cw_zmtp_create(CW_FRAMER_SERVER, MESSAGE_MAX);
    struct cw_framer *of_client = cw_zmtp_create(CW_FRAMER_CLIENT, MESSAGE_MAX);
    bool is_client = (how & 1) != 0;
    cw_zmtp_offer_curve(of_server, &curve_keys_server, (how & 2) != 0);
    cw_zmtp_use_curve(of_client, &curve_keys_client);
    *pair = (struct pair){.peer = is_client ? of_server : of_client};
    framer_run_begin(&pair->run, is_client ? of_client : of_server, cuts);
    pair->run.framer->judged_max = JUDGED_MAX;
    pair->run.on_event = check_event;
    pair->run.on_piece = check_memory;
    cw_framer_start(pair->peer, &pair->peer_out);
}

static void play(struct pair *pair, uint8_t how, unsigned cuts, struct cw_slice in)
{
    begin(pair, how, cuts);
    if ((how & 4) == 0) {
        framer_run_feed(&pair->run, in);
        return;
    }
    shake_hands(pair);
    feed_commands(pair, in);
}

static void stop(struct pair *pair)
{
    framer_run_finish(&pair->run);
    cw_framer_destroy(pair->peer);
    cw_buf_finish(&pair->peer_out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    curve_keys_make();
    struct pair whole, cut;
    struct cw_slice in = cw_slice_of(data + 1, size - 1);
    play(&whole, data[0], 0, in);
    play(&cut, data[0], 1 + (data[0] >> 3), in);
    framer_run_compare(&whole.run, &cut.run);
    stop(&whole);
    stop(&cut);
    return 0;
}
