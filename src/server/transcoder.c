/* transcoder.c - see transcoder.h. */
#include "server/transcoder.h"

#include <assert.h>
#include <stdlib.h>

#include "audio/opus_packet.h"
#include "audio/opus_stream.h"
#include "audio/resampler.h"
#include "base/alloc.h"
#include "wire/msg.h"

/* A packet, and the concealment before it. */
#define SAMPLES_MAX (2 * CW_AUDIO_PACKET_MAX)

struct speaker {
    uint64_t id;
    bool started;
    uint32_t sequence; /* of the next packet */
    uint32_t samples;  /* in the last one */
    struct cw_opus_decoder *decoder;
    struct cw_resampler *resampler;
};

static size_t slot_of(uint64_t id)
{
    return (uint32_t)id;
}

static void destroy(struct speaker *speaker)
{
    if (speaker == NULL)
        return;
    cw_opus_decoder_destroy(speaker->decoder);
    cw_resampler_destroy(speaker->resampler);
    free(speaker);
}

void cw_transcoder_finish(struct cw_transcoder *transcoder)
{
    for (size_t i = 0; i < transcoder->capacity; i++)
        destroy(transcoder->speakers[i]);
    free(transcoder->speakers);
    *transcoder = (struct cw_transcoder){0};
}

static void make_room(struct cw_transcoder *transcoder, size_t slot)
{
    size_t old = transcoder->capacity;
    if (slot < old)
        return;
    transcoder->capacity = 2 * slot + 8;
    transcoder->speakers =
        cw_realloc(transcoder->speakers, transcoder->capacity * sizeof transcoder->speakers[0]);
    memset(transcoder->speakers + old, 0,
           (transcoder->capacity - old) * sizeof transcoder->speakers[0]);
}

static struct speaker *speaker_of(struct cw_transcoder *transcoder, uint64_t id)
{
    make_room(transcoder, slot_of(id));
    struct speaker **place = &transcoder->speakers[slot_of(id)];
    if (*place != NULL && (*place)->id == id)
        return *place;
    destroy(*place);
    *place = cw_alloc_zero(sizeof **place);
    (*place)->id = id;
    (*place)->decoder = cw_opus_decoder_create();
    (*place)->resampler = cw_resampler_create(CW_AUDIO_RATE, CW_LIST_RATE, 1, CW_RESAMPLER_FAST);
    return *place;
}

void cw_transcoder_remove(struct cw_transcoder *transcoder, uint64_t speaker)
{
    size_t slot = slot_of(speaker);
    if (slot >= transcoder->capacity || transcoder->speakers[slot] == NULL ||
        transcoder->speakers[slot]->id != speaker)
        return;
    destroy(transcoder->speakers[slot]);
    transcoder->speakers[slot] = NULL;
}

/* Packets arrive in order, so a missing one was dropped: by a rate, or as invalid. Returns the
 * number of samples of the concealment, at most those of the longest packet. */
static size_t conceal(struct speaker *speaker, const struct cw_call_packet *packet, int16_t *pcm)
{
    uint32_t missing = packet->sequence - speaker->sequence;
    size_t n = 0;
    if (!speaker->started || missing == 0)
        return 0;
    if (missing > CW_CALL_CONCEAL_MAX) { /* or the speaker has restarted */
        cw_opus_decoder_reset(speaker->decoder);
        return 0;
    }
    for (; missing > 0 && n + speaker->samples <= CW_AUDIO_PACKET_MAX; missing--) {
        struct cw_slice next = missing == 1 ? packet->packet : (struct cw_slice){0};
        cw_opus_conceal(speaker->decoder, next, pcm + n, speaker->samples);
        n += speaker->samples;
    }
    return n;
}

static size_t decode(struct speaker *speaker, const struct cw_call_packet *packet, int16_t *pcm)
{
    size_t made_up = conceal(speaker, packet, pcm);
    int n = cw_opus_decode(speaker->decoder, packet->packet, pcm + made_up);
    if (n < 0) {
        n = (int)packet->samples;
        cw_opus_conceal(speaker->decoder, (struct cw_slice){0}, pcm + made_up, packet->samples);
    }
    speaker->started = true;
    speaker->sequence = packet->sequence + 1;
    speaker->samples = packet->samples;
    return made_up + (size_t)n;
}

bool cw_transcoder_push(struct cw_transcoder *transcoder, uint64_t id, struct cw_slice payload,
                        struct cw_buf *list)
{
    struct cw_call_packet packet;
    int16_t pcm[SAMPLES_MAX], out[SAMPLES_MAX];
    if (cw_call_packet_take(payload, &packet) != CW_OPUS_GOOD)
        return false;
    struct speaker *speaker = speaker_of(transcoder, id);
    size_t n = decode(speaker, &packet, pcm);
    assert(cw_resampler_room(speaker->resampler, n) <= SAMPLES_MAX);
    size_t count = cw_resampler_push(speaker->resampler, pcm, n, out);
    list->n = 0;
    if (count != 0)
        cw_samples_encode(out, (uint32_t)count, list);
    return count != 0;
}
