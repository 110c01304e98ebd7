/* encode.c - see encode.h. */
#include "screen/encode.h"

#include <stdio.h>
#include <string.h>

#include "text/shown.h"

/* Where the terminal is while a grid is written. */
struct writing {
    struct cw_encode *encode;
    const struct cw_grid *grid;
    struct cw_buf *out;
    bool begun;
    bool placed; /* the cursor is known to be at row and column */
    unsigned row, column;
    unsigned style; /* of what was written last, ... */
    unsigned link;  /* ... and where that leads */
};

#define NO_STYLE UINT32_MAX

void cw_encode_forget(struct cw_encode *encode)
{
    cw_grid_finish(&encode->before);
}

/* --- parts ---------------------------------------------------------------------------------- */

/* The cursor is hidden meanwhile, and terminals that can (mode 2026) show all of it at once. */
static void begin_writing(struct writing *writing)
{
    if (!writing->begun)
        cw_buf_append_str(writing->out, "\x1b[?2026h\x1b[?25l");
    writing->begun = true;
}

static void put_place(struct cw_buf *out, unsigned row, unsigned column)
{
    char text[40];
    snprintf(text, sizeof text, "\x1b[%u;%uH", row + 1, column + 1);
    cw_buf_append_str(out, text);
}

static void go_to(struct writing *writing, unsigned row, unsigned column)
{
    if (writing->placed && writing->row == row && writing->column == column)
        return;
    put_place(writing->out, row, column);
    writing->placed = true;
    writing->row = row;
    writing->column = column;
}

static void put_link(struct writing *writing, unsigned link)
{
    char begin[40];
    if (!writing->encode->links || writing->link == link)
        return;
    writing->link = link;
    if (link == 0) {
        cw_buf_append_str(writing->out, "\x1b]8;;\x1b\\");
        return;
    }
    snprintf(begin, sizeof begin, "\x1b]8;id=%u;", link);
    cw_buf_append_str(writing->out, begin);
    cw_buf_append_str(writing->out, cw_grid_link_at(writing->grid, link));
    cw_buf_append_str(writing->out, "\x1b\\");
}

static void put_style(struct writing *writing, unsigned style)
{
    if (writing->style == style)
        return;
    writing->style = style;
    cw_ink_write(writing->encode->theme, writing->encode->depth, style, writing->out);
}

/* What the screen draws that is not ASCII, for a terminal that has no more. */
static char plain_character(const struct cw_cell *cell)
{
    static const char heights[] = "_.-~=+*#"; /* of the blocks U+2581 to U+2588 */
    static const struct {
        char text[4];
        char plain;
    } plains[] = {
        {"\xe2\x94\x80", '-'}, {"\xe2\x94\x82", '|'}, {"\xe2\x80\xa6", '.'}, {"\xe2\x99\xaa", '*'}};
    for (size_t i = 0; i < sizeof plains / sizeof plains[0]; i++)
        if (cell->n == strlen(plains[i].text) && memcmp(cell->text, plains[i].text, cell->n) == 0)
            return plains[i].plain;
    unsigned block = cell->n == 3 ? (unsigned)(uint8_t)cell->text[2] - 0x81u : 8;
    if (block < 8 && memcmp(cell->text, "\xe2\x96", 2) == 0)
        return heights[block];
    return cell->n == 0 ? ' ' : '?';
}

/* One column on every terminal: ASCII; letters of Latin, Greek and Cyrillic, U+00C0 to U+053F, and
 * lines of boxes, U+2500 to U+257F, without marks. */
static bool is_sure(const struct cw_cell *cell)
{
    const uint8_t *p = (const uint8_t *)cell->text;
    return cell->n <= 1 || (cell->n == 2 && p[0] >= 0xc3 && p[0] <= 0xd4) ||
           (cell->n == 3 && p[0] == 0xe2 && (p[1] == 0x94 || p[1] == 0x95));
}

