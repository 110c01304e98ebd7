/* zmtp.c - see zmtp.h. A step takes one thing whole (greeting, command, message) or
 * nothing: frame/partial.h. */
#include "frame/zmtp.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/partial.h"
#include "frame/zmtp_metadata.h"

/* RFC 37: "the greeting, which has a fixed size of 64 octets". */
#define GREETING_LEN 64
/* signature (10), version (2), then "mechanism = 20mechanism-char". */
#define SIGNATURE_END    9
#define VERSION_MAJOR    10
#define VERSION_MINOR    11
#define MECHANISM        12
#define MECHANISM_LEN    20
#define MECHANISM_STRING "NULL"

/* RFC 37, Framing: "Bits 7-3 are reserved for future use and MUST be zero." */
#define FLAG_MORE     0x01u
#define FLAG_LONG     0x02u
#define FLAG_COMMAND  0x04u
#define FLAG_RESERVED 0xf8u
/* Flags and one octet of length, or flags and eight. */
#define SHORT_HEADER 2
#define LONG_HEADER  9

/* "ping-ttl = 2OCTET" */
#define PING_TTL_LEN 2

enum state { STATE_START, STATE_GREETING, STATE_HANDSHAKE, STATE_TRAFFIC, STATE_FAILED };

/* A frame whose header has come. */
struct frame {
    uint8_t flags;
    size_t header_n;
    uint64_t body_n;
};

/* --- what is reported: each ends a step; true: *event is to be reported ----- */

static bool report(struct cw_framer_event *event, enum cw_framer_event_type type)
{
    *event = (struct cw_framer_event){.type = type};
    return true;
}

static bool fail(struct cw_zmtp *z, const char *reason, struct cw_framer_event *event)
{
    z->state = STATE_FAILED;
    *event = (struct cw_framer_event){.type = CW_FRAMER_FAILED, .reason = reason};
    return true;
}

/* --- what we send ----------------------------------------------------------- */

static void put_greeting(struct cw_buf *out)
{
    /* "the peer SHOULD set the padding field to binary zeros" */
    static const uint8_t greeting[GREETING_LEN] = {0xff, 0,    0, 0, 0,   0,   0,   0,
                                                   0,    0x7f, 3, 1, 'N', 'U', 'L', 'L'};
    cw_buf_append(out, greeting, sizeof greeting);
}

/* "command-body = command-name command-data"; ours all fit a short frame. */
static void put_command(struct cw_buf *out, const char *name, struct cw_slice data)
{
    size_t name_n = strlen(name);
    cw_buf_append_byte(out, FLAG_COMMAND);
    cw_buf_append_byte(out, (uint8_t)(1 + name_n + data.n));
    cw_buf_append_byte(out, (uint8_t)name_n);
    cw_buf_append(out, name, name_n);
    cw_buf_append(out, data.p, data.n);
}

/* "error-reason = short-size 0*255VCHAR", and a space is no VCHAR. */
static void put_error(struct cw_buf *out, const char *reason)
{
    uint8_t data[1 + UINT8_MAX];
    size_t n = strlen(reason); /* ours, a few words */
    data[0] = (uint8_t)n;
    for (size_t i = 0; i < n; i++)
        data[1 + i] = reason[i] == ' ' ? '_' : (uint8_t)reason[i];
    put_command(out, "ERROR", cw_slice_of(data, 1 + n));
}

static void put_http_answer(struct cw_buf *out)
{
    struct cw_slice answer = cw_slice_str("HTTP/1.1 400 Bad Request\r\n"
                                          "Connection: close\r\n"
                                          "Content-Type: text/plain; charset=utf-8\r\n"
                                          "\r\n"
                                          "This port speaks ZeroMQ (ZMTP 3), not HTTP.\n"
                                          "Use the chinwag client, or a ZeroMQ DEALER socket.\n");
    cw_buf_append(out, answer.p, answer.n);
}

/* --- the greeting ----------------------------------------------------------- */

