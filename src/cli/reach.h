/* reach.h - which server a command speaks to: from a link, an option, the environment, or the last
 * login; and with which keys (trust.h). main.c calls it for a command, chat_servers.c for each
 * server that is opened. */
#ifndef CHINWAG_CLI_REACH_H
#define CHINWAG_CLI_REACH_H

#include "cli.h"

/* Takes a link in cli->invitation or cli->setup apart, chooses cli->server, and begins to trust it.
 * What it puts into *cli is good until the next call. Returns CLI_DONE, or prints a message. */
int reach_server(struct cli *cli);

#endif
