/* zmtp.c - see zmtp.h. A step takes one complete item (greeting, command, message) or
 * nothing: frame/partial.h. */
#include "frame/zmtp.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/partial.h"
#include "frame/zmtp_curve.h"
#include "frame/zmtp_frame.h"
#include "frame/zmtp_metadata.h"
#include "frame/zmtp_traffic.h"

/* RFC 37: "the greeting, which has a fixed size of 64 octets". */
#define GREETING_LEN 64
/* signature (10), version (2), "mechanism = 20mechanism-char", as-server. */
#define SIGNATURE_END 9
#define VERSION_MAJOR 10
#define VERSION_MINOR 11
#define MECHANISM     12
#define MECHANISM_LEN 20
#define AS_SERVER     32
/* A server with CURVE sends so many octets of its greeting before it has received the peer's whole
 * greeting: signature and major version, after which libzmq sends the rest of its own. */
#define GREETING_BEGIN 11

/* "PING" = command-name ping-ttl ping-context, "ping-ttl = 2OCTET" */
#define PING_TTL_LEN 2

enum mechanism { MECHANISM_NULL, MECHANISM_CURVE };

/* --- what we send ----------------------------------------------------------- */

/* The octets [from, to) of the greeting. */
static void put_greeting(const struct cw_zmtp *z, enum mechanism mechanism, size_t from, size_t to,
                         struct cw_buf *out)
{
    /* "the peer SHOULD set the padding field to binary zeros" */
    uint8_t greeting[GREETING_LEN] = {0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 1};
    memcpy(greeting + MECHANISM, mechanism == MECHANISM_NULL ? "NULL" : "CURVE",
           mechanism == MECHANISM_NULL ? 4 : 5);
    greeting[AS_SERVER] = mechanism == MECHANISM_CURVE && z->role == CW_FRAMER_SERVER;
    cw_buf_append(out, greeting + from, to - from);
}

/* --- the greeting ----------------------------------------------------------- */

/* The mechanism in our greeting, unless the peer has chosen another. */
static enum mechanism own_mechanism(const struct cw_zmtp *z)
{
    return z->curve == NULL ? MECHANISM_NULL : MECHANISM_CURVE;
}

/* A server with CURVE receives the peer's mechanism before it sends its own: the peer may choose,
 * and libzmq closes as soon as it reads another mechanism, so the server could not log why. */
static bool waits_for_greeting(const struct cw_zmtp *z)
{
    return z->role == CW_FRAMER_SERVER && z->curve != NULL;
}

/* The first octet is that of a signature, or the peer speaks another protocol. */
static bool step_start(struct cw_zmtp *z, const struct cw_slice *in, struct cw_buf *out,
                       struct cw_framer_event *event)
{
    if (in->n == 0)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    uint8_t first = in->p[0];
    if (first != 0xff)
        return cw_zmtp_fail(z, "the peer does not speak ZMTP", event);
    if (z->role == CW_FRAMER_SERVER)
        put_greeting(z, own_mechanism(z), 0, waits_for_greeting(z) ? GREETING_BEGIN : GREETING_LEN,
                     out);
    z->state = CW_ZMTP_GREETING;
    return false;
}

/* Judges the first n octets of a greeting, in their order: what is wrong with
 * it does not depend on how much has come by now. */
static const char *check_greeting(const uint8_t *p, size_t n)
{
    /* "A peer SHALL NOT assign any significance to the padding field". In ZMTP
     * 1 this octet is the flags of a frame, whose low bit was 0 here. */
    if (n > SIGNATURE_END && (p[SIGNATURE_END] & 1) == 0)
        return "the peer speaks ZMTP 1, version 3 is needed";
    /* "MUST accept protocol versions greater or equal to 3.1", "If a peer
     * cannot downgrade its protocol [...] it MUST close the connection." */
    if (n > VERSION_MAJOR && p[VERSION_MAJOR] < 3)
        return "the peer speaks ZMTP 2 or older, version 3 is needed";
    return NULL;
}

static bool wants(const uint8_t *greeting, enum mechanism mechanism)
{
    static const uint8_t null[MECHANISM_LEN] = "NULL", curve[MECHANISM_LEN] = "CURVE";
    return memcmp(greeting + MECHANISM, mechanism == MECHANISM_NULL ? null : curve,
                  MECHANISM_LEN) == 0;
}

/* "If the mechanism that the peer received does not exactly match the mechanism
 * it sent, it MUST close the connection." */
