/* sender.h - what one participant says: frames of the microphone in, payloads for call_data out.
 * Between them are echo cancelling (echo.h), noise suppression and gain control by speexdsp, a
 * gate, and the encoder. The gate (gate.h) decides before noise suppression and gain, and not by
 * echo; while nobody near speaks the gain stays as it is. When it opens, what was said up to 40 ms
 * before goes out first, a packet with each tick, so that no word loses its beginning; but not the
 * silence before that, which would make the word late.
 *
 * Packets are numbered as they are sent; timestamps go on in silence, so a receiver tells silence
 * from loss. When silence begins, by DTX or by the gate, one tiny packet says so.
 *
 * Where the network is near and loses less than 3 % (cw_sender_set_near) packets are of 10 ms and
 * the codec looks ahead less, which makes 14 ms. One object, one thread at a time. */
#ifndef CW_AUDIO_SENDER_H
#define CW_AUDIO_SENDER_H

#include "audio/level.h"
#include "audio/opus_packet.h"
#include "audio/opus_stream.h"
#include "audio/resampler.h"

enum cw_sender_gate {
    CW_GATE_OPEN,  /* everything is sent; DTX handles silence */
    CW_GATE_VOICE, /* speech, the 40 ms before it, and a while after it */
    CW_GATE_PUSH   /* while the key is held */
};

struct cw_sender_options {
    struct cw_opus_options opus;
    bool fixed_length; /* packets have opus.frame_ms, however near the network is */
    bool echo_cancelling, noise_suppression, gain_control;
    enum cw_sender_gate gate;
    float threshold; /* CW_GATE_VOICE: dBFS (RMS of 5 ms, before noise and gain); 0: it finds one */
    int hang_ms;     /* CW_GATE_VOICE, _PUSH: how long the gate stays open, 0 to 2,000 */
};

/* Everything on; the voice gate with a threshold that it finds, 300 ms. */
extern const struct cw_sender_options cw_sender_options_default;

struct cw_sender;

/* Stereo (opus.stereo) is music that is sent as it is: without cancelling, suppression and gain,
 * with an open gate, and a tick of the microphone is twice as long, interleaved.
 *
 * The caller chooses sequence and timestamp of the first packet, preferably at random. NULL when an
 * option is out of range. The caller destroys it. */
struct cw_sender *cw_sender_create(const struct cw_sender_options *options, uint32_t sequence,
                                   uint32_t timestamp);
void cw_sender_destroy(struct cw_sender *sender);

/* 5 ms that the loudspeaker is given, for the echo canceller: as soon as it is known, before its
 * echo comes. The loudspeaker's clock need not be the microphone's. */
void cw_sender_played(struct cw_sender *sender, const int16_t pcm[CW_AUDIO_TICK]);

/* Takes in 5 ms of the microphone; `far` is what the loudspeaker is given at that time, for a
 * caller that has both at once (NULL: nothing, or cw_sender_played was told). Returns the bytes of
 * a payload (header and packet) written into `out`, or 0: nothing to send. */
size_t cw_sender_push(struct cw_sender *sender, const int16_t *mic, const int16_t *far,
                      uint8_t out[CW_CALL_PACKET_MAX]);

/* At any time. While muted nothing is sent, and the canceller goes on learning. */
void cw_sender_set_muted(struct cw_sender *sender, bool muted);
/* The key of CW_GATE_PUSH. */
void cw_sender_set_pushed(struct cw_sender *sender, bool pushed);
/* Stereo keeps its open gate. */
void cw_sender_set_gate(struct cw_sender *sender, enum cw_sender_gate gate);
void cw_sender_set_echo_cancelling(struct cw_sender *sender, bool on);
void cw_sender_set_noise_suppression(struct cw_sender *sender, bool on);
void cw_sender_set_gain_control(struct cw_sender *sender, bool on);

/* The audio of the last payload that was no silence, for clients without Opus: through `rate`,
 * which makes one channel of CW_LIST_RATE. Returns the samples in `list`, perhaps none. */
size_t cw_sender_list(const struct cw_sender *sender, struct cw_resampler *rate,
                      int16_t list[CW_AUDIO_PACKET_MAX]);

/* What the network does: see cw_opus_encoder_set_loss and _set_bitrate. */
void cw_sender_set_loss(struct cw_sender *sender, int loss_percent);
void cw_sender_set_bitrate(struct cw_sender *sender, int bitrate);

/* The network is near, and loses less than 3 %: 14 ms less of delay for more and larger packets.
 * The codec's part of it begins with the next talk spurt, and not with an open gate, which has
 * none; all of it ends at once. */
void cw_sender_set_near(struct cw_sender *sender, bool near);

/* The level of the last frame after all processing, for a meter. */
struct cw_level cw_sender_level(const struct cw_sender *sender);

/* Is the gate open, so that audio is sent? */
bool cw_sender_open(const struct cw_sender *sender);

/* The last frame after all processing, CW_AUDIO_TICK samples a channel, to hear oneself. Valid
 * until the next push. */
const int16_t *cw_sender_processed(const struct cw_sender *sender);

#endif
