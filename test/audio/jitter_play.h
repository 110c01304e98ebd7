/* jitter_play.h - packets that arrive at a jitter buffer in simulated time, and counts of what it
 * played: for its tests. */
#ifndef CW_TEST_AUDIO_JITTER_PLAY_H
#define CW_TEST_AUDIO_JITTER_PLAY_H

#include "audio/jitter.h"

struct arrival {
    int64_t at_us;
    uint32_t sequence, timestamp;
    uint32_t number;
};

/* A path: arrivals sorted by time, and a listener who plays a tick at a time. */
struct play {
    struct cw_jitter *jitter;
    uint32_t frame;  /* samples a packet */
    int64_t now_us;  /* of the next tick */
    int ppm;         /* the sender's clock is slower by so much */
    int64_t tick_us; /* between ticks: 5,000 when the listener's clock is right */
    uint32_t queued;
    uint32_t timestamp_zero;
    unsigned played, lost, silent, nothing, with_fec, cuts, stretched;
    int64_t delay_us;      /* of the last packet, beyond the fastest */
    int64_t delay_most_us; /* since it was last reset */
    int64_t last_number;
    bool in_order;
};

struct play begin_play(uint32_t frame);
void end_play(struct play *play);
enum cw_jitter_put put(struct play *play, const struct arrival *arrival);
/* As a copy, with the packet behind it. */
enum cw_jitter_put put_again(struct play *play, const struct arrival *arrival);
void tick(struct play *play);
void tick_until(struct play *play, int64_t us);

/* Plays packets in the order of their times. */
void run_play(struct play *play, struct arrival *packets, size_t n);

/* n packets sent on time that take `way_us(number)` to arrive; negative: lost. */
size_t make(struct arrival *packets, size_t n, uint32_t frame,
            int64_t (*way_us)(uint32_t number, uint64_t *seed), uint64_t seed);

#define MOST 32000

extern struct arrival arrivals[MOST];

/* What the buffer counted and did, in one line. */
void assert_counts(struct play *play, const char *expected);

/* n packets of 20 ms on this way, heard to the last. */
struct play played(size_t n, int64_t (*way_us)(uint32_t number, uint64_t *seed));

#endif
