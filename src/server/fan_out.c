/* fan_out.c - see fan_out.h. */
#include "server/fan_out.h"

/* Megabytes of samples are copied once, into their place. They are the last
 * object drawn, so all that is before them is the plain form without them. */
static struct cw_body *encode_around_samples(struct cw_net *net, struct cw_buf *scratch,
                                             const struct cw_msg *msg, bool extended)
{
    struct cw_slice samples = msg->samples.encoded;
    struct cw_msg rest = *msg;
    rest.samples = (struct cw_samples){0};
    scratch->n = 0;
    cw_msg_encode(&rest, false, scratch);
    size_t before = scratch->n;
    scratch->n = 0;
    cw_msg_encode(&rest, extended, scratch);
    size_t after = scratch->n - before;
    struct cw_body *body = cw_body_create(net, before + samples.n + after);
    memcpy(body->bytes, scratch->p, before);
    memcpy(body->bytes + before, samples.p, samples.n);
    memcpy(body->bytes + before + samples.n, scratch->p + before, after);
    return body;
}

static struct cw_body *encode(struct cw_net *net, struct cw_buf *scratch, const struct cw_msg *msg,
                              bool extended)
{
    if (msg->samples.encoded.n > CW_BODY_INLINE_MAX)
        return encode_around_samples(net, scratch, msg, extended);
    scratch->n = 0;
    cw_msg_encode(msg, extended, scratch);
    struct cw_body *body = cw_body_create(net, scratch->n);
    memcpy(body->bytes, scratch->p, scratch->n);
    return body;
}

/* One encoding for each form, shared by everybody who gets it. */
static void send_to(struct cw_net *net, struct cw_buf *scratch, const struct cw_effect *effect,
                    const cw_conn_id *conns, size_t count, bool extended)
{
    if (count == 0)
        return;
    struct cw_body *body = encode(net, scratch, &effect->send.msg, extended);
    cw_net_send(net, conns, count, body, effect->send.envelope, effect->send.live);
    cw_body_release(body);
}

void cw_fan_out(struct cw_net *net, struct cw_buf *scratch, const struct cw_effect *effect)
{
    send_to(net, scratch, effect, effect->send.plain, effect->send.plain_count, false);
    send_to(net, scratch, effect, effect->send.extended, effect->send.extended_count, true);
}
