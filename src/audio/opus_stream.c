/* opus_stream.c - see opus_stream.h. Calls of libopus cannot fail here: its errors are those of
 * arguments, which are checked before, or of memory, which is ours. */
#include "audio/opus_stream.h"

#include <opus.h>
#include <stdlib.h>

#include "base/alloc.h"

#define BITRATE_MIN 6000
#define BITRATE_MAX 128000

const struct cw_opus_options cw_opus_options_default = {
    .frame_ms = 20, .bitrate = 32000, .loss_percent = 5, .fec = true, .dtx = true};

struct cw_opus_encoder {
    int frame; /* samples */
    OpusEncoder *opus;
    bool fec;        /* where packets are lost */
    int application; /* but for quick ones */
    bool quick;
};

struct cw_opus_decoder {
    OpusDecoder *opus;
};

static bool valid(const struct cw_opus_options *options)
{
    return (options->frame_ms == 10 || options->frame_ms == 20) &&
           options->bitrate >= BITRATE_MIN && options->bitrate <= BITRATE_MAX &&
           options->loss_percent >= 0 && options->loss_percent <= 100;
}

struct cw_opus_encoder *cw_opus_encoder_create(const struct cw_opus_options *options)
{
    if (!valid(options))
        return NULL;
    struct cw_opus_encoder *encoder = cw_alloc_zero(sizeof *encoder);
    if (encoder == NULL)
        return NULL;
    encoder->frame = options->frame_ms * CW_AUDIO_PER_MS;
    encoder->fec = options->fec;
    /* libopus says the size; we allocate the memory, as all memory. */
    const int channels = options->stereo ? 2 : 1;
    const bool audio = options->bitrate >= CW_OPUS_BITRATE_AUDIO;
    encoder->opus = cw_alloc((size_t)opus_encoder_get_size(channels));
    if (encoder->opus == NULL) {
        cw_opus_encoder_destroy(encoder);
        return NULL;
    }
    encoder->application = audio ? OPUS_APPLICATION_AUDIO : OPUS_APPLICATION_VOIP;
    opus_encoder_init(encoder->opus, CW_AUDIO_RATE, channels, encoder->application);
    opus_encoder_ctl(encoder->opus, OPUS_SET_BITRATE(options->bitrate));
    opus_encoder_ctl(encoder->opus, OPUS_SET_DTX(options->dtx));
    if (!audio)
        opus_encoder_ctl(encoder->opus, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    cw_opus_encoder_set_loss(encoder, options->loss_percent);
    return encoder;
}

void cw_opus_encoder_destroy(struct cw_opus_encoder *encoder)
{
    if (encoder == NULL)
        return;
    free(encoder->opus);
    free(encoder);
}

size_t cw_opus_encode(struct cw_opus_encoder *encoder, const int16_t *pcm,
                      uint8_t packet[CW_OPUS_PACKET_MAX])
{
    opus_int32 n = opus_encode(encoder->opus, pcm, encoder->frame, packet, CW_OPUS_PACKET_MAX);
    if (n > 0)
        return (size_t)n;
    packet[0] = 0x08; /* on an error, the TOC of an empty SILK frame: silence */
    return 1;
}

void cw_opus_encoder_set_bitrate(struct cw_opus_encoder *encoder, int bitrate)
{
    int most = bitrate > BITRATE_MAX ? BITRATE_MAX : bitrate;
    opus_encoder_ctl(encoder->opus, OPUS_SET_BITRATE(most < BITRATE_MIN ? BITRATE_MIN : most));
}

void cw_opus_encoder_set_loss(struct cw_opus_encoder *encoder, int loss_percent)
{
    int percent = loss_percent < 0 ? 0 : loss_percent > 100 ? 100 : loss_percent;
    opus_encoder_ctl(encoder->opus, OPUS_SET_INBAND_FEC(encoder->fec && percent > 0));
    opus_encoder_ctl(encoder->opus, OPUS_SET_PACKET_LOSS_PERC(percent));
}

void cw_opus_encoder_set_frame(struct cw_opus_encoder *encoder, int ms)
{
    encoder->frame = ms * CW_AUDIO_PER_MS;
}

/* libopus takes another application only before its first frame. */
void cw_opus_encoder_set_quick(struct cw_opus_encoder *encoder, bool on)
{
    const int application = on ? OPUS_APPLICATION_RESTRICTED_LOWDELAY : encoder->application;
    if (on == encoder->quick)
        return;
    encoder->quick = on;
    cw_opus_encoder_reset(encoder);
    opus_encoder_ctl(encoder->opus, OPUS_SET_APPLICATION(application));
}

void cw_opus_encoder_reset(struct cw_opus_encoder *encoder)
{
    opus_encoder_ctl(encoder->opus, OPUS_RESET_STATE);
}

int cw_opus_encoder_lookahead(struct cw_opus_encoder *encoder)
{
    opus_int32 samples = 0;
    opus_encoder_ctl(encoder->opus, OPUS_GET_LOOKAHEAD(&samples));
    return samples;
}

struct cw_opus_decoder *cw_opus_decoder_create(void)
{
    struct cw_opus_decoder *decoder = cw_alloc_zero(sizeof *decoder);
    if (decoder != NULL)
        decoder->opus = cw_alloc((size_t)opus_decoder_get_size(1));
    if (decoder == NULL || decoder->opus == NULL) {
        cw_opus_decoder_destroy(decoder);
        return NULL;
    }
    opus_decoder_init(decoder->opus, CW_AUDIO_RATE, 1);
    return decoder;
}

void cw_opus_decoder_destroy(struct cw_opus_decoder *decoder)
{
    if (decoder == NULL)
        return;
    free(decoder->opus);
    free(decoder);
}

int cw_opus_decode(struct cw_opus_decoder *decoder, struct cw_slice packet, int16_t *pcm)
{
    int n = opus_decode(decoder->opus, packet.p, (opus_int32)packet.n, pcm,
                        (int)CW_AUDIO_PACKET_MAX, 0);
    return n > 0 ? n : -1;
}

void cw_opus_conceal(struct cw_opus_decoder *decoder, struct cw_slice next, int16_t *pcm,
                     uint32_t samples)
{
    int n = -1;
    if (next.n > 0)
        n = opus_decode(decoder->opus, next.p, (opus_int32)next.n, pcm, (int)samples, 1);
    if (n < 0)
        n = opus_decode(decoder->opus, NULL, 0, pcm, (int)samples, 0);
    if (n < 0)
        n = 0;
    memset(pcm + n, 0, (samples - (uint32_t)n) * sizeof *pcm);
}

void cw_opus_decoder_reset(struct cw_opus_decoder *decoder)
{
    opus_decoder_ctl(decoder->opus, OPUS_RESET_STATE);
}
