/* turn.c - connections take turns to encrypt long frames, so that all of them together cost no more
 * than CW_SEAL_PER_TICK in a tick, and other connections' short frames go on meanwhile. A
 * connection whose frame has more slices waits behind the others. */
#include <assert.h>
#include <stdlib.h>

#include "net/net_internal.h"

/* While somebody waits, the loop does not sleep. */
void cw_net_on_tick(uv_idle_t *idle)
{
    struct cw_net *net = idle->data;
    net->seal_left = CW_SEAL_PER_TICK;
    if (net->waiting == NULL)
        uv_idle_stop(idle);
}

static void wait_for_turn(struct peer *peer)
{
    struct cw_net *net = peer->net;
    if (peer->turn != NULL)
        return;
    peer->turn = cw_alloc(sizeof *peer->turn);
    *peer->turn = (struct turn){.peer = peer, .link = net->last_waiting};
    *net->last_waiting = peer->turn;
    net->last_waiting = &peer->turn->next;
}

void cw_peer_leave_turns(struct peer *peer)
{
    struct turn *turn = peer->turn;
    if (turn == NULL)
        return;
    assert(*turn->link == turn && turn->peer == peer);
    *turn->link = turn->next;
    if (turn->next != NULL)
        turn->next->link = turn->link;
    else
        peer->net->last_waiting = turn->link;
    free(turn);
    peer->turn = NULL;
}

bool cw_peer_may_seal(struct peer *peer, size_t n)
{
    struct cw_net *net = peer->net;
    if (net->turn_of != peer->id) {
        wait_for_turn(peer);
        return false;
    }
    net->turn_of = 0;
    net->seal_left -= n < net->seal_left ? n : net->seal_left;
    uv_idle_start(&net->tick, cw_net_on_tick);
    return true;
}

struct peer *cw_net_next_turn(struct cw_net *net)
{
    net->turn_of = 0;
    if (net->waiting == NULL || net->seal_left == 0)
        return NULL;
    struct peer *peer = net->waiting->peer;
    cw_peer_leave_turns(peer);
    net->turn_of = peer->id;
    return peer;
}
