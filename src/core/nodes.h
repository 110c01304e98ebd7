/* nodes.h - what other servers on the same database say by the bus (src/bus/bus.h). Called by
 * core.c with CW_EV_BUS. */
#ifndef CW_CORE_NODES_H
#define CW_CORE_NODES_H

#include "core/core.h"

void cw_nodes_apply(struct cw_core *core, const struct cw_core_bus *bus);

#endif
