/* ogg_opus_read.c - see ogg_opus_read.h. libogg finds pages and checks their
 * sums, libopus decodes; the walk between them is one for info and decode. */
#include "audio/ogg_opus_read.h"

#include <ogg/ogg.h>
#include <opus.h>
#include <stdlib.h>

#include "audio/level.h"
#include "audio/opus_packet.h"
#include "base/alloc.h"

#define FRAMES_MAX ((uint64_t)CW_VOICE_SECONDS_MAX * CW_AUDIO_RATE)
/* RFC 6716 3.1: the longest packet is 120 ms. */
#define PACKET_FRAMES_MAX 5760
/* Pre-skip is a 16-bit number; the last page may be trimmed whole. */
#define HIDDEN_MAX (65535 + 255 * PACKET_FRAMES_MAX)

struct walk {
    struct cw_ogg_info info;
    ogg_sync_state sync;
    ogg_stream_state stream;
    bool in_stream;
    long pages;
    int headers;      /* packets: OpusHead, OpusTags */
    uint64_t total;   /* 48 kHz frames in the packets so far */
    uint64_t granule; /* ... up to the last page's end, trimmed */
    bool ended;
    OpusDecoder *opus; /* NULL: info only */
    int16_t *pcm;      /* where the next frames go */
    uint64_t skip;     /* frames to be thrown away first */
    uint64_t left;     /* frames to be written still */
    int16_t *scratch;  /* one packet */
};

static uint32_t take_le(const uint8_t *p, int bytes)
{
    uint32_t value = 0;
    for (int i = bytes; i > 0; i--)
        value = value << 8 | p[i - 1];
    return value;
}

/* RFC 7845 5.1; "the major version must be 0", and family 0 has no table. */
static enum cw_ogg_result take_head(struct walk *walk, struct cw_slice head)
{
    if (head.n != 19 || memcmp(head.p, "OpusHead", 8) != 0 || head.p[8] > 15 || head.p[18] != 0 ||
        head.p[9] < 1 || head.p[9] > CW_VOICE_CHANNELS_MAX)
        return CW_OGG_NOT_OPUS;
    walk->info.channels = head.p[9];
    walk->info.pre_skip = take_le(head.p + 10, 2);
    walk->info.input_rate = take_le(head.p + 12, 4);
    walk->info.gain = (int16_t)take_le(head.p + 16, 2);
    return CW_OGG_GOOD;
}

/* RFC 7845 5.2. Nobody reads the comments; they only have to be there. */
static enum cw_ogg_result take_tags(struct cw_slice tags)
{
    if (tags.n < 16 || memcmp(tags.p, "OpusTags", 8) != 0 || take_le(tags.p + 8, 4) > tags.n - 16)
        return CW_OGG_NOT_OPUS;
    return CW_OGG_GOOD;
}

static void write_frames(struct walk *walk, const int16_t *pcm, uint64_t n)
{
    uint64_t skipped = n < walk->skip ? n : walk->skip;
    uint64_t written = n - skipped < walk->left ? n - skipped : walk->left;
    walk->skip -= skipped;
    walk->left -= written;
    memcpy(walk->pcm, pcm + skipped * walk->info.channels,
           (size_t)written * walk->info.channels * sizeof *pcm);
    walk->pcm += written * walk->info.channels;
}

static enum cw_ogg_result take_audio(struct walk *walk, struct cw_slice packet)
{
    uint32_t frames = cw_opus_packet_samples(packet);
    if (frames == 0)
        return CW_OGG_NOT_OPUS;
    walk->total += frames;
    if (walk->total > FRAMES_MAX + HIDDEN_MAX)
        return CW_OGG_TOO_LONG;
    if (walk->opus == NULL)
        return CW_OGG_GOOD;
    int n = opus_decode(walk->opus, packet.p, (opus_int32)packet.n, walk->scratch,
                        PACKET_FRAMES_MAX, 0);
    if (n != (int)frames)
        return CW_OGG_UNDECODABLE;
    write_frames(walk, walk->scratch, frames);
    return CW_OGG_GOOD;
}

static enum cw_ogg_result take_packet(struct walk *walk, struct cw_slice packet)
{
    if (walk->headers == 2)
        return take_audio(walk, packet);
    walk->headers++;
    return walk->headers == 1 ? take_head(walk, packet) : take_tags(packet);
}

/* RFC 7845 4: the granule position is the audio up to the end of the page's
 * last packet, pre-skip included; less only on the last page. */
static enum cw_ogg_result check_granule(struct walk *walk, const ogg_page *page, uint64_t before)
{
    const ogg_int64_t claimed = ogg_page_granulepos(page);
    if (ogg_page_packets(page) == 0)
        return claimed == -1 ? CW_OGG_GOOD : CW_OGG_DISHONEST;
    bool exact = claimed >= 0 && (uint64_t)claimed == walk->total;
    bool trimmed = ogg_page_eos(page) && claimed >= 0 && (uint64_t)claimed >= before &&
                   (uint64_t)claimed <= walk->total;
    if (!exact && !trimmed)
        return CW_OGG_DISHONEST;
    walk->granule = (uint64_t)claimed;
    return CW_OGG_GOOD;
}

