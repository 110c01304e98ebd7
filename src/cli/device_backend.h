/* device_backend.h - the functions of an audio system that device.c calls. Its threads call
 * those of device_sound.h. */
#ifndef CHINWAG_CLI_DEVICE_BACKEND_H
#define CHINWAG_CLI_DEVICE_BACKEND_H

#include <stdbool.h>

#include "device_sound.h"

#define DEVICE_RATE   48000
#define DEVICE_PERIOD 480

/* Opens and starts the requested devices, mono. NULL: it failed; with `quiet` no message is
 * printed, since another audio system is tried next. */
struct device_pulse;
struct device_pulse *device_pulse_open(struct device_sound *sound, bool microphone,
                                       bool loudspeaker);
void device_pulse_close(struct device_pulse *pulse);
bool device_pulse_lost(const struct device_pulse *pulse);

struct device_sdl;
struct device_sdl *device_sdl_open(struct device_sound *sound, bool microphone, bool loudspeaker);
void device_sdl_close(struct device_sdl *sdl);
bool device_sdl_lost(const struct device_sdl *sdl);

#endif
