/* doing.h - what the user does with the conversations of a chat. The screen calls it. */
#ifndef CW_CHAT_DOING_H
#define CW_CHAT_DOING_H

#include "chat/chat.h"

/* Shows a conversation; the first time its newest page is asked for. */
void cw_chat_open(struct cw_chat *chat, struct cw_place *place);
/* The same, and its page and members are asked for again: the user may have come into the group. */
void cw_chat_open_anew(struct cw_chat *chat, struct cw_place *place);
/* A link leads to a person or a group: it is shown as soon as the list of conversations has come.
 * To a group that the user is not in it does not lead, which is said where `told`. */
void cw_chat_lead(struct cw_chat *chat, const char *place, bool told);
/* The next one with something unread (mentions first), behind the current one; false: none. */
bool cw_chat_open_active(struct cw_chat *chat);
/* The neighbour `by` (1, -1) places further, around the ends. */
void cw_chat_open_neighbour(struct cw_chat *chat, int by);

/* Says a text in the current conversation; `reply_to`: as an answer to that message, 0: to none. */
void cw_chat_say(struct cw_chat *chat, struct cw_place *place, const char *text, size_t length,
                 uint64_t reply_to);
/* Says again what was refused in the current conversation; false: nothing was. */
bool cw_chat_retry(struct cw_chat *chat);
/* Says what a run of the program before this one has not said, in its order. */
void cw_chat_say_kept(struct cw_chat *chat);
/* EDIT, DELETE, REACT, UNREACT of message seq of the current conversation. */
void cw_chat_change(struct cw_chat *chat, enum cw_ask_kind kind, uint64_t seq, const char *text);

/* The newest message of others (`own` false) or of this user in the window; 0: none. */
uint64_t cw_chat_latest(const struct cw_chat *chat, bool own);

/* Asks the server for messages with these words; chat->found has them then. */
void cw_chat_search(struct cw_chat *chat, const char *words);

/* The picture of this line is before the eyes of the user. */
void cw_chat_want_image(struct cw_chat *chat, const struct cw_line *line);

/* The end of the current conversation is on the screen, before the eyes of the user. */
void cw_chat_seen(struct cw_chat *chat);
/* The user types a message. */
void cw_chat_typing(struct cw_chat *chat);
/* The lines above, or below, the window of the current conversation are wanted. */
void cw_chat_more(struct cw_chat *chat, bool above);
/* The newest page, also where the window is elsewhere. */
void cw_chat_to_end(struct cw_chat *chat);
/* The page around a message. */
void cw_chat_to(struct cw_chat *chat, uint64_t seq);

#endif
