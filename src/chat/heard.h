/* heard.h - what the library reports goes into the chat. The program's loop calls it, for each
 * event, after it has set now_ms. */
#ifndef CW_CHAT_HEARD_H
#define CW_CHAT_HEARD_H

#include "chat/chat.h"

/* `sentence`: what a person is told of an event that is no message, or NULL (the command has the
 * sentences). Answers to requests go to answers.h. */
void cw_chat_heard(struct cw_chat *chat, const struct chinwag_event *event, const char *sentence);

#endif
