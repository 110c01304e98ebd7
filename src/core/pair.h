/* pair.h - calls of two users: who they are, and the room that their call is in. ring.h begins and
 * ends them. */
#ifndef CW_CORE_PAIR_H
#define CW_CORE_PAIR_H

#include "core/core.h"
#include "core/list.h"

struct group;
struct user;

/* Participants, seats and audio are those of any call: they belong to a room, which is a group
 * without sessions and without a name. A user has at most one pair (user->pair). */
struct pair {
    struct link link; /* in core->rings, talks or broken */
    struct group *room;
    struct user *caller, *callee; /* referred to */
    uint64_t rings_until_ms;      /* 0: it was answered */
    uint64_t ring; /* by which other nodes refuse it: the rank of the caller's join */
};

/* It rings until then. */
struct pair *cw_pair_create(struct cw_core *core, struct user *caller, struct user *callee,
                            uint64_t rings_until_ms);
/* Nobody is in the room any more. */
void cw_pair_destroy(struct cw_core *core, struct pair *pair);
/* The pair of these two, or NULL. */
struct pair *cw_pair_of(const struct user *a, const struct user *b);
struct user *cw_pair_other(const struct pair *pair, const struct user *user);
/* '@' and the name of the other one, in the step's memory. */
struct cw_slice cw_pair_name(struct cw_core *core, const struct pair *pair,
                             const struct user *user);
/* One of them has left: it ends at the end of this step (cw_rings_sweep). */
void cw_pair_break(struct cw_core *core, struct pair *pair);

#endif
