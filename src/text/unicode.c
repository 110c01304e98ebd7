/* unicode.c - see unicode.h. */
#include "text/unicode.h"

#include <string.h>

#include <utf8proc.h>

#include "text/unicode_tables.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The last number grows with each change of the rules in name.c and look.c. */
const char cw_unicode_version[] = UNICODE_TABLES_VERSION "/1";

static bool is_in(const uint32_t set[][2], size_t count, int32_t c)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((uint32_t)c > set[middle][1])
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && (uint32_t)c >= set[low][0];
}

bool cw_unicode_is_punctuation(int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

bool cw_unicode_is_mark(int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}

bool cw_unicode_is_invisible(int32_t c)
{
    /* The empty Braille cell, the place of an object, the Khitan filler, the null notehead. */
    return c == 0x2800 || c == 0xfffc || c == 0x16fe4 || c == 0x1d159 ||
           is_in(ignorable, COUNT(ignorable), c);
}

bool cw_unicode_is_unspaced(int32_t c)
{
    return c >= 0xe00 && is_in(unspaced, COUNT(unspaced), c);
}

bool cw_unicode_is_picture(int32_t c)
{
    return c >= 0x80 && is_in(pictures, COUNT(pictures), c);
}

bool cw_unicode_is_emoji(int32_t c)
{
    return is_in(emoji, COUNT(emoji), c);
}

bool cw_unicode_is_shown_as_emoji(int32_t c)
{
    return is_in(shown_as_emoji, COUNT(shown_as_emoji), c);
}

bool cw_unicode_is_emoji_base(int32_t c)
{
    return is_in(emoji_bases, COUNT(emoji_bases), c);
}

size_t cw_unicode_look(int32_t c, uint8_t out[CW_LOOK_BYTES_MAX])
{
    size_t low = 0, high = COUNT(looks);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((uint32_t)c >= looks[middle].first + (uint32_t)looks[middle].count)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == COUNT(looks) || (uint32_t)c < looks[low].first)
        return 0;
    if (looks[low].like >= 0)
        return (size_t)utf8proc_encode_char(looks[low].like + c - (int32_t)looks[low].first, out);
    const char *several = look_pool + (-looks[low].like - 1);
    size_t n = strlen(several);
    memcpy(out, several, n);
    return n;
}
