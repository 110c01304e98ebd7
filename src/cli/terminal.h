/* terminal.h - reads single keys from a terminal, and redraws one line on it. Without a terminal it
 * does nothing. */
#ifndef CHINWAG_CLI_TERMINAL_H
#define CHINWAG_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#define TERMINAL_ESC 27

struct terminal {
    bool on;
    bool drawn; /* the line is to be wiped */
    struct termios before;
};

/* Begins to read keys from the standard input, if it and stderr are a terminal. terminal_close
 * restores the terminal's settings, also when the program exits. */
void terminal_open(struct terminal *terminal);
void terminal_close(struct terminal *terminal);

/* The descriptor to wait for, or -1. */
int terminal_fd(const struct terminal *terminal);

/* The next key that was pressed, or 0. Function keys are skipped. */
int terminal_key(struct terminal *terminal);

/* How many columns the terminal at the descriptor has; 80 if it is none. */
size_t terminal_columns(int fd);

/* Shows this line in place of the last one, cut to the terminal's width. The text must come from
 * output_text. */
void terminal_draw(struct terminal *terminal, const char *line);

/* Wipes the line, before something else is printed. */
void terminal_wipe(struct terminal *terminal);

/* A level in dBFS, -60 to 0, as one of 0 to `most`. */
unsigned terminal_level(float dbfs, unsigned most);

/* Writes a meter of `width` characters for a level in dBFS, -60 to 0, and a zero. */
void terminal_meter(char *text, unsigned width, float dbfs);

#endif
