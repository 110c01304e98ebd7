/* far.h - calls over several servers (nodes) on one database: what the others say of their
 * participants, and what this one has to say. Memory, and nothing else: far_body.h has the bytes,
 * lease.h decides who joins, far_call.h takes and tells.
 *
 * Each node says whom it has in a call, all of it, at each change and each CW_CALL_SAY_MS: a
 * message that is lost or comes twice costs time, nothing else. */
#ifndef CW_CORE_FAR_H
#define CW_CORE_FAR_H

#include "base/limits.h"
#include "core/core.h"
#include "core/list.h"

struct conn;
struct group;
struct user;

/* What a node says of one of its participants. The numbers are on the bus. */
enum {
    CW_FAR_HELD = 1 << 0,    /* a seat whose connection is lost */
    CW_FAR_REPORTS = 1 << 1, /* it is told how it is heard */
    CW_FAR_SPEAKS = 1 << 2
};

/* A participant. The rank is that of its join: the lease's epoch, and a number behind it
 * (lease.c). A user with two of them is where the higher one is. */
struct far_seat {
    uint64_t user_id, rank;
    uint8_t flags;
    bool listed; /* its packets have become lists: there is a decoder for it */
    uint8_t name_n;
    uint8_t name[CW_NAME_MAX];
};
#define CW_RANK_BITS 24 /* of the number; above them is the epoch */

/* How the ring of a call of two has ended. The numbers are on the bus. */
enum far_ring_end {
    CW_RING_GIVEN_UP,
    CW_RING_REFUSED,
    CW_RING_MISSED,
    CW_RING_ANSWERED,
    CW_RING_ENDS
};

/* All that one node has said of one call. */
struct far_set {
    struct far_set *next; /* of the call's */
    struct far_call *call;
    struct link by_time; /* in core->far_sets, longest unheard first; or far_gone, longest gone */
    unsigned node;
    uint64_t epoch, version;
    uint64_t at_ms; /* when it was heard last, or the node was gone */
    bool gone;      /* the node is: its participants have lost their connections, as it seems */
    uint64_t rings; /* a call of two that rings: the callee; 0: none */
    uint64_t ring;  /* ... which ring it is (struct pair) */
    struct link ringing; /* in core->far_rings, while it does */
    bool rang;           /* devices of the callee here were told */
    bool refused;        /* the callee has refused it here */
    size_t count;
    struct far_seat seats[CW_CALL_MEMBERS_LIMIT];
};

/* Who holds a call's lease, as far as is known. */
struct call_lease {
    unsigned node; /* 0: nobody is known */
    uint64_t epoch;
    uint64_t until_ms;         /* this node's: as it was taken; renewals: core->leases_until_ms */
    uint64_t given;            /* ranks, in this epoch by this node */
    bool asked;                /* the database is being asked */
    struct call_grant *grants; /* CW_CALL_MEMBERS_LIMIT of them, or NULL (lease.c) */
};

/* A call that this node, or another one, has participants in. */
struct far_call {
    uint64_t id; /* its conversation */
    struct far_set *sets;
    struct call_lease lease;
    size_t ask_count;   /* joins here that wait for a verdict */
    struct link to_say; /* in core->far_changed or, once said, far_said; or in none */
    uint64_t said_ms;
    uint64_t version;           /* of what this node says */
    unsigned said_empty;        /* how often it has said that it has nobody */
    enum far_ring_end ring_end; /* of the last ring of this node */
};

uint64_t cw_far_id(const struct group *group);
/* The group that is known here by this call, or NULL. */
struct group *cw_far_group(const struct cw_core *core, uint64_t id);
/* NULL: neither this node nor another one has participants, as is known. */
struct far_call *cw_far_find(const struct cw_core *core, uint64_t id);
struct far_call *cw_far_of(const struct cw_core *core, const struct group *group);
/* Made if there is none; NULL: there are too many. */
struct far_call *cw_far_take(struct cw_core *core, uint64_t id);
/* Frees it if nothing is known of it and nothing is to be said. */
void cw_far_forget(struct cw_core *core, struct far_call *call);
/* Whom this node has in the group's call, or what they do, has changed: it is said at the end of
 * the step. Nothing happens on a server that is alone. */
void cw_far_changed(struct cw_core *core, const struct group *group);

/* The set of the node in its present life, in which its epoch may grow: it does so with each new
 * connection to the database. `make`: if there is none. */
struct far_set *cw_far_set(struct cw_core *core, struct far_call *call, unsigned node,
                           uint64_t epoch, bool make);
void cw_far_set_remove(struct cw_core *core, struct far_set *set);
/* The user's place at another node: the one of the highest rank, or NULL. `call` may be NULL. */
const struct far_seat *cw_far_seat_of(const struct far_call *call, uint64_t user_id);
/* Is the user in a call at another node, other than `but`? `of_two`: in one of two users. */
bool cw_far_has_user(const struct cw_core *core, uint64_t user_id, uint64_t but, bool of_two);
/* The seat of a set with this rank, or NULL. */
struct far_seat *cw_far_seat_at(struct far_set *set, uint64_t rank);
static inline struct cw_slice cw_far_name(const struct far_seat *seat)
{
    return cw_slice_of(seat->name, seat->name_n);
}
/* In the place of a connection, for who decodes its packets. */
static inline cw_conn_id cw_far_speaker(const struct far_seat *seat)
{
    return UINT64_C(1) << 63 | seat->rank;
}

#define CW_EACH_FAR_SET(set, call)                                                                 \
    for (struct far_set *set = (call) == NULL ? NULL : (call)->sets; set != NULL; set = set->next)

void cw_far_init(struct cw_core *core);
void cw_far_finish(struct cw_core *core);

#endif
