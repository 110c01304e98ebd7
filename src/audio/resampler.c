/* resampler.c - see resampler.h. */
#include "audio/resampler.h"

#include <speex/speex_resampler.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Frames of silence that push the rest out of the filter at a time. */
#define FLUSH_STEP 64

struct cw_resampler {
    SpeexResamplerState *speex;
    unsigned from, to, channels;
    uint64_t frames_in;
    uint64_t frames_out;
};

static bool in_range(unsigned rate, unsigned most)
{
    return rate >= CW_VOICE_RATE_MIN && rate <= most;
}

struct cw_resampler *cw_resampler_create(unsigned from, unsigned to, unsigned channels,
                                         enum cw_resampler_quality quality)
{
    if (!in_range(from, CW_RESAMPLER_RATE_MAX) || !in_range(to, CW_VOICE_RATE_MAX) ||
        channels < 1 || channels > CW_VOICE_CHANNELS_MAX)
        return NULL;
    SpeexResamplerState *speex = speex_resampler_init(channels, from, to, (int)quality, NULL);
    if (speex == NULL)
        return NULL;
    speex_resampler_skip_zeros(speex);
    struct cw_resampler *resampler = cw_alloc_zero(sizeof *resampler);
    if (resampler == NULL) {
        speex_resampler_destroy(speex);
        return NULL;
    }
    resampler->speex = speex;
    resampler->from = from;
    resampler->to = to;
    resampler->channels = channels;
    return resampler;
}

void cw_resampler_destroy(struct cw_resampler *resampler)
{
    if (resampler == NULL)
        return;
    speex_resampler_destroy(resampler->speex);
    free(resampler);
}

/* Frames of output in all, after `in` frames of input and the flush. */
static uint64_t due(const struct cw_resampler *resampler, uint64_t in)
{
    return (in * resampler->to + resampler->from - 1) / resampler->from;
}

size_t cw_resampler_room(const struct cw_resampler *resampler, size_t n)
{
    /* frames that the filter still holds */
    size_t inside = (size_t)speex_resampler_get_output_latency(resampler->speex);
    return (size_t)due(resampler, n + 1) + 2 * inside + FLUSH_STEP;
}

/* Runs until the input is used up or the room is. */
static size_t resampler_run(struct cw_resampler *resampler, const int16_t *in, size_t n,
                            int16_t *out, size_t room)
{
    size_t used = 0, written = 0;
    while (used < n && written < room) {
        spx_uint32_t in_now = (spx_uint32_t)(n - used), out_now = (spx_uint32_t)(room - written);
        speex_resampler_process_interleaved_int(resampler->speex, in + used * resampler->channels,
                                                &in_now, out + written * resampler->channels,
                                                &out_now);
        used += in_now;
        written += out_now;
        if (in_now == 0 && out_now == 0)
            break;
    }
    return written;
}

size_t cw_resampler_push(struct cw_resampler *resampler, const int16_t *in, size_t n, int16_t *out)
{
    size_t written = resampler_run(resampler, in, n, out, cw_resampler_room(resampler, n));
    resampler->frames_in += n;
    resampler->frames_out += written;
    return written;
}

size_t cw_resampler_flush(struct cw_resampler *resampler, int16_t *out)
{
    static const int16_t silence[FLUSH_STEP * CW_VOICE_CHANNELS_MAX];
    uint64_t all = due(resampler, resampler->frames_in);
    size_t room = cw_resampler_room(resampler, 0), written = 0, step = 1;
    size_t left = all > resampler->frames_out ? (size_t)(all - resampler->frames_out) : 0;
    left = left < room ? left : room;
    /* The filter may take in some silence before it gives output. */
    for (int idle = 0; written < left && idle < 64; idle = step == 0 ? idle + 1 : 0) {
        step = resampler_run(resampler, silence, FLUSH_STEP, out + written * resampler->channels,
                             left - written);
        written += step;
    }
    resampler->frames_out += written;
    return written;
}
