/* memory.h - a bus in one process, for tests: a hub with drivers, which loses, doubles and repeats
 * on purpose. What is published comes with the receiver's next poll. */
#ifndef CW_BUS_MEMORY_H
#define CW_BUS_MEMORY_H

#include "bus/driver.h"

struct cw_bus_hub;

struct cw_bus_hub *cw_bus_hub_create(void);
/* After its drivers. */
void cw_bus_hub_destroy(struct cw_bus_hub *hub);
/* A driver at the hub. It goes up with `start`. */
struct cw_bus_driver *cw_bus_hub_driver(struct cw_bus_hub *hub);
/* From now on one message in n is lost, or comes twice; 0: none. */
void cw_bus_hub_lose(struct cw_bus_hub *hub, unsigned each);
void cw_bus_hub_double(struct cw_bus_hub *hub, unsigned each);
/* The driver loses its connection, or has it again; all that waits for it is lost. */
void cw_bus_hub_cut(struct cw_bus_hub *hub, struct cw_bus_driver *driver, bool cut);
/* What waits for the driver has no room: it is dropped, and told with the next poll. */
void cw_bus_hub_overflow(struct cw_bus_driver *driver);
/* Somebody else publishes. */
void cw_bus_hub_publish(struct cw_bus_hub *hub, const char *subject, struct cw_slice bytes);
/* The message that was published last, for replays; until the next one. */
struct cw_slice cw_bus_hub_last(const struct cw_bus_hub *hub, const char **subject);

#endif
