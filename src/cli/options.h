/* options.h - the options of the command line: their names, and a parser of their values. main.c
 * knows which command takes which. */
#ifndef CHINWAG_CLI_OPTIONS_H
#define CHINWAG_CLI_OPTIONS_H

#include <stdint.h>

#include "cli.h"

enum option_index {
    OPTION_SERVER = 1,
    OPTION_AS,
    OPTION_PASSWORD_FILE,
    OPTION_JSON,
    OPTION_COUNT,
    OPTION_TIMEOUT,
    OPTION_SAVE_VOICE,
    OPTION_WAV,
    OPTION_OUT,
    OPTION_SECONDS,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_BEFORE,
    OPTION_AFTER,
    OPTION_AROUND,
    OPTION_LIMIT,
    OPTION_IN,
    OPTION_INVITATION,
    OPTION_DAYS,
    OPTION_USES,
    OPTION_EVENTS,
    OPTION_AWAY,
    OPTION_NEW_PASSWORD_FILE,
    OPTION_PLAIN,
    OPTION_RAW,
    OPTION_STATS,
    OPTION_VOLUME,
    OPTION_FRAME,
    OPTION_PTT,
    OPTION_NO_ECHO,
    OPTION_NO_NOISE,
    OPTION_NO_GAIN,
    OPTION_OWN,
    OPTION_SERVER_KEY,
    OPTION_ACCEPT_KEY,
    OPTION_READ,
    OPTION_CAPTION,
    OPTION_NAME,
    OPTION_RESUME
};

/* A set of options. */
#define OPTION(name) (UINT64_C(1) << OPTION_##name)

/* Reads the options, wherever they stand in argv, as getopt_long does; *given is the set of them.
 * False: one is wrong, and a message was printed. */
bool options_read(struct cli *cli, int argc, char **argv, uint64_t *given);

/* The name of the first option in the set, without "--". */
const char *options_name(uint64_t set);

#endif
