/* sender.c - see sender.h. */
#include "audio/sender.h"

#include <speex/speex_preprocess.h>
#include <stdlib.h>
#include <string.h>

#include "audio/echo.h"
#include "audio/gate.h"
#include "base/alloc.h"

/* The loudness that gain control aims at (speexdsp's scale, whose default is 8000), and its
 * greatest amplification in dB: more would make the room's noise as loud as speech. */
#define AGC_LEVEL    12000.0f
#define AGC_GAIN_MAX 18
#define HANG_MS_MAX  2000
/* How fast the gain changes while somebody speaks, dB a second: speexdsp's own values. */
#define AGC_RISE 12
#define AGC_FALL (-40)
/* What is sent of the time before the gate opened. */
#define LOOK_BACK_MS 40
/* A packet's length where the network is near. */
#define NEAR_FRAME_MS 10
/* Frames of that time, of 10 ms, and those that come while they go out. */
#define FRAMES_MAX 8
/* TOC of 20 ms and of 10 ms of SILK, wide band, mono, with no frame after it:
 * RFC 6716 3.1, configurations 9 and 8. A packet of DTX. */
#define TOC_SILENCE_20_MS 0x48
#define TOC_SILENCE_10_MS 0x40

const struct cw_sender_options cw_sender_options_default = {
    .opus = {.frame_ms = 20, .bitrate = 32000, .loss_percent = 0, .fec = true, .dtx = true},
    .echo_cancelling = true,
    .noise_suppression = true,
    .gain_control = true,
    .gate = CW_GATE_VOICE,
    .threshold = 0,
    .hang_ms = 300,
};

struct frame {
    int ms;
    uint32_t timestamp;
    float above; /* its loudest tick, dB above the gate's threshold */
    int16_t pcm[CW_AUDIO_PACKET_MAX];
};

struct cw_sender {
    struct cw_sender_options options;
    bool muted, pushed;
    bool open;     /* the gate, for the frame that is being filled */
    bool talking;  /* the last packet sent was no silence */
    bool learns;   /* the gain follows the voice */
    bool near;     /* the network */
    int frame_ms;  /* of the frame that is being filled */
    unsigned hang; /* CW_GATE_PUSH: ticks that the gate still stays open */
    struct cw_gate gate;
    uint32_t sequence, timestamp;
    struct cw_level level;
    struct cw_echo *echo; /* NULL: off */
    float turned;         /* the gain of the last tick: less than 1 while only the far end speaks */
    SpeexPreprocessState *preprocess;
    struct cw_opus_encoder *encoder;
    size_t channels;
    size_t n; /* samples of all channels in the frame that is being filled, frames[frame_count] */
    /* Whole frames, the oldest first: those to be sent, then those that may be, as look-back. */
    size_t frame_count, sending;
    struct frame frames[FRAMES_MAX + 1];
    struct frame sent; /* the last that was sent */
    int16_t processed[2 * CW_AUDIO_TICK];
};

/* --- the switches ----------------------------------------------------------------- */

static void set(struct cw_sender *sender, int request, int value)
{
    if (sender->preprocess != NULL)
        speex_preprocess_ctl(sender->preprocess, request, &value);
}

/* speexdsp's states have some MiB, which who plays files does without. (It does not check whether
 * it gets them.) */
static void need_processing(struct cw_sender *sender)
{
    float level = AGC_LEVEL;
    if (sender->preprocess != NULL)
        return;
    sender->preprocess = speex_preprocess_state_init(CW_AUDIO_TICK, CW_AUDIO_RATE);
    speex_preprocess_ctl(sender->preprocess, SPEEX_PREPROCESS_SET_AGC_LEVEL, &level);
    set(sender, SPEEX_PREPROCESS_SET_AGC_MAX_GAIN, AGC_GAIN_MAX);
    set(sender, SPEEX_PREPROCESS_SET_DENOISE, sender->options.noise_suppression);
    set(sender, SPEEX_PREPROCESS_SET_AGC, sender->options.gain_control);
}

void cw_sender_set_loss(struct cw_sender *sender, int loss_percent)
{
    cw_opus_encoder_set_loss(sender->encoder, loss_percent);
}

void cw_sender_set_bitrate(struct cw_sender *sender, int bitrate)
{
    cw_opus_encoder_set_bitrate(sender->encoder, bitrate);
}

