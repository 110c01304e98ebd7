/* ogg_opus_write.c - see ogg_opus_write.h.
 *
 * The page of the last packet has the end flag and the exact length, so one packet is always held
 * back until the next one or the end comes. */
#include "audio/ogg_opus_write.h"

#include <ogg/ogg.h>
#include <opus.h>
#include <stdlib.h>

#include "audio/resampler.h"
#include "base/alloc.h"

/* 20 ms: good for voice, and opusenc's default. */
#define FRAME          960
#define BITRATE_MONO   32000
#define BITRATE_STEREO 48000
/* RFC 7845 3: "pages SHOULD NOT contain more than 1 second". */
#define PACKETS_A_PAGE 50
/* Input is resampled in pieces of at most this many frames. */
#define PIECE 480
/* 480 frames at 8 kHz are 2,880 at 48 kHz; and what the filter holds. */
#define PIECE_ROOM 4096

struct cw_ogg_writer {
    unsigned rate, channels;
    bool endless;
    uint64_t frames; /* taken in, at `rate` */
    uint64_t wanted; /* 48 kHz samples for the encoder so far, pre-skip apart */
    OpusEncoder *opus;
    struct cw_resampler *resampler; /* NULL at 48 kHz */
    ogg_stream_state stream;
    int pre_skip;
    size_t n; /* frames in pcm */
    int16_t pcm[FRAME * CW_VOICE_CHANNELS_MAX];
    bool held; /* a packet is held back */
    ogg_int64_t packets;
    int on_page;
    long held_n;
    uint8_t held_bytes[CW_OPUS_PACKET_MAX];
    struct cw_buf out;
};

static void writer_take_page(struct cw_ogg_writer *writer, const ogg_page *page)
{
    cw_buf_append(&writer->out, page->header, (size_t)page->header_len);
    cw_buf_append(&writer->out, page->body, (size_t)page->body_len);
}

static void flush(struct cw_ogg_writer *writer)
{
    ogg_page page;
    while (ogg_stream_flush(&writer->stream, &page))
        writer_take_page(writer, &page);
    writer->on_page = 0;
}

/* libogg's only error is that its own memory is missing: without this packet the file is none. */
static void put_packet(struct cw_ogg_writer *writer, ogg_packet *packet)
{
    writer->packets++;
    if (ogg_stream_packetin(&writer->stream, packet) != 0)
        cw_alloc_missing();
}

/* A header packet has its own page (RFC 7845 3). */
static void put_header(struct cw_ogg_writer *writer, uint8_t *bytes, long n)
{
    ogg_packet packet = {
        .packet = bytes, .bytes = n, .b_o_s = writer->packets == 0, .packetno = writer->packets};
    put_packet(writer, &packet);
    flush(writer);
}

/* RFC 7845 5.1: version 1, mapping family 0, no gain. */
static void put_head(struct cw_ogg_writer *writer)
{
    uint8_t head[19] = "OpusHead";
    head[8] = 1;
    head[9] = (uint8_t)writer->channels;
    cw_put_le(head + 10, (uint32_t)writer->pre_skip, 2);
    cw_put_le(head + 12, writer->rate, 4);
    put_header(writer, head, sizeof head);
}

/* RFC 7845 5.2: the vendor, and no comments. */
static void put_tags(struct cw_ogg_writer *writer)
{
    static const char vendor[] = "chinwag " CW_VERSION;
    uint8_t tags[8 + 4 + sizeof vendor - 1 + 4] = "OpusTags";
    cw_put_le(tags + 8, sizeof vendor - 1, 4);
    memcpy(tags + 12, vendor, sizeof vendor - 1);
    cw_put_le(tags + 12 + sizeof vendor - 1, 0, 4);
    put_header(writer, tags, sizeof tags);
}

static bool init_opus(struct cw_ogg_writer *writer)
{
    const int channels = (int)writer->channels;
    writer->opus = cw_alloc((size_t)opus_encoder_get_size(channels));
    if (writer->opus == NULL)
        return false;
    opus_encoder_init(writer->opus, CW_AUDIO_RATE, channels, OPUS_APPLICATION_VOIP);
    opus_encoder_ctl(writer->opus, OPUS_SET_BITRATE(channels == 1 ? BITRATE_MONO : BITRATE_STEREO));
    opus_encoder_ctl(writer->opus, OPUS_GET_LOOKAHEAD(&writer->pre_skip));
    return true;
}

