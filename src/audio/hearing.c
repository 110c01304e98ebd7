/* hearing.c - see hearing.h. */
#include "audio/hearing.h"

#include "base/limits.h"

#define LOOK_US  500000
#define TELL_US  2000000
#define GOOD_US  5000000 /* while nothing is missed: a report holds for 6 s */
#define AGAIN_US 1000000 /* while it is slow */
/* So many microseconds between two reports: with 50 speakers each has one in 4 s. */
#define APART_US 80000
_Static_assert(1000000 / APART_US < CW_CALL_REPORTS_PER_S, "the server passes them on");
/* The shortest way follows what is longer by so small a part with each look: clocks differ, and
 * ways change. */
#define RISE    32
#define SLOW_US 60000
/* A way that has been the same for so many looks, while less was sent, is what it is. */
#define SAME_US    20000
#define SAME_LOOKS 8
/* A way that is so much longer or shorter is another stream. */
#define STRANGE_US 10000000
/* More than CONGESTED_PERCENT of pace.c. */
#define SLOW_PERCENT 20

void cw_hearing_note(struct cw_hearing *hearing, uint32_t timestamp, uint32_t samples,
                     int64_t now_us)
{
    hearing->position += (int32_t)(timestamp + samples - hearing->timestamp);
    hearing->timestamp = timestamp + samples;
    int64_t way_us = now_us - hearing->position * 125 / 6; /* 1e6 / 48000 */
    int64_t more_us = way_us - hearing->least_us;
    if (!hearing->begun || more_us > STRANGE_US || more_us < -STRANGE_US) {
        hearing->begun = true;
        hearing->position = 0; /* or timestamps that leap would make it overflow */
        hearing->least_us = way_us = now_us;
        hearing->low = hearing->slow = false;
    }
    if (!hearing->low || way_us < hearing->low_us)
        hearing->low_us = way_us;
    hearing->low = true;
}

static bool is_the_same(struct cw_hearing *hearing)
{
    int64_t apart_us = hearing->low_us - hearing->same_us;
    if (apart_us <= SAME_US && apart_us >= -SAME_US)
        return ++hearing->same >= SAME_LOOKS;
    hearing->same_us = hearing->low_us;
    hearing->same = 0;
    return false;
}

static void look(struct cw_hearing *hearing, int64_t now_us)
{
    hearing->looked_us = now_us;
    if (!hearing->low)
        return;
    hearing->low = false;
    if (is_the_same(hearing) && hearing->slow)
        hearing->least_us = hearing->low_us;
    int64_t more_us = hearing->low_us - hearing->least_us;
    hearing->least_us += more_us < 0 ? more_us : more_us / RISE;
    hearing->slow = more_us >= SLOW_US;
}

static unsigned percent(const struct cw_hearing *hearing, uint64_t came, uint64_t missed)
{
    int64_t more = (int64_t)(missed - hearing->missed);
    if (more < 0) /* what was lost came after all */
        more = 0;
    uint64_t lost = 100 * (uint64_t)more / (came - hearing->came);
    if (hearing->slow && lost < SLOW_PERCENT)
        lost = SLOW_PERCENT;
    return lost > 100 ? 100 : (unsigned)lost;
}

static int64_t pause_us(const struct cw_hearing *hearing, bool was_slow, uint64_t missed)
{
    if (hearing->slow)
        return was_slow ? AGAIN_US : 0;
    return hearing->good && missed == hearing->missed ? GOOD_US : TELL_US;
}

bool cw_hearing_is_due(struct cw_hearing *hearing, uint64_t came, uint64_t missed, int64_t now_us,
                       unsigned *lost)
{
    if (now_us - hearing->looked_us < LOOK_US)
        return false;
    const bool was_slow = hearing->slow;
    look(hearing, now_us);
    if (now_us - hearing->told_us < pause_us(hearing, was_slow, missed))
        return false;
    hearing->told_us = now_us;
    bool heard = came > hearing->came;
    if (heard)
        *lost = percent(hearing, came, missed);
    hearing->good = heard && *lost == 0;
    hearing->came = came;
    hearing->missed = missed;
    return heard;
}

size_t cw_hearing_turn(struct cw_hearing_turns *turns, size_t count, int64_t now_us)
{
    if (now_us - turns->at_us < APART_US)
        return 0;
    turns->at_us = now_us;
    return count;
}

size_t cw_hearing_next(struct cw_hearing_turns *turns, size_t count)
{
    turns->last = turns->last + 1 < count ? turns->last + 1 : 0;
    return turns->last;
}
