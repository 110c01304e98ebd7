/* device.h - microphone and loudspeaker: 48 kHz, mono, 16 bits, in pieces of up to 10 ms.
 * Everything else in the command works without any sound device. device_pulse.c and
 * device_sdl.c know the audio systems, whose threads meet the program in lock-free rings.
 * One thread uses a device. */
#ifndef CHINWAG_CLI_DEVICE_H
#define CHINWAG_CLI_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Samples, 3.75 ms, of which a program may take 2.5 until it has made more: the least that
 * device_reserve says. */
#define DEVICE_LEAST 180

struct device;

/* Opens and starts the requested devices: those with `name` in their names, or the usual ones
 * (NULL). NULL: it failed, and stderr says what is missing and what to do. */
struct device *device_open(const char *name, bool microphone, bool loudspeaker);
/* Opens them again, in the same audio system, when they were lost. False: they are still not there;
 * nothing is printed. */
bool device_reopen(struct device *device);
/* Prints the names of all devices, a line each. False: it failed, and stderr says why. */
bool device_print_all(void);
void device_close(struct device *device);

/* Takes n samples of the microphone; returns n, or 0 when there are fewer. Samples that are not
 * taken in time are lost. */
size_t device_hear(struct device *device, int16_t *pcm, size_t n);

/* Gives samples to the loudspeaker; returns how many it took. */
size_t device_play(struct device *device, const int16_t *pcm, size_t n);

/* Samples that wait to be played. */
size_t device_waiting(const struct device *device);

/* The fewest waiting samples with which the loudspeaker does not run dry. */
size_t device_reserve(const struct device *device);

/* How often the loudspeaker found too little to play, so far. */
unsigned device_gaps(const struct device *device);

/* Has the audio system removed the device? Then nothing is heard or played any more, and device_fd
 * may stay unreadable. */
bool device_lost(const struct device *device);

/* The descriptor says that something was played only when fewer samples than these wait; at first
 * always. */
void device_wake_below(struct device *device, size_t samples);

/* A descriptor that becomes readable when 5 ms were heard or something was played; device_rest
 * makes it unreadable until then. */
int device_fd(const struct device *device);
void device_rest(struct device *device);

#endif
