/* play_talk.h - lines of transcripts about what is spoken. play_screen.c calls it. */
#ifndef CW_TEST_PLAY_TALK_H
#define CW_TEST_PLAY_TALK_H

#include "chat/chat.h"

/* False: this is another line. */
bool play_talk(struct cw_chat *chat, const char *name, const char *rest);

#endif
