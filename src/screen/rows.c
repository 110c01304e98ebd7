/* rows.c - see rows.h. */
#include "screen/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "screen/grid.h"

/* Messages of one sender within this time stand under one head. */
#define TOGETHER_MS 300000

/* A table's first column has at most so many bytes, and its second one at least so many columns. */
#define HANG_MAX   20
#define HANG_LEAST 16

#define PICTURE_COLUMNS_MAX 60
#define PICTURE_ROWS_MAX    12

const char cw_rows_edited[] = " (edited)";
const char cw_rows_failed[] = "not sent: ", cw_rows_again[] = " (Alt+r: again)";

static struct cw_row *add_row(struct cw_rows *rows, enum cw_row_kind kind,
                              const struct cw_line *line)
{
    if (rows->n == rows->capacity) {
        rows->capacity = rows->capacity * 2 + 64;
        rows->p = cw_realloc(rows->p, rows->capacity * sizeof *rows->p);
    }
    const struct cw_row *before = rows->n == 0 ? NULL : &rows->p[rows->n - 1];
    unsigned part = before != NULL && before->line == line ? before->part + 1 : 0;
    rows->p[rows->n] = (struct cw_row){.kind = kind, .line = line, .part = part};
    return &rows->p[rows->n++];
}

/* --- one line ------------------------------------------------------------------------------- */

static void add_edited(struct cw_rows *rows, const struct cw_line *line, unsigned width)
{
    struct cw_row *last = &rows->p[rows->n - 1];
    if (last->kind == CW_ROW_TEXT && cw_grid_width(last->text) + sizeof cw_rows_edited - 1 <= width)
        last->edited = true;
    else
        add_row(rows, CW_ROW_EDITED, line);
}

static void add_text(struct cw_rows *rows, const struct cw_line *line, unsigned width)
{
    const char *words;
    size_t at = 0, next, n;
    cw_line_acts(line, &words, &n);
    struct cw_slice text = cw_slice_of(words, n);
    do {
        size_t end = cw_grid_wrap(text, at, width, &next);
        add_row(rows, CW_ROW_TEXT, line)->text = cw_slice_of(text.p + at, end - at);
        at = next;
    } while (at < text.n);
}

/* Where a row of a notice goes on below itself: in a table ("Enter     sends it") its second
 * column, in a list of commands two columns on. */
static unsigned hang_of(struct cw_slice text, size_t at, unsigned width)
{
    size_t i = at, most = text.n - at < HANG_MAX ? text.n : at + HANG_MAX;
    while (i + 1 < most && text.p[i] != '\n' && (text.p[i] != ' ' || text.p[i + 1] != ' '))
        i++;
    bool table = i + 1 < most && i > at && text.p[i] == ' ';
    while (table && i < text.n && text.p[i] == ' ')
        i++;
    size_t hang = table ? cw_grid_width(cw_slice_of(text.p + at, i - at)) : 0;
    if (!table && at < text.n && text.p[at] == '/')
        hang = 2;
    return hang + HANG_LEAST < width ? (unsigned)hang : 0;
}

static void add_notice(struct cw_rows *rows, const struct cw_line *line, unsigned width)
{
    struct cw_slice text = cw_slice_of(line->text, line->length);
    size_t at = 0, next;
    bool begins = true;
    unsigned hang = 0;
    do {
        unsigned left = begins ? 0 : hang;
        if (begins)
            hang = hang_of(text, at, width);
        size_t end = cw_grid_wrap(text, at, width - left, &next);
        struct cw_row *row = add_row(rows, CW_ROW_TEXT, line);
        row->text = cw_slice_of(text.p + at, end - at);
        row->hang = left;
        begins = next != end; /* else it was wrapped */
        at = next;
    } while (at < text.n);
}

static void add_failed(struct cw_rows *rows, const struct cw_line *line, unsigned width)
{
    struct cw_slice text = cw_slice_str(line->failure == NULL ? "?" : line->failure);
    size_t at = 0, next, used = sizeof cw_rows_failed - 1;
    struct cw_row *row;
    do {
        size_t end = cw_grid_wrap(text, at, width > used ? width - used : 1, &next);
        row = add_row(rows, CW_ROW_FAILED, line);
        row->text = cw_slice_of(text.p + at, end - at);
        row->reason = at == 0;
        used += cw_grid_width(row->text) + sizeof cw_rows_again - 1;
        row->remedy = next >= text.n && used <= width;
        at = next;
        used = 0;
    } while (at < text.n);
    if (!row->remedy)
        add_row(rows, CW_ROW_FAILED, line)->remedy = true;
}

