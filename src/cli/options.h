/* options.h - the options of the command line: what they are called, and what
 * they say. main.c knows which command takes which. */
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
    OPTION_OWN
};

/* A set of options. */
#define OPTION(name) (UINT64_C(1) << OPTION_##name)

/* Takes the options out of argv, wherever they stand, as getopt_long does;
 * *given is the set of them. False: it has been said what is wrong. */
bool options_read(struct cli *cli, int argc, char **argv, uint64_t *given);

/* Of the first option in the set, as it is written behind "--". */
const char *options_name(uint64_t set);

#endif
