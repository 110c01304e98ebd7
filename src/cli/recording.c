/* recording.c - see recording.h. */
#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "audio/ogg_opus_read.h"
#include "audio/ogg_opus_write.h"
#include "audio/resampler.h"
#include "convert.h"
#include "part_file.h"
#include "wav.h"
#include "whole.h"

/* Twelve minutes of a call at the highest rate of a voice message; a longer file is a mistake. */
#define FILE_MAX (128u * 1024 * 1024)

static const char no_memory[] = "there is not enough memory";
static const char too_long[] = "it is longer than 120 seconds";
static const char there_already[] = "it is there already; --yes replaces it";

/* --- the rate ---------------------------------------------------------------------------- */

static const char *resample(struct recording *recording, struct cw_resampler *resampler)
{
    const unsigned channels = recording->channels;
    size_t frames = recording->count / channels;
    size_t room = cw_resampler_room(resampler, frames) + cw_resampler_room(resampler, 0);
    int16_t *samples = malloc(room * channels * sizeof *samples);
    if (samples == NULL)
        return no_memory;
    size_t n = cw_resampler_push(resampler, recording->samples, frames, samples);
    n += cw_resampler_flush(resampler, samples + n * channels);
    free(recording->samples);
    recording->samples = samples;
    recording->count = n * channels;
    recording->sample_rate = CW_AUDIO_RATE;
    return NULL;
}

static const char *change_rate(struct recording *recording)
{
    struct cw_resampler *resampler = cw_resampler_create(recording->sample_rate, CW_AUDIO_RATE,
                                                         recording->channels, CW_RESAMPLER_GOOD);
    if (resampler == NULL)
        return "its sample rate is not between 8,000 and 192,000 Hz";
    const char *wrong = resample(recording, resampler);
    cw_resampler_destroy(resampler);
    return wrong;
}

/* --- reading ----------------------------------------------------------------------------- */

static const char *why_not_opus(enum cw_ogg_result result)
{
    switch (result) {
    case CW_OGG_GOOD:
        return NULL;
    case CW_OGG_TOO_LARGE:
        return "it is larger than 1 MiB";
    case CW_OGG_TOO_LONG:
        return too_long;
    case CW_OGG_NOT_OPUS:
        return "it is Ogg, but not one plain stream of Opus";
    case CW_OGG_MALFORMED:
    case CW_OGG_DISHONEST:
    case CW_OGG_UNDECODABLE:
    case CW_OGG_NO_MEMORY: /* the process would have ended */
        break;
    }
    return "it is damaged, not Ogg Opus, or its length is wrong";
}

/* Nothing but the sound: tags and pictures say who recorded it, where and with what. */
static const char *take_opus(struct recording *recording, uint8_t *bytes, size_t n)
{
    struct cw_ogg_info info;
    const char *wrong = why_not_opus(cw_ogg_opus_info(cw_slice_of(bytes, n), &info));
    recording->file = bytes;
    recording->file_n = n;
    if (wrong != NULL)
        return wrong;
    recording->channels = info.channels;
    recording->file_n = cw_ogg_opus_clean(bytes, n);
    return recording->file_n == 0 ? why_not_opus(CW_OGG_MALFORMED) : NULL;
}

/* What the encoder, the protocol and the loudspeaker have no room for. */
static const char *take_wav(struct recording *recording, const struct wav *wav)
{
    recording->channels = wav->channels;
    recording->sample_rate = wav->sample_rate;
    recording->samples = wav->samples;
    recording->count = wav->count;
    if (wav->sample_rate <= CW_VOICE_RATE_MAX)
        return NULL;
    return change_rate(recording);
}

/* Decoders cut what encoders have added, and headers round. */
#define LENGTH_SLACK_MS 250
/* For a call; a voice message is shorter. One second more is read, so that a longer one is noticed.
 */
#define PLAY_SECONDS (10 * 60)
#define READ_SECONDS (PLAY_SECONDS + 1)

/* Less than it says that it has. */
static bool is_short(const struct wav *wav, unsigned long stated_ms)
{
    const unsigned long most_ms = READ_SECONDS * 1000ul;
    size_t ms = wav->count / wav->channels * 1000 / wav->sample_rate;
    return ms + LENGTH_SLACK_MS < (stated_ms < most_ms ? stated_ms : most_ms);
}

static const char *take_other(struct recording *recording, const uint8_t *bytes, size_t n)
{
    struct wav wav = {.samples = NULL};
    struct converted converted;
    const char *wrong = convert_sound(bytes, n, READ_SECONDS, &converted);
    if (wrong == NULL)
        wrong = wav_read(converted.wav, converted.n, &wav);
    free(converted.wav);
    if (wrong != NULL)
        return wrong;
    wrong = take_wav(recording, &wav);
    recording->cut =
        converted.full || wav.count / wav.channels > (size_t)PLAY_SECONDS * wav.sample_rate;
    bool whole = recording->cut || (whole_sound(bytes, n) && !is_short(&wav, converted.stated_ms));
    return wrong != NULL || whole ? wrong : "it is damaged, or its end is missing";
}

