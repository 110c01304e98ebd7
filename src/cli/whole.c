/* whole.c - see whole.h. */
#include "whole.h"

#include "base/slice.h"
#include "whole_size.h"

static bool has_head(const uint8_t *p, size_t n, const char *word)
{
    return cw_slice_has(cw_slice_of(p, n), 0, word);
}

/* --- Ogg: RFC 3533 6 ---------------------------------------------------------------------- */

#define PAGE_HEAD 27
#define PAGE_LAST 4

/* 0: it is none, or not all of it is there. */
static size_t page_length(const uint8_t *p, size_t n)
{
    if (n < PAGE_HEAD || !has_head(p, n, "OggS") || n < (size_t)PAGE_HEAD + p[26])
        return 0;
    size_t length = (size_t)PAGE_HEAD + p[26];
    for (unsigned i = 0; i < p[26]; i++)
        length += p[PAGE_HEAD + i];
    return length <= n ? length : 0;
}

static bool is_whole_ogg(const uint8_t *p, size_t n)
{
    bool last = false;
    size_t length;
    for (; (length = page_length(p, n)) != 0; p += length, n -= length)
        last = (p[5] & PAGE_LAST) != 0;
    return last;
}

/* --- MP3 and MP2: ISO 11172-3 2.4.1 -------------------------------------------------------- */

static const uint16_t kbits[3][16] = {
    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}, /* lower rates */
    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0}}; /* layer II */
static const uint16_t rates[4] = {44100, 48000, 32000, 0};

/* 0: what stands here is no frame of layer II or III, or one that does not say its length. */
static size_t mp3_length(const uint8_t *p, size_t n)
{
    const bool second = n >= 4 && (p[1] & 0xe6) == 0xe4;
    if (n < 4 || p[0] != 0xff || (!second && (p[1] & 0xe6) != 0xe2))
        return 0;
    const unsigned version = p[1] >> 3 & 3; /* 3: 1, 2: 2, 0: 2.5 */
    const bool full = version == 3;
    const unsigned kbit = kbits[!full ? 0 : second ? 2 : 1][p[2] >> 4];
    const unsigned rate = rates[p[2] >> 2 & 3] >> (full ? 0 : version == 2 ? 1 : 2);
    if (version == 1 || kbit == 0 || rate == 0)
        return 0;
    return (full || second ? 144000u : 72000u) * kbit / rate + (p[2] >> 1 & 1);
}

/* Of ID3v2, which stands before the sound; 0: there is none. */
static size_t tag_length(const uint8_t *p, size_t n)
{
    if (n < 10 || !has_head(p, n, "ID3"))
        return 0;
    return 10 + ((size_t)(p[6] & 127) << 21 | (size_t)(p[7] & 127) << 14 |
                 (size_t)(p[8] & 127) << 7 | (p[9] & 127));
}

/* What stands behind the last frame is a tag, or something that is not known. */
static bool is_whole_mp3(const uint8_t *p, size_t n)
{
    size_t length = tag_length(p, n);
    if (length == 0)
        length = mp3_length(p, n);
    while (length != 0 && length <= n) {
        p += length;
        n -= length;
        length = mp3_length(p, n);
    }
    return length == 0;
}

bool whole_sound(const uint8_t *file, size_t n)
{
    if (has_head(file, n, "OggS"))
        return is_whole_ogg(file, n);
    if (has_head(file, n, "ID3") || mp3_length(file, n) != 0)
        return is_whole_mp3(file, n);
    return whole_size(file, n);
}
