/* bus.c - see bus.h. */
#include "bus/bus.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "bus/seal.h"

/* What is known of another node. Its counters stay when the node has gone, so that what it has said
 * before is not believed again. */
struct peer {
    bool proved; /* it has answered our HELLO: the rest holds */
    bool there;  /* it was heard lately */
    bool asked;  /* HELLO was sent since the last tick */
    uint64_t epoch;
    uint64_t to_all, to_us; /* the highest counters; their subjects have no order between them */
    uint8_t boot[CW_BUS_BOOT_N];
    uint64_t heard_ms;
};

struct cw_bus {
    struct cw_bus_config config;
    struct cw_bus_driver *driver;
    struct cw_bus_handlers handlers;
    void *context;
    char prefix[CW_BUS_SUBJECT_MAX - 16];
    uint64_t counter; /* of the last message that was sent */
    uint64_t now_ms, signed_ms;
    bool up;
    struct cw_buf sealed, opened;
    struct cw_bus_stats stats;
    struct peer peers[CW_BUS_NODES_MAX + 1]; /* by number */
};

/* --- sending --------------------------------------------------------------------------------- */

static void subject_of(const struct cw_bus *bus, unsigned to, char subject[CW_BUS_SUBJECT_MAX])
{
    if (to == CW_BUS_TO_ALL)
        snprintf(subject, CW_BUS_SUBJECT_MAX, "%s.all", bus->prefix);
    else
        snprintf(subject, CW_BUS_SUBJECT_MAX, "%s.n%u", bus->prefix, to);
}

void cw_bus_send(struct cw_bus *bus, unsigned to, enum cw_bus_kind kind, struct cw_slice body)
{
    char subject[CW_BUS_SUBJECT_MAX];
    struct cw_bus_head head = {.to = to,
                               .node = bus->config.node,
                               .epoch = bus->config.epoch,
                               .counter = bus->counter + 1};
    assert(body.n <= CW_BUS_BODY_MAX && to <= CW_BUS_NODES_MAX);
    if (!bus->up || body.n > CW_BUS_BODY_MAX)
        return;
    bus->counter++;
    bus->stats.sent++;
    memcpy(head.boot, bus->config.boot, CW_BUS_BOOT_N);
    cw_bus_seal(bus->config.key, &head, (uint8_t)kind, body, &bus->sealed);
    subject_of(bus, to, subject);
    bus->driver->publish(bus->driver, subject, cw_buf_slice(&bus->sealed));
}

void cw_bus_flush(struct cw_bus *bus)
{
    if (bus != NULL)
        bus->driver->flush(bus->driver);
}

static void ask(struct cw_bus *bus, unsigned node)
{
    struct peer *peer = &bus->peers[node];
    if (!peer->asked)
        cw_bus_send(bus, node, CW_BUS_HELLO, (struct cw_slice){0});
    peer->asked = true;
}

/* `wants`: it is not believed here yet, and is to answer in the same way. */
static void welcome(struct cw_bus *bus, const struct cw_bus_head *head, bool wants)
{
    uint8_t body[CW_BUS_BOOT_N + 1];
    memcpy(body, head->boot, CW_BUS_BOOT_N);
    body[CW_BUS_BOOT_N] = wants;
    cw_bus_send(bus, head->node, CW_BUS_WELCOME, cw_slice_of(body, sizeof body));
}

/* --- nodes that come and go --------------------------------------------------------------------
 */

static void set_there(struct cw_bus *bus, unsigned node, bool there)
{
    struct peer *peer = &bus->peers[node];
    if (peer->there == there)
        return;
    peer->there = there;
    bus->stats.nodes += there ? 1 : (size_t)-1;
    bus->handlers.node(bus->context, node, peer->epoch, there);
}

/* --- receiving ---------------------------------------------------------------------------------
 */

static bool is_known(const struct peer *peer, const struct cw_bus_head *head)
{
    return peer->proved && memcmp(peer->boot, head->boot, CW_BUS_BOOT_N) == 0 &&
           head->epoch >= peer->epoch;
}

/* It is of a process that has answered this one. */
static void believe(struct cw_bus *bus, const struct cw_bus_head *head)
{
    struct peer *peer = &bus->peers[head->node];
    set_there(bus, head->node, false); /* the process before it */
    peer->proved = true;
    peer->epoch = head->epoch;
    peer->to_all = peer->to_us = head->counter;
    memcpy(peer->boot, head->boot, CW_BUS_BOOT_N);
}

/* Of one that is not believed yet, or of another process of its node. */
static void on_stranger(struct cw_bus *bus, const struct cw_bus_head *head, uint8_t kind,
                        struct cw_slice body)
{
    struct peer *peer = &bus->peers[head->node];
    bool answers = kind == CW_BUS_WELCOME && body.n == CW_BUS_BOOT_N + 1 &&
                   memcmp(body.p, bus->config.boot, CW_BUS_BOOT_N) == 0;
    if (peer->proved && head->epoch <= peer->epoch) {
        bus->stats.repeated++; /* of a process that another one has followed */
    } else if (answers) {
        believe(bus, head);
        if (body.p[CW_BUS_BOOT_N] != 0)
            welcome(bus, head, false);
        peer->heard_ms = bus->now_ms;
        set_there(bus, head->node, true);
    } else if (kind == CW_BUS_HELLO) {
        welcome(bus, head, true);
    } else {
        ask(bus, head->node);
    }
}