/* Ogg that is no single stream of Opus, or more of it than a voice message has, ffmpeg can read. */
static bool is_other_ogg(struct cw_slice file)
{
    struct cw_ogg_info info;
    enum cw_ogg_result result = cw_ogg_opus_info(file, &info);
    return result == CW_OGG_NOT_OPUS || result == CW_OGG_TOO_LARGE || result == CW_OGG_TOO_LONG;
}

/* Others begin with RIFF, too: AVI. */
static bool is_wav(struct cw_slice file)
{
    return cw_slice_has(file, 0, "RIFF") && (file.n < 12 || cw_slice_has(file, 8, "WAVE"));
}

/* Takes the bytes over, or frees them. */
static const char *take_bytes(struct recording *recording, uint8_t *bytes, size_t n)
{
    const struct cw_slice file = cw_slice_of(bytes, n);
    struct wav wav = {.compressed = true};
    const char *wrong = NULL;
    if (cw_slice_has(file, 0, "OggS") && !is_other_ogg(file))
        return take_opus(recording, bytes, n);
    if (is_wav(file))
        wrong = wav_read(bytes, n, &wav);
    if (n == 0)
        wrong = "it is empty";
    else if (wav.compressed)
        wrong = take_other(recording, bytes, n);
    else if (wrong == NULL)
        wrong = take_wav(recording, &wav);
    free(bytes);
    return wrong;
}

/* Of a pipe, too, whose length is not known. */
static const char *read_whole(FILE *file, uint8_t **p, size_t *n)
{
    size_t capacity = 0;
    *p = NULL;
    *n = 0;
    while (!feof(file)) {
        if (*n == capacity) {
            capacity = capacity == 0 ? 64 * 1024 : 2 * capacity;
            uint8_t *more = capacity <= FILE_MAX ? realloc(*p, capacity) : NULL;
            if (more == NULL)
                return "it is too large";
            *p = more;
        }
        *n += fread(*p + *n, 1, capacity - *n, file);
        if (ferror(file))
            return strerror(errno);
    }
    return NULL;
}

const char *recording_read(struct recording *recording, const char *path)
{
    uint8_t *bytes;
    size_t n;
    *recording = (struct recording){.file = NULL};
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (file == NULL)
        return strerror(errno);
    const char *wrong = read_whole(file, &bytes, &n);
    if (!standard)
        fclose(file);
    if (wrong == NULL)
        return take_bytes(recording, bytes, n);
    free(bytes);
    return wrong;
}

const char *recording_take(struct recording *recording, const struct chinwag_event *event)
{
    *recording = (struct recording){.channels = event->channels, .sample_rate = event->sample_rate};
    if (event->file != NULL) {
        recording->file_n = event->file_length;
        recording->file = malloc(recording->file_n);
        if (recording->file == NULL)
            return no_memory;
        memcpy(recording->file, event->file, recording->file_n);
        return NULL;
    }
    if (event->sample_count == 0)
        return "there is no sound in it";
    recording->samples = malloc(event->sample_count * sizeof *recording->samples);
    if (recording->samples == NULL)
        return no_memory;
    recording->count = event->sample_count;
    memcpy(recording->samples, event->samples, recording->count * sizeof *recording->samples);
    return NULL;
}

/* --- from one to the other ---------------------------------------------------------------- */

static const char *encode_with(struct cw_ogg_writer *writer, struct recording *recording)
{
    size_t frames = recording->count / recording->channels;
    if (cw_ogg_writer_push(writer, recording->samples, frames) != frames)
        return too_long;
    if (!cw_ogg_writer_finish(writer))
        return "there is no sound in it";
    const struct cw_buf *output = cw_ogg_writer_output(writer);
    recording->file = malloc(output->n);
    if (recording->file == NULL)
        return no_memory;
    recording->file_n = output->n;
    memcpy(recording->file, output->p, output->n);
    return NULL;
}

/* Seen before any work is done. */
static bool is_too_long(const struct recording *recording)
{
    return recording->count / recording->channels >
           (size_t)CW_VOICE_SECONDS_MAX * recording->sample_rate;
}

