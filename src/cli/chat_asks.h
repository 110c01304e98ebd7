/* chat_asks.h - what the chat asks of the server, as requests of the library. command_chat.c
 * carries out the other asks. */
#ifndef CHINWAG_CLI_CHAT_ASKS_H
#define CHINWAG_CLI_CHAT_ASKS_H

#include "chat/chat.h"

/* False: it is none for the server. Else *ask belongs to the chat, or is finished. */
bool chat_ask_server(struct cw_chat *chat, chinwag_client *client, struct cw_ask *ask);

#endif
