/* code.h - asks for the codes of the second factor, and proves with password and code that it is
 * the user who asks for something. */
#ifndef CHINWAG_CLI_CODE_H
#define CHINWAG_CLI_CODE_H

#include "session.h"

#define CODE_SIZE 64

/* Reads a line from the terminal, after the question, or from the standard input if that is none.
 * False: there is none. */
bool code_read(const char *question, char code[CODE_SIZE]);

/* Makes a request with this password, and a code or NULL. */
typedef int64_t code_request(chinwag_client *client, const char *password, const char *code,
                             const void *arguments);

/* Asks with --code; if the server says that a code is missing, asks the user for one and then the
 * server once more. As session_wait. */
int code_ask(struct session *session, const struct cli *cli, const char *action,
             const char *password, code_request *make, const void *arguments,
             struct chinwag_event *answer);

/* The same, with the password of the account in use, in a session that it opens. */
int code_prove(struct session *session, const struct cli *cli, const char *action,
               code_request *make, const void *arguments, struct chinwag_event *answer);

#endif
