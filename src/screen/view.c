/* view.c - see view.h. */
#include "screen/view.h"

#include "chat/doing.h"
#include "screen/row_cells.h"
#include "screen/welcome.h"

/* From this width on time and sender stand before the text; below it above it. */
#define WIDE 56

/* --- which rows ----------------------------------------------------------------------------- */

static void make_rows(struct cw_screen *screen, struct cw_place *place)
{
    cw_rows_make(&screen->rows, place, &screen->form);
}

/* The index behind the last row that is shown. */
static size_t bottom_row(struct cw_screen *screen)
{
    const struct cw_rows *rows = &screen->rows;
    for (size_t i = rows->n; screen->back && i > 0; i--) {
        const struct cw_row *row = &rows->p[i - 1];
        if (row->line != NULL && row->line->uid == screen->anchor &&
            row->part <= screen->anchor_part)
            return i;
    }
    screen->back = false;
    return rows->n;
}

static void set_bottom(struct cw_screen *screen, size_t bottom)
{
    const struct cw_rows *rows = &screen->rows;
    size_t least = screen->height < rows->n ? screen->height : rows->n;
    if (bottom < least)
        bottom = least;
    screen->back = bottom < rows->n || cw_chat_current(screen->chat)->torn;
    if (!screen->back || bottom == 0)
        return;
    screen->anchor = rows->p[bottom - 1].line->uid;
    screen->anchor_part = rows->p[bottom - 1].part;
}

/* How far it can be is seen when it is drawn. */
static void scroll_notice(struct cw_screen *screen, int rows)
{
    size_t up = rows > 0 ? (size_t)rows : 0, down = rows < 0 ? (size_t)-rows : 0;
    screen->notice_row = screen->notice_row > up ? screen->notice_row - up + down : down;
}

void cw_view_scroll(struct cw_screen *screen, int rows)
{
    struct cw_place *place = cw_chat_current(screen->chat);
    if (place == NULL)
        scroll_notice(screen, rows);
    if (place == NULL || screen->form.text == 0)
        return;
    make_rows(screen, place);
    size_t bottom = bottom_row(screen), by = (size_t)(rows < 0 ? -rows : rows);
    screen->owed = 0;
    if (rows > 0) {
        if (bottom < by + screen->height && !place->complete)
            screen->owed = by + screen->height - bottom;
        set_bottom(screen, bottom > by ? bottom - by : 0);
        if (bottom < by + 2 * screen->height)
            cw_chat_more(screen->chat, true);
    } else {
        set_bottom(screen, bottom + by < screen->rows.n ? bottom + by : screen->rows.n);
        if (bottom + by >= screen->rows.n)
            cw_chat_more(screen->chat, false);
    }
}

void cw_view_end(struct cw_screen *screen)
{
    screen->back = false;
    screen->wanted = 0;
    screen->owed = 0;
    cw_chat_to_end(screen->chat);
}

void cw_view_go(struct cw_screen *screen, uint64_t seq)
{
    const struct cw_place *place = cw_chat_current(screen->chat);
    if (place == NULL || seq == 0)
        return;
    screen->wanted = seq; /* and it is asked for, where it is not there, when it is drawn next */
}

/* What a page up could not show then has come. */
static void take_owed(struct cw_screen *screen, const struct cw_place *place)
{
    size_t owed = screen->owed;
    if (owed == 0 || place->asking)
        return;
    size_t bottom = bottom_row(screen);
    screen->owed = 0;
    set_bottom(screen, bottom > owed ? bottom - owed : 0);
}

/* The message that is wanted has come: it stands a third below the top. */
static void take_wanted(struct cw_screen *screen, const struct cw_place *place)
{
    const struct cw_rows *rows = &screen->rows;
    size_t i = 0;
    if (screen->wanted == 0 || !place->loaded || place->asking)
        return;
    if (cw_place_first(place) > screen->wanted && !place->complete) {
        cw_chat_to(screen->chat, screen->wanted);
        return;
    }
    while (i < rows->n && rows->p[i].line->seq < screen->wanted)
        i++;
    size_t bottom = i + (screen->height * 2 + 2) / 3;
    set_bottom(screen, bottom < rows->n ? bottom : rows->n);
    screen->wanted = 0;
}

