/* matches.h - what the letters that were typed at Ctrl+k or Ctrl+r find: conversations, or lines of
 * the history. draw.c shows them, control.c takes one. */
#ifndef CW_SCREEN_MATCHES_H
#define CW_SCREEN_MATCHES_H

#include "screen/screen.h"

size_t cw_match_count(const struct cw_screen *screen);
/* The i-th, from 0, below the count. It lives as long as what it names. */
const char *cw_match_at(const struct cw_screen *screen, size_t i);

#endif
