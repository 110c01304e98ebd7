/* ogg_opus_read.c - see ogg_opus_read.h. libogg finds pages and checks their checksums, libopus
 * decodes; info, decode and clean share the walk between them. */
#include "audio/ogg_opus_read.h"

#include <ogg/ogg.h>
#include <opus.h>
#include <stdlib.h>

#include "audio/level.h"
#include "audio/opus_packet.h"
#include "base/alloc.h"
#include "base/number.h"

#define FRAMES_MAX ((uint64_t)CW_VOICE_SECONDS_MAX * CW_AUDIO_RATE)
/* RFC 6716 3.1: the longest packet is 120 ms. */
#define PACKET_FRAMES_MAX 5760
/* Pre-skip is a 16-bit number; the last page may be trimmed whole. */
#define HIDDEN_MAX (65535 + 255 * PACKET_FRAMES_MAX)

#define PAGE_HEAD 27
/* RFC 7845 5.2: the magic, an empty vendor and no comments. The vendor is empty so that a retry of
 * a recording gives the same bytes after an upgrade. */
static const uint8_t no_tags[16] = "OpusTags";

struct walk {
    struct cw_ogg_info info;
    ogg_sync_state sync;
    ogg_stream_state stream;
    bool in_stream;
    long next_page;       /* the number that the next page must have */
    int headers;          /* packets: OpusHead, OpusTags */
    uint64_t total;       /* 48 kHz frames in the packets so far */
    uint64_t before_last; /* ... without those of the last page with audio */
    uint64_t offset;      /* the position at which the stream begins */
    bool offset_known;
    bool grown;       /* there was a second page with audio, so positions were compared */
    uint64_t granule; /* position after the last page's end, from `offset` on */
    bool trimmed;     /* the last page claimed less than its packets: no audio may follow */
    bool ended;
    bool cut;          /* the last page ends inside a packet */
    OpusDecoder *opus; /* NULL: not decoding */
    int16_t *pcm;      /* where the next frames go */
    uint64_t skip;     /* frames to be dropped first */
    uint64_t left;     /* frames to be written still */
    int16_t *scratch;  /* one packet */
    uint8_t *clean;    /* where the cleaned file goes; NULL: not cleaning */
    size_t clean_n;    /* bytes of it so far */
    size_t clean_last; /* where its last page begins */
    uint32_t clean_pages;
};

/* RFC 7845 5.1; "the major version must be 0", and family 0 has no table. */
static enum cw_ogg_result take_head(struct walk *walk, struct cw_slice head)
{
    if (head.n != 19 || memcmp(head.p, "OpusHead", 8) != 0 || head.p[8] > 15 || head.p[18] != 0 ||
        head.p[9] < 1 || head.p[9] > CW_VOICE_CHANNELS_MAX)
        return CW_OGG_NOT_OPUS;
    walk->info.channels = head.p[9];
    walk->info.pre_skip = (uint32_t)cw_number_little(head.p + 10, 2);
    walk->info.input_rate = (uint32_t)cw_number_little(head.p + 12, 4);
    walk->info.gain = (int16_t)cw_number_little(head.p + 16, 2);
    return CW_OGG_GOOD;
}

