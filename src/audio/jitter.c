/* jitter.c - see jitter.h. Times are microseconds; positions in the stream are
 * samples at 48 kHz, unwrapped to 64 bits. */
#include "audio/jitter.h"

#include <stdlib.h>

#include "audio/delay_window.h"
#include "audio/interarrival.h"
#include "audio/late_run.h"
#include "audio/look_back.h"
#include "audio/sequence_log.h"
#include "audio/stall.h"
#include "audio/waiting.h"
#include "base/alloc.h"

#define TICK_US (CW_AUDIO_TICK_MS * 1000)
/* Beyond the target by EXCESS_US, the delay is reduced even where that may be heard; beyond the
 * next value packets are dropped. In silence the delay is always reduced. */
#define EXCESS_US      15000
#define EXCESS_DROP_US 80000
/* A delay this much below the target is lengthened, or by half of a smaller target; smaller
 * differences come from the ticks. The target has the same margin, so that the last packet of the
 * quantile is in time. */
#define LACK_US 2000
/* So late a program is usually woken at most. */
#define WOKEN_US 1000
/* The target until delays have been measured. */
#define FIRST_TARGET_US 20000
#define FIRST_PACKETS   10
/* The target falls by one in 40 of the audio, which is slow enough for stretching to follow, and
 * after a stall by one in 5. */
#define TARGET_FALL      40
#define TARGET_FALL_FAST 5
#define CONCEAL_MAX      (CW_JITTER_CONCEAL_MS_MAX * CW_AUDIO_PER_MS)

enum state { EMPTY, SILENT, TALKING };

struct cw_jitter {
    enum state state;
    bool started;      /* a packet was taken in this stream */
    bool fresh;        /* ... and none has been handed out since */
    bool cut;          /* packets were dropped before the next one */
    uint32_t expected; /* sequence that is played next */
    uint32_t stand_in; /* frames concealed since the last packet */
    bool jumped;       /* the last packet did not fit the stream, and ... */
    uint32_t jump;     /* ... this one would confirm it */
    int64_t newest;    /* position of the latest packet taken in */
    int64_t newest_us; /* its arrival */
    int64_t next;      /* position to be handed out */
    uint32_t frame;    /* samples of the last packet */
    uint32_t concealed_run;
    struct cw_sequence_log log;
    struct cw_stall stall;
    bool provisional; /* the window only has what the first spurt began with */
    struct cw_look_back back;
    struct cw_late_run late_run;
    struct cw_interarrival interarrival;
    int64_t delay_us; /* beyond the base, smoothed */
    int64_t target_us;
    int64_t excess_us; /* of the delay beyond the target, for the packet due next */
    uint32_t queued;   /* audio handed out and not played yet, samples */
    struct cw_delay_window window;
    struct cw_jitter_stats stats;
    struct cw_waiting waiting;
};

static int64_t to_us(int64_t samples)
{
    return samples * 125 / 6; /* 1e6 / 48000 */
}

struct cw_jitter *cw_jitter_create(void)
{
    struct cw_jitter *jitter = cw_alloc_zero(sizeof *jitter);
    if (jitter != NULL)
        cw_jitter_set_round_trip(jitter, 0, false); /* the window is empty: zeroed */
    return jitter;
}

void cw_jitter_set_round_trip(struct cw_jitter *jitter, int ms, bool resent)
{
    cw_delay_window_set_round_trip(&jitter->window, ms, resent);
}

