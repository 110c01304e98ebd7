/* hearing.h - how a speaker of a call is heard, by what the listeners tell (docs/protocol.md,
 * call_report): the middle one of them, since one that lies, or whose own network is bad, shall not
 * move it. What is heard of others: receiver.h.
 *
 * Pure; seconds are counted by cw_hearing_second. Callers: src/cli/call_audio.c,
 * src/voice/voice_sender.c. */
#ifndef CW_AUDIO_HEARING_H
#define CW_AUDIO_HEARING_H

#include "base/limits.h"
#include "base/slice.h"

/* How often a listener tells. */
#define CW_HEARING_REPORT_S 2

/* A zeroed struct is empty. */
struct cw_hearing {
    unsigned now_s;
    size_t count;
    struct cw_hearing_report {
        uint8_t listener[CW_NAME_MAX];
        size_t n;      /* of the name */
        unsigned lost; /* per cent */
        unsigned at_s;
    } reports[CW_CALL_MEMBERS_LIMIT];
};

/* A listener does not hear so many per cent. */
void cw_hearing_told(struct cw_hearing *hearing, struct cw_slice listener, unsigned lost);

/* A second has passed. */
void cw_hearing_second(struct cw_hearing *hearing);

/* What the middle one of the listeners does not hear, per cent; -1: nobody has told of late. */
int cw_hearing_lost(const struct cw_hearing *hearing);

/* The same and what the speaker knows itself: the worse of the two. */
unsigned cw_hearing_unheard(const struct cw_hearing *hearing, unsigned own);

#endif
