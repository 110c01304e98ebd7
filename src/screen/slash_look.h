/* slash_look.h - the commands about what is seen: theme, mouse, status, keys, search. slash.c has
 * them in its table. */
#ifndef CW_SCREEN_SLASH_LOOK_H
#define CW_SCREEN_SLASH_LOOK_H

#include "screen/screen.h"

bool slash_status(struct cw_screen *screen, const char *rest);
bool slash_keys(struct cw_screen *screen, const char *rest);
bool slash_theme(struct cw_screen *screen, const char *rest);
bool slash_mouse(struct cw_screen *screen, const char *rest);
bool slash_search(struct cw_screen *screen, const char *rest);

#endif
