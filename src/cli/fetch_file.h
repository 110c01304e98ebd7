/* fetch_file.h - saves the file of a message. Called by command_voice.c, whose fetch finds out what
 * a message has. */
#ifndef CHINWAG_CLI_FETCH_FILE_H
#define CHINWAG_CLI_FETCH_FILE_H

#include "chinwag/chinwag.h"
#include "cli.h"

/* Saves the entry's file as `path`, which may be "-" for the standard output, or a folder, where it
 * gets the name that its sender gave it if that is one of a plain file. What is there already is
 * replaced if the user has said so (cli->yes) and has named it; a pipe or a device is written to.
 * Returns an enum cli_exit, and prints a message when that is not CLI_DONE. */
int fetch_file(const struct cli *cli, const struct chinwag_entry *entry, const char *path);

#endif
