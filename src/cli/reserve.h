/* reserve.h - how much sound a loudspeaker keeps waiting: more each time it has run dry, and less
 * after a while in which it has not. That while doubles each time that less was too little, since
 * each such try is heard. Pure; times are microseconds of any clock that does not go back. Caller:
 * call_sound.c. */
#ifndef CHINWAG_CLI_RESERVE_H
#define CHINWAG_CLI_RESERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reserve {
    size_t samples;
    size_t least, step, most;
    bool tries; /* the last change was to less */
    int64_t begun_us, changed_us, calm_us;
};

/* The first of these samples are the least. */
void reserve_begin(struct reserve *reserve, size_t least, size_t step, size_t most, int64_t now_us);

/* Some times a second: has it run dry since? True: `samples` has changed. */
bool reserve_note(struct reserve *reserve, bool dry, int64_t now_us);

#endif
