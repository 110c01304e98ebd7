/* talk.h - a conversation of two, for the parts of the suite. */
#ifndef CW_TEST_STORE_TALK_H
#define CW_TEST_STORE_TALK_H

#include "suite.h"

struct pair {
    struct fixture *f;
    uint64_t alice, bob, conversation;
};

/* Alice and Bob have said n things in turn, at 1, 2, 3, ... */
struct pair talk(struct fixture *f, unsigned n);
struct cw_store_result read_history(const struct pair *p, enum cw_store_anchor anchor, uint64_t seq,
                                    uint32_t limit);

/* The page holds the entries `first` to `last`, or nothing when `first` is 0. */
void assert_page(struct cw_store_result r, uint64_t first, uint64_t last, bool more);

#endif
