/* emoji.h - is a text one emoji, and in which spelling is it stored?
 *
 * Pure; for reactions. The grammar is that of UTS 51, 1.4.9, made stricter: one emoji, or up to
 * CW_EMOJI_JOINED_MAX of them that U+200D joins; behind an emoji U+FE0F, or a tone of skin where it
 * takes one; the keys 0 to 9, # and * with U+20E3; flags as two regional indicators, or as the
 * black flag and tags. */
#ifndef CW_TEXT_EMOJI_H
#define CW_TEXT_EMOJI_H

#include "base/limits.h"
#include "base/slice.h"

/* One emoji as UTF-8. */
struct cw_emoji {
    uint8_t p[CW_EMOJI_BYTES_MAX];
    size_t n;
};

/* Is `text`, valid UTF-8, one emoji? Then it is in *emoji as Unicode recommends it (fully
 * qualified): with U+FE0F where it is needed to show a picture, and without it elsewhere. So two
 * spellings of one emoji become the same bytes. */
bool cw_emoji_read(struct cw_slice text, struct cw_emoji *emoji);

#endif
