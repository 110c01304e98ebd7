/* password.h - reads a password from a file, the environment or the terminal, or takes the one that
 * was typed into the terminal client; never from an argument, which other users of the machine can
 * see. */
#ifndef CHINWAG_CLI_PASSWORD_H
#define CHINWAG_CLI_PASSWORD_H

#include <stdbool.h>

#include "cli.h"

#define PASSWORD_SIZE 1024

/* Will a person be asked for it? */
bool password_is_asked(const struct cli *cli);

/* Reads the password for `name`; `twice`: a new one, to be typed twice. False: there is none, and a
 * message was printed. */
bool password_read(const struct cli *cli, const char *name, bool twice,
                   char password[PASSWORD_SIZE]);

/* Reads a new password for the same account from the file or, typed twice, from the terminal. The
 * environment has the present one. */
bool password_read_new(const char *file, const char *name, char password[PASSWORD_SIZE]);

/* Reads a secret that a program needs, from the first line of the file or, with NULL, from this
 * variable of the environment; a person is not asked. */
bool password_read_secret(const char *file, const char *variable, char secret[PASSWORD_SIZE]);

/* Overwrites the password in memory. */
void password_forget(char password[PASSWORD_SIZE]);

#endif
