/* kind.h - the kinds of messages between nodes (kinds.def). Used by bus.h and by the core. */
#ifndef CW_BUS_KIND_H
#define CW_BUS_KIND_H

/* In the place of a node. */
#define CW_BUS_TO_ALL 0

enum cw_bus_kind {
#define CW_BUS_KIND(NAME, number) CW_BUS_##NAME = number,
#include "bus/kinds.def"
#undef CW_BUS_KIND
    CW_BUS_KIND_MAX = 255
};

#endif
