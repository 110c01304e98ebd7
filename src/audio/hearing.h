/* hearing.h - how one speaker is heard, for that speaker: what is missed of their audio, and
 * whether it comes later and later because a queue grows on the way. By a connection nothing is
 * lost, and the queue is all there is to be seen. A way that has become longer is no queue, and
 * stays as it is. Pure; times are microseconds. Callers:
 * src/cli/call_audio.c, src/voice/voice_receiver.c. */
#ifndef CW_AUDIO_HEARING_H
#define CW_AUDIO_HEARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A zeroed struct: nothing has been heard. */
struct cw_hearing {
    bool begun;
    uint32_t timestamp; /* behind the last packet */
    int64_t position;   /* the same, counted on, in samples */
    int64_t least_us;   /* the shortest way of late, by a clock that begins anywhere */
    int64_t low_us;     /* ... since the last look */
    bool low;           /* there is one */
    bool slow;          /* what comes is much later than it was */
    int64_t same_us;    /* the shortest way has been about this ... */
    unsigned same;      /* ... for so many looks: a queue grows, or becomes shorter */
    int64_t looked_us, told_us;
    bool good;             /* nothing was missed, when it was told last */
    uint64_t came, missed; /* that the speaker knows of */
};

/* A packet has come: its timestamp and samples. None that comes as a copy. */
void cw_hearing_note(struct cw_hearing *hearing, uint32_t timestamp, uint32_t samples,
                     int64_t now_us);

/* At any time. `came`: packets so far, the lost ones included; `missed`: those of them that were
 * not played. True: *lost is to be told the speaker, in percent; where a queue grows it is as much
 * as makes them send less, before it is lost. */
bool cw_hearing_is_due(struct cw_hearing *hearing, uint64_t came, uint64_t missed, int64_t now_us,
                       unsigned *lost);

/* Whose turn it is to be told: one at a time, as a server passes on so many a second
 * (CW_CALL_REPORTS_PER_S), and takes more for a flood. A zeroed struct. */
struct cw_hearing_turns {
    int64_t at_us;
    size_t last;
};

/* Of how many of the `count` speakers, each by cw_hearing_next, it may be asked now whether one is
 * due: of all, until one is; 0 soon after the last time. */
size_t cw_hearing_turn(struct cw_hearing_turns *turns, size_t count, int64_t now_us);
/* The index of the next one. */
size_t cw_hearing_next(struct cw_hearing_turns *turns, size_t count);

#endif
