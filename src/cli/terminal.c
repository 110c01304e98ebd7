/* terminal.c - see terminal.h. */
#include "terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text/columns.h"

#define COLUMNS_DEFAULT 80
#define METER_FLOOR     (-60.0f)

/* The terminal whose settings are changed, and are restored at every end of the program. */
static struct terminal *changed;

static void put_back(void)
{
    if (changed != NULL)
        terminal_close(changed);
}

/* Ctrl-Z: the shell gets the terminal as it was, and `fg` gives it back. All of these calls may be
 * made in a signal handler (POSIX, 2.4.3). */
static void on_terminal_stop(int number)
{
    (void)number;
    int error = errno;
    struct termios raw;
    if (changed != NULL && tcgetattr(STDIN_FILENO, &raw) == 0) {
        tcsetattr(STDIN_FILENO, TCSANOW, &changed->before);
        if (write(STDERR_FILENO, "\r\x1b[K", 4) < 0)
            errno = 0; /* the line stays */
        raise(SIGSTOP);
        tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    } else {
        raise(SIGSTOP);
    }
    errno = error;
}

void terminal_open(struct terminal *terminal)
{
    static bool registered;
    struct sigaction action = {.sa_handler = on_terminal_stop, .sa_flags = SA_RESTART};
    *terminal = (struct terminal){.on = false};
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO) ||
        tcgetattr(STDIN_FILENO, &terminal->before) != 0)
        return;
    struct termios raw = terminal->before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0; /* a read never waits */
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) != 0)
        return;
    terminal->on = true;
    changed = terminal;
    if (!registered)
        atexit(put_back);
    sigaction(SIGTSTP, &action, NULL);
    registered = true;
}

void terminal_close(struct terminal *terminal)
{
    if (!terminal->on)
        return;
    terminal_wipe(terminal);
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal->before);
    terminal->on = false;
    changed = NULL;
    signal(SIGTSTP, SIG_DFL);
}

int terminal_fd(const struct terminal *terminal)
{
    return terminal->on ? STDIN_FILENO : -1;
}

static bool more_follows(void)
{
    struct pollfd pollfd = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&pollfd, 1, 0) > 0;
}

/* A function key sends Esc, '[' or 'O', and more; the key Esc sends one byte. */
int terminal_key(struct terminal *terminal)
{
    unsigned char key, rest;
    if (!terminal->on || read(STDIN_FILENO, &key, 1) != 1)
        return 0;
    if (key != TERMINAL_ESC || !more_follows())
        return key;
    while (read(STDIN_FILENO, &rest, 1) == 1 && (rest == '[' || rest == 'O' || rest < '@'))
        continue;
    return terminal_key(terminal);
}

size_t terminal_columns(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return COLUMNS_DEFAULT;
    return size.ws_col;
}

/* ECMA-48: CR, and EL, erase to the end of the line. */
void terminal_draw(struct terminal *terminal, const char *line)
{
    if (!terminal->on)
        return;
    size_t room = terminal_columns(STDERR_FILENO) - 1;
    fprintf(stderr, "\r%.*s\x1b[K", (int)cw_columns_fit(cw_slice_str(line), room), line);
    fflush(stderr);
    terminal->drawn = true;
}

void terminal_wipe(struct terminal *terminal)
{
    if (!terminal->on || !terminal->drawn)
        return;
    fputs("\r\x1b[K", stderr);
    fflush(stderr);
    terminal->drawn = false;
}

unsigned terminal_level(float dbfs, unsigned most)
{
    float part = (dbfs - METER_FLOOR) / -METER_FLOOR;
    return part <= 0 ? 0 : part >= 1 ? most : (unsigned)(part * (float)most);
}

void terminal_meter(char *text, unsigned width, float dbfs)
{
    unsigned bars = terminal_level(dbfs, width);
    memset(text, '#', bars);
    memset(text + bars, '.', width - bars);
    text[width] = 0;
}
