/* pace.c - see pace.h. */
#include "audio/pace.h"

#include "audio/opus_stream.h"

/* At random loss of 5 % a leg less must not be sent: that would lose as much. */
#define CONGESTED_PERCENT 18
/* More is not tried. */
#define UNCALM_PERCENT 14
/* What is lost where a queue is full. */
#define DROPS_PERCENT 3
/* What a near way may lose: by datagrams copies repair it, and a packet that a listener's busy
 * machine takes too late is none that longer packets or FEC would save. */
#define NEAR_LOST_PERCENT 3
/* The round trip is longer by this, for a while: less must be sent. */
#define FULL_MS     100
#define FULL_FOR_MS 600
/* ... by two steps, where one has not helped. */
#define FLOODED_MS 300
/* The same where so much is lost. */
#define FLOODED_PERCENT 30
/* So soon after more was tried less is enough. */
#define TRIED_MS      2500
#define TRIED_FULL_MS 60
#define TRIED_FOR_MS  200
#define TRIED_TOLD_MS 6000
/* Below this nothing waits. */
#define CALM_MS 80
/* No other way has become longer by this. */
#define FARTHER_MS_MAX 500
/* Until what was changed is seen, beside the round trip. */
#define HOLD_MS 700
/* ... of what is lost, and what listeners tell: it is of the last seconds. */
#define TOLD_MS 3000
/* So long no more has been lost, or too late, on a near way: it counts as near again. */
#define SMOOTH_MS 20000
/* Before more is tried. */
#define EAGER_MS    3000
#define WAIT_MIN_MS 15000
#define WAIT_MAX_MS 240000
/* ... where more was tried, and did not fail. */
#define CLIMB_MS 6000
/* The shortest round trip rises by 1 ms in this time. */
#define RISE_EVERY_MS 1000
/* Of what is wanted, where nothing is known: 5 of 8. */
#define MIDDLE(bitrate) ((bitrate)*5 / 8)
#define BITRATE_MIN     12000

/* As many bits as are wanted. */
#define ALL 128000

static const struct cw_pace_choice choices[] = {
    {.frames = 1, .bitrate = ALL},   {.frames = 2, .bitrate = ALL},
    {.frames = 3, .bitrate = ALL},   {.frames = 3, .bitrate = 64000},
    {.frames = 3, .bitrate = 40000}, {.frames = 3, .bitrate = 24000},
    {.frames = 3, .bitrate = 16000}, {.frames = 3, .bitrate = BITRATE_MIN}};
#define LAST (sizeof choices / sizeof choices[0] - 1)
/* Where nothing waits one step leads from the middle to packets of 40 ms with all bits. */
#define AFTER_MIDDLE 1

static int middle(const struct cw_audio_pace *pace)
{
    int bitrate = MIDDLE(pace->bitrate);
    return bitrate < BITRATE_MIN ? BITRATE_MIN : bitrate;
}

static struct cw_pace_choice choice_at(const struct cw_audio_pace *pace, unsigned step)
{
    struct cw_pace_choice choice = choices[step];
    if (choice.bitrate > pace->bitrate)
        choice.bitrate = pace->bitrate;
    return choice;
}

void cw_audio_pace_begin(struct cw_audio_pace *pace, int bitrate, unsigned frames)
{
    *pace = (struct cw_audio_pace){
        .bitrate = bitrate, .top = frames - 1, .begins = true, .eager = true, .wait_ms = EAGER_MS};
    while (pace->step < LAST && choices[pace->step + 1].bitrate >= middle(pace))
        pace->step++;
}

void cw_audio_pace_move(struct cw_audio_pace *pace)
{
    pace->least_ms = pace->queue_ms = pace->vain = 0;
    pace->full_ms = 0;
    pace->near = false;
}

struct cw_pace_choice cw_audio_pace_choice(const struct cw_audio_pace *pace)
{
    struct cw_pace_choice choice = choice_at(pace, pace->step);
    if (pace->begins) {
        unsigned frames = choices[pace->top].frames;
        choice =
            (struct cw_pace_choice){.frames = frames < 2 ? 2 : frames, .bitrate = middle(pace)};
    } else
        choice.near = pace->near;
    return choice;
}

