/* nats_module.h - the driver over NATS, in a module that is loaded when `bus` is set: chinwagd
 * without it does not need libnats. Caller: server/shell_bus.c. The module: nats/nats_driver.c. */
#ifndef CW_BUS_NATS_MODULE_H
#define CW_BUS_NATS_MODULE_H

#include "bus/driver.h"
#include "bus/url.h"

#define CW_NATS_EXPORT __attribute__((visibility("default")))
#define CW_NATS_MODULE "chinwag-nats.so"
#define CW_NATS_OPEN   "cw_nats_open"
/* The text CW_VERSION of the build that the module is of: it shares structs with the server. */
#define CW_NATS_VERSION "cw_nats_version"

/* `rung(context)` is called on a thread of the driver's own when there is something to poll. */
typedef struct cw_bus_driver *cw_nats_opener(const struct cw_bus_url *url,
                                             void (*rung)(void *context), void *context,
                                             char error[256]);

/* NULL with a sentence: there is no such module, or a file that the URL names cannot be used. It
 * connects later, and again: until then the driver is down. */
cw_nats_opener cw_bus_open_nats;

#endif
