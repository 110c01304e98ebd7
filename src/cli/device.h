/* device.h - microphone and loudspeaker: 48 kHz, mono, 16 bits, in pieces of up to
 * 10 ms. Everything else runs without any sound device. device_pulse.c and
 * device_sdl.c know the audio systems, whose threads meet the program in lock-free
 * rings. One thread uses a device. */
#ifndef CHINWAG_CLI_DEVICE_H
#define CHINWAG_CLI_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct device;

/* Opens and starts what is asked for. NULL: it has been said on stderr what is
 * missing and what to do. */
struct device *device_open(bool microphone, bool loudspeaker);
void device_close(struct device *device);

/* Takes out what the microphone has heard; returns n, or 0 when there is less. What is
 * not taken in time is lost. */
size_t device_hear(struct device *device, int16_t *pcm, size_t n);

/* Gives the loudspeaker something to play; returns how much it took. */
size_t device_play(struct device *device, const int16_t *pcm, size_t n);

/* Samples that wait to be played. */
size_t device_waiting(const struct device *device);

/* Samples that have to wait, at least, for the loudspeaker not to run dry. */
size_t device_reserve(const struct device *device);

/* How often the loudspeaker found too little to play, so far. */
unsigned device_gaps(const struct device *device);

/* Has the audio system taken it away? Then nothing is heard or played any more, and
 * device_fd may not tell. */
bool device_lost(const struct device *device);

/* Becomes readable when a period was heard or played; device_rest makes it
 * unreadable until the next one. */
int device_fd(const struct device *device);
void device_rest(struct device *device);

#endif
