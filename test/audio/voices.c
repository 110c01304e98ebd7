/* voices.c - see voices.h. */
#include "voices.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/audio.h"
#include "audio/resampler.h"

#define FILE_MAX (1 << 20)
#define OUT_MAX  (60 * CW_AUDIO_RATE)
#define GAP      (CW_AUDIO_RATE / 2)

static unsigned number_at(const uint8_t *p)
{
    return (unsigned)p[0] | (unsigned)p[1] << 8 | (unsigned)p[2] << 16 | (unsigned)p[3] << 24;
}

/* A WAV file of 16 bits and one channel. */
static size_t append_file(const char *path, float *sound, size_t length, size_t most)
{
    static uint8_t bytes[FILE_MAX];
    static int16_t pcm[FILE_MAX / 2], out[OUT_MAX];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = (fread(bytes, 1, sizeof bytes, file) - 44) / 2;
    fclose(file);
    for (size_t i = 0; i < n; i++)
        pcm[i] = (int16_t)(bytes[44 + 2 * i] | bytes[45 + 2 * i] << 8);
    struct cw_resampler *resampler =
        cw_resampler_create(number_at(bytes + 24), CW_AUDIO_RATE, 1, CW_RESAMPLER_GOOD);
    assert_true(cw_resampler_room(resampler, n) < OUT_MAX);
    size_t frames = cw_resampler_push(resampler, pcm, n, out);
    cw_resampler_destroy(resampler);
    for (size_t i = 0; i < frames && length < most; i++)
        sound[length++] = out[i] / 32768.0f;
    return length;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t voices_append(const char *folder, float *sound, size_t length, size_t most)
{
    char *names[64], path[512];
    size_t n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL && n < 64;)
        if (strstr(entry->d_name, ".wav") != NULL && strcmp(entry->d_name, "Noise.wav") != 0)
            names[n++] = strdup(entry->d_name);
    closedir(dir);
    qsort(names, n, sizeof names[0], by_name);
    for (size_t i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        for (size_t k = 0; k < GAP && length < most; k++)
            sound[length++] = 0;
        length = append_file(path, sound, length, most);
        free(names[i]);
    }
    return length;
}
