/* opus_stream.h - the live codec: frames at 48 kHz, of mono or to be sent of stereo, to Opus
 * packets and back to mono, with in-band FEC, DTX and concealment of loss. From 32 kbit/s on it
 * codes what it hears, with less it takes everything for speech. It has neither the file format
 * (ogg_opus_write.h) nor the timing (jitter.h).
 *
 * Specification: RFC 6716. One object, one thread at a time. */
#ifndef CW_AUDIO_OPUS_STREAM_H
#define CW_AUDIO_OPUS_STREAM_H

#include "audio/audio.h"
#include "base/slice.h"

struct cw_opus_options {
    int frame_ms;     /* 10 or 20 */
    int bitrate;      /* bit/s, 6,000 to 128,000 */
    int loss_percent; /* expected loss, 0 to 100: how strong FEC is */
    bool fec;         /* a coarse copy of each frame in the next packet */
    bool dtx;         /* silence costs next to nothing */
    bool stereo;      /* two channels, interleaved */
};

/* 20 ms, 32 kbit/s, FEC for 5 % of loss, DTX. */
extern const struct cw_opus_options cw_opus_options_default;

struct cw_opus_encoder;

/* With so many bits a second, application AUDIO is better for speech, too, and much better for
 * music; and quick packets are worth their bits, which have no part that is made for speech. */
#define CW_OPUS_BITRATE_AUDIO 32000

/* NULL when an option is out of its range. The caller destroys it. */
struct cw_opus_encoder *cw_opus_encoder_create(const struct cw_opus_options *options);
void cw_opus_encoder_destroy(struct cw_opus_encoder *encoder);

/* Encodes one frame of frame_ms * 48 samples in each channel. Returns the packet's bytes, at
 * least 1; 2 or less say that DTX holds and that the packet need not be sent. */
size_t cw_opus_encode(struct cw_opus_encoder *encoder, const int16_t *pcm,
                      uint8_t packet[CW_OPUS_PACKET_MAX]);

/* The loss that receivers report, 0 to 100; other values are clamped. At 0 there is no FEC, which
 * would take its bits from the sound. */
void cw_opus_encoder_set_loss(struct cw_opus_encoder *encoder, int loss_percent);
/* Bits a second; clamped to what Opus and the protocol allow. */
void cw_opus_encoder_set_bitrate(struct cw_opus_encoder *encoder, int bitrate);

/* Frames are of so many milliseconds from here on: 10 or 20. */
void cw_opus_encoder_set_frame(struct cw_opus_encoder *encoder, int ms);

/* On: a look-ahead of 2.5 ms instead of 6.5, without FEC, and for more bits. A change forgets the
 * audio so far. */
void cw_opus_encoder_set_quick(struct cw_opus_encoder *encoder, bool on);

/* Forgets the audio so far. Call it before the first frame after a closed gate. */
void cw_opus_encoder_reset(struct cw_opus_encoder *encoder);

/* Samples by which the decoder's output lags behind the encoder's input. */
int cw_opus_encoder_lookahead(struct cw_opus_encoder *encoder);

struct cw_opus_decoder;

/* Never NULL. The caller destroys it. */
struct cw_opus_decoder *cw_opus_decoder_create(void);
void cw_opus_decoder_destroy(struct cw_opus_decoder *decoder);

/* Decodes a packet that cw_opus_packet_check found good into pcm, which has room
 * for CW_AUDIO_PACKET_MAX samples; stereo is mixed to mono. Returns the samples,
 * or -1 for a packet that does not decode: then the caller conceals it. */
int cw_opus_decode(struct cw_opus_decoder *decoder, struct cw_slice packet, int16_t *pcm);

/* Conceals `samples` that were lost, from the audio before them; `samples` is
 * 120 to CW_AUDIO_PACKET_MAX, in steps of 120 (2.5 ms). `next`, when not empty,
 * is the packet right after them: what FEC it holds is used, and the packet is
 * still to be decoded after this. */
void cw_opus_conceal(struct cw_opus_decoder *decoder, struct cw_slice next, int16_t *pcm,
                     uint32_t samples);

/* Resets the decoder for a new stream. */
void cw_opus_decoder_reset(struct cw_opus_decoder *decoder);

#endif
