/* chat_position.h - up to where the terminal client has received, written by its keeper
 * (chat_keeper.h). command_chat.c and chat_server.c call it. */
#ifndef CHINWAG_CLI_CHAT_POSITION_H
#define CHINWAG_CLI_CHAT_POSITION_H

#include "chat/chat.h"
#include "chat_keeper.h"
#include "listening.h"

struct chat_position {
    struct keeper_file *file;
    uint64_t done;
    bool failed; /* it cannot be written, which was said */
};

void chat_position_open(struct chat_position *position, struct chat_keeper *keeper,
                        const struct session *session);
/* Waits until it is written. */
void chat_position_close(struct chat_position *position);

/* Has it written, if it has changed. */
void chat_position_put(const struct chat_position *position, struct listening *stream);
/* True: it cannot be, which is said once, in a notice. Then messages of the last hours come again
 * the next time, and no more than that. `server`: named there; NULL: the chat is its own. */
bool chat_position_look(struct chat_position *position, struct cw_chat *chat, const char *server);

#endif
