/* event_parts.h - what events and effects hold in some cases: calls that go on in the next process,
 * and what the server says of itself. Included by core.h. */
#ifndef CW_CORE_EVENT_PARTS_H
#define CW_CORE_EVENT_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "bus/kind.h"

/* A call as one process hands it over to the next: its participants have lost their connections,
 * and their seats are held as after any loss. */
struct cw_core_seat {
    uint64_t user_id;
    struct cw_slice name;
    const uint32_t *blocked; /* ids of the users that this one has blocked, ascending */
    size_t blocked_count;
    bool bot;
    uint64_t session_id; /* whose seat it is; 0: a callee who has not answered yet */
    bool part;           /* of an additional connection of that session */
};
struct cw_core_call {
    uint64_t group_id; /* 0: of two users, the caller first */
    struct cw_slice group_name;
    uint64_t rings_ms; /* of two users: how long it still rings; 0: it was answered */
    const struct cw_core_seat *seats;
    size_t seat_count;
};

/* What comes by the bus between servers on one database, or becomes of it (src/bus/bus.h). */
enum cw_core_bus_what {
    CW_BUS_SAYS,       /* node, epoch, kind and body: a message of a row `core` of bus/kinds.def */
    CW_BUS_NODE_THERE, /* node, epoch: it is heard; no message of it comes before */
    CW_BUS_NODE_GONE,  /* node: what it said of itself does not hold any more */
    CW_BUS_BEGINS,     /* the bus is up: effects CW_FX_BUS arrive from now on */
    CW_BUS_ENDS,       /* ... not any more; others go one by one, when they have been silent */
    CW_BUS_MISSED      /* messages were lost */
};
/* What goes there. */
struct cw_core_say {
    unsigned to; /* a node, or CW_BUS_TO_ALL */
    enum cw_bus_kind kind;
    struct cw_slice body; /* the step's or the event's */
};

/* Of the calls that several servers have participants in (core/lease.h). */
struct cw_core_lease {
    uint64_t call;    /* 0: all that this server has were renewed */
    unsigned node;    /* who has it; 0: nobody can tell, or it is this server's no more */
    uint64_t epoch;   /* of this taking: each of any call has a higher one */
    uint64_t left_ms; /* for how long this server may act on it; else it is nothing */
};

struct cw_core_want {
    uint64_t call;
    bool take; /* CW_EV_LEASE follows */
};

struct cw_core_bus {
    enum cw_core_bus_what what;
    unsigned node;
    uint64_t epoch;
    enum cw_bus_kind kind;
    struct cw_slice body;
};

/* What the server says of itself, or a setting. */
struct cw_server_fact {
    struct cw_slice name;
    struct cw_slice text; /* empty, and not `is_text`: it is a number */
    bool is_text;
    uint64_t number;
    struct cw_slice about; /* a sentence; empty: none */
    bool set;              /* by an administrator, not by the config file */
};

enum cw_ask_op {
    CW_ASK_STATUS,   /* -> facts */
    CW_ASK_SETTINGS, /* name (empty: all that may change now) -> facts */
    CW_ASK_CHECK,    /* name, value (empty: what the config file says): may it be set so? */
    CW_ASK_SET,      /* the same, and it is done */
    CW_ASK_READ,     /* they are read again; nothing is answered */
    CW_ASK_PUSH_KEY  /* -> the text of one fact, in base64url; NO_SETTING: there is none */
};

enum cw_server_status {
    CW_SERVER_DONE,
    CW_SERVER_NO_SETTING, /* there is none of this name that may change now */
    CW_SERVER_BAD_VALUE   /* `why` says more */
};

#endif
