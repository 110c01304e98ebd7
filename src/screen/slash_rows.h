/* slash_rows.h - the commands of slash.def that are not in slash.c: slash_talk.c has those about
 * what is spoken, slash_look.c those about what is seen. slash.c has the table, control.c calls one
 * by a key. */
#ifndef CW_SCREEN_SLASH_ROWS_H
#define CW_SCREEN_SLASH_ROWS_H

#include "screen/screen.h"

/* Each takes what was written behind the name. False: it was refused, and a notice says why. */
#define SLASH_DO(name, arguments, help)
#define SLASH_AS(name, arguments, command, form)
#define SLASH_FAR(name, arguments, help)                                                           \
    bool cw_slash_##name(struct cw_screen *screen, const char *rest);
#include "screen/slash.def"
#undef SLASH_DO
#undef SLASH_AS
#undef SLASH_FAR

#endif
