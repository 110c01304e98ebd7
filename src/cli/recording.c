/* recording.c - see recording.h. */
#include "recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "audio/ogg_opus_read.h"
#include "audio/ogg_opus_write.h"
#include "audio/resampler.h"
#include "wav.h"

static const char no_memory[] = "there is not enough memory";

/* --- reading ----------------------------------------------------------------------------- */

static const char *why_not_opus(enum cw_ogg_result result)
{
    switch (result) {
    case CW_OGG_GOOD:
        return NULL;
    case CW_OGG_TOO_LARGE:
        return "it is larger than 1 MiB";
    case CW_OGG_TOO_LONG:
        return "it is longer than 120 seconds";
    case CW_OGG_NOT_OPUS:
        return "it is Ogg, but not one plain stream of Opus";
    case CW_OGG_MALFORMED:
    case CW_OGG_DISHONEST:
    case CW_OGG_UNDECODABLE:
        break;
    }
    return "it is damaged, not Ogg Opus, or its length is wrong";
}

/* Reads one byte more than is allowed, so that a longer file is noticed. */
static const char *read_opus(struct recording *recording, FILE *file)
{
    struct cw_ogg_info info;
    recording->file = malloc(CW_OGG_OPUS_FILE_MAX + 1);
    if (recording->file == NULL)
        return no_memory;
    recording->file_n = fread(recording->file, 1, CW_OGG_OPUS_FILE_MAX + 1, file);
    if (ferror(file))
        return strerror(errno);
    const char *wrong =
        why_not_opus(cw_ogg_opus_info(cw_slice_of(recording->file, recording->file_n), &info));
    if (wrong == NULL)
        recording->channels = info.channels;
    return wrong;
}

static const char *read_wav(struct recording *recording, const char *path)
{
    struct wav wav;
    const char *wrong = wav_read(path, &wav);
    recording->channels = wav.channels;
    recording->sample_rate = wav.sample_rate;
    recording->samples = wav.samples;
    recording->count = wav.count;
    return wrong;
}

const char *recording_read(struct recording *recording, const char *path)
{
    char head[4] = "";
    *recording = (struct recording){.file = NULL};
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return strerror(errno);
    bool ogg = fread(head, 1, 4, file) == 4 && memcmp(head, "OggS", 4) == 0;
    rewind(file);
    const char *wrong = ogg ? read_opus(recording, file) : NULL;
    fclose(file);
    return ogg ? wrong : read_wav(recording, path);
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
        return "it is longer than 120 seconds";
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

const char *recording_encode(struct recording *recording)
{
    if (recording->file != NULL)
        return NULL;
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

static const char *change_rate(struct recording *recording, struct cw_resampler *resampler)
{
    size_t room = cw_resampler_room(resampler, recording->count) + cw_resampler_room(resampler, 0);
    int16_t *samples = malloc(room * sizeof *samples);
    if (samples == NULL)
        return no_memory;
    size_t n = cw_resampler_push(resampler, recording->samples, recording->count, samples);
    n += cw_resampler_flush(resampler, samples + n);
    free(recording->samples);
    recording->samples = samples;
    recording->count = n;
    recording->sample_rate = CW_AUDIO_RATE;
    return NULL;
}

const char *recording_make_playable(struct recording *recording)
{
    const char *wrong = recording_decode(recording);
    if (wrong != NULL)
        return wrong;
    mix_down(recording);
    struct cw_resampler *resampler =
        cw_resampler_create(recording->sample_rate, CW_AUDIO_RATE, 1, CW_RESAMPLER_GOOD);
    if (resampler == NULL)
        return "its sample rate is not between 8,000 and 48,000 Hz";
    wrong = change_rate(recording, resampler);
    cw_resampler_destroy(resampler);
    return wrong;
}

/* --- writing ------------------------------------------------------------------------------ */

static bool is_wav(const char *path)
{
    size_t n = strlen(path);
    return n >= 4 && strcmp(path + n - 4, ".wav") == 0;
}

static const char *write_wav(const struct recording *recording, const char *path)
{
    struct wav_writer writer;
    if (!wav_writer_open(&writer, path, recording->channels, recording->sample_rate))
        return strerror(errno);
    wav_writer_append(&writer, recording->samples, recording->count);
    return wav_writer_close(&writer) ? NULL : strerror(errno);
}

static const char *write_opus(const struct recording *recording, const char *path)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return strerror(errno);
    bool whole = fwrite(recording->file, 1, recording->file_n, file) == recording->file_n;
    return fclose(file) == 0 && whole ? NULL : strerror(errno);
}

const char *recording_write(struct recording *recording, const char *path)
{
    const char *wrong = is_wav(path) ? recording_decode(recording) : recording_encode(recording);
    if (wrong != NULL)
        return wrong;
    return is_wav(path) ? write_wav(recording, path) : write_opus(recording, path);
}

void recording_finish(struct recording *recording)
{
    free(recording->file);
    free(recording->samples);
    *recording = (struct recording){.file = NULL};
}
