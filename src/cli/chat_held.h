/* chat_held.h - messages that wait until they are on the disk of this machine, before they are
 * sent: so neither the end of the program nor that of the server loses or doubles one.
 * command_chat.c calls it. */
#ifndef CHINWAG_CLI_CHAT_HELD_H
#define CHINWAG_CLI_CHAT_HELD_H

#include "chat/chat.h"

struct chat_held {
    struct held_ask {
        struct cw_ask ask;
        uint64_t put; /* the number of the file that has it; 0: none yet */
    } * p;
    size_t count;
};

/* Takes the ask over. */
void chat_held_add(struct chat_held *held, struct cw_ask *ask);
/* The file that has all of them is on its way, under this number. */
void chat_held_put(struct chat_held *held, uint64_t put);
/* Takes out the first one, if the file that has it is done. */
bool chat_held_next(struct chat_held *held, uint64_t done, struct cw_ask *ask);
/* Does one wait that was put into no file yet? */
bool chat_held_any_new(const struct chat_held *held);
void chat_held_finish(struct chat_held *held);

#endif
