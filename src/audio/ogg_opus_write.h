/* ogg_opus_write.h - makes an Ogg Opus file of a recording while it goes on: samples in as they
 * come, finished pages out. It writes no file; for clients that record voice messages.
 *
 * Specifications: RFC 7845 (Ogg Opus), RFC 3533 (Ogg), RFC 6716. One object, one thread at a
 * time. */
#ifndef CW_AUDIO_OGG_OPUS_WRITE_H
#define CW_AUDIO_OGG_OPUS_WRITE_H

#include <stdbool.h>

#include "audio/audio.h"
#include "base/buf.h"

struct cw_ogg_writer;

/* A file of 1 or 2 channels recorded at `rate` (CW_VOICE_RATE_MIN to _MAX), with
 * the stream's serial number `serial`: any, but not the same for two files that
 * could be joined. NULL when an argument is out of range. The caller destroys it. */
struct cw_ogg_writer *cw_ogg_writer_create(unsigned rate, unsigned channels, uint32_t serial);
void cw_ogg_writer_destroy(struct cw_ogg_writer *writer);

/* From here on there is no limit to the recording's length: it is no voice message. */
void cw_ogg_writer_set_endless(struct cw_ogg_writer *writer);

/* Takes in n frames, interleaved. Takes no more than CW_VOICE_SECONDS_MAX in all, unless it is
 * endless; returns how many frames it took. */
size_t cw_ogg_writer_push(struct cw_ogg_writer *writer, const int16_t *pcm, size_t n);

/* The end of the recording: all of the file is in the output then, and its
 * duration is that of the samples exactly (rounded up to a sample at 48 kHz).
 * False: nothing was recorded, and there is no file. Call it once. */
bool cw_ogg_writer_finish(struct cw_ogg_writer *writer);

/* The file as far as it is done, whole pages of at most 1 s. The caller may
 * consume from it (cw_buf_consume) at any time; it belongs to the writer. */
struct cw_buf *cw_ogg_writer_output(struct cw_ogg_writer *writer);

/* Frames taken in so far, at the rate of the recording. */
uint64_t cw_ogg_writer_frames(const struct cw_ogg_writer *writer);

#endif
