/* ogg_play.h - recordings in Ogg Opus as we write them, and their pages, to be changed: for the
 * tests of the reader. */
#ifndef CW_TEST_AUDIO_OGG_PLAY_H
#define CW_TEST_AUDIO_OGG_PLAY_H

#include <ogg/ogg.h>

#include "audio/ogg_opus_read.h"
#include "base/buf.h"

#define SECOND 48000

extern int16_t pcm[121 * SECOND];
extern int16_t decoded[2 * 120 * SECOND];

#define ROOM (sizeof decoded / sizeof decoded[0])

/* A file of n frames of pcm, pushed in pieces. */
struct cw_buf written(unsigned rate, unsigned channels, size_t n, size_t piece);
enum cw_ogg_result info_of(const struct cw_buf *file, struct cw_ogg_info *info);

/* opusfile's opinion: its duration, channels and samples. */
void assert_others_play(const struct cw_buf *file, unsigned channels, uint64_t frames);

/* The page that begins at `at`; it points into the file. */
ogg_page page_at(struct cw_buf *file, size_t at);
size_t page_size(struct cw_buf *file, size_t at);
size_t last_page(struct cw_buf *file);

/* Writes an honest checksum under a forged page. */
void sign(struct cw_buf *file, size_t at);
void add_to_granule(struct cw_buf *file, size_t at, int64_t more);

#endif
