/* probe.c - what a ZMTP 3.0 peer has received: RFC 23 has no PING, so it has what its
 * kernel has acknowledged. Nobody tells when it has, so it is looked at now and then:
 * soon after a probe, and ever less often while it takes nothing. */
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "net/net_internal.h"

bool cw_peer_probe_answered(struct peer *peer)
{
    int unacknowledged = 0;
    if (peer->out.messages.count != 0)
        return false;
    return ioctl(peer->fd, SIOCOUTQ, &unacknowledged) == 0 && unacknowledged == 0;
}

static uint64_t interval_ms(uint8_t level)
{
    return (uint64_t)CW_PROBE_MS << level;
}

static void append(struct peer *peer)
{
    struct cw_net *net = peer->net;
    uint8_t level = peer->probe_level;
    peer->probe_due_ms = cw_net_now_ms(net) + interval_ms(level);
    peer->next_probed = NULL;
    peer->probed_link = net->last_probed[level];
    *peer->probed_link = peer;
    net->last_probed[level] = &peer->next_probed;
}

static void take_out(struct peer *peer)
{
    *peer->probed_link = peer->next_probed;
    if (peer->next_probed != NULL)
        peer->next_probed->probed_link = peer->probed_link;
    else
        peer->net->last_probed[peer->probe_level] = peer->probed_link;
}

void cw_peer_leave_probed(struct peer *peer)
{
    if (peer->probed)
        take_out(peer);
    peer->probed = false;
}

static void arm(struct cw_net *net)
{
    uint64_t due_ms = UINT64_MAX, now_ms = cw_net_now_ms(net);
    for (int i = 0; i < CW_PROBE_LEVELS; i++)
        if (net->probed[i] != NULL && net->probed[i]->probe_due_ms < due_ms)
            due_ms = net->probed[i]->probe_due_ms;
    if (due_ms != UINT64_MAX)
        uv_timer_start(&net->probes, cw_peer_on_probe_timer, due_ms > now_ms ? due_ms - now_ms : 0,
                       0);
}

static void look_at(struct peer *peer)
{
    struct cw_net *net = peer->net;
    take_out(peer);
    if (!cw_peer_probe_answered(peer)) {
        if (peer->probe_level + 1 < CW_PROBE_LEVELS)
            peer->probe_level++;
        append(peer);
        return;
    }
    peer->probed = false;
    if (peer->phase == PHASE_READY)
        net->handlers.received(net->context, peer->id, peer->probe_mark);
}

void cw_peer_on_probe_timer(uv_timer_t *timer)
{
    struct cw_net *net = timer->data;
    uint64_t now_ms = cw_net_now_ms(net);
    for (int i = 0; i < CW_PROBE_LEVELS; i++)
        while (net->probed[i] != NULL && net->probed[i]->probe_due_ms <= now_ms)
            look_at(net->probed[i]);
    arm(net);
}

void cw_peer_watch_probe(struct peer *peer, uint64_t mark)
{
    peer->probe_mark = mark;
    if (peer->probed)
        return;
    peer->probed = true;
    peer->probe_level = 0;
    append(peer);
    if (!uv_is_active((uv_handle_t *)&peer->net->probes) ||
        uv_timer_get_due_in(&peer->net->probes) > CW_PROBE_MS)
        arm(peer->net);
}