static const char *agree(struct cw_zmtp *z, const uint8_t *greeting, struct cw_buf *out)
{
    enum mechanism mechanism = own_mechanism(z);
    if (z->curve != NULL && z->curve->plaintext && wants(greeting, MECHANISM_NULL))
        mechanism = MECHANISM_NULL;
    if (waits_for_greeting(z))
        put_greeting(z, mechanism, GREETING_BEGIN, GREETING_LEN, out);
    if (!wants(greeting, mechanism))
        return mechanism == MECHANISM_NULL ? "the peer wants another security mechanism than NULL"
                                           : "the peer wants another security mechanism than CURVE";
    if (mechanism == MECHANISM_NULL)
        cw_zmtp_curve_finish(z);
    return NULL;
}

static bool step_greeting(struct cw_zmtp *z, struct cw_slice *in, struct cw_buf *out,
                          struct cw_framer_event *event)
{
    const uint8_t *p = cw_partial_gather(&z->framer, in, GREETING_LEN);
    const char *wrong = p != NULL ? check_greeting(p, GREETING_LEN)
                                  : check_greeting(z->framer.partial.p, z->framer.partial.n);
    z->greeted = wrong == NULL && p != NULL;
    if (z->greeted)
        wrong = agree(z, p, out);
    if (wrong != NULL)
        return cw_zmtp_fail(z, wrong, event);
    if (p == NULL)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    /* Version 3.0 has no PING. */
    z->framer.proves_receipt = p[VERSION_MAJOR] > 3 || p[VERSION_MINOR] != 0;
    cw_partial_take(&z->framer, in, GREETING_LEN);
    /* Not earlier: libzmq drops a peer whose READY overtakes its greeting. */
    z->framer.agrees_keys = z->curve != NULL;
    if (z->curve == NULL)
        cw_zmtp_put_command(out, "READY", cw_zmtp_metadata(z->role));
    else
        cw_zmtp_curve_begin(z, out);
    z->state = CW_ZMTP_HANDSHAKE;
    return false;
}

/* --- plain frames ----------------------------------------------------------------- */

static bool step_command(struct cw_zmtp *z, struct cw_zmtp_frame frame, struct cw_slice *in,
                         struct cw_buf *out, struct cw_framer_event *event)
{
    size_t n = frame.header_n + (size_t)frame.body_n;
    const uint8_t *p = cw_partial_gather(&z->framer, in, n);
    if (p == NULL)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    cw_partial_take(&z->framer, in, n);
    return cw_zmtp_take_command(z, cw_slice_of(p + frame.header_n, (size_t)frame.body_n), out,
                                event);
}

/* Reports the head of a message over the limit: the owner may raise the limit, else the message is
 * skipped. */
static bool step_judge(struct cw_zmtp *z, struct cw_zmtp_frame frame, struct cw_slice *in,
                       struct cw_framer_event *event)
{
    size_t n = frame.header_n + CW_FRAMER_JUDGED_N;
    const uint8_t *p = cw_partial_gather(&z->framer, in, n);
    if (p == NULL)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    if (!z->judged) {
        z->judged = true;
        cw_zmtp_report(event, CW_FRAMER_HEAD);
        event->body = cw_slice_of(p + frame.header_n, CW_FRAMER_JUDGED_N);
        event->envelope = z->frames == 1;
        return true;
    }
    z->judged = false;
    z->skipping = z->silent = true;
    z->skip_left =
        (uint32_t)cw_partial_skip(&z->framer, in, n, frame.header_n + (size_t)frame.body_n);
    z->frames = 0;
    return false;
}

/* A complete message is a single frame, or an empty frame (the delimiter of a REQ
 * socket) and one more. A frame's header shows whether it can be part of a message, so a refused
 * frame is never kept. */
static bool step_message(struct cw_zmtp *z, struct cw_zmtp_frame frame, struct cw_slice *in,
                         struct cw_framer_event *event)
{
    bool more = (frame.flags & CW_ZMTP_MORE) != 0;
    if (z->frames == CW_ZMTP_FRAMES_MAX)
        return cw_zmtp_fail(z, "a message has too many frames", event);
    if (z->skipping || (more && !cw_zmtp_is_delimiter(z, more, frame.body_n))) {
        cw_partial_take(&z->framer, in, frame.header_n);
        z->skipping = true;
        z->skip_left = (uint32_t)frame.body_n; /* limits are far below 4 GiB */
        z->frames = more ? (uint8_t)(z->frames + 1) : 0;
        return false;
    }
    if (frame.body_n > z->framer.message_max)
        return step_judge(z, frame, in, event);
    size_t n = frame.header_n + (size_t)frame.body_n;
    const uint8_t *p = cw_partial_gather(&z->framer, in, n);
    z->framer.whole = p == NULL ? (uint32_t)n : 0; /* limits are far below 4 GiB */
    if (p == NULL)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    cw_partial_take(&z->framer, in, n);
    return cw_zmtp_take_frame(z, more, cw_slice_of(p + frame.header_n, (size_t)frame.body_n),
                              event);
}

