/* grid.c - see grid.h. */
#include "screen/grid.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "text/shown.h"

/* Marks on one character; more would grow over other lines. */
#define MARKS_MAX 3

static unsigned bounded(unsigned value, unsigned most)
{
    return value == 0 ? 1 : value > most ? most : value;
}

void cw_grid_clear(struct cw_grid *grid)
{
    size_t count = (size_t)grid->rows * grid->columns;
    memset(grid->cells, 0, count * sizeof *grid->cells);
    for (size_t i = 0; i < count; i++)
        grid->cells[i].columns = 1;
    grid->cursor_row = grid->cursor_column = 0;
    grid->links.n = 0;
    grid->link_count = grid->link = 0;
    grid->picture_count = 0;
}

void cw_grid_resize(struct cw_grid *grid, unsigned rows, unsigned columns)
{
    grid->rows = bounded(rows, CW_GRID_ROWS_MAX);
    grid->columns = bounded(columns, CW_GRID_COLUMNS_MAX);
    grid->cells = cw_realloc(grid->cells, (size_t)grid->rows * grid->columns * sizeof *grid->cells);
    cw_grid_clear(grid);
}

void cw_grid_finish(struct cw_grid *grid)
{
    free(grid->cells);
    cw_buf_finish(&grid->links);
    *grid = (struct cw_grid){.rows = 0};
}

/* --- writing -------------------------------------------------------------------------------- */

static struct cw_cell *cell_at(struct cw_grid *grid, unsigned row, unsigned column)
{
    return &grid->cells[(size_t)row * grid->columns + column];
}

/* Half of a wide character that is written over becomes a blank, with its other half. */
static void wipe_cell(struct cw_grid *grid, unsigned row, unsigned column)
{
    struct cw_cell *cell = cell_at(grid, row, column);
    if (cell->columns == 0 && column > 0)
        cell[-1] = (struct cw_cell){.columns = 1, .style = cell[-1].style};
    if (cell->columns == 2 && column + 1 < grid->columns)
        cell[1] = (struct cw_cell){.columns = 1, .style = cell[1].style};
    *cell = (struct cw_cell){.columns = 1};
}

static void write_cell(struct cw_grid *grid, unsigned row, unsigned column,
                       const struct cw_shown *shown, unsigned style)
{
    bool wide = shown->columns == 2;
    for (unsigned i = 0; i <= wide; i++)
        wipe_cell(grid, row, column + i);
    struct cw_cell *cell = cell_at(grid, row, column);
    memcpy(cell->text, shown->text, shown->n);
    cell->n = (uint8_t)shown->n;
    cell->columns = (uint8_t)(wide ? 2 : 1);
    cell->style = (uint16_t)style;
    cell->link = grid->link;
    if (wide)
        cell[1] = (struct cw_cell){.columns = 0, .style = (uint16_t)style, .link = grid->link};
}

/* Puts a mark to the character before it in the row. */
static void add_mark(struct cw_grid *grid, unsigned row, unsigned column, unsigned begin,
                     const struct cw_shown *shown)
{
    if (column <= begin)
        return;
    struct cw_cell *cell = cell_at(grid, row, column - 1);
    if (cell->columns == 0)
        cell--;
    unsigned marks = 0;
    for (unsigned i = 1; i < cell->n; i++)
        marks += ((uint8_t)cell->text[i] & 0xc0) != 0x80;
    if (cell->n == 0 || marks == MARKS_MAX || cell->n + shown->n > CW_CELL_BYTES)
        return;
    memcpy(cell->text + cell->n, shown->text, shown->n);
    cell->n = (uint8_t)(cell->n + shown->n);
}

static unsigned put_escaped(struct cw_grid *grid, unsigned row, unsigned column, unsigned end,
                            const struct cw_shown *shown, unsigned style)
{
    for (size_t i = 0; i < shown->n && column < end; i++, column++) {
        struct cw_shown one = {.n = 1, .columns = 1};
        one.text[0] = shown->text[i];
        write_cell(grid, row, column, &one, style);
    }
    return column;
}

