/* fan_out.c - see fan_out.h. */
#include "server/fan_out.h"

#include <assert.h>

void cw_fan_out_end(struct cw_fan_out *out)
{
    if (out->shared != NULL)
        cw_body_release(out->shared);
    out->shared = NULL;
    out->owner = NULL;
}

/* Megabytes of samples stay where they are. NULL: they are few. */
static struct cw_body *body_of_samples(struct cw_fan_out *out, const struct cw_samples *samples)
{
    if (samples->owner == NULL || samples->encoded.n <= CW_BODY_INLINE_MAX)
        return NULL;
    if (samples->owner != out->owner) {
        assert(samples->owner->memory != NULL);
        cw_fan_out_end(out);
        out->owner = samples->owner;
        out->shared =
            cw_body_lend(cw_net_pools(out->net), samples->encoded, cw_owned_take(samples->owner));
    }
    return out->shared;
}

/* Samples are the last positional field, so all that is before them is the plain form
 * without them. */
static struct cw_body *encode_around_samples(struct cw_net *net, struct cw_buf *scratch,
                                             const struct cw_msg *msg, bool extended,
                                             struct cw_body *samples)
{
    struct cw_body *rest[2] = {samples, NULL};
    struct cw_msg others = *msg;
    others.samples = (struct cw_samples){0};
    scratch->n = 0;
    cw_msg_encode(&others, false, scratch);
    size_t before = scratch->n;
    scratch->n = 0;
    cw_msg_encode(&others, extended, scratch);
    size_t after = scratch->n - before;
    if (after != 0) {
        rest[1] = cw_body_create(cw_net_pools(net), after);
        memcpy(rest[1]->bytes, scratch->p + before, after);
    }
    samples->references++;
    struct cw_body *body = cw_body_create_before(cw_net_pools(net), before, rest);
    memcpy(body->bytes, scratch->p, before);
    return body;
}

/* `samples`: a body that holds those of the message, or NULL. */
static struct cw_body *encode(struct cw_net *net, struct cw_buf *scratch, const struct cw_msg *msg,
                              bool extended, struct cw_body *samples)
{
    if (samples != NULL)
        return encode_around_samples(net, scratch, msg, extended, samples);
    scratch->n = 0;
    cw_msg_encode(msg, extended, scratch);
    struct cw_body *body = cw_body_create(cw_net_pools(net), scratch->n);
    memcpy(body->bytes, scratch->p, scratch->n);
    return body;
}

static enum cw_net_lane lane_of(const struct cw_effect *effect)
{
    const struct cw_msg *msg = &effect->send.msg;
    if (effect->send.live)
        return cw_is_live_audio(msg) ? CW_NET_AUDIO : CW_NET_LIVE;
    if (msg->kind != CW_RESPONSE)
        return CW_NET_UPDATE;
    return msg->bytes.n != 0 ? CW_NET_PIECE : CW_NET_ANSWER;
}

/* One encoding for each form, shared by all receivers. */
static void send_to(struct cw_fan_out *out, const struct cw_effect *effect, const cw_conn_id *conns,
                    size_t count, bool extended, struct cw_body *samples)
{
    if (count == 0)
        return;
    struct cw_body *body = encode(out->net, &out->scratch, &effect->send.msg, extended, samples);
    cw_net_send(out->net, conns, count, body, effect->send.envelope, lane_of(effect));
    if (out->sent != NULL)
        out->sent(out->context, effect, conns, count, body->whole);
    cw_body_release(body);
}

static void count(struct cw_fan_out *out, const struct cw_effect *effect)
{
    const struct cw_msg *msg = &effect->send.msg;
    size_t receivers = effect->send.plain_count + effect->send.extended_count;
    if (msg->kind != CW_UPDATE)
        return;
    if (cw_is_live_audio(msg))
        out->frames += receivers;
    else if (msg->action == CW_WHISPER || msg->action == CW_MSG_GROUP ||
             msg->action == CW_VOICE_MSG)
        out->deliveries += receivers;
}

void cw_fan_out(struct cw_fan_out *out, const struct cw_effect *effect)
{
    count(out, effect);
    struct cw_body *samples = body_of_samples(out, &effect->send.msg.samples);
    send_to(out, effect, effect->send.plain, effect->send.plain_count, false, samples);
    send_to(out, effect, effect->send.extended, effect->send.extended_count, true, samples);
}
