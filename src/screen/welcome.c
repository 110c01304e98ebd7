/* welcome.c - see welcome.h. */
#include "screen/welcome.h"

/* The rows of the table fit where the screen has lists at both sides, and in 40 columns. */
const char cw_welcome[] =
    "Welcome to Chinwag. Ten keys to begin with (/keys shows all):\n"
    "Enter     sends; Alt+Enter: a new line\n"
    "Tab       completes names, commands\n"
    "PgUp/PgDn looks back; Alt+End: newest\n"
    "Alt+a     the next one with news\n"
    "Alt+1..0  conversation 1 to 10\n"
    "Ctrl+n/p  the next one, the previous\n"
    "Ctrl+k    one by letters of its name\n"
    "Alt+u     what you have not read yet\n"
    "Up        what you wrote before\n"
    "Esc       then a key: as Alt with it\n"
    "/msg NAME TEXT writes to somebody, /join #GROUP joins a group, /create_group NAME makes one, "
    "/directory shows the open ones, /help the commands. /quit leaves.";
