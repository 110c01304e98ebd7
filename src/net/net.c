/* net.c - the set of connections, and the functions of net.h. */
#include "net/net.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "net/net_internal.h"

#define SWEEP_MS 1000
/* Events taken from epoll in one call; the rest wakes the loop again. */
#define EVENTS_MAX  1024
#define BODIES_KEPT 16384

static struct peer *find(const struct cw_net *net, cw_net_id id)
{
    uint32_t slot = (uint32_t)id;
    if (slot >= net->slot_count || net->slots[slot] == NULL || net->slots[slot]->id != id)
        return NULL;
    return net->slots[slot];
}

/* --- live audio --------------------------------------------------------------------------- */

/* Too much is under way to a listener for audio to be added. */
static bool is_behind(struct peer *peer, uint32_t now_ms)
{
    struct cw_tcp_sight sight;
    if (peer->listens && cw_behind_is_due(&peer->behind, now_ms) && cw_tcp_look(peer->fd, &sight))
        cw_behind_look(&peer->behind, &sight, now_ms);
    return peer->behind.is;
}

static void wait_with_live(struct peer *peer, bool audio)
{
    struct cw_net *net = peer->net;
    assert(peer->phase == PHASE_READY);
    if (audio && !peer->listens)
        cw_peer_begin_live(peer);
    if (peer->live_waits)
        return;
    peer->live_waits = true;
    if (net->live_count == net->live_capacity) {
        net->live_capacity = net->live_capacity * 2 + 64;
        net->live = cw_realloc(net->live, net->live_capacity * sizeof *net->live);
    }
    net->live[net->live_count++] = peer->id;
}

/* It wakes the loop, which then flushes. */
static void on_live_timer(uv_timer_t *timer)
{
    (void)timer;
}

/* All listeners together, so that frames of several speakers share a send. A
 * lone frame leaves at once. */
static void release_live(struct cw_net *net)
{
    uint64_t now_ms = cw_net_now_ms(net);
    uint64_t due_ms = net->live_flushed_ms + CW_LIVE_FLUSH_MS;
    if (net->live_count == 0)
        return;
    if (now_ms < due_ms) {
        if (!uv_is_active((uv_handle_t *)&net->live_timer))
            uv_timer_start(&net->live_timer, on_live_timer, due_ms - now_ms, 0);
        return;
    }
    for (size_t i = 0; i < net->live_count; i++) {
        struct peer *peer = find(net, net->live[i]);
        if (peer == NULL)
            continue;
        assert(peer->live_waits);
        peer->live_waits = false;
        cw_peer_mark_dirty(peer);
    }
    net->live_count = 0;
    net->live_flushed_ms = now_ms;
}

/* --- what is asked of one connection ---------------------------------------------------- */

void cw_net_send(struct cw_net *net, const cw_net_id ids[], size_t n, struct cw_body *body,
                 bool envelope, enum cw_net_lane lane)
{
    const uint64_t now_ms = cw_net_now_ms(net);
    const bool scarce = net->pools.ledger->held > net->pools.ledger->max;
    const bool live = lane == CW_NET_LIVE || lane == CW_NET_AUDIO;
    const uint8_t flags =
        (envelope ? CW_OUT_ENVELOPE : 0) | (lane == CW_NET_PIECE    ? CW_OUT_PIECE
                                            : lane == CW_NET_ANSWER ? CW_OUT_ANSWER
                                                                    : 0);
    assert(body->references > 0 && body->pools == &net->pools);
    for (size_t i = 0; i < n; i++) {
        struct peer *peer = find(net, ids[i]);
        if (peer == NULL || peer->phase != PHASE_READY)
            continue;
        if (lane == CW_NET_AUDIO && is_behind(peer, (uint32_t)now_ms)) {
            net->pools.late++;
            continue;
        }
        if (scarce && peer->out.bytes > CW_OUT_QUEUE_MAX) {
            cw_peer_begin_close(peer, "too slow while memory is short");
            continue;
        }
        body->references++;
        cw_peer_queue(peer, body, flags, live, now_ms);
        if (live)
            wait_with_live(peer, lane == CW_NET_AUDIO);
        else
            cw_peer_mark_dirty(peer);
    }
}

