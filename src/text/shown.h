/* shown.h - foreign text, character by character, as a terminal may show it: nothing in it moves
 * the cursor, changes the direction of writing, or piles marks on one another.
 *
 * Pure; for the screen of the terminal client, and for lines of the command. */
#ifndef CW_TEXT_SHOWN_H
#define CW_TEXT_SHOWN_H

#include <stdbool.h>

#include "base/slice.h"

enum cw_shown_kind {
    CW_SHOWN_CHARACTER, /* as it is */
    CW_SHOWN_MARK,      /* belongs to the character before it, and takes no column */
    CW_SHOWN_ESCAPED,   /* as letters and digits: \x1b, \u202e; a byte that is no UTF-8: \xff */
    CW_SHOWN_LINE,      /* a new line: no text */
    CW_SHOWN_TAB,       /* the same */
    CW_SHOWN_NOTHING    /* is not shown: a joiner, whose effect differs between terminals; CR before
                         * LF */
};

struct cw_shown {
    enum cw_shown_kind kind;
    int32_t c;     /* the character; -1: a byte that is no UTF-8 */
    char text[12]; /* UTF-8, with a zero */
    size_t n;      /* bytes of it */
    size_t columns;
    size_t used; /* bytes of the foreign text, at least 1 */
};

/* The character at text.p[at], where at < text.n. */
struct cw_shown cw_shown_at(struct cw_slice text, size_t at);

#endif
