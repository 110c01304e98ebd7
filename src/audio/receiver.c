/* receiver.c - see receiver.h. */
#include "audio/receiver.h"

#include <stdlib.h>

#include "audio/comfort.h"
#include "audio/list_buffer.h"
#include "audio/mixer.h"
#include "audio/opus_stream.h"
#include "audio/stretch.h"
#include "base/alloc.h"

/* Audio louder than this is speech; a speaker counts as speaking for this many ticks more, to
 * bridge the gaps between words. */
#define SPEAKING_DBFS  (-50.0f)
#define SPEAKING_TICKS (200 / CW_AUDIO_TICK_MS)
/* Audio that may be shortened without being noticed, dBFS. */
#define QUIET_DBFS (-50.0f)
/* Decoded audio that waits: less than a tick, the longest packet, a stretch. */
#define QUEUE_ROOM (CW_AUDIO_TICK + CW_AUDIO_PACKET_MAX + CW_STRETCH_MAX)
/* A cut is hidden by a fade of so many samples, 5 ms. */
#define FADE 240

struct speaker {
    uint64_t number;
    unsigned volume;
    bool muted;
    bool plain;        /* the last audio was a PCM array */
    bool muffled;      /* a fade-in is due: silence was played last */
    unsigned speaking; /* ticks left */
    struct cw_level level;
    uint64_t garbage;
    uint64_t repaired;
    int64_t put_us;              /* when the last packet came */
    uint64_t list_dropped;       /* samples */
    struct cw_list_buffer *list; /* created when needed, like ... */
    struct cw_jitter *jitter;    /* ... these two */
    struct cw_opus_decoder *decoder;
    struct cw_comfort comfort;
    size_t n; /* samples in queue */
    int16_t queue[QUEUE_ROOM];
};

struct cw_receiver {
    bool deafened;
    int round_trip_ms;
    bool resent; /* what is lost */
    uint64_t refused;
    size_t n;
    struct speaker *speakers[CW_CALL_MEMBERS_LIMIT]; /* by number, ascending */
    struct cw_mixer mixer;
};

struct cw_receiver *cw_receiver_create(void)
{
    struct cw_receiver *receiver = cw_alloc_zero(sizeof *receiver);
    if (receiver == NULL)
        return NULL;
    cw_mixer_init(&receiver->mixer);
    return receiver;
}

static void destroy_speaker(struct speaker *speaker)
{
    cw_list_buffer_destroy(speaker->list);
    cw_jitter_destroy(speaker->jitter);
    cw_opus_decoder_destroy(speaker->decoder);
    free(speaker);
}

void cw_receiver_destroy(struct cw_receiver *receiver)
{
    if (receiver == NULL)
        return;
    for (size_t i = 0; i < receiver->n; i++)
        destroy_speaker(receiver->speakers[i]);
    free(receiver);
}

/* --- speakers ------------------------------------------------------------------ */

/* The index of the speaker, or where they would be inserted. */
static size_t receiver_place(const struct cw_receiver *receiver, uint64_t number)
{
    size_t i = 0;
    while (i < receiver->n && receiver->speakers[i]->number < number)
        i++;
    return i;
}

/* The speaker, added if need be; NULL when there are too many. */
static struct speaker *find(struct cw_receiver *receiver, uint64_t number)
{
    size_t at = receiver_place(receiver, number);
    if (at < receiver->n && receiver->speakers[at]->number == number)
        return receiver->speakers[at];
    if (receiver->n == CW_CALL_MEMBERS_LIMIT) {
        receiver->refused++;
        return NULL;
    }
    struct speaker *speaker = cw_alloc_zero(sizeof *speaker);
    if (speaker == NULL)
        return NULL;
    speaker->number = number;
    speaker->volume = 100;
    speaker->muffled = true;
    speaker->level = cw_level_of(NULL, 0);
    memmove(&receiver->speakers[at + 1], &receiver->speakers[at],
            (receiver->n - at) * sizeof receiver->speakers[0]);
    receiver->speakers[at] = speaker;
    receiver->n++;
    return speaker;
}

void cw_receiver_remove(struct cw_receiver *receiver, uint64_t number)
{
    size_t at = receiver_place(receiver, number);
    if (at == receiver->n || receiver->speakers[at]->number != number)
        return;
    destroy_speaker(receiver->speakers[at]);
    receiver->n--;
    memmove(&receiver->speakers[at], &receiver->speakers[at + 1],
            (receiver->n - at) * sizeof receiver->speakers[0]);
}

