/* chat_plain.h - the terminal client without a screen: one line an event, for screen readers and
 * for terminals that can show no more. command_chat.c and chat_loop.c call it. */
#ifndef CHINWAG_CLI_CHAT_PLAIN_H
#define CHINWAG_CLI_CHAT_PLAIN_H

#include "screen/screen.h"

struct chat_plain {
    uint64_t printed; /* lines up to this uid, ... */
    uint64_t failed;  /* ... and refusals */
    enum cw_chat_link link;
    char line[CW_EDIT_MAX]; /* what was typed so far */
    size_t length;
    bool muted, deafened, talking; /* as it was told last */
    uint64_t place;                /* the uid of the conversation that was named last; 0: none */
};

/* Prints what is new since the last call. */
void chat_plain_print(struct chat_plain *plain, struct cw_chat *chat);
/* Takes what was typed. */
void chat_plain_type(struct chat_plain *plain, struct cw_screen *screen, const char *bytes,
                     size_t n);

#endif
