/* unicode.h - what utf8proc does not say about characters.
 *
 * Pure. The tables (unicode_tables.h) are written by tools/unicode. */
#ifndef CW_TEXT_UNICODE_H
#define CW_TEXT_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Of Unicode's data, and of what is made of it: keys and looks of names that another
 * version made are to be made anew. */
extern const char cw_unicode_version[];

bool cw_unicode_is_punctuation(int32_t c);
bool cw_unicode_is_mark(int32_t c);
/* Default-ignorable, or blank though no white space: it shows nothing. */
bool cw_unicode_is_invisible(int32_t c);
/* Of a script that is written without spaces, or (Korean) with them at other places
 * than between words. */
bool cw_unicode_is_unspaced(int32_t c);
/* An emoji or another picture; or half of a flag. */
bool cw_unicode_is_picture(int32_t c);

/* What c looks like (UTS 39): its prototype as UTF-8, at most CW_LOOK_BYTES_MAX;
 * returns how many bytes, 0: like nothing but itself. */
#define CW_LOOK_BYTES_MAX 64
size_t cw_unicode_look(int32_t c, uint8_t out[CW_LOOK_BYTES_MAX]);

#endif
