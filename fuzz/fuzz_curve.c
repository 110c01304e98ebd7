/* fuzz_curve.c - gives any bytes to a framer with CURVE, in both roles, whose peer is our other
 * framer.
 *
 * The first octet has options: bit 0, the role; bit 1, a server accepts NULL, too; bit 2, a
 * successful handshake precedes the input; bits 3 to 7, the size of the pieces. After a handshake
 * the input is a list of boxes: a flag octet, a length, so many octets, which the peer seals;
 * after a length of 255 the next octets are not sealed. Checks that the output does not depend on
 * the pieces, and that the peer can open what the framer seals. fuzz_curve_open.c is the same with
 * boxes that open without a key. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/zmtp_curve.h"

#define MESSAGE_MAX 2000
#define JUDGED_MAX  5000
#define RAW         255 /* a length */
/* While a frame is gathered, its memory is at most twice its length. */
#define HELD_MAX (2 * (MESSAGE_MAX + 64))

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
    struct cw_framer *framer, *peer;
    struct cw_buf out, peer_out; /* in plain form */
    struct cw_buf events;
    bool failed, peer_ready;
    unsigned cuts;
    uint32_t random;
};

/* --- keys -------------------------------------------------------------------------- */

/* The same octets each time, so that an input of the corpus can contain a valid cookie. */
static void any_random(void *bytes, size_t n)
{
    memset(bytes, 0x5a, n);
}

static bool may_begin(void *context)
{
    (void)context;
    return true;
}

static struct cw_curve_server server = {.random = any_random, .may_begin = may_begin};
static struct cw_curve_client client = {.random = any_random};

static void make_keys(void)
{
    cw_curve_key_make(&server.key, any_random);
    cw_curve_key_make(&client.key, any_random);
    memcpy(client.server_key, server.key.public_key, CW_CURVE_KEY_N);
}

/* --- events -------------------------------------------------------------------------- */

static void note(struct run *run, const struct cw_framer_event *event)
{
    uint64_t n = event->body.n;
    CHECK((event->type == CW_FRAMER_FAILED) == (event->reason != NULL));
    CHECK(event->type == CW_FRAMER_MESSAGE || event->type == CW_FRAMER_HEAD || !event->envelope);
    CHECK(event->type != CW_FRAMER_MESSAGE || event->body.n <= MESSAGE_MAX);
    CHECK(event->type != CW_FRAMER_PONG || event->body.n <= CW_ZMTP_PING_CONTEXT_MAX);
    cw_buf_append_byte(&run->events, (uint8_t)event->type);
    cw_buf_append_byte(&run->events, event->envelope);
    cw_buf_append(&run->events, &n, sizeof n);
    cw_buf_append(&run->events, event->body.p, event->body.n);
    if (event->reason != NULL)
        cw_buf_append(&run->events, event->reason, strlen(event->reason));
}

static void feed_piece(struct run *run, struct cw_slice bytes)
{
    uint8_t *piece = cw_alloc(bytes.n); /* freed after the call: the framer must not keep it */
    memcpy(piece, bytes.p, bytes.n);
    struct cw_slice in = cw_slice_of(piece, bytes.n);
    struct cw_framer_event event = {.type = CW_FRAMER_READY};
    while (event.type != CW_FRAMER_NEED_MORE && !run->failed) {
        event = cw_framer_input(run->framer, &in, &run->out);
        run->failed = event.type == CW_FRAMER_FAILED;
        if (event.type != CW_FRAMER_NEED_MORE)
            note(run, &event);
    }
    CHECK(in.n == 0);
    CHECK(run->framer->partial.n != 0 || run->framer->partial.capacity == 0);
    CHECK(run->framer->partial.capacity <= HELD_MAX);
    free(piece);
}

