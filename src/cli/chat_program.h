/* chat_program.h - the terminal client at one server: its connection, what is known, what is typed.
 * command_chat.c has what it does, chat_server.c its begin and end, chat_loop.c runs all that are
 * open (chat_servers.h). */
#ifndef CHINWAG_CLI_CHAT_PROGRAM_H
#define CHINWAG_CLI_CHAT_PROGRAM_H

#include <signal.h>

#include "chat_held.h"
#include "chat_kept.h"
#include "chat_plain.h"
#include "chat_position.h"
#include "chat_run.h"
#include "join_link.h"
#include "listening.h"
#include "screen/screen.h"
#include "trust.h"

struct program {
    const struct cli *cli; /* &own */
    struct cli own;
    char server[JOIN_SERVER_MAX];
    struct trust *trust;
    struct listening stream;
    struct cw_chat *chat;
    struct cw_screen screen;
    struct cw_screen_command *commands;
    struct cw_grid grid;
    struct cw_keys keys;
    struct chat_plain plain;
    struct chat_kept kept;
    struct chat_held held;
    struct chat_position position;
    struct chat_run run;
    struct cw_ask wish; /* about other servers, ... */
    bool wishes;        /* ... where there is one */
    bool painted;       /* with a screen; else by lines */
    bool all_keys;      /* its call wants them (chat_keyboard.h) */
    bool changed;       /* the screen is to be drawn */
    bool pending;       /* the library may have more events */
    bool closing;       /* nothing more is typed: it ends when all is answered */
    bool over;          /* at this server */
    bool logout, quits; /* ... and the session with it; and all of the program */
    bool logging_out;   /* by a program of its own, while others are open */
    /* 0: it is open; else it is being closed beside others, and what it runs may go on so long. */
    uint64_t until_ms;
    bool reaping;     /* some of it is ending, and says nothing more */
    char *last_words; /* why it is over, for those that go on; NULL: the user wanted it */
    int code;
};

/* --- command_chat.c ------------------------------------------------------------------------- */

/* An event goes into the chat. */
void program_hear(struct program *p, const struct chinwag_event *event);
void program_take_events(struct program *p);
/* True: requests were made, so the library has something to do. */
bool program_carry_out_all(struct program *p);
/* Drafts, and what is not sent, are on their way to the disk. */
void program_keep(struct program *p);
/* Its call wants the releases of all keys, or no more. */
void program_want_keys(struct program *p, bool all);
void program_read_keyboard(struct program *p);
/* The files that one of these has asked for, if they have come (chat_paths.h). */
void program_take_files(struct program *const *all, size_t count);
/* A lone Esc is one. */
void program_flush_input(struct program *p);

/* --- chat_server.c -------------------------------------------------------------------------- */

/* Opens the session that is saved for cli->server, whose keys are in use (trust.h; `trust` belongs
 * to the program from now on). NULL: *code says why, and a message was printed. */
struct program *program_open(const struct cli *cli, struct trust *trust, struct chat_keeper *keeper,
                             int *code);
/* The first connection, before there is a screen: a key that is not known is asked about, and what
 * is wrong is said as by every command. But where somebody is there to wait, a server that is away
 * is no reason not to open. `signals`: as they are while it waits. */
int program_attach(struct program *p, const sigset_t *signals);
/* Teaches the first keys, where there is a screen. */
void program_welcome(struct program *p);
/* Saves, and frees it. Without a screen: what is not sent is printed. */
void program_close(struct program *p);

/* Begins to close it while others go on: nothing waits for its files, for what it runs, and for the
 * server. */
void program_part(struct program *p);
/* For how long at most until something is to be done about it; -1: until something comes. */
int64_t program_parting(const struct program *p, uint64_t now_ms);
/* Is it closed? Then program_forget frees it. `there`: an open one, which hears what is said. */
bool program_is_parted(struct program *p, struct cw_chat *there);
void program_forget(struct program *p);

#endif
