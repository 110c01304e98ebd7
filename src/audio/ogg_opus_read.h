/* ogg_opus_read.h - validates, measures, decodes and cleans the Ogg Opus file of a voice message.
 * For the server's worker (plain recipients get the samples) and for clients that play it.
 *
 * The file is not trusted. It must have one stream of 1 or 2 channels and mapping family 0, and
 * every page complete and in order; every granule position must grow exactly as the packets do, and
 * the last one may trim at most its own page. These habits of other programs are accepted: no end
 * flag, a first position above 0 (RFC 7845 4.5), a first page number above 0, an empty last page,
 * zeros behind the last page.
 *
 * Specifications: RFC 7845, RFC 3533, RFC 6716. Pure functions: any thread. */
#ifndef CW_AUDIO_OGG_OPUS_READ_H
#define CW_AUDIO_OGG_OPUS_READ_H

#include "audio/audio.h"
#include "base/slice.h"

enum cw_ogg_result {
    CW_OGG_GOOD,
    CW_OGG_TOO_LARGE,   /* over CW_OGG_OPUS_FILE_MAX bytes */
    CW_OGG_TOO_LONG,    /* over CW_VOICE_SECONDS_MAX; decode: over the room given */
    CW_OGG_MALFORMED,   /* not Ogg, damaged, or not whole */
    CW_OGG_NOT_OPUS,    /* Ogg, but not one plain Opus stream */
    CW_OGG_DISHONEST,   /* a granule position differs from the packets */
    CW_OGG_UNDECODABLE, /* decode only: libopus rejects a packet */
    CW_OGG_NO_MEMORY    /* ... and where cw_alloc may fail */
};

struct cw_ogg_info {
    unsigned channels;   /* 1 or 2 */
    uint32_t input_rate; /* of the recording, for display; 0: unknown */
    uint32_t pre_skip;   /* samples at 48 kHz */
    uint64_t frames;     /* audible samples of each channel at 48 kHz; at least 1 */
    uint32_t duration_ms;
    int16_t gain; /* dB / 256, applied by cw_ogg_opus_decode */
};

/* Walks through the file without decoding: about 1 ms for the longest. `info`
 * is set when it is good. */
enum cw_ogg_result cw_ogg_opus_info(struct cw_slice file, struct cw_ogg_info *info);

/* Decodes into pcm, interleaved at 48 kHz with the file's channels, which has
 * room for `room` samples in all: frames * channels of cw_ogg_opus_info, no
 * more than CW_VOICE_SECONDS_MAX * 48000 * CW_VOICE_CHANNELS_MAX. Nothing is
 * written beyond it. On success that is exactly what is written. About 0.5 s of
 * work for the longest file. */
enum cw_ogg_result cw_ogg_opus_decode(struct cw_slice file, int16_t *pcm, size_t room,
                                      struct cw_ogg_info *info);

/* Rewrites in place a file that cw_ogg_opus_info accepts: without comments and pictures (they can
 * tell who recorded it, with what and where), with pages and positions from 0, the end flag, and
 * nothing behind it. The packets are unchanged. Returns the new length, at most n; the same bytes
 * for the same file. 0: the file is not valid, and its bytes are undefined. */
size_t cw_ogg_opus_clean(uint8_t *file, size_t n);

#endif
