/* opus_files.c - see opus_files.h. */
#include "opus_files.h"

#include <ogg/ogg.h>

#define PACKETS_A_PAGE 50

static void put_page(ogg_stream_state *stream, struct cw_buf *out)
{
    ogg_page page;
    while (ogg_stream_flush(stream, &page) != 0) {
        cw_buf_append(out, page.header, (size_t)page.header_len);
        cw_buf_append(out, page.body, (size_t)page.body_len);
    }
}

static void put_packet(ogg_stream_state *stream, const void *bytes, size_t n, bool begin, bool end,
                       int64_t granule)
{
    ogg_packet packet = {.packet = (unsigned char *)bytes,
                         .bytes = (long)n,
                         .b_o_s = begin,
                         .e_o_s = end,
                         .granulepos = granule};
    ogg_stream_packetin(stream, &packet);
}

static void put_stream(const struct opus_file *file, int serial, struct cw_buf *out)
{
    uint8_t head[19] = "OpusHead";
    static const char tags[16] = "OpusTags";
    static const uint8_t silence[] = {0x08}; /* SILK, 20 ms, and nothing in it */
    ogg_stream_state stream;
    ogg_stream_init(&stream, serial);
    if (file->magic != NULL)
        memcpy(head, file->magic, 8);
    head[8] = 1;
    head[9] = (uint8_t)file->channels;
    for (int i = 0; i < 4; i++)
        head[12 + i] = (uint8_t)(file->number >> 8 * i);
    put_packet(&stream, head, sizeof head, true, false, 0);
    put_page(&stream, out);
    put_packet(&stream, tags, sizeof tags, false, false, 0);
    put_page(&stream, out);
    for (unsigned i = 1; i <= file->packets; i++) {
        bool end = i == file->packets;
        put_packet(&stream, silence, sizeof silence, false, end,
                   960 * (int64_t)i + (end ? file->claim : 0));
        if (end || i % PACKETS_A_PAGE == 0)
            put_page(&stream, out);
    }
    ogg_stream_clear(&stream);
}

void opus_file_write(const struct opus_file *file, struct cw_buf *out)
{
    put_stream(file, 1, out);
    if (file->twice)
        put_stream(file, 2, out);
}
