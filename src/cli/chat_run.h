/* chat_run.h - the commands that run beside the terminal client's screen (chat_child.h), and what
 * the chat has of them: it begins them, says to them what the user wants, and takes what they say.
 * command_chat.c and chat_loop.c call it. */
#ifndef CHINWAG_CLI_CHAT_RUN_H
#define CHINWAG_CLI_CHAT_RUN_H

#include "chat/chat.h"
#include "chat_child.h"
#include "chat_keeper.h"
#include "trust.h"

struct chat_run {
    const struct cli *cli;
    const char *as;
    struct cw_chat *chat;
    const struct trust *trust;
    struct chat_keeper *keeper; /* which writes the server's key */
    /* Another server that is open, where one is in a call, or records or plays; NULL: none. There
     * is one microphone and one loudspeaker. */
    const char *call_at, *voice_at;
    struct chat_child children[CHAT_CHILDREN_MAX];
};

/* What every one of them is told. */
struct chat_child_use chat_run_use(const struct chat_run *run);

/* Carries out an ask about one of them; false: it is about something else. */
bool chat_run_ask(struct chat_run *run, const struct cw_ask *ask);

/* The descriptors to wait for, both -1: none; `i` up to CHAT_CHILDREN_MAX. */
void chat_run_fds(const struct chat_run *run, int i, int *text, int *lines);
/* They are readable. */
void chat_run_read(struct chat_run *run, int i, bool text, bool lines);

/* Does any run? */
bool chat_run_any(const struct chat_run *run);

#endif
