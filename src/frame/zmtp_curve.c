/* zmtp_curve.c - see zmtp_curve.h.
 *
 * A message is one box, which can be verified only when all of it has arrived: so there is no
 * CW_FRAMER_HEAD of an unverified beginning. A message over message_max is skipped and reported
 * as REFUSED up to judged_max, and fails beyond. */
#include "frame/zmtp_curve.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/curve_handshake.h"
#include "frame/partial.h"
#include "frame/zmtp_frame.h"
#include "frame/zmtp_metadata.h"
#include "frame/zmtp_traffic.h"

static void end_opening(struct cw_zmtp *z)
{
    if (z->curve->opening == NULL)
        return;
    cw_box_wipe(z->curve->opening, sizeof *z->curve->opening);
    free(z->curve->opening);
    z->curve->opening = NULL;
    z->framer.held_kib = 0;
}

void cw_zmtp_curve_finish(struct cw_zmtp *z)
{
    if (z->curve == NULL)
        return;
    end_opening(z);
    cw_curve_end_slices(&z->curve->sealing);
    cw_curve_end(z->curve->handshake);
    cw_box_wipe(z->curve, sizeof *z->curve);
    free(z->curve);
    z->curve = NULL;
}

/* --- the handshake ---------------------------------------------------------------- */

void cw_zmtp_curve_begin(struct cw_zmtp *z, struct cw_buf *out)
{
    struct cw_zmtp_curve *curve = z->curve;
    curve->traffic.is_server = curve->server != NULL;
    if (curve->server == NULL)
        curve->handshake = cw_curve_begin(&curve->traffic, curve->client, out);
}

/* After a successful handshake only the shared key is kept. */
static void end_handshake(struct cw_zmtp *z)
{
    z->framer.sealing =
        cw_curve_by_old_key(z->curve->handshake) ? CW_FRAMER_SEALED_BY_OLD_KEY : CW_FRAMER_SEALED;
    cw_curve_end(z->curve->handshake);
    z->curve->handshake = NULL;
    z->framer.agrees_keys = false;
}

static bool on_initiate(struct cw_zmtp *z, struct cw_slice body, struct cw_buf *out,
                        struct cw_framer_event *event)
{
    struct cw_curve_opened opened;
    struct cw_zmtp_curve *curve = z->curve;
    const char *wrong = cw_curve_take_initiate(curve->handshake, &curve->traffic, body, &opened);
    if (wrong != NULL)
        return cw_zmtp_fail(z, wrong, event);
    if (cw_zmtp_take_metadata(z, opened.metadata, out, event) && event->type == CW_FRAMER_READY) {
        cw_curve_put_ready(&curve->traffic, cw_zmtp_metadata(z->role), out);
        end_handshake(z);
    }
    return true;
}

static bool on_server_ready(struct cw_zmtp *z, struct cw_slice body, struct cw_buf *out,
                            struct cw_framer_event *event)
{
    struct cw_curve_opened opened;
    struct cw_zmtp_curve *curve = z->curve;
    const char *wrong = cw_curve_take_ready(curve->handshake, &curve->traffic, body, &opened);
    if (wrong != NULL)
        return cw_zmtp_fail(z, wrong, event);
    if (cw_zmtp_take_metadata(z, opened.metadata, out, event) && event->type == CW_FRAMER_READY)
        end_handshake(z);
    return true;
}

/* "curvezmq = C:hello S:welcome C:initiate S:ready": at each time only one command is valid. */
static bool on_handshake_command(struct cw_zmtp *z, struct cw_slice body, struct cw_buf *out,
                                 struct cw_framer_event *event)
{
    static const uint8_t error[] = {5, 'E', 'R', 'R', 'O', 'R'};
    struct cw_zmtp_curve *curve = z->curve;
    const char *wrong;
    if (body.n >= sizeof error && memcmp(body.p, error, sizeof error) == 0) {
        z->greeted = false;
        return cw_zmtp_fail(z, "the peer refused the connection with ERROR", event);
    }
    if (curve->server != NULL && curve->handshake != NULL)
        return on_initiate(z, body, out, event);
    if (curve->server == NULL && cw_curve_is_welcomed(curve->handshake))
        return on_server_ready(z, body, out, event);
    if (curve->server != NULL)
        wrong = cw_curve_take_hello(&curve->handshake, &curve->traffic, curve->server, body, out);
    else
        wrong = cw_curve_take_welcome(curve->handshake, &curve->traffic, body,
                                      cw_zmtp_metadata(z->role), out);
    return wrong != NULL && cw_zmtp_fail(z, wrong, event);
}

