/* state_chat.h - the file SERVER/NAME.chat: what the terminal client keeps of an account between
 * two runs. Its text is chat/kept.h's. chat_kept.c calls it. */
#ifndef CHINWAG_CLI_STATE_CHAT_H
#define CHINWAG_CLI_STATE_CHAT_H

#include "state_file.h"

/* *text is to be freed; NULL unless STATE_GOOD. A damaged file is put aside first, so that it is
 * not written over: as NAME.chat.damaged. */
enum state_found state_load_chat(const char *server, const char *name, char **text);
/* Puts aside what state_load_chat has read, when its text is none. */
void state_put_chat_aside(const char *server, const char *name);
bool state_save_chat(const char *server, const char *name, const char *text);

#endif
