/* password.h - a password from a file, the environment or the terminal; never
 * from an argument, which other users of the machine can see. */
#ifndef CHINWAG_CLI_PASSWORD_H
#define CHINWAG_CLI_PASSWORD_H

#include <stdbool.h>

#include "cli.h"

#define PASSWORD_SIZE 1024

/* Reads the password for `name`; `twice`: a new one, to be typed twice. False:
 * there is none, and why has been said. */
bool password_read(const struct cli *cli, const char *name, bool twice,
                   char password[PASSWORD_SIZE]);

/* A new one for the same account: of the file, or typed twice, never the environment's,
 * which is the present one. */
bool password_read_new(const char *file, const char *name, char password[PASSWORD_SIZE]);

/* Overwrites it. */
void password_forget(char password[PASSWORD_SIZE]);

#endif