/* One stream from beginning to end, its pages numbered without a gap. */
static bool in_order(struct walk *walk, const ogg_page *page)
{
    if (walk->ended || ogg_page_pageno(page) != walk->pages ||
        (ogg_page_bos(page) != 0) != (walk->pages == 0))
        return false;
    if (!walk->in_stream)
        ogg_stream_init(&walk->stream, ogg_page_serialno(page));
    walk->in_stream = true;
    walk->pages++;
    return ogg_page_serialno(page) == (int)walk->stream.serialno;
}

static enum cw_ogg_result take_page(struct walk *walk, ogg_page *page)
{
    enum cw_ogg_result result = CW_OGG_GOOD;
    const uint64_t before = walk->total;
    ogg_packet packet;
    int got = 0;
    if (!in_order(walk, page))
        return CW_OGG_NOT_OPUS;
    walk->ended = ogg_page_eos(page) != 0;
    if (ogg_stream_pagein(&walk->stream, page) != 0)
        return CW_OGG_MALFORMED;
    while (result == CW_OGG_GOOD && (got = ogg_stream_packetout(&walk->stream, &packet)) > 0)
        result = take_packet(walk, cw_slice_of(packet.packet, (size_t)packet.bytes));
    if (result == CW_OGG_GOOD && got < 0)
        return CW_OGG_MALFORMED;
    return result == CW_OGG_GOOD ? check_granule(walk, page, before) : result;
}

static enum cw_ogg_result take_pages(struct walk *walk, struct cw_slice file)
{
    enum cw_ogg_result result = CW_OGG_GOOD;
    ogg_page page;
    long n;
    char *buffer = ogg_sync_buffer(&walk->sync, (long)file.n);
    if (buffer == NULL)
        return CW_OGG_MALFORMED;
    memcpy(buffer, file.p, file.n);
    ogg_sync_wrote(&walk->sync, (long)file.n);
    /* Unlike ogg_sync_pageout, this says when bytes are no page. */
    for (size_t used = 0; used < file.n && result == CW_OGG_GOOD; used += (size_t)n) {
        n = ogg_sync_pageseek(&walk->sync, &page);
        if (n <= 0)
            return CW_OGG_MALFORMED;
        result = take_page(walk, &page);
    }
    return result;
}

static enum cw_ogg_result judge(struct walk *walk)
{
    if (!walk->ended || walk->headers < 2)
        return CW_OGG_MALFORMED;
    if (walk->granule <= walk->info.pre_skip)
        return CW_OGG_DISHONEST;
    walk->info.frames = walk->granule - walk->info.pre_skip;
    walk->info.duration_ms = cw_duration_ms(walk->info.frames, CW_AUDIO_RATE);
    return walk->info.frames > FRAMES_MAX ? CW_OGG_TOO_LONG : CW_OGG_GOOD;
}

static enum cw_ogg_result run(struct walk *walk, struct cw_slice file)
{
    if (file.n > CW_OGG_OPUS_FILE_MAX)
        return CW_OGG_TOO_LARGE;
    if (file.n == 0)
        return CW_OGG_MALFORMED;
    ogg_sync_init(&walk->sync);
    enum cw_ogg_result result = take_pages(walk, file);
    if (walk->in_stream)
        ogg_stream_clear(&walk->stream);
    ogg_sync_clear(&walk->sync);
    return result == CW_OGG_GOOD ? judge(walk) : result;
}

enum cw_ogg_result cw_ogg_opus_info(struct cw_slice file, struct cw_ogg_info *info)
{
    struct walk walk = {0};
    enum cw_ogg_result result = run(&walk, file);
    if (result == CW_OGG_GOOD)
        *info = walk.info;
    return result;
}

enum cw_ogg_result cw_ogg_opus_decode(struct cw_slice file, int16_t *pcm, size_t room,
                                      struct cw_ogg_info *info)
{
    enum cw_ogg_result result = cw_ogg_opus_info(file, info);
    if (result != CW_OGG_GOOD)
        return result;
    if (info->frames > room / info->channels)
        return CW_OGG_TOO_LONG;
    const int channels = (int)info->channels;
    struct walk walk = {.pcm = pcm, .skip = info->pre_skip, .left = info->frames};
    walk.opus = cw_alloc((size_t)opus_decoder_get_size(channels));
    walk.scratch = cw_alloc(sizeof(int16_t) * PACKET_FRAMES_MAX * info->channels);
    opus_decoder_init(walk.opus, CW_AUDIO_RATE, channels);
    opus_decoder_ctl(walk.opus, OPUS_SET_GAIN(info->gain));
    result = run(&walk, file);
    free(walk.scratch);
    free(walk.opus);
    return result;
}
