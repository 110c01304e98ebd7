/* facts_play.h - a back end of a few facts in variables, for the tests of the rules that all back
 * ends share. */
#ifndef CW_TEST_STORE_FACTS_PLAY_H
#define CW_TEST_STORE_FACTS_PLAY_H

#include "store/rules.h"
#include "support.h"

#define ENTRIES 2000
#define ALICE   7u
#define BOB     9u

/* The facts; an entry without `kept` is not kept. */
struct facts {
    uint64_t first_members[CW_ROLE_OWNER + 1]; /* by role */
    bool session, blocked, known;
    enum cw_store_role role;
    enum cw_store_status say;
    uint64_t stored;
    struct {
        struct cw_store_entry entry;
        bool kept;
    } entries[ENTRIES + 1]; /* by number */
    uint64_t asked;         /* how many entries the rule has asked for */
};

extern struct facts facts;
extern struct cw_store facts_store;

/* Texts of Bob. */
int facts_set_up(void **state);

#endif
