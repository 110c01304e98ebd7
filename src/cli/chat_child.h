/* chat_child.h - commands of the command line that the terminal client runs: programs of their own,
 * so that the screen never waits for them. What they print comes back as text; those with sound
 * (--control) are steered by lines, and say how they stand by lines. chat_run.c calls it,
 * and chat_server.c to end them. */
#ifndef CHINWAG_CLI_CHAT_CHILD_H
#define CHINWAG_CLI_CHAT_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cli.h"

#define CHAT_CHILDREN_MAX 8
/* What a child prints is told in one piece up to this length. */
#define CHAT_CHILD_TEXT 8192
/* A line that says how one stands. */
#define CHAT_CHILD_LINE 4096

enum chat_child_kind { CHAT_CHILD_COMMAND, CHAT_CHILD_CALL, CHAT_CHILD_RECORD, CHAT_CHILD_PLAY };

#define CHAT_PROGRESS_MAX 40

struct chat_child {
    pid_t pid; /* 0: none */
    enum chat_child_kind kind;
    int fd;                           /* its output, both of them; of one with sound for people;
                                       * -1: it was stopped, and says no more */
    int lines;                        /* ... and to and fro, lines; -1: none */
    char *place;                      /* where its output goes; NULL: wherever the user is */
    bool told, silent;                /* it has printed something, or does not if it succeeds */
    char *open;                       /* the conversation to go to when it is done; NULL: none */
    char progress[CHAT_PROGRESS_MAX]; /* how far a file is: "45 % of 12.0 MiB"; "": none */
    char held[CHAT_CHILD_TEXT];       /* printed, and not told yet */
    size_t held_length;
    char said[CHAT_CHILD_LINE]; /* of the lines */
    size_t said_length;
    bool stopped, killed; /* it was asked to end; it was made to */
};

/* What it is for: as which account, where its output goes, where the user goes then, and which
 * sound devices it is to take (NULL: none, nowhere, the usual ones); and the server's key, with the
 * option for it, where known_servers may not have it yet (NULL: it has). */
struct chat_child_use {
    const struct cli *cli;
    const char *as, *place, *open, *device;
    const char *key, *key_option;
};

/* Which kind a command is. */
enum chat_child_kind chat_child_kind_of(const char *words);
/* Runs a command; `words` have a zero behind each, `length` bytes in all. NULL: it cannot, and
 * *wrong says why. */
struct chat_child *chat_child_run(struct chat_child children[CHAT_CHILDREN_MAX],
                                  const struct chat_child_use *use, const char *words,
                                  size_t length, const char **wrong);

/* Its descriptor is readable: reads what it has printed. In `text`, with a zero, comes what is to
 * be told now. Returns true when it has ended; *done: without a failure. */
bool chat_child_read(struct chat_child *child, char text[CHAT_CHILD_TEXT], bool *done);
/* Its lines are readable: reads them. */
void chat_child_hear(struct chat_child *child);
/* Takes out one of them; false: there is none. */
bool chat_child_line(struct chat_child *child, char line[CHAT_CHILD_LINE]);
/* Says a line to it, unless it does not listen. */
void chat_child_say(const struct chat_child *child, const char *line);
/* After chat_child_read has returned true. */
void chat_child_forget(struct chat_child *child);

/* Ends the call, whatever it is doing; false: there is none. */
bool chat_child_leave_call(struct chat_child children[CHAT_CHILDREN_MAX]);
/* How far the file is that one of them sends or fetches; NULL: none does. */
const char *chat_children_progress(const struct chat_child children[CHAT_CHILDREN_MAX]);
/* Asks all of them to end; who has not within CHAT_CHILDREN_END_MS is to be killed. */
#define CHAT_CHILDREN_END_MS 2000
void chat_children_stop(struct chat_child children[CHAT_CHILDREN_MAX]);
/* True: there were some that had not been killed before. Nothing waits for them: one that the
 * kernel holds, at a disk that stands still, ends only when that goes on. */
bool chat_children_kill(struct chat_child children[CHAT_CHILDREN_MAX]);
/* Forgets those that were stopped or killed, and have ended. True: one of them goes on without a
 * word, so that only looking again tells when it ends. */
bool chat_children_reap(struct chat_child children[CHAT_CHILDREN_MAX]);
/* Ends all; they have so long until they are killed. */
void chat_children_end(struct chat_child children[CHAT_CHILDREN_MAX], int left_ms);

#endif
