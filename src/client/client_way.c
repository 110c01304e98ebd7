/* client_way.c - what the server has said about the ways of packets: see client_way.h. */
#include "client/client_way.h"

#include "client/client_state.h"

uint64_t cw_client_features(uint64_t wanted)
{
    uint64_t own = (wanted & CW_FEATURE_OPUS) != 0 ? CW_FEATURE_COMPACT : 0;
    return (wanted & CW_FEATURES_ALL) | own;
}

struct cw_client_way cw_client_way(const struct cw_client *c)
{
    return (struct cw_client_way){
        .number = c->way_number, .at = cw_buf_slice(&c->way_at), .key = cw_buf_slice(&c->way_key)};
}

void cw_client_take_way(struct cw_client *c, const struct cw_msg *msg)
{
    cw_client_end_way(c);
    if (cw_client_has_extra(msg, CW_X_CALL_ID))
        c->call_id = msg->extras.call_id;
    if (!cw_client_has_extra(msg, CW_X_UDP_KEY))
        return;
    cw_client_set(&c->way_at, msg->extras.udp);
    cw_client_set(&c->way_key, msg->extras.udp_key);
    c->way_number++;
}

void cw_client_end_way(struct cw_client *c)
{
    c->call_id = 0;
    memset(c->reports, 0, sizeof c->reports);
    c->listeners = 0;
    if (c->way_key.n == 0)
        return;
    c->way_at.n = c->way_key.n = 0;
    c->way_number++;
}

uint64_t cw_client_call_id(const struct cw_client *c)
{
    return c->call_id;
}

void cw_client_heard(struct cw_client *c, struct cw_slice speaker, struct cw_slice packet,
                     bool again)
{
    struct cw_msg msg = {.kind = CW_UPDATE,
                         .action = CW_CALL_DATA,
                         .sender = speaker,
                         .samples = {.form = CW_SAMPLES_PACKET, .payload = packet, .again = again}};
    if (c->state != CW_CLIENT_UP || c->way_key.n == 0)
        return;
    const size_t count = c->events.count;
    cw_alloc_begin_soft();
    cw_client_events_add_update(&c->events, &msg, cw_buf_slice(&c->username));
    if (!cw_alloc_end_soft())
        cw_client_events_spoil(&c->events, count); /* as if it had been lost on the way */
}
