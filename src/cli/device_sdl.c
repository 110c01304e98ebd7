/* device_sdl.c - the devices of SDL, for machines with neither PulseAudio nor PipeWire. */
#include <SDL.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "device_backend.h"

struct device_sdl {
    SDL_AudioDeviceID microphone, loudspeaker; /* 0: none */
};

static void on_heard(void *data, Uint8 *bytes, int n)
{
    device_on_heard(data, (const int16_t *)(const void *)bytes, (size_t)n / sizeof(int16_t));
}

static void on_played(void *data, Uint8 *bytes, int n)
{
    device_on_played(data, (int16_t *)(void *)bytes, (size_t)n / sizeof(int16_t));
}

static SDL_AudioDeviceID open_one(struct device_sound *sound, bool microphone)
{
    SDL_AudioSpec wanted = {.freq = DEVICE_RATE,
                            .format = AUDIO_S16SYS,
                            .channels = 1,
                            .samples = DEVICE_PERIOD,
                            .callback = microphone ? on_heard : on_played,
                            .userdata = sound};
    return SDL_OpenAudioDevice(NULL, microphone, &wanted, NULL, 0);
}

/* What cannot be opened; NULL: all was. */
static const char *open_both(struct device_sdl *sdl, struct device_sound *sound, bool microphone,
                             bool loudspeaker)
{
    if (SDL_Init(SDL_INIT_AUDIO) != 0)
        return "there is no sound device";
    if (microphone && (sdl->microphone = open_one(sound, true)) == 0)
        return "cannot open the microphone";
    if (loudspeaker && (sdl->loudspeaker = open_one(sound, false)) == 0)
        return "cannot open the loudspeaker";
    return NULL;
}

/* ALSA, which SDL uses where there is no PulseAudio, writes lines about files of its own
 * configuration to the standard error. They say nothing to a user, and would stand before ours.
 * Returns what the standard error was, -1: it is as before. */
static int hush_stderr(void)
{
    fflush(stderr);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    int kept = null < 0 ? -1 : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (kept >= 0)
        dup2(null, STDERR_FILENO);
    if (null >= 0)
        close(null);
    return kept;
}

static void restore_stderr(int kept)
{
    if (kept < 0)
        return;
    dup2(kept, STDERR_FILENO);
    close(kept);
}

struct device_sdl *device_sdl_open(struct device_sound *sound, bool microphone, bool loudspeaker)
{
    struct device_sdl *sdl = calloc(1, sizeof *sdl);
    if (sdl == NULL)
        return NULL;
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* Ctrl-C is ours */
    SDL_SetHint(SDL_HINT_APP_NAME, "Chinwag");
    int kept = hush_stderr();
    const char *wrong = open_both(sdl, sound, microphone, loudspeaker);
    restore_stderr(kept);
    if (wrong != NULL) {
        fprintf(stderr, "chinwag: %s: %s\n", wrong, SDL_GetError());
        device_sdl_close(sdl);
        return NULL;
    }
    if (microphone)
        SDL_PauseAudioDevice(sdl->microphone, 0);
    if (loudspeaker)
        SDL_PauseAudioDevice(sdl->loudspeaker, 0);
    return sdl;
}

void device_sdl_close(struct device_sdl *sdl)
{
    if (sdl == NULL)
        return;
    if (sdl->microphone != 0)
        SDL_CloseAudioDevice(sdl->microphone);
    if (sdl->loudspeaker != 0)
        SDL_CloseAudioDevice(sdl->loudspeaker);
    SDL_Quit();
    free(sdl);
}

static bool stopped(SDL_AudioDeviceID id)
{
    return id != 0 && SDL_GetAudioDeviceStatus(id) == SDL_AUDIO_STOPPED;
}

bool device_sdl_lost(const struct device_sdl *sdl)
{
    return stopped(sdl->microphone) || stopped(sdl->loudspeaker);
}
