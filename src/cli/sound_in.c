/* sound_in.c - see sound_in.h. */
#include "sound_in.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recording.h"

/* --- a file ---------------------------------------------------------------------------- */

bool sound_in_open_file(struct sound_in *in, const char *path)
{
    struct recording recording;
    *in = (struct sound_in){.fd = -1};
    const char *wrong = recording_read(&recording, path);
    if (wrong == NULL)
        wrong = recording_make_playable(&recording);
    in->samples = recording.samples;
    in->count = recording.count;
    recording.samples = NULL;
    recording_finish(&recording);
    if (wrong != NULL)
        fprintf(stderr, "chinwag: cannot play %s: %s\n", path, wrong);
    return wrong == NULL;
}

static void take_file(struct sound_in *in, int16_t pcm[CW_AUDIO_TICK])
{
    size_t left = in->count - in->at;
    size_t n = left < CW_AUDIO_TICK ? left : CW_AUDIO_TICK;
    if (n != 0)
        memcpy(pcm, in->samples + in->at, n * sizeof *pcm);
    in->at += n;
    in->over = in->at == in->count;
}

/* --- a pipe ---------------------------------------------------------------------------- */

void sound_in_open_raw(struct sound_in *in, int fd)
{
    *in = (struct sound_in){.fd = fd, .raw = true};
}

static bool readable(int fd)
{
    struct pollfd pollfd = {.fd = fd, .events = POLLIN};
    return poll(&pollfd, 1, 0) > 0;
}

static void fill(struct sound_in *in)
{
    while (!in->over && in->have < sizeof in->bytes && readable(in->fd)) {
        ssize_t n = read(in->fd, in->bytes + in->have, sizeof in->bytes - in->have);
        if (n > 0)
            in->have += (size_t)n;
        else if (n == 0 || (errno != EINTR && errno != EAGAIN))
            in->over = true;
        else
            return;
    }
}

/* Half a frame waits for its other half, unless the input has ended. */
static void take_raw(struct sound_in *in, int16_t pcm[CW_AUDIO_TICK])
{
    fill(in);
    if (in->have < sizeof in->bytes && !in->over)
        return;
    for (size_t i = 0; i < in->have / 2; i++)
        pcm[i] = (int16_t)(in->bytes[2 * i] | in->bytes[2 * i + 1] << 8);
    in->have = 0;
}

bool sound_in_frame(struct sound_in *in, int16_t pcm[CW_AUDIO_TICK])
{
    memset(pcm, 0, CW_AUDIO_TICK * sizeof *pcm);
    if (in->over)
        return false;
    if (in->raw)
        take_raw(in, pcm);
    else
        take_file(in, pcm);
    return true;
}

void sound_in_close(struct sound_in *in)
{
    free(in->samples);
    in->samples = NULL;
}
