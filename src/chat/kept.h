/* kept.h - what a chat keeps over a restart, as text: its conversations, drafts, and the messages
 * that are not on the server. Pure; chat_kept.c of the command has the file.
 *
 * A line is a word and what belongs to it; what belongs to a conversation stands below it:
 *
 *     chinwag-chat 1
 *     session 0123456789abcdef
 *     numbers PART LAST           of the run that wrote this
 *     volume PERCENT NAME         of somebody in calls
 *     place UNREAD MENTIONS @NAME|#GROUP
 *     here                        it was shown
 *     draft TEXT
 *     part PART                   of the message below, where it is of an earlier run
 *     pale N REPLY_TO TEXT        under way
 *     failed N REPLY_TO TEXT      refused, and why:
 *     reason TEXT
 *
 * In a TEXT a new line is \n, and a backslash \\. Each run takes a part of its own: a message that
 * could not be kept is not in here, and its number, which the server may know, must not be used
 * again. */
#ifndef CW_CHAT_KEPT_H
#define CW_CHAT_KEPT_H

#include "base/buf.h"
#include "chat/chat.h"

/* Appends the text, with a zero behind it that `text->n` does not count. `session` names the login:
 * numbers of messages are good in it alone. */
void cw_kept_write(const struct cw_chat *chat, const char *session, struct cw_buf *text);

/* Fills a chat in which nothing has happened yet. What is under way is not asked for
 * (cw_chat_say_kept); of another session than this it counts as refused, since it may be stored.
 * False: the text is none, and the chat has what was read before its fault. */
bool cw_kept_read(struct cw_chat *chat, const char *session, const char *text);

#endif
