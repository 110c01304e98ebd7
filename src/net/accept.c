/* accept.c - how a connection begins: its socket's options, its place, its address. */
#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "net/net_internal.h"

void cw_peer_describe(const struct peer *peer, char host[CW_NET_HOST_MAX])
{
    assert(peer->address_n == 4 || peer->address_n == 8);
    uv_inet_ntop(peer->address_n == 4 ? AF_INET : AF_INET6, peer->address, host, CW_NET_HOST_MAX);
}

/* `bytes`: 4, or 16 of IPv6, which may be a mapped IPv4 address. */
static void set_address(struct peer *peer, struct cw_slice bytes)
{
    struct in6_addr in6;
    if (bytes.n == sizeof in6) {
        memcpy(&in6, bytes.p, sizeof in6);
        if (IN6_IS_ADDR_V4MAPPED(&in6)) /* of a listener for IPv4 and IPv6 */
            bytes = cw_slice_of(bytes.p + 12, 4);
    }
    assert(bytes.n == 4 || bytes.n == sizeof in6);
    memcpy(peer->address, bytes.p, bytes.n);
    if (bytes.n == 4) {
        peer->address_n = 4;
        peer->loopback = peer->address[0] == 127;
    } else {
        peer->address_n = 8; /* a /64 belongs to one household */
        peer->loopback = IN6_IS_ADDR_LOOPBACK(&in6);
    }
}

static struct cw_slice bytes_of(const struct sockaddr *address)
{
    const void *any = address;
    const struct sockaddr_in *in = any;
    const struct sockaddr_in6 *in6 = any;
    return address->sa_family == AF_INET ? cw_slice_of(&in->sin_addr, sizeof in->sin_addr)
                                         : cw_slice_of(&in6->sin6_addr, sizeof in6->sin6_addr);
}

static void set_socket_options(int fd)
{
    int on = 1;
    unsigned stall_ms = CW_WRITE_STALL_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stall_ms, sizeof stall_ms);
}

/* tcp(7): `send` and poll refuse while so many bytes are unsent. Where the option is not supported,
 * audio is late after a stall, and nothing else is affected. */
void cw_peer_begin_live(struct peer *peer)
{
    assert(!peer->listens);
    int unsent = 1; /* 0 would be the system's default */
    peer->listens = true;
    cw_peer_set_due(peer);
    setsockopt(peer->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

static void take_slot(struct peer *peer)
{
    struct cw_net *net = peer->net;
    if (net->free_count == 0) {
        size_t count = net->slot_count == 0 ? 64 : net->slot_count * 2;
        net->slots = cw_realloc(net->slots, count * sizeof *net->slots);
        net->generations = cw_realloc(net->generations, count * sizeof *net->generations);
        net->due_s = cw_realloc(net->due_s, count * sizeof *net->due_s);
        net->free_slots = cw_realloc(net->free_slots, count * sizeof *net->free_slots);
        for (size_t i = count; i-- > net->slot_count;) {
            net->slots[i] = NULL;
            net->generations[i] = 0;
            net->free_slots[net->free_count++] = (uint32_t)i;
        }
        net->slot_count = count;
    }
    uint32_t slot = net->free_slots[--net->free_count];
    assert(slot < net->slot_count && net->slots[slot] == NULL);
    net->slots[slot] = peer;
    net->due_s[slot] = 0;
    peer->id = (uint64_t)++net->generations[slot] << 32 | slot;
    net->connections++;
    net->accepted++;
    net->by_transport[peer->transport]++;
}

void cw_peer_count_transport(struct peer *peer)
{
    struct cw_net *net = peer->net;
    net->by_transport[peer->transport]--;
    peer->transport = (uint8_t)cw_framer_transport(peer->framer);
    net->by_transport[peer->transport]++;
}

static void open_account(struct peer *peer)
{
    peer->account =
        cw_account_open(peer->net->pools.ledger, cw_slice_of(peer->address, peer->address_n),
                        CW_MEMORY_OF_STRANGER);
}

/* Counts the connection, before anything is computed or allocated for its protocol. */
static bool has_share(struct peer *peer)
{
    struct cw_net *net = peer->net;
    return !peer->shares ||
           cw_begun_add(&net->begun, net->pools.ledger->payers.seed,
                        cw_slice_of(peer->address, peer->address_n), cw_net_now_ms(net) / 1000);
}

/* Reports the connection to the handlers: the peer's address is known. */
static void introduce(struct peer *peer)
{
    assert(!peer->told);
    struct cw_net *net = peer->net;
    if (!has_share(peer)) {
        cw_peer_begin_close(peer, "too many connections from this address in one second");
        return;
    }
    struct cw_net_peer about = {.address = cw_slice_of(peer->address, peer->address_n),
                                .loopback = peer->loopback,
                                .account = peer->account};
    peer->told = true;
    net->handlers.opened(net->context, peer->id, &about);
}

bool cw_peer_turn_nameless_away(struct cw_net *net)
{
    while (net->nameless_count != 0) {
        cw_net_id id = net->nameless[net->nameless_first];
        struct peer *peer = net->slots[(uint32_t)id];
        net->nameless_first = (net->nameless_first + 1) % CW_UNAUTHENTICATED_MAX;
        net->nameless_count--;
        if (peer == NULL || peer->id != id || peer->told)
            continue;
        cw_peer_drop(peer, "too many connections without a client's address from their proxy");
        return true;
    }
    return false;
}

static void await_address(struct peer *peer)
{
    struct cw_net *net = peer->net;
    if (net->nameless_count == CW_UNAUTHENTICATED_MAX)
        cw_peer_turn_nameless_away(net);
    size_t end = (net->nameless_first + net->nameless_count++) % CW_UNAUTHENTICATED_MAX;
    net->nameless[end] = peer->id;
}

void cw_peer_accept(struct cw_net *net, const struct cw_port *port, int fd,
                    const struct sockaddr *address)
{
    struct peer *peer = cw_alloc_zero(sizeof *peer);
    assert(fd >= 0 && net->connections < net->options.connections_max + CW_NET_SPARE);
    peer->net = net;
    peer->fd = fd;
    peer->shares = port->shares;
    set_address(peer, bytes_of(address));
    set_socket_options(fd);
    peer->waits_since_ms = peer->received_ms = peer->progress_ms = cw_net_now_ms(net);
    peer->framer = cw_port_create(port, CW_UNAUTHENTICATED_MESSAGE_MAX);
    open_account(peer);
    take_slot(peer);
    cw_peer_mark_dirty(peer); /* then it is watched */
    if (port->proxy_header || port->forwarded)
        await_address(peer);
    else
        introduce(peer);
}

/* From now on limits and memory count for the client's address, not for the proxy's. The address is
 * empty when the connection is the proxy's own (a health check). */
void cw_peer_take_address(struct peer *peer, struct cw_slice address)
{
    if (address.n != 0) {
        cw_peer_account_close(peer);
        set_address(peer, address);
        open_account(peer);
    }
    introduce(peer);
}

bool cw_peer_take_forwarded(struct peer *peer, struct cw_slice value)
{
    const struct cw_net_options *options = &peer->net->options;
    uint8_t address[CW_ADDRESS_N];
    if (!cw_forwarded_client(value, options->trusted, options->trusted_count, address))
        return false;
    cw_peer_take_address(peer, cw_slice_of(address, sizeof address));
    return true;
}
