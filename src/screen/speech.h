/* speech.h - what is spoken, as text for cells: meters, waves, and the parts of the status line
 * about the call, the recording and what is played. draw.c, view.c and status.c call it. */
#ifndef CW_SCREEN_SPEECH_H
#define CW_SCREEN_SPEECH_H

#include "screen/screen.h"

/* So many blocks of a wave of levels '0' to 'o', at most 64; returns how many columns it has. */
#define CW_SPEECH_WAVE_SIZE (CW_TALK_WAVE * 3 + 1)
unsigned cw_speech_wave(const char *wave, unsigned columns, char text[CW_SPEECH_WAVE_SIZE]);

/* Each of these in fewer words where there are few columns. */
#define CW_SPEECH_SIZE 400
/* "[call: 3, you: on air ▃, bob ▅]"; empty: there is no call. */
void cw_speech_call(const struct cw_screen *screen, const struct cw_place *place, unsigned columns,
                    char text[CW_SPEECH_SIZE]);
/* "[bob is calling: Alt+c answers, Alt+x declines]"; empty: nobody is. */
void cw_speech_ring(const struct cw_chat *chat, unsigned columns, char text[CW_SPEECH_SIZE]);
/* What is recorded or played, and the keys for it, in so many columns; empty: nothing. */
void cw_speech_voice(const struct cw_chat *chat, unsigned columns, char text[CW_SPEECH_SIZE]);

/* Behind a member's name: a note in the call, and a meter, or "!", while they speak. */
void cw_speech_member(const struct cw_chat *chat, const struct cw_place *place,
                      const struct cw_member *member, char text[16]);
/* " 80%", " off": how loud a member of the call is for this user, if not as they are. */
void cw_speech_volume(const struct cw_chat *chat, const struct cw_place *place, const char *name,
                      char text[16]);

/* In words, for who cannot see it: "in the call of #cooks, you: muted; with you: bob (speaks),
 * carol, 80 %"; empty: in none. */
void cw_speech_words(const struct cw_screen *screen, char *text, size_t size);

#endif
