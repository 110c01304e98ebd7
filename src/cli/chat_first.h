/* chat_first.h - the first start of the terminal client: without an account it asks for one, line
 * by line. command_chat.c calls it before there is a screen. */
#ifndef CHINWAG_CLI_CHAT_FIRST_H
#define CHINWAG_CLI_CHAT_FIRST_H

#include "cli.h"

/* Returns CLI_DONE when there is an account, or when opening the session is to say what is wrong;
 * else a message was printed. */
int chat_first_start(const struct cli *cli);

#endif
