/* picture.c - see picture.h. Formats: PNG (RFC 2083), GIF89a, JPEG (ITU T.81, annex B), WebP
 * (RFC 9649). */
#include "base/picture.h"

static uint32_t big(const uint8_t *p, unsigned n)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < n; i++)
        value = value << 8 | p[i];
    return value;
}

static uint32_t little(const uint8_t *p, unsigned n)
{
    uint32_t value = 0;
    for (unsigned i = n; i-- > 0;)
        value = value << 8 | p[i];
    return value;
}

static bool has_at(struct cw_slice head, size_t at, const char *text, size_t n)
{
    return head.n >= at + n && memcmp(head.p + at, text, n) == 0;
}

static struct cw_picture picture_of(enum cw_picture_kind kind, uint32_t width, uint32_t height)
{
    return width == 0 || height == 0 ? (struct cw_picture){0}
                                     : (struct cw_picture){kind, width, height};
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
            return picture_of(CW_PICTURE_JPEG, big(head.p + at + 7, 2), big(head.p + at + 5, 2));
        if (is_frame(marker) || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xda))
            break; /* cut off, or no segment that comes before a frame */
        at += 2 + big(head.p + at + 2, 2);
    }
    return (struct cw_picture){0};
}

/* --- WebP ------------------------------------------------------------------------------------ */

static struct cw_picture read_webp(struct cw_slice head)
{
    const uint8_t *p = head.p;
    if (has_at(head, 12, "VP8 ", 4) && head.n >= 30 && has_at(head, 23, "\x9d\x01\x2a", 3))
        return picture_of(CW_PICTURE_WEBP, little(p + 26, 2) & 0x3fff, little(p + 28, 2) & 0x3fff);
    if (has_at(head, 12, "VP8L", 4) && head.n >= 25 && p[20] == 0x2f) {
        uint32_t bits = little(p + 21, 4);
        return picture_of(CW_PICTURE_WEBP, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
    }
    if (has_at(head, 12, "VP8X", 4) && head.n >= 30)
        return picture_of(CW_PICTURE_WEBP, little(p + 24, 3) + 1, little(p + 27, 3) + 1);
    return (struct cw_picture){0};
}

struct cw_picture cw_picture_read(struct cw_slice head)
{
    if (has_at(head, 0, "\x89PNG\r\n\x1a\n", 8) && has_at(head, 12, "IHDR", 4) && head.n >= 24)
        return picture_of(CW_PICTURE_PNG, big(head.p + 16, 4), big(head.p + 20, 4));
    if ((has_at(head, 0, "GIF87a", 6) || has_at(head, 0, "GIF89a", 6)) && head.n >= 10)
        return picture_of(CW_PICTURE_GIF, little(head.p + 6, 2), little(head.p + 8, 2));
    if (has_at(head, 0, "\xff\xd8\xff", 3))
        return read_jpeg(head);
    if (has_at(head, 0, "RIFF", 4) && has_at(head, 8, "WEBP", 4))
        return read_webp(head);
    return (struct cw_picture){0};
}
