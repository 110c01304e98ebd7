/* nodes.c - what other servers on the same database say by the bus goes to the file that knows its
 * kind. Nothing of it is the truth: it changes what this process alone remembers, and what it tells
 * its clients of what is not stored. */
#include "core/nodes.h"

#include "core/elsewhere.h"
#include "core/far_call.h"
#include "core/far_link.h"
#include "core/handlers.h"
#include "core/login_link.h"
#include "core/receipt.h"
#include "core/state.h"

static void take_said(struct cw_core *core, const struct cw_core_bus *bus)
{
    switch (bus->kind) {
    case CW_BUS_PRESENCE:
    case CW_BUS_PRESENCE_SIGN:
    case CW_BUS_PRESENCE_WANT:
    case CW_BUS_PRESENCE_SET:
        cw_elsewhere_take(core, bus);
        break;
    case CW_BUS_CALL_HERE:
    case CW_BUS_CALL_ASK:
    case CW_BUS_CALL_VERDICT:
    case CW_BUS_CALL_REPORT:
    case CW_BUS_CALL_VOICES:
    case CW_BUS_CALL_REFUSE:
        cw_far_take_message(core, bus);
        break;
    case CW_BUS_LINK_OPEN:
    case CW_BUS_LINK_TAKEN:
    case CW_BUS_LINK_CONFIRM:
    case CW_BUS_LINK_DONE:
    case CW_BUS_LINK_ENDED:
        cw_far_link_take(core, bus);
        break;
    case CW_BUS_TYPING:
        cw_typing_heard(core, bus->body);
        break;
    case CW_BUS_DELIVERED:
        cw_receipt_heard(core, bus->body);
        break;
    default:
        break; /* of another version */
    }
}

void cw_nodes_apply(struct cw_core *core, const struct cw_core_bus *bus)
{
    switch (bus->what) {
    case CW_BUS_SAYS:
        take_said(core, bus);
        break;
    case CW_BUS_NODE_THERE:
        cw_elsewhere_there(core, bus->node);
        cw_far_say_again(core);
        break;
    case CW_BUS_NODE_GONE:
        cw_elsewhere_gone(core, bus->node);
        cw_far_node_gone(core, bus->node);
        cw_far_links_node_gone(core, bus->node);
        cw_login_links_node_gone(core, bus->node);
        break;
    case CW_BUS_BEGINS:
        core->bus_up = true;
        cw_elsewhere_compare(core);
        cw_far_say_again(core);
        break;
    case CW_BUS_ENDS:
        core->bus_up = false;
        break;
    case CW_BUS_MISSED:
        cw_elsewhere_compare(core);
        cw_far_say_again(core);
        break;
    }
}
