/* voice_ogg.c - the Ogg Opus files of chinwag/audio.h: src/audio's writer and reader. */
#include <stdlib.h>

#include "audio/ogg_opus_read.h"
#include "audio/ogg_opus_write.h"
#include "base/alloc.h"
#include "chinwag/audio.h"

_Static_assert((int)CHINWAG_OGG_GOOD == CW_OGG_GOOD &&
                   (int)CHINWAG_OGG_TOO_LARGE == CW_OGG_TOO_LARGE &&
                   (int)CHINWAG_OGG_TOO_LONG == CW_OGG_TOO_LONG &&
                   (int)CHINWAG_OGG_MALFORMED == CW_OGG_MALFORMED &&
                   (int)CHINWAG_OGG_NOT_OPUS == CW_OGG_NOT_OPUS &&
                   (int)CHINWAG_OGG_DISHONEST == CW_OGG_DISHONEST &&
                   (int)CHINWAG_OGG_UNDECODABLE == CW_OGG_UNDECODABLE &&
                   (int)CHINWAG_OGG_NO_MEMORY == CW_OGG_NO_MEMORY,
               "audio.h differs from ogg_opus_read.h");

struct chinwag_ogg_writer {
    struct cw_ogg_writer *writer;
    size_t taken; /* bytes of the output that the program has seen */
    bool failed;  /* memory was missing: nothing more is taken in */
    bool finished;
};

chinwag_ogg_writer *chinwag_ogg_writer_create(unsigned rate, unsigned channels)
{
    cw_alloc_begin_soft();
    chinwag_ogg_writer *writer = cw_alloc_zero(sizeof *writer);
    if (writer != NULL)
        writer->writer = cw_ogg_writer_create(rate, channels, (uint32_t)chinwag_clock_us());
    bool good = cw_alloc_end_soft() && writer->writer != NULL;
    if (!good) {
        chinwag_ogg_writer_destroy(writer);
        return NULL;
    }
    cw_ogg_writer_set_endless(writer->writer);
    return writer;
}

void chinwag_ogg_writer_destroy(chinwag_ogg_writer *writer)
{
    if (writer == NULL)
        return;
    cw_ogg_writer_destroy(writer->writer);
    free(writer);
}

bool chinwag_ogg_writer_push(chinwag_ogg_writer *writer, const int16_t *pcm, size_t frames)
{
    if (writer->failed || writer->finished || (pcm == NULL && frames != 0))
        return false;
    cw_alloc_begin_soft();
    cw_ogg_writer_push(writer->writer, pcm, frames);
    writer->failed = !cw_alloc_end_soft();
    return !writer->failed;
}

bool chinwag_ogg_writer_finish(chinwag_ogg_writer *writer)
{
    if (writer->failed || writer->finished)
        return false;
    writer->finished = true;
    cw_alloc_begin_soft();
    bool done = cw_ogg_writer_finish(writer->writer);
    writer->failed = !cw_alloc_end_soft();
    return done && !writer->failed;
}

const void *chinwag_ogg_writer_take(chinwag_ogg_writer *writer, size_t *n)
{
    struct cw_buf *output = cw_ogg_writer_output(writer->writer);
    if (n == NULL)
        return NULL;
    cw_buf_consume(output, writer->taken);
    writer->taken = *n = output->n;
    return output->p;
}

const char *chinwag_ogg_text(enum chinwag_ogg_result result)
{
    static const char *const texts[] = {"it is good",
                                        "it is larger than 1 MiB",
                                        "it is too long",
                                        "it is no Ogg file, or damaged",
                                        "it is not one stream of Opus with 1 or 2 channels",
                                        "its length is not that of its packets",
                                        "a packet in it does not decode",
                                        "this computer has no memory left"};
    unsigned index = (unsigned)result;
    return index < sizeof texts / sizeof texts[0] ? texts[index] : "unknown";
}

static void tell(const struct cw_ogg_info *from, struct chinwag_ogg_info *info)
{
    *info = (struct chinwag_ogg_info){
        .channels = from->channels, .frames = from->frames, .duration_ms = from->duration_ms};
}

enum chinwag_ogg_result chinwag_ogg_read(const void *file, size_t n, struct chinwag_ogg_info *info)
{
    struct cw_ogg_info found;
    cw_alloc_begin_soft();
    enum cw_ogg_result result = cw_ogg_opus_info(cw_slice_of(file, file != NULL ? n : 0), &found);
    bool good = cw_alloc_end_soft();
    if (result == CW_OGG_GOOD && good && info != NULL)
        tell(&found, info);
    return good ? (enum chinwag_ogg_result)result : CHINWAG_OGG_NO_MEMORY;
}

enum chinwag_ogg_result chinwag_ogg_decode(const void *file, size_t n, int16_t *pcm, size_t room)
{
    struct cw_ogg_info found;
    cw_alloc_begin_soft();
    enum cw_ogg_result result = cw_ogg_opus_decode(cw_slice_of(file, file != NULL ? n : 0), pcm,
                                                   pcm != NULL ? room : 0, &found);
    return cw_alloc_end_soft() ? (enum chinwag_ogg_result)result : CHINWAG_OGG_NO_MEMORY;
}
