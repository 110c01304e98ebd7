/* driver.h - what moves bytes for a bus (bus.h): two subjects to hear, and any to publish to. It
 * knows neither nodes nor keys. NATS: nats/nats_driver.c; memory.h is for tests. */
#ifndef CW_BUS_DRIVER_H
#define CW_BUS_DRIVER_H

#include "base/slice.h"

#define CW_BUS_SUBJECT_MAX 64
/* What the driver keeps for a loop that does not poll; what comes beyond that is dropped, and
 * noticed. */
#define CW_BUS_PENDING_MAX       65536
#define CW_BUS_PENDING_BYTES_MAX (64u * 1024 * 1024)

enum cw_bus_state { CW_BUS_DOWN, CW_BUS_UP, CW_BUS_LOST };

/* Called from `poll`. */
struct cw_bus_listener {
    /* `own`: it came by the subject of this node, not by that of all. Bytes are anybody's. */
    void (*bytes)(void *context, bool own, struct cw_slice bytes);
    void (*state)(void *context, enum cw_bus_state state);
    void *context;
};

struct cw_bus_driver {
    /* Begins: `all` and `own` are the subjects to be heard. It is down until it says otherwise. */
    void (*start)(struct cw_bus_driver *driver, const char *all, const char *own,
                  const struct cw_bus_listener *listener);
    /* Copies the bytes, and may drop them. */
    void (*publish)(struct cw_bus_driver *driver, const char *subject, struct cw_slice bytes);
    /* What was published leaves now. */
    void (*flush)(struct cw_bus_driver *driver);
    /* Gives the listener what has come since. */
    void (*poll)(struct cw_bus_driver *driver);
    /* Why it is down, or "". */
    const char *(*reason)(struct cw_bus_driver *driver);
    /* Flushes, stops and frees it. */
    void (*stop)(struct cw_bus_driver *driver);
};

#endif
