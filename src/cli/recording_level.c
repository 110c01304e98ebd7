/* recording_level.c - how loud a recorded voice message is: as loud as speech usually is, whatever
 * the microphone gave. Called by command_record.c. */
#include <ebur128.h>
#include <math.h>

#include "audio/mixer.h"
#include "recording.h"

/* What programs for speech aim at: LUFS (ITU-R BS.1770). */
#define LOUDNESS (-18.0)
/* More would make a room as loud as a voice. */
#define GAIN_MAX_DB 30.0

/* -HUGE_VAL: there is nothing to be heard. */
static double loudness_of(const struct recording *recording)
{
    double loudness = -HUGE_VAL;
    ebur128_state *state =
        ebur128_init(recording->channels, recording->sample_rate, EBUR128_MODE_I);
    if (state == NULL)
        return loudness;
    if (ebur128_add_frames_short(state, recording->samples,
                                 recording->count / recording->channels) != EBUR128_SUCCESS ||
        ebur128_loudness_global(state, &loudness) != EBUR128_SUCCESS)
        loudness = -HUGE_VAL;
    ebur128_destroy(&state);
    return loudness;
}

/* The limiter of the mixer keeps the peaks whole. What is no whole tick at the end stays as it is.
 */
static void amplify(struct recording *recording, float gain)
{
    struct cw_mixer mixer;
    cw_mixer_init(&mixer);
    for (size_t at = 0; at + CW_AUDIO_TICK <= recording->count; at += CW_AUDIO_TICK) {
        cw_mixer_add_scaled(&mixer, recording->samples + at, gain);
        cw_mixer_take(&mixer, recording->samples + at);
    }
}

void recording_level(struct recording *recording)
{
    double loudness = loudness_of(recording);
    if (loudness == -HUGE_VAL)
        return;
    amplify(recording, (float)pow(10, fmin(LOUDNESS - loudness, GAIN_MAX_DB) / 20));
}