struct cw_ogg_writer *cw_ogg_writer_create(unsigned rate, unsigned channels, uint32_t serial)
{
    if (rate < CW_VOICE_RATE_MIN || rate > CW_VOICE_RATE_MAX || channels < 1 ||
        channels > CW_VOICE_CHANNELS_MAX)
        return NULL;
    struct cw_ogg_writer *writer = cw_alloc_zero(sizeof *writer);
    if (writer == NULL)
        return NULL;
    writer->rate = rate;
    writer->channels = channels;
    if (rate != CW_AUDIO_RATE)
        writer->resampler = cw_resampler_create(rate, CW_AUDIO_RATE, channels, CW_RESAMPLER_GOOD);
    if ((rate != CW_AUDIO_RATE && writer->resampler == NULL) || !init_opus(writer) ||
        ogg_stream_init(&writer->stream, (int)serial) != 0) {
        cw_ogg_writer_destroy(writer);
        return NULL;
    }
    put_head(writer);
    put_tags(writer);
    return writer;
}

void cw_ogg_writer_destroy(struct cw_ogg_writer *writer)
{
    if (writer == NULL)
        return;
    free(writer->opus);
    cw_resampler_destroy(writer->resampler);
    ogg_stream_clear(&writer->stream);
    cw_buf_finish(&writer->out);
    free(writer);
}

/* The held packet goes onto its page; `granule` is where it ends (RFC 7845 4). */
static void release_held(struct cw_ogg_writer *writer, ogg_int64_t granule, bool last)
{
    ogg_packet packet = {.packet = writer->held_bytes,
                         .bytes = writer->held_n,
                         .e_o_s = last,
                         .granulepos = granule,
                         .packetno = writer->packets};
    if (!writer->held)
        return;
    put_packet(writer, &packet);
    writer->held = false;
    if (++writer->on_page == PACKETS_A_PAGE || last)
        flush(writer);
}

/* Where the packets so far end, headers apart. */
static ogg_int64_t encoded(const struct cw_ogg_writer *writer)
{
    return (writer->packets - 2 + writer->held) * FRAME;
}

static void encode_frame(struct cw_ogg_writer *writer)
{
    release_held(writer, encoded(writer), false);
    opus_int32 n = opus_encode(writer->opus, writer->pcm, FRAME, writer->held_bytes,
                               sizeof writer->held_bytes);
    if (n < 1) {
        writer->held_bytes[0] = 0x08; /* an empty SILK frame of 20 ms: silence */
        n = 1;
    }
    writer->held_n = n;
    writer->held = true;
    writer->n = 0;
}

static void feed(struct cw_ogg_writer *writer, const int16_t *pcm, size_t n)
{
    const size_t width = writer->channels;
    writer->wanted += n;
    while (n > 0) {
        size_t now = FRAME - writer->n < n ? FRAME - writer->n : n;
        memcpy(writer->pcm + writer->n * width, pcm, now * width * sizeof *pcm);
        writer->n += now;
        pcm += now * width;
        n -= now;
        if (writer->n == FRAME)
            encode_frame(writer);
    }
}

void cw_ogg_writer_set_endless(struct cw_ogg_writer *writer)
{
    writer->endless = true;
}

size_t cw_ogg_writer_push(struct cw_ogg_writer *writer, const int16_t *pcm, size_t n)
{
    int16_t out[PIECE_ROOM * CW_VOICE_CHANNELS_MAX];
    uint64_t left = (uint64_t)CW_VOICE_SECONDS_MAX * writer->rate - writer->frames;
    size_t taken = writer->endless || n < left ? n : (size_t)left;
    writer->frames += taken;
    if (writer->resampler == NULL) {
        feed(writer, pcm, taken);
        return taken;
    }
    for (size_t used = 0; used < taken; used += PIECE) {
        size_t now = taken - used < PIECE ? taken - used : PIECE;
        feed(writer, out,
             cw_resampler_push(writer->resampler, pcm + used * writer->channels, now, out));
    }
    return taken;
}

bool cw_ogg_writer_finish(struct cw_ogg_writer *writer)
{
    int16_t out[PIECE_ROOM * CW_VOICE_CHANNELS_MAX];
    if (writer->frames == 0)
        return false;
    if (writer->resampler != NULL)
        feed(writer, out, cw_resampler_flush(writer->resampler, out));
    ogg_int64_t end = (ogg_int64_t)writer->wanted + writer->pre_skip;
    while (encoded(writer) < end) {
        size_t width = writer->channels * sizeof writer->pcm[0];
        memset((uint8_t *)writer->pcm + writer->n * width, 0, (FRAME - writer->n) * width);
        encode_frame(writer);
    }
    release_held(writer, end, true);
    return true;
}

struct cw_buf *cw_ogg_writer_output(struct cw_ogg_writer *writer)
{
    return &writer->out;
}

uint64_t cw_ogg_writer_frames(const struct cw_ogg_writer *writer)
{
    return writer->frames;
}
