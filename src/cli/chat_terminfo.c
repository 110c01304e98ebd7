/* chat_terminfo.c - see chat_terminfo.h. A file of its own: term.h defines words as macros. */
#include "chat_terminfo.h"

#include <ncurses.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

bool terminfo_read(const char *terminal, int *colours)
{
    int found = 0;
    *colours = 8;
    if (setupterm(terminal, STDOUT_FILENO, &found) != OK)
        return found != 1; /* 1: it is printed on paper */
    const char *move = tigetstr("cup");
    bool takes = move != NULL && move != (const char *)-1 && strncmp(move, "\x1b[", 2) == 0;
    *colours = tigetnum("colors");
    del_curterm(cur_term);
    return takes;
}
