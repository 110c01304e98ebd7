/* show_grid.h - the cells of a screen as rows of text, for transcripts. play_screen.c calls it. */
#ifndef CW_TEST_SCREEN_SHOW_GRID_H
#define CW_TEST_SCREEN_SHOW_GRID_H

#include "base/buf.h"
#include "screen/grid.h"

/* Each row indented, without blanks at its end, then the cursor. `styles`: a letter a cell instead,
 * r reverse, d dim, b bold, a digit the colour alone. */
void show_grid(const struct cw_grid *grid, bool styles, struct cw_buf *out);

#endif
