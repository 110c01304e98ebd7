/* net.c - the set of connections, and what others may ask of it. */
#include "net/net.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "net/net_internal.h"

#define SWEEP_MS 1000
/* Taken from epoll at once; what is left wakes the loop again. */
#define EVENTS_MAX 1024
/* Bodies of short texts and answers, kept for the next. */
#define BODY_BLOCK  256
#define BODIES_KEPT 16384

uint64_t cw_net_now_ms(const struct cw_net *net)
{
    return uv_now(net->loop);
}

static struct peer *find(const struct cw_net *net, cw_net_id id)
{
    uint32_t slot = (uint32_t)id;
    if (slot >= net->slot_count || net->slots[slot] == NULL || net->slots[slot]->id != id)
        return NULL;
    return net->slots[slot];
}

/* --- bodies -------------------------------------------------------------------------- */

/* What it takes, the block of its pool included. */
static size_t memory_of(const struct cw_body *body)
{
    size_t n = sizeof *body + (body->lent == NULL ? body->n : 0);
    size_t lent = body->lent == NULL ? 0 : cw_account_size(body->n);
    return cw_account_size(n < BODY_BLOCK ? BODY_BLOCK : n) + lent;
}

/* `whole`: bytes of the message, of which the first n have their room here. */
static struct cw_body *make_body(struct cw_net *net, size_t n, size_t whole)
{
    struct cw_body *body = cw_pool_take(&net->bodies, sizeof *body + n);
    uint8_t header[CW_ZMTP_HEADER_MAX];
    *body = (struct cw_body){.net = net, .references = 1, .n = n};
    size_t header_n = cw_zmtp_message_header(header, whole, true);
    memcpy(body->header + sizeof body->header - header_n, header, header_n);
    body->header_n = (uint8_t)header_n;
    cw_ledger_charge(net->ledger, memory_of(body));
    return body;
}

struct cw_body *cw_body_create(struct cw_net *net, size_t n)
{
    return make_body(net, n, n);
}

struct cw_body *cw_body_create_before(struct cw_net *net, size_t n, struct cw_body *const rest[2])
{
    size_t whole = n + rest[0]->n + (rest[1] == NULL ? 0 : rest[1]->n);
    struct cw_body *body = make_body(net, n, whole);
    body->rest[0] = rest[0];
    body->rest[1] = rest[1];
    return body;
}

struct cw_body *cw_body_lend(struct cw_net *net, struct cw_slice bytes, void *memory)
{
    struct cw_body *body = cw_pool_take(&net->bodies, sizeof *body);
    *body = (struct cw_body){
        .net = net, .references = 1, .n = bytes.n, .lent = bytes.p, .memory = memory};
    cw_ledger_charge(net->ledger, memory_of(body));
    return body;
}

void cw_body_release(struct cw_body *body)
{
    if (--body->references != 0)
        return;
    struct cw_net *net = body->net;
    for (int i = 0; i < 2 && body->rest[i] != NULL; i++)
        cw_body_release(body->rest[i]);
    cw_ledger_give(net->ledger, memory_of(body));
    free(body->memory);
    cw_pool_give(&net->bodies, body, sizeof *body + (body->lent == NULL ? body->n : 0));
}

/* --- live audio --------------------------------------------------------------------------- */

