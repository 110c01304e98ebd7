/* columns.c - see columns.h. */
#include "text/columns.h"

#include <utf8proc.h>

/* The next character: its bytes, and its columns. */
static size_t next_character(struct cw_slice text, size_t at, size_t *columns)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate(text.p + at, (utf8proc_ssize_t)(text.n - at), &c);
    *columns = n <= 0 ? 1 : (size_t)utf8proc_charwidth(c);
    return n <= 0 ? 1 : (size_t)n;
}

size_t cw_columns_fit(struct cw_slice text, size_t columns)
{
    size_t at = 0, used = 0, width;
    while (at < text.n) {
        size_t n = next_character(text, at, &width);
        if (used + width > columns)
            break;
        used += width;
        at += n;
    }
    return at;
}
