/* call_sound.c - see call_sound.h. */
#include "call_sound.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_US (CW_AUDIO_TICK_MS * 1000)
/* The loudspeaker's reserve: its growth after each gap, and at most. */
#define AHEAD_STEP (CW_AUDIO_TICK / 2)
#define AHEAD_MAX  (20 * CW_AUDIO_TICK)
/* How often a device that was lost is looked for. */
#define LOOK_US 1000000

bool call_sound_open(struct call_sound *sound, const struct cli *cli)
{
    *sound = (struct call_sound){.cli = cli, .raw = cli->raw};
    sound->wants_device = cli->wav == NULL && cli->out == NULL && !cli->raw;
    sound->says = cli->wav != NULL || cli->raw || sound->wants_device;
    if (cli->wav != NULL && !sound_in_open_file(&sound->in, cli->wav, cli->music && !cli->plain))
        return false;
    if (cli->wav == NULL && cli->raw)
        sound_in_open_raw(&sound->in, STDIN_FILENO);
    if (cli->out == NULL)
        return true;
    sound->writes = wav_writer_open(&sound->out, cli->out, 1, CW_AUDIO_RATE);
    if (!sound->writes)
        fprintf(stderr, "chinwag: cannot write %s: %s\n", cli->out, strerror(errno));
    return sound->writes;
}

bool call_sound_start(struct call_sound *sound)
{
    if (sound->wants_device)
        sound->device = device_open(sound->cli->device, true, true);
    return sound->device != NULL || !sound->wants_device;
}

void call_sound_choose(struct call_sound *sound, const char *name)
{
    char before[sizeof sound->name];
    if (!sound->wants_device)
        return;
    memcpy(before, sound->name, sizeof before);
    snprintf(sound->name, sizeof sound->name, "%s", name);
    struct device *device = device_open(name[0] == 0 ? NULL : sound->name, true, true);
    if (device == NULL) {
        memcpy(sound->name, before, sizeof before);
        return;
    }
    device_close(sound->device);
    sound->device = device;
    sound->begun = false;
    sound->next_us = sound->look_us = 0;
}

bool call_sound_close(struct call_sound *sound)
{
    device_close(sound->device);
    sound_in_close(&sound->in);
    if (!sound->writes || wav_writer_close(&sound->out))
        return true;
    fprintf(stderr, "chinwag: %s is incomplete: %s\n", sound->cli->out, strerror(errno));
    return false;
}

/* --- files and pipes -------------------------------------------------------------------- */

/* A reader that is too slow loses audio, since it is live. */
static void write_raw(const int16_t pcm[CW_AUDIO_TICK])
{
    uint8_t bytes[2 * CW_AUDIO_TICK];
    struct pollfd pollfd = {.fd = STDOUT_FILENO, .events = POLLOUT};
    if (poll(&pollfd, 1, 0) <= 0)
        return;
    for (size_t i = 0; i < CW_AUDIO_TICK; i++) {
        bytes[2 * i] = (uint8_t)(uint16_t)pcm[i];
        bytes[2 * i + 1] = (uint8_t)((uint16_t)pcm[i] >> 8);
    }
    if (write(STDOUT_FILENO, bytes, sizeof bytes) < 0)
        return;
}

/* A tick plays what had come by its due time, however late this program was woken. */
static void run_files(struct call_sound *sound, struct call_audio *audio, chinwag_client *client,
                      const char *group, int64_t now_us)
{
    int16_t pcm[2 * CW_AUDIO_TICK];
    if (sound->next_us == 0)
        sound->next_us = now_us;
    for (; sound->next_us <= now_us; sound->next_us += TICK_US) {
        call_audio_hear(audio, sound->next_us, pcm);
        if (sound->writes)
            wav_writer_append(&sound->out, pcm, CW_AUDIO_TICK);
        if (sound->raw)
            write_raw(pcm);
        if (!sound->says)
            continue;
        if (!sound_in_frame(&sound->in, pcm))
            sound->said_all = true;
        call_audio_say(audio, pcm, client, group);
    }
}

/* --- devices ---------------------------------------------------------------------------- */

