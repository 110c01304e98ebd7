/* gate.h - is somebody speaking? Decides for each 5 ms of the microphone, by its level before any
 * gain. Not the sender, which keeps what was before the gate opened.
 *
 * Without a threshold of its own (0) it finds one: above what the room does all the time, steady
 * (a fan) or not (a television next door). Sound louder than CW_GATE_STEADY_MOST is never taken for
 * a fan's, and sound louder than CW_GATE_BUSY_MOST never for a television's. It opens above the
 * threshold, and closes CW_GATE_KEEP dB below it and after a while.
 *
 * Pure; no allocation. Caller: sender.c. */
#ifndef CW_AUDIO_GATE_H
#define CW_AUDIO_GATE_H

#include <stdbool.h>

#include "audio/audio.h"

/* dBFS, of the band above 500 Hz, in which hum and rumble have no part. */
#define CW_GATE_LEAST       (-74.0f)
#define CW_GATE_BUSY_MOST   (-50.0f)
#define CW_GATE_STEADY_MOST (-36.0f)
#define CW_GATE_KEEP        6.0f

struct cw_gate {
    float threshold;     /* dBFS (RMS); 0: it finds one */
    unsigned hang;       /* ticks that it stays open */
    unsigned left;       /* ... and how many of them are left; 0: closed */
    unsigned loud;       /* ticks above the threshold in a row */
    unsigned foreground; /* ticks in which the room is not learnt, since somebody speaks */
    float smooth;        /* level, dBFS */
    float steady;        /* of the room's steady noise */
    float busy;          /* of all that the room does */
    float last, passed;  /* the filter's samples */
    float power;         /* of the last tick */
    float above;         /* dB of the last tick above the threshold, or negative: below */
};

/* `threshold` as above; stays open for `hang_ms` after the last speech. */
void cw_gate_init(struct cw_gate *gate, float threshold, int hang_ms);

/* Takes in a tick of the microphone. True: speech, or less than the hang time after it. */
bool cw_gate_tick(struct cw_gate *gate, const int16_t pcm[CW_AUDIO_TICK]);

#endif
