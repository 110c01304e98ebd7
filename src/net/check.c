/* check.c - checks the invariants of the net's tables between two ticks, just after cw_net_flush.
 *
 * Lists and counts agree, two-way pointers agree, every byte in memory is charged, and every
 * waiting connection has an event that wakes it. Ends the process if an invariant is broken;
 * changes nothing.
 *
 * Caller: tests after each step, and a server that was built with -Dcheck=true. */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "net/net_internal.h"

/* Counts over all slots, which are compared with the lists. */
struct totals {
    size_t connections, dirty, probing, starving, waiting, live_waits;
    size_t by_transport[CW_TRANSPORTS];
    size_t charged; /* bytes that the ledger has for input and queues */
};

static bool is_timed(const uv_timer_t *timer)
{
    return uv_is_active((const uv_handle_t *)timer) != 0;
}

static bool is_in_slots(const struct cw_net *net, const struct peer *peer)
{
    return (uint32_t)peer->id < net->slot_count && net->slots[(uint32_t)peer->id] == peer;
}

/* --- one connection ----------------------------------------------------------------- */

/* Adds the bytes that wait in the lane, and those of them that do not count against a slow
 * reader. */
static void check_lane(const struct cw_out_queue *queue, const struct cw_out_lane *lane,
                       size_t *bytes, size_t *aside)
{
    assert(lane->count <= lane->capacity && (lane->capacity & (lane->capacity - 1)) == 0);
    assert((lane->ring != NULL) == (lane->capacity != 0));
    for (uint32_t i = 0; i < lane->count; i++) {
        const struct cw_out_entry *entry = &lane->ring[(lane->first + i) & (lane->capacity - 1)];
        assert(entry->body->references > 0);
        *bytes += entry->body->whole;
        *aside += lane == &queue->live ? entry->body->whole : cw_out_recorded(entry->body);
    }
}

static void check_queue(const struct cw_out_queue *queue)
{
    size_t bytes = 0, aside = 0;
    check_lane(queue, &queue->messages, &bytes, &aside);
    check_lane(queue, &queue->live, &bytes, &aside);
    if (queue->files != NULL) {
        check_lane(queue, &queue->files->lane, &bytes, &aside);
        assert(queue->files->lane.count != 0 && queue->files->others <= queue->files->lane.count);
    }
    if (queue->sealed != NULL) {
        assert(queue->sealed->sent < queue->sealed->n);
        bytes += queue->sealed->n - queue->sealed->sent;
    }
    assert(queue->bytes == bytes && queue->aside == aside);
    assert((queue->partial != CW_OUT_NONE) == (queue->partial_sent != 0 || queue->slicing));
    assert(queue->partial != CW_OUT_LIVE || queue->live.count != 0);
    assert(queue->partial != CW_OUT_MESSAGES || queue->messages.count != 0);
    assert(queue->partial != CW_OUT_FILES || queue->files != NULL);
}

/* Memory for the connection is charged. The account has more: requests and kept messages. */
static void check_charges(const struct peer *peer)
{
    const struct cw_account *account = peer->account;
    assert(account->references > 0);
    assert(account->held >= peer->in_charged + peer->out_charged);
    assert(account->address->held >= account->held);
    assert(account->user == NULL || account->user->held >= account->held);
    assert(peer->in_charged >=
           cw_account_size(peer->framer->partial.capacity) + cw_account_size(peer->held.capacity));
    if (!peer->live_waits) /* else the queue is charged at the next flush */
        assert(peer->out_charged == cw_out_cost(&peer->out) &&
               peer->own_charged == cw_out_own(&peer->out));
}

/* The socket is read unless reading is stopped, and a queue that is not empty will be written. */
static void check_watched(const struct peer *peer)
{
    bool reads = !cw_peer_stopped(peer) && peer->phase != PHASE_CLOSING;
    assert(((peer->polled & EPOLLIN) != 0) == reads);
    assert((peer->blocked || peer->draining) == ((peer->polled & EPOLLOUT) != 0));
    if (peer->phase < PHASE_LINGERING)
        assert(peer->blocked || peer->draining || peer->live_waits || peer->turn != NULL ||
               cw_out_is_empty(&peer->out));
    assert(!peer->choked || peer->phase >= PHASE_CLOSING || !cw_out_is_empty(&peer->out));
    assert(!peer->full || peer->phase != PHASE_READY || !cw_out_is_empty(&peer->out));
}