const char *recording_encode(struct recording *recording)
{
    if (recording->file != NULL)
        return NULL;
    if (is_too_long(recording))
        return too_long;
    uint32_t serial = (uint32_t)time(NULL) ^ (uint32_t)getpid() << 16;
    struct cw_ogg_writer *writer =
        cw_ogg_writer_create(recording->sample_rate, recording->channels, serial);
    if (writer == NULL)
        return "its sample rate is not between 8,000 and 48,000 Hz";
    const char *wrong = encode_with(writer, recording);
    cw_ogg_writer_destroy(writer);
    return wrong;
}

const char *recording_decode(struct recording *recording)
{
    struct cw_slice file = cw_slice_of(recording->file, recording->file_n);
    struct cw_ogg_info info;
    if (recording->samples != NULL)
        return NULL;
    const char *wrong = why_not_opus(cw_ogg_opus_info(file, &info));
    if (wrong != NULL)
        return wrong;
    recording->count = (size_t)info.frames * info.channels;
    recording->channels = info.channels;
    recording->sample_rate = CW_AUDIO_RATE;
    recording->samples = malloc(recording->count * sizeof *recording->samples);
    if (recording->samples == NULL)
        return no_memory;
    return why_not_opus(cw_ogg_opus_decode(file, recording->samples, recording->count, &info));
}

static void mix_down(struct recording *recording)
{
    if (recording->channels == 1)
        return;
    recording->channels = 1;
    recording->count /= 2;
    for (size_t i = 0; i < recording->count; i++)
        recording->samples[i] =
            (int16_t)((recording->samples[2 * i] + recording->samples[2 * i + 1]) / 2);
}

/* Made 48,000 Hz. */
static const char *make_sound(struct recording *recording, bool music)
{
    const char *wrong = recording_decode(recording);
    if (wrong == NULL && recording->cut)
        wrong = "it is too long: what is no WAV is read up to 10 minutes";
    if (wrong != NULL)
        return wrong;
    if (!music)
        mix_down(recording);
    return change_rate(recording);
}

const char *recording_make_playable(struct recording *recording)
{
    return make_sound(recording, false);
}

const char *recording_make_music(struct recording *recording)
{
    return make_sound(recording, true);
}

/* --- writing ------------------------------------------------------------------------------ */

enum kind { KIND_WAV, KIND_OPUS, KIND_OTHER };

/* A name without an ending says nothing. */
static enum kind kind_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash == NULL ? path : slash, '.');
    if (dot == NULL || strcmp(dot, ".opus") == 0 || strcmp(dot, ".ogg") == 0)
        return KIND_OPUS;
    return strcmp(dot, ".wav") == 0 ? KIND_WAV : KIND_OTHER;
}

static const char *write_kind(const struct recording *recording, enum kind kind, int fd)
{
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (file == NULL) {
        const char *wrong = strerror(errno);
        if (fd >= 0)
            close(fd);
        return wrong;
    }
    if (kind == KIND_WAV)
        wav_write(file, recording->channels, recording->sample_rate, recording->samples,
                  recording->count);
    else
        fwrite(recording->file, 1, recording->file_n, file);
    bool good = fflush(file) == 0 && !ferror(file) && (fsync(fd) == 0 || errno == EINVAL);
    const char *wrong = good ? NULL : strerror(errno); /* EINVAL: a pipe or a device */
    if (fclose(file) != 0 && wrong == NULL)
        wrong = strerror(errno);
    return wrong;
}

static const char *write_beside(const struct recording *recording, enum kind kind, const char *path,
                                bool replace)
{
    char part[PART_FILE_NAME];
    int fd = part_file_open(path, part);
    const char *wrong = write_kind(recording, kind, fd);
    if (wrong == NULL && !part_file_place(part, path, replace))
        wrong = errno == EEXIST ? there_already : strerror(errno);
    if (wrong != NULL && fd >= 0)
        unlink(part);
    return wrong;
}

/* A pipe or a device is no file that would be replaced. */
static const char *write_to(const struct recording *recording, enum kind kind, const char *path,
                            bool replace)
{
    struct stat about;
    if (strcmp(path, "-") == 0)
        return write_kind(recording, kind, dup(STDOUT_FILENO));
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode))
        return write_kind(recording, kind, open(path, O_WRONLY | O_CLOEXEC));
    if (!replace && lstat(path, &about) == 0)
        return there_already;
    return write_beside(recording, kind, path, replace);
}

const char *recording_write(struct recording *recording, const char *path, bool replace)
{
    enum kind kind = kind_of(path);
    if (kind == KIND_OTHER)
        return "a voice message is written as FILE.opus or FILE.wav";
    const char *wrong =
        kind == KIND_WAV ? recording_decode(recording) : recording_encode(recording);
    if (wrong != NULL)
        return wrong;
    return write_to(recording, kind, path, replace);
}

void recording_finish(struct recording *recording)
{
    free(recording->file);
    free(recording->samples);
    *recording = (struct recording){.file = NULL};
}