static void wait_with_live(struct peer *peer, bool audio)
{
    struct cw_net *net = peer->net;
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
    const bool scarce = net->ledger->held > net->ledger->max;
    const bool live = lane != CW_NET_MESSAGE;
    const uint8_t flags = envelope ? CW_OUT_ENVELOPE : 0;
    for (size_t i = 0; i < n; i++) {
        struct peer *peer = find(net, ids[i]);
        if (peer == NULL || peer->phase != PHASE_READY)
            continue;
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

void cw_net_probe(struct cw_net *net, cw_net_id id, uint64_t mark)
{
    struct peer *peer = find(net, id);
    if (peer == NULL || peer->phase != PHASE_READY)
        return;
    if (peer->zmtp.peer_minor == 0) {
        cw_peer_watch_probe(peer, mark);
        return;
    }
    struct cw_buf ping = {0};
    cw_zmtp_ping(&ping, CW_PING_TTL_DS, &mark, sizeof mark);
    cw_peer_queue_raw(peer, cw_buf_slice(&ping));
    cw_buf_finish(&ping);
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

void *cw_net_keep(struct cw_net *net, cw_net_id id, struct cw_slice *body)
{
    struct peer *peer = find(net, id);
    return cw_zmtp_keep(&peer->zmtp, body);
}

void cw_net_set_user(struct cw_net *net, cw_net_id id, uint64_t user)
{
    struct peer *peer = find(net, id);
    if (peer == NULL)
        return;
    peer->authenticated = user != 0;
    peer->zmtp.message_max = user != 0 ? CW_VOICE_MESSAGE_MAX : CW_UNAUTHENTICATED_MESSAGE_MAX;
    cw_account_set_user(peer->account, user,
                        user != 0 ? CW_MEMORY_OF_CONN_MAX : CW_MEMORY_OF_STRANGER);
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

void cw_net_flush(struct cw_net *net)
{
    release_live(net);
    while (net->dirty != NULL) {
        struct peer *peer = net->dirty;
        net->dirty = peer->next_dirty;
        peer->dirty = false;
        cw_peer_settle(peer);
    }
}

/* --- listening ---------------------------------------------------------------------------- */

/* Out of descriptors, a waiting connection would wake us for ever: give up the
 * spare one, take the connection and close it. */
static void refuse_one(struct cw_net *net, int listening)
{
    close(net->spare_fd);
    int fd = accept(listening, NULL, NULL);
    if (fd >= 0)
        close(fd);
    net->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    net->handlers.crowded(net->context);
}

static void on_connection(uv_poll_t *poll, int status, int events)
{
    struct listener *listener = poll->data;
    struct cw_net *net = listener->net;
    (void)events;
    for (int i = 0; status == 0 && i < 64; i++) {
        struct sockaddr_storage address;
        socklen_t size = sizeof address;
        int fd =
            accept4(listener->fd, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE))
            refuse_one(net, listener->fd);
        if (fd < 0)
            return;
        if (net->connections >= net->options.connections_max + CW_NET_SPARE)
            close(fd);
        else
            cw_peer_accept(net, fd, (struct sockaddr *)&address);
    }
}

/* "tcp://" in front is how ZeroMQ writes addresses. */
static bool parse_address(const char *text, struct sockaddr_storage *address, socklen_t *size)
{
    char host[64];
    if (strncmp(text, "tcp://", 6) == 0)
        text += 6;
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || (size_t)(colon - text) >= sizeof host)
        return false;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = 0;
    char *end;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (colon[1] < '0' || colon[1] > '9' || *end != 0 || port > 65535)
        return false;
    size_t n = strlen(host);
    if (host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = 0;
        *size = sizeof(struct sockaddr_in6);
        return uv_ip6_addr(host + 1, (int)port, (struct sockaddr_in6 *)address) == 0;
    }
    *size = sizeof(struct sockaddr_in);
    return uv_ip4_addr(strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, (int)port,
                       (struct sockaddr_in *)address) == 0;
}

static bool is_loopback(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
    return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
}

bool cw_net_address_good(const char *text)
{
    struct sockaddr_storage address = {0};
    socklen_t size;
    return parse_address(text, &address, &size);
}

bool cw_net_address_is_loopback(const char *text)
{
    struct sockaddr_storage address = {0};
    socklen_t size;
    return parse_address(text, &address, &size) && is_loopback(&address);
}

static int open_listener(const struct sockaddr_storage *address, socklen_t size)
{
    int on = 1;
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)address, size) == 0 && listen(fd, 1024) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static void name_address(int fd, char text[64])
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    char host[48];
    getsockname(fd, (struct sockaddr *)&address, &size);
    if (address.ss_family == AF_INET6) {
        uv_ip6_name((struct sockaddr_in6 *)&address, host, sizeof host);
        snprintf(text, 64, "[%s]:%u", host, ntohs(((struct sockaddr_in6 *)&address)->sin6_port));
    } else {
        uv_ip4_name((struct sockaddr_in *)&address, host, sizeof host);
        snprintf(text, 64, "%s:%u", host, ntohs(((struct sockaddr_in *)&address)->sin_port));
    }
}

bool cw_net_listen_zmtp(struct cw_net *net, const char *text, char bound[64], char error[256])
{
    struct sockaddr_storage address = {0};
    socklen_t size = 0;
    if (!parse_address(text, &address, &size)) {
        snprintf(error, 256, "'%s' is no address to listen at: write HOST:PORT, as 127.0.0.1:4242",
                 text);
        return false;
    }
    int fd = open_listener(&address, size);
    if (fd < 0) {
        snprintf(error, 256, "cannot listen at %s: %s%s", text, strerror(errno),
                 errno == EADDRINUSE ? " (is another server running?)" : "");
        return false;
    }
    struct listener *listener = cw_alloc_zero(sizeof *listener);
    listener->net = net;
    listener->fd = fd;
    listener->next = net->listeners;
    net->listeners = listener;
    uv_poll_init_socket(net->loop, &listener->poll, fd);
    net->handles++;
    listener->poll.data = listener;
    uv_poll_start(&listener->poll, UV_READABLE, on_connection);
    name_address(fd, bound);
    return true;
}

