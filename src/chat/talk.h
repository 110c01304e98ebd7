/* talk.h - the call, the recording and the playing that run beside the chat: what they say goes in
 * (talk_state.h), and what the user wants of them comes out, as asks. The program's loop and the
 * screen call it. No sound and no program here. Pure. */
#ifndef CW_CHAT_TALK_H
#define CW_CHAT_TALK_H

#include "chat/chat.h"

/* A key that is held is taken as released after so long without a word of it. */
#define CW_TALK_HOLD_MS 30000
/* A terminal that does not tell of releases sends a key that is held again, within this time. */
#define CW_TALK_REPEAT_MS 700
/* How often it rings, and for how long at most. */
#define CW_TALK_RING_MS      4000
#define CW_TALK_RING_MOST_MS 60000

/* Why such a program cannot be begun now; NULL: it can. */
const char *cw_talk_refuses(const struct cw_chat *chat, enum cw_talk_kind kind);
/* It was begun for `place` ("@bob" is the conversation bob; `seq`: the message that is played). */
void cw_talk_begin(struct cw_chat *chat, enum cw_talk_kind kind, const char *place, uint64_t seq);
/* It has ended; `done`: without a failure. After a voice message that nobody has stopped the next
 * one of its conversation is asked for, as fast as it. */
void cw_talk_end(struct cw_chat *chat, enum cw_talk_kind kind, bool done);
/* A line of it. What is not understood is left alone. */
void cw_talk_take(struct cw_chat *chat, enum cw_talk_kind kind, const char *line);

/* --- what the user wants -------------------------------------------------------------------- */

/* Tells the call a line, or the recording or playing. False: there is none. */
bool cw_talk_tell_call(struct cw_chat *chat, const char *line);
bool cw_talk_tell_voice(struct cw_chat *chat, const char *line);

/* Push to talk, from now on. */
void cw_talk_arm(struct cw_chat *chat, bool on);
/* Its key is pressed (or still held), or released. Where the terminal does not tell of releases,
 * each press is the other one. False: there is no call in which it is armed. */
bool cw_talk_push(struct cw_chat *chat, bool held);
void cw_talk_release(struct cw_chat *chat);
/* The terminal says which keys it tells of: of releases, too. */
void cw_talk_holds(struct cw_chat *chat, bool holds);

/* In percent, up to CW_TALK_VOLUME_MAX. */
#define CW_TALK_VOLUME_MAX 200
void cw_talk_set_volume(struct cw_chat *chat, const char *name, unsigned percent);
/* NULL: the usual device. */
void cw_talk_set_device(struct cw_chat *chat, const char *name);

/* Somebody is calling, or it is over (NULL). */
void cw_talk_ring(struct cw_chat *chat, const char *caller);

/* When cw_talk_tick has something to do; 0: never. */
uint64_t cw_talk_deadline(const struct cw_chat *chat);
void cw_talk_tick(struct cw_chat *chat);

#endif
