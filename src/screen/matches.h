/* matches.h - what the letters or words of a query (query.h) find: conversations, lines of the
 * history, messages. draw.c shows them, query.c takes one. */
#ifndef CW_SCREEN_MATCHES_H
#define CW_SCREEN_MATCHES_H

#include "screen/screen.h"

size_t cw_match_count(const struct cw_screen *screen);
/* The i-th conversation or line, from 0; NULL: there are not so many. It lives as long as what it
 * names. */
const char *cw_match_at(const struct cw_screen *screen, size_t i);
/* How the i-th is shown; of a message: when, where, who, what. */
void cw_match_write(const struct cw_screen *screen, size_t i, struct cw_buf *out);
/* What is to be said where nothing can be chosen: searching, found nothing. NULL: nothing. */
const char *cw_match_notice(const struct cw_screen *screen);

/* What the server says of the words that stand there; NULL: these were not searched. */
const struct cw_found *cw_match_found(const struct cw_screen *screen);

#endif