/* RFC 7845 5.2. The comments are not read, but they must be there. */
static enum cw_ogg_result take_tags(struct cw_slice tags)
{
    if (tags.n < 16 || memcmp(tags.p, "OpusTags", 8) != 0 ||
        cw_number_little(tags.p + 8, 4) > tags.n - 16)
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

/* A page without packets only has the end flag; it may repeat or trim the position of the page
 * before it. */
static bool empty_page_good(struct walk *walk, const ogg_page *page)
{
    const ogg_int64_t claimed = ogg_page_granulepos(page);
    if (claimed == -1)
        return true;
    if (page->body_len != 0 || claimed < (ogg_int64_t)walk->offset || !walk->offset_known)
        return false;
    uint64_t position = (uint64_t)claimed - walk->offset;
    if (position > walk->granule || position < walk->before_last)
        return false;
    walk->granule = position;
    walk->trimmed = true;
    return true;
}

/* RFC 7845 4: the granule position is the audio up to the end of the page's
 * last packet, pre-skip included; less only on the last page. RFC 7845 4.5: it
 * may begin anywhere (a piece of a stream). `before`: frames before this page. */
static enum cw_ogg_result check_granule(struct walk *walk, const ogg_page *page, uint64_t before)
{
    const ogg_int64_t claimed = ogg_page_granulepos(page);
    if (ogg_page_packets(page) == 0)
        return empty_page_good(walk, page) ? CW_OGG_GOOD : CW_OGG_DISHONEST;
    if (claimed < 0 || walk->trimmed)
        return CW_OGG_DISHONEST;
    if (!walk->offset_known && (uint64_t)claimed > walk->total)
        walk->offset = (uint64_t)claimed - walk->total;
    walk->grown = walk->offset_known;
    walk->offset_known = true;
    uint64_t position = (uint64_t)claimed - walk->offset;
    if ((uint64_t)claimed < walk->offset || position > walk->total || position < before)
        return CW_OGG_DISHONEST;
    walk->trimmed = position < walk->total;
    walk->before_last = before;
    walk->granule = position;
    return CW_OGG_GOOD;
}

/* --- the cleaned file ---------------------------------------------------------------- */

static void seal_page(uint8_t *head, size_t n)
{
    long head_n = PAGE_HEAD + head[26];
    ogg_page page = {head, head_n, head + head_n, (long)n - head_n};
    ogg_page_checksum_set(&page);
}

/* RFC 3533 6: new flags, position and number; stream and packets are unchanged. */
static void put_page(struct walk *walk, const ogg_page *page, uint8_t flags, uint64_t position)
{
    uint8_t *head = walk->clean + walk->clean_n;
    walk->clean_last = walk->clean_n;
    walk->clean_n += (size_t)(page->header_len + page->body_len);
    memmove(head, page->header, (size_t)page->header_len);
    memmove(head + page->header_len, page->body, (size_t)page->body_len);
    head[5] = flags;
    cw_put_le(head + 6, position, 8);
    cw_put_le(head + 18, walk->clean_pages++, 4);
    seal_page(head, (size_t)(page->header_len + page->body_len));
}

/* Replaces the pages of the comments by one page without comments. */
static void put_no_tags(struct walk *walk, const ogg_page *page)
{
    uint8_t head[PAGE_HEAD + 1], body[sizeof no_tags];
    memcpy(head, page->header, PAGE_HEAD);
    memcpy(body, no_tags, sizeof body);
    head[26] = 1;
    head[27] = sizeof body;
    ogg_page tags = {head, sizeof head, body, sizeof body};
    put_page(walk, &tags, 0, 0);
}

/* `headers`: packets of the head of the file that came before this page. */
static void clean_page(struct walk *walk, const ogg_page *page, int headers)
{
    if (headers == 0)
        put_page(walk, page, 2, 0); /* bos */
    else if (headers < 2 && walk->headers == 2)
        put_no_tags(walk, page);
    else if (headers == 2 && page->body_len != 0)
        put_page(walk, page, (uint8_t)(page->header[5] & 1),
                 ogg_page_packets(page) == 0 ? UINT64_MAX : walk->granule);
}

static void clean_end(struct walk *walk)
{
    uint8_t *head = walk->clean + walk->clean_last;
    head[5] |= 4; /* eos */
    cw_put_le(head + 6, walk->granule, 8);
    seal_page(head, walk->clean_n - walk->clean_last);
}

/* --- pages ------------------------------------------------------------------------------ */

/* libogg's own memory is missing: the file may be good. */
static enum cw_ogg_result no_memory(void)
{
    cw_alloc_missing();
    return CW_OGG_NO_MEMORY;
}

static bool walk_begin_stream(struct walk *walk, const ogg_page *page)
{
    if (ogg_stream_init(&walk->stream, ogg_page_serialno(page)) != 0)
        return false;
    /* libogg counts from 0, and takes another first number for a loss. */
    walk->stream.pageno = walk->next_page = ogg_page_pageno(page);
    walk->in_stream = true;
    return true;
}

/* Does the page belong to the one stream, with the next page number? The first page may have any
 * number. */
static bool in_order(struct walk *walk, const ogg_page *page, bool first)
{
    return !walk->ended && ogg_page_pageno(page) == walk->next_page++ &&
           (ogg_page_bos(page) != 0) == first &&
           ogg_page_serialno(page) == (int)walk->stream.serialno;
}

static enum cw_ogg_result take_packets(struct walk *walk)
{
    enum cw_ogg_result result = CW_OGG_GOOD;
    ogg_packet packet;
    int got = 0;
    while (result == CW_OGG_GOOD && (got = ogg_stream_packetout(&walk->stream, &packet)) > 0)
        result = take_packet(walk, cw_slice_of(packet.packet, (size_t)packet.bytes));
    return result == CW_OGG_GOOD && got < 0 ? CW_OGG_MALFORMED : result;
}

/* RFC 7845 3: the head has a page of its own, and audio begins on a fresh page. */
static bool headers_apart(const struct walk *walk, const ogg_page *page, int headers)
{
    return headers == 2 || (walk->headers <= headers + 1 && walk->total == 0 &&
                            (headers == 1 || ogg_page_packets(page) == 1));
}

static enum cw_ogg_result walk_take_page(struct walk *walk, ogg_page *page)
{
    const uint64_t before = walk->total;
    const int headers = walk->headers;
    const bool first = !walk->in_stream;
    if (first && !walk_begin_stream(walk, page))
        return no_memory();
    if (!in_order(walk, page, first))
        return CW_OGG_NOT_OPUS;
    walk->ended = ogg_page_eos(page) != 0;
    if (page->body_len != 0)
        walk->cut = page->header[page->header_len - 1] == 255;
    if (ogg_page_version(page) != 0)
        return CW_OGG_MALFORMED;
    if (ogg_stream_pagein(&walk->stream, page) != 0)
        return no_memory(); /* what else it refuses was seen before */
    enum cw_ogg_result result = take_packets(walk);
    if (result == CW_OGG_GOOD && !headers_apart(walk, page, headers))
        result = CW_OGG_NOT_OPUS;
    if (result == CW_OGG_GOOD && headers == 2)
        result = check_granule(walk, page, before);
    if (result == CW_OGG_GOOD && walk->clean != NULL)
        clean_page(walk, page, headers);
    return result;
}

static bool all_zero(struct cw_slice bytes)
{
    for (size_t i = 0; i < bytes.n; i++)
        if (bytes.p[i] != 0)
            return false;
    return true;
}

static enum cw_ogg_result take_pages(struct walk *walk, struct cw_slice file)
{
    enum cw_ogg_result result = CW_OGG_GOOD;
    ogg_page page;
    long n;
    char *buffer = ogg_sync_buffer(&walk->sync, (long)file.n);
    if (buffer == NULL)
        return no_memory();
    memcpy(buffer, file.p, file.n);
    ogg_sync_wrote(&walk->sync, (long)file.n);
    /* Unlike ogg_sync_pageout, ogg_sync_pageseek reports bytes that are no page. */
    for (size_t used = 0; used < file.n && result == CW_OGG_GOOD; used += (size_t)n) {
        n = ogg_sync_pageseek(&walk->sync, &page);
        if (n <= 0) /* some writers pad a block with zeros */
            return all_zero(cw_slice_of(file.p + used, file.n - used)) ? CW_OGG_GOOD
                                                                       : CW_OGG_MALFORMED;
        result = walk_take_page(walk, &page);
    }
    return result;
}

/* A missing end flag is no fault: some writers never set it. */
static enum cw_ogg_result judge(struct walk *walk)
{
    if (walk->headers < 2 || walk->cut)
        return CW_OGG_MALFORMED;
    /* A first position above 0 needs a second page to confirm where the stream begins. */
    if (walk->granule <= walk->info.pre_skip || (walk->offset != 0 && !walk->grown))
        return CW_OGG_DISHONEST;
    walk->info.frames = walk->granule - walk->info.pre_skip;
    walk->info.duration_ms = cw_duration_ms(walk->info.frames, CW_AUDIO_RATE);
    return walk->info.frames > FRAMES_MAX ? CW_OGG_TOO_LONG : CW_OGG_GOOD;
}

static enum cw_ogg_result walk_file(struct walk *walk, struct cw_slice file)
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
    enum cw_ogg_result result = walk_file(&walk, file);
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
    result = CW_OGG_NO_MEMORY;
    if (walk.opus != NULL && walk.scratch != NULL) {
        opus_decoder_init(walk.opus, CW_AUDIO_RATE, channels);
        opus_decoder_ctl(walk.opus, OPUS_SET_GAIN(info->gain));
        result = walk_file(&walk, file);
    }
    free(walk.scratch);
    free(walk.opus);
    return result;
}

size_t cw_ogg_opus_clean(uint8_t *file, size_t n)
{
    /* libogg has its own copy of the file, so this may overwrite it. */
    struct walk walk = {.clean = file};
    if (walk_file(&walk, cw_slice_of(file, n)) != CW_OGG_GOOD)
        return 0;
    clean_end(&walk);
    return walk.clean_n;
}