/* The first octet: decides whether we say anything at all. */
static bool step_start(struct cw_zmtp *z, const struct cw_slice *in, struct cw_buf *out,
                       struct cw_framer_event *event)
{
    if (in->n == 0)
        return report(event, CW_FRAMER_NEED_MORE);
    uint8_t first = in->p[0];
    if (first != 0xff) {
        /* "GET /": somebody points a browser here. Others, such as a TLS
         * ClientHello, would not understand anything that we can say. */
        if (z->role == CW_FRAMER_SERVER && first >= 'A' && first <= 'Z')
            put_http_answer(out);
        return fail(z, "the peer does not speak ZMTP", event);
    }
    if (z->role == CW_FRAMER_SERVER)
        put_greeting(out);
    z->state = STATE_GREETING;
    return false;
}

/* Judges the first n octets of a greeting, in their order: what is wrong with
 * it does not depend on how much has come by now. */
static const char *check_greeting(const uint8_t *p, size_t n)
{
    static const uint8_t mechanism[MECHANISM_LEN] = MECHANISM_STRING;
    /* "A peer SHALL NOT assign any significance to the padding field". In ZMTP
     * 1 this octet is the flags of a frame, whose low bit was 0 here. */
    if (n > SIGNATURE_END && (p[SIGNATURE_END] & 1) == 0)
        return "the peer speaks ZMTP 1, version 3 is needed";
    /* "MUST accept protocol versions greater or equal to 3.1", "If a peer
     * cannot downgrade its protocol [...] it MUST close the connection." */
    if (n > VERSION_MAJOR && p[VERSION_MAJOR] < 3)
        return "the peer speaks ZMTP 2 or older, version 3 is needed";
    /* "If the mechanism that the peer received does not exactly match the
     * mechanism it sent, it MUST close the connection." */
    if (n == GREETING_LEN && memcmp(p + MECHANISM, mechanism, MECHANISM_LEN) != 0)
        return "the peer wants another security mechanism than NULL";
    return NULL;
}

static bool step_greeting(struct cw_zmtp *z, struct cw_slice *in, struct cw_buf *out,
                          struct cw_framer_event *event)
{
    const uint8_t *p = cw_partial_gather(&z->framer, in, GREETING_LEN);
    const char *wrong = p != NULL ? check_greeting(p, GREETING_LEN)
                                  : check_greeting(z->framer.partial.p, z->framer.partial.n);
    if (wrong != NULL)
        return fail(z, wrong, event);
    if (p == NULL)
        return report(event, CW_FRAMER_NEED_MORE);
    /* Version 3.0 has no PING. */
    z->framer.proves_receipt = p[VERSION_MAJOR] > 3 || p[VERSION_MINOR] != 0;
    cw_partial_take(&z->framer, in, GREETING_LEN);
    /* Not earlier: libzmq drops a peer whose READY overtakes its greeting. */
    put_command(out, "READY", cw_zmtp_metadata(z->role));
    z->state = STATE_HANDSHAKE;
    return false;
}

/* --- commands ----------------------------------------------------------------- */

/* "When a peer validates the socket type, it SHOULD handle errors by returning
 * an ERROR command, and then disconnecting the peer." */
static bool on_ready(struct cw_zmtp *z, struct cw_slice metadata, struct cw_buf *out,
                     struct cw_framer_event *event)
{
    if (z->state != STATE_HANDSHAKE)
        return fail(z, "READY came twice", event);
    bool is_req = false;
    const char *wrong = cw_zmtp_metadata_check(z->role, metadata, &is_req);
    if (wrong != NULL) {
        put_error(out, wrong);
        return fail(z, wrong, event);
    }
    z->framer.takes_updates = !is_req;
    z->state = STATE_TRAFFIC;
    return report(event, CW_FRAMER_READY);
}

/* "When a peer receives a PING command it SHALL respond with a PONG command
 * that echoes the ping-context, which [...] MUST not exceed 16 octets" */
