/* mixer.c - see mixer.h. */
#include "audio/mixer.h"

#include <math.h>
#include <string.h>

/* The loudest output sample: 0.2 dB below full scale. */
#define CEILING 32000.0f
/* From silence back to full gain in 300 ms. */
#define RELEASE (CW_AUDIO_TICK_MS / 300.0f)

void cw_mixer_init(struct cw_mixer *mixer)
{
    memset(mixer, 0, sizeof *mixer);
    mixer->gain = 1;
}

void cw_mixer_add(struct cw_mixer *mixer, const int16_t pcm[CW_AUDIO_TICK], unsigned volume)
{
    cw_mixer_add_scaled(mixer, pcm,
                        (float)(volume < CW_VOLUME_MAX ? volume : CW_VOLUME_MAX) / 100.0f);
}

void cw_mixer_add_scaled(struct cw_mixer *mixer, const int16_t pcm[CW_AUDIO_TICK], float gain)
{
    for (int i = 0; i < CW_AUDIO_TICK; i++)
        mixer->sum[i] += gain * (float)pcm[i];
}

/* The frame's peak, and the index of the first sample that exceeds the ceiling at the present
 * gain. */
static float peak_of_mix(const struct cw_mixer *mixer, int *first_over)
{
    float peak = 0;
    *first_over = CW_AUDIO_TICK;
    for (int i = 0; i < CW_AUDIO_TICK; i++) {
        float size = fabsf(mixer->sum[i]);
        if (size * mixer->gain > CEILING && *first_over == CW_AUDIO_TICK)
            *first_over = i;
        peak = size > peak ? size : peak;
    }
    return peak;
}

void cw_mixer_take(struct cw_mixer *mixer, int16_t pcm[CW_AUDIO_TICK])
{
    int reached; /* the sample at which the new gain is reached */
    float peak = peak_of_mix(mixer, &reached);
    float bearable = peak > CEILING ? CEILING / peak : 1;
    float risen = mixer->gain + RELEASE;
    float gain = bearable < risen ? bearable : risen;
    float step = reached > 0 ? (gain - mixer->gain) / (float)reached : 0;
    for (int i = 0; i < CW_AUDIO_TICK; i++)
        pcm[i] = cw_audio_clip(mixer->sum[i] *
                               (i < reached ? mixer->gain + step * (float)(i + 1) : gain));
    mixer->gain = gain;
    memset(mixer->sum, 0, sizeof mixer->sum);
}
