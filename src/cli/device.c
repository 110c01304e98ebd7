/* device.c - see device.h. */
#include "device.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "device_backend.h"

struct device {
    struct device_pulse *pulse; /* one of these */
    struct device_sdl *sdl;
    struct device_sound sound;
};

/* --- opening --------------------------------------------------------------------------- */

static void say_what_to_do(void)
{
    fprintf(stderr, "  connect one, or start PulseAudio or PipeWire; without any sound device\n"
                    "  the sound can come from and go to files: --wav FILE, --out FILE, --raw\n");
}

static bool open_pipe(struct device *device)
{
    if (pipe(device->sound.wake) != 0) {
        device->sound.wake[0] = device->sound.wake[1] = -1;
        return false;
    }
    for (int i = 0; i < 2; i++)
        if (fcntl(device->sound.wake[i], F_SETFL, O_NONBLOCK) != 0 ||
            fcntl(device->sound.wake[i], F_SETFD, FD_CLOEXEC) != 0)
            return false;
    return true;
}

/* Opens PulseAudio, or SDL when there is no PulseAudio or when SDL's environment variable names a
 * driver. */
static bool open_all(struct device *device, bool microphone, bool loudspeaker)
{
    if (!open_pipe(device))
        return false;
    if (getenv("SDL_AUDIODRIVER") == NULL)
        device->pulse = device_pulse_open(&device->sound, microphone, loudspeaker);
    if (device->pulse == NULL)
        device->sdl = device_sdl_open(&device->sound, microphone, loudspeaker);
    return device->pulse != NULL || device->sdl != NULL;
}

struct device *device_open(bool microphone, bool loudspeaker)
{
    struct device *device = calloc(1, sizeof *device);
    if (device == NULL)
        return NULL;
    if (!open_all(device, microphone, loudspeaker)) {
        say_what_to_do();
        device_close(device);
        return NULL;
    }
    return device;
}

void device_close(struct device *device)
{
    if (device == NULL)
        return;
    device_pulse_close(device->pulse);
    device_sdl_close(device->sdl);
    for (int i = 0; i < 2; i++)
        if (device->sound.wake[i] >= 0)
            close(device->sound.wake[i]);
    free(device);
}

/* --- in the program's thread ------------------------------------------------------------ */

size_t device_hear(struct device *device, int16_t *pcm, size_t n)
{
    return ring_count(&device->sound.heard) < n ? 0 : ring_read(&device->sound.heard, pcm, n);
}

size_t device_play(struct device *device, const int16_t *pcm, size_t n)
{
    return ring_write(&device->sound.to_play, pcm, n);
}

size_t device_waiting(const struct device *device)
{
    return ring_count(&device->sound.to_play);
}

/* PulseAudio asks for a few milliseconds at a time, SDL for a period at once. */
size_t device_reserve(const struct device *device)
{
    return device->pulse != NULL ? DEVICE_PERIOD / 2 : DEVICE_PERIOD;
}

unsigned device_gaps(const struct device *device)
{
    return atomic_load_explicit(&device->sound.gaps, memory_order_relaxed);
}

bool device_lost(const struct device *device)
{
    return device->pulse != NULL ? device_pulse_lost(device->pulse) : device_sdl_lost(device->sdl);
}

int device_fd(const struct device *device)
{
    return device->sound.wake[0];
}

void device_rest(struct device *device)
{
    char bytes[64];
    while (read(device->sound.wake[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes)
        continue;
}
