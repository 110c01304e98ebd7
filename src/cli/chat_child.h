/* chat_child.h - commands of the command line that the terminal client runs: programs of their own,
 * so that the screen never waits for them. What they print comes back as text. */
#ifndef CHINWAG_CLI_CHAT_CHILD_H
#define CHINWAG_CLI_CHAT_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cli.h"

#define CHAT_CHILDREN_MAX 8
/* What a child prints is told in one piece up to this length. */
#define CHAT_CHILD_TEXT 8192

#define CHAT_PROGRESS_MAX 40

struct chat_child {
    pid_t pid;                        /* 0: none */
    int fd;                           /* its output, both of them */
    bool call;                        /* `chinwag call` */
    char *place;                      /* where its output goes; NULL: wherever the user is */
    char *open;                       /* the conversation to go to when it is done; NULL: none */
    char progress[CHAT_PROGRESS_MAX]; /* how far a file is: "45 % of 12.0 MiB"; "": none */
    char held[CHAT_CHILD_TEXT];       /* printed, and not told yet */
    size_t held_length;
};

/* Runs a command; `words` have a zero behind each, `length` bytes in all. False: it cannot, and
 * *wrong says why. */
bool chat_child_run(struct chat_child children[CHAT_CHILDREN_MAX], const struct cli *cli,
                    const char *as, const char *words, size_t length, const char *place,
                    const char *open, const char **wrong);

/* Its descriptor is readable: reads what it has printed. In `text`, with a zero, comes what is to
 * be told now. Returns true when it has ended; *done: without a failure. */
bool chat_child_read(struct chat_child *child, char text[CHAT_CHILD_TEXT], bool *done);
/* After chat_child_read has returned true. */
void chat_child_forget(struct chat_child *child);

/* Sends a signal to the call (`chinwag call` says which does what; SIGINT leaves it); false: there
 * is none. */
bool chat_child_tell_call(struct chat_child children[CHAT_CHILDREN_MAX], int number);
/* Is there one? */
bool chat_child_in_call(const struct chat_child children[CHAT_CHILDREN_MAX]);
/* How far the file is that one of them sends or fetches; NULL: none does. */
const char *chat_children_progress(const struct chat_child children[CHAT_CHILDREN_MAX]);
/* Ends all, within two seconds. */
void chat_children_end(struct chat_child children[CHAT_CHILDREN_MAX]);

#endif
