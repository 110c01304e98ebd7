/* options.h - the options of the command line: their table (options.def), and a parser of their
 * values. commands.def says which command takes which. */
#ifndef CHINWAG_CLI_OPTIONS_H
#define CHINWAG_CLI_OPTIONS_H

#include <stdint.h>

#include "cli.h"

enum option_index {
    OPTION_NONE,
#define OPTION_ROW(name, text, kind, member, least, most, value, help) OPTION_##name,
#include "options.def"
#undef OPTION_ROW
    OPTION_COUNT_OF_ALL,
    OPTION_LAST_OF_ALL = OPTION_VERSION /* of the options of all commands, which come first */
};

/* A set of options: more than 64. */
__extension__ typedef unsigned __int128 option_set;
#define OPTION(name) ((option_set)1 << OPTION_##name)

/* As help and completions show it. */
struct option_row {
    const char *name;  /* without "--" */
    const char *value; /* "" for an option without one */
    const char *help;
};
extern const struct option_row option_rows[OPTION_COUNT_OF_ALL];

/* Reads the options, wherever they stand in argv, as getopt_long does; *given is the set of them.
 * False: one is wrong, and a message was printed. */
bool options_read(struct cli *cli, int argc, char **argv, option_set *given);

/* The first option in the set. */
enum option_index options_first(option_set set);

#endif
