/* nodes.c - what other servers on the same database say by the bus goes to the file that knows its
 * kind. Nothing of it is the truth: it changes what this process alone remembers, and what it tells
 * its clients of what is not stored. */
#include "core/nodes.h"

#include "core/far_call.h"
#include "core/state.h"

void cw_nodes_apply(struct cw_core *core, const struct cw_core_bus *bus)
{
    if (bus->what == CW_BUS_BEGINS || bus->what == CW_BUS_ENDS)
        core->bus_up = bus->what == CW_BUS_BEGINS;
    cw_far_apply(core, bus);
}
