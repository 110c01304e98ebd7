/* zmtp_traffic.c - see zmtp_traffic.h. */
#include "frame/zmtp_traffic.h"

#include "base/limits.h"
#include "frame/partial.h"
#include "frame/zmtp_frame.h"
#include "frame/zmtp_metadata.h"

/* "ping-ttl = 2OCTET" */
#define PING_TTL_LEN 2

/* --- commands ----------------------------------------------------------------- */

/* "error-reason = short-size 0*255VCHAR", and a space is no VCHAR. */
static void put_error(struct cw_buf *out, const char *reason)
{
    uint8_t data[1 + UINT8_MAX];
    size_t n = strlen(reason); /* ours, a few words */
    data[0] = (uint8_t)n;
    for (size_t i = 0; i < n; i++)
        data[1 + i] = reason[i] == ' ' ? '_' : (uint8_t)reason[i];
    cw_zmtp_put_command(out, "ERROR", cw_slice_of(data, 1 + n));
}

/* "When a peer validates the socket type, it SHOULD handle errors by returning
 * an ERROR command, and then disconnecting the peer." */
bool cw_zmtp_take_metadata(struct cw_zmtp *z, struct cw_slice metadata, struct cw_buf *out,
                           struct cw_framer_event *event)
{
    bool is_req = false;
    const char *wrong = cw_zmtp_metadata_check(z->role, metadata, &is_req);
    if (wrong != NULL) {
        put_error(out, wrong);
        return cw_zmtp_fail(z, wrong, event);
    }
    z->framer.takes_updates = !is_req;
    z->state = CW_ZMTP_TRAFFIC;
    return cw_zmtp_report(event, CW_FRAMER_READY);
}

/* "When a peer receives a PING command it SHALL respond with a PONG command
 * that echoes the ping-context, which [...] MUST not exceed 16 octets" */
static bool on_ping(struct cw_zmtp *z, struct cw_slice data, struct cw_buf *out,
                    struct cw_framer_event *event)
{
    if (data.n < PING_TTL_LEN || data.n > PING_TTL_LEN + CW_ZMTP_PING_CONTEXT_MAX)
        return cw_zmtp_fail(z, "PING is malformed", event);
    cw_partial_advance(&data, PING_TTL_LEN);
    cw_zmtp_put_command(out, "PONG", data);
    return cw_zmtp_report(event, CW_FRAMER_PING);
}

static bool on_pong(struct cw_zmtp *z, struct cw_slice data, struct cw_framer_event *event)
{
    if (data.n > CW_ZMTP_PING_CONTEXT_MAX)
        return cw_zmtp_fail(z, "PONG is malformed", event);
    cw_zmtp_report(event, CW_FRAMER_PONG);
    event->body = data;
    if (data.n == sizeof event->mark)
        memcpy(&event->mark, data.p, sizeof event->mark);
    return true;
}

/* "command-name = short-size 1*255command-name-char" */
bool cw_zmtp_take_command(struct cw_zmtp *z, struct cw_slice body, struct cw_buf *out,
                          struct cw_framer_event *event)
{
    if (body.n == 0 || body.p[0] == 0 || body.p[0] >= body.n)
        return cw_zmtp_fail(z, "a command has no name", event);
    struct cw_slice name = cw_slice_of(body.p + 1, body.p[0]);
    cw_partial_advance(&body, 1 + name.n);
    if (cw_slice_eq(name, cw_slice_str("READY")))
        return z->state == CW_ZMTP_HANDSHAKE ? cw_zmtp_take_metadata(z, body, out, event)
                                             : cw_zmtp_fail(z, "READY came twice", event);
    /* "The peer SHALL treat an incoming ERROR command as fatal" */
    if (cw_slice_eq(name, cw_slice_str("ERROR")))
        return cw_zmtp_fail(z, "the peer refused the connection with ERROR", event);
    if (z->state == CW_ZMTP_HANDSHAKE)
        return cw_zmtp_fail(z, "a command came before READY", event);
    if (cw_slice_eq(name, cw_slice_str("PING")))
        return on_ping(z, body, out, event);
    if (cw_slice_eq(name, cw_slice_str("PONG")))
        return on_pong(z, body, event);
    /* SUBSCRIBE, or a command of a later version */
    return cw_zmtp_report(event, CW_FRAMER_IGNORED);
}

/* --- messages ----------------------------------------------------------------- */

bool cw_zmtp_skip(struct cw_zmtp *z, struct cw_slice *in, struct cw_framer_event *event)
{
    size_t n = in->n < z->skip_left ? in->n : z->skip_left;
    cw_partial_advance(in, n);
    z->skip_left -= (uint32_t)n;
    if (z->skip_left > 0)
        return cw_zmtp_report(event, CW_FRAMER_NEED_MORE);
    if (z->frames > 0)
        return false;
    z->skipping = false;
    if (!z->silent)
        return cw_zmtp_report(event, CW_FRAMER_REFUSED);
    z->silent = false;
    return false;
}

bool cw_zmtp_take_frame(struct cw_zmtp *z, bool more, struct cw_slice body,
                        struct cw_framer_event *event)
{
    if (cw_zmtp_is_delimiter(z, more, body.n)) {
        z->frames = 1;
        return false;
    }
    z->judged = false;
    *event = (struct cw_framer_event){
        .type = CW_FRAMER_MESSAGE, .body = body, .envelope = z->frames == 1};
    z->frames = 0;
    return true;
}
