/* whole_size.c - see whole_size.h. ffmpeg tells only where a file ends within a frame; a cut
 * between two, and one of AVI, it takes for the end. */
#include "whole_size.h"

#include "base/number.h"
#include "base/slice.h"

static bool has_word(const uint8_t *p, size_t n, size_t at, const char *word)
{
    return cw_slice_has(cw_slice_of(p, n), at, word);
}

/* --- the length of the whole, at the head ----------------------------------------------------- */

/* What stands before it, 8 bytes, some writers count. */
static bool is_within(uint64_t size, size_t n)
{
    return size == 0 || size >= UINT32_MAX || size <= n;
}

static bool is_whole_riff(const uint8_t *p, size_t n)
{
    return n < 12 || is_within(cw_number_little(p + 4, 4), n);
}

static bool is_whole_form(const uint8_t *p, size_t n)
{
    return n < 12 || is_within(cw_number_big(p + 4, 4), n);
}

static bool is_whole_rf64(const uint8_t *p, size_t n)
{
    return n < 28 || !has_word(p, n, 12, "ds64") || is_within(cw_number_little(p + 20, 8), n);
}

static bool is_whole_w64(const uint8_t *p, size_t n)
{
    return n < 24 || is_within(cw_number_little(p + 16, 8), n);
}

static bool is_whole_au(const uint8_t *p, size_t n)
{
    return n < 12 || cw_number_big(p + 8, 4) == UINT32_MAX ||
           cw_number_big(p + 4, 4) + cw_number_big(p + 8, 4) <= n;
}

/* Each sample has four bytes. */
static bool is_whole_sox(const uint8_t *p, size_t n)
{
    return n < 16 || cw_number_little(p + 8, 8) >= UINT32_MAX ||
           4 + cw_number_little(p + 4, 4) + 4 * cw_number_little(p + 8, 8) <= n ||
           cw_number_little(p + 8, 8) == 0;
}

/* Packets of one length. */
static bool is_whole_ts(const uint8_t *p, size_t n)
{
    return n < 2 * 188 || p[188] != 0x47 || n % 188 == 0;
}

/* --- piece by piece --------------------------------------------------------------------------- */

/* Of the piece that begins here, with its head. More than n: some of it is missing. 0: what is here
 * says no length. */
typedef uint64_t length_of(const uint8_t *p, size_t n);

/* Other programs put their tags behind any file: ID3v1, APEv2, Lyrics3. */
static bool is_tag(const uint8_t *p, size_t n)
{
    return has_word(p, n, 0, "TAG") || has_word(p, n, 0, "APETAGEX") ||
           has_word(p, n, 0, "LYRICSBEGIN");
}

static bool has_all(const uint8_t *p, size_t n, length_of *length_of_piece)
{
    while (n > 0 && !is_tag(p, n)) {
        uint64_t length = length_of_piece(p, n);
        if (length == 0 || length > n)
            return length == 0;
        p += length;
        n -= length;
    }
    return true;
}

static bool has_all_from(const uint8_t *p, size_t n, uint64_t at, length_of *length_of_piece)
{
    return at > n || has_all(p + at, n - at, length_of_piece);
}

/* No sum of two lengths is too large. */
static uint64_t head_and(uint64_t head, uint64_t size)
{
    return size > UINT64_MAX - head ? UINT64_MAX : head + size;
}

static bool is_box_name(const uint8_t name[4])
{
    for (unsigned i = 0; i < 4; i++)
        if (name[i] < ' ' || name[i] > '~')
            return false;
    return true;
}

/* ISO 14496-12 4.2: MP4, QuickTime. What has no name is no box, but stands behind the last one. */
static uint64_t box_length(const uint8_t *p, size_t n)
{
    if (n < 8 || !is_box_name(p + 4))
        return 0;
    uint64_t length = cw_number_big(p, 4);
    if (length == 1)
        length = n < 16 ? n + 1 : cw_number_big(p + 8, 8);
    return length < 8 ? 0 : length;
}