static const char *check_flags(const struct cw_zmtp *z, uint8_t flags)
{
    if ((flags & CW_ZMTP_RESERVED) != 0)
        return "a frame has reserved flags";
    /* "This bit SHALL be zero on command frames." */
    if ((flags & CW_ZMTP_COMMAND) != 0 && (flags & CW_ZMTP_MORE) != 0)
        return "a command has the flag MORE";
    /* "A peer MAY start to send messages immediately after [...] having both
     * sent and received a READY command." */
    if ((flags & CW_ZMTP_COMMAND) == 0 && z->state == CW_ZMTP_HANDSHAKE)
        return "a message came before READY";
    return NULL;
}

/* "A long frame has a body of 0 to 2^63-1 octets."; more is over any limit. */
static const char *check_length(const struct cw_zmtp *z, struct cw_zmtp_frame frame)
{
    if ((frame.flags & CW_ZMTP_COMMAND) != 0)
        return frame.body_n > CW_ZMTP_COMMAND_MAX ? "a command is too long" : NULL;
    /* A message of several frames is refused in any case. */
    bool judged =
        (frame.flags & CW_ZMTP_MORE) == 0 && !z->skipping && frame.body_n <= z->framer.judged_max;
    return (frame.body_n > z->framer.message_max && !judged) || frame.body_n >> 63 != 0
               ? "a message is too long"
               : NULL;
}

/* Commands are allowed between the frames of a message: libzmq's heartbeat
 * does not wait for the last of them. */
static bool step_frame(struct cw_zmtp *z, struct cw_slice *in, struct cw_buf *out,
                       struct cw_framer_event *event)
{
    if (z->skip_left > 0 || (z->skipping && z->frames == 0))
        return cw_zmtp_skip(z, in, event);
    const uint8_t *p = cw_partial_gather(&z->framer, in, 1);
    if (p == NULL)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    const char *wrong = check_flags(z, p[0]);
    if (wrong != NULL)
        return cw_zmtp_fail(z, wrong, event);
    p = cw_partial_gather(&z->framer, in, cw_zmtp_header_size(p[0]));
    if (p == NULL)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    struct cw_zmtp_frame frame = cw_zmtp_read_header(p);
    wrong = check_length(z, frame);
    if (wrong != NULL)
        return cw_zmtp_fail(z, wrong, event);
    return (frame.flags & CW_ZMTP_COMMAND) != 0 ? step_command(z, frame, in, out, event)
                                                : step_message(z, frame, in, event);
}

/* --- the interface -------------------------------------------------------------- */

static struct cw_zmtp *zmtp_of(struct cw_framer *framer)
{
    return (struct cw_zmtp *)framer; /* its first member */
}

/* Bytes before READY are not sealed (cw_zmtp_curve_seal). */
static void count_unsealed(struct cw_zmtp *z, size_t n)
{
    if (z->curve != NULL)
        z->curve->unsealed += (uint32_t)n;
}

static void zmtp_start(struct cw_framer *framer, struct cw_buf *out)
{
    struct cw_zmtp *z = zmtp_of(framer);
    if (z->role != CW_FRAMER_CLIENT)
        return;
    put_greeting(z, own_mechanism(z), 0, GREETING_LEN, out);
    count_unsealed(z, GREETING_LEN);
}

static bool step(struct cw_zmtp *z, struct cw_slice *in, struct cw_buf *out,
                 struct cw_framer_event *event)
{
    cw_partial_give_back(&z->framer);
    switch ((enum cw_zmtp_state)z->state) {
    case CW_ZMTP_START:
        return step_start(z, in, out, event);
    case CW_ZMTP_GREETING:
        return step_greeting(z, in, out, event);
    case CW_ZMTP_HANDSHAKE:
    case CW_ZMTP_TRAFFIC:
        return z->curve == NULL ? step_frame(z, in, out, event)
                                : cw_zmtp_curve_step(z, in, out, event);
    case CW_ZMTP_FAILED:
        break;
    }
    return cw_zmtp_fail(z, "the connection has failed", event);
}

static const struct cw_framer_type plain_type;