static void keep_ahead(struct call_sound *sound, int64_t now_us)
{
    unsigned gaps = device_gaps(sound->device);
    if (reserve_note(&sound->ahead, gaps != sound->gaps, now_us))
        device_wake_below(sound->device, sound->ahead.samples);
    sound->gaps = gaps;
}

/* Discards what the microphone heard before the loudspeaker began, to the last sample: ticks begin
 * and end with what the microphone brings at once, and no part of it waits for the next. */
static void begin_device(struct call_sound *sound, int64_t now_us)
{
    int16_t pcm[1];
    const size_t least = device_reserve(sound->device);
    while (device_hear(sound->device, pcm, 1) == 1)
        continue;
    reserve_begin(&sound->ahead, least, AHEAD_STEP, AHEAD_MAX, now_us);
    device_wake_below(sound->device, least);
    sound->gaps = device_gaps(sound->device);
    sound->begun = true;
}

/* Plays them, and tells the echo canceller in ticks. */
static void play_samples(struct call_sound *sound, struct call_audio *audio, const int16_t *pcm,
                         size_t n)
{
    device_play(sound->device, pcm, n);
    for (size_t part; n > 0; pcm += part, n -= part) {
        const size_t room = CW_AUDIO_TICK - sound->played;
        part = n < room ? n : room;
        memcpy(sound->far + sound->played, pcm, part * sizeof *pcm);
        sound->played = (sound->played + part) % CW_AUDIO_TICK;
        if (sound->played == 0)
            call_audio_played(audio, sound->far);
    }
}

/* What comes between ticks also waits to be played. */
static void play_tick(struct call_sound *sound, struct call_audio *audio, int64_t now_us)
{
    int16_t pcm[CW_AUDIO_TICK];
    const size_t pause = call_audio_pause(audio, now_us, pcm);
    play_samples(sound, audio, pcm, pause);
    call_audio_hear(audio, now_us + (int64_t)pause * 125 / 6, pcm);
    play_samples(sound, audio, pcm, CW_AUDIO_TICK);
}

/* The loudspeaker comes first: it cannot wait. */
static void run_device(struct call_sound *sound, struct call_audio *audio, chinwag_client *client,
                       const char *group, int64_t now_us)
{
    int16_t pcm[CW_AUDIO_TICK];
    device_rest(sound->device);
    if (!sound->begun)
        begin_device(sound, now_us);
    keep_ahead(sound, now_us);
    while (device_waiting(sound->device) < sound->ahead.samples)
        play_tick(sound, audio, now_us);
    while (device_hear(sound->device, pcm, CW_AUDIO_TICK) == CW_AUDIO_TICK)
        call_audio_say(audio, pcm, client, group);
}

/* Without its device: nothing is said, and what comes is not kept for later. */
static void run_without(struct call_sound *sound, struct call_audio *audio, int64_t now_us)
{
    int16_t pcm[CW_AUDIO_TICK];
    sound->next_us = sound->next_us == 0 ? now_us : sound->next_us;
    for (; sound->next_us <= now_us; sound->next_us += TICK_US)
        call_audio_hear(audio, sound->next_us, pcm);
    if (now_us < sound->look_us)
        return;
    sound->look_us = now_us + LOOK_US;
    if (!device_reopen(sound->device))
        return;
    sound->begun = false;
    sound->next_us = sound->look_us = 0;
}

void call_sound_run(struct call_sound *sound, struct call_audio *audio, chinwag_client *client,
                    const char *group, int64_t now_us)
{
    call_audio_follow(audio, client, now_us);
    if (call_sound_lost(sound))
        run_without(sound, audio, now_us);
    else if (sound->device != NULL)
        run_device(sound, audio, client, group, now_us);
    else
        run_files(sound, audio, client, group, now_us);
}

int64_t call_sound_due_us(const struct call_sound *sound)
{
    return sound->device != NULL && !call_sound_lost(sound) ? INT64_MAX : sound->next_us;
}

int call_sound_fd(const struct call_sound *sound)
{
    return sound->device != NULL ? device_fd(sound->device) : -1;
}

bool call_sound_lost(const struct call_sound *sound)
{
    return sound->device != NULL && device_lost(sound->device);
}

bool call_sound_said_all(const struct call_sound *sound)
{
    return sound->said_all;
}
