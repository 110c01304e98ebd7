/* websocket.c - see websocket.h.
 *
 * framer.partial has the received bytes of the message, unmasked and without headers; behind them
 * the beginning of an incomplete header or control frame. It is empty while no frame is
 * incomplete. Quotes are from RFC 6455. */
#include "frame/websocket.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "frame/partial.h"
#include "frame/websocket_frame.h"

#define TOO_LONG "a message is too long"

enum state { STATE_START, STATE_TRAFFIC, STATE_ENDED };

static struct cw_websocket *websocket_of(struct cw_framer *framer)
{
    return (struct cw_websocket *)framer; /* its first member */
}

/* --- what we send, in plain form ---------------------------------------------------- */

static void put_control(struct cw_buf *out, enum cw_websocket_opcode opcode, struct cw_slice body)
{
    uint8_t room[CW_FRAMER_HEADER_MAX], *end = room + sizeof room;
    size_t n = cw_websocket_write_header(end, opcode, body.n);
    cw_buf_append(out, end - n, n);
    cw_buf_append(out, body.p, body.n);
}

static void put_close(struct cw_buf *out, unsigned code)
{
    put_control(out, CW_WEBSOCKET_CLOSE,
                cw_slice_of((uint8_t[]){(uint8_t)(code >> 8), (uint8_t)code}, 2));
}

/* --- what is reported: each ends a step; true: *event is to be reported ------------- */

static bool announce(struct cw_framer_event *event, enum cw_framer_event_type type)
{
    *event = (struct cw_framer_event){.type = type};
    return true;
}

/* 7.1.7: "the endpoint SHOULD send a Close frame with an appropriate status code before
 * proceeding to _Close the WebSocket Connection_" */
static bool fail_with(struct cw_websocket *ws, unsigned code, const char *reason,
                      struct cw_buf *out, struct cw_framer_event *event)
{
    put_close(out, code);
    ws->state = STATE_ENDED;
    announce(event, CW_FRAMER_FAILED);
    event->reason = reason;
    return true;
}

/* --- bytes that are not a message's ---------------------------------------------------- */

/* Bytes of the message in `partial`. */
static size_t kept_n(const struct cw_websocket *ws)
{
    return ws->skipping ? 0 : ws->message_n;
}

/* Moves the next n bytes behind the kept bytes; NULL when some are missing. The memory doubles, so
 * that many fragments do not copy it each time. */
static uint8_t *collect(struct cw_websocket *ws, struct cw_slice *in, size_t n)
{
    struct cw_buf *partial = &ws->framer.partial;
    size_t kept = kept_n(ws), end = kept + n;
    if (partial->n < end) {
        size_t missing = end - partial->n;
        cw_partial_hold(&ws->framer, in, missing < in->n ? missing : in->n,
                        2 * kept + CW_WEBSOCKET_CONTROL_FRAME_MAX);
    }
    return partial->n >= end ? partial->p + kept : NULL;
}

/* The next n bytes in one piece, not taken yet; NULL as above. */
static const uint8_t *peek(struct cw_websocket *ws, struct cw_slice *in, size_t n)
{
    if (ws->framer.partial.n == kept_n(ws) && in->n >= n)
        return in->p;
    return collect(ws, in, n);
}

static void take(struct cw_websocket *ws, struct cw_slice *in, size_t n)
{
    if (ws->framer.partial.n == kept_n(ws))
        cw_partial_advance(in, n);
    else
        ws->framer.partial.n = kept_n(ws);
}

/* --- control frames -------------------------------------------------------------------- */

/* 5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer
 * [...] the body MAY contain UTF-8-encoded data"; "the endpoint typically echos the status code
 * it received" */
