/* scale.h - the data of chinwag-scale. A few are busy, as everywhere: one user
 * in fifty is in all the groups and writes nearly all of the messages. */
#ifndef CW_BENCH_SCALE_H
#define CW_BENCH_SCALE_H

#include "bench.h"

struct scale {
    uint64_t users;
    uint64_t groups;
    uint64_t members; /* of each group */
    uint64_t messages;
};

/* Makes the data in `folder` unless it is there, and says how it goes. */
void scale_prepare(const struct scale *scale, const char *folder);

/* The users from 1 on that are busy, and have a session each. */
uint64_t scale_active(const struct scale *scale);
void scale_name(uint64_t user, char name[32]);
void scale_token(uint64_t user, char token[40]);

/* Some words that were written; good until the next call. */
const char *scale_words(void);

/* Below `below`; the same in every run. */
uint64_t scale_random(uint64_t below);

#endif
