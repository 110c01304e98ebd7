/* room.c - room for input: the memory of a peer's input and queue is charged to its account
 * (base/account.h), and a peer for whose input there is no room is not read until there is. When
 * that lasts, the peer of the same user, address or server that has held most for longest is
 * closed, not the newest one. */
#include <assert.h>
#include <stdlib.h>

#include "net/net_internal.h"

/* The most that one read returns. */
#define READ_ROOM CW_READ_CHUNK

static void note_age(struct peer *peer)
{
    if (peer->account->held < CW_HELD_LITTLE)
        peer->holds_since_ms = 0;
    else if (peer->holds_since_ms == 0)
        peer->holds_since_ms = cw_net_now_ms(peer->net);
}

/* --- input ------------------------------------------------------------------------ */

static bool is_long_frame(const struct peer *peer)
{
    return peer->framer->whole > CW_MESSAGE_MAX;
}

static size_t taken(const struct peer *peer)
{
    return cw_account_size(peer->framer->partial.capacity) + cw_account_size(peer->held.capacity) +
           peer->framer->held_kib * (size_t)1024;
}

/* The same, with all of a long frame that has begun: a peer for which there was room can finish the
 * frame. */
static size_t wanted(const struct peer *peer)
{
    size_t frame = peer->framer->partial.capacity;
    if (is_long_frame(peer) && peer->framer->whole > frame)
        frame = peer->framer->whole;
    return cw_account_size(frame) + cw_account_size(peer->held.capacity) +
           peer->framer->held_kib * (size_t)1024;
}

static void charge_in(struct peer *peer, size_t n)
{
    assert(peer->account != NULL);
    if (n > peer->in_charged)
        cw_account_charge(peer->account, n - peer->in_charged);
    else
        cw_account_give(peer->account, peer->in_charged - n);
    peer->in_charged = n;
    note_age(peer);
}

static void starve(struct peer *peer, size_t needs)
{
    assert(needs != 0);
    struct cw_net *net = peer->net;
    struct starving *s = peer->starving;
    if (s != NULL) {
        s->needs = needs;
        return;
    }
    s = cw_alloc(sizeof *s);
    *s = (struct starving){
        .peer = peer, .link = net->last_starved, .needs = needs, .since_ms = cw_net_now_ms(net)};
    peer->starving = s;
    *s->link = s;
    net->last_starved = &s->next;
    cw_peer_mark_dirty(peer);
    if (!uv_is_active((uv_handle_t *)&net->room))
        uv_timer_start(&net->room, cw_peer_on_room_timer, CW_PROBE_MS, CW_PROBE_MS);
}

static void leave_starved(struct peer *peer)
{
    struct starving *s = peer->starving;
    if (s == NULL)
        return;
    assert(*s->link == s && s->peer == peer);
    *s->link = s->next;
    if (s->next != NULL)
        s->next->link = s->link;
    else
        peer->net->last_starved = s->link;
    free(s);
    peer->starving = NULL;
}

void cw_peer_account_in(struct peer *peer)
{
    assert(peer->account != NULL);
    size_t n = wanted(peer);
    if (n == peer->in_charged)
        return;
    if (n > peer->in_charged &&
        cw_account_shortage(peer->account, n - peer->in_charged) != CW_SHORT_OF_NOTHING) {
        charge_in(peer, taken(peer)); /* one read's worth, for which there was room */
        if (n > peer->in_charged)
            starve(peer, n - peer->in_charged);
        return;
    }
    charge_in(peer, n);
}

bool cw_peer_has_room(struct peer *peer)
{
    assert(peer->phase < PHASE_CLOSING && peer->starving == NULL);
    if (is_long_frame(peer) && peer->in_charged >= wanted(peer))
        return true;
    if (cw_account_shortage(peer->account, READ_ROOM) == CW_SHORT_OF_NOTHING)
        return true;
    starve(peer, READ_ROOM);
    return false;
}

void cw_peer_account_out(struct peer *peer)
{
    assert(peer->account != NULL);
    const struct cw_out_queue *out = &peer->out;
    size_t n = cw_out_cost(out), own = cw_out_own(out);
    if (n == peer->out_charged && own == peer->own_charged)
        return;
    cw_ledger_give(peer->net->pools.ledger, peer->own_charged);
    cw_ledger_charge(peer->net->pools.ledger, own);
    peer->own_charged = own;
    if (n > peer->out_charged)
        cw_account_share(peer->account, n - peer->out_charged);
    else
        cw_account_unshare(peer->account, peer->out_charged - n);
    peer->out_charged = n;
    note_age(peer);
}

void cw_peer_account_close(struct peer *peer)
{
    assert(peer->account != NULL);
    leave_starved(peer);
    charge_in(peer, 0);
    cw_account_unshare(peer->account, peer->out_charged);
    cw_ledger_give(peer->net->pools.ledger, peer->own_charged);
    peer->out_charged = peer->own_charged = 0;
    cw_account_release(peer->account);
    peer->account = NULL;
}

/* --- waiting for room, and making it --------------------------------------------- */

static bool pays_with(const struct peer *a, const struct peer *b, enum cw_shortage shortage)
{
    assert(a->account->ledger == b->account->ledger);
    switch (shortage) {
    case CW_SHORT_USER:
        return a->account->user == b->account->user;
    case CW_SHORT_ADDRESS:
        return a->account->address == b->account->address;
    case CW_SHORT_SERVER:
        return true;
    case CW_SHORT_OF_NOTHING:
    case CW_SHORT_CONNECTION:
        break;
    }
    return false;
}

/* Bytes times milliseconds. */
static double burden(const struct peer *peer, uint64_t now_ms)
{
    if (peer->holds_since_ms == 0 || peer->phase >= PHASE_LINGERING)
        return 0;
    assert(peer->holds_since_ms <= now_ms);
    return (double)peer->account->held * (double)(now_ms - peer->holds_since_ms);
}

static bool make_room(struct peer *starved, enum cw_shortage shortage, uint64_t now_ms)
{
    assert(starved->starving != NULL && shortage != CW_SHORT_OF_NOTHING);
    struct cw_net *net = starved->net;
    struct peer *worst = NULL;
    for (size_t i = 0; i < net->slot_count; i++) {
        struct peer *peer = net->slots[i];
        if (peer != NULL && pays_with(peer, starved, shortage) &&
            burden(peer, now_ms) > (worst == NULL ? 0 : burden(worst, now_ms)))
            worst = peer;
    }
    if (worst == NULL)
        return false;
    cw_peer_drop(worst, "holds most of the memory that others wait for");
    return true;
}

/* Closes one at a time: that may make room for the next. */
void cw_peer_on_room_timer(uv_timer_t *timer)
{
    struct cw_net *net = timer->data;
    uint64_t now_ms = cw_net_now_ms(net);
    bool made = false;
    for (struct starving *s = net->starved, *next; s != NULL; s = next) {
        struct peer *peer = s->peer;
        assert(peer->starving == s && s->since_ms <= now_ms);
        enum cw_shortage shortage = cw_account_shortage(peer->account, s->needs);
        next = s->next;
        if (shortage == CW_SHORT_OF_NOTHING || peer->phase >= PHASE_CLOSING) {
            leave_starved(peer);
            cw_peer_account_in(peer); /* which may be too much again */
            peer->resumed = true;
            cw_peer_mark_dirty(peer);
        } else if (!made && now_ms - s->since_ms >= CW_STARVED_MS) {
            made = make_room(peer, shortage, now_ms);
        }
    }
    if (net->starved == NULL)
        uv_timer_stop(timer);
}