static bool on_ping(struct cw_zmtp *z, struct cw_slice data, struct cw_buf *out,
                    struct cw_framer_event *event)
{
    if (data.n < PING_TTL_LEN || data.n > PING_TTL_LEN + CW_ZMTP_PING_CONTEXT_MAX)
        return fail(z, "PING is malformed", event);
    cw_partial_advance(&data, PING_TTL_LEN);
    put_command(out, "PONG", data);
    return report(event, CW_FRAMER_PING);
}

static bool on_pong(struct cw_zmtp *z, struct cw_slice data, struct cw_framer_event *event)
{
    if (data.n > CW_ZMTP_PING_CONTEXT_MAX)
        return fail(z, "PONG is malformed", event);
    report(event, CW_FRAMER_PONG);
    event->body = data;
    if (data.n == sizeof event->mark)
        memcpy(&event->mark, data.p, sizeof event->mark);
    return true;
}

/* "command-name = short-size 1*255command-name-char" */
static bool on_command(struct cw_zmtp *z, struct cw_slice body, struct cw_buf *out,
                       struct cw_framer_event *event)
{
    if (body.n == 0 || body.p[0] == 0 || body.p[0] >= body.n)
        return fail(z, "a command has no name", event);
    struct cw_slice name = cw_slice_of(body.p + 1, body.p[0]);
    cw_partial_advance(&body, 1 + name.n);
    if (cw_slice_eq(name, cw_slice_str("READY")))
        return on_ready(z, body, out, event);
    /* "The peer SHALL treat an incoming ERROR command as fatal" */
    if (cw_slice_eq(name, cw_slice_str("ERROR")))
        return fail(z, "the peer refused the connection with ERROR", event);
    if (z->state == STATE_HANDSHAKE)
        return fail(z, "a command came before READY", event);
    if (cw_slice_eq(name, cw_slice_str("PING")))
        return on_ping(z, body, out, event);
    if (cw_slice_eq(name, cw_slice_str("PONG")))
        return on_pong(z, body, event);
    return report(event, CW_FRAMER_IGNORED); /* SUBSCRIBE, or what a later version brings */
}

static bool step_command(struct cw_zmtp *z, struct frame frame, struct cw_slice *in,
                         struct cw_buf *out, struct cw_framer_event *event)
{
    size_t n = frame.header_n + (size_t)frame.body_n;
    const uint8_t *p = cw_partial_gather(&z->framer, in, n);
    if (p == NULL)
        return report(event, CW_FRAMER_NEED_MORE);
    cw_partial_take(&z->framer, in, n);
    return on_command(z, cw_slice_of(p + frame.header_n, (size_t)frame.body_n), out, event);
}

/* --- messages ----------------------------------------------------------------- */

/* Goes on skipping a frame of a message that is being refused. */
static bool step_skip(struct cw_zmtp *z, struct cw_slice *in, struct cw_framer_event *event)
{
    size_t n = in->n < z->skip_left ? in->n : z->skip_left;
    cw_partial_advance(in, n);
    z->skip_left -= (uint32_t)n;
    if (z->skip_left > 0)
        return report(event, CW_FRAMER_NEED_MORE);
    if (z->frames > 0)
        return false;
    z->skipping = false;
    if (!z->silent)
        return report(event, CW_FRAMER_REFUSED);
    z->silent = false;
    return false;
}

/* A message over the limit: the owner is asked, and may raise the limit. */
static bool step_judge(struct cw_zmtp *z, struct frame frame, struct cw_slice *in,
                       struct cw_framer_event *event)
{
    size_t n = frame.header_n + CW_FRAMER_JUDGED_N;
    const uint8_t *p = cw_partial_gather(&z->framer, in, n);
    if (p == NULL)
        return report(event, CW_FRAMER_NEED_MORE);
    if (!z->judged) {
        z->judged = true;
        report(event, CW_FRAMER_HEAD);
        event->body = cw_slice_of(p + frame.header_n, CW_FRAMER_JUDGED_N);
        event->envelope = z->frames == 1;
        return true;
    }
    cw_partial_take(&z->framer, in, n);
    z->judged = false;
    z->skipping = z->silent = true;
    z->skip_left = (uint32_t)frame.body_n - CW_FRAMER_JUDGED_N;
    z->frames = 0;
    return false;
}