bool cw_receiver_set_volume(struct cw_receiver *receiver, uint64_t number, unsigned volume)
{
    struct speaker *speaker = find(receiver, number);
    if (speaker != NULL)
        speaker->volume = volume < CW_VOLUME_MAX ? volume : CW_VOLUME_MAX;
    return speaker != NULL;
}

bool cw_receiver_set_muted(struct cw_receiver *receiver, uint64_t number, bool muted)
{
    struct speaker *speaker = find(receiver, number);
    if (speaker != NULL)
        speaker->muted = muted;
    return speaker != NULL;
}

void cw_receiver_set_deafened(struct cw_receiver *receiver, bool deafened)
{
    receiver->deafened = deafened;
}

void cw_receiver_set_round_trip(struct cw_receiver *receiver, int ms, bool resent)
{
    receiver->round_trip_ms = ms;
    receiver->resent = resent;
    for (size_t i = 0; i < receiver->n; i++)
        if (receiver->speakers[i]->jitter != NULL)
            cw_jitter_set_round_trip(receiver->speakers[i]->jitter, ms, resent);
}

/* --- in --------------------------------------------------------------------------- */

/* False: there is no memory for it. */
static bool receiver_take_packets(const struct cw_receiver *receiver, struct speaker *speaker)
{
    struct cw_opus_decoder *decoder = cw_opus_decoder_create();
    struct cw_jitter *jitter = decoder != NULL ? cw_jitter_create() : NULL;
    if (jitter == NULL) {
        cw_opus_decoder_destroy(decoder);
        return false;
    }
    cw_jitter_set_round_trip(jitter, receiver->round_trip_ms, receiver->resent);
    speaker->jitter = jitter;
    speaker->decoder = decoder;
    return true;
}

static bool put(struct cw_receiver *receiver, uint64_t number, struct cw_slice payload, bool again,
                int64_t now_us)
{
    struct cw_call_packet packet;
    struct speaker *speaker = find(receiver, number);
    if (speaker == NULL)
        return false;
    if (cw_call_packet_take(payload, &packet) != CW_OPUS_GOOD) {
        speaker->garbage++;
        return false;
    }
    if (speaker->jitter == NULL && !receiver_take_packets(receiver, speaker))
        return false;
    speaker->plain = false;
    speaker->put_us = now_us;
    if (again)
        cw_jitter_put_again(speaker->jitter, &packet, now_us);
    else
        cw_jitter_put(speaker->jitter, &packet, now_us);
    return true;
}

bool cw_receiver_put_packet(struct cw_receiver *receiver, uint64_t number, struct cw_slice payload,
                            int64_t now_us)
{
    return put(receiver, number, payload, false, now_us);
}

bool cw_receiver_put_again(struct cw_receiver *receiver, uint64_t number, struct cw_slice payload,
                           int64_t now_us)
{
    return put(receiver, number, payload, true, now_us);
}

bool cw_receiver_put_list(struct cw_receiver *receiver, uint64_t number, const int16_t *pcm,
                          size_t n)
{
    struct speaker *speaker = find(receiver, number);
    if (speaker == NULL)
        return false;
    if (speaker->list == NULL)
        speaker->list = cw_list_buffer_create();
    if (speaker->list == NULL)
        return false;
    speaker->plain = true;
    speaker->list_dropped += cw_list_buffer_put(speaker->list, pcm, n);
    return true;
}

/* --- out -------------------------------------------------------------------------- */

/* Fades from the end of the last audio, continued by 5 ms, over a cut. */
static void fade_over_cut(struct speaker *speaker, const int16_t tail[FADE], size_t n)
{
    cw_crossfade(tail, speaker->queue + speaker->n, n < FADE ? n : FADE);
}

