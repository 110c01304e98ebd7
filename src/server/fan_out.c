/* fan_out.c - see fan_out.h. */
#include "server/fan_out.h"

/* The memory that contains `bytes`, now owned by the caller, or NULL. */
static void *take_memory(struct cw_lender *lender, struct cw_slice bytes)
{
    struct cw_store_request *request = lender->request;
    if (request != NULL && request->frame != NULL && cw_slice_within(bytes, request->body)) {
        void *memory = request->frame;
        request->frame = NULL;
        request->body = (struct cw_slice){0};
        return memory;
    }
    return lender->arena == NULL ? NULL : cw_arena_detach(lender->arena, bytes.p);
}

/* Megabytes of samples are not copied. */
static struct cw_body *body_of_samples(struct cw_net *net, struct cw_lender *lender,
                                       struct cw_slice samples)
{
    void *memory = take_memory(lender, samples);
    if (memory != NULL)
        return cw_body_lend(cw_net_pools(net), samples, memory);
    struct cw_body *body = cw_body_create(cw_net_pools(net), samples.n);
    memcpy(body->bytes, samples.p, samples.n);
    return body;
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
    if (!effect->send.live)
        return CW_NET_MESSAGE;
    return effect->send.msg.action == CW_CALL_DATA ? CW_NET_AUDIO : CW_NET_LIVE;
}

/* One encoding for each form, shared by all receivers. */
static void send_to(struct cw_net *net, struct cw_buf *scratch, const struct cw_effect *effect,
                    const cw_conn_id *conns, size_t count, bool extended, struct cw_body *samples)
{
    if (count == 0)
        return;
    struct cw_body *body = encode(net, scratch, &effect->send.msg, extended, samples);
    cw_net_send(net, conns, count, body, effect->send.envelope, lane_of(effect));
    cw_body_release(body);
}

void cw_fan_out(struct cw_net *net, struct cw_buf *scratch, struct cw_lender *lender,
                const struct cw_effect *effect)
{
    struct cw_slice encoded = effect->send.msg.samples.encoded;
    struct cw_body *samples = NULL;
    if (encoded.n > CW_BODY_INLINE_MAX)
        samples = body_of_samples(net, lender, encoded);
    send_to(net, scratch, effect, effect->send.plain, effect->send.plain_count, false, samples);
    send_to(net, scratch, effect, effect->send.extended, effect->send.extended_count, true,
            samples);
    if (samples != NULL)
        cw_body_release(samples);
}
