/* complete.h - what Tab completes: commands, names, conversations, emoji, files. control.c calls
 * it, and the program, which lists files: that may take long, and nothing waits for it. */
#ifndef CW_SCREEN_COMPLETE_H
#define CW_SCREEN_COMPLETE_H

#include "screen/screen.h"

/* Completes the word before the cursor; called again, without another key between, it takes the
 * next one that fits, and after the last one what was there before. */
void cw_complete(struct cw_screen *screen);

/* The files whose paths begin so, a zero behind each and another one at the end, as
 * screen->files_wanted had asked for: the completion goes on. False: that is not wanted any more,
 * and `files` remain the caller's. */
bool cw_complete_files(struct cw_screen *screen, const char *begin, char *files);

#endif