/* --- what is seen ------------------------------------------------------------------------- */

static void note_rtt(struct cw_audio_pace *pace, unsigned rtt_ms, uint64_t now_ms)
{
    pace->queue_ms = 0;
    if (rtt_ms == 0)
        return;
    if (pace->least_ms == 0 || rtt_ms < pace->least_ms) {
        pace->least_ms = rtt_ms;
        pace->raised_ms = now_ms;
    } else if (now_ms - pace->raised_ms >= RISE_EVERY_MS) {
        pace->least_ms++;
        pace->raised_ms = now_ms;
    }
    if (rtt_ms > pace->least_ms)
        pace->queue_ms = rtt_ms - pace->least_ms;
}

static bool is_since(const struct cw_audio_pace *pace, uint64_t now_ms, unsigned ms)
{
    return pace->tries && now_ms - pace->more_ms < ms;
}

/* For some time, as a single late answer is usual; sooner of what was only tried. */
static bool is_queue(struct cw_audio_pace *pace, uint64_t now_ms)
{
    const bool tried = is_since(pace, now_ms, TRIED_MS);
    if (pace->queue_ms < (tried ? TRIED_FULL_MS : FULL_MS))
        pace->full_ms = 0;
    else if (pace->full_ms == 0)
        pace->full_ms = now_ms;
    return pace->full_ms != 0 && now_ms - pace->full_ms >= (tried ? TRIED_FOR_MS : FULL_FOR_MS);
}

static bool is_full(struct cw_audio_pace *pace, struct cw_pace_sight sight, uint64_t now_ms)
{
    unsigned most = is_since(pace, now_ms, TRIED_TOLD_MS) ? UNCALM_PERCENT : CONGESTED_PERCENT;
    bool lost = sight.lost_percent >= most && now_ms >= pace->told_ms;
    bool queue = is_queue(pace, now_ms);
    return queue || lost || sight.refused != 0;
}

/* --- less --------------------------------------------------------------------------------- */

/* Has it helped that less is sent: becomes the queue shorter, or is less lost? */
static bool has_helped(const struct cw_audio_pace *pace, struct cw_pace_sight sight)
{
    if (sight.refused != 0)
        return false;
    if (pace->queue_ms >= FULL_MS)
        return pace->queue_ms + pace->queue_ms / 8 < pace->queue_then_ms;
    return sight.lost_percent + sight.lost_percent / 3 < pace->lost_then;
}

/* Nothing has changed at all: it is no queue, the way has become longer. */
static bool is_in_vain(struct cw_audio_pace *pace, struct cw_pace_sight sight)
{
    unsigned now = pace->queue_ms, then = pace->queue_then_ms;
    bool same = now >= FULL_MS && now + now / 8 >= then && then + then / 8 >= now;
    bool other = now >= FARTHER_MS_MAX || sight.lost_percent >= DROPS_PERCENT || sight.refused != 0;
    pace->vain = same && !other && pace->hold_ms != 0 ? pace->vain + 1 : 0;
    return pace->vain == 2;
}

static void be_eager(struct cw_audio_pace *pace, uint64_t now_ms)
{
    pace->eager = true;
    pace->wait_ms = EAGER_MS;
    pace->calm_ms = now_ms;
    pace->full_ms = pace->hold_ms = 0;
}

static void note_before_less(struct cw_audio_pace *pace, struct cw_pace_sight sight,
                             uint64_t now_ms)
{
    pace->queue_then_ms = pace->queue_ms;
    pace->lost_then = sight.lost_percent;
    pace->hold_ms = now_ms + HOLD_MS + sight.rtt_ms;
    pace->told_ms = now_ms + TOLD_MS;
}

static bool is_same(struct cw_pace_choice a, struct cw_pace_choice b)
{
    return a.frames == b.frames && a.bitrate == b.bitrate;
}