static struct cw_framer_event zmtp_input(struct cw_framer *framer, struct cw_slice *in,
                                         struct cw_buf *out)
{
    struct cw_zmtp *z = zmtp_of(framer);
    struct cw_framer_event event;
    bool more = true;
    while (more) {
        size_t n = out->n;
        bool unsealed = z->state < CW_ZMTP_TRAFFIC;
        more = !step(z, in, out, &event);
        if (unsealed)
            count_unsealed(z, out->n - n);
        if (unsealed && z->curve == NULL)
            framer->type = &plain_type; /* NULL has been chosen */
    }
    if (event.type == CW_FRAMER_FAILED) {
        cw_buf_finish(&framer->partial);
        cw_partial_advance(in, in->n);
    }
    return event;
}

/* Writes from the end to the beginning: the length, the flags, and before them the empty delimiter
 * frame with which an answer to a REQ socket begins. */
static size_t zmtp_header(const struct cw_framer *framer, uint8_t *end, uint64_t n, bool envelope)
{
    uint8_t *p = end - cw_zmtp_write_header(end, 0, n);
    (void)framer;
    if (envelope) {
        *--p = 0;
        *--p = CW_ZMTP_MORE;
    }
    return (size_t)(end - p);
}

/* A server sends a TTL for its silence, see CW_PING_TTL_DS; a client does not. */
static void zmtp_probe(struct cw_framer *framer, uint64_t mark, struct cw_buf *out)
{
    unsigned ttl_ds = zmtp_of(framer)->role == CW_FRAMER_SERVER ? CW_PING_TTL_DS : 0;
    uint8_t data[PING_TTL_LEN + sizeof mark] = {(uint8_t)(ttl_ds >> 8), (uint8_t)ttl_ds};
    memcpy(data + PING_TTL_LEN, &mark, sizeof mark);
    cw_zmtp_put_command(out, "PING",
                        cw_slice_of(data, mark == 0 ? (size_t)PING_TTL_LEN : sizeof data));
}

/* ZMTP has no message for the end of a connection. */
static void zmtp_close(struct cw_framer *framer, struct cw_buf *out)
{
    (void)framer;
    (void)out;
}

static void zmtp_finish(struct cw_framer *framer)
{
    cw_buf_finish(&framer->partial);
    cw_zmtp_curve_finish(zmtp_of(framer));
}

static const struct cw_framer_type plain_type = {.start = zmtp_start,
                                                 .input = zmtp_input,
                                                 .header = zmtp_header,
                                                 .probe = zmtp_probe,
                                                 .close = zmtp_close,
                                                 .finish = zmtp_finish,
                                                 .transport = CW_TRANSPORT_ZMTP};

/* Also of a connection whose peer may still choose NULL. */
static const struct cw_framer_type sealing_type = {.start = zmtp_start,
                                                   .input = zmtp_input,
                                                   .header = zmtp_header,
                                                   .seal = cw_zmtp_curve_seal,
                                                   .seal_slice = cw_zmtp_curve_seal_slice,
                                                   .probe = zmtp_probe,
                                                   .close = zmtp_close,
                                                   .finish = zmtp_finish,
                                                   .transport = CW_TRANSPORT_ZMTP};

static void speak_curve(struct cw_zmtp *z, struct cw_zmtp_curve curve)
{
    assert(z->state == CW_ZMTP_START && z->curve == NULL);
    z->curve = cw_alloc(sizeof *z->curve);
    if (z->curve == NULL)
        return; /* the framer is not used */
    *z->curve = curve;
    z->framer.type = &sealing_type;
}

void cw_zmtp_offer_curve(struct cw_framer *framer, const struct cw_curve_server *curve,
                         bool plaintext)
{
    speak_curve(zmtp_of(framer), (struct cw_zmtp_curve){.server = curve, .plaintext = plaintext});
}

void cw_zmtp_use_curve(struct cw_framer *framer, const struct cw_curve_client *curve)
{
    speak_curve(zmtp_of(framer), (struct cw_zmtp_curve){.client = curve});
}

bool cw_zmtp_is_greeted(const struct cw_framer *framer)
{
    return ((const struct cw_zmtp *)framer)->greeted; /* framer is its first member */
}

void cw_zmtp_init(struct cw_zmtp *z, enum cw_framer_role role, uint32_t message_max)
{
    *z = (struct cw_zmtp){.framer = {.type = &plain_type, .message_max = message_max},
                          .role = (uint8_t)role,
                          .state = CW_ZMTP_START};
}

void cw_zmtp_finish(struct cw_zmtp *z)
{
    zmtp_finish(&z->framer);
}

struct cw_framer *cw_zmtp_create(enum cw_framer_role role, uint32_t message_max)
{
    struct cw_zmtp *z = cw_alloc(sizeof *z);
    if (z == NULL)
        return NULL;
    cw_zmtp_init(z, role, message_max);
    return &z->framer;
}
