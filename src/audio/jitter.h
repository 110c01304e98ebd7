/* jitter.h - an adaptive jitter buffer for one speaker: packets in as they arrive, packets out when
 * it is time to play them. It neither decodes nor mixes (receiver.h does), and the time is a
 * parameter.
 *
 * How it decides. A packet's delay is its arrival minus its timestamp. The shortest of the last 5 s
 * is the base; the delay beyond it within which all but one in 40 packets arrive, and the longest
 * of late, is the target, from CW_JITTER_TARGET_US_MIN to CW_JITTER_TARGET_MS_MAX, or more where
 * the round trip is, or becomes, longer. When even the fastest packets have come later than the
 * longest target for a second, or one comes that much earlier, it is another way, with a base of
 * its own. Playing never waits: a packet that is missing when it is due is concealed, and late if
 * it comes after that. The delay follows the target by stretching the audio a little; a talk spurt
 * after silence begins exactly at the target, which else falls slowly; and packets that are far too
 * old, as in the burst after a stall, are dropped at once. A stall longer than the longest target
 * does not raise it. While packets are lost the target is a frame more: what repairs the gap comes
 * with the packet behind it.
 *
 * Sequence numbers and timestamps are those of docs/protocol.md, Calls; both wrap. One object, one
 * thread at a time. */
#ifndef CW_AUDIO_JITTER_H
#define CW_AUDIO_JITTER_H

#include "audio/opus_packet.h"

struct cw_jitter;

enum cw_jitter_put {
    CW_JITTER_TAKEN,
    CW_JITTER_DUPLICATE,
    CW_JITTER_LATE,   /* it was due before it came */
    CW_JITTER_STRANGE /* a jump of sequence or time: dropped; a second packet
                         that goes on from there begins a new stream */
};

enum cw_jitter_kind {
    CW_JITTER_NOTHING, /* no packet has come yet, or none is due yet */
    CW_JITTER_PACKET,  /* decode .packet */
    CW_JITTER_LOST,    /* conceal .samples; .packet, if not empty, is the next
                          packet, which may hold FEC for it; it comes again */
    CW_JITTER_SILENCE  /* the speaker is silent: play .samples of silence */
};

/* What to do to the audio of a packet, to change the delay. */
enum cw_jitter_stretch {
    CW_JITTER_AS_IS,
    CW_JITTER_SHORTEN,          /* make it shorter, by up to .spare */
    CW_JITTER_SHORTEN_IF_QUIET, /* the same, where the audio is quiet */
    CW_JITTER_LENGTHEN          /* make it longer, by up to 10 ms */
};

struct cw_jitter_item {
    enum cw_jitter_kind kind;
    enum cw_jitter_stretch stretch; /* PACKET */
    uint32_t spare;                 /* PACKET: samples by which it may be shortened */
    bool cut;                       /* PACKET: it does not continue what was played last */
    bool fresh;                     /* PACKET: the first of a stream: reset the decoder */
    uint32_t samples;               /* at 48 kHz; NOTHING and SILENCE: CW_AUDIO_TICK */
    /* PACKET, LOST: good until the next call for this buffer. */
    struct cw_slice packet;
};

struct cw_jitter_stats {
    uint64_t received;   /* packets put in, of every result */
    uint64_t late;       /* came after their time */
    uint64_t duplicates; /* came again */
    uint64_t lost;       /* never came (or not yet) */
    uint64_t dropped;    /* too old, outside the stream, or without room */
    uint64_t played;     /* handed out to be decoded */
    uint64_t concealed_ms;
    uint64_t restarts; /* streams begun after the first */
    int target_ms;     /* the target, beyond the fastest packet */
    int delay_ms;      /* the present delay */
    int jitter_ms;     /* RFC 3550 6.4.1, interarrival jitter */
};

/* Never NULL; the caller destroys it. All its memory, some 110 KiB, is allocated here. */
struct cw_jitter *cw_jitter_create(void);
void cw_jitter_destroy(struct cw_jitter *jitter);

/* Puts in a packet that came at `now_us`, microseconds of a clock that never
 * goes back. It is copied. */
enum cw_jitter_put cw_jitter_put(struct cw_jitter *jitter, const struct cw_call_packet *packet,
                                 int64_t now_us);

/* The same with one that was lost and has come after all, as a copy with the packet behind it: it
 * is a frame late. */
enum cw_jitter_put cw_jitter_put_again(struct cw_jitter *jitter,
                                       const struct cw_call_packet *packet, int64_t now_us);

/* Hands out what is to be played next. `queued` is the audio that was handed out and is not played
 * yet, in samples: call it when that is less than a tick. */
struct cw_jitter_item cw_jitter_next(struct cw_jitter *jitter, int64_t now_us, uint32_t queued);

/* In silence: how many samples, less than a tick, are to pass before the next tick, so that a
 * packet is due when one begins, and does not wait for the next: 0 mostly. The packets of a speaker
 * come a whole number of ticks apart, so that this holds for those behind it, too. */
uint32_t cw_jitter_pause(struct cw_jitter *jitter, int64_t now_us);

/* Reports the result of a packet's stretch: the samples by which its audio became longer (negative:
 * shorter). */
void cw_jitter_stretched(struct cw_jitter *jitter, int samples);

/* The round trip to the server, milliseconds from 0 (as at first: unknown). `resent`: by a
 * connection that sends lost packets again: the target may be so much higher that they are in time.
 * Else, by datagrams, it may be higher for some seconds by as much as the round trip has become
 * longer. */
void cw_jitter_set_round_trip(struct cw_jitter *jitter, int ms, bool resent);

/* Is there nothing to be played and nothing waiting? */
bool cw_jitter_idle(const struct cw_jitter *jitter);

struct cw_jitter_stats cw_jitter_stats(const struct cw_jitter *jitter);

#endif