/* With bits and FEC for a worse network the codec's look-ahead must be the long one. */
void cw_sender_set_near(struct cw_sender *sender, bool near)
{
    sender->near = near;
    if (!near)
        cw_opus_encoder_set_quick(sender->encoder, false);
}

void cw_sender_set_noise_suppression(struct cw_sender *sender, bool on)
{
    sender->options.noise_suppression = on;
    if (on)
        need_processing(sender);
    set(sender, SPEEX_PREPROCESS_SET_DENOISE, on);
}

void cw_sender_set_gain_control(struct cw_sender *sender, bool on)
{
    sender->options.gain_control = on;
    if (on)
        need_processing(sender);
    set(sender, SPEEX_PREPROCESS_SET_AGC, on);
}

/* The preprocessor removes some of what the canceller leaves. */
void cw_sender_set_echo_cancelling(struct cw_sender *sender, bool on)
{
    sender->options.echo_cancelling = on;
    if (on)
        need_processing(sender);
    if (sender->preprocess == NULL)
        return;
    speex_preprocess_ctl(sender->preprocess, SPEEX_PREPROCESS_SET_ECHO_STATE, NULL);
    cw_echo_destroy(sender->echo);
    sender->echo = on ? cw_echo_create() : NULL;
    sender->turned = 1;
    if (sender->echo != NULL)
        speex_preprocess_ctl(sender->preprocess, SPEEX_PREPROCESS_SET_ECHO_STATE,
                             cw_echo_state(sender->echo));
}

/* What was heard before is not sent, neither now nor as look-back later. */
void cw_sender_set_muted(struct cw_sender *sender, bool muted)
{
    sender->muted = muted;
    if (!muted)
        return;
    sender->frames[0] = sender->frames[sender->frame_count];
    sender->frame_count = sender->sending = 0;
}

void cw_sender_set_pushed(struct cw_sender *sender, bool pushed)
{
    sender->pushed = pushed;
}

/* What is held back as look-back goes with the next tick, if the new gate has none. */
void cw_sender_set_gate(struct cw_sender *sender, enum cw_sender_gate gate)
{
    sender->hang = 0;
    if (sender->channels == 1)
        sender->options.gate = gate;
}

/* --- life ------------------------------------------------------------------------- */

static void init_processing(struct cw_sender *sender)
{
    cw_sender_set_noise_suppression(sender, sender->options.noise_suppression);
    cw_sender_set_gain_control(sender, sender->options.gain_control);
    cw_sender_set_echo_cancelling(sender, sender->options.echo_cancelling);
    cw_gate_init(&sender->gate, sender->options.threshold, sender->options.hang_ms);
    sender->learns = true;
}

static bool suits_channels(const struct cw_sender_options *options)
{
    return !options->opus.stereo || (options->gate == CW_GATE_OPEN && !options->echo_cancelling &&
                                     !options->noise_suppression && !options->gain_control);
}

struct cw_sender *cw_sender_create(const struct cw_sender_options *options, uint32_t sequence,
                                   uint32_t timestamp)
{
    if (options->hang_ms < 0 || options->hang_ms > HANG_MS_MAX || !suits_channels(options))
        return NULL;
    struct cw_opus_encoder *encoder = cw_opus_encoder_create(&options->opus);
    if (encoder == NULL)
        return NULL;
    struct cw_sender *sender = cw_alloc_zero(sizeof *sender);
    if (sender == NULL) {
        cw_opus_encoder_destroy(encoder);
        return NULL;
    }
    sender->options = *options;
    sender->channels = options->opus.stereo ? 2 : 1;
    sender->frame_ms = options->opus.frame_ms;
    sender->sequence = sequence;
    sender->timestamp = timestamp;
    sender->level = cw_level_of(NULL, 0);
    sender->encoder = encoder;
    init_processing(sender);
    return sender;
}

void cw_sender_destroy(struct cw_sender *sender)
{
    if (sender == NULL)
        return;
    cw_opus_encoder_destroy(sender->encoder);
    if (sender->preprocess != NULL)
        speex_preprocess_state_destroy(sender->preprocess);
    cw_echo_destroy(sender->echo);
    free(sender);
}

/* --- one tick --------------------------------------------------------------------- */

/* In silence there is nothing to be learnt: the gain would rise until the room is as loud as a
 * voice. */
static void follow_voice(struct cw_sender *sender, bool voice)
{
    if (voice == sender->learns)
        return;
    sender->learns = voice;
    set(sender, SPEEX_PREPROCESS_SET_AGC_INCREMENT, voice ? AGC_RISE : 0);
    set(sender, SPEEX_PREPROCESS_SET_AGC_DECREMENT, voice ? AGC_FALL : 0);
}

