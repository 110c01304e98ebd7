/* upload.h - an upload that goes with no message: command_file.c makes it, for command_profile.c.
 */
#ifndef CHINWAG_CLI_UPLOAD_H
#define CHINWAG_CLI_UPLOAD_H

#include <stdint.h>

#include "cli.h"

/* Uploads the file at this path; *file is its number in the server. Returns an enum cli_exit, and
 * prints a message when that is not CLI_DONE. */
int upload_alone(const struct cli *cli, const char *path, uint64_t *file);

#endif
