/* utf8.h - checks UTF-8 and counts its code points. */
#ifndef CW_BASE_UTF8_H
#define CW_BASE_UTF8_H

#include "base/slice.h"

/* Valid UTF-8 as RFC 3629 has it: no surrogates, no overlong forms, nothing
 * beyond U+10FFFF. */
bool cw_utf8_valid(struct cw_slice s);

/* Bytes at the begin that are valid UTF-8 by themselves. *cut: the rest, up to three bytes, may
 * become valid when more comes; else it is wrong, or empty. */
size_t cw_utf8_valid_prefix(struct cw_slice s, bool *cut);

/* Code points in valid UTF-8. */
size_t cw_utf8_count(struct cw_slice s);

#endif
