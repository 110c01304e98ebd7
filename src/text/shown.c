/* shown.c - see shown.h. */
#include "text/shown.h"

#include <stdio.h>
#include <utf8proc.h>

#include "text/unicode.h"

#define ZERO_WIDTH_JOINER 0x200d

/* C0, DEL, C1: a terminal may execute them. */
static bool is_executed(int32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* Unicode's Bidi_Control, and its line and paragraph separators: they can disguise a line. */
static bool is_misleading(int32_t c)
{
    return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

static void escape(struct cw_shown *shown, char letter, unsigned code)
{
    shown->kind = CW_SHOWN_ESCAPED;
    shown->n = shown->columns = (size_t)snprintf(shown->text, sizeof shown->text, "\\%c%0*x",
                                                 letter, letter == 'x' ? 2 : 4, code);
}

static void show_control(struct cw_shown *shown, struct cw_slice text, size_t at)
{
    if (shown->c == '\r' && at + 1 < text.n && text.p[at + 1] == '\n')
        shown->kind = CW_SHOWN_NOTHING;
    else if (shown->c == '\n')
        shown->kind = CW_SHOWN_LINE;
    else if (shown->c == '\t')
        shown->kind = CW_SHOWN_TAB;
    else
        escape(shown, 'x', (unsigned)shown->c);
}

/* Marks of no width: what is invisible by itself is left out, so that columns stay as counted. */
static void set_width(struct cw_shown *shown, int32_t c)
{
    int width = utf8proc_charwidth(c);
    bool variation = c >= 0xfe00 && c <= 0xfe0f;
    shown->columns = width < 0 ? 0 : (size_t)width;
    if (c == ZERO_WIDTH_JOINER || variation || cw_unicode_is_invisible(c))
        shown->kind = CW_SHOWN_NOTHING;
    else if (shown->columns == 0)
        shown->kind = CW_SHOWN_MARK;
    if (shown->kind == CW_SHOWN_NOTHING)
        shown->columns = 0;
}

struct cw_shown cw_shown_at(struct cw_slice text, size_t at)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate(text.p + at, (utf8proc_ssize_t)(text.n - at), &c);
    struct cw_shown shown = {.kind = CW_SHOWN_CHARACTER, .c = n <= 0 ? -1 : c};
    shown.used = n <= 0 ? 1 : (size_t)n;
    if (n <= 0) {
        escape(&shown, 'x', text.p[at]);
    } else if (is_executed(c)) {
        show_control(&shown, text, at);
    } else if (is_misleading(c)) {
        escape(&shown, 'u', (unsigned)c);
    } else {
        shown.n = shown.used;
        memcpy(shown.text, text.p + at, shown.n);
        set_width(&shown, c);
    }
    return shown;
}
