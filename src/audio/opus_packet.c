/* opus_packet.c - see opus_packet.h. */
#include "audio/opus_packet.h"

#include <opus.h>

/* RFC 6716 3.2.5: a packet holds at most 48 frames. */
#define FRAMES_MAX 48

uint32_t cw_opus_packet_samples(struct cw_slice packet)
{
    opus_int16 sizes[FRAMES_MAX];
    unsigned char toc;
    if (packet.n == 0 || packet.n > INT32_MAX)
        return 0;
    /* libopus checks the rules R1 to R7 of RFC 6716 3.4 and decodes no frame. */
    int frames = opus_packet_parse(packet.p, (opus_int32)packet.n, &toc, NULL, sizes, NULL);
    if (frames <= 0)
        return 0;
    return (uint32_t)(frames * opus_packet_get_samples_per_frame(packet.p, CW_AUDIO_RATE));
}

enum cw_opus_check cw_opus_packet_check(struct cw_slice packet, uint32_t *samples)
{
    if (packet.n == 0 || packet.n > CW_OPUS_PACKET_MAX)
        return CW_OPUS_SIZE;
    uint32_t count = cw_opus_packet_samples(packet);
    if (count == 0)
        return CW_OPUS_MALFORMED;
    if (count > CW_AUDIO_PACKET_MAX)
        return CW_OPUS_TOO_LONG;
    if (samples != NULL)
        *samples = count;
    return CW_OPUS_GOOD;
}

static void put_u32(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}

static uint32_t take_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

void cw_call_packet_put(uint8_t header[CW_CALL_PACKET_HEADER], uint32_t sequence,
                        uint32_t timestamp)
{
    put_u32(header, sequence);
    put_u32(header + 4, timestamp);
}

enum cw_opus_check cw_call_packet_take(struct cw_slice payload, struct cw_call_packet *out)
{
    uint32_t samples;
    if (payload.n <= CW_CALL_PACKET_HEADER)
        return CW_OPUS_SIZE;
    const struct cw_slice packet =
        cw_slice_of(payload.p + CW_CALL_PACKET_HEADER, payload.n - CW_CALL_PACKET_HEADER);
    enum cw_opus_check check = cw_opus_packet_check(packet, &samples);
    if (check == CW_OPUS_GOOD)
        *out =
            (struct cw_call_packet){take_u32(payload.p), take_u32(payload.p + 4), packet, samples};
    return check;
}

/* In SILK a frame begins with a bit for each 20 ms of it, and the one that says whether there is a
 * copy. CELT has none. */
bool cw_opus_packet_has_fec(struct cw_slice packet)
{
    const unsigned char *frames[48];
    unsigned char toc;
    opus_int16 sizes[48];
    if (packet.n < 2 || packet.n > CW_OPUS_PACKET_MAX || packet.p[0] >> 3 >= 16)
        return false;
    int count = opus_packet_parse(packet.p, (opus_int32)packet.n, &toc, frames, sizes, NULL);
    int samples = opus_packet_get_samples_per_frame(packet.p, CW_AUDIO_RATE);
    int bits = samples <= 960 ? 1 : samples / 960;
    return count > 0 && sizes[0] > 0 && (frames[0][0] >> (7 - bits) & 1) != 0;
}
