/* chat_paint.h - the terminal of the terminal client: its modes, and the bytes of screen/encode.h,
 * which send what has changed. What stands in the cells: src/screen. chat_loop.c, chat_server.c,
 * chat_servers.c and command_chat.c call it. */
#ifndef CHINWAG_CLI_CHAT_PAINT_H
#define CHINWAG_CLI_CHAT_PAINT_H

#include <stdbool.h>
#include <stdint.h>

#include "chat/image.h"
#include "screen/grid.h"
#include "screen/ink.h"
#include "screen/rows.h"

/* Takes the terminal over, until paint_end, which also runs at exit. False: it cannot, and a
 * message was printed. */
bool paint_begin(void);
void paint_end(void);

/* The size of the terminal now. True: it is another one than before; the grid has been resized, and
 * is to be drawn and painted. */
bool paint_measure(struct cw_grid *grid);

void paint_grid(const struct cw_grid *grid, enum cw_theme theme);
/* All of it anew with the next paint_grid: something else wrote to the terminal. */
void paint_forget(void);
/* The bell, and where the terminal has it a notification of the desktop (OSC 9, OSC 777) with this
 * text, which may be foreign; NULL: the bell alone. */
void paint_bell(const char *text);
/* Whether the terminal tells of the mouse, and does not select text by it then. */
void paint_mouse(bool on);
/* Gives the terminal the pictures that have come, which are freed here then. */
void paint_images(struct cw_images *images);
/* How many colours it has. */
enum cw_depth paint_depth(void);
/* How much is unread, and how much of it mentions the user, in the title of the window. */
void paint_title(uint64_t unread, uint64_t mentions);

/* A time by the clock of this machine. */
void paint_local_time(uint64_t time_ms, struct cw_local *local);

/* Gives the terminal back for a while, and takes it over again; between them the program may ask
 * line by line. */
void paint_leave(void);
void paint_return(void);
/* Gives the terminal back and stops the program; returns when it goes on. */
void paint_suspend(void);

#endif