static void send_less(struct cw_audio_pace *pace)
{
    const struct cw_pace_choice before = cw_audio_pace_choice(pace);
    if (pace->eager)
        pace->wait_ms = pace->tries ? 2 * WAIT_MIN_MS : WAIT_MIN_MS;
    else if (pace->tries && pace->wait_ms < WAIT_MAX_MS)
        pace->wait_ms *= 2;
    pace->tries = pace->eager = pace->begins = false;
    while (pace->step < LAST && is_same(choice_at(pace, ++pace->step), before))
        continue;
}

static void answer_full(struct cw_audio_pace *pace, struct cw_pace_sight sight, uint64_t now_ms)
{
    pace->calm_ms = now_ms;
    if (now_ms < pace->hold_ms)
        return;
    const bool again = pace->hold_ms != 0;
    const bool helped = again && has_helped(pace, sight);
    if (helped)
        pace->vain = 0;
    if (!helped && is_in_vain(pace, sight)) {
        cw_audio_pace_move(pace);
        be_eager(pace, now_ms);
        return;
    }
    note_before_less(pace, sight, now_ms);
    if (helped)
        return;
    send_less(pace);
    if (again && (pace->queue_ms >= FLOODED_MS || sight.lost_percent >= FLOODED_PERCENT))
        send_less(pace);
}

/* --- more --------------------------------------------------------------------------------- */

static void send_more(struct cw_audio_pace *pace, uint64_t now_ms)
{
    const struct cw_pace_choice before = cw_audio_pace_choice(pace);
    if (pace->step == pace->top && !pace->eager)
        pace->wait_ms = WAIT_MIN_MS;
    pace->tries = pace->step != pace->top;
    pace->more_ms = now_ms;
    if (pace->begins)
        pace->step = AFTER_MIDDLE + 1;
    pace->begins = false;
    while (pace->step > pace->top && is_same(choice_at(pace, --pace->step), before))
        continue;
}

static void answer_room(struct cw_audio_pace *pace, struct cw_pace_sight sight, uint64_t now_ms)
{
    pace->vain = 0;
    if (pace->begins && sight.rtt_ms != 0 && sight.rtt_ms <= CW_PACE_NEAR_MS) {
        pace->begins = false;
        pace->step = pace->top;
    }
    if (pace->queue_ms >= CALM_MS || sight.lost_percent >= UNCALM_PERCENT || pace->looked_ms == 0)
        pace->calm_ms = now_ms;
    if (sight.sent == 0 && pace->calm_ms < now_ms)
        pace->calm_ms += now_ms - pace->looked_ms;
    if (pace->queue_ms < CALM_MS && now_ms >= pace->told_ms)
        pace->hold_ms = 0;
    bool climbs = pace->tries && pace->step != pace->top && !pace->eager;
    if (now_ms - pace->calm_ms < (climbs ? CLIMB_MS : pace->wait_ms))
        return;
    pace->calm_ms = now_ms;
    pace->hold_ms = 0;
    send_more(pace, now_ms);
}

/* --- near --------------------------------------------------------------------------------- */

static bool is_near(const struct cw_audio_pace *pace)
{
    const bool smooth = pace->rough_ms == 0 || pace->looked_ms - pace->rough_ms >= SMOOTH_MS;
    const unsigned most_ms = pace->near ? CW_PACE_STILL_NEAR_MS : CW_PACE_NEAR_MS;
    return smooth && pace->bitrate >= CW_OPUS_BITRATE_AUDIO && pace->step == 0 &&
           pace->least_ms != 0 && pace->least_ms <= most_ms;
}

void cw_audio_pace_look(struct cw_audio_pace *pace, struct cw_pace_sight sight, uint64_t now_ms)
{
    note_rtt(pace, sight.rtt_ms, now_ms);
    const bool full = is_full(pace, sight, now_ms);
    if (full || sight.lost_percent >= NEAR_LOST_PERCENT)
        pace->rough_ms = now_ms;
    (full ? answer_full : answer_room)(pace, sight, now_ms);
    pace->looked_ms = now_ms;
    pace->near = is_near(pace);
}
