/* opus_packet.h - checks an Opus packet without decoding it, and the header of a packet in a call.
 * For the server, which forwards valid packets and decodes only for plain listeners, and for
 * clients.
 *
 * Specifications: RFC 6716 section 3 (packets); docs/protocol.md, Calls. */
#ifndef CW_AUDIO_OPUS_PACKET_H
#define CW_AUDIO_OPUS_PACKET_H

#include "audio/audio.h"
#include "base/slice.h"

enum cw_opus_check {
    CW_OPUS_GOOD,
    CW_OPUS_SIZE,      /* empty, or over CW_OPUS_PACKET_MAX bytes */
    CW_OPUS_MALFORMED, /* breaks a rule of RFC 6716 section 3.4 */
    CW_OPUS_TOO_LONG   /* more than CW_OPUS_PACKET_MS_MAX of audio */
};

/* Judges a live packet by its size, its TOC octet and the lengths of its
 * frames. *samples (may be NULL) is its audio at 48 kHz, set when it is good.
 * That a packet is good does not say that its frames decode. */
enum cw_opus_check cw_opus_packet_check(struct cw_slice packet, uint32_t *samples);

/* Samples at 48 kHz in a packet of any length that Opus allows (120 ms), or 0
 * if it breaks a rule of RFC 6716. For files. */
uint32_t cw_opus_packet_samples(struct cw_slice packet);

/* A packet that only says "silence from here": DTX, no more than the TOC and
 * one octet. */
static inline bool cw_opus_packet_is_silence(struct cw_slice packet)
{
    return packet.n <= 2;
}

/* The packet has a coarse copy of the audio before it (RFC 6716 4.2.4, LBRR). */
bool cw_opus_packet_has_fec(struct cw_slice packet);

/* The `ext` of type 2 that call_data carries as samples. */
struct cw_call_packet {
    uint32_t sequence;  /* grows by 1 with each packet sent, and wraps */
    uint32_t timestamp; /* of the first sample, 48 kHz; goes on in silence; wraps */
    struct cw_slice packet;
    uint32_t samples; /* audio in the packet, at 48 kHz */
};

/* Writes sequence and timestamp, big-endian, before a packet. */
void cw_call_packet_put(uint8_t header[CW_CALL_PACKET_HEADER], uint32_t sequence,
                        uint32_t timestamp);

/* Splits an ext's payload and checks the packet in it. A payload too short for a header is
 * CW_OPUS_SIZE. `out` is set when the packet is good; its slice points into the payload. */
enum cw_opus_check cw_call_packet_take(struct cw_slice payload, struct cw_call_packet *out);

#endif
