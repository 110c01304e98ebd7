/* turns.h - a queue whose owners take turns, so that nobody waits behind all that
 * one other has put in.
 *
 * Each thing that waits has an owner (an address, say) and a part of it (a user).
 * The owners take turns, within an owner its parts do, and within a part what came
 * first goes first. Whoever is new has his turn after one of each other owner.
 *
 * Finding an owner is a walk along all of them: for queues of a thousand at most,
 * of things that take longer than that. */
#ifndef CW_BASE_TURNS_H
#define CW_BASE_TURNS_H

#include <stddef.h>
#include <stdint.h>

/* One thing that waits, inside the caller's own struct. */
struct cw_turn {
    struct cw_turn *next;
    uint64_t since_ms; /* set by cw_turns_add */
};

struct cw_turn_owner;

/* Zeroed: empty. */
struct cw_turns {
    struct cw_turn_owner *first, *last; /* in the order of their turns */
    size_t count;
};

void cw_turns_add(struct cw_turns *turns, struct cw_turn *turn, uint64_t owner, uint64_t part,
                  uint64_t now_ms);

/* Whose turn it is, taken out; NULL: nothing waits. */
struct cw_turn *cw_turns_take(struct cw_turns *turns);

/* One that was added at `until_ms` or before, taken out; NULL: there is none. */
struct cw_turn *cw_turns_take_old(struct cw_turns *turns, uint64_t until_ms);

/* The newest of the owner who has most waiting, taken out; NULL: nothing waits. */
struct cw_turn *cw_turns_take_most(struct cw_turns *turns);

/* How many of the owner's wait. */
size_t cw_turns_of(const struct cw_turns *turns, uint64_t owner);

#endif
