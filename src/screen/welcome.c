/* welcome.c - see welcome.h. */
#include "screen/welcome.h"

const char cw_welcome[] =
    "Welcome to Chinwag. Ten keys to begin with (/keys shows all):\n"
    "Enter       sends; Alt+Enter begins a new line\n"
    "Tab         completes names, commands, :emoji\n"
    "PgUp, PgDn  look back; Alt+End: to the newest\n"
    "Alt+a       the next conversation with news\n"
    "Alt+1..0    conversation 1 to 10\n"
    "Ctrl+n      the next one; Ctrl+p: the one before\n"
    "Ctrl+k      one by letters of its name\n"
    "Alt+u       the first message not read yet\n"
    "Up          the line that you wrote before\n"
    "Esc         then a key: as Alt with that key\n"
    "/msg NAME TEXT writes to somebody, /join #GROUP joins a group, /create_group NAME makes one, "
    "/directory shows the open ones, /help the commands. /quit leaves.";
