/* device_backend.h - the functions of an audio system that device.c calls. Its threads call
 * those of device_sound.h. */
#ifndef CHINWAG_CLI_DEVICE_BACKEND_H
#define CHINWAG_CLI_DEVICE_BACKEND_H

#include <stdbool.h>

#include "device_sound.h"

#define DEVICE_RATE   48000
#define DEVICE_PERIOD 480

struct device_wish {
    const char *name; /* parts of the devices' names, with commas; NULL: the usual ones */
    bool microphone, loudspeaker;
    bool quiet; /* no message is printed when it fails */
};

/* One of the devices that there are. */
struct device_name {
    const char *name;
    const char *description; /* for people; NULL: none */
    bool microphone;         /* else a loudspeaker */
    bool usual;              /* used when none is named */
};
typedef void device_told(const struct device_name *name, void *context);

/* The devices that a wish leads to: "" is the usual one. */
#define DEVICE_NAME_MAX 256
struct device_choice {
    const char *wish; /* names with commas between, or NULL */
    char microphone[DEVICE_NAME_MAX], loudspeaker[DEVICE_NAME_MAX];
    bool found; /* any */
};

/* For a list: takes those that the wish names, by a part of the name or the description, in
 * capitals or not. What is played (a monitor) is no microphone, unless it is named in full. */
void device_choice_take(const struct device_name *name, void *choice);

/* Opens and starts the devices, mono. NULL: it failed. PulseAudio prints nothing then, since SDL is
 * tried next. The lists are false when there is no such audio system. */
struct device_pulse;
struct device_pulse *device_pulse_open(struct device_sound *sound, const struct device_wish *wish);
void device_pulse_close(struct device_pulse *pulse);
/* With a loudspeaker: plays what is in the ring, and says how many samples wait behind it. */
void device_pulse_play(struct device_pulse *pulse);
size_t device_pulse_waiting(struct device_pulse *pulse);
bool device_pulse_lost(const struct device_pulse *pulse);
bool device_pulse_list(device_told *told, void *context);

struct device_sdl;
struct device_sdl *device_sdl_open(struct device_sound *sound, const struct device_wish *wish);
void device_sdl_close(struct device_sdl *sdl);
bool device_sdl_lost(const struct device_sdl *sdl);
bool device_sdl_list(device_told *told, void *context);

#endif
