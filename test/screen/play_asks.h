/* play_asks.h - what a screen asks for, as a line of a transcript. play_screen.c calls it. */
#ifndef CW_TEST_PLAY_ASKS_H
#define CW_TEST_PLAY_ASKS_H

#include "chat/chat.h"

/* Appends "    ask history #cooks before 51". */
void play_put_ask(const struct cw_ask *ask, struct cw_buf *out);

#endif