/* `cuts` 0: in one piece. */
static void feed(struct run *run, struct cw_slice in)
{
    while (in.n > 0 && !run->failed) {
        run->random = run->random * 1664525u + 1013904223u;
        size_t n = run->cuts == 0 ? in.n : 1 + (run->random >> 16) % run->cuts;
        if (n > in.n)
            n = in.n;
        feed_piece(run, cw_slice_of(in.p, n));
        in = cw_slice_of(in.p + n, in.n - n);
    }
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
static void hear_peer(struct run *run)
{
    struct cw_buf wire = {0};
    struct cw_framer_event event = {.type = CW_FRAMER_READY};
    seal(run->framer, &run->out, &wire);
    struct cw_slice in = cw_buf_slice(&wire);
    while (event.type != CW_FRAMER_NEED_MORE) {
        event = cw_framer_input(run->peer, &in, &run->peer_out);
        CHECK(event.type != CW_FRAMER_FAILED);
        run->peer_ready |= event.type == CW_FRAMER_READY;
    }
    cw_buf_finish(&wire);
}

static void feed_peers(struct run *run)
{
    struct cw_buf wire = {0};
    seal(run->peer, &run->peer_out, &wire);
    feed(run, cw_buf_slice(&wire));
    cw_buf_finish(&wire);
}

static void shake_hands(struct run *run)
{
    for (int i = 0; i < 4; i++) {
        feed_peers(run);
        hear_peer(run);
    }
    CHECK(run->peer_ready && !run->failed && run->events.p[0] == CW_FRAMER_READY);
    CHECK(cw_framer_seals(run->framer) && run->framer->sealing == CW_FRAMER_SEALED);
}

/* Seals a frame with any flags of ZMTP except LONG, also those that our framer never sends. */
static void feed_box(struct run *run, uint8_t flags, struct cw_slice body)
{
    uint8_t header[] = {flags & 5, (uint8_t)body.n};
    struct cw_buf wire = {0};
    feed_peers(run); /* what it has to say by itself comes before */
    const struct cw_slice pieces[2] = {cw_slice_of(header, sizeof header), body};
    while (!cw_framer_seal_slice(run->peer, pieces, 2, &wire))
        CHECK(sizeof header + body.n > CW_SEAL_SLICE);
    if (!run->failed)
        feed(run, cw_buf_slice(&wire));
    cw_buf_finish(&wire);
    if (!run->failed)
        hear_peer(run);
}

static void feed_commands(struct run *run, struct cw_slice in)
{
    while (in.n >= 2 && !run->failed) {
        size_t n = in.p[1] < in.n - 2 ? in.p[1] : in.n - 2;
        struct cw_slice body = cw_slice_of(in.p + 2, n);
        if (in.p[1] == RAW)
            feed(run, body);
        else
            feed_box(run, in.p[0], body);
        in = cw_slice_of(in.p + 2 + n, in.n - 2 - n);
    }
}

/* --- a run ------------------------------------------------------------------------------ */

static void begin(struct run *run, uint8_t how, unsigned cuts)
{
    struct cw_framer *of_server = cw_zmtp_create(CW_FRAMER_SERVER, MESSAGE_MAX);
    struct cw_framer *of_client = cw_zmtp_create(CW_FRAMER_CLIENT, MESSAGE_MAX);
    bool is_client = (how & 1) != 0;
    cw_zmtp_offer_curve(of_server, &server, (how & 2) != 0);
    cw_zmtp_use_curve(of_client, &client);
    *run = (struct run){.framer = is_client ? of_client : of_server,
                        .peer = is_client ? of_server : of_client,
                        .cuts = cuts,
                        .random = cuts};
    run->framer->judged_max = JUDGED_MAX;
    cw_framer_start(run->framer, &run->out);
    cw_framer_start(run->peer, &run->peer_out);
}

static void play(struct run *run, uint8_t how, unsigned cuts, struct cw_slice in)
{
    begin(run, how, cuts);
    if ((how & 4) == 0) {
        feed(run, in);
        return;
    }
    shake_hands(run);
    feed_commands(run, in);
}

static void stop(struct run *run)
{
    cw_framer_destroy(run->framer);
    cw_framer_destroy(run->peer);
    cw_buf_finish(&run->out);
    cw_buf_finish(&run->peer_out);
    cw_buf_finish(&run->events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    make_keys();
    struct run whole, cut;
    struct cw_slice in = cw_slice_of(data + 1, size - 1);
    play(&whole, data[0], 0, in);
    play(&cut, data[0], 1 + (data[0] >> 3), in);
    CHECK(whole.failed == cut.failed);
    CHECK(cw_slice_eq(cw_buf_slice(&whole.out), cw_buf_slice(&cut.out)));
    CHECK(cw_slice_eq(cw_buf_slice(&whole.events), cw_buf_slice(&cut.events)));
    stop(&whole);
    stop(&cut);
    return 0;
}
