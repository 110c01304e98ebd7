/* question.h - asks before an act that cannot be taken back. */
#ifndef CHINWAG_CLI_QUESTION_H
#define CHINWAG_CLI_QUESTION_H

#include <stdbool.h>

#include "cli.h"

/* Is it to be done? --yes says so; else the terminal is asked, and without one it is not done. A
 * message was printed when it is not. */
bool question_answered(const struct cli *cli, const char *question);

#endif
