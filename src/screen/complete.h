/* complete.h - what Tab completes: commands, names, conversations, emoji. control.c calls it. */
#ifndef CW_SCREEN_COMPLETE_H
#define CW_SCREEN_COMPLETE_H

#include "screen/screen.h"

/* Completes the word before the cursor; called again, without another key between, it takes the
 * next one that fits, and after the last one what was there before. */
void cw_complete(struct cw_screen *screen);

#endif
