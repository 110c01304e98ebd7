/* call_plain.h - a call without Opus, without timing, with WAV files alone. */
#ifndef CHINWAG_CLI_CALL_PLAIN_H
#define CHINWAG_CLI_CALL_PLAIN_H

#include "cli.h"

/* Returns an enum cli_exit, and has said why. */
int call_plain(const struct cli *cli);

#endif