static bool step_handshake(struct cw_zmtp *z, struct cw_zmtp_frame frame, struct cw_slice *in,
                           struct cw_buf *out, struct cw_framer_event *event)
{
    if ((frame.flags & CW_ZMTP_COMMAND) == 0)
        return cw_zmtp_fail(z, "a message came before READY", event);
    if (frame.body_n > CW_ZMTP_COMMAND_MAX)
        return cw_zmtp_fail(z, "a command is too long", event);
    size_t n = frame.header_n + (size_t)frame.body_n;
    const uint8_t *p = cw_partial_gather(&z->framer, in, n);
    if (p == NULL)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    cw_partial_take(&z->framer, in, n);
    return on_handshake_command(z, cw_slice_of(p + frame.header_n, (size_t)frame.body_n), out,
                                event);
}

/* --- sealed frames ------------------------------------------------------------------ */

/* A message of several frames is not allowed: it is refused at its last frame. */
static bool on_opened(struct cw_zmtp *z, uint8_t flags, struct cw_slice body, struct cw_buf *out,
                      struct cw_framer_event *event)
{
    bool more = (flags & CW_CURVE_MORE) != 0;
    if ((flags & ~(CW_CURVE_MORE | CW_CURVE_COMMAND)) != 0)
        return cw_zmtp_fail(z, "a frame has reserved flags", event);
    if ((flags & CW_CURVE_COMMAND) != 0) {
        if (more)
            return cw_zmtp_fail(z, "a command has the flag MORE", event);
        if (body.n > CW_ZMTP_COMMAND_MAX)
            return cw_zmtp_fail(z, "a command is too long", event);
        return cw_zmtp_take_command(z, body, out, event);
    }
    if (z->frames == CW_ZMTP_FRAMES_MAX)
        return cw_zmtp_fail(z, "a message has too many frames", event);
    if (!z->skipping && (!more || cw_zmtp_is_delimiter(z, more, body.n)))
        return cw_zmtp_take_frame(z, more, body, event);
    z->skipping = more;
    z->frames = more ? (uint8_t)(z->frames + 1) : 0;
    return !more && cw_zmtp_report(event, CW_FRAMER_REFUSED);
}

/* The place for the n plain bytes of a frame whose box begins at `box_at`: the box's own place if
 * the frame was gathered in `partial`, else new memory in `partial`. */
static uint8_t *room_for_plain(struct cw_framer *framer, size_t box_at, size_t n)
{
    if (framer->partial.n != 0)
        return framer->partial.p + box_at + CW_BOX_MAC_N;
    assert(framer->partial.p == NULL);
    framer->partial.p = cw_alloc(n);
    framer->partial.capacity = framer->partial.p == NULL ? 0 : n;
    return framer->partial.p;
}

static bool open_frame(struct cw_zmtp *z, const uint8_t *p, struct cw_zmtp_frame frame,
                       struct cw_slice *in, struct cw_buf *out, struct cw_framer_event *event)
{
    size_t n = (size_t)frame.body_n - CW_CURVE_MESSAGE_GROWTH + 1;
    size_t box_at = frame.header_n + CW_CURVE_MESSAGE_HEAD;
    uint8_t *plain = room_for_plain(&z->framer, box_at, n);
    if (plain == NULL)
        return cw_zmtp_fail(z, "there is no memory", event);
    bool good = cw_curve_open(&z->curve->traffic, plain, p + frame.header_n, n);
    cw_partial_take(&z->framer, in, frame.header_n + (size_t)frame.body_n);
    if (!good)
        return cw_zmtp_fail(z, "a MESSAGE does not open", event);
    return on_opened(z, plain[0], cw_slice_of(plain + 1, n - 1), out, event);
}

static bool begin_long(struct cw_zmtp *z, struct cw_framer_event *event)
{
    struct cw_zmtp_curve *curve = z->curve;
    uint8_t nonce[CW_BOX_NONCE_N];
    cw_curve_received_nonce(&curve->traffic, nonce);
    curve->opening = cw_alloc(sizeof *curve->opening);
    if (curve->opening == NULL)
        return cw_zmtp_fail(z, "there is no memory", event);
    cw_box_begin(curve->opening, nonce, curve->traffic.shared);
    z->framer.held_kib = 1;
    return false;
}

/* A long box is decrypted in place while it arrives: 16 MiB at once would take 16 ms. Nothing of it
 * is used before all of it has been verified. */
static bool open_long(struct cw_zmtp *z, struct cw_zmtp_frame frame, struct cw_slice *in,
                      struct cw_buf *out, struct cw_framer_event *event)
{
    struct cw_zmtp_curve *curve = z->curve;
    size_t whole = frame.header_n + (size_t)frame.body_n;
    size_t box_at = frame.header_n + CW_CURVE_MESSAGE_HEAD, plain_at = box_at + CW_BOX_MAC_N;
    bool all = cw_partial_collect(&z->framer, in, whole) != NULL;
    uint8_t *p = z->framer.partial.p;
    size_t done = plain_at + (size_t)curve->opening->at, arrived = z->framer.partial.n;
    if (arrived > done)
        cw_box_open_part(curve->opening, p + done, arrived - done, curve->traffic.shared);
    z->framer.whole = all ? 0 : (uint32_t)whole; /* limits are far below 4 GiB */
    if (!all)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    bool good = cw_box_verify(curve->opening, p + box_at);
    end_opening(z);
    cw_partial_take(&z->framer, in, whole);
    if (!good)
        return cw_zmtp_fail(z, "a MESSAGE does not open", event);
    return on_opened(z, p[plain_at], cw_slice_of(p + plain_at + 1, whole - plain_at - 1), out,
                     event);
}