static void on_known(struct cw_bus *bus, const struct cw_bus_head *head, uint8_t kind,
                     struct cw_slice body)
{
    struct peer *peer = &bus->peers[head->node];
    uint64_t *counter = head->to == CW_BUS_TO_ALL ? &peer->to_all : &peer->to_us;
    if (head->counter <= *counter) {
        bus->stats.repeated++;
        return;
    }
    *counter = head->counter;
    peer->epoch = head->epoch;
    peer->heard_ms = bus->now_ms;
    set_there(bus, head->node, kind != CW_BUS_BYE);
    if (kind == CW_BUS_HELLO ||
        (kind == CW_BUS_WELCOME && body.n == CW_BUS_BOOT_N + 1 && body.p[CW_BUS_BOOT_N] != 0))
        welcome(bus, head, false);
    else if (kind > CW_BUS_BYE)
        bus->handlers.message(bus->context, &(struct cw_bus_message){.from = head->node,
                                                                     .epoch = head->epoch,
                                                                     .kind = (enum cw_bus_kind)kind,
                                                                     .body = body});
}

static void on_bytes(void *context, bool own, struct cw_slice bytes)
{
    struct cw_bus *bus = context;
    struct cw_bus_head head = {.to = own ? bus->config.node : CW_BUS_TO_ALL};
    struct cw_slice body;
    uint8_t kind;
    if (!cw_bus_open(bus->config.key, bytes, &head, &kind, &bus->opened, &body) || head.node == 0 ||
        head.node > CW_BUS_NODES_MAX) {
        bus->stats.forged++;
        return;
    }
    if (head.node == bus->config.node)
        return; /* an echo, or a process that has lost its number, or will */
    bus->stats.received++;
    if (is_known(&bus->peers[head.node], &head))
        on_known(bus, &head, kind, body);
    else
        on_stranger(bus, &head, kind, body);
}

static void on_state(void *context, enum cw_bus_state state)
{
    struct cw_bus *bus = context;
    bus->stats.lost += state == CW_BUS_LOST;
    bus->stats.downs += state == CW_BUS_DOWN && bus->up;
    bus->up = state != CW_BUS_DOWN;
    if (state == CW_BUS_UP)
        cw_bus_send(bus, CW_BUS_TO_ALL, CW_BUS_HELLO, (struct cw_slice){0});
    bus->handlers.state(bus->context, state);
}

void cw_bus_poll(struct cw_bus *bus)
{
    bus->driver->poll(bus->driver);
}

/* --- time ----------------------------------------------------------------------------------------
 */

void cw_bus_tick(struct cw_bus *bus, uint64_t now_ms)
{
    bool first = bus->now_ms == 0; /* who was heard before has no time */
    bus->now_ms = now_ms;
    if (now_ms - bus->signed_ms >= CW_BUS_SIGN_MS) {
        bus->signed_ms = now_ms;
        cw_bus_send(bus, CW_BUS_TO_ALL, CW_BUS_SIGN, (struct cw_slice){0});
    }
    for (unsigned node = 1; node <= CW_BUS_NODES_MAX; node++) {
        struct peer *peer = &bus->peers[node];
        peer->asked = false;
        peer->heard_ms = first ? now_ms : peer->heard_ms;
        if (peer->there && now_ms - peer->heard_ms >= CW_BUS_GONE_MS)
            set_there(bus, node, false);
    }
}

/* --- beginning and end ---------------------------------------------------------------------------
 */

struct cw_bus *cw_bus_create(const struct cw_bus_config *config, struct cw_bus_driver *driver,
                             const struct cw_bus_handlers *handlers, void *context)
{
    struct cw_bus *bus = cw_alloc_zero(sizeof *bus);
    char all[CW_BUS_SUBJECT_MAX], own[CW_BUS_SUBJECT_MAX];
    assert(config->node != 0 && config->node <= CW_BUS_NODES_MAX);
    bus->config = *config;
    bus->driver = driver;
    bus->handlers = *handlers;
    bus->context = context;
    /* A dot would begin a further part of the subject. */
    snprintf(bus->prefix, sizeof bus->prefix, "chinwag.%.*s", (int)strcspn(config->community, "."),
             config->community);
    subject_of(bus, CW_BUS_TO_ALL, all);
    subject_of(bus, config->node, own);
    driver->start(driver, all, own,
                  &(struct cw_bus_listener){.bytes = on_bytes, .state = on_state, .context = bus});
    return bus;
}

void cw_bus_destroy(struct cw_bus *bus)
{
    if (bus == NULL)
        return;
    cw_bus_send(bus, CW_BUS_TO_ALL, CW_BUS_BYE, (struct cw_slice){0});
    bus->driver->stop(bus->driver);
    cw_buf_finish(&bus->sealed);
    cw_buf_finish(&bus->opened);
    sodium_memzero(&bus->config, sizeof bus->config);
    free(bus);
}

/* --- figures
 * --------------------------------------------------------------------------------------- */

void cw_bus_set_epoch(struct cw_bus *bus, uint64_t epoch)
{
    bus->config.epoch = epoch;
}

bool cw_bus_is_up(const struct cw_bus *bus)
{
    return bus->up;
}

const char *cw_bus_reason(const struct cw_bus *bus)
{
    return bus->driver->reason(bus->driver);
}

bool cw_bus_hears(const struct cw_bus *bus, unsigned node)
{
    return node <= CW_BUS_NODES_MAX && bus->peers[node].there;
}

struct cw_bus_stats cw_bus_stats(const struct cw_bus *bus)
{
    struct cw_bus_stats stats = {.up = false};
    if (bus == NULL)
        return stats;
    stats = bus->stats;
    stats.up = bus->up;
    return stats;
}
