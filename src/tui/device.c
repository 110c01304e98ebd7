/* device.c - see device.h. */
#include "device.h"

#include <SDL.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ring.h"

#define RATE   48000
#define PERIOD 480

struct device {
    SDL_AudioDeviceID microphone, loudspeaker; /* 0: none */
    int wake[2];                               /* a pipe: a byte for each period */
    _Atomic unsigned gaps;
    struct ring heard, to_play;
};

/* --- in the threads of SDL ------------------------------------------------------------ */

/* A full pipe has woken the reader long ago. */
static void wake(struct device *device)
{
    if (write(device->wake[1], "", 1) < 0)
        return;
}

static void on_heard(void *data, Uint8 *bytes, int n)
{
    struct device *device = data;
    ring_write(&device->heard, (const int16_t *)(const void *)bytes, (size_t)n / sizeof(int16_t));
    wake(device);
}

static void on_played(void *data, Uint8 *bytes, int n)
{
    struct device *device = data;
    size_t wanted = (size_t)n / sizeof(int16_t);
    int16_t *pcm = (int16_t *)(void *)bytes;
    size_t got = ring_read(&device->to_play, pcm, wanted);
    memset(pcm + got, 0, (wanted - got) * sizeof *pcm);
    if (got < wanted)
        atomic_fetch_add_explicit(&device->gaps, 1, memory_order_relaxed);
    wake(device);
}

/* --- opening --------------------------------------------------------------------------- */

static SDL_AudioDeviceID open_one(struct device *device, bool microphone)
{
    SDL_AudioSpec wanted = {.freq = RATE,
                            .format = AUDIO_S16SYS,
                            .channels = 1,
                            .samples = PERIOD,
                            .callback = microphone ? on_heard : on_played,
                            .userdata = device};
    SDL_AudioDeviceID id = SDL_OpenAudioDevice(NULL, microphone, &wanted, NULL, 0);
    if (id == 0)
        fprintf(stderr, "chinwag: cannot open the %s: %s\n",
                microphone ? "microphone" : "loudspeaker", SDL_GetError());
    return id;
}

static void say_what_to_do(void)
{
    fprintf(stderr, "  connect one, or start PulseAudio or PipeWire; without any sound device\n"
                    "  the sound can come from and go to files: --wav FILE, --out FILE, --raw\n");
}

static bool open_pipe(struct device *device)
{
    if (pipe(device->wake) != 0) {
        device->wake[0] = device->wake[1] = -1;
        return false;
    }
    for (int i = 0; i < 2; i++)
        if (fcntl(device->wake[i], F_SETFL, O_NONBLOCK) != 0 ||
            fcntl(device->wake[i], F_SETFD, FD_CLOEXEC) != 0)
            return false;
    return true;
}

static bool open_all(struct device *device, bool microphone, bool loudspeaker)
{
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* Ctrl-C is ours */
    SDL_SetHint(SDL_HINT_APP_NAME, "Chinwag");
    if (!open_pipe(device))
        return false;
    if (SDL_Init(SDL_INIT_AUDIO) != 0) {
        fprintf(stderr, "chinwag: there is no sound device: %s\n", SDL_GetError());
        return false;
    }
    if (microphone && (device->microphone = open_one(device, true)) == 0)
        return false;
    if (loudspeaker && (device->loudspeaker = open_one(device, false)) == 0)
        return false;
    return true;
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
    if (microphone)
        SDL_PauseAudioDevice(device->microphone, 0);
    if (loudspeaker)
        SDL_PauseAudioDevice(device->loudspeaker, 0);
    return device;
}

void device_close(struct device *device)
{
    if (device == NULL)
        return;
    if (device->microphone != 0)
        SDL_CloseAudioDevice(device->microphone);
    if (device->loudspeaker != 0)
        SDL_CloseAudioDevice(device->loudspeaker);
    SDL_Quit();
    for (int i = 0; i < 2; i++)
        if (device->wake[i] >= 0)
            close(device->wake[i]);
    free(device);
}

/* --- in the program's thread ------------------------------------------------------------ */

size_t device_hear(struct device *device, int16_t *pcm, size_t n)
{
    return ring_count(&device->heard) < n ? 0 : ring_read(&device->heard, pcm, n);
}

size_t device_play(struct device *device, const int16_t *pcm, size_t n)
{
    return ring_write(&device->to_play, pcm, n);
}

size_t device_waiting(const struct device *device)
{
    return ring_count(&device->to_play);
}

unsigned device_gaps(const struct device *device)
{
    return atomic_load_explicit(&device->gaps, memory_order_relaxed);
}

int device_fd(const struct device *device)
{
    return device->wake[0];
}

void device_rest(struct device *device)
{
    char bytes[64];
    while (read(device->wake[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes)
        continue;
}
