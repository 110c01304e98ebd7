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

static SDL_AudioDeviceID open_one(struct device_sound *sound, bool microphone, const char *name)
{
    SDL_AudioSpec wanted = {.freq = DEVICE_RATE,
                            .format = AUDIO_S16SYS,
                            .channels = 1,
                            .samples = DEVICE_PERIOD,
                            .callback = microphone ? on_heard : on_played,
                            .userdata = sound};
    return SDL_OpenAudioDevice(name[0] == 0 ? NULL : name, microphone, &wanted, NULL, 0);
}

static void list_names(device_told *told, void *context)
{
    for (int microphone = 1; microphone >= 0; microphone--)
        for (int i = 0; i < SDL_GetNumAudioDevices(microphone); i++) {
            const char *name = SDL_GetAudioDeviceName(i, microphone);
            if (name != NULL)
                told(&(struct device_name){name, NULL, microphone, false}, context);
        }
}

/* What cannot be opened; NULL: all was. */
static const char *open_both(struct device_sdl *sdl, struct device_sound *sound,
                             const struct device_wish *wish)
{
    struct device_choice choice = {.wish = wish->name};
    if (SDL_Init(SDL_INIT_AUDIO) != 0)
        return "there is no sound device";
    if (wish->name != NULL)
        list_names(device_choice_take, &choice);
    if (wish->name != NULL && !choice.found)
        return "there is no such device";
    if (wish->microphone && (sdl->microphone = open_one(sound, true, choice.microphone)) == 0)
        return "cannot open the microphone";
    if (wish->loudspeaker && (sdl->loudspeaker = open_one(sound, false, choice.loudspeaker)) == 0)
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

static const char *open_hushed(struct device_sdl *sdl, struct device_sound *sound,
                               const struct device_wish *wish)
{
    int kept = hush_stderr();
    const char *wrong = open_both(sdl, sound, wish);
    restore_stderr(kept);
    return wrong;
}

struct device_sdl *device_sdl_open(struct device_sound *sound, const struct device_wish *wish)
{
    struct device_sdl *sdl = calloc(1, sizeof *sdl);
    if (sdl == NULL)
        return NULL;
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* Ctrl-C is ours */
    SDL_SetHint(SDL_HINT_APP_NAME, "Chinwag");
    const char *wrong = open_hushed(sdl, sound, wish);
    if (wrong != NULL) {
        if (!wish->quiet)
            fprintf(stderr, "chinwag: %s%s%s\n", wrong, SDL_GetError()[0] == 0 ? "" : ": ",
                    SDL_GetError());
        device_sdl_close(sdl);
        return NULL;
    }
    if (wish->microphone)
        SDL_PauseAudioDevice(sdl->microphone, 0);
    if (wish->loudspeaker)
        SDL_PauseAudioDevice(sdl->loudspeaker, 0);
    return sdl;
}

bool device_sdl_list(device_told *told, void *context)
{
    int kept = hush_stderr();
    bool there = SDL_Init(SDL_INIT_AUDIO) == 0;
    restore_stderr(kept);
    if (there)
        list_names(told, context);
    SDL_Quit();
    return there;
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
