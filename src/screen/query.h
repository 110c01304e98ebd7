/* query.h - what is typed at Ctrl+k, Alt+h and Ctrl+r: letters of a conversation's name, or of an
 * earlier line; words that the server searches. control.c gives it the keys. */
#ifndef CW_SCREEN_QUERY_H
#define CW_SCREEN_QUERY_H

#include "screen/screen.h"

void cw_query_begin(struct cw_screen *screen, enum cw_screen_mode mode);
void cw_query_key(struct cw_screen *screen, const struct cw_key *key);
/* Searches these words at once. */
void cw_query_search(struct cw_screen *screen, const char *words);
/* Is the line at the bottom a query? */
bool cw_query_is_open(const struct cw_screen *screen);

#endif
