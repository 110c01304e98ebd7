/* chat_paths.h - the files of this machine that Tab completes in the terminal client. They are
 * listed in a thread of their own, which nothing waits for but for a moment: a folder may be on a
 * disk that stands still, and the thread that keeps what is written (chat_keeper.h) has to go on
 * then. command_chat.c asks, chat_loop.c waits for what comes late. */
#ifndef CHINWAG_CLI_CHAT_PATHS_H
#define CHINWAG_CLI_CHAT_PATHS_H

#include <stddef.h>

/* Asks for the paths that begin so, in place of those that were asked for before. They are mostly
 * there when it returns. */
void chat_paths_ask(const char *begin);
/* Readable once they are there; -1: nothing was asked for. */
int chat_paths_fd(void);
/* They, as cw_complete_files wants them: at most some hundred, in their order; folders end in '/'.
 * "~/" at the begin is the home folder, and stays as it was typed. *begin: of what was asked.
 * The caller frees both. NULL: they are not there. */
char *chat_paths_take(char **begin);

/* "~/soup.txt" as a path, written to `path`; others as they are. */
void chat_paths_expand(const char *typed, char *path, size_t size);

#endif
