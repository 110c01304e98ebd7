/* play_asks.h - what a screen asks for, as a line of a transcript. play_screen.c calls it. */
#ifndef CW_TEST_PLAY_ASKS_H
#define CW_TEST_PLAY_ASKS_H

#include "chat/chat.h"

/* Appends "    ask history #cooks before 51". */
void play_put_ask(const struct cw_ask *ask, struct cw_buf *out);
/* Appends lines, four blanks before each. */
void play_put_lines(const char *text, struct cw_buf *out);

/* What is said while the disk stands still. */
#define PLAY_HELD_MAX 8
struct play_held {
    bool on;
    struct cw_ask p[PLAY_HELD_MAX];
    size_t count;
};

/* True: the ask was taken over. */
bool play_hold(struct play_held *held, const struct cw_ask *ask);
/* The disk goes on: those that waited are asked for. */
void play_release(struct play_held *held, struct cw_chat *chat, struct cw_buf *out,
                  int64_t *requests);
void play_forget_held(struct play_held *held);

#endif
