/* turns.h - a queue whose owners take turns, so that no owner waits behind everything that another
 * has queued.
 *
 * Each entry has an owner (an address, say) and a part of it (a user). The owners take turns, the
 * parts of an owner take turns, and a part is first in, first out. The turn of a new owner comes
 * after one entry of each other owner.
 *
 * Finding an owner walks along all of them: for queues of a thousand entries at most, each of which
 * takes longer than that. */
#ifndef CW_BASE_TURNS_H
#define CW_BASE_TURNS_H

#include <stddef.h>
#include <stdint.h>

/* One entry, inside the caller's own struct. */
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

/* Takes out the entry whose turn it is; NULL: the queue is empty. */
struct cw_turn *cw_turns_take(struct cw_turns *turns);

/* Takes out an entry that was added at `until_ms` or before; NULL: there is none. */
struct cw_turn *cw_turns_take_old(struct cw_turns *turns, uint64_t until_ms);

/* Takes out the newest entry of the owner that has most; NULL: the queue is empty. */
struct cw_turn *cw_turns_take_most(struct cw_turns *turns);

/* How many entries the owner has in the queue. */
size_t cw_turns_of(const struct cw_turns *turns, uint64_t owner);

#endif
