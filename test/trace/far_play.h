/* far_play.h - one core, and single messages of other servers, 2 and 3: what it says then.
 * test_far.c and test_far_link.c use it. */
#ifndef CW_TEST_TRACE_FAR_PLAY_H
#define CW_TEST_TRACE_FAR_PLAY_H

#include "world.h"

/* Of a test; what was said and answered is of the time since the last input. */
struct far_play {
    struct world world;                 /* of server 1, at which alice is */
    unsigned said[CW_BUS_KIND_MAX + 1]; /* how often */
    uint8_t body[CW_BUS_BODY_MAX];      /* of what was said last */
    size_t body_n;
    unsigned voices;                 /* of a call, to clients here */
    int answer;                      /* the code of the last one; -1: none */
    char rule[32];                   /* ... and the rule that it names */
    uint8_t hash[CW_TOKEN_HASH_LEN]; /* of the last link or token that was made */
    unsigned dropped;                /* sessions */
};
extern struct far_play far_play;

/* For cmocka: alice is logged in and has the group "cooks". */
int far_play_begin(void **state);
int far_play_end(void **state);

void far_play_hear(unsigned node, enum cw_bus_kind kind, struct cw_slice body);
/* A request of this connection: strings up to the NULL, and an empty map. */
void far_play_say(const char *conn, const char *const *words);
void far_play_pass(uint64_t ms);
void far_play_gone(unsigned node);
/* The bus has dropped messages of others. */
void far_play_missed(void);
/* Alice's token. */
const char *far_play_token(void);

#define CASE(name) cmocka_unit_test_setup_teardown(name, far_play_begin, far_play_end)

#endif
