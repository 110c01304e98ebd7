/* slash.h - lines that begin with a slash. control.c calls it, complete.c reads the names. */
#ifndef CW_SCREEN_SLASH_H
#define CW_SCREEN_SLASH_H

#include "screen/screen.h"

/* Carries out a line without its slash; blanks at its end are cut off. What is wrong with it is
 * said in a notice, and the line stays. False: it stays. */
bool cw_slash_run(struct cw_screen *screen, char *line);

/* The i-th name, of this table and then of the command line's; NULL: there are no more. */
const char *cw_slash_name(const struct cw_screen *screen, size_t i);
/* The arguments of a command of this table, as /help shows them; NULL: it is none. */
const char *cw_slash_arguments(struct cw_slice name);

#endif
