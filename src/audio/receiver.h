/* receiver.h - what one participant of a call hears: packets and PCM arrays of all speakers in, one
 * mixed frame of 5 ms out at each tick. A speaker has a jitter buffer and a decoder, or a list
 * buffer, or both in turn.
 *
 * For clients. The time is a parameter. One object, one thread at a time. */
#ifndef CW_AUDIO_RECEIVER_H
#define CW_AUDIO_RECEIVER_H

#include <stddef.h>

#include "audio/jitter.h"
#include "audio/level.h"
#include "base/slice.h"

struct cw_receiver;

/* Never NULL; the caller destroys it. */
struct cw_receiver *cw_receiver_create(void);
void cw_receiver_destroy(struct cw_receiver *receiver);

/* Speakers are identified by a number of the caller's choice. A speaker is added with their first
 * audio or setting, at 100 % and not muted. There are at most CW_CALL_MEMBERS_LIMIT; more are
 * refused until one is removed. */

/* A call_data's ext as it came at `now_us`, microseconds of a clock that never
 * goes back. False: it is garbage or the speaker is refused, and it is counted. */
bool cw_receiver_put_packet(struct cw_receiver *receiver, uint64_t speaker, struct cw_slice payload,
                            int64_t now_us);
/* The same with one that was lost and has come as a copy. */
bool cw_receiver_put_again(struct cw_receiver *receiver, uint64_t speaker, struct cw_slice payload,
                           int64_t now_us);

/* A call_data's PCM array of n samples at CW_LIST_RATE, mono. False as above. */
bool cw_receiver_put_list(struct cw_receiver *receiver, uint64_t speaker, const int16_t *pcm,
                          size_t n);

/* Per cent, 0 to CW_VOLUME_MAX of mixer.h (clamped). False: the speaker is refused. */
bool cw_receiver_set_volume(struct cw_receiver *receiver, uint64_t speaker, unsigned volume);
bool cw_receiver_set_muted(struct cw_receiver *receiver, uint64_t speaker, bool muted);

/* Mixes no speaker. Everything else goes on, statistics included. */
void cw_receiver_set_deafened(struct cw_receiver *receiver, bool deafened);

/* As cw_jitter_set_round_trip, of all speakers. */
void cw_receiver_set_round_trip(struct cw_receiver *receiver, int ms, bool resent);

/* Forgets the speaker, who has left, and their settings. */
void cw_receiver_remove(struct cw_receiver *receiver, uint64_t speaker);

/* Writes the next 5 ms to be played from `now_us` on; silence if there is no audio. Returns how
 * many speakers were mixed. Call it every 5 ms; a device that takes more at a time calls it more
 * often then. */
unsigned cw_receiver_tick(struct cw_receiver *receiver, int64_t now_us, int16_t pcm[CW_AUDIO_TICK]);

/* Before a tick, for whoever may play something between ticks: writes up to a tick of silence, or
 * of the room, and returns its length, samples. With it ticks fall so that who speaks next is not
 * heard later than the jitter buffer has to be. 0 while somebody is heard, and mostly. The tick
 * behind it is later by its length. */
size_t cw_receiver_pause(struct cw_receiver *receiver, int64_t now_us, int16_t pcm[CW_AUDIO_TICK]);

struct cw_receiver_stats {
    uint64_t speaker;
    bool speaking; /* louder than -50 dBFS within the last 200 ms */
    bool plain;    /* sends PCM arrays: `jitter` has only target, delay and dropped */
    bool muted;
    unsigned volume;
    struct cw_level level; /* of the speaker's last tick, before volume and mute */
    uint64_t garbage;      /* payloads that are no packet, or do not decode */
    uint64_t repaired;     /* packets that were lost, and played from the copy in the next */
    struct cw_jitter_stats jitter; /* `dropped` counts packets; of a plain speaker, ms */
};

/* How many speakers there are. */
size_t cw_receiver_count(const struct cw_receiver *receiver);

/* The speaker at `index`, 0 to count - 1, in the order of their numbers. */
struct cw_receiver_stats cw_receiver_stats(const struct cw_receiver *receiver, size_t index);

/* For reports (hearing.h): the speaker's packets so far, the lost ones included, and how many of
 * them were not heard. False: PCM arrays, which have no numbers. */
bool cw_receiver_missed(const struct cw_receiver_stats *stats, uint64_t *came, uint64_t *missed);

/* Payloads refused because there were too many speakers. */
uint64_t cw_receiver_refused(const struct cw_receiver *receiver);

#endif