/* --- sockets -------------------------------------------------------------------------------- */

static void free_gone(struct cw_net *net)
{
    while (net->gone != NULL) {
        struct peer *peer = net->gone;
        net->gone = peer->next_dirty;
        free(peer);
    }
}

/* By ids: what happens to one connection may end another whose event comes after it. */
static void on_sockets(uv_poll_t *poll, int status, int events)
{
    struct cw_net *net = poll->data;
    struct epoll_event ready[EVENTS_MAX];
    (void)status;
    (void)events;
    free_gone(net);
    int n = epoll_wait(net->epoll, ready, EVENTS_MAX, 0);
    for (int i = 0; i < n; i++) {
        struct peer *peer = find(net, ready[i].data.u64);
        if (peer != NULL)
            cw_peer_on_events(peer, ready[i].events);
    }
}

/* --- beginning and end ------------------------------------------------------------------------ */

/* What many small blocks have left lies between blocks that live on: without this the
 * C library keeps it. */
static void trim(struct cw_net *net)
{
    struct cw_ledger *ledger = net->ledger;
    if (ledger->peak < CW_TRIM_BYTES || ledger->held > ledger->peak / 2)
        return;
    ledger->peak = ledger->held;
    cw_pool_finish(&net->bodies);
    cw_pool_finish(&net->rings.small);
    cw_pool_finish(&net->rings.large);
    malloc_trim(0);
}

static void on_sweep(uv_timer_t *timer)
{
    struct cw_net *net = timer->data;
    uint64_t now_ms = cw_net_now_ms(net);
    for (size_t i = 0; i < net->slot_count; i++)
        if (net->slots[i] != NULL)
            cw_peer_check(net->slots[i], now_ms);
    trim(net);
}

struct cw_net *cw_net_create(uv_loop_t *loop, const struct cw_net_options *options,
                             const struct cw_net_handlers *handlers, void *context)
{
    struct cw_net *net = cw_alloc_zero(sizeof *net);
    net->loop = loop;
    net->handlers = *handlers;
    net->context = context;
    net->options = *options;
    net->bodies = (struct cw_pool){.block_size = BODY_BLOCK, .kept_max = BODIES_KEPT};
    cw_out_rings_init(&net->rings);
    net->scratch = cw_alloc(CW_OUT_SCRATCH);
    net->chunk = cw_alloc(CW_READ_CHUNK);
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
    net->sweep.data = net->probes.data = net->live_timer.data = net->room.data = net;
    net->poll.data = net;
    net->handles = 5;
    net->ledger = options->ledger;
    net->last_starved = &net->starved;
    for (int i = 0; i < CW_PROBE_LEVELS; i++)
        net->last_probed[i] = &net->probed[i];
    uv_timer_start(&net->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    return net;
}

void cw_net_handle_closed(struct cw_net *net)
{
    if (--net->handles != 0 || !net->destroyed)
        return;
    free_gone(net);
    close(net->epoll);
    free(net->slots);
    free(net->generations);
    free(net->free_slots);
    free(net->live);
    free(net->scratch);
    cw_pool_finish(&net->bodies);
    cw_out_rings_finish(&net->rings);
    free(net->chunk);
    close(net->spare_fd);
    free(net);
}

static void handle_closed(uv_handle_t *handle)
{
    cw_net_handle_closed(handle->data);
}

static void listener_closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;
    struct cw_net *net = listener->net;
    free(listener);
    cw_net_handle_closed(net);
}

void cw_net_destroy(struct cw_net *net)
{
    if (net == NULL)
        return;
    net->destroyed = true;
    for (size_t i = 0; i < net->slot_count; i++)
        if (net->slots[i] != NULL)
            cw_peer_free(net->slots[i]);
    for (struct listener *l = net->listeners, *next; l != NULL; l = next) {
        next = l->next;
        uv_poll_stop(&l->poll);
        close(l->fd);
        uv_close((uv_handle_t *)&l->poll, listener_closed);
    }
    uv_poll_stop(&net->poll);
    uv_close((uv_handle_t *)&net->poll, handle_closed);
    uv_close((uv_handle_t *)&net->sweep, handle_closed);
    uv_close((uv_handle_t *)&net->probes, handle_closed);
    uv_close((uv_handle_t *)&net->live_timer, handle_closed);
    uv_close((uv_handle_t *)&net->room, handle_closed);
}
