/* help.h - prints what the table of commands says, for people. */
#ifndef CHINWAG_CLI_HELP_H
#define CHINWAG_CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

#include "commands.h"

/* All commands, in their groups, each in a line. */
void help_overview(FILE *out);
/* All there is to know of one. */
void help_command(FILE *out, const struct command_row *command);
/* All commands with this first word; false: there are none, and nothing was printed. */
bool help_family(FILE *out, const char *word);
/* How a command is used, after a wrong use. */
void help_usage(FILE *out, const struct command_row *command);

#endif