static bool on_close(struct cw_websocket *ws, struct cw_slice body, struct cw_buf *out,
                     struct cw_framer_event *event)
{
    if (body.n == 1)
        return fail_with(ws, CW_WEBSOCKET_PROTOCOL_ERROR, "a close frame has half a code", out,
                         event);
    if (body.n != 0 && !cw_websocket_is_code((unsigned)(body.p[0] << 8 | body.p[1])))
        return fail_with(ws, CW_WEBSOCKET_PROTOCOL_ERROR, "a close frame has a code that is none",
                         out, event);
    if (body.n != 0 && !cw_utf8_valid(cw_slice_of(body.p + 2, body.n - 2)))
        return fail_with(ws, CW_WEBSOCKET_INVALID_DATA, "the reason in a close frame is not UTF-8",
                         out, event);
    put_control(out, CW_WEBSOCKET_CLOSE, cw_slice_of(body.p, body.n == 0 ? 0 : 2));
    ws->state = STATE_ENDED;
    return announce(event, CW_FRAMER_CLOSED);
}

static bool take_pong(struct cw_slice body, struct cw_framer_event *event)
{
    announce(event, CW_FRAMER_PONG);
    event->body = body;
    if (body.n == sizeof event->mark)
        memcpy(&event->mark, body.p, sizeof event->mark);
    return true;
}

static bool step_control(struct cw_websocket *ws, struct cw_websocket_frame frame,
                         struct cw_slice *in, struct cw_buf *out, struct cw_framer_event *event)
{
    uint8_t *p = collect(ws, in, frame.header_n + (size_t)frame.body_n);
    if (p == NULL)
        return announce(event, CW_FRAMER_NEED_MORE);
    ws->framer.partial.n = kept_n(ws);
    struct cw_slice body = cw_slice_of(p + frame.header_n, (size_t)frame.body_n);
    cw_websocket_mask(p + frame.header_n, body.n, frame.mask);
    if (frame.opcode == CW_WEBSOCKET_CLOSE)
        return on_close(ws, body, out, event);
    if (frame.opcode == CW_WEBSOCKET_PONG)
        return take_pong(body, event);
    put_control(out, CW_WEBSOCKET_PONG, body);
    return announce(event, CW_FRAMER_PING);
}

/* --- messages ---------------------------------------------------------------------------- */

static void end_message(struct cw_websocket *ws)
{
    ws->in_message = ws->judged = ws->skipping = false;
    ws->message_n = ws->valid_n = ws->fragments = 0;
    ws->framer.partial.n = 0;
    ws->framer.whole = 0;
}

/* May the message be reported without a copy? It is complete in the input, and not masked. */
static bool may_lend(const struct cw_websocket *ws, const struct cw_slice *in)
{
    return ws->role == CW_FRAMER_CLIENT && !ws->text && ws->message_n == 0 && ws->last_frame &&
           in->n >= ws->frame_left;
}

static bool lend(struct cw_websocket *ws, struct cw_slice *in, struct cw_framer_event *event)
{
    announce(event, CW_FRAMER_MESSAGE);
    event->body = cw_slice_of(in->p, ws->frame_left);
    cw_partial_advance(in, ws->frame_left);
    ws->in_frame = false;
    end_message(ws);
    return true;
}

/* Takes up to n bytes of the frame. */
static void keep(struct cw_websocket *ws, struct cw_slice *in, size_t n, size_t most)
{
    if (n > in->n)
        n = in->n;
    if (n == 0)
        return;
    cw_partial_hold(&ws->framer, in, n, most);
    if (cw_alloc_failed()) /* nothing of this connection is used any more */
        return;
    ws->mask = cw_websocket_mask(ws->framer.partial.p + ws->message_n, n, ws->mask);
    ws->message_n += (uint32_t)n;
    ws->frame_left -= (uint32_t)n;
}

/* Checks the UTF-8 of a text as it arrives, so that it fails at the wrong octet. */
static bool is_text_so_far(struct cw_websocket *ws, bool at_end)
{
    bool cut = false;
    if (ws->valid_n == ws->message_n)
        return true;
    struct cw_slice rest =
        cw_slice_of(ws->framer.partial.p + ws->valid_n, ws->message_n - ws->valid_n);
    size_t n = cw_utf8_valid_prefix(rest, &cut);
    ws->valid_n += (uint32_t)n;
    return n == rest.n || (cut && !at_end);
}

static bool is_too_long(const struct cw_websocket *ws, uint64_t whole)
{
    return whole > ws->framer.message_max && (ws->text || whole > ws->framer.judged_max);
}

