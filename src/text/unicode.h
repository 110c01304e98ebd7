/* unicode.h - properties of characters that utf8proc does not have.
 *
 * Pure. The tables (unicode_tables.h) are written by tools/unicode. */
#ifndef CW_TEXT_UNICODE_H
#define CW_TEXT_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* The version of Unicode's data and of the rules that use it. Keys and looks of names that another
 * version made must be computed again. */
extern const char cw_unicode_version[];

bool cw_unicode_is_punctuation(int32_t c);
bool cw_unicode_is_mark(int32_t c);
/* Default-ignorable, or blank without being white space. */
bool cw_unicode_is_invisible(int32_t c);
/* Belongs to a script that is written without spaces between words, or (Korean) with spaces at
 * other places. */
bool cw_unicode_is_unspaced(int32_t c);
/* An emoji or another pictograph, or half of a flag. */
bool cw_unicode_is_picture(int32_t c);
/* UTS 51: an emoji; one that is shown as a picture without U+FE0F behind it; one that takes a tone
 * of skin. */
bool cw_unicode_is_emoji(int32_t c);
bool cw_unicode_is_shown_as_emoji(int32_t c);
bool cw_unicode_is_emoji_base(int32_t c);

/* What c looks like (UTS 39): writes its prototype as UTF-8, at most CW_LOOK_BYTES_MAX bytes, and
 * returns their number; 0: c is its own prototype. */
#define CW_LOOK_BYTES_MAX 64
size_t cw_unicode_look(int32_t c, uint8_t out[CW_LOOK_BYTES_MAX]);

#endif
