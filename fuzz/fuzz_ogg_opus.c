/* fuzz_ogg_opus.c - any bytes as a voice message: no crash, the walk and the
 * decoder agree, and not a sample more is written than was said. The first byte
 * chooses whether page checksums are made honest first, since no fuzzer finds
 * them, and how much room there is. */
#include <ogg/ogg.h>

#include "audio/level.h"
#include "audio/ogg_opus_read.h"
#include "base/alloc.h"
#include "fuzz.h"

static void expect(bool good)
{
    if (!good)
        abort();
}

/* Writes the checksum of every page that is whole. */
static void sign(uint8_t *file, size_t n)
{
    size_t at = 0;
    while (n - at >= 27 && n - at >= 27u + file[at + 26]) {
        ogg_page page = {.header = file + at, .header_len = 27 + file[at + 26]};
        for (int i = 0; i < file[at + 26]; i++)
            page.body_len += file[at + 27 + (size_t)i];
        page.body = page.header + page.header_len;
        size_t whole = (size_t)(page.header_len + page.body_len);
        if (whole > n - at)
            return;
        ogg_page_checksum_set(&page);
        at += whole;
    }
}

static void decode(struct cw_slice file, const struct cw_ogg_info *info, bool enough)
{
    struct cw_ogg_info again;
    uint8_t levels[CW_WAVEFORM_LEVELS];
    size_t room = (size_t)info->frames * info->channels - (enough ? 0 : 1);
    int16_t *pcm = cw_alloc(room * sizeof *pcm + 1);
    enum cw_ogg_result result = cw_ogg_opus_decode(file, pcm, room, &again);
    expect(result == CW_OGG_GOOD || result == (enough ? CW_OGG_UNDECODABLE : CW_OGG_TOO_LONG));
    expect(again.frames == info->frames && again.channels == info->channels);
    if (result == CW_OGG_GOOD)
        cw_waveform(pcm, (size_t)info->frames, info->channels, levels);
    free(pcm);
}

/* What is cleaned is the same recording, and cleaning it again changes nothing. */
static void clean(uint8_t *file, size_t n, const struct cw_ogg_info *info)
{
    struct cw_ogg_info again;
    size_t clean_n = cw_ogg_opus_clean(file, n);
    expect(clean_n > 0 && clean_n <= n);
    expect(cw_ogg_opus_info(cw_slice_of(file, clean_n), &again) == CW_OGG_GOOD);
    expect(again.frames == info->frames && again.pre_skip == info->pre_skip);
    uint8_t *copy = cw_alloc(clean_n);
    memcpy(copy, file, clean_n);
    expect(cw_ogg_opus_clean(file, clean_n) == clean_n && memcmp(copy, file, clean_n) == 0);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_ogg_info info;
    if (size < 1)
        return 0;
    uint8_t *file = cw_alloc(size);
    memcpy(file, data + 1, size - 1);
    if (data[0] & 1)
        sign(file, size - 1);
    const struct cw_slice slice = cw_slice_of(file, size - 1);
    /* A file of two minutes is bounded, but too slow to find anything. */
    if (cw_ogg_opus_info(slice, &info) == CW_OGG_GOOD) {
        expect(info.frames >= 1 && info.duration_ms <= CW_VOICE_SECONDS_MAX * 1000);
        expect(info.channels >= 1 && info.channels <= CW_VOICE_CHANNELS_MAX);
        if (info.frames < 10 * CW_AUDIO_RATE)
            decode(slice, &info, (data[0] & 2) == 0);
        clean(file, size - 1, &info);
    }
    free(file);
    return 0;
}
