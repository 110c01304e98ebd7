/* listening.h - an account's stream of messages from where it stopped, for the commands that take
 * it: listen, hook and chat. They share the position and a lock, so that only one of them runs. */
#ifndef CHINWAG_CLI_LISTENING_H
#define CHINWAG_CLI_LISTENING_H

#include "session.h"

struct listening {
    const struct cli *cli;
    struct session session;
    int lock;      /* of the account; -1: none */
    bool attached; /* once */
    bool quiet;    /* the program shows by itself how the connection is, and saves the position */
    bool waits;    /* also for a server that was never reached */
    unsigned unsaved;
};

/* Opens the session at its position, and takes the lock of its account. From then on signals are
 * noted. Returns CLI_DONE, or prints a message. */
int listening_open(struct listening *l, const struct cli *cli);
/* The same for a chat: quiet, and signals are left alone. It saves the position by itself
 * (chat_position.h). */
int listening_open_chat(struct listening *l, const struct cli *cli);
void listening_close(struct listening *l);

/* Takes an event that is about the connection or the session; others are left alone. CLI_DONE: go
 * on; else the command ends, and a message was printed. */
int listening_take(struct listening *l, const struct chinwag_event *event);

/* The command is done with what has this id, and with all before it. */
void listening_note(struct listening *l, uint64_t id);

/* Saves the position, if it has changed. Prints a message on failure. */
bool listening_save(struct listening *l);

#endif
