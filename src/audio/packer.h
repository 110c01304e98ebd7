/* packer.h - joins packets of a speaker into longer ones, which cost fewer bits on the way: each
 * packet has a head of some 70 bytes there. Pure. Caller: src/cli/call_audio.c. */
#ifndef CW_AUDIO_PACKER_H
#define CW_AUDIO_PACKER_H

#include "audio/opus_packet.h"

/* Of 20 ms each: CW_OPUS_PACKET_MS_MAX. */
#define CW_PACKER_FRAMES_MAX 3

struct cw_packer;

/* Never NULL. The caller destroys it. */
struct cw_packer *cw_packer_create(void);
void cw_packer_destroy(struct cw_packer *packer);

/* So many packets are joined from here on: 1 to CW_PACKER_FRAMES_MAX. */
void cw_packer_set_frames(struct cw_packer *packer, unsigned frames);

/* Two long packets are given at once, for a connection that writes them in one segment: the head of
 * TCP is longer than all others. It makes the first one wait. */
void cw_packer_set_pairs(struct cw_packer *packer, bool pairs);

/* Takes in a payload as cw_sender_push makes it, with a packet of at most 20 ms. */
void cw_packer_take(struct cw_packer *packer, struct cw_slice payload);

/* The next payload to be sent, in sequence; 0: there is none yet. Call it after each
 * cw_packer_take until it returns 0. What cannot be joined (silence, a change of the codec's mode,
 * a gap) is not. */
size_t cw_packer_next(struct cw_packer *packer, uint8_t payload[CW_CALL_PACKET_MAX]);

#endif