/* Behind others the terminal may have counted other columns than the grid has. */
static void put_cell(struct writing *writing, const struct cw_cell *cell)
{
    struct cw_buf *out = writing->out;
    bool ascii = cell->n == 1;
    if (ascii || (writing->encode->utf8 && cell->n != 0))
        cw_buf_append(out, cell->text, cell->n);
    else
        cw_buf_append_byte(out, (uint8_t)plain_character(cell));
    if (!writing->encode->utf8 && cell->columns == 2)
        cw_buf_append_byte(out, ' ');
    writing->column += cell->columns;
    writing->placed =
        (!writing->encode->utf8 || is_sure(cell)) && writing->column < writing->grid->columns;
}

/* --- what has changed ----------------------------------------------------------------------- */

static bool has_same_links(const struct cw_grid *a, const struct cw_grid *b)
{
    return a->links.n == b->links.n &&
           (a->links.n == 0 || memcmp(a->links.p, b->links.p, a->links.n) == 0);
}

static bool is_cell_changed(const struct writing *writing, size_t at, bool same_links)
{
    const struct cw_cell *before = &writing->encode->before.cells[at];
    const struct cw_cell *cell = &writing->grid->cells[at];
    return memcmp(before, cell, sizeof *cell) != 0 || (cell->link != 0 && !same_links);
}

static void encode_row(struct writing *writing, unsigned row, bool same_links)
{
    const struct cw_grid *grid = writing->grid;
    for (unsigned column = 0; column < grid->columns; column++) {
        size_t at = (size_t)row * grid->columns + column;
        const struct cw_cell *cell = &grid->cells[at];
        bool changed = is_cell_changed(writing, at, same_links) ||
                       (cell->columns == 2 && is_cell_changed(writing, at + 1, same_links));
        if (cell->columns == 0 || !changed)
            continue;
        begin_writing(writing);
        go_to(writing, row, column);
        put_link(writing, cell->link);
        put_style(writing, cell->style);
        put_cell(writing, cell);
    }
}

/* --- pictures ------------------------------------------------------------------------------- */

/* kitty's terminal graphics protocol, "The transmission medium": 4096 bytes of base64 a piece. */
#define PIECE_BYTES 3072

static void put_base64(const uint8_t *p, size_t n, struct cw_buf *out)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t at = 0; at < n; at += 3) {
        size_t left = n - at;
        uint32_t bits = (uint32_t)p[at] << 16 | (left > 1 ? (uint32_t)p[at + 1] << 8 : 0) |
                        (left > 2 ? p[at + 2] : 0);
        uint8_t text[4] = {(uint8_t)letters[bits >> 18], (uint8_t)letters[bits >> 12 & 63],
                           left > 1 ? (uint8_t)letters[bits >> 6 & 63] : '=',
                           left > 2 ? (uint8_t)letters[bits & 63] : '='};
        cw_buf_append(out, text, sizeof text);
    }
}

void cw_encode_picture(uint32_t id, struct cw_slice png, struct cw_buf *out)
{
    char begin[80];
    for (size_t at = 0; at < png.n; at += PIECE_BYTES) {
        size_t n = png.n - at < PIECE_BYTES ? png.n - at : PIECE_BYTES;
        bool more = at + n < png.n;
        if (at == 0)
            snprintf(begin, sizeof begin, "\x1b_Ga=t,f=100,i=%u,q=2,m=%d;", id, more);
        else
            snprintf(begin, sizeof begin, "\x1b_Gm=%d;", more);
        cw_buf_append_str(out, begin);
        put_base64(png.p + at, n, out);
        cw_buf_append_str(out, "\x1b\\");
    }
}

static bool has_same_pictures(const struct cw_grid *a, const struct cw_grid *b)
{
    return a->picture_count == b->picture_count &&
           memcmp(a->pictures, b->pictures, a->picture_count * sizeof a->pictures[0]) == 0;
}

