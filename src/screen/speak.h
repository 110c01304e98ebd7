/* speak.h - keys for what is spoken: push to talk, the call, a recording, what is played.
 * control.c, slash.c, slash_talk.c and speech.c call it. */
#ifndef CW_SCREEN_SPEAK_H
#define CW_SCREEN_SPEAK_H

#include "screen/screen.h"

/* The key of push to talk, until another one is chosen: F12. */
#define CW_SPEAK_KEY 12

/* True: the key was one of push to talk or of the recording that goes on, or is a released one,
 * which is nothing else. */
bool cw_speak_key(struct cw_screen *screen, const struct cw_key *key);

/* "F12", "space": a key of push to talk; 0: there is no such name. */
int32_t cw_speak_key_named(const char *name);
/* The other way: 1 to 12, or a blank. */
const char *cw_speak_key_name(int32_t key);

/* Answers who is calling, or calls where the user is. */
void cw_speak_answer(struct cw_screen *screen);
/* Declines who is calling, or leaves the call. */
void cw_speak_decline(struct cw_screen *screen);
/* Plays the newest voice message here, or pauses what is played. */
void cw_speak_play(struct cw_screen *screen);
/* `seq` 0: the newest one here. False: there is none. */
bool cw_speak_play_message(struct cw_screen *screen, uint64_t seq);
/* A line for what is played or recorded; says it where there is none. */
void cw_speak_steer(struct cw_screen *screen, const char *line);
/* Plays it faster, or as it is again. */
void cw_speak_faster(struct cw_screen *screen);
/* A line for the call, the same. */
void cw_speak_call(struct cw_screen *screen, const char *line);

#endif
