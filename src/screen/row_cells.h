/* row_cells.h - a row of a conversation (rows.h) as cells: time, name, mark, text, links, waves.
 * Which rows are shown, and where, is view.c's business, which calls it. Pure. */
#ifndef CW_SCREEN_ROW_CELLS_H
#define CW_SCREEN_ROW_CELLS_H

#include "screen/screen.h"

/* The columns before a text: with rows for senders a mark alone, else time, name and mark. */
unsigned cw_row_indent(const struct cw_screen *screen);

/* Writes it into row `at` of the grid, in the columns of the area. */
void cw_row_write(struct cw_screen *screen, struct cw_grid *grid, unsigned at,
                  const struct cw_area *area, const struct cw_row *row);

#endif
