/* examine.c - see examine.h. */
#include "server/examine.h"

#include <stdlib.h>

#include "audio/level.h"
#include "audio/ogg_opus_read.h"
#include "audio/opus_packet.h"
#include "base/alloc.h"

/* 64 levels from '0' on are printable ASCII. */
static void draw(const int16_t *pcm, size_t frames, unsigned channels, struct cw_samples *samples)
{
    uint8_t levels[CW_WAVEFORM_LEVELS];
    cw_waveform(pcm, frames, channels, levels);
    for (size_t i = 0; i < CW_WAVEFORM_LEVELS; i++)
        samples->waveform[i] = (char)('0' + levels[i] / 4);
}

static uint32_t duration_us(uint64_t frames, uint64_t rate)
{
    return (uint32_t)((frames * 1000000 + rate - 1) / rate);
}

static int examine_list(struct cw_msg *msg)
{
    struct cw_samples *samples = &msg->samples;
    size_t frames = samples->count / msg->channels;
    int16_t *pcm = cw_alloc(samples->count * sizeof *pcm);
    cw_samples_decode(*samples, pcm);
    draw(pcm, frames, (unsigned)msg->channels, samples);
    samples->duration_us = duration_us(frames, msg->sample_rate);
    free(pcm);
    return CW_SUCCESS;
}

static int code_of(enum cw_ogg_result result, struct cw_msg *msg)
{
    switch (result) {
    case CW_OGG_GOOD:
        return CW_SUCCESS;
    case CW_OGG_TOO_LARGE:
        msg->fault = (struct cw_fault){.rule = CW_RULE_FILE_SIZE, .limit = CW_OGG_OPUS_FILE_MAX};
        break;
    case CW_OGG_TOO_LONG:
        msg->fault = (struct cw_fault){.rule = CW_RULE_VOICE_LENGTH, .limit = CW_VOICE_SECONDS_MAX};
        break;
    case CW_OGG_MALFORMED:
    case CW_OGG_NOT_OPUS:
    case CW_OGG_DISHONEST:
    case CW_OGG_UNDECODABLE:
    case CW_OGG_NO_MEMORY: /* the process would have ended */
        msg->fault = (struct cw_fault){.rule = CW_RULE_NO_OGG_OPUS, .field = "samples"};
        break;
    }
    return cw_rule_code(msg->fault.rule);
}

/* MessagePack's head of an ext of type 1 with n bytes, written to end at `end`.
 * It is never longer than the one that was there, for a longer file. */
static uint8_t *put_ext_head(uint8_t *end, size_t n)
{
    uint8_t *p = end;
    *--p = 1;
    if (n <= UINT8_MAX) {
        *--p = (uint8_t)n;
        *--p = 0xc7;
        return p;
    }
    int bytes = n <= UINT16_MAX ? 2 : 4;
    for (int i = 0; i < bytes; i++)
        *--p = (uint8_t)(n >> (8 * i));
    *--p = bytes == 2 ? 0xc8 : 0xc9;
    return p;
}

/* Comments and pictures may reveal things about the sender. */
static bool clean_file(struct cw_samples *samples)
{
    uint8_t *file = (uint8_t *)(uintptr_t)samples->payload.p;
    size_t n = cw_ogg_opus_clean(file, samples->payload.n);
    if (n == 0)
        return false;
    const uint8_t *head = put_ext_head(file, n);
    samples->payload = cw_slice_of(file, n);
    samples->encoded = cw_slice_of(head, (size_t)(file - head) + n);
    return true;
}

/* Decodes all of it: there is no other proof that it can be decoded, and the waveform needs it. */
static int examine_file(struct cw_msg *msg)
{
    struct cw_ogg_info info;
    struct cw_samples *samples = &msg->samples;
    enum cw_ogg_result result = cw_ogg_opus_info(samples->payload, &info);
    if (result == CW_OGG_GOOD && info.channels != msg->channels) {
        msg->fault = (struct cw_fault){.rule = CW_RULE_CHANNELS_OF_FILE, .field = "channels"};
        return CW_BAD_REQUEST;
    }
    if (result != CW_OGG_GOOD)
        return code_of(result, msg);
    size_t count = (size_t)info.frames * info.channels;
    int16_t *pcm = cw_alloc(count * sizeof *pcm);
    result = cw_ogg_opus_decode(samples->payload, pcm, count, &info);
    if (result == CW_OGG_GOOD) {
        draw(pcm, (size_t)info.frames, info.channels, samples);
        samples->duration_us = duration_us(info.frames, CW_AUDIO_RATE);
    }
    free(pcm);
    if (result == CW_OGG_GOOD && !clean_file(samples))
        result = CW_OGG_MALFORMED;
    return code_of(result, msg);
}

int cw_examine_recording(struct cw_msg *msg, bool opus)
{
    if (msg->samples.form == CW_SAMPLES_LIST)
        return examine_list(msg);
    if (opus)
        return examine_file(msg);
    msg->fault.rule = CW_RULE_NEEDS_OPUS;
    return CW_BAD_REQUEST;
}

static bool is_loud(struct cw_samples samples)
{
    int16_t pcm[CW_CALL_DATA_MAX]; /* a sample has at least one byte */
    cw_samples_decode(samples, pcm);
    for (uint32_t i = 0; i < samples.count; i++)
        if (abs(pcm[i]) > CW_SPEAKING_PEAK)
            return true;
    return false;
}

int cw_examine_frame(struct cw_msg *msg, bool opus, bool loudness)
{
    struct cw_samples *samples = &msg->samples;
    struct cw_call_packet packet;
    if (samples->form == CW_SAMPLES_LIST) {
        samples->loud = loudness && is_loud(*samples);
        return CW_SUCCESS;
    }
    if (!opus || cw_call_packet_take(samples->payload, &packet) != CW_OPUS_GOOD)
        return CW_BAD_REQUEST;
    samples->duration_us = duration_us(packet.samples, CW_AUDIO_RATE);
    samples->loud = loudness && !cw_opus_packet_is_silence(packet.packet);
    return CW_SUCCESS;
}
