/* twins.h - two back ends that are asked the same at random: the requests, and the comparison of
 * the results. For test_twins.c. */
#ifndef CW_TEST_STORE_TWINS_H
#define CW_TEST_STORE_TWINS_H

#include "support.h"

enum { USERS = 9, GROUPS = 12, KEYS = 6, SESSION_IDS = 60, BATCH_MAX = 6 };

struct twins {
    struct fixture memory, other;
    uint64_t seed, random, step, now_ms;
    uint64_t newest;              /* message id */
    uint64_t secrets;             /* of sessions and invitations, so many */
    uint64_t last_n[SESSION_IDS]; /* what a session has counted to */
    bool retains;                 /* what is no longer kept goes at once, in both */
};

/* A number below `sides`, by the seed. */
uint64_t twins_dice(struct twins *t, uint64_t sides);

/* A request at random; its slices live until the arena of `memory` is reset. */
struct cw_store_request twins_request(struct twins *t);

/* To a group that all have left nobody writes, and what was in it is removed sooner
 * or later: the core does not ask for it. */
bool twins_asks_nobody(struct twins *t, const struct cw_store_request *r);

/* Fails the test where a, of memory, and b, of the other one, differ. */
void twins_same_result(const struct twins *t, const struct cw_store_request *r,
                       const struct cw_store_result *a, const struct cw_store_result *b);

#endif
