/* opener.h - gives a file or an address to the program of the desktop that shows it. Called by
 * command_open.c. */
#ifndef CHINWAG_CLI_OPENER_H
#define CHINWAG_CLI_OPENER_H

#include <stdbool.h>

/* Might the desktop run a file of this name, instead of showing it? By the end of the name. */
bool opener_may_run(const char *name);

/* Starts xdg-open, and does not wait for it. `what` begins with a slash or "http". False: it cannot
 * be started, and errno says why. */
bool opener_start(const char *what);

#endif