void cw_jitter_destroy(struct cw_jitter *jitter)
{
    free(jitter);
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t wanted_us(const struct cw_jitter *jitter, uint32_t samples)
{
    const int64_t room = to_us(CW_WAITING_TARGET * samples);
    const int64_t most = room < jitter->window.most_us ? room : jitter->window.most_us;
    const int64_t spread = cw_delay_window_spread(&jitter->window);
    const int64_t growing = cw_late_run_next(&jitter->late_run);
    int64_t wanted = larger(spread, larger(growing, jitter->stall.drain_us)) + LACK_US;
    if (jitter->window.n < FIRST_PACKETS && wanted < FIRST_TARGET_US)
        wanted = FIRST_TARGET_US;
    /* When packets are lost the packet after a gap must be there in time, however late it is: it
     * holds FEC, or comes with the lost one. */
    if (!cw_sequence_log_complete(&jitter->log))
        wanted = to_us(jitter->frame) + larger(wanted, CW_JITTER_TARGET_MS_MIN * 1000);
    wanted = larger(wanted, CW_JITTER_TARGET_US_MIN);
    return wanted < most ? wanted : most;
}

/* With each packet, of so many samples. Before a spurt is heard nobody hears that it falls. */
static void follow_target(struct cw_jitter *jitter, uint32_t samples, int64_t position)
{
    int64_t wanted = wanted_us(jitter, samples);
    int64_t fallen =
        jitter->target_us - to_us(samples) / (jitter->stall.heals ? TARGET_FALL_FAST : TARGET_FALL);
    if (jitter->state == SILENT && cw_look_back_begins(&jitter->back, to_us(position)))
        fallen = 0;
    jitter->target_us = larger(wanted, fallen);
    jitter->stall.heals &= wanted < fallen;
}

/* --- packets in ------------------------------------------------------------------ */

static void drop(struct cw_jitter *jitter, struct cw_waiting_packet *packet)
{
    cw_waiting_release(&jitter->waiting, packet);
    jitter->stats.dropped++;
}

static struct cw_waiting_packet *first_of_all(struct cw_jitter *jitter)
{
    return cw_waiting_from(&jitter->waiting, INT64_MIN);
}

/* Starts a new stream with this packet; only the counters stay. */
static void begin_stream(struct cw_jitter *jitter, const struct cw_call_packet *packet,
                         int64_t now_us)
{
    struct cw_waiting_packet *waiting;
    while ((waiting = first_of_all(jitter)) != NULL)
        drop(jitter, waiting);
    jitter->stats.restarts += jitter->started;
    jitter->started = jitter->fresh = true;
    jitter->jumped = false;
    jitter->stall = (struct cw_stall){.stalled = false};
    jitter->state = SILENT;
    cw_sequence_log_begin(&jitter->log, packet->sequence);
    jitter->back.silent = true;
    jitter->late_run.packets = 0;
    jitter->target_us = 0;
    jitter->expected = packet->sequence;
    jitter->newest = packet->timestamp;
    jitter->newest_us = now_us;
    jitter->interarrival.last_transit = now_us - to_us(jitter->newest);
    cw_delay_window_init(&jitter->window);
}

/* The packet's place in the stream, the timestamp unwrapped. */
static int64_t position_of(const struct cw_jitter *jitter, const struct cw_call_packet *packet)
{
    return jitter->newest + (int32_t)(packet->timestamp - (uint32_t)jitter->newest);
}

/* Is its sequence number or its timestamp too far from the stream? */
static bool strange(const struct cw_jitter *jitter, const struct cw_call_packet *packet,
                    int64_t now_us)
{
    int32_t step = (int32_t)(packet->sequence - jitter->log.highest);
    int64_t aside =
        (now_us - jitter->newest_us) - to_us(position_of(jitter, packet) - jitter->newest);
    return step > CW_JITTER_SEQUENCE_JUMP_MAX || step < -CW_JITTER_SEQUENCE_JUMP_MAX ||
           aside > CW_JITTER_GAP_MS_MAX * 1000 || aside < -CW_JITTER_GAP_MS_MAX * 1000;
}

/* What a stream begins with may be look-back, and only counts until something else comes. */
static void measure_first(struct cw_jitter *jitter, const struct cw_call_packet *packet,
                          int64_t position, int64_t now_us)
{
    const int64_t transit = now_us - to_us(position);
    cw_delay_window_init(&jitter->window);
    cw_delay_window_add(&jitter->window, transit, to_us(packet->samples));
    jitter->interarrival.last_transit = transit;
    jitter->provisional = cw_look_back_begins(&jitter->back, to_us(position));
    follow_target(jitter, packet->samples, position);
}

/* Remembers the delay, unless it says nothing of the next ones. */
static void measure(struct cw_jitter *jitter, const struct cw_call_packet *packet, int64_t position,
                    int64_t now_us)
{
    int64_t transit = now_us - to_us(position), length_us = to_us(packet->samples);
    int64_t late_us = transit - cw_delay_window_base(&jitter->window);
    if (cw_look_back_is_late(&jitter->back, to_us(position), late_us, jitter->target_us))
        return;
    cw_interarrival_note(&jitter->interarrival, transit);
    bool skipped = cw_stall_note(&jitter->stall, late_us, jitter->window.most_us, length_us,
                                 jitter->newest_us, now_us);
    if (jitter->stall.other) {
        cw_delay_window_init(&jitter->window);
        jitter->late_run.packets = 0;
        jitter->target_us = 0;
    } else {
        cw_late_run_note(&jitter->late_run, late_us, jitter->target_us);
    }
    if (!skipped)
        cw_delay_window_add(&jitter->window, transit, length_us);
    follow_target(jitter, packet->samples, position);
}

static bool is_late(const struct cw_jitter *jitter, uint32_t sequence, int64_t position)
{
    if (jitter->state == TALKING)
        return position < jitter->next;
    return (int32_t)(sequence - jitter->expected) < 0;
}

/* Is it the packet that is due, which could not come sooner: longer than those before, or the first
 * of a pair (packer.h)? It is played, and what was concealed meanwhile is no part of it. */
static bool goes_on(struct cw_jitter *jitter, const struct cw_call_packet *packet, int64_t position)
{
    const int64_t behind = jitter->next - position;
    const bool longer = packet->samples > jitter->frame || packet->samples == CW_AUDIO_PACKET_MAX;
    if (jitter->state != TALKING || packet->sequence != jitter->expected || !longer ||
        behind <= 0 || behind > jitter->concealed_run)
        return false;
    jitter->next = position;
    jitter->stand_in = 0;
    jitter->delay_us += to_us(behind);
    return true;
}

static void store(struct cw_jitter *jitter, const struct cw_call_packet *packet, int64_t position)
{
    if (jitter->waiting.count == CW_JITTER_PACKETS_MAX)
        drop(jitter, first_of_all(jitter));
    cw_waiting_add(&jitter->waiting, packet, position);
}

static enum cw_jitter_put take(struct cw_jitter *jitter, const struct cw_call_packet *packet,
                               bool again, int64_t now_us)
{
    jitter->stats.received++;
    bool confirmed = jitter->jumped && packet->sequence == jitter->jump;
    bool long_gap = now_us - jitter->newest_us > CW_JITTER_GAP_MS_MAX * 1000;
    if (!jitter->started || (jitter->state != TALKING && long_gap))
        begin_stream(jitter, packet, now_us);
    else if (strange(jitter, packet, now_us)) {
        if (!confirmed) {
            jitter->jumped = true;
            jitter->jump = packet->sequence + 1;
            jitter->stats.dropped++;
            return CW_JITTER_STRANGE;
        }
        begin_stream(jitter, packet, now_us);
    }
    jitter->jumped = false;
    if (!cw_sequence_log_note(&jitter->log, packet->sequence, packet->samples)) {
        jitter->stats.duplicates++;
        return CW_JITTER_DUPLICATE;
    }
    int64_t position = position_of(jitter, packet);
    cw_look_back_note(&jitter->back, to_us(position));
    if (again && jitter->window.n > 0)
        cw_sequence_log_gap(&jitter->log, packet->samples); /* how late it is says nothing */
    else if (jitter->window.n == 0 || jitter->provisional)
        measure_first(jitter, packet, position, now_us);
    else
        measure(jitter, packet, position, now_us);
    jitter->back.silent = cw_opus_packet_is_silence(packet->packet);
    if (position > jitter->newest)
        jitter->newest = position;
    jitter->newest_us = now_us;
    if (!goes_on(jitter, packet, position) && is_late(jitter, packet->sequence, position)) {
        jitter->stats.late++;
        return CW_JITTER_LATE;
    }
    store(jitter, packet, position);
    return CW_JITTER_TAKEN;
}

enum cw_jitter_put cw_jitter_put(struct cw_jitter *jitter, const struct cw_call_packet *packet,
                                 int64_t now_us)
{
    return take(jitter, packet, false, now_us);
}

enum cw_jitter_put cw_jitter_put_again(struct cw_jitter *jitter,
                                       const struct cw_call_packet *packet, int64_t now_us)
{
    return take(jitter, packet, true, now_us);
}

/* --- packets out ------------------------------------------------------------------ */

/* Is the packet due, or overdue, at the target's delay and `more_us`? */
static bool is_due(const struct cw_jitter *jitter, int64_t position, int64_t now_us,
                   int64_t more_us)
{
    return now_us - to_us(position) >=
           cw_delay_window_base(&jitter->window) + jitter->target_us + more_us;
}

/* Drops packets that are too old: the next one is due already, and is not the beginning of what was
 * said before a gate opened. */
static void drop_overdue(struct cw_jitter *jitter, int64_t now_us)
{
    struct cw_waiting_packet *packet, *after;
    while (
        (packet = first_of_all(jitter)) != NULL &&
        (after = cw_waiting_from(&jitter->waiting, packet->position + 1)) != NULL &&
        is_due(jitter, after->position, now_us,
               cw_look_back_begins(&jitter->back, to_us(packet->position)) ? CW_LOOK_BACK_US : 0)) {
        drop(jitter, packet);
        jitter->cut = true;
    }
}

static struct cw_jitter_item pause_of(enum cw_jitter_kind kind)
{
    return (struct cw_jitter_item){.kind = kind, .samples = CW_AUDIO_TICK};
}

static void fall_silent(struct cw_jitter *jitter)
{
    jitter->state = SILENT;
    struct cw_waiting_packet *waiting = first_of_all(jitter);
    jitter->expected = waiting != NULL ? waiting->sequence : jitter->log.highest + 1;
}

/* Samples by which a packet may be shortened without the next one being needed before its target
 * delay: the queued audio and the whole ticks of the excess. */
static uint32_t spare(const struct cw_jitter *jitter)
{
    if (jitter->excess_us < 0)
        return 0;
    return jitter->queued + (uint32_t)(jitter->excess_us / TICK_US) * CW_AUDIO_TICK;
}

static bool lacks(const struct cw_jitter *jitter)
{
    const int64_t half_us = jitter->target_us / 2;
    return jitter->excess_us < -(half_us < LACK_US ? half_us : LACK_US);
}

static enum cw_jitter_stretch advice(const struct cw_jitter *jitter)
{
    if (lacks(jitter))
        return CW_JITTER_LENGTHEN;
    if (jitter->excess_us > EXCESS_US)
        return CW_JITTER_SHORTEN;
    return spare(jitter) > 0 ? CW_JITTER_SHORTEN_IF_QUIET : CW_JITTER_AS_IS;
}

static struct cw_jitter_item hand_out(struct cw_jitter *jitter, struct cw_waiting_packet *packet)
{
    struct cw_jitter_item item = {.kind = CW_JITTER_PACKET,
                                  .stretch = advice(jitter),
                                  .spare = spare(jitter),
                                  .cut = jitter->cut,
                                  .fresh = jitter->fresh,
                                  .samples = packet->samples,
                                  .packet = cw_waiting_bytes(&jitter->waiting, packet)};
    cw_waiting_release(&jitter->waiting, packet);
    jitter->cut = jitter->fresh = false;
    jitter->stats.played++;
    jitter->expected = packet->sequence + 1;
    jitter->stand_in = jitter->concealed_run = 0;
    jitter->frame = packet->samples;
    jitter->next = packet->position + packet->samples;
    jitter->state = TALKING;
    if (cw_opus_packet_is_silence(item.packet)) {
        item.stretch = CW_JITTER_AS_IS;
        fall_silent(jitter);
    }
    return item;
}

/* In silence the delay can be changed freely: the next packet is played exactly at the target. */
static struct cw_jitter_item next_in_silence(struct cw_jitter *jitter, int64_t now_us)
{
    drop_overdue(jitter, now_us);
    struct cw_waiting_packet *packet = first_of_all(jitter);
    if (packet == NULL || !is_due(jitter, packet->position, now_us, 0))
        return pause_of(jitter->fresh ? CW_JITTER_NOTHING : CW_JITTER_SILENCE);
    jitter->delay_us = now_us - to_us(packet->position) - cw_delay_window_base(&jitter->window);
    jitter->excess_us = jitter->delay_us - jitter->target_us;
    jitter->queued = 0;
    return hand_out(jitter, packet);
}

/* `hold`: the concealment is inserted, which adds delay; else it replaces lost audio. */
static struct cw_jitter_item conceal(struct cw_jitter *jitter, uint32_t samples, bool hold,
                                     const struct cw_waiting_packet *next)
{
    jitter->stats.concealed_ms += samples / CW_AUDIO_PER_MS;
    jitter->concealed_run += samples;
    if (hold)
        jitter->delay_us += to_us(samples);
    else {
        jitter->next += samples;
        jitter->stand_in++;
    }
    struct cw_jitter_item item = {.kind = CW_JITTER_LOST, .samples = samples};
    if (next != NULL)
        item.packet = cw_waiting_bytes(&jitter->waiting, next);
    return item;
}

/* The packet that is due is missing, and a later one is there. */
static struct cw_jitter_item next_before(struct cw_jitter *jitter, struct cw_waiting_packet *packet)
{
    int32_t missing = (int32_t)(packet->sequence - jitter->expected) - (int32_t)jitter->stand_in;
    int64_t gap = packet->position - jitter->next;
    uint32_t samples = gap < jitter->frame ? (uint32_t)gap : jitter->frame;
    if (samples < 120) /* less than libopus conceals: a sender that rounds */
        return hand_out(jitter, packet);
    if (missing <= 0 || jitter->concealed_run >= CONCEAL_MAX) {
        fall_silent(jitter);
        return pause_of(CW_JITTER_SILENCE);
    }
    samples -= samples % 120;
    return conceal(jitter, samples, false, gap == samples ? packet : NULL);
}

static struct cw_jitter_item next_in_talk(struct cw_jitter *jitter, int64_t now_us)
{
    if (jitter->excess_us > EXCESS_DROP_US && first_of_all(jitter) != NULL) {
        fall_silent(jitter);
        return next_in_silence(jitter, now_us);
    }
    struct cw_waiting_packet *packet = first_of_all(jitter);
    if (packet != NULL && packet->position <= jitter->next)
        return hand_out(jitter, packet);
    if (packet != NULL)
        return next_before(jitter, packet);
    if (jitter->concealed_run >= CONCEAL_MAX) {
        fall_silent(jitter);
        return pause_of(CW_JITTER_SILENCE);
    }
    return conceal(jitter, jitter->frame, lacks(jitter), NULL);
}

/* The delay is that of the audio that is heard, smoothed because ticks come unevenly. A packet is
 * needed earlier, by the queued audio, when it is handed out. */
static void measure_delay(struct cw_jitter *jitter, int64_t now_us, uint32_t queued)
{
    int64_t queued_us = to_us(queued);
    jitter->queued = queued;
    int64_t delay =
        now_us + queued_us - to_us(jitter->next) - cw_delay_window_base(&jitter->window);
    jitter->delay_us += (delay - jitter->delay_us) / 8;
    jitter->excess_us = jitter->delay_us - queued_us - jitter->target_us;
}

struct cw_jitter_item cw_jitter_next(struct cw_jitter *jitter, int64_t now_us, uint32_t queued)
{
    if (jitter->state == EMPTY)
        return pause_of(CW_JITTER_NOTHING);
    if (jitter->state == SILENT)
        return next_in_silence(jitter, now_us);
    measure_delay(jitter, now_us, queued);
    return next_in_talk(jitter, now_us);
}

void cw_jitter_stretched(struct cw_jitter *jitter, int samples)
{
    jitter->delay_us += to_us(samples);
}

/* Before anything waits a tick that is a little late is on time: programs are not woken exactly. */
uint32_t cw_jitter_pause(struct cw_jitter *jitter, int64_t now_us)
{
    const struct cw_waiting_packet *packet = first_of_all(jitter);
    if (jitter->state != SILENT)
        return 0;
    int64_t left = to_us(packet != NULL ? packet->position : jitter->newest) +
                   cw_delay_window_base(&jitter->window) + jitter->target_us - now_us;
    if (packet == NULL) {
        left = left % TICK_US + (left % TICK_US < 0 ? TICK_US : 0);
        left = left > TICK_US - WOKEN_US ? 0 : left;
    }
    return left <= 0 || left >= TICK_US ? 0 : (uint32_t)(left * 6 + 124) / 125;
}

bool cw_jitter_idle(const struct cw_jitter *jitter)
{
    return jitter->state != TALKING && jitter->waiting.count == 0;
}

struct cw_jitter_stats cw_jitter_stats(const struct cw_jitter *jitter)
{
    struct cw_jitter_stats stats = jitter->stats;
    stats.lost = jitter->log.span > jitter->log.came ? jitter->log.span - jitter->log.came : 0;
    stats.target_ms = (int)(jitter->target_us / 1000);
    stats.delay_ms = (int)(jitter->delay_us / 1000);
    stats.jitter_ms = (int)(jitter->interarrival.us / 1000);
    return stats;
}
