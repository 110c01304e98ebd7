/* ogg_play.c - see ogg_play.h. */
#include "ogg_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <ogg/ogg.h>
#include <opusfile.h>

#include "audio/ogg_opus_read.h"
#include "audio/ogg_opus_write.h"

int16_t pcm[121 * SECOND];
int16_t decoded[2 * 120 * SECOND];

struct cw_buf written(unsigned rate, unsigned channels, size_t n, size_t piece)
{
    struct cw_buf file = {0};
    struct cw_ogg_writer *writer = cw_ogg_writer_create(rate, channels, 0xfedcba98);
    for (size_t used = 0; used < n; used += piece) {
        size_t now = piece < n - used ? piece : n - used;
        assert_int_equal(cw_ogg_writer_push(writer, pcm + used * channels, now), now);
    }
    assert_true(cw_ogg_writer_finish(writer));
    struct cw_buf *out = cw_ogg_writer_output(writer);
    cw_buf_append(&file, out->p, out->n);
    cw_ogg_writer_destroy(writer);
    return file;
}

enum cw_ogg_result info_of(const struct cw_buf *file, struct cw_ogg_info *info)
{
    return cw_ogg_opus_info(cw_buf_slice(file), info);
}

void assert_others_play(const struct cw_buf *file, unsigned channels, uint64_t frames)
{
    int error, n, link;
    uint64_t heard = 0;
    OggOpusFile *other = op_open_memory(file->p, file->n, &error);
    assert_non_null(other);
    assert_int_equal(op_pcm_total(other, -1), frames);
    assert_int_equal(op_channel_count(other, -1), channels);
    assert_int_equal(op_link_count(other), 1);
    while ((n = op_read(other, decoded, (int)ROOM, &link)) > 0)
        heard += (uint64_t)n;
    assert_int_equal(n, 0);
    assert_int_equal(heard, frames);
    op_free(other);
}

ogg_page page_at(struct cw_buf *file, size_t at)
{
    ogg_page page = {.header = file->p + at, .header_len = 27 + file->p[at + 26]};
    for (int i = 0; i < file->p[at + 26]; i++)
        page.body_len += file->p[at + 27 + (size_t)i];
    page.body = page.header + page.header_len;
    return page;
}

size_t page_size(struct cw_buf *file, size_t at)
{
    ogg_page page = page_at(file, at);
    return (size_t)(page.header_len + page.body_len);
}

size_t last_page(struct cw_buf *file)
{
    size_t at = 0;
    while (at + page_size(file, at) < file->n)
        at += page_size(file, at);
    return at;
}

void sign(struct cw_buf *file, size_t at)
{
    ogg_page page = page_at(file, at);
    ogg_page_checksum_set(&page);
}

void add_to_granule(struct cw_buf *file, size_t at, int64_t more)
{
    uint64_t granule = 0;
    for (int i = 7; i >= 0; i--)
        granule = granule << 8 | file->p[at + 6 + (size_t)i];
    granule += (uint64_t)more;
    for (int i = 0; i < 8; i++)
        file->p[at + 6 + (size_t)i] = (uint8_t)(granule >> (8 * i));
    sign(file, at);
}
