/* jitter_play.c - see jitter_play.h. */
#include "jitter_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/jitter.h"

/* A packet of 20 ms: SILK, wide band, one frame. What is in it says which it is. */
#define PACKET_BYTES 20

struct play begin_play(uint32_t frame)
{
    return (struct play){.jitter = cw_jitter_create(),
                         .frame = frame,
                         .tick_us = CW_AUDIO_TICK_MS * 1000,
                         .last_number = -1,
                         .in_order = true};
}

void end_play(struct play *play)
{
    cw_jitter_destroy(play->jitter);
}

typedef enum cw_jitter_put putter(struct cw_jitter *jitter, const struct cw_call_packet *packet,
                                  int64_t now_us);

static enum cw_jitter_put put_by(struct play *play, const struct arrival *arrival, putter *by)
{
    uint8_t bytes[PACKET_BYTES] = {play->frame == 960 ? 0x48 : 0x40};
    memcpy(bytes + 1, &arrival->number, sizeof arrival->number);
    struct cw_call_packet packet = {arrival->sequence, arrival->timestamp,
                                    cw_slice_of(bytes, sizeof bytes), play->frame};
    return by(play->jitter, &packet, arrival->at_us);
}

enum cw_jitter_put put(struct play *play, const struct arrival *arrival)
{
    return put_by(play, arrival, cw_jitter_put);
}

enum cw_jitter_put put_again(struct play *play, const struct arrival *arrival)
{
    return put_by(play, arrival, cw_jitter_put_again);
}

static void hear(struct play *play, const struct cw_jitter_item *item)
{
    uint32_t number;
    memcpy(&number, item->packet.p + 1, sizeof number);
    int64_t position = (int64_t)number * play->frame;
    play->played++;
    play->cuts += item->cut;
    play->in_order = play->in_order && (int64_t)number > play->last_number;
    play->last_number = number;
    int64_t sent_us = position * 125 / 6;
    sent_us += sent_us * play->ppm / 1000000;
    play->delay_us = play->now_us + play->queued * 125 / 6 - sent_us;
    if (play->delay_us > play->delay_most_us)
        play->delay_most_us = play->delay_us;
    play->queued += item->samples;
    if (item->stretch == CW_JITTER_SHORTEN || item->stretch == CW_JITTER_LENGTHEN) {
        int by = item->stretch == CW_JITTER_LENGTHEN ? 240 : item->spare < 240 ? 0 : -240;
        play->stretched++;
        play->queued += (uint32_t)by;
        cw_jitter_stretched(play->jitter, by);
    }
}

void tick(struct play *play)
{
    while (play->queued < CW_AUDIO_TICK) {
        struct cw_jitter_item item = cw_jitter_next(play->jitter, play->now_us, play->queued);
        assert_true(item.samples >= 120 && item.samples <= CW_AUDIO_PACKET_MAX);
        if (item.kind == CW_JITTER_PACKET && item.packet.n == PACKET_BYTES) {
            hear(play, &item);
            continue;
        }
        play->queued += item.samples;
        play->lost += item.kind == CW_JITTER_LOST;
        play->with_fec += item.kind == CW_JITTER_LOST && item.packet.n > 0;
        play->silent += item.kind == CW_JITTER_SILENCE;
        play->nothing += item.kind == CW_JITTER_NOTHING;
    }
    play->queued -= CW_AUDIO_TICK;
    play->now_us += play->tick_us;
}

void tick_until(struct play *play, int64_t us)
{
    while (play->now_us < us)
        tick(play);
}

static int by_time(const void *a, const void *b)
{
    const struct arrival *x = a, *y = b;
    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

void run_play(struct play *play, struct arrival *packets, size_t n)
{
    qsort(packets, n, sizeof *packets, by_time);
    for (size_t i = 0; i < n; i++) {
        tick_until(play, packets[i].at_us);
        put(play, &packets[i]);
    }
}

size_t make(struct arrival *packets, size_t n, uint32_t frame,
            int64_t (*way_us)(uint32_t number, uint64_t *seed), uint64_t seed)
{
    size_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        int64_t way = way_us(i, &seed);
        if (way >= 0)
            packets[count++] = (struct arrival){.at_us = (int64_t)i * frame * 125 / 6 + way,
                                                .sequence = 1000 + i,
                                                .timestamp = 77777 + i * frame,
                                                .number = i};
    }
    return count;
}

struct arrival arrivals[MOST];

void assert_counts(struct play *play, const char *expected)
{
    const struct cw_jitter_stats s = cw_jitter_stats(play->jitter);
    char got[200];
    snprintf(got, sizeof got,
             "received %d played %d late %d lost %d dropped %d duplicates %d concealed %d ms "
             "restarts %d target %d delay %d jitter %d",
             (int)s.received, (int)s.played, (int)s.late, (int)s.lost, (int)s.dropped,
             (int)s.duplicates, (int)s.concealed_ms, (int)s.restarts, s.target_ms, s.delay_ms,
             s.jitter_ms);
    assert_string_equal(got, expected);
    assert_true(play->in_order);
}

struct play played(size_t n, int64_t (*way_us)(uint32_t number, uint64_t *seed))
{
    struct play play = begin_play(960);
    play.now_us = 3000; /* ticks and packets do not fall together */
    run_play(&play, arrivals, make(arrivals, n, 960, way_us, 42));
    tick_until(&play, (int64_t)(n + 4) * 20000);
    return play;
}
