/* bus.h - messages between the nodes of one community: quick, small, and never the truth. Any of
 * them may be lost, come twice from the network (it is then dropped here), or come late: a message
 * may make a node look into the store, or change soft state that it would lose with its process;
 * nothing else.
 *
 * A message is sealed (seal.h) with a key that is kept in the store, over its recipient, the
 * sender's node, epoch, boot and counter. A NATS to which anybody may publish, or that stores and
 * repeats what it has seen, does no harm: a message is believed only from a node that has answered
 * this process's own HELLO, and only with a higher counter than the one before.
 *
 * The bus does no I/O: a driver (driver.h) moves bytes: NATS (nats/, a module that is loaded only
 * when it is configured), or memory (memory.h, for tests). One thread, the loop's.
 *
 * Callers: server/shell_bus.c; tests. The core sees CW_EV_BUS and CW_FX_BUS (core/core.h), with the
 * same kinds and bodies. */
#ifndef CW_BUS_BUS_H
#define CW_BUS_BUS_H

#include "base/slice.h"
#include "bus/driver.h"
#include "bus/kind.h"

/* Numbers of nodes: as the setting `node`. */
#define CW_BUS_NODES_MAX 1023

#define CW_BUS_KEY_N  32
#define CW_BUS_BOOT_N 16

/* A message that is authentic and new. */
struct cw_bus_message {
    unsigned from;  /* node */
    uint64_t epoch; /* of that node, as the store gave it */
    enum cw_bus_kind kind;
    struct cw_slice body; /* until the handler returns */
};

/* All are called from cw_bus_poll and cw_bus_tick, and may call cw_bus_send. */
struct cw_bus_handlers {
    void (*message)(void *context, const struct cw_bus_message *message);
    /* A node is heard, or (there: false) said that it ends, or was silent for CW_BUS_GONE_MS. A
     * node that was started again is first gone and then there. */
    void (*node)(void *context, unsigned node, uint64_t epoch, bool there);
    /* The bus is up, or down: nothing is sent or comes. Nodes go by their silence, so a short
     * pause changes nothing. CW_BUS_LOST: it is up, but messages of others were dropped on their
     * way: look into the store, and ask for soft state. */
    void (*state)(void *context, enum cw_bus_state state);
};

struct cw_bus_config {
    uint8_t key[CW_BUS_KEY_N];   /* of the community; kept in the store */
    uint8_t boot[CW_BUS_BOOT_N]; /* random, for this process alone */
    const char *community;       /* as cw_store_identity has `db` */
    unsigned node;               /* this one, from 1 */
    uint64_t epoch;              /* of it */
};

struct cw_bus;

/* Copies the config. The driver is the bus's from now on. Begins with HELLO when it comes up. */
struct cw_bus *cw_bus_create(const struct cw_bus_config *config, struct cw_bus_driver *driver,
                             const struct cw_bus_handlers *handlers, void *context);
/* BYE; stops the driver. */
void cw_bus_destroy(struct cw_bus *bus);

/* To one node, or CW_BUS_TO_ALL others. Copied; leaves with the next flush. Nothing happens while
 * the bus is down. A body over CW_BUS_BODY_MAX is an error of the caller. Messages of one sender
 * to one node come in their order, of all kinds together, and so do those to all; between the two
 * there is none. */
void cw_bus_send(struct cw_bus *bus, unsigned to, enum cw_bus_kind kind, struct cw_slice body);
/* At the end of each tick of the loop. NULL: nothing happens. */
void cw_bus_flush(struct cw_bus *bus);
/* The driver has rung: handles what has come. */
void cw_bus_poll(struct cw_bus *bus);
/* At least once a second, with a monotonic clock. */
void cw_bus_tick(struct cw_bus *bus, uint64_t now_ms);

/* The store has given this node another epoch. */
void cw_bus_set_epoch(struct cw_bus *bus, uint64_t epoch);
bool cw_bus_is_up(const struct cw_bus *bus);
/* Why it is down, for the log; "" where there is nothing to say. Until the next poll. */
const char *cw_bus_reason(const struct cw_bus *bus);
/* Is this node heard? */
bool cw_bus_hears(const struct cw_bus *bus, unsigned node);

struct cw_bus_stats {
    bool up;
    size_t nodes; /* that are heard */
    uint64_t sent, received;
    uint64_t forged;   /* that no node of this community has sealed for this one, or garbage */
    uint64_t repeated; /* authentic, but not new */
    uint64_t lost;     /* times that the driver has noticed that messages were dropped */
    uint64_t downs;    /* times that it went down */
};
/* Of NULL: zeros. */
struct cw_bus_stats cw_bus_stats(const struct cw_bus *bus);

#endif
