/* voice_files.h - sound files in a folder of the test's own: for tests of the command's parts. */
#ifndef CW_TEST_CLIENT_VOICE_FILES_H
#define CW_TEST_CLIENT_VOICE_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audio/audio.h"
#include "cli/burst.h"
#include "cli/wav.h"
#include "cli_folder.h"

static inline void write_file(const char *path, unsigned channels, unsigned rate,
                              const int16_t *samples, size_t count)
{
    struct wav_writer writer;
    assert_true(wav_writer_open(&writer, path, channels, rate));
    wav_writer_append(&writer, samples, count);
    assert_true(wav_writer_close(&writer));
}

static inline int16_t *bursts(size_t seconds)
{
    int16_t *samples = test_malloc(seconds * CW_AUDIO_RATE * sizeof *samples);
    for (size_t at = 0; at < seconds * CW_AUDIO_RATE; at += CW_AUDIO_TICK)
        burst_tick(at, samples + at);
    return samples;
}

#endif