/* All are taken away, and put where they are now. */
static void write_pictures(struct writing *writing)
{
    const struct cw_grid *grid = writing->grid;
    char text[100];
    if (has_same_pictures(&writing->encode->before, grid))
        return;
    begin_writing(writing);
    cw_buf_append_str(writing->out, "\x1b_Ga=d,d=a,q=2\x1b\\");
    for (size_t i = 0; i < grid->picture_count; i++) {
        const struct cw_grid_picture *picture = &grid->pictures[i];
        put_place(writing->out, picture->row, picture->column);
        snprintf(text, sizeof text, "\x1b_Ga=p,i=%u,c=%u,r=%u,C=1,q=2\x1b\\", picture->id,
                 picture->columns, picture->rows);
        cw_buf_append_str(writing->out, text);
    }
    writing->placed = false;
}

/* --- all of it ------------------------------------------------------------------------------ */

/* The terminal is empty then, and known. Where there are pictures, which go with what is cleared,
 * each cell is written instead. */
static void clear_terminal(struct writing *writing)
{
    struct cw_encode *encode = writing->encode;
    begin_writing(writing);
    cw_buf_append_str(writing->out, encode->pictures ? "\x1b[0m" : "\x1b[0m\x1b[2J");
    cw_grid_finish(&encode->before);
    cw_grid_resize(&encode->before, writing->grid->rows, writing->grid->columns);
    if (encode->pictures) {
        size_t count = (size_t)writing->grid->rows * writing->grid->columns;
        memset(encode->before.cells, 0xff, count * sizeof *encode->before.cells);
        encode->before.picture_count = SIZE_MAX;
    }
    encode->drawn = encode->theme;
}

static void keep_grid(struct cw_grid *before, const struct cw_grid *grid)
{
    memcpy(before->cells, grid->cells, (size_t)grid->rows * grid->columns * sizeof *grid->cells);
    before->links.n = 0;
    cw_buf_append(&before->links, grid->links.p, grid->links.n);
    memcpy(before->pictures, grid->pictures, sizeof grid->pictures);
    before->picture_count = grid->picture_count;
    before->cursor_row = grid->cursor_row;
    before->cursor_column = grid->cursor_column;
}

void cw_encode_grid(struct cw_encode *encode, const struct cw_grid *grid, struct cw_buf *out)
{
    struct writing writing = {.encode = encode, .grid = grid, .out = out, .style = NO_STYLE};
    struct cw_grid *before = &encode->before;
    bool known = before->cells != NULL && before->rows == grid->rows &&
                 before->columns == grid->columns && encode->drawn == encode->theme;
    if (!known)
        clear_terminal(&writing);
    bool same_links = has_same_links(before, grid);
    for (unsigned row = 0; row < grid->rows; row++)
        encode_row(&writing, row, same_links);
    put_link(&writing, 0);
    write_pictures(&writing);
    if (writing.begun)
        cw_buf_append_str(out, "\x1b[0m");
    if (writing.begun || before->cursor_row != grid->cursor_row ||
        before->cursor_column != grid->cursor_column)
        put_place(out, grid->cursor_row, grid->cursor_column);
    if (writing.begun)
        cw_buf_append_str(out, "\x1b[?25h\x1b[?2026l");
    keep_grid(before, grid);
}

void cw_encode_text(const char *text, bool utf8, struct cw_buf *out)
{
    struct cw_slice all = cw_slice_str(text);
    struct cw_shown shown;
    for (size_t at = 0; at < all.n; at += shown.used) {
        shown = cw_shown_at(all, at);
        if (shown.kind == CW_SHOWN_LINE || shown.kind == CW_SHOWN_TAB)
            cw_buf_append_byte(out, ' ');
        else if (shown.kind == CW_SHOWN_CHARACTER && shown.c == ';')
            cw_buf_append_byte(out, ',');
        else if (shown.kind == CW_SHOWN_CHARACTER && shown.n > 1 && !utf8)
            cw_buf_append_byte(out, '?'); /* its bytes may be controls there */
        else if (shown.kind == CW_SHOWN_CHARACTER)
            cw_buf_append(out, shown.text, shown.n);
    }
}
