/* control_lines.c - see control_lines.h. */
#include "control_lines.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void control_lines_open(struct control_lines *lines, bool on)
{
    *lines = (struct control_lines){.on = on};
    if (on)
        signal(SIGPIPE, SIG_IGN); /* that the reader has gone is seen at the other descriptor */
}

int control_lines_fd(const struct control_lines *lines)
{
    return lines->on && !lines->over ? STDIN_FILENO : -1;
}

static bool can(int fd, short what)
{
    struct pollfd pollfd = {.fd = fd, .events = what};
    return poll(&pollfd, 1, 0) > 0;
}

/* A line that is too long is dropped, the rest of it with it. */
static void read_more(struct control_lines *lines)
{
    if (lines->held_n == sizeof lines->held)
        lines->held_n = 0;
    ssize_t n = read(STDIN_FILENO, lines->held + lines->held_n, sizeof lines->held - lines->held_n);
    if (n > 0)
        lines->held_n += (size_t)n;
    else if (n == 0 || (errno != EINTR && errno != EAGAIN))
        lines->over = true;
}

const char *control_lines_next(struct control_lines *lines)
{
    char *end;
    while ((end = memchr(lines->held, '\n', lines->held_n)) == NULL) {
        if (control_lines_fd(lines) < 0 || !can(STDIN_FILENO, POLLIN))
            return NULL;
        read_more(lines);
    }
    size_t n = (size_t)(end - lines->held);
    memcpy(lines->taken, lines->held, n);
    lines->taken[n] = 0;
    lines->held_n -= n + 1;
    memmove(lines->held, end + 1, lines->held_n);
    return lines->taken;
}

const char *control_lines_after(const char *line, const char *name)
{
    size_t n = strlen(name);
    if (strncmp(line, name, n) != 0 || (line[n] != 0 && line[n] != ' '))
        return NULL;
    return line + n + strspn(line + n, " ");
}

void control_lines_say(struct control_lines *lines, const char *state)
{
    char line[CONTROL_STATE_MAX + 1];
    size_t n = strlen(state);
    if (!lines->on || n >= CONTROL_STATE_MAX || strcmp(state, lines->said) == 0 ||
        !can(STDOUT_FILENO, POLLOUT))
        return;
    memcpy(line, state, n);
    line[n] = '\n';
    if (write(STDOUT_FILENO, line, n + 1) == (ssize_t)n + 1)
        memcpy(lines->said, state, n + 1);
}
