/* play_world.h - the clock and the files of the transcripts of screens, the same on every machine.
 * play_screen.c gives them to the screen. */
#ifndef CHINWAG_TEST_PLAY_WORLD_H
#define CHINWAG_TEST_PLAY_WORLD_H

#include "screen/screen.h"

#define PLAY_NOON_MS UINT64_C(1795867200000) /* 2026-11-28 12:00 UTC */

#define PLAY_PNG_N 32
extern const uint8_t play_png[PLAY_PNG_N];

void play_time(uint64_t time_ms, struct cw_local *local);
char *play_paths(const char *begin);

#endif
