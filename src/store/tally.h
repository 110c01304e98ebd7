/* tally.h - counts and sums for each conversation, so that two copies of a community can be
 * compared. Callers: sqlite/survey.c and postgres/arrive_verify.c. */
#ifndef CW_STORE_TALLY_H
#define CW_STORE_TALLY_H

#include "base/map.h"

struct cw_tally {
    uint64_t conversation, messages, sum;
};

struct cw_tallies {
    struct cw_map by_id;
    struct cw_tally **at; /* `count` of them */
    size_t count, capacity;
};

void cw_tallies_init(struct cw_tallies *tallies);
/* That of a conversation; a new one is zero. */
struct cw_tally *cw_tally_of(struct cw_tallies *tallies, uint64_t conversation);
/* By conversation. */
void cw_tallies_sort(struct cw_tallies *tallies);
void cw_tallies_finish(struct cw_tallies *tallies);

#endif