static size_t stretched(struct speaker *speaker, const struct cw_jitter_item *item, size_t n)
{
    const enum cw_jitter_stretch stretch = item->stretch;
    int16_t *pcm = speaker->queue + speaker->n;
    size_t now = n;
    bool quiet = stretch == CW_JITTER_SHORTEN_IF_QUIET && cw_level_of(pcm, n).rms < QUIET_DBFS;
    if (stretch == CW_JITTER_SHORTEN || quiet)
        now = cw_stretch_shorten(pcm, n, item->spare);
    else if (stretch == CW_JITTER_LENGTHEN)
        now = cw_stretch_lengthen(pcm, n);
    if (now != n)
        cw_jitter_stretched(speaker->jitter, (int)now - (int)n);
    return now;
}

static void play_packet(struct speaker *speaker, const struct cw_jitter_item *item)
{
    int16_t tail[FADE];
    bool cut = item->cut && !item->fresh && !speaker->muffled;
    int16_t *pcm = speaker->queue + speaker->n;
    /* A sender's encoder is reset at each talk spurt, too (sender.c). */
    if (item->fresh || speaker->muffled)
        cw_opus_decoder_reset(speaker->decoder);
    if (cut)
        cw_opus_conceal(speaker->decoder, cw_slice_of(NULL, 0), tail, FADE);
    int n = cw_opus_decode(speaker->decoder, item->packet, pcm);
    if (n < 0) {
        speaker->garbage++;
        n = (int)item->samples;
        cw_opus_conceal(speaker->decoder, cw_slice_of(NULL, 0), pcm, item->samples);
    }
    cw_comfort_learn(&speaker->comfort, pcm, (size_t)n);
    if (speaker->muffled)
        cw_comfort_fill(&speaker->comfort, tail, FADE);
    if (cut || speaker->muffled)
        fade_over_cut(speaker, tail, (size_t)n);
    speaker->muffled = false;
    speaker->n += stretched(speaker, item, (size_t)n);
}

static void play_loss(struct speaker *speaker, const struct cw_jitter_item *item)
{
    speaker->repaired += item->packet.n != 0 && cw_opus_packet_has_fec(item->packet);
    cw_opus_conceal(speaker->decoder, item->packet, speaker->queue + speaker->n, item->samples);
    speaker->n += item->samples;
}

/* In silence there is the speaker's room. The first frame of it fades out the sound before. */
static void play_silence(struct speaker *speaker, uint32_t n)
{
    int16_t *pcm = speaker->queue + speaker->n;
    int16_t tail[FADE];
    cw_comfort_fill(&speaker->comfort, pcm, n);
    if (!speaker->muffled) {
        cw_opus_conceal(speaker->decoder, cw_slice_of(NULL, 0), tail, FADE);
        cw_crossfade(tail, pcm, FADE);
    }
    speaker->muffled = true;
    speaker->n += n;
}

/* Fills the queue for a tick. False: the speaker is silent. */
static bool fill(struct speaker *speaker, int64_t now_us)
{
    if (speaker->n == 0 && speaker->muffled && cw_jitter_idle(speaker->jitter) &&
        !cw_comfort_sounds(&speaker->comfort))
        return false;
    while (speaker->n < CW_AUDIO_TICK) {
        struct cw_jitter_item item = cw_jitter_next(speaker->jitter, now_us, (uint32_t)speaker->n);
        if (item.kind == CW_JITTER_PACKET)
            play_packet(speaker, &item);
        else if (item.kind == CW_JITTER_LOST)
            play_loss(speaker, &item);
        else
            play_silence(speaker, item.samples);
    }
    return true;
}

static bool take_opus(struct speaker *speaker, int64_t now_us, int16_t pcm[CW_AUDIO_TICK])
{
    if (speaker->jitter == NULL || !fill(speaker, now_us))
        return false;
    memcpy(pcm, speaker->queue, CW_AUDIO_TICK * sizeof *pcm);
    speaker->n -= CW_AUDIO_TICK;
    memmove(speaker->queue, speaker->queue + CW_AUDIO_TICK, speaker->n * sizeof *pcm);
    return true;
}

static bool mix(struct cw_receiver *receiver, struct speaker *speaker, const int16_t *pcm)
{
    speaker->level = cw_level_of(pcm, CW_AUDIO_TICK);
    if (speaker->level.rms > SPEAKING_DBFS)
        speaker->speaking = SPEAKING_TICKS;
    if (receiver->deafened || speaker->muted || speaker->volume == 0)
        return false;
    cw_mixer_add(&receiver->mixer, pcm, speaker->volume);
    return true;
}

