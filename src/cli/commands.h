/* commands.h - the table of the commands (commands.def), without their functions: for main.c, which
 * runs them, the help, and the program that writes the manual page and the completions. */
#ifndef CHINWAG_CLI_COMMANDS_H
#define CHINWAG_CLI_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"

#define COMMAND_ALONE      OPTION(NONE) /* in `options`: speaks to no server */
#define COMMAND_EVERYWHERE (OPTION(SERVER) | OPTION(SERVER_KEY) | OPTION(ACCEPT_KEY) | OPTION(HELP))

/* A row: a command, or the title of the group that the rows below it belong to. */
struct command_row {
    const char *name; /* one word or two; NULL: a title */
    const char *line; /* what it does; or the title */
    const char *function;
    const char *arguments;
    option_set options;
    const char *details, *examples;
};
extern const struct command_row command_rows[];
extern const size_t command_row_count;

/* The command that the words begin with, and in *used how many of them are its name; NULL: none. */
const struct command_row *commands_find(char **words, int count, int *used);
/* The command, or the first word of some, that the words may be a misspelling of; 0: none is near.
 * Else the length of its name. */
int commands_nearest(char **words, int count, const char **name);
/* Is it the first of a command's two words? */
bool commands_is_family(const struct command_row *command, const char *word);

/* How many arguments a command wants: at least, at most. */
void commands_arguments(const struct command_row *command, int *least, int *most);
/* What an option does in this command. */
const char *commands_option_help(const struct command_row *command, enum option_index option);

#endif
