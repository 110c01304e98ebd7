/* sequence_log.c - see sequence_log.h. A packet counts as missing when some later ones are there,
 * until it comes; what has not come when 64 are there is lost. */
#include "audio/sequence_log.h"

#include "audio/audio.h"

#define SEEN   64
#define WINDOW (CW_JITTER_WINDOW_MS * CW_AUDIO_PER_MS)
/* So many in a row are not lost one by one: what comes behind them repairs nothing. */
#define IN_A_ROW 8
/* So many may overtake a packet that is not lost. */
#define OVERTAKING UINT64_C(0xf)

void cw_sequence_log_begin(struct cw_sequence_log *log, uint32_t first)
{
    log->highest = first - 1;
    log->seen = log->stall = log->length = 0;
    log->whole = WINDOW;
}

static uint64_t all_seen(const struct cw_sequence_log *log)
{
    return log->length < SEEN ? (UINT64_C(1) << log->length) - 1 : UINT64_MAX;
}

static uint64_t missing_in(const struct cw_sequence_log *log)
{
    return ~log->seen & ~log->stall & all_seen(log);
}

/* `step` more sequence numbers, of which the last has come, with so many samples. */
static void advance(struct cw_sequence_log *log, uint32_t step, uint32_t samples)
{
    uint64_t missing = missing_in(log);
    log->whole = log->whole < WINDOW ? log->whole + step * samples : log->whole;
    if (step >= SEEN ? missing != 0 : missing >> (SEEN - step) != 0)
        log->whole = SEEN * samples;
    log->seen = step < SEEN ? log->seen << step : 0;
    log->stall = step < SEEN ? log->stall << step : 0;
    if (step > IN_A_ROW)
        log->stall |= step < SEEN ? ((UINT64_C(1) << step) - 1) & ~UINT64_C(1) : ~UINT64_C(1);
    log->span += step;
    log->length += step;
    log->highest += step;
}

bool cw_sequence_log_note(struct cw_sequence_log *log, uint32_t sequence, uint32_t samples)
{
    int32_t step = (int32_t)(sequence - log->highest);
    if (step > 0) {
        advance(log, (uint32_t)step, samples);
        step = 0;
    }
    if (step <= -SEEN)
        return true; /* too old for `seen`; it is late in any case */
    uint64_t bit = UINT64_C(1) << -step;
    bool again = (log->seen & bit) != 0;
    log->seen |= bit;
    log->came += !again;
    return !again;
}

void cw_sequence_log_gap(struct cw_sequence_log *log, uint32_t samples)
{
    log->whole = SEEN * samples;
}

bool cw_sequence_log_complete(const struct cw_sequence_log *log)
{
    return (missing_in(log) & ~OVERTAKING) == 0 && log->whole >= WINDOW;
}
