/* state_chat.h - the file SERVER/NAME.chat: what the terminal client keeps of an account between
 * two runs. Its text is chat/kept.h's. chat_kept.c calls it. */
#ifndef CHINWAG_CLI_STATE_CHAT_H
#define CHINWAG_CLI_STATE_CHAT_H

#include "state_file.h"

/* *text is to be freed; NULL unless STATE_GOOD. */
enum state_found state_load_chat(const char *server, const char *name, char **text);
/* A file that is damaged or cannot be read is not written over: it is put aside, `suffix` behind
 * its name. False: it cannot be, and errno says why. */
bool state_put_chat_aside(const char *server, const char *name, const char *suffix);
/* Where it is: who writes it gives it a checksum (sealed_file.h). */
void state_chat_path(struct state_path *path, const char *server, const char *name);

#endif