bool cw_net_answer(struct cw_net *net, cw_net_id id, const struct cw_http_answer *answer)
{
    struct peer *peer = find(net, id);
    struct cw_buf out = {0};
    if (peer == NULL || !peer->posted || peer->phase != PHASE_HANDSHAKE)
        return false;
    peer->posted = false;
    peer->waits_since_ms = cw_net_now_ms(net);
    bool closes = cw_framer_answer(peer->framer, answer, &out);
    cw_peer_queue_raw(peer, cw_buf_slice(&out));
    cw_buf_finish(&out);
    if (closes)
        cw_peer_begin_close(peer, NULL);
    else
        cw_net_hold(net, id, false);
    return true;
}

void cw_net_put(struct cw_net *net, cw_net_id id, struct cw_slice bytes)
{
    struct peer *peer = find(net, id);
    if (peer == NULL || peer->phase != PHASE_HANDSHAKE)
        return;
    assert(peer->serves);
    cw_peer_queue_raw(peer, bytes);
}

void cw_net_answered(struct cw_net *net, cw_net_id id, bool closes)
{
    struct peer *peer = find(net, id);
    if (peer == NULL || peer->phase != PHASE_HANDSHAKE)
        return;
    assert(peer->serves);
    peer->serves = false;
    peer->waits_since_ms = cw_net_now_ms(net);
    if (closes)
        cw_peer_begin_close(peer, NULL);
    else
        cw_net_hold(net, id, false);
}

void cw_net_probe(struct cw_net *net, cw_net_id id, uint64_t mark)
{
    struct peer *peer = find(net, id);
    assert(mark != 0); /* as which cw_peer_ask knows a sign of life */
    if (peer == NULL || peer->phase != PHASE_READY)
        return;
    if (peer->proves)
        cw_peer_ask(peer, mark);
    else
        cw_peer_watch_probe(peer, mark);
}

void cw_net_close(struct cw_net *net, cw_net_id id, const char *reason)
{
    struct peer *peer = find(net, id);
    if (peer != NULL)
        cw_peer_begin_close(peer, reason);
}

void cw_net_drop(struct cw_net *net, cw_net_id id, const char *reason)
{
    struct peer *peer = find(net, id);
    if (peer != NULL)
        cw_peer_drop(peer, reason);
}

void cw_net_close_all(struct cw_net *net, const char *reason)
{
    for (size_t i = 0; i < net->slot_count; i++)
        if (net->slots[i] != NULL)
            cw_peer_begin_close(net->slots[i], reason);
}

void cw_net_set_times(struct cw_net *net, uint64_t frame_window_ms, uint64_t ping_idle_ms)
{
    assert(ping_idle_ms <= CW_PING_IDLE_MS);
    net->options.frame_window_ms = frame_window_ms;
    net->options.ping_idle_ms = ping_idle_ms;
}

void cw_net_stop_input(struct cw_net *net)
{
    net->deaf = true;
    cw_listeners_stop(net);
    for (size_t i = 0; i < net->slot_count; i++)
        if (net->slots[i] != NULL)
            cw_peer_mark_dirty(net->slots[i]);
}

void cw_net_read(struct cw_net *net, cw_net_id id, bool on)
{
    struct peer *peer = find(net, id);
    if (peer == NULL)
        return;
    peer->paused = !on;
    peer->resumed = on;
    cw_peer_mark_dirty(peer);
}

void cw_net_hold(struct cw_net *net, cw_net_id id, bool hold)
{
    struct peer *peer = find(net, id);
    if (peer == NULL)
        return;
    peer->on_hold = hold;
    peer->resumed = !hold;
    cw_peer_mark_dirty(peer);
}

