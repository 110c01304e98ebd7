/* choices.h - what the user has chosen by commands, as text that outlives the program: /theme,
 * /mouse, /devices and /ptt. It goes before the file of settings (settings.h).
 *
 *     chinwag-choices 1
 *     theme dark
 *     mouse on
 *     device NAME
 *     ptt on F12
 *
 * Pure; chat_choices.c of the command has the file. */
#ifndef CW_SCREEN_CHOICES_H
#define CW_SCREEN_CHOICES_H

#include "screen/screen.h"

/* The longest text, with a zero. */
#define CW_CHOICES_MAX 400

/* What was not chosen has no line. */
void cw_choices_write(const struct cw_screen *screen, char text[CW_CHOICES_MAX]);
/* Of a later version lines are left out. False: it is none. */
bool cw_choices_read(struct cw_screen *screen, const char *text);

#endif