/* The gain goes from one tick's to the next. */
static void turn_down(int16_t pcm[CW_AUDIO_TICK], float from, float to)
{
    float step = (to - from) / CW_AUDIO_TICK;
    for (int i = 0; i < CW_AUDIO_TICK; i++)
        pcm[i] = cw_audio_clip((float)pcm[i] * (from + step * (float)(i + 1)));
}

/* Takes the echo out. Returns the gain that is left to be applied. */
static float cancel_echo(struct cw_sender *sender, const int16_t *mic)
{
    if (sender->echo != NULL)
        return cw_echo_cancel(sender->echo, mic, sender->processed);
    memcpy(sender->processed, mic, CW_AUDIO_TICK * sizeof mic[0]);
    return 1;
}

/* The gate and the gain take no notice of echo; but the room's noise is learnt with what is left of
 * it, which would else come back louder after each pause. */
static bool hears_voice(struct cw_sender *sender, float gain)
{
    int16_t near[CW_AUDIO_TICK];
    memcpy(near, sender->processed, sizeof near);
    turn_down(near, gain, gain);
    bool voice = cw_gate_tick(&sender->gate, near);
    follow_voice(sender, voice && (sender->echo == NULL || !cw_echo_may_be(sender->echo)));
    return voice;
}

/* Stereo passes as it is. */
static void pass(struct cw_sender *sender, const int16_t *mic)
{
    memcpy(sender->processed, mic, sizeof sender->processed);
    sender->level = cw_level_of(sender->processed, 2 * CW_AUDIO_TICK);
}

/* Returns whether somebody speaks. */
static bool process(struct cw_sender *sender, const int16_t *mic)
{
    float gain = cancel_echo(sender, mic);
    bool voice = hears_voice(sender, gain);
    if (sender->options.noise_suppression || sender->options.gain_control || sender->echo != NULL)
        speex_preprocess_run(sender->preprocess, sender->processed);
    turn_down(sender->processed, sender->turned, gain);
    sender->turned = gain;
    sender->level = cw_level_of(sender->processed, CW_AUDIO_TICK);
    return voice;
}

/* The key, and a while after it. */
static bool pushes(struct cw_sender *sender)
{
    if (sender->pushed)
        sender->hang = (unsigned)sender->options.hang_ms / CW_AUDIO_TICK_MS + 1;
    if (sender->hang == 0)
        return false;
    sender->hang--;
    return true;
}

/* Does this tick of audio pass the gate? */
static bool passes(struct cw_sender *sender, bool voice)
{
    if (sender->muted) {
        sender->hang = 0;
        return false;
    }
    switch (sender->options.gate) {
    case CW_GATE_OPEN:
        return true;
    case CW_GATE_VOICE:
        return voice;
    case CW_GATE_PUSH:
        break;
    }
    return pushes(sender);
}

/* --- frames ----------------------------------------------------------------------- */

static size_t samples_of(int ms)
{
    return (size_t)ms * CW_AUDIO_PER_MS;
}

/* The length of the frame that begins. */
static int choose_frame_ms(const struct cw_sender *sender)
{
    const int most = sender->options.opus.frame_ms;
    return sender->near && !sender->options.fixed_length && most > NEAR_FRAME_MS ? NEAR_FRAME_MS
                                                                                 : most;
}

static void drop_first(struct cw_sender *sender)
{
    sender->frame_count--;
    memmove(&sender->frames[0], &sender->frames[1],
            (sender->frame_count + 1) * sizeof sender->frames[0]);
}

/* Closed frames are kept, as long as they may be look-back. */
static void forget_frames(struct cw_sender *sender)
{
    bool looks_back = sender->options.gate == CW_GATE_VOICE && !sender->muted;
    int kept_ms = 0;
    for (size_t i = 0; i < sender->frame_count; i++)
        kept_ms += sender->frames[i].ms;
    while (sender->sending == 0 && kept_ms > (looks_back ? LOOK_BACK_MS : 0)) {
        kept_ms -= sender->frames[0].ms;
        drop_first(sender);
    }
}

/* The gate is open: whole frames go out, but for those before the first with sound in it. `last`: 1
 * when the gate opened in the last of them, which goes in any case; 0 when in the frame that is
 * being filled: what was before it does not wait until that is full. */