static bool skip_bytes(struct cw_websocket *ws, struct cw_slice *in, struct cw_framer_event *event)
{
    size_t n = in->n < ws->frame_left ? in->n : ws->frame_left;
    cw_partial_advance(in, n);
    ws->message_n += (uint32_t)n;
    ws->frame_left -= (uint32_t)n;
    if (ws->frame_left > 0)
        return announce(event, CW_FRAMER_NEED_MORE);
    ws->in_frame = false;
    if (ws->last_frame)
        end_message(ws);
    return false;
}

/* Reports the head of a message over the limit: the owner may raise the limit, else the message is
 * skipped. */
static bool judge_message(struct cw_websocket *ws, uint64_t whole, struct cw_slice *in,
                          struct cw_framer_event *event)
{
    uint32_t head_n = whole < CW_FRAMER_JUDGED_N ? (uint32_t)whole : CW_FRAMER_JUDGED_N;
    if (ws->judged) {
        cw_buf_finish(&ws->framer.partial);
        ws->framer.whole = 0;
        ws->skipping = true;
        return false;
    }
    if (ws->message_n < head_n)
        keep(ws, in, head_n - ws->message_n, head_n);
    if (ws->message_n < head_n)
        return announce(event, CW_FRAMER_NEED_MORE);
    ws->judged = true;
    announce(event, CW_FRAMER_HEAD);
    event->body = cw_slice_of(ws->framer.partial.p, head_n);
    return true;
}

static bool step_bytes(struct cw_websocket *ws, struct cw_slice *in, struct cw_buf *out,
                       struct cw_framer_event *event)
{
    /* The message's length, if no other frame follows. */
    uint64_t whole = (uint64_t)ws->message_n + ws->frame_left;
    if (ws->skipping)
        return skip_bytes(ws, in, event);
    if (is_too_long(ws, whole)) /* again: the owner may have lowered the limit */
        return fail_with(ws, CW_WEBSOCKET_TOO_BIG, TOO_LONG, out, event);
    if (whole > ws->framer.message_max)
        return judge_message(ws, whole, in, event);
    if (may_lend(ws, in))
        return lend(ws, in, event);
    keep(ws, in, ws->frame_left, ws->last_frame ? (size_t)whole : ws->framer.message_max);
    bool at_end = ws->frame_left == 0 && ws->last_frame;
    if (ws->text && !is_text_so_far(ws, at_end))
        return fail_with(ws, CW_WEBSOCKET_INVALID_DATA, "a text message is not UTF-8", out, event);
    ws->framer.whole = (uint32_t)whole;
    if (ws->frame_left > 0)
        return announce(event, CW_FRAMER_NEED_MORE);
    ws->in_frame = false;
    if (!at_end)
        return false;
    announce(event, CW_FRAMER_MESSAGE);
    event->body = cw_slice_of(ws->framer.partial.p, ws->message_n);
    event->text = ws->text;
    end_message(ws);
    return true;
}

/* --- frames ------------------------------------------------------------------------------- */

/* 5.4: "The fragments of one message MUST NOT be interleaved between the fragments of another". */
static const char *check_first(const struct cw_websocket *ws, uint8_t first)
{
    const char *wrong = cw_websocket_check_first(first);
    bool goes_on = (first & ~CW_WEBSOCKET_FIN) == CW_WEBSOCKET_CONTINUATION;
    if (wrong != NULL || (first & CW_WEBSOCKET_CONTROL) != 0 || goes_on == ws->in_message)
        return wrong;
    return goes_on ? "a message goes on that has not begun" : "a message begins in another";
}

