/* fuzz_opus_packet.c - any bytes as payloads of call_data, each after a length
 * of two bytes: a good one decodes to the samples it claims, or not at all, and
 * what FEC it claims to hold is made of nothing else. */
#include "audio/opus_packet.h"
#include "audio/opus_stream.h"
#include "base/alloc.h"
#include "fuzz.h"

static void expect(bool good)
{
    if (!good)
        abort();
}

static void try_payload(struct cw_opus_decoder *decoder, struct cw_slice payload)
{
    int16_t pcm[CW_AUDIO_PACKET_MAX];
    struct cw_call_packet packet;
    if (cw_call_packet_take(payload, &packet) != CW_OPUS_GOOD)
        return;
    expect(packet.packet.n + CW_CALL_PACKET_HEADER == payload.n);
    expect(packet.samples >= 120 && packet.samples <= CW_AUDIO_PACKET_MAX);
    expect(cw_opus_packet_samples(packet.packet) == packet.samples);
    cw_opus_conceal(decoder, packet.packet, pcm, packet.samples - packet.samples % 120);
    int n = cw_opus_decode(decoder, packet.packet, pcm);
    expect(n == -1 || n == (int)packet.samples);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_opus_decoder *decoder = cw_opus_decoder_create();
    for (size_t at = 0; size - at >= 2;) {
        size_t n = (size_t)data[at] << 8 | data[at + 1];
        at += 2;
        n = n < size - at ? n : size - at;
        /* A block of just its size, so that reading past its end is seen. */
        uint8_t *payload = cw_alloc(n == 0 ? 1 : n);
        memcpy(payload, data + at, n);
        try_payload(decoder, cw_slice_of(payload, n));
        free(payload);
        at += n;
    }
    cw_opus_decoder_destroy(decoder);
    return 0;
}
