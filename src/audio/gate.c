/* gate.c - see gate.h. The constants were found with real voices and rooms; test_gate.c has what
 * they must achieve. */
#include "audio/gate.h"

#include <math.h>

#include "audio/level.h"

/* One pole at 500 Hz: hum and rumble are no speech, and their level wavers. */
#define POLE 0.93667f
/* Ticks above the threshold that open the gate. */
#define OPENING 2
/* So much above a threshold that it found itself one suffices: a level is that of two ticks, so the
 * next one is above it, too, whatever comes. */
#define SURE 3.1f
/* What the room does at the beginning, until it is known. */
#define STEADY_FIRST (-75.0f)
#define BUSY_FIRST   (-58.0f)
/* Steady noise is the least level of late; it is found again 3 dB a second above. */
#define STEADY_RISE (3 * 0.001f * CW_AUDIO_TICK_MS)
#define SMOOTHING   0.1f
/* How fast the busy room is followed: in 0.3 s up and 0.2 s down; up slower while the gate is open,
 * since that may be a soft voice. */
#define BUSY_UP      (CW_AUDIO_TICK_MS / 300.0f)
#define BUSY_UP_OPEN (BUSY_UP / 4)
#define BUSY_DOWN    (CW_AUDIO_TICK_MS / 200.0f)
/* Speech is so much louder than the room. */
#define ABOVE_STEADY 9.0f
#define ABOVE_BUSY   14.0f
/* Whatever is louder than this is near; for 300 ms after it nothing is learnt. */
#define NEAR       (-47.0f)
#define NEAR_TICKS (300 / CW_AUDIO_TICK_MS)
#define QUIETEST   (-90.0f)
#define BUSY_LEAST (-85.0f)

void cw_gate_init(struct cw_gate *gate, float threshold, int hang_ms)
{
    *gate = (struct cw_gate){.threshold = threshold,
                             .hang = (unsigned)hang_ms / CW_AUDIO_TICK_MS + 1,
                             .smooth = STEADY_FIRST,
                             .steady = STEADY_FIRST,
                             .busy = BUSY_FIRST};
}

/* The mean square of the band above 500 Hz, full scale being 1. */
static float power_of(struct cw_gate *gate, const int16_t *pcm)
{
    float sum = 0;
    for (int i = 0; i < CW_AUDIO_TICK; i++) {
        float sample = (float)pcm[i] / 32768;
        gate->passed = POLE * gate->passed + (1 + POLE) / 2 * (sample - gate->last);
        gate->last = sample;
        sum += gate->passed * gate->passed;
    }
    return sum / CW_AUDIO_TICK;
}

static float decibels(float power)
{
    return power < 1e-10f ? -100 : 10 * log10f(power);
}

/* The level of the last 10 ms. */
static float level_now(struct cw_gate *gate, const int16_t *pcm)
{
    float power = power_of(gate, pcm);
    float level = decibels((power + gate->power) / 2);
    gate->power = power;
    return level;
}

static void learn_room(struct cw_gate *gate, float level)
{
    gate->smooth += SMOOTHING * (fmaxf(level, QUIETEST) - gate->smooth);
    gate->steady = fmaxf(fminf(gate->smooth, gate->steady + STEADY_RISE), QUIETEST);
    if (level > NEAR)
        gate->foreground = NEAR_TICKS;
    else if (gate->foreground > 0)
        gate->foreground--;
    float away = fmaxf(level, BUSY_LEAST) - gate->busy;
    if (gate->foreground == 0)
        gate->busy += away * (away < 0 ? BUSY_DOWN : gate->left > 0 ? BUSY_UP_OPEN : BUSY_UP);
}

static float threshold_now(const struct cw_gate *gate)
{
    float busy = fminf(gate->busy + ABOVE_BUSY, CW_GATE_BUSY_MOST);
    float steady = fminf(gate->steady + ABOVE_STEADY, CW_GATE_STEADY_MOST);
    return fmaxf(CW_GATE_LEAST, fmaxf(steady, busy));
}

static bool step(struct cw_gate *gate, float level, float threshold, float sure)
{
    gate->above = level - threshold;
    if (gate->above > sure)
        gate->loud = OPENING;
    else if (level > threshold)
        gate->loud += gate->loud < OPENING;
    else if (gate->loud > 0)
        gate->loud--;
    bool opens = gate->left == 0 && gate->loud == OPENING;
    bool keeps = gate->left != 0 && level > threshold - CW_GATE_KEEP;
    if (opens || keeps)
        gate->left = gate->hang;
    else if (gate->left > 0)
        gate->left--;
    return gate->left > 0;
}

bool cw_gate_tick(struct cw_gate *gate, const int16_t pcm[CW_AUDIO_TICK])
{
    float level = level_now(gate, pcm);
    learn_room(gate, level);
    if (gate->threshold == 0)
        return step(gate, level, threshold_now(gate), SURE);
    return step(gate, cw_level_of(pcm, CW_AUDIO_TICK).rms, gate->threshold, INFINITY);
}