/* Begins a data frame. Its length is checked before any byte is kept. */
static bool begin_frame(struct cw_websocket *ws, struct cw_websocket_frame frame,
                        struct cw_buf *out, struct cw_framer_event *event)
{
    if (frame.opcode != CW_WEBSOCKET_CONTINUATION)
        ws->text = frame.opcode == CW_WEBSOCKET_TEXT;
    if (is_too_long(ws, ws->message_n + frame.body_n))
        return fail_with(ws, CW_WEBSOCKET_TOO_BIG, TOO_LONG, out, event);
    if (ws->fragments >= CW_WEBSOCKET_FRAGMENTS_MAX &&
        ws->message_n / CW_WEBSOCKET_FRAGMENT_MEAN < ws->fragments)
        return fail_with(ws, CW_WEBSOCKET_POLICY_VIOLATION,
                         "a message has too many short fragments", out, event);
    ws->fragments++;
    ws->in_message = ws->in_frame = true;
    ws->last_frame = frame.fin;
    ws->frame_left = (uint32_t)frame.body_n;
    ws->mask = frame.mask;
    return false;
}

static bool step_header(struct cw_websocket *ws, struct cw_slice *in, struct cw_buf *out,
                        struct cw_framer_event *event)
{
    const uint8_t *p = peek(ws, in, 1);
    if (p == NULL)
        return announce(event, CW_FRAMER_NEED_MORE);
    const char *wrong = check_first(ws, p[0]);
    if (wrong != NULL)
        return fail_with(ws, CW_WEBSOCKET_PROTOCOL_ERROR, wrong, out, event);
    p = peek(ws, in, CW_WEBSOCKET_HEADER_MIN);
    if (p == NULL)
        return announce(event, CW_FRAMER_NEED_MORE);
    wrong = cw_websocket_check_second(p[0], p[1], ws->role == CW_FRAMER_SERVER);
    if (wrong != NULL)
        return fail_with(ws, CW_WEBSOCKET_PROTOCOL_ERROR, wrong, out, event);
    p = peek(ws, in, cw_websocket_header_n(p[1]));
    if (p == NULL)
        return announce(event, CW_FRAMER_NEED_MORE);
    struct cw_websocket_frame frame = cw_websocket_read_header(p);
    wrong = cw_websocket_check_length(p[1], frame.body_n);
    if (wrong != NULL)
        return fail_with(ws, CW_WEBSOCKET_PROTOCOL_ERROR, wrong, out, event);
    if ((frame.opcode & CW_WEBSOCKET_CONTROL) != 0)
        return step_control(ws, frame, in, out, event);
    take(ws, in, frame.header_n);
    return begin_frame(ws, frame, out, event);
}

/* --- the interface -------------------------------------------------------------------------- */

/* The opening handshake is over: nothing is sent at the start. */
static void websocket_start(struct cw_framer *framer, struct cw_buf *out)
{
    (void)framer;
    (void)out;
}

static bool next_step(struct cw_websocket *ws, struct cw_slice *in, struct cw_buf *out,
                      struct cw_framer_event *event)
{
    cw_partial_give_back(&ws->framer);
    switch ((enum state)ws->state) {
    case STATE_START:
        ws->state = STATE_TRAFFIC;
        ws->framer.proves_receipt = ws->framer.takes_updates = true;
        return announce(event, CW_FRAMER_READY);
    case STATE_TRAFFIC:
        return ws->in_frame ? step_bytes(ws, in, out, event) : step_header(ws, in, out, event);
    case STATE_ENDED:
        break;
    }
    announce(event, CW_FRAMER_FAILED);
    event->reason = "the connection has ended";
    return true;
}

static struct cw_framer_event websocket_input(struct cw_framer *framer, struct cw_slice *in,
                                              struct cw_buf *out)
{
    struct cw_framer_event event;
    struct cw_websocket *ws = websocket_of(framer);
    while (!next_step(ws, in, out, &event))
        continue;
    if (ws->state == STATE_ENDED) {
        cw_buf_finish(&framer->partial);
        cw_partial_advance(in, in->n);
    }
    return event;
}

static size_t websocket_header(const struct cw_framer *framer, uint8_t *end, uint64_t n,
                               bool envelope)
{
    (void)framer;
    (void)envelope; /* WebSocket has none */
    return cw_websocket_write_header(end, CW_WEBSOCKET_BINARY, n);
}

/* 5.3: "A masked frame MUST have the field frame-masked set to 1 [...] The masking key is a
 * 32-bit value chosen at random by the client." */