/* The flags are in the box, which is not opened: the frame counts as the last of its message. */
static bool skip_sealed(struct cw_zmtp *z, struct cw_zmtp_frame frame, struct cw_slice *in)
{
    size_t whole = frame.header_n + (size_t)frame.body_n; /* at most judged_max, and little more */
    cw_curve_skip(&z->curve->traffic);
    z->skipping = true;
    z->skip_left =
        (uint32_t)cw_partial_skip(&z->framer, in, frame.header_n + CW_CURVE_MESSAGE_HEAD, whole);
    z->frames = 0;
    return false;
}

static bool step_sealed(struct cw_zmtp *z, struct cw_zmtp_frame frame, struct cw_slice *in,
                        struct cw_buf *out, struct cw_framer_event *event)
{
    if (z->curve->opening != NULL)
        return open_long(z, frame, in, out, event);
    if ((frame.flags & CW_ZMTP_MORE) != 0 || frame.body_n < CW_CURVE_MESSAGE_GROWTH)
        return cw_zmtp_fail(z, "a MESSAGE is malformed", event);
    uint64_t n = frame.body_n - CW_CURVE_MESSAGE_GROWTH;
    if (n > z->framer.message_max && n > z->framer.judged_max)
        return cw_zmtp_fail(z, "a message is too long", event);
    const uint8_t *p = cw_partial_gather(&z->framer, in, frame.header_n + CW_CURVE_MESSAGE_HEAD);
    if (p == NULL)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    const char *wrong = cw_curve_check_head(&z->curve->traffic, p + frame.header_n);
    if (wrong != NULL)
        return cw_zmtp_fail(z, wrong, event);
    if (n > z->framer.message_max)
        return skip_sealed(z, frame, in);
    if (n > CW_SEAL_SLICE)
        return begin_long(z, event);
    size_t whole = frame.header_n + (size_t)frame.body_n;
    p = cw_partial_gather(&z->framer, in, whole);
    z->framer.whole = p == NULL ? (uint32_t)whole : 0; /* limits are far below 4 GiB */
    if (p == NULL)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    return open_frame(z, p, frame, in, out, event);
}

bool cw_zmtp_curve_step(struct cw_zmtp *z, struct cw_slice *in, struct cw_buf *out,
                        struct cw_framer_event *event)
{
    if (z->skip_left > 0 || (z->skipping && z->frames == 0))
        return cw_zmtp_skip(z, in, event);
    const uint8_t *p = cw_partial_gather(&z->framer, in, 1);
    if (p == NULL)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    if ((p[0] & CW_ZMTP_RESERVED) != 0)
        return cw_zmtp_fail(z, "a frame has reserved flags", event);
    p = cw_partial_gather(&z->framer, in, cw_zmtp_header_size(p[0]));
    if (p == NULL)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    struct cw_zmtp_frame frame = cw_zmtp_read_header(p);
    return z->state == CW_ZMTP_HANDSHAKE ? step_handshake(z, frame, in, out, event)
                                         : step_sealed(z, frame, in, out, event);
}

/* --- sealing ------------------------------------------------------------------------ */

void cw_zmtp_curve_seal(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                        struct cw_buf *sealed)
{
    struct cw_zmtp_curve *curve = ((struct cw_zmtp *)framer)->curve; /* framer is its first */
    if (curve->unsealed == 0) {
        cw_curve_seal(&curve->traffic, pieces, count, sealed);
        return;
    }
    assert(count == 1); /* the handshake comes before any long message */
    struct cw_slice rest = pieces[0];
    size_t n = rest.n < curve->unsealed ? rest.n : curve->unsealed;
    cw_buf_append(sealed, rest.p, n);
    curve->unsealed -= (uint32_t)n;
    cw_partial_advance(&rest, n);
    cw_curve_seal(&curve->traffic, &rest, 1, sealed);
}

bool cw_zmtp_curve_seal_slice(struct cw_framer *framer, const struct cw_slice pieces[],
                              size_t count, struct cw_buf *sealed)
{
    struct cw_zmtp_curve *curve = ((struct cw_zmtp *)framer)->curve;
    assert(curve->unsealed == 0);
    return cw_curve_seal_slice(&curve->traffic, &curve->sealing, pieces, count, sealed);
}
