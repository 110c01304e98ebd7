/* picture.c - see picture.h. Formats: PNG (RFC 2083), GIF89a, JPEG (ITU T.81, annex B), WebP
 * (RFC 9649). */
#include "base/picture.h"

#include "base/number.h"

/* Each has at most 4 bytes. */
static struct cw_picture picture_of(enum cw_picture_kind kind, uint64_t width, uint64_t height)
{
    return width == 0 || height == 0 ? (struct cw_picture){0}
                                     : (struct cw_picture){kind, (uint32_t)width, (uint32_t)height};
}

/* --- JPEG ------------------------------------------------------------------------------------ */

/* Markers of a frame's header; C4, C8 and CC among them are tables and an extension. */
static bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Segments up to the first frame's header: marker, length with itself, contents. */
static struct cw_picture read_jpeg(struct cw_slice head)
{
    size_t at = 2;
    while (at + 4 <= head.n && head.p[at] == 0xff) {
        uint8_t marker = head.p[at + 1];
        if (marker == 0xff) { /* a fill byte */
            at++;
            continue;
        }
        if (is_frame(marker) && at + 9 <= head.n)
            return picture_of(CW_PICTURE_JPEG, cw_number_big(head.p + at + 7, 2),
                              cw_number_big(head.p + at + 5, 2));
        if (is_frame(marker) || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xda))
            break; /* cut off, or no segment that comes before a frame */
        at += 2 + cw_number_big(head.p + at + 2, 2);
    }
    return (struct cw_picture){0};
}

/* --- WebP ------------------------------------------------------------------------------------ */

static struct cw_picture read_webp(struct cw_slice head)
{
    const uint8_t *p = head.p;
    if (cw_slice_has(head, 12, "VP8 ") && head.n >= 30 && cw_slice_has(head, 23, "\x9d\x01\x2a"))
        return picture_of(CW_PICTURE_WEBP, cw_number_little(p + 26, 2) & 0x3fff,
                          cw_number_little(p + 28, 2) & 0x3fff);
    if (cw_slice_has(head, 12, "VP8L") && head.n >= 25 && p[20] == 0x2f) {
        uint64_t bits = cw_number_little(p + 21, 4);
        return picture_of(CW_PICTURE_WEBP, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
    }
    if (cw_slice_has(head, 12, "VP8X") && head.n >= 30)
        return picture_of(CW_PICTURE_WEBP, cw_number_little(p + 24, 3) + 1,
                          cw_number_little(p + 27, 3) + 1);
    return (struct cw_picture){0};
}

struct cw_picture cw_picture_read(struct cw_slice head)
{
    if (cw_slice_has(head, 0, "\x89PNG\r\n\x1a\n") && cw_slice_has(head, 12, "IHDR") &&
        head.n >= 24)
        return picture_of(CW_PICTURE_PNG, cw_number_big(head.p + 16, 4),
                          cw_number_big(head.p + 20, 4));
    if ((cw_slice_has(head, 0, "GIF87a") || cw_slice_has(head, 0, "GIF89a")) && head.n >= 10)
        return picture_of(CW_PICTURE_GIF, cw_number_little(head.p + 6, 2),
                          cw_number_little(head.p + 8, 2));
    if (cw_slice_has(head, 0, "\xff\xd8\xff"))
        return read_jpeg(head);
    if (cw_slice_has(head, 0, "RIFF") && cw_slice_has(head, 8, "WEBP"))
        return read_webp(head);
    return (struct cw_picture){0};
}