/* --- the area ------------------------------------------------------------------------------- */

static void set_form(struct cw_screen *screen, const struct cw_area *area)
{
    unsigned width = area->right - area->left;
    screen->height = area->bottom - area->top;
    screen->form.heads = width < WIDE;
    unsigned indent = cw_row_indent(screen);
    screen->form.text = width > indent ? width - indent : 1;
    screen->form.local = screen->local;
    screen->form.images = screen->chat->by_lines ? NULL : &screen->chat->images;
}

/* What there is to say while there is no conversation. */
static void draw_notice(struct cw_screen *screen, struct cw_grid *grid, const struct cw_area *area)
{
    const char *notice = screen->chat->notice == NULL ? cw_welcome : screen->chat->notice;
    struct cw_slice text = cw_slice_str(notice);
    size_t at = 0, next, rows = 0;
    unsigned width = area->right - area->left;
    for (; at < text.n; at = next, rows++)
        cw_grid_wrap(text, at, width, &next);
    size_t most = rows > screen->height ? rows - screen->height : 0;
    uint64_t number = screen->chat->notice_number;
    if (number != screen->notice_number || rows != screen->notice_rows)
        screen->notice_row = 0; /* it is another one, or has another width */
    screen->notice_number = number;
    screen->notice_rows = rows;
    screen->notice_row = screen->notice_row > most ? most : screen->notice_row;
    screen->notice_more = screen->notice_row < most;
    at = 0;
    for (size_t i = 0; i < rows && i < screen->notice_row + screen->height; i++, at = next) {
        size_t end = cw_grid_wrap(text, at, width, &next);
        if (i >= screen->notice_row)
            cw_grid_put(grid, area->top + (unsigned)(i - screen->notice_row), area->left,
                        area->right, cw_slice_of(text.p + at, end - at), CW_CYAN);
    }
}

/* Only where all of it can be seen. */
static void place_picture(struct cw_screen *screen, struct cw_grid *grid, unsigned row,
                          const struct cw_area *area, const struct cw_line *line)
{
    const struct cw_image *image = cw_image_of(&screen->chat->images, line->file);
    struct cw_grid_picture place = {.row = row, .column = area->left + cw_row_indent(screen)};
    cw_rows_picture(line, screen->form.text, &place.columns, &place.rows);
    cw_chat_want_image(screen->chat, line);
    if (image == NULL || !image->passed || grid->picture_count == CW_GRID_PICTURES_MAX ||
        row + place.rows > area->bottom)
        return;
    place.id = image->id;
    grid->pictures[grid->picture_count++] = place;
}

/* It takes its row alone. */
static void write_what_comes(const struct cw_chat *chat, struct cw_grid *grid,
                             const struct cw_area *area)
{
    const char *text = chat->link == CW_CHAT_READY
                           ? "loading ..."
                           : "What was said here comes with the connection.";
    unsigned column = cw_grid_put_str(grid, area->top, area->left, area->right, text, CW_STYLE_DIM);
    for (unsigned left = area->right; column < area->right && left > 0; left--)
        column = cw_grid_put_str(grid, area->top, column, area->right, " ", CW_PLAIN);
}

void cw_view_draw(struct cw_screen *screen, struct cw_grid *grid, const struct cw_area *area)
{
    struct cw_place *place = cw_chat_current(screen->chat);
    set_form(screen, area);
    if (place == NULL)
        draw_notice(screen, grid, area);
    if (place == NULL)
        return;
    make_rows(screen, place);
    take_wanted(screen, place);
    take_owed(screen, place);
    size_t bottom = bottom_row(screen);
    size_t top = bottom > screen->height ? bottom - screen->height : 0;
    screen->first_row = area->bottom - (unsigned)(bottom - top);
    for (size_t i = top; i < bottom; i++) {
        unsigned row = area->bottom - (unsigned)(bottom - i);
        cw_row_write(screen, grid, row, area, &screen->rows.p[i]);
        if (screen->rows.p[i].first_part)
            place_picture(screen, grid, row, area, screen->rows.p[i].line);
    }
    if (!place->loaded)
        write_what_comes(screen->chat, grid, area);
    if (!screen->back && screen->wanted == 0)
        cw_chat_seen(screen->chat);
}
