/* answers.h - the answers to what the chat has asked. heard.c calls it. */
#ifndef CW_CHAT_ANSWERS_H
#define CW_CHAT_ANSWERS_H

#include "chat/chat.h"

/* An event CHINWAG_RESPONSE; one that nobody here has asked for is left alone. `refusal`: what a
 * person is told of one that refuses; NULL: what the server says. */
void cw_chat_answer(struct cw_chat *chat, const struct chinwag_event *event, const char *refusal);

/* The library has refused the ask without sending it. */
void cw_chat_not_sent(struct cw_chat *chat, const struct cw_ask *ask, const char *reason);

#endif