static void check_peer(const struct cw_net *net, const struct peer *peer)
{
    assert(peer->net == net && peer->id >> 32 == net->generations[(uint32_t)peer->id]);
    assert(peer->phase <= PHASE_LINGERING);
    /* Behind a proxy its address comes first. */
    assert(peer->told ? peer->phase < PHASE_CLOSING : peer->phase != PHASE_READY);
    assert(peer->phase != PHASE_HANDSHAKE || peer->probe == NULL);
    assert(peer->held.n == 0 || cw_peer_stopped(peer) || peer->phase >= PHASE_CLOSING);
    if (peer->phase == PHASE_READY) {
        assert(peer->proves == peer->framer->proves_receipt);
        assert(net->due_s[(uint32_t)peer->id] == 0 || peer->live_waits || cw_peer_is_quiet(peer));
        assert(peer->begun == cw_framer_has_begun(peer->framer));
    }
    check_queue(&peer->out);
    check_charges(peer);
    check_watched(peer);
}

static void check_slots(const struct cw_net *net, struct totals *totals)
{
    for (size_t i = 0; i < net->slot_count; i++) {
        const struct peer *peer = net->slots[i];
        if (peer == NULL)
            continue;
        assert((uint32_t)peer->id == i);
        check_peer(net, peer);
        totals->connections++;
        totals->by_transport[net->slots[i]->transport]++;
        totals->dirty += peer->dirty;
        totals->probing += peer->probe != NULL;
        totals->starving += peer->starving != NULL;
        totals->waiting += peer->turn != NULL;
        totals->live_waits += peer->live_waits;
        totals->charged += peer->in_charged + peer->own_charged;
    }
    assert(net->connections == totals->connections);
    assert(memcmp(net->by_transport, totals->by_transport, sizeof net->by_transport) == 0);
}

/* --- lists -------------------------------------------------------------------------- */

/* The list has each slot without a connection once. */
static void check_free_slots(const struct cw_net *net)
{
    bool *is_free = cw_alloc_zero(net->slot_count + 1);
    assert(net->free_count + net->connections == net->slot_count);
    for (size_t i = 0; i < net->free_count; i++) {
        uint32_t slot = net->free_slots[i];
        assert(slot < net->slot_count && net->slots[slot] == NULL && !is_free[slot]);
        is_free[slot] = true;
    }
    free(is_free);
}

/* Checks the list of one interval; returns how many are in it. */
static size_t check_probed(const struct cw_net *net, int level)
{
    struct probe *const *link = &net->probed[level];
    size_t count = 0;
    for (const struct probe *probe = *link; probe != NULL; probe = *link, count++) {
        assert(probe->link == link && probe->peer->probe == probe);
        assert(is_in_slots(net, probe->peer));
        assert(probe->level == level && probe->mark != 0);
        assert(probe->next == NULL || probe->due_ms <= probe->next->due_ms);
        link = &probe->next;
    }
    assert(net->last_probed[level] == link);
    assert(count == 0 || is_timed(&net->probes));
    return count;
}

static size_t check_starved(const struct cw_net *net)
{
    struct starving *const *link = &net->starved;
    size_t count = 0;
    for (const struct starving *s = *link; s != NULL; s = *link, count++) {
        assert(s->link == link && s->peer->starving == s);
        assert(is_in_slots(net, s->peer) && s->needs != 0);
        assert(s->next == NULL || s->since_ms <= s->next->since_ms);
        link = &s->next;
    }
    assert(net->last_starved == link);
    assert(count == 0 || is_timed(&net->room));
    return count;
}

static size_t check_waiting(const struct cw_net *net)
{
    struct turn *const *link = &net->waiting;
    size_t count = 0;
    for (const struct turn *turn = *link; turn != NULL; turn = *link, count++) {
        assert(turn->link == link && turn->peer->turn == turn);
        assert(is_in_slots(net, turn->peer));
        link = &turn->next;
    }
    assert(net->last_waiting == link);
    assert(count == 0 || net->seal_left == 0);
    assert(net->seal_left == CW_SEAL_PER_TICK || uv_is_active((const uv_handle_t *)&net->tick));
    return count;
}

/* The list may still have ids of closed connections. */
static size_t check_live(const struct cw_net *net)
{
    size_t count = 0;
    assert(net->live_count <= net->live_capacity);
    assert(net->live_count == 0 || is_timed(&net->live_timer));
    for (size_t i = 0; i < net->live_count; i++) {
        uint32_t slot = (uint32_t)net->live[i];
        assert(slot < net->slot_count);
        const struct peer *peer = net->slots[slot];
        if (peer == NULL || peer->id != net->live[i])
            continue;
        assert(peer->live_waits);
        count++;
    }
    return count;
}

void cw_net_check(const struct cw_net *net)
{
    struct totals totals = {0};
    size_t probing = 0;
    check_slots(net, &totals);
    check_free_slots(net);
    for (int level = 0; level < CW_PROBE_LEVELS; level++)
        probing += check_probed(net, level);
    assert(probing == totals.probing);
    assert(check_starved(net) == totals.starving);
    assert(check_waiting(net) == totals.waiting);
    assert(check_live(net) == totals.live_waits);
    assert(net->dirty == NULL && totals.dirty == 0);
    assert(net->pools.ledger->held >= totals.charged);
}