/* A whole message is a single frame, or an empty frame (the delimiter of a REQ
 * socket) and one more. Whether a frame can be part of one shows in its header,
 * so that what is refused is never held. */
static bool step_message(struct cw_zmtp *z, struct frame frame, struct cw_slice *in,
                         struct cw_framer_event *event)
{
    bool more = (frame.flags & FLAG_MORE) != 0;
    bool is_delimiter = more && z->frames == 0 && frame.body_n == 0;
    if (z->frames == CW_ZMTP_FRAMES_MAX)
        return fail(z, "a message has too many frames", event);
    if (z->skipping || (more && !is_delimiter)) {
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
        return report(event, CW_FRAMER_NEED_MORE);
    cw_partial_take(&z->framer, in, n);
    if (is_delimiter) {
        z->frames = 1;
        return false;
    }
    z->judged = false;
    *event = (struct cw_framer_event){
        .type = CW_FRAMER_MESSAGE,
        .body = cw_slice_of(p + frame.header_n, (size_t)frame.body_n),
        .envelope = z->frames == 1,
    };
    z->frames = 0;
    return true;
}

/* --- frames ------------------------------------------------------------------- */

static const char *check_flags(const struct cw_zmtp *z, uint8_t flags)
{
    if ((flags & FLAG_RESERVED) != 0)
        return "a frame has reserved flags";
    /* "This bit SHALL be zero on command frames." */
    if ((flags & FLAG_COMMAND) != 0 && (flags & FLAG_MORE) != 0)
        return "a command has the flag MORE";
    /* "A peer MAY start to send messages immediately after [...] having both
     * sent and received a READY command." */
    if ((flags & FLAG_COMMAND) == 0 && z->state == STATE_HANDSHAKE)
        return "a message came before READY";
    return NULL;
}

/* "A long frame has a body of 0 to 2^63-1 octets."; more is over any limit. */
static const char *check_length(const struct cw_zmtp *z, struct frame frame)
{
    if ((frame.flags & FLAG_COMMAND) != 0)
        return frame.body_n > CW_ZMTP_COMMAND_MAX ? "a command is too long" : NULL;
    /* A message of several frames is refused in any case. */
    bool judged =
        (frame.flags & FLAG_MORE) == 0 && !z->skipping && frame.body_n <= z->framer.judged_max;
    return (frame.body_n > z->framer.message_max && !judged) || frame.body_n >> 63 != 0
               ? "a message is too long"
               : NULL;
}

static uint64_t read_length(const uint8_t *p, size_t n)
{
    uint64_t length = 0;
    for (size_t i = 0; i < n; i++)
        length = length << 8 | p[i];
    return length;
}

/* Commands are allowed between the frames of a message: libzmq's heartbeat
 * does not wait for the last of them. */
static bool step_frame(struct cw_zmtp *z, struct cw_slice *in, struct cw_buf *out,
                       struct cw_framer_event *event)
{
    if (z->skip_left > 0 || (z->skipping && z->frames == 0))
        return step_skip(z, in, event);
    const uint8_t *p = cw_partial_gather(&z->framer, in, 1);
    if (p == NULL)
        return report(event, CW_FRAMER_NEED_MORE);
    struct frame frame = {.flags = p[0]};
    const char *wrong = check_flags(z, frame.flags);
    if (wrong != NULL)
        return fail(z, wrong, event);
    frame.header_n = (frame.flags & FLAG_LONG) != 0 ? LONG_HEADER : SHORT_HEADER;
    p = cw_partial_gather(&z->framer, in, frame.header_n);
    if (p == NULL)
        return report(event, CW_FRAMER_NEED_MORE);
    frame.body_n = read_length(p + 1, frame.header_n - 1);
    wrong = check_length(z, frame);
    if (wrong != NULL)
        return fail(z, wrong, event);
    return (frame.flags & FLAG_COMMAND) != 0 ? step_command(z, frame, in, out, event)
                                             : step_message(z, frame, in, event);
}

/* --- the interface -------------------------------------------------------------- */

static struct cw_zmtp *zmtp_of(struct cw_framer *framer)
{
    return (struct cw_zmtp *)framer; /* its first member */
}

static void zmtp_start(struct cw_framer *framer, struct cw_buf *out)
{
    if (zmtp_of(framer)->role == CW_FRAMER_CLIENT)
        put_greeting(out);
}

static bool step(struct cw_zmtp *z, struct cw_slice *in, struct cw_buf *out,
                 struct cw_framer_event *event)
{
    cw_partial_give_back(&z->framer);
    switch ((enum state)z->state) {
    case STATE_START:
        return step_start(z, in, out, event);
    case STATE_GREETING:
        return step_greeting(z, in, out, event);
    case STATE_HANDSHAKE:
    case STATE_TRAFFIC:
        return step_frame(z, in, out, event);
    case STATE_FAILED:
        break;
    }
    return fail(z, "the connection has failed", event);
}

static struct cw_framer_event zmtp_input(struct cw_framer *framer, struct cw_slice *in,
                                         struct cw_buf *out)
{
    struct cw_framer_event event;
    while (!step(zmtp_of(framer), in, out, &event))
        continue;
    if (event.type == CW_FRAMER_FAILED) {
        cw_buf_finish(&framer->partial);
        cw_partial_advance(in, in->n);
    }
    return event;
}

/* From its end to its begin: the length, the flags, and before them the empty delimiter
 * frame that a REQ socket's answer begins with. */
static size_t zmtp_header(const struct cw_framer *framer, uint8_t *end, uint64_t n, bool envelope)
{
    uint8_t *p = end;
    (void)framer;
    if (n <= UINT8_MAX) {
        *--p = (uint8_t)n;
        *--p = 0;
    } else {
        for (int i = 0; i < 8; i++)
            *--p = (uint8_t)(n >> (8 * i));
        *--p = FLAG_LONG;
    }
    if (envelope) {
        *--p = 0;
        *--p = FLAG_MORE;
    }
    return (size_t)(end - p);
}

/* A server says how long it may be silent, see CW_PING_TTL_DS; a client does not. */
static void zmtp_probe(struct cw_framer *framer, uint64_t mark, struct cw_buf *out)
{
    unsigned ttl_ds = zmtp_of(framer)->role == CW_FRAMER_SERVER ? CW_PING_TTL_DS : 0;
    uint8_t data[PING_TTL_LEN + sizeof mark] = {(uint8_t)(ttl_ds >> 8), (uint8_t)ttl_ds};
    memcpy(data + PING_TTL_LEN, &mark, sizeof mark);
    put_command(out, "PING", cw_slice_of(data, mark == 0 ? (size_t)PING_TTL_LEN : sizeof data));
}

/* ZMTP has no closing message. */
static void zmtp_close(struct cw_framer *framer, struct cw_buf *out)
{
    (void)framer;
    (void)out;
}

static void zmtp_finish(struct cw_framer *framer)
{
    cw_buf_finish(&framer->partial);
}

void cw_zmtp_init(struct cw_zmtp *z, enum cw_framer_role role, uint32_t message_max)
{
    static const struct cw_framer_type type = {.start = zmtp_start,
                                               .input = zmtp_input,
                                               .header = zmtp_header,
                                               .probe = zmtp_probe,
                                               .close = zmtp_close,
                                               .finish = zmtp_finish};
    *z = (struct cw_zmtp){.framer = {.type = &type, .message_max = message_max},
                          .role = (uint8_t)role,
                          .state = STATE_START};
}

void cw_zmtp_finish(struct cw_zmtp *z)
{
    zmtp_finish(&z->framer);
}

struct cw_framer *cw_zmtp_create(enum cw_framer_role role, uint32_t message_max)
{
    struct cw_zmtp *z = cw_alloc(sizeof *z);
    cw_zmtp_init(z, role, message_max);
    return &z->framer;
}
