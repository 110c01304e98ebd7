/* settings.h - the user's file of settings for the terminal client: lines of words.
 *
 *     # a comment
 *     theme dark               terminal, dark, light, plain
 *     mouse on                 or off
 *     key Ctrl+t next_active   a key, and an action of keys.def, or "nothing"
 *
 * Pure: src/cli/chat_settings.c reads the file. */
#ifndef CW_SCREEN_SETTINGS_H
#define CW_SCREEN_SETTINGS_H

#include "screen/screen.h"

#define CW_SETTINGS_WRONG_MAX 200

/* Takes all lines. False: *line, counted from 1, is wrong, and `wrong` says why, in plain ASCII. */
bool cw_settings_read(struct cw_screen *screen, struct cw_slice text, unsigned *line,
                      char wrong[CW_SETTINGS_WRONG_MAX]);

#endif
