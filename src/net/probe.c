/* probe.c - proof of receipt for a peer whose transport has none, such as ZMTP 3.0: it has received
 * what its kernel has acknowledged. There is no event for that, so it is checked at intervals: soon
 * after a probe, and less and less often while the peer receives nothing. */
#include <assert.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "net/net_internal.h"

bool cw_peer_probe_answered(struct peer *peer)
{
    int unacknowledged = 0;
    assert(!peer->proves);
    if (peer->out.messages.count != 0 || (peer->out.files != NULL && peer->out.files->others != 0))
        return false;
    return ioctl(peer->fd, SIOCOUTQ, &unacknowledged) == 0 && unacknowledged == 0;
}

static uint64_t interval_ms(uint8_t level)
{
    assert(level < CW_PROBE_LEVELS);
    return (uint64_t)CW_PROBE_MS << level;
}

static void append(struct probe *probe)
{
    assert(probe->level < CW_PROBE_LEVELS && *probe->peer->net->last_probed[probe->level] == NULL);
    struct cw_net *net = probe->peer->net;
    probe->due_ms = cw_net_now_ms(net) + interval_ms(probe->level);
    probe->next = NULL;
    probe->link = net->last_probed[probe->level];
    *probe->link = probe;
    net->last_probed[probe->level] = &probe->next;
}

static void take_out(struct probe *probe)
{
    assert(*probe->link == probe && probe->peer->probe == probe);
    *probe->link = probe->next;
    if (probe->next != NULL)
        probe->next->link = probe->link;
    else
        probe->peer->net->last_probed[probe->level] = probe->link;
}

void cw_peer_leave_probed(struct peer *peer)
{
    if (peer->probe == NULL)
        return;
    take_out(peer->probe);
    free(peer->probe);
    peer->probe = NULL;
}

static void arm(struct cw_net *net)
{
    uint64_t due_ms = UINT64_MAX, now_ms = cw_net_now_ms(net);
    for (int i = 0; i < CW_PROBE_LEVELS; i++)
        if (net->probed[i] != NULL && net->probed[i]->due_ms < due_ms)
            due_ms = net->probed[i]->due_ms;
    assert(due_ms == UINT64_MAX || due_ms <= now_ms + interval_ms(CW_PROBE_LEVELS - 1));
    if (due_ms != UINT64_MAX)
        uv_timer_start(&net->probes, cw_peer_on_probe_timer, due_ms > now_ms ? due_ms - now_ms : 0,
                       0);
}

static void look_at(struct probe *probe)
{
    assert(probe->due_ms <= cw_net_now_ms(probe->peer->net));
    struct peer *peer = probe->peer;
    struct cw_net *net = peer->net;
    uint64_t mark = probe->mark;
    if (!cw_peer_probe_answered(peer)) {
        take_out(probe);
        if (probe->level + 1 < CW_PROBE_LEVELS)
            probe->level++;
        append(probe);
        return;
    }
    cw_peer_leave_probed(peer);
    if (peer->phase == PHASE_READY)
        net->handlers.received(net->context, peer->id, mark);
}

void cw_peer_on_probe_timer(uv_timer_t *timer)
{
    struct cw_net *net = timer->data;
    uint64_t now_ms = cw_net_now_ms(net);
    for (int i = 0; i < CW_PROBE_LEVELS; i++)
        while (net->probed[i] != NULL && net->probed[i]->due_ms <= now_ms)
            look_at(net->probed[i]);
    arm(net);
}

void cw_peer_watch_probe(struct peer *peer, uint64_t mark)
{
    assert(mark != 0 && peer->phase == PHASE_READY && !peer->proves);
    if (peer->probe != NULL) {
        peer->probe->mark = mark;
        return;
    }
    peer->probe = cw_alloc_zero(sizeof *peer->probe);
    peer->probe->peer = peer;
    peer->probe->mark = mark;
    append(peer->probe);
    if (!uv_is_active((uv_handle_t *)&peer->net->probes) ||
        uv_timer_get_due_in(&peer->net->probes) > CW_PROBE_MS)
        arm(peer->net);
}
