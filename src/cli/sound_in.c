/* sound_in.c - see sound_in.h. */
#include "sound_in.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/stretch.h"
#include "base/alloc.h"
#include "recording.h"

/* --- a file ---------------------------------------------------------------------------- */

bool sound_in_open_file(struct sound_in *in, const char *path, bool music)
{
    struct recording recording;
    *in = (struct sound_in){.fd = -1, .channels = 1};
    const char *wrong = recording_read(&recording, path);
    if (wrong == NULL)
        wrong = music ? recording_make_music(&recording) : recording_make_playable(&recording);
    if (wrong == NULL)
        in->channels = recording.channels;
    in->samples = recording.samples;
    in->count = recording.count;
    recording.samples = NULL;
    recording_finish(&recording);
    if (wrong != NULL)
        fprintf(stderr, "chinwag: cannot play %s: %s\n", path, wrong);
    return wrong == NULL;
}

static void take_file(struct sound_in *in, int16_t *pcm)
{
    size_t left = in->count - in->at;
    size_t tick = CW_AUDIO_TICK * in->channels, n = left < tick ? left : tick;
    if (n != 0)
        memcpy(pcm, in->samples + in->at, n * sizeof *pcm);
    in->at += n;
    in->over = in->at == in->count;
}

/* --- a pipe ---------------------------------------------------------------------------- */

/* What is live is not later than that; what waits beyond is left out, period by period. */
#define BACKLOG_MOST (40 * CW_AUDIO_PER_MS)
/* What is there at once beyond this is old, as what a pipe holds when the call begins, or the rest
 * of a file that is not live. */
#define BACKLOG_OLD (200 * CW_AUDIO_PER_MS)
/* So much in 5 ms is more than anybody says: the source waits for us. */
#define BURST (100 * CW_AUDIO_PER_MS)
#define PIECE 4096 /* bytes */
/* The audio in which a period is left out. */
#define SHORTENED (20 * CW_AUDIO_PER_MS)

void sound_in_open_raw(struct sound_in *in, int fd)
{
    struct stat stat;
    *in = (struct sound_in){.fd = fd, .raw = true, .channels = 1};
    in->paced = fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode);
    in->waiting = cw_alloc(SOUND_IN_WAITING_MAX * sizeof in->waiting[0]);
}

static bool readable(int fd)
{
    struct pollfd pollfd = {.fd = fd, .events = POLLIN};
    return poll(&pollfd, 1, 0) > 0;
}

/* Half a sample waits for its other half. */
static void take_pipe(struct sound_in *in, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (in->has_half)
            in->waiting[in->have++] = (int16_t)(in->half | bytes[i] << 8);
        in->half = bytes[i];
        in->has_half = !in->has_half;
    }
}

/* Reads what is there, as far as there is room; returns the samples. */
static size_t fill(struct sound_in *in)
{
    uint8_t bytes[PIECE];
    size_t before = in->have;
    while (!in->ended && in->have + PIECE / 2 < SOUND_IN_WAITING_MAX && readable(in->fd)) {
        ssize_t n = read(in->fd, bytes, sizeof bytes);
        if (n > 0)
            take_pipe(in, bytes, (size_t)n);
        else if (n == 0 || (errno != EINTR && errno != EAGAIN))
            in->ended = true;
        else
            break;
    }
    return in->have - before;
}

static void drop_first(struct sound_in *in, size_t n)
{
    in->have -= n;
    memmove(in->waiting, in->waiting + n, in->have * sizeof in->waiting[0]);
}

/* A live source that is ahead of us, or began before us, would be late for ever. A source that
 * fills the pipe again at once is not live: it waits for us, and nothing of it is left out. */
static void catch_up(struct sound_in *in, size_t came)
{
    bool old = in->have > BACKLOG_OLD;
    bool full = in->have + PIECE / 2 >= SOUND_IN_WAITING_MAX;
    in->paced |= in->suspect && (came > BURST || full);
    if (in->paced)
        return;
    if (old && in->suspect)
        drop_first(in, in->have - BACKLOG_MOST);
    in->suspect = old;
    if (in->have > BACKLOG_MOST + SHORTENED && !old) {
        size_t left = cw_stretch_shorten(in->waiting, SHORTENED, CW_STRETCH_MAX);
        memmove(in->waiting + left, in->waiting + SHORTENED,
                (in->have - SHORTENED) * sizeof in->waiting[0]);
        in->have -= SHORTENED - left;
    }
}

/* A frame is whole, unless the input has ended. */
static void take_raw(struct sound_in *in, int16_t pcm[CW_AUDIO_TICK])
{
    catch_up(in, fill(in));
    size_t n = in->have < CW_AUDIO_TICK ? in->have : CW_AUDIO_TICK;
    if (n < CW_AUDIO_TICK && !in->ended)
        return;
    memcpy(pcm, in->waiting, n * sizeof *pcm);
    drop_first(in, n);
    in->over = in->ended && in->have == 0;
}

bool sound_in_frame(struct sound_in *in, int16_t *pcm)
{
    memset(pcm, 0, CW_AUDIO_TICK * in->channels * sizeof *pcm);
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
    free(in->waiting);
    in->samples = in->waiting = NULL;
}
