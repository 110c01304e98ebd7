/* device_sound.h - the samples between the program's thread (device.c) and those of an audio
 * system: two rings without locks, and a pipe that wakes the program. */
#ifndef CHINWAG_CLI_DEVICE_SOUND_H
#define CHINWAG_CLI_DEVICE_SOUND_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "ring.h"

struct device_sound {
    int wake[2]; /* a pipe: a byte when there is something to do */
    _Atomic unsigned gaps;
    _Atomic size_t low; /* there is, when fewer samples than these wait to be played */
    struct ring heard, to_play;
};

/* Called in the audio system's threads: takes recorded samples; writes the samples to be played. */
void device_on_heard(struct device_sound *sound, const int16_t *pcm, size_t n);
void device_on_played(struct device_sound *sound, int16_t *pcm, size_t n);
/* The same of an audio system that has a queue of its own: it asks for more, while so many wait
 * there; and it had nothing to play. */
void device_on_asked(struct device_sound *sound, size_t behind);
void device_on_gap(struct device_sound *sound);

#endif
