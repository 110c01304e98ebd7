/* input.c - see input.h. */
#include "screen/input.h"

#include "text/shown.h"

/* Walks over the text as it stands in rows. */
struct walk {
    struct cw_slice text;
    size_t at;
    unsigned row, column, columns; /* where the next character stands; a width */
    struct cw_shown shown;         /* the character at `at` */
};

static unsigned width_of(const struct cw_shown *shown)
{
    return shown->kind == CW_SHOWN_LINE  ? 0
           : shown->kind == CW_SHOWN_TAB ? 1
                                         : (unsigned)shown->columns;
}

/* Looks at the next character; false: the text is over. */
static bool look_at(struct walk *walk)
{
    bool more = walk->at < walk->text.n;
    unsigned width = 1; /* of the cursor behind the text */
    if (more) {
        walk->shown = cw_shown_at(walk->text, walk->at);
        width = width_of(&walk->shown);
    }
    if (walk->column + width > walk->columns && walk->column > 0) {
        walk->row++;
        walk->column = 0;
    }
    return more;
}

static void pass(struct walk *walk)
{
    walk->column += width_of(&walk->shown);
    walk->at += walk->shown.used;
    if (walk->shown.kind == CW_SHOWN_LINE) {
        walk->row++;
        walk->column = 0;
    }
}

static struct walk begin_walk(const struct cw_edit *edit, const char *prompt, unsigned columns)
{
    unsigned indent = (unsigned)cw_grid_width(cw_slice_str(prompt));
    return (struct walk){.text = cw_buf_slice(&edit->text),
                         .column = indent < columns ? indent : 0,
                         .columns = columns};
}

unsigned cw_input_rows(const struct cw_edit *edit, const char *prompt, unsigned columns)
{
    struct walk walk = begin_walk(edit, prompt, columns);
    while (look_at(&walk))
        pass(&walk);
    return walk.row + 1;
}

/* The row of the cursor among those of the text. */
static unsigned cursor_row(const struct cw_edit *edit, const char *prompt, unsigned columns)
{
    struct walk walk = begin_walk(edit, prompt, columns);
    while (look_at(&walk) && walk.at < edit->at)
        pass(&walk);
    return walk.row;
}

static void draw_character(struct cw_grid *grid, const struct walk *walk, unsigned top,
                           unsigned skipped)
{
    if (walk->row < skipped || walk->shown.kind == CW_SHOWN_LINE)
        return;
    struct cw_slice one = cw_slice_of(walk->text.p + walk->at, walk->shown.used);
    size_t next = walk->at + walk->shown.used;
    while (next < walk->text.n && cw_shown_at(walk->text, next).kind == CW_SHOWN_MARK)
        next += cw_shown_at(walk->text, next).used;
    one.n = next - walk->at;
    if (walk->shown.kind != CW_SHOWN_MARK)
        cw_grid_put(grid, top + walk->row - skipped, walk->column, grid->columns, one, CW_PLAIN);
}

void cw_input_draw(const struct cw_edit *edit, const char *prompt, struct cw_grid *grid,
                   unsigned rows)
{
    unsigned cursor = cursor_row(edit, prompt, grid->columns);
    unsigned skipped = cursor >= rows ? cursor - rows + 1 : 0, top = grid->rows - rows;
    struct walk walk = begin_walk(edit, prompt, grid->columns);
    bool set = false;
    if (skipped == 0 && walk.column != 0)
        cw_grid_put_str(grid, top, 0, grid->columns, prompt, CW_STYLE_BOLD);
    for (bool more = true; more; pass(&walk)) {
        more = look_at(&walk);
        if (walk.row - skipped >= rows && walk.row >= skipped)
            break;
        if (!set && walk.at >= edit->at) {
            grid->cursor_row = top + walk.row - skipped;
            grid->cursor_column = walk.column < grid->columns ? walk.column : grid->columns - 1;
            set = true;
        }
        if (!more)
            break;
        draw_character(grid, &walk, top, skipped);
    }
}
