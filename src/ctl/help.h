/* help.h - chinwagctl's help, from control.def. Caller: main.c. */
#ifndef CW_CTL_HELP_H
#define CW_CTL_HELP_H

#include <stdbool.h>
#include <stddef.h>

/* All commands, a line each. */
void help_all(void);

/* The commands that begin with the words, in full; without words all of them. False: there is
 * none. */
bool help_commands(const char *const words[], size_t count);

#endif
