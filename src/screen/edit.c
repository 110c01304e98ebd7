/* edit.c - see edit.h. */
#include "screen/edit.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/alloc.h"
#include "text/shown.h"

void cw_edit_finish(struct cw_edit *edit)
{
    for (size_t i = 0; i < edit->history_count; i++)
        free(edit->history[i]);
    free(edit->history);
    cw_buf_finish(&edit->text);
    cw_buf_finish(&edit->cut);
    cw_buf_finish(&edit->kept);
    *edit = (struct cw_edit){.at = 0};
}

char *cw_edit_copy(const struct cw_edit *edit)
{
    char *text = cw_alloc(edit->text.n + 1);
    if (edit->text.n != 0)
        memcpy(text, edit->text.p, edit->text.n);
    text[edit->text.n] = 0;
    return text;
}

/* --- writing -------------------------------------------------------------------------------- */

static void insert_bytes(struct cw_edit *edit, const void *p, size_t n)
{
    struct cw_buf *text = &edit->text;
    if (n == 0 || text->n + n > CW_EDIT_MAX)
        return;
    cw_buf_reserve(text, n);
    memmove(text->p + edit->at + n, text->p + edit->at, text->n - edit->at);
    memcpy(text->p + edit->at, p, n);
    text->n += n;
    edit->at += n;
}

void cw_edit_insert_character(struct cw_edit *edit, int32_t c)
{
    utf8proc_uint8_t bytes[4];
    bool control = (c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0);
    if (!control && utf8proc_codepoint_valid(c))
        insert_bytes(edit, bytes, (size_t)utf8proc_encode_char(c, bytes));
}

void cw_edit_insert(struct cw_edit *edit, struct cw_slice text)
{
    struct cw_shown shown;
    for (size_t at = 0; at < text.n; at += shown.used) {
        shown = cw_shown_at(text, at);
        if (shown.c >= 0)
            cw_edit_insert_character(edit, shown.c);
    }
}

void cw_edit_set(struct cw_edit *edit, struct cw_slice text)
{
    edit->text.n = edit->at = 0;
    cw_edit_insert(edit, text);
}

/* --- moving --------------------------------------------------------------------------------- */

/* Marks and joiners belong to the character before them. */
static bool is_inside(const struct cw_edit *edit, size_t at)
{
    if (at >= edit->text.n)
        return false;
    if ((edit->text.p[at] & 0xc0) == 0x80)
        return true;
    struct cw_shown shown = cw_shown_at(cw_buf_slice(&edit->text), at);
    return shown.kind == CW_SHOWN_MARK || shown.kind == CW_SHOWN_NOTHING;
}

static size_t left_of(const struct cw_edit *edit, size_t at)
{
    while (at > 0 && is_inside(edit, --at))
        continue;
    return at;
}

static size_t right_of(const struct cw_edit *edit, size_t at)
{
    if (at < edit->text.n)
        at++;
    while (is_inside(edit, at))
        at++;
    return at;
}

static bool in_word(const struct cw_edit *edit, size_t at)
{
    uint8_t c = edit->text.p[at];
    return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static size_t word_left(const struct cw_edit *edit)
{
    size_t at = edit->at;
    while (at > 0 && !in_word(edit, at - 1))
        at--;
    while (at > 0 && in_word(edit, at - 1))
        at--;
    return at;
}

static size_t word_right(const struct cw_edit *edit)
{
    size_t at = edit->at;
    while (at < edit->text.n && !in_word(edit, at))
        at++;
    while (at < edit->text.n && in_word(edit, at))
        at++;
    return at;
}

size_t cw_edit_place(const struct cw_edit *edit, enum cw_edit_move move)
{
    switch (move) {
    case CW_EDIT_LEFT:
        return left_of(edit, edit->at);
    case CW_EDIT_RIGHT:
        return right_of(edit, edit->at);
    case CW_EDIT_WORD_LEFT:
        return word_left(edit);
    case CW_EDIT_WORD_RIGHT:
        return word_right(edit);
    case CW_EDIT_BEGIN:
        return 0;
    default:
        return edit->text.n;
    }
}

void cw_edit_move(struct cw_edit *edit, enum cw_edit_move move)
{
    edit->at = cw_edit_place(edit, move);
}

/* --- cutting -------------------------------------------------------------------------------- */

static void remove_bytes(struct cw_edit *edit, size_t from, size_t n)
{
    struct cw_buf *text = &edit->text;
    if (n == 0)
        return;
    memmove(text->p + from, text->p + from + n, text->n - from - n);
    text->n -= n;
    edit->at = from;
}

void cw_edit_remove(struct cw_edit *edit, enum cw_edit_move move, bool keep)
{
    size_t other = cw_edit_place(edit, move);
    size_t from = other < edit->at ? other : edit->at;
    size_t n = (other < edit->at ? edit->at : other) - from;
    if (keep && n != 0) {
        edit->cut.n = 0;
        cw_buf_append(&edit->cut, edit->text.p + from, n);
    }
    remove_bytes(edit, from, n);
}

void cw_edit_cut(struct cw_edit *edit, size_t from)
{
    if (from < edit->at)
        remove_bytes(edit, from, edit->at - from);
}

void cw_edit_paste(struct cw_edit *edit)
{
    cw_edit_insert(edit, cw_buf_slice(&edit->cut));
}

/* The two characters before the cursor change places; at the end of a line, as everywhere else. */
void cw_edit_swap(struct cw_edit *edit)
{
    uint8_t bytes[CW_EDIT_MAX];
    size_t middle = left_of(edit, edit->at), from = left_of(edit, middle);
    if (from == middle)
        return;
    size_t first = middle - from, second = edit->at - middle;
    memcpy(bytes, edit->text.p + middle, second);
    memcpy(bytes + second, edit->text.p + from, first);
    memcpy(edit->text.p + from, bytes, first + second);
}

/* --- history -------------------------------------------------------------------------------- */

static void forget_oldest(struct cw_edit *edit)
{
    free(edit->history[0]);
    memmove(edit->history, edit->history + 1, --edit->history_count * sizeof(char *));
}

void cw_edit_done(struct cw_edit *edit)
{
    if (edit->text.n != 0) {
        if (edit->history_count == CW_HISTORY_MAX)
            forget_oldest(edit);
        edit->history = cw_realloc(edit->history, (edit->history_count + 1) * sizeof(char *));
        char *line = cw_alloc(edit->text.n + 1);
        memcpy(line, edit->text.p, edit->text.n);
        line[edit->text.n] = 0;
        edit->history[edit->history_count++] = line;
    }
    edit->looking = edit->history_count;
    edit->text.n = edit->at = 0;
}

void cw_edit_look(struct cw_edit *edit, int by)
{
    if (by < 0 ? edit->looking == 0 : edit->looking >= edit->history_count)
        return;
    if (edit->looking == edit->history_count) {
        edit->kept.n = 0;
        cw_buf_append(&edit->kept, edit->text.p, edit->text.n);
    }
    edit->looking = by < 0 ? edit->looking - 1 : edit->looking + 1;
    if (edit->looking == edit->history_count) {
        struct cw_slice kept = cw_buf_slice(&edit->kept);
        cw_edit_set(edit, kept);
    } else {
        cw_edit_set(edit, cw_slice_str(edit->history[edit->looking]));
    }
}