struct cw_owned cw_net_keep(struct cw_net *net, cw_net_id id, struct cw_slice body)
{
    struct peer *peer = find(net, id);
    assert(peer != NULL && peer->on_hold);
    return cw_framer_keep(peer->framer, body);
}

void cw_net_set_user(struct cw_net *net, cw_net_id id, uint64_t user)
{
    struct peer *peer = find(net, id);
    if (peer == NULL)
        return;
    peer->authenticated = user != 0;
    peer->framer->message_max = user != 0 ? CW_VOICE_MESSAGE_MAX : CW_UNAUTHENTICATED_MESSAGE_MAX;
    cw_account_set_user(peer->account, user,
                        user != 0 ? CW_MEMORY_OF_CONN_MAX : CW_MEMORY_OF_STRANGER);
}

void cw_net_set_label(struct cw_net *net, cw_net_id id, uint8_t label)
{
    struct peer *peer = find(net, id);
    if (peer != NULL)
        peer->label = label;
}

uint8_t cw_net_label(struct cw_net *net, cw_net_id id)
{
    const struct peer *peer = find(net, id);
    return peer == NULL ? 0 : peer->label;
}

struct cw_account *cw_net_account(struct cw_net *net, cw_net_id id)
{
    struct peer *peer = find(net, id);
    return peer == NULL ? NULL : peer->account;
}

void cw_net_host(struct cw_net *net, cw_net_id id, char host[CW_NET_HOST_MAX])
{
    const struct peer *peer = find(net, id);
    host[0] = '?';
    host[1] = '\0';
    if (peer != NULL)
        cw_peer_describe(peer, host);
}

static void settle_dirty(struct cw_net *net)
{
    while (net->dirty != NULL) {
        struct peer *peer = net->dirty;
        assert(peer->dirty);
        net->dirty = peer->next_dirty;
        peer->dirty = false;
        cw_peer_settle(peer);
    }
}

void cw_net_flush(struct cw_net *net)
{
    release_live(net);
    settle_dirty(net);
    for (struct peer *peer; (peer = cw_net_next_turn(net)) != NULL;) {
        cw_peer_mark_dirty(peer);
        settle_dirty(net);
    }
}

/* --- sockets -------------------------------------------------------------------------------- */

/* By ids: the event of one connection may close another whose event follows. */
static void on_sockets(uv_poll_t *poll, int status, int events)
{
    struct cw_net *net = poll->data;
    struct epoll_event ready[EVENTS_MAX];
    (void)status;
    (void)events;
    int n = epoll_wait(net->epoll, ready, EVENTS_MAX, 0);
    for (int i = 0; i < n; i++) {
        struct peer *peer = find(net, ready[i].data.u64);
        if (peer != NULL)
            cw_peer_on_events(peer, ready[i].events);
    }
}

/* --- beginning and end ------------------------------------------------------------------------ */

/* Freed small blocks lie between blocks in use: without this call the C library keeps their
 * memory. */
static void trim(struct cw_net *net)
{
    struct cw_ledger *ledger = net->pools.ledger;
    assert(ledger->held <= ledger->peak);
    if (ledger->peak < CW_TRIM_BYTES || ledger->held > ledger->peak / 2)
        return;
    ledger->peak = ledger->held;
    cw_pool_finish(&net->pools.bodies);
    cw_pool_finish(&net->pools.rings.small);
    cw_pool_finish(&net->pools.rings.large);
    malloc_trim(0);
}

static void on_sweep(uv_timer_t *timer)
{
    struct cw_net *net = timer->data;
    uint64_t now_ms = cw_net_now_ms(net);
    for (size_t i = 0; i < net->slot_count; i++)
        if (net->slots[i] != NULL && net->due_s[i] <= now_ms / 1000)
            cw_peer_check(net->slots[i], now_ms);
    trim(net);
}

