/* chat_told.h - messages for a shell, of a command or of this program, in the words of the terminal
 * client: "chinwag group list" is /group list there. chat_run.c and command_chat.c call it. */
#ifndef CHINWAG_CLI_CHAT_TOLD_H
#define CHINWAG_CLI_CHAT_TOLD_H

/* The text, to be freed. */
char *chat_told(const char *text);

#endif