static bool is_whole_mp4(const uint8_t *p, size_t n)
{
    return has_all(p, n, box_length);
}

static uint64_t caf_length(const uint8_t *p, size_t n)
{
    if (n < 12 || cw_number_big(p + 4, 8) == UINT64_MAX)
        return 0;
    return head_and(12, cw_number_big(p + 4, 8));
}

static bool is_whole_caf(const uint8_t *p, size_t n)
{
    return has_all_from(p, n, 8, caf_length);
}

static uint64_t asf_length(const uint8_t *p, size_t n)
{
    if (n < 24 || cw_number_little(p + 16, 8) <= 50) /* what was not known yet: nothing in it */
        return 0;
    return cw_number_little(p + 16, 8);
}

static bool is_whole_asf(const uint8_t *p, size_t n)
{
    return has_all(p, n, asf_length);
}

/* With the length of the one before, behind it. */
static uint64_t flv_length(const uint8_t *p, size_t n)
{
    return n < 11 ? n + 1 : 11 + cw_number_big(p + 1, 3) + 4;
}

static bool is_whole_flv(const uint8_t *p, size_t n)
{
    return n < 9 || has_all_from(p, n, cw_number_big(p + 5, 4) + 4, flv_length);
}

static uint64_t voc_length(const uint8_t *p, size_t n)
{
    if (n < 4 || p[0] == 0 || cw_number_little(p + 1, 3) == 0)
        return 0;
    return 4 + cw_number_little(p + 1, 3);
}

static bool is_whole_voc(const uint8_t *p, size_t n)
{
    return n < 22 || has_all_from(p, n, cw_number_little(p + 20, 2), voc_length);
}

/* --- Matroska, WebM: RFC 8794 4 to 6 ------------------------------------------------------------
 */

/* How many bytes a number has, by its first one; 0: more than `most`. */
static unsigned vint_length(uint8_t first, unsigned most)
{
    unsigned length = 1;
    while (length <= most && (first & 0x80 >> (length - 1)) == 0)
        length++;
    return length <= most ? length : 0;
}

/* Of an element without a length, its head: what is in it follows. */
static uint64_t element_length(const uint8_t *p, size_t n)
{
    const unsigned id = vint_length(p[0], 4);
    const unsigned more = id != 0 && id < n ? vint_length(p[id], 8) : 0;
    if (more == 0)
        return 0;
    if (id + more > n)
        return n + 1;
    const uint64_t mask = (UINT64_C(1) << 7 * more) - 1, size = cw_number_big(p + id, more) & mask;
    return id + more + (size == mask ? 0 : size);
}

static bool is_whole_matroska(const uint8_t *p, size_t n)
{
    return has_all(p, n, element_length);
}

/* --- all -------------------------------------------------------------------------------------- */

static const struct {
    size_t at;
    const char *word;
    bool (*is_whole)(const uint8_t *p, size_t n);
} formats[] = {{0, "RIFF", is_whole_riff},
               {0, "RF64", is_whole_rf64},
               {0, "riff\x2e\x91\xcf\x11", is_whole_w64},
               {0, "FORM", is_whole_form},
               {0, ".snd", is_whole_au},
               {0, ".SoX", is_whole_sox},
               {4, "ftyp", is_whole_mp4},
               {4, "moov", is_whole_mp4},
               {4, "wide", is_whole_mp4},
               {4, "mdat", is_whole_mp4},
               {0, "caff", is_whole_caf},
               {0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", is_whole_asf},
               {0, "FLV\x01", is_whole_flv},
               {0, "Creative Voice File\x1a", is_whole_voc},
               {0, "\x1a\x45\xdf\xa3", is_whole_matroska},
               {0, "\x47", is_whole_ts}};

bool whole_size(const uint8_t *file, size_t n)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (has_word(file, n, formats[i].at, formats[i].word))
            return formats[i].is_whole(file, n);
    return true;
}
