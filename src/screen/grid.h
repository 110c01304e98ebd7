/* grid.h - the cells of a terminal, as text: what is drawn into them, and nothing of how it gets to
 * a terminal. Pure. */
#ifndef CW_SCREEN_GRID_H
#define CW_SCREEN_GRID_H

#include <stdbool.h>

#include "base/buf.h"

/* A colour in the low bits, 0: that of all texts, and what else there is; ink.h says how each
 * looks.
 */
#define CW_STYLE_COLOUR    31u
#define CW_STYLE_BOLD      32u
#define CW_STYLE_DIM       64u
#define CW_STYLE_REVERSE   128u /* of a bar, or chosen among others */
#define CW_STYLE_UNDERLINE 256u

enum cw_colour {
    CW_PLAIN,
    CW_RED,
    CW_GREEN,
    CW_YELLOW,
    CW_BLUE,
    CW_MAGENTA,
    CW_CYAN,
    CW_NAME /* the first of the twelve colours of names */
};
#define CW_NAMES 12u

#define CW_CELL_BYTES 16
struct cw_cell {
    char text[CW_CELL_BYTES]; /* a character of UTF-8 and at most three marks */
    uint8_t n;                /* bytes; 0: a blank, or the right half of a wide character */
    uint8_t columns;          /* 1, 2; 0: the right half */
    uint16_t style;
    uint16_t link; /* cw_grid_link_at has where it leads; 0: nowhere */
};

/* A picture over cells, by the terminal's own number of it. */
struct cw_grid_picture {
    uint32_t id;
    unsigned row, column, rows, columns;
};
#define CW_GRID_PICTURES_MAX 8u

#define CW_GRID_ROWS_MAX    500u
#define CW_GRID_COLUMNS_MAX 1000u
struct cw_grid {
    unsigned rows, columns;
    struct cw_cell *cells;
    unsigned cursor_row, cursor_column;
    struct cw_buf links; /* a zero behind each */
    uint16_t link_count, link;
    struct cw_grid_picture pictures[CW_GRID_PICTURES_MAX];
    size_t picture_count;
};

/* A part of a grid: rows and columns from the first up to, without, the second. */
struct cw_area {
    unsigned top, bottom, left, right;
};

/* A zeroed grid may be resized. Sizes over the maximum are cut, and 0 becomes 1. All cells are
 * blank then. */
void cw_grid_resize(struct cw_grid *grid, unsigned rows, unsigned columns);
void cw_grid_clear(struct cw_grid *grid);
void cw_grid_finish(struct cw_grid *grid);

/* Writes foreign text (text/shown.h) from a column on, up to column `end`, and returns the column
 * behind it. New lines and tabs are blanks. Outside of the grid nothing is written. */
unsigned cw_grid_put(struct cw_grid *grid, unsigned row, unsigned column, unsigned end,
                     struct cw_slice text, unsigned style);
unsigned cw_grid_put_str(struct cw_grid *grid, unsigned row, unsigned column, unsigned end,
                         const char *text, unsigned style);
/* Gives cells a style, and what is blank there, too. */
void cw_grid_style(struct cw_grid *grid, unsigned row, unsigned column, unsigned end,
                   unsigned style);

/* What is written from now on leads there; an empty one: nowhere. */
void cw_grid_link(struct cw_grid *grid, struct cw_slice link);
const char *cw_grid_link_at(const struct cw_grid *grid, unsigned link);

/* How many columns foreign text takes in one line. */
size_t cw_grid_width(struct cw_slice text);
/* Where a line of `width` columns ends that begins at text.p[at]: at a blank if there is one,
 * before a new line in any case. *next: where the next one begins. */
size_t cw_grid_wrap(struct cw_slice text, size_t at, size_t width, size_t *next);

#endif