struct cw_net *cw_net_create(uv_loop_t *loop, const struct cw_net_options *options,
                             const struct cw_net_handlers *handlers, void *context)
{
    struct cw_net *net = cw_alloc_zero(sizeof *net);
    assert(options->ledger != NULL && options->ping_idle_ms <= CW_PING_IDLE_MS);
    net->loop = loop;
    net->handlers = *handlers;
    net->context = context;
    net->options = *options;
    net->pools.bodies = (struct cw_pool){.block_size = CW_BODY_BLOCK, .kept_max = BODIES_KEPT};
    cw_out_rings_init(&net->pools.rings);
    cw_out_scratch_init(&net->scratch);
    net->chunk = cw_alloc(CW_READ_CHUNK);
    net->nameless = cw_alloc(CW_UNAUTHENTICATED_MAX * sizeof *net->nameless);
    net->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    net->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (net->epoll < 0)
        abort(); /* at the start: nothing works without it */
    uv_poll_init(loop, &net->poll, net->epoll);
    uv_poll_start(&net->poll, UV_READABLE, on_sockets);
    uv_timer_init(loop, &net->sweep);
    uv_timer_init(loop, &net->probes);
    uv_timer_init(loop, &net->live_timer);
    uv_timer_init(loop, &net->room);
    uv_idle_init(loop, &net->tick);
    net->tick.data = net;
    net->seal_left = CW_SEAL_PER_TICK;
    net->sweep.data = net->probes.data = net->live_timer.data = net->room.data = net;
    net->poll.data = net;
    net->handles = 6;
    net->pools.ledger = options->ledger;
    net->last_starved = &net->starved;
    net->last_waiting = &net->waiting;
    for (int i = 0; i < CW_PROBE_LEVELS; i++)
        net->last_probed[i] = &net->probed[i];
    uv_timer_start(&net->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    return net;
}

/* Frees the rest, when libuv has closed the last handle. */
static void handle_closed(uv_handle_t *handle)
{
    struct cw_net *net = handle->data;
    assert(net->handles > 0);
    if (--net->handles != 0)
        return;
    cw_listeners_free(net);
    close(net->epoll);
    free(net->slots);
    free(net->generations);
    free(net->due_s);
    free(net->free_slots);
    free(net->live);
    free(net->nameless);
    cw_out_scratch_finish(&net->scratch);
    cw_pool_finish(&net->pools.bodies);
    cw_out_rings_finish(&net->pools.rings);
    free(net->chunk);
    close(net->spare_fd);
    free(net);
}

struct cw_net_stats cw_net_stats(const struct cw_net *net)
{
    struct cw_net_stats stats = {.accepted = net->accepted,
                                 .bytes_in = net->bytes_in,
                                 .bytes_out = net->bytes_out,
                                 .late = net->pools.late};
    memcpy(stats.by_transport, net->by_transport, sizeof stats.by_transport);
    return stats;
}

struct cw_net_pools *cw_net_pools(struct cw_net *net)
{
    return &net->pools;
}

void cw_net_destroy(struct cw_net *net)
{
    if (net == NULL)
        return;
    for (size_t i = 0; i < net->slot_count; i++)
        if (net->slots[i] != NULL)
            cw_peer_free(net->slots[i]);
    assert(net->connections == 0 && net->starved == NULL && net->waiting == NULL);
    cw_listeners_close(net, handle_closed);
    uv_poll_stop(&net->poll);
    uv_close((uv_handle_t *)&net->poll, handle_closed);
    uv_close((uv_handle_t *)&net->sweep, handle_closed);
    uv_close((uv_handle_t *)&net->probes, handle_closed);
    uv_close((uv_handle_t *)&net->live_timer, handle_closed);
    uv_close((uv_handle_t *)&net->room, handle_closed);
    uv_close((uv_handle_t *)&net->tick, handle_closed);
}
