/* kind.h - the kinds of messages between nodes (kinds.def). Used by bus.h and by the core. */
#ifndef CW_BUS_KIND_H
#define CW_BUS_KIND_H

/* In the place of a node. */
#define CW_BUS_TO_ALL 0
/* The longest body. NATS takes 1 MiB as it is installed. */
#define CW_BUS_BODY_MAX (256 * 1024)
/* A sign of life this often; a node without one for so long is gone. */
#define CW_BUS_SIGN_MS 2000
#define CW_BUS_GONE_MS 6000

enum cw_bus_kind {
#define CW_BUS_KIND(NAME, number) CW_BUS_##NAME = number,
#include "bus/kinds.def"
#undef CW_BUS_KIND
    CW_BUS_KIND_MAX = 255
};

#endif
