/* waiting.h - the packets that wait in a jitter buffer to be played, in no order. Private to
 * jitter.c, which decides when. */
#ifndef CW_AUDIO_WAITING_H
#define CW_AUDIO_WAITING_H

#include "audio/opus_packet.h"

/* So many may wait for the target; there is room for others that come at once after a stall. */
#define CW_WAITING_TARGET (CW_JITTER_PACKETS_MAX - 8)

struct cw_waiting_packet {
    bool used;
    uint16_t n;
    uint32_t sequence;
    uint32_t samples;
    int64_t position;
};

/* A zeroed struct is empty. */
struct cw_waiting {
    unsigned count;
    struct cw_waiting_packet packets[CW_JITTER_PACKETS_MAX];
    /* Apart from them, so that a search stays within a few cache lines. */
    uint8_t bytes[CW_JITTER_PACKETS_MAX][CW_OPUS_PACKET_MAX];
};

static inline struct cw_slice cw_waiting_bytes(const struct cw_waiting *waiting,
                                               const struct cw_waiting_packet *packet)
{
    return cw_slice_of(waiting->bytes[packet - waiting->packets], packet->n);
}

static inline void cw_waiting_release(struct cw_waiting *waiting, struct cw_waiting_packet *packet)
{
    packet->used = false;
    waiting->count--;
}

/* The one that is played first, not before `from`; or NULL. */
static inline struct cw_waiting_packet *cw_waiting_from(struct cw_waiting *waiting, int64_t from)
{
    struct cw_waiting_packet *first = NULL;
    for (size_t i = 0; waiting->count > 0 && i < CW_JITTER_PACKETS_MAX; i++) {
        struct cw_waiting_packet *packet = &waiting->packets[i];
        if (packet->used && packet->position >= from &&
            (first == NULL || packet->position < first->position))
            first = packet;
    }
    return first;
}

/* Copies the packet. There must be room. */
static inline void cw_waiting_add(struct cw_waiting *waiting, const struct cw_call_packet *packet,
                                  int64_t position)
{
    struct cw_waiting_packet *place = waiting->packets;
    while (place->used)
        place++;
    *place = (struct cw_waiting_packet){.used = true,
                                        .n = (uint16_t)packet->packet.n,
                                        .sequence = packet->sequence,
                                        .samples = packet->samples,
                                        .position = position};
    waiting->count++;
    memcpy(waiting->bytes[place - waiting->packets], packet->packet.p, packet->packet.n);
}

#endif
