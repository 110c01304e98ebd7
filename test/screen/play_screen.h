/* play_screen.h - a screen without a terminal and without a server: lines of a transcript go in,
 * what it asks for and what it shows come out as text. screen_main.c compares it; the format is at
 * the top of play_screen.c. */
#ifndef CW_TEST_SCREEN_PLAY_SCREEN_H
#define CW_TEST_SCREEN_PLAY_SCREEN_H

#include <stdbool.h>

#include "base/buf.h"

struct play_screen;

struct play_screen *play_screen_begin(void);
void play_screen_end(struct play_screen *play);

/* Carries out a line; what comes out is appended, each line indented. False: what is it? */
bool play_screen_line(struct play_screen *play, const char *line, struct cw_buf *out);

#endif
