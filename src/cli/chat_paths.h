/* chat_paths.h - the files of this machine that Tab completes in the terminal client. */
#ifndef CHINWAG_CLI_CHAT_PATHS_H
#define CHINWAG_CLI_CHAT_PATHS_H

#include <stddef.h>

/* cw_list_paths of screen/screen.h: at most some hundred, in their order; folders end in '/'. "~/"
 * at the begin is the home folder, and stays as it was typed. */
char *chat_paths_list(const char *begin);

/* "~/soup.txt" as a path, written to `path`; others as they are. */
void chat_paths_expand(const char *typed, char *path, size_t size);

#endif
