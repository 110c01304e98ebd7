/* account.h - an account by a link, for the first start of the terminal client (chat_first.c).
 * command_account.c has it. */
#ifndef CHINWAG_CLI_ACCOUNT_H
#define CHINWAG_CLI_ACCOUNT_H

#include "cli.h"

/* Logs in this device: cli->invitation is the secret of a link that another one has made. It shows
 * digits and waits until they are typed there. Returns CLI_DONE, or prints a message. */
int account_log_in_by_link(const struct cli *cli);

#endif
