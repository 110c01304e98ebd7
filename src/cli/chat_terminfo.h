/* chat_terminfo.h - what the description of a terminal (terminfo) says of it. chat_paint.c asks. */
#ifndef CHINWAG_CLI_CHAT_TERMINFO_H
#define CHINWAG_CLI_CHAT_TERMINFO_H

#include <stdbool.h>

/* False: it does not take the sequences of ECMA-48. *colours: how many it has; 0: none. A terminal
 * without a description on this machine, which is a new one, counts as one that does, with 8. */
bool terminfo_read(const char *terminal, int *colours);

#endif