static unsigned tick_speaker(struct cw_receiver *receiver, struct speaker *speaker, int64_t now_us)
{
    int16_t pcm[CW_AUDIO_TICK];
    bool opus, list, mixed = false;
    if (speaker->speaking > 0)
        speaker->speaking--;
    if ((opus = take_opus(speaker, now_us, pcm)))
        mixed = mix(receiver, speaker, pcm);
    if ((list = speaker->list != NULL && cw_list_buffer_take(speaker->list, pcm)))
        mixed = mix(receiver, speaker, pcm);
    if (!opus && !list)
        speaker->level = cw_level_of(NULL, 0);
    return mixed;
}

unsigned cw_receiver_tick(struct cw_receiver *receiver, int64_t now_us, int16_t pcm[CW_AUDIO_TICK])
{
    unsigned mixed = 0;
    for (size_t i = 0; i < receiver->n; i++)
        mixed += tick_speaker(receiver, receiver->speakers[i], now_us);
    cw_mixer_take(&receiver->mixer, pcm);
    return mixed;
}

/* --- between ticks ---------------------------------------------------------------- */

static bool is_silent(const struct speaker *speaker)
{
    return (speaker->list == NULL || cw_list_buffer_idle(speaker->list)) &&
           (speaker->jitter == NULL || (speaker->n == 0 && speaker->muffled));
}

/* Of the speaker whose turn is next; who spoke last stays the one whom ticks suit. */
static size_t wanted_pause(struct cw_receiver *receiver, int64_t now_us)
{
    int64_t newest = 0;
    size_t pause = 0;
    for (size_t i = 0; i < receiver->n; i++) {
        struct speaker *speaker = receiver->speakers[i];
        if (!is_silent(speaker))
            return 0;
        if (speaker->jitter != NULL && speaker->put_us >= newest) {
            newest = speaker->put_us;
            pause = cw_jitter_pause(speaker->jitter, now_us);
        }
    }
    return pause;
}

size_t cw_receiver_pause(struct cw_receiver *receiver, int64_t now_us, int16_t pcm[CW_AUDIO_TICK])
{
    int16_t room[CW_AUDIO_TICK] = {0};
    const size_t n = wanted_pause(receiver, now_us);
    for (size_t i = 0; n > 0 && i < receiver->n; i++) {
        struct speaker *speaker = receiver->speakers[i];
        cw_comfort_fill(&speaker->comfort, room, n);
        if (!receiver->deafened && !speaker->muted)
            cw_mixer_add(&receiver->mixer, room, speaker->volume);
    }
    if (n > 0)
        cw_mixer_take(&receiver->mixer, pcm);
    return n;
}

/* --- what there is to know -------------------------------------------------------- */

size_t cw_receiver_count(const struct cw_receiver *receiver)
{
    return receiver->n;
}

struct cw_receiver_stats cw_receiver_stats(const struct cw_receiver *receiver, size_t index)
{
    const struct speaker *speaker = receiver->speakers[index];
    struct cw_receiver_stats stats = {.speaker = speaker->number,
                                      .speaking = speaker->speaking > 0,
                                      .plain = speaker->plain,
                                      .muted = speaker->muted,
                                      .volume = speaker->volume,
                                      .level = speaker->level,
                                      .garbage = speaker->garbage,
                                      .repaired = speaker->repaired};
    if (!speaker->plain && speaker->jitter != NULL)
        stats.jitter = cw_jitter_stats(speaker->jitter);
    if (speaker->plain) {
        stats.jitter.target_ms = cw_list_buffer_target_ms(speaker->list);
        stats.jitter.delay_ms = cw_list_buffer_delay_ms(speaker->list);
        stats.jitter.dropped = speaker->list_dropped / CW_AUDIO_PER_MS;
    }
    return stats;
}

bool cw_receiver_missed(const struct cw_receiver_stats *stats, uint64_t *came, uint64_t *missed)
{
    const struct cw_jitter_stats *jitter = &stats->jitter;
    uint64_t unheard = jitter->lost + jitter->late + jitter->dropped;
    *came = jitter->received - jitter->duplicates + jitter->lost;
    *missed = unheard - (stats->repaired < unheard ? stats->repaired : unheard);
    return !stats->plain;
}

uint64_t cw_receiver_refused(const struct cw_receiver *receiver)
{
    return receiver->refused;
}