static bool seal_header(const struct cw_websocket *ws, struct cw_websocket_frame frame,
                        struct cw_slice *in, struct cw_buf *sealed, uint32_t *mask)
{
    uint8_t *header = cw_buf_reserve(sealed, frame.header_n + sizeof *mask);
    if (header == NULL)
        return false;
    ws->random(mask, sizeof *mask);
    memcpy(header, in->p, frame.header_n);
    header[1] |= CW_WEBSOCKET_MASKED;
    memcpy(header + frame.header_n, mask, sizeof *mask);
    sealed->n += frame.header_n + sizeof *mask;
    cw_partial_advance(in, frame.header_n);
    return true;
}

/* Masks plain frames. A frame's header is in one piece. Without memory it stops: nothing of this
 * connection is used any more. */
static void client_seal(struct cw_framer *framer, const struct cw_slice pieces[], size_t count,
                        struct cw_buf *sealed)
{
    uint64_t left = 0; /* bytes of the present frame still to be masked */
    uint32_t mask = 0;
    for (size_t i = 0; i < count; i++)
        for (struct cw_slice piece = pieces[i]; piece.n > 0;) {
            if (left == 0) {
                struct cw_websocket_frame frame = cw_websocket_read_header(piece.p);
                if (!seal_header(websocket_of(framer), frame, &piece, sealed, &mask))
                    return;
                left = frame.body_n;
            }
            size_t n = piece.n < left ? piece.n : (size_t)left;
            if (n == 0)
                continue;
            uint8_t *body = cw_buf_reserve(sealed, n);
            if (body == NULL)
                return;
            memcpy(body, piece.p, n);
            sealed->n += n;
            mask = cw_websocket_mask(body, n, mask);
            left -= n;
            cw_partial_advance(&piece, n);
        }
}

/* 5.5.3: "A Pong frame sent in response to a Ping frame must have identical "Application data" as
 * found in the message body of the Ping frame being replied to." */
static void websocket_probe(struct cw_framer *framer, uint64_t mark, struct cw_buf *out)
{
    (void)framer;
    put_control(out, CW_WEBSOCKET_PING, cw_slice_of(&mark, mark == 0 ? 0 : sizeof mark));
}

/* Sends a close frame, after which nothing may be sent, and does not wait for the peer's. */
static void websocket_close(struct cw_framer *framer, struct cw_buf *out)
{
    struct cw_websocket *ws = websocket_of(framer);
    if (ws->state == STATE_ENDED)
        return;
    ws->state = STATE_ENDED;
    if (ws->text && !ws->in_message)
        put_close(out, CW_WEBSOCKET_UNSUPPORTED_DATA);
    else
        put_close(out,
                  ws->role == CW_FRAMER_SERVER ? CW_WEBSOCKET_GOING_AWAY : CW_WEBSOCKET_NORMAL);
}

static void websocket_finish(struct cw_framer *framer)
{
    cw_buf_finish(&framer->partial);
}

void cw_websocket_init(struct cw_websocket *ws, enum cw_framer_role role, uint32_t message_max,
                       cw_random random)
{
    static const struct cw_framer_type server = {.start = websocket_start,
                                                 .input = websocket_input,
                                                 .header = websocket_header,
                                                 .probe = websocket_probe,
                                                 .close = websocket_close,
                                                 .finish = websocket_finish,
                                                 .transport = CW_TRANSPORT_WS};
    static const struct cw_framer_type client = {.start = websocket_start,
                                                 .input = websocket_input,
                                                 .header = websocket_header,
                                                 .seal = client_seal,
                                                 .probe = websocket_probe,
                                                 .close = websocket_close,
                                                 .finish = websocket_finish,
                                                 .transport = CW_TRANSPORT_WS};
    *ws = (struct cw_websocket){
        .framer = {.type = role == CW_FRAMER_CLIENT ? &client : &server,
                   .message_max = message_max},
        .random = random,
        .role = (uint8_t)role,
    };
}

struct cw_framer *cw_websocket_create(enum cw_framer_role role, uint32_t message_max,
                                      cw_random random)
{
    struct cw_websocket *ws = cw_alloc(sizeof *ws);
    cw_websocket_init(ws, role, message_max, random);
    return &ws->framer;
}