void cw_rows_picture(const struct cw_line *line, unsigned width, unsigned *columns, unsigned *rows)
{
    unsigned most = width < PICTURE_COLUMNS_MAX ? width : PICTURE_COLUMNS_MAX;
    unsigned wanted = line->width / 8 + 1;
    *columns = wanted < most ? wanted : most;
    *rows = (unsigned)((uint64_t)*columns * line->height / line->width / 2) + 1;
    if (*rows <= PICTURE_ROWS_MAX)
        return;
    *rows = PICTURE_ROWS_MAX;
    *columns = (unsigned)((uint64_t)*rows * 2 * line->width / line->height);
    *columns = *columns < 1 ? 1 : *columns > most ? most : *columns;
}

/* It has its place before it has come, so that nothing moves then. */
static void add_picture(struct cw_rows *rows, const struct cw_line *line,
                        const struct cw_rows_form *form)
{
    unsigned columns, count;
    if (form->images == NULL || !cw_image_fits(form->images, line))
        return;
    const struct cw_image *image = cw_image_of(form->images, line->file);
    if (image != NULL && image->failed)
        return;
    cw_rows_picture(line, form->text, &columns, &count);
    for (unsigned i = 0; i < count; i++)
        add_row(rows, CW_ROW_PICTURE, line)->first_part = i == 0;
}

static void add_content(struct cw_rows *rows, const struct cw_line *line,
                        const struct cw_rows_form *form)
{
    unsigned width = form->text;
    if (line->deleted) {
        add_row(rows, CW_ROW_DELETED, line);
        return;
    }
    if (line->kind == CW_LINE_VOICE)
        add_row(rows, CW_ROW_VOICE, line);
    else if (line->kind == CW_LINE_CALL)
        add_row(rows, CW_ROW_CALL, line);
    else if (line->length != 0 || line->file_name == NULL)
        add_text(rows, line, width);
    if (line->file_name != NULL) {
        add_row(rows, CW_ROW_FILE, line);
        add_picture(rows, line, form);
    }
    if (line->edited)
        add_edited(rows, line, width);
}

static void add_line(struct cw_rows *rows, const struct cw_line *line, bool headed,
                     const struct cw_rows_form *form)
{
    if (headed && form->heads)
        add_row(rows, CW_ROW_HEAD, line);
    if (line->reply_to != 0 && !line->deleted)
        add_row(rows, CW_ROW_QUOTE, line);
    size_t first = rows->n - (line->reply_to != 0 && !line->deleted);
    add_content(rows, line, form);
    rows->p[first].first = true;
    rows->p[first].begins = headed && !form->heads;
    if (line->reaction_count != 0)
        add_row(rows, CW_ROW_REACTIONS, line);
    if (line->state == CW_LINE_FAILED)
        add_failed(rows, line, form->text);
}

/* --- the window ----------------------------------------------------------------------------- */

static bool is_same_day(uint64_t a_ms, uint64_t b_ms, cw_local_time *local)
{
    struct cw_local a, b;
    local(a_ms, &a);
    local(b_ms, &b);
    return a.year == b.year && a.month == b.month && a.day == b.day;
}

/* `before`: the message above, NULL: none. True: a line was drawn between them. */
static bool add_between(struct cw_rows *rows, const struct cw_line *before,
                        const struct cw_line *line, const struct cw_place *place,
                        const struct cw_rows_form *form)
{
    size_t count = rows->n;
    uint64_t above = before == NULL ? 0 : before->seq;
    if (line->time_ms != 0 &&
        (before == NULL || !is_same_day(before->time_ms, line->time_ms, form->local)))
        add_row(rows, CW_ROW_DAY, line);
    bool begins = before != NULL || place->complete; /* else the line may stand further up */
    if (begins && place->fresh != 0 && above <= place->fresh && line->seq > place->fresh)
        add_row(rows, CW_ROW_FRESH, line);
    return rows->n != count;
}

/* Before what somebody does stands who. */
static bool stands_under(const struct cw_line *before, const struct cw_line *line)
{
    const char *words;
    size_t n;
    return before != NULL && !cw_line_acts(line, &words, &n) && !cw_line_acts(before, &words, &n) &&
           strcmp(before->sender, line->sender) == 0 &&
           (line->time_ms == 0 || line->time_ms < before->time_ms + TOGETHER_MS);
}

void cw_rows_make(struct cw_rows *rows, const struct cw_place *place,
                  const struct cw_rows_form *form)
{
    const struct cw_line *before = NULL; /* the message above */
    bool notice = false;                 /* ... and a notice between them */
    rows->n = 0;
    for (size_t i = 0; i < place->count; i++) {
        const struct cw_line *line = place->lines[i];
        if (line->kind == CW_LINE_NOTICE) {
            add_notice(rows, line, form->text);
            notice = true;
            continue;
        }
        bool between = add_between(rows, before, line, place, form);
        add_line(rows, line, between || notice || !stands_under(before, line), form);
        before = line;
        notice = false;
    }
}

void cw_rows_finish(struct cw_rows *rows)
{
    free(rows->p);
    *rows = (struct cw_rows){.n = 0};
}
