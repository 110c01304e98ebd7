/* look_back.h - which packets of a speaker may be late by design. A talk spurt may begin with what
 * was said up to 40 ms before its sender's gate opened (sender.h); these come when the gate has
 * opened. They are to be played, and their delays say nothing about the network. Caller: jitter.c.
 */
#ifndef CW_AUDIO_LOOK_BACK_H
#define CW_AUDIO_LOOK_BACK_H

#include <stdbool.h>
#include <stdint.h>

#define CW_LOOK_BACK_US 40000

struct cw_look_back {
    bool silent;   /* the newest packet said that there is silence, or there was none */
    int64_t begun; /* the position of the first packet after that, us */
};

/* A packet comes. */
static inline void cw_look_back_note(struct cw_look_back *back, int64_t position_us)
{
    if (back->silent)
        back->begun = position_us;
    back->silent = false;
}

/* Is it one of the first packets of a spurt? */
static inline bool cw_look_back_begins(const struct cw_look_back *back, int64_t position_us)
{
    return position_us >= back->begun && position_us - back->begun <= CW_LOOK_BACK_US;
}

/* ... and later than the fastest of the others, by no more than that beyond their `target_us`? */
static inline bool cw_look_back_is_late(const struct cw_look_back *back, int64_t position_us,
                                        int64_t late_us, int64_t target_us)
{
    return cw_look_back_begins(back, position_us) && late_us > 0 &&
           late_us <= target_us + CW_LOOK_BACK_US;
}

#endif
