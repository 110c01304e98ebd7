/* chat_paint.h - the terminal of the terminal client: cells go out, by ncurses, which sends what
 * has changed. What stands in the cells: src/screen. command_chat.c calls it. */
#ifndef CHINWAG_CLI_CHAT_PAINT_H
#define CHINWAG_CLI_CHAT_PAINT_H

#include <stdbool.h>
#include <stdint.h>

#include "screen/grid.h"
#include "screen/rows.h"

/* Takes the terminal over, until paint_end, which also runs at exit. False: it cannot, and a
 * message was printed. */
bool paint_begin(void);
void paint_end(void);

/* The size of the terminal now. True: it is another one than before; the grid has been resized, and
 * is to be drawn and painted. */
bool paint_measure(struct cw_grid *grid);

void paint_grid(const struct cw_grid *grid);
/* All of it anew with the next paint_grid: something else wrote to the terminal. */
void paint_forget(void);
/* The bell, and where the terminal has it a notification of the desktop (OSC 9), unless it rings
 * again. */
void paint_bell(bool again);
/* How much is unread, and how much of it mentions the user, in the title of the window. */
void paint_title(uint64_t unread, uint64_t mentions);

/* A time by the clock of this machine. */
void paint_local_time(uint64_t time_ms, struct cw_local *local);

/* Gives the terminal back and stops the program; returns when it goes on. */
void paint_suspend(void);

#endif
