/* device.c - see device.h. */
#include "device.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device_backend.h"

struct device {
    struct device_pulse *pulse; /* one of these */
    struct device_sdl *sdl;
    bool uses_sdl;
    struct device_wish wish;
    struct device_sound sound;
};

/* --- opening --------------------------------------------------------------------------- */

static void say_what_to_do(const struct device_wish *wish)
{
    if (wish->name != NULL)
        fprintf(stderr,
                "chinwag: no sound device has '%s' in its name, or it cannot be opened\n"
                "  chinwag sound-devices shows all\n",
                wish->name);
    else
        fprintf(stderr,
                "  connect one, or start PulseAudio or PipeWire; without any sound device\n"
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

/* SDL's environment variable names a driver: then PulseAudio is not wanted. */
static bool wants_sdl(void)
{
    return getenv("SDL_AUDIODRIVER") != NULL;
}

/* Opens PulseAudio, or SDL when there is no PulseAudio. */
static bool open_all(struct device *device)
{
    if (!open_pipe(device))
        return false;
    if (!wants_sdl())
        device->pulse = device_pulse_open(&device->sound, &device->wish);
    device->uses_sdl = device->pulse == NULL;
    if (device->uses_sdl)
        device->sdl = device_sdl_open(&device->sound, &device->wish);
    device->wish.quiet = true;
    return device->pulse != NULL || device->sdl != NULL;
}

struct device *device_open(const char *name, bool microphone, bool loudspeaker)
{
    struct device *device = calloc(1, sizeof *device);
    if (device == NULL)
        return NULL;
    device->wish = (struct device_wish){name, microphone, loudspeaker, false};
    device->sound.low = SIZE_MAX;
    if (!open_all(device)) {
        say_what_to_do(&device->wish);
        device_close(device);
        return NULL;
    }
    return device;
}

static void close_backend(struct device *device)
{
    device_pulse_close(device->pulse);
    device_sdl_close(device->sdl);
    device->pulse = NULL;
    device->sdl = NULL;
}

/* Not in another one: SDL would take the hardware that an audio server is about to open. */
bool device_reopen(struct device *device)
{
    close_backend(device);
    ring_empty(&device->sound.heard);
    ring_empty(&device->sound.to_play);
    if (device->uses_sdl)
        device->sdl = device_sdl_open(&device->sound, &device->wish);
    else
        device->pulse = device_pulse_open(&device->sound, &device->wish);
    return !device_lost(device);
}

void device_close(struct device *device)
{
    if (device == NULL)
        return;
    close_backend(device);
    for (int i = 0; i < 2; i++)
        if (device->sound.wake[i] >= 0)
            close(device->sound.wake[i]);
    free(device);
}

static void print_one(const struct device_name *name, void *context)
{
    (void)context;
    printf("%-11s %s", name->microphone ? "microphone" : "loudspeaker", name->name);
    if (name->description != NULL && strcmp(name->description, name->name) != 0)
        printf("  (%s)", name->description);
    printf("%s\n", name->usual ? "  usual" : "");
}

bool device_print_all(void)
{
    if ((!wants_sdl() && device_pulse_list(print_one, NULL)) || device_sdl_list(print_one, NULL))
        return true;
    fprintf(stderr, "chinwag: there is no sound device\n");
    say_what_to_do(&(struct device_wish){.name = NULL});
    return false;
}

/* --- in the program's thread ------------------------------------------------------------ */

size_t device_hear(struct device *device, int16_t *pcm, size_t n)
{
    return ring_count(&device->sound.heard) < n ? 0 : ring_read(&device->sound.heard, pcm, n);
}

size_t device_play(struct device *device, const int16_t *pcm, size_t n)
{
    size_t took = ring_write(&device->sound.to_play, pcm, n);
    if (device->pulse != NULL)
        device_pulse_play(device->pulse);
    return took;
}

size_t device_waiting(const struct device *device)
{
    size_t behind = device->pulse != NULL ? device_pulse_waiting(device->pulse) : 0;
    return ring_count(&device->sound.to_play) + behind;
}

/* PulseAudio asks for a millisecond at a time, SDL for a period at once. */
size_t device_reserve(const struct device *device)
{
    return device->uses_sdl ? DEVICE_PERIOD : DEVICE_LEAST;
}

void device_wake_below(struct device *device, size_t samples)
{
    atomic_store_explicit(&device->sound.low, samples, memory_order_relaxed);
}

unsigned device_gaps(const struct device *device)
{
    return atomic_load_explicit(&device->sound.gaps, memory_order_relaxed);
}

bool device_lost(const struct device *device)
{
    if (device->pulse != NULL)
        return device_pulse_lost(device->pulse);
    return device->sdl == NULL || device_sdl_lost(device->sdl);
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
