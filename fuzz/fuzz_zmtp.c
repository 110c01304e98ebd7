/* fuzz_zmtp.c - any bytes into the ZMTP framer, in both roles.
 *
 * The first octet says how the rest is played: bit 0 the role, bit 1 whether a
 * good handshake goes before it, bits 2 to 6 how it is cut into pieces, bit 7 whether
 * longer messages are judged by their heads: each other one is then let in. What
 * comes out must not depend on the cuts, and memory not on what is claimed. */
#include "base/limits.h"
#include "frame/zmtp.h"
#include "framer_run.h"

#define MESSAGE_MAX 2000
#define JUDGED_MAX  5000
/* The longest header of a frame, and of all that we say in a handshake. */
#define HEADER_MAX    9
#define HANDSHAKE_MAX 512

static void check_event(struct framer_run *run, const struct cw_framer_event *event)
{
    CHECK(event->type == CW_FRAMER_MESSAGE || event->type == CW_FRAMER_HEAD || !event->envelope);
    CHECK(event->type != CW_FRAMER_MESSAGE || event->body.n <= run->framer->message_max);
    CHECK(event->type != CW_FRAMER_HEAD ||
          (run->framer->judged_max != 0 && event->body.n == CW_FRAMER_JUDGED_N));
    CHECK(event->type != CW_FRAMER_PONG || event->body.n <= CW_ZMTP_PING_CONTEXT_MAX);
    framer_run_judge(run, event, MESSAGE_MAX);
}

static void check_memory(struct framer_run *run)
{
    CHECK(run->framer->partial.n <= run->framer->message_max + HEADER_MAX);
    CHECK(run->framer->partial.capacity <= run->framer->message_max + HEADER_MAX);
}

static void feed_handshake(struct framer_run *run, enum cw_framer_role role)
{
    static const uint8_t greeting[64] = {0xff, 0,    0, 0, 0,   0,   0,   0,
                                         1,    0x7f, 3, 1, 'N', 'U', 'L', 'L'};
    static const char from_router[] = "\x04\x1c\5READY\x0bSocket-Type\0\0\0\6ROUTER";
    static const char from_dealer[] = "\x04\x1c\5READY\x0bSocket-Type\0\0\0\6DEALER";
    const char *ready = role == CW_FRAMER_CLIENT ? from_router : from_dealer;
    framer_run_feed(run, cw_slice_of(greeting, sizeof greeting));
    framer_run_feed(run, cw_slice_of(ready, sizeof from_router - 1));
    CHECK(!run->over && run->ready);
}

static void play(struct framer_run *run, uint8_t how, unsigned cuts, struct cw_slice in)
{
    enum cw_framer_role role = (how & 1) != 0 ? CW_FRAMER_CLIENT : CW_FRAMER_SERVER;
    framer_run_begin(run, cw_zmtp_create(role, MESSAGE_MAX), cuts);
    run->framer->judged_max = (how & 128) != 0 ? JUDGED_MAX : 0;
    run->on_event = check_event;
    run->on_piece = check_memory;
    if ((how & 2) != 0)
        feed_handshake(run, role);
    framer_run_feed(run, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct framer_run whole, cut;
    struct cw_slice in = cw_slice_of(data + 1, size - 1);
    play(&whole, data[0], 0, in);
    play(&cut, data[0], 1 + (data[0] >> 2 & 31), in);
    CHECK(whole.out.n <= HANDSHAKE_MAX + in.n); /* nothing amplifies */
    framer_run_compare(&whole, &cut);
    framer_run_finish(&whole);
    framer_run_finish(&cut);
    return 0;
}