static void begin_sending(struct cw_sender *sender, size_t last)
{
    while (sender->sending == 0 && sender->frame_count > last &&
           sender->frames[0].above < -CW_GATE_KEEP)
        drop_first(sender);
    sender->sending = sender->frame_count;
}

static void finish_frame(struct cw_sender *sender)
{
    struct frame *frame = &sender->frames[sender->frame_count++];
    frame->ms = sender->frame_ms;
    frame->timestamp = sender->timestamp;
    sender->timestamp += (uint32_t)samples_of(frame->ms);
    if (sender->open)
        begin_sending(sender, 1);
    sender->n = 0;
    sender->open = false;
}

/* Writes one packet for all the silence that follows, if there was sound before it. */
static size_t say_silence(struct cw_sender *sender, int ms, uint8_t *packet)
{
    if (!sender->talking)
        return 0;
    packet[0] = ms == 20 ? TOC_SILENCE_20_MS : TOC_SILENCE_10_MS;
    return 1;
}

static size_t encode_first(struct cw_sender *sender, uint8_t *packet)
{
    sender->sent = sender->frames[0];
    sender->sending--;
    drop_first(sender);
    if (!sender->talking && sender->options.gate != CW_GATE_OPEN) {
        cw_opus_encoder_reset(sender->encoder);
        cw_opus_encoder_set_quick(sender->encoder, sender->near);
    }
    cw_opus_encoder_set_frame(sender->encoder, sender->sent.ms);
    size_t n = cw_opus_encode(sender->encoder, sender->sent.pcm, packet);
    return n <= 2 ? say_silence(sender, sender->sent.ms, packet) : n;
}

/* The oldest frame that is to be sent, or silence when there is none: one packet at most. */
static size_t emit(struct cw_sender *sender, uint8_t *out)
{
    if (sender->frame_count == 0)
        return 0;
    const uint32_t timestamp = sender->frames[0].timestamp;
    const int ms = sender->frames[0].ms;
    uint8_t *packet = out + CW_CALL_PACKET_HEADER;
    size_t n = sender->sending > 0 ? encode_first(sender, packet) : say_silence(sender, ms, packet);
    if (n == 0)
        return 0;
    sender->talking = n > 2;
    cw_call_packet_put(out, sender->sequence++, timestamp);
    return CW_CALL_PACKET_HEADER + n;
}

void cw_sender_played(struct cw_sender *sender, const int16_t pcm[CW_AUDIO_TICK])
{
    if (sender->echo != NULL)
        cw_echo_played(sender->echo, pcm);
}

size_t cw_sender_push(struct cw_sender *sender, const int16_t *mic, const int16_t *far,
                      uint8_t out[CW_CALL_PACKET_MAX])
{
    if (far != NULL)
        cw_sender_played(sender, far);
    bool voice = true;
    if (sender->channels == 2)
        pass(sender, mic);
    else
        voice = process(sender, mic);
    /* A frame goes out whole if any tick of it passes. */
    sender->open = passes(sender, voice) || (sender->open && !sender->muted);
    if (sender->n == 0)
        sender->frame_ms = choose_frame_ms(sender);
    struct frame *frame = &sender->frames[sender->frame_count];
    if (sender->n == 0 || sender->gate.above > frame->above)
        frame->above = sender->gate.above;
    size_t n = CW_AUDIO_TICK * sender->channels;
    memcpy(frame->pcm + sender->n, sender->processed, n * sizeof frame->pcm[0]);
    sender->n += n;
    if (sender->open)
        begin_sending(sender, 0);
    if (sender->n == samples_of(sender->frame_ms) * sender->channels)
        finish_frame(sender);
    n = emit(sender, out);
    forget_frames(sender);
    return n;
}

size_t cw_sender_list(const struct cw_sender *sender, struct cw_resampler *rate,
                      int16_t list[CW_AUDIO_PACKET_MAX])
{
    size_t n = samples_of(sender->sent.ms) * sender->channels;
    if (cw_resampler_room(rate, n) > CW_AUDIO_PACKET_MAX)
        return 0; /* never: a frame has 20 ms at most */
    return cw_resampler_push(rate, sender->sent.pcm, n, list);
}

struct cw_level cw_sender_level(const struct cw_sender *sender)
{
    return sender->level;
}

bool cw_sender_open(const struct cw_sender *sender)
{
    return sender->talking;
}

const int16_t *cw_sender_processed(const struct cw_sender *sender)
{
    return sender->processed;
}
