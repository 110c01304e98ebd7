/* input.h - the rows of the line that is being written. draw.c calls it. */
#ifndef CW_SCREEN_INPUT_H
#define CW_SCREEN_INPUT_H

#include "screen/screen.h"

/* How many rows the text takes in so many columns, the cursor's place included. */
unsigned cw_input_rows(const struct cw_edit *edit, const char *prompt, unsigned columns);

/* Draws it into the last `rows` rows of the grid, scrolled to the cursor, which is set. */
void cw_input_draw(const struct cw_edit *edit, const char *prompt, struct cw_grid *grid,
                   unsigned rows);

#endif
