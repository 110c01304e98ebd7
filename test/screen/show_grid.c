/* show_grid.c - see show_grid.h. */
#include "show_grid.h"

#include <stdio.h>
#include <string.h>

static void add_row(const struct cw_grid *grid, unsigned row, struct cw_buf *out)
{
    cw_buf_append_str(out, "    |");
    size_t begin = out->n;
    for (unsigned column = 0; column < grid->columns; column++) {
        const struct cw_cell *cell = &grid->cells[row * grid->columns + column];
        if (cell->n == 0 && cell->columns == 1)
            cw_buf_append_byte(out, ' ');
        cw_buf_append(out, cell->text, cell->n);
    }
    while (out->n > begin && out->p[out->n - 1] == ' ')
        out->n--;
    cw_buf_append_byte(out, '\n');
}

static char letter_of(unsigned style)
{
    unsigned colour = style & CW_STYLE_COLOUR;
    return (style & CW_STYLE_REVERSE) != 0 ? 'r'
           : (style & CW_STYLE_DIM) != 0   ? 'd'
           : (style & CW_STYLE_BOLD) != 0  ? 'b'
           : colour >= CW_NAME             ? 'n'
           : colour != 0                   ? (char)('0' + colour)
                                           : '.';
}

static void add_styles(const struct cw_grid *grid, unsigned row, struct cw_buf *out)
{
    cw_buf_append_str(out, "    |");
    for (unsigned column = 0; column < grid->columns; column++)
        cw_buf_append_byte(out,
                           (uint8_t)letter_of(grid->cells[row * grid->columns + column].style));
    cw_buf_append_byte(out, '\n');
}

static void add_place_of_picture(const struct cw_grid_picture *picture, struct cw_buf *out)
{
    char text[100];
    snprintf(text, sizeof text, "    picture %u at %u %u, %ux%u\n", (unsigned)picture->id,
             picture->row, picture->column, picture->columns, picture->rows);
    cw_buf_append_str(out, text);
}

void show_grid(const struct cw_grid *grid, bool styles, struct cw_buf *out)
{
    char cursor[64];
    for (unsigned row = 0; row < grid->rows; row++)
        if (styles)
            add_styles(grid, row, out);
        else
            add_row(grid, row, out);
    snprintf(cursor, sizeof cursor, "    cursor %u %u\n", grid->cursor_row, grid->cursor_column);
    cw_buf_append_str(out, cursor);
    for (size_t i = 0; i < grid->picture_count; i++)
        add_place_of_picture(&grid->pictures[i], out);
}
