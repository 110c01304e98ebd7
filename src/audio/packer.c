/* packer.c - see packer.h. */
#include "audio/packer.h"

#include <assert.h>
#include <opus.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct held {
    uint32_t timestamp, samples;
    size_t n;
    uint8_t packet[CW_OPUS_PACKET_MAX];
};

#define HELD_MAX (2 * CW_PACKER_FRAMES_MAX + 1)

struct cw_packer {
    unsigned frames;
    bool pairs;      /* two packets at once */
    bool gives;      /* they are there, and are being given */
    unsigned count;  /* of `held` */
    unsigned closed; /* of these, the first ones: nothing more can be joined to them */
    bool begun;
    uint32_t sequence;
    OpusRepacketizer *joiner;
    struct held held[HELD_MAX];
};

struct cw_packer *cw_packer_create(void)
{
    struct cw_packer *packer = cw_alloc_zero(sizeof *packer);
    if (packer == NULL)
        return NULL;
    packer->frames = 1;
    packer->joiner = cw_alloc((size_t)opus_repacketizer_get_size());
    if (packer->joiner == NULL) {
        free(packer);
        return NULL;
    }
    return packer;
}

void cw_packer_destroy(struct cw_packer *packer)
{
    if (packer == NULL)
        return;
    free(packer->joiner);
    free(packer);
}

void cw_packer_set_frames(struct cw_packer *packer, unsigned frames)
{
    assert(frames >= 1 && frames <= CW_PACKER_FRAMES_MAX);
    packer->frames = frames;
}

void cw_packer_set_pairs(struct cw_packer *packer, bool pairs)
{
    packer->pairs = pairs;
}

/* The mode, band width and length of frames in a TOC (RFC 6716 3.1). */
static unsigned configuration(const struct held *held)
{
    return held->packet[0] >> 2;
}

static bool is_silence(const struct held *held)
{
    return cw_opus_packet_is_silence(cw_slice_of(held->packet, held->n));
}

static bool joins(const struct held *before, const struct held *next)
{
    return !is_silence(before) && !is_silence(next) &&
           configuration(before) == configuration(next) &&
           before->timestamp + before->samples == next->timestamp;
}

void cw_packer_take(struct cw_packer *packer, struct cw_slice payload)
{
    struct cw_call_packet packet;
    if (packer->count == HELD_MAX || cw_call_packet_take(payload, &packet) != CW_OPUS_GOOD)
        return;
    if (!packer->begun)
        packer->sequence = packet.sequence;
    packer->begun = true;
    struct held *held = &packer->held[packer->count];
    held->timestamp = packet.timestamp;
    held->samples = packet.samples;
    held->n = packet.packet.n;
    memcpy(held->packet, packet.packet.p, packet.packet.n);
    if (packer->count > 0 && !joins(held - 1, held))
        packer->closed = packer->count;
    packer->count++;
}

/* How many of the first ones are to be sent now. */
static unsigned packer_due(struct cw_packer *packer)
{
    if (packer->closed > 0)
        return packer->closed;
    if (packer->count == 0 || is_silence(&packer->held[packer->count - 1]))
        return packer->count;
    if (packer->count >= packer->frames * (packer->pairs ? 2 : 1))
        packer->gives = true;
    if (packer->count < packer->frames)
        packer->gives = false;
    return packer->gives ? packer->frames : 0;
}

static size_t join(struct cw_packer *packer, unsigned count, uint8_t *packet)
{
    opus_repacketizer_init(packer->joiner);
    for (unsigned i = 0; i < count; i++)
        opus_repacketizer_cat(packer->joiner, packer->held[i].packet,
                              (opus_int32)packer->held[i].n);
    opus_int32 n = opus_repacketizer_out(packer->joiner, packet, CW_OPUS_PACKET_MAX);
    return n > 0 ? (size_t)n : 0;
}

size_t cw_packer_next(struct cw_packer *packer, uint8_t payload[CW_CALL_PACKET_MAX])
{
    unsigned count = packer_due(packer);
    if (count > CW_PACKER_FRAMES_MAX)
        count = CW_PACKER_FRAMES_MAX;
    if (count == 0)
        return 0;
    cw_call_packet_put(payload, packer->sequence++, packer->held[0].timestamp);
    size_t n = join(packer, count, payload + CW_CALL_PACKET_HEADER);
    packer->count -= count;
    packer->closed = packer->closed > count ? packer->closed - count : 0;
    memmove(packer->held, packer->held + count, packer->count * sizeof packer->held[0]);
    return n == 0 ? 0 : CW_CALL_PACKET_HEADER + n;
}
