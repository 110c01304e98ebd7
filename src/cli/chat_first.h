/* chat_first.h - the first start of the terminal client: without a server or an account it asks for
 * them, line by line. main.c, chat_loop.c and chat_servers.c call it while there is no screen. */
#ifndef CHINWAG_CLI_CHAT_FIRST_H
#define CHINWAG_CLI_CHAT_FIRST_H

#include "cli.h"

/* Chooses the server, as reach_server does. Where nothing says which one is meant, and none was
 * used before: asks for it, or for a link, puts it into *cli, and asks again while it is not good.
 * Returns CLI_DONE, or a message was printed, or nobody answers. */
int chat_first_server(struct cli *cli);

/* Returns CLI_DONE when there is an account, or when opening the session is to say what is wrong;
 * else a message was printed, or nobody answers. *asked: it was asked for, and somebody is here for
 * the first time. */
int chat_first_account(const struct cli *cli, bool *asked);

#endif