static unsigned put_shown(struct cw_grid *grid, unsigned row, unsigned column, unsigned end,
                          struct cw_shown *shown, unsigned style)
{
    if (shown->kind == CW_SHOWN_ESCAPED)
        return put_escaped(grid, row, column, end, shown, style);
    if (shown->kind == CW_SHOWN_LINE || shown->kind == CW_SHOWN_TAB) {
        shown->text[0] = ' ';
        shown->n = shown->columns = 1;
    }
    if (column + shown->columns > end)
        return end;
    write_cell(grid, row, column, shown, style);
    return column + (unsigned)shown->columns;
}

unsigned cw_grid_put(struct cw_grid *grid, unsigned row, unsigned column, unsigned end,
                     struct cw_slice text, unsigned style)
{
    unsigned begin = column;
    if (end > grid->columns)
        end = grid->columns;
    struct cw_shown shown;
    for (size_t at = 0; row < grid->rows && column <= end && at < text.n; at += shown.used) {
        shown = cw_shown_at(text, at);
        if (shown.kind == CW_SHOWN_MARK)
            add_mark(grid, row, column, begin, &shown);
        else if (shown.kind != CW_SHOWN_NOTHING && column == end)
            break;
        else if (shown.kind != CW_SHOWN_NOTHING)
            column = put_shown(grid, row, column, end, &shown, style);
    }
    return column;
}

unsigned cw_grid_put_str(struct cw_grid *grid, unsigned row, unsigned column, unsigned end,
                         const char *text, unsigned style)
{
    return cw_grid_put(grid, row, column, end, cw_slice_str(text), style);
}

void cw_grid_style(struct cw_grid *grid, unsigned row, unsigned column, unsigned end,
                   unsigned style)
{
    for (; row < grid->rows && column < end && column < grid->columns; column++)
        cell_at(grid, row, column)->style = (uint16_t)style;
}

const char *cw_grid_link_at(const struct cw_grid *grid, unsigned link)
{
    const char *text = (const char *)grid->links.p;
    while (link-- > 1)
        text += strlen(text) + 1;
    return text;
}

void cw_grid_link(struct cw_grid *grid, struct cw_slice link)
{
    grid->link = 0;
    if (link.n == 0 || grid->link_count == UINT16_MAX)
        return;
    bool again = grid->link_count != 0 &&
                 cw_slice_eq(cw_slice_str(cw_grid_link_at(grid, grid->link_count)), link);
    if (!again) { /* else it goes on in the next row */
        cw_buf_append(&grid->links, link.p, link.n);
        cw_buf_append_byte(&grid->links, 0);
        grid->link_count++;
    }
    grid->link = grid->link_count;
}

/* --- measuring ------------------------------------------------------------------------------ */

static size_t columns_of(const struct cw_shown *shown)
{
    return shown->kind == CW_SHOWN_TAB || shown->kind == CW_SHOWN_LINE ? 1 : shown->columns;
}

size_t cw_grid_width(struct cw_slice text)
{
    size_t width = 0;
    struct cw_shown shown;
    for (size_t at = 0; at < text.n; at += shown.used) {
        shown = cw_shown_at(text, at);
        width += columns_of(&shown);
    }
    return width;
}

size_t cw_grid_wrap(struct cw_slice text, size_t at, size_t width, size_t *next)
{
    size_t begin = at, used = 0, blank = at;
    struct cw_shown shown;
    for (; at < text.n; at += shown.used) {
        shown = cw_shown_at(text, at);
        if (shown.kind == CW_SHOWN_LINE) {
            *next = at + shown.used;
            return at;
        }
        bool is_blank = text.p[at] == ' ' || shown.kind == CW_SHOWN_TAB;
        if (used + columns_of(&shown) > width && at > begin && !is_blank) {
            *next = blank > begin ? blank : at;
            return *next;
        }
        used += columns_of(&shown);
        if (is_blank)
            blank = at + shown.used;
    }
    *next = text.n;
    return text.n;
}
