/* ink.h - how styles look on a terminal: themes, by how many colours it has; and the colours of
 * names, which are those of the browser client. Pure. */
#ifndef CW_SCREEN_INK_H
#define CW_SCREEN_INK_H

#include "base/buf.h"

enum cw_theme {
    CW_THEME_TERMINAL, /* the sixteen colours that the terminal's user has chosen there */
    CW_THEME_DARK,
    CW_THEME_LIGHT,
    CW_THEME_PLAIN, /* no colours: bold, dim and reversed alone */
    CW_THEMES
};

enum cw_depth { CW_DEPTH_NONE, CW_DEPTH_8, CW_DEPTH_16, CW_DEPTH_256, CW_DEPTH_TRUE };

const char *cw_theme_name(enum cw_theme theme);
/* False: there is none with this name. */
bool cw_theme_read(const char *name, enum cw_theme *theme);

/* How many colours the environment and the terminal's description say that there are. Each may be
 * NULL; `colours` below 1: none. */
enum cw_depth cw_depth_of(const char *no_color, const char *colorterm, const char *term,
                          int colours);
/* Dark or light, by what the terminal says of its background ("11;rgb:RRRR/GGGG/BBBB", OSC 11);
 * false: it says nothing that is understood. */
bool cw_theme_of_report(const char *report, enum cw_theme *theme);

/* Appends the sequence (SGR, ECMA-48 8.3.117) for a style of grid.h. */
void cw_ink_write(enum cw_theme theme, enum cw_depth depth, unsigned style, struct cw_buf *out);

/* The colour of a name, always the same: CW_NAME or one of the eleven behind it. */
unsigned cw_ink_of_name(const char *name);

#endif
