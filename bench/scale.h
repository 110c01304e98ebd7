/* scale.h - the data of chinwag-scale. A few are busy, as everywhere: one user
 * in fifty is in all the groups and writes nearly all of the messages. */
#ifndef CW_BENCH_SCALE_H
#define CW_BENCH_SCALE_H

#include "bench.h"

struct scale {
    uint64_t users;
    uint64_t groups;
    uint64_t members;  /* of each group */
    uint64_t messages; /* every SCALE_FILE_EVERY has a file, and of those in groups every
                          SCALE_MENTION_EVERY mentions a member */
    uint64_t reactions;
};
#define SCALE_FILE_EVERY    20
#define SCALE_MENTION_EVERY 10

/* Makes the data in `folder` unless it is there, and says how it goes. */
void scale_prepare(const struct scale *scale, const char *folder);

/* The users from 1 on that are busy, and have a session each. */
uint64_t scale_active(const struct scale *scale);
void scale_name(uint64_t user, char name[32]);
void scale_token(uint64_t user, char token[40]);

/* Some words that were written; good until the next call. */
const char *scale_words(void);

/* One of those that people react with. */
const char *scale_emoji(void);

/* Below `below`; the same in every run. */
uint64_t scale_random(uint64_t below);

#endif
