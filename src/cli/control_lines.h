/* control_lines.h - a command that a program runs in place of a person (--control): lines on the
 * standard input do what keys do, and the standard output says how it stands. The terminal client
 * runs call, record and play so; what the lines are each of them says in its help. */
#ifndef CHINWAG_CLI_CONTROL_LINES_H
#define CHINWAG_CLI_CONTROL_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* A line that comes, and one that is said: a pipe takes the latter whole or not at all. */
#define CONTROL_LINE_MAX  512
#define CONTROL_STATE_MAX 4000

struct control_lines {
    bool on;
    bool over; /* the other program has closed its end */
    char held[CONTROL_LINE_MAX];
    size_t held_n;
    char taken[CONTROL_LINE_MAX];
    char said[CONTROL_STATE_MAX]; /* the last line that was taken */
};

/* Where `on` is false nothing comes and nothing is said. */
void control_lines_open(struct control_lines *lines, bool on);

/* The descriptor to wait for, or -1. */
int control_lines_fd(const struct control_lines *lines);

/* The next line, without its end; NULL: there is none now. Good until the next call. */
const char *control_lines_next(struct control_lines *lines);

/* Behind the word `name` and blanks the rest of the line; NULL: the line has another first word. */
const char *control_lines_after(const char *line, const char *name);

/* Says how it stands, if that is another line than the last one. A program that does not read gets
 * a later one. */
void control_lines_say(struct control_lines *lines, const char *state);

#endif
