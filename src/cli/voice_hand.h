/* voice_hand.h - by what a person, or a program (--control), steers a recording and its playing,
 * and where it is shown how it stands. For command_record.c, command_voice.c and
 * voice_play.c. */
#ifndef CHINWAG_CLI_VOICE_HAND_H
#define CHINWAG_CLI_VOICE_HAND_H

#include <stdint.h>

#include "base/limits.h"
#include "cli.h"
#include "control_lines.h"
#include "terminal.h"

enum voice_wish_kind {
    VOICE_NOTHING,
    VOICE_SEND,
    VOICE_PLAY,  /* begins, pauses, goes on */
    VOICE_SEEK,  /* by `seconds` */
    VOICE_SPEED, /* `percent`; 0: the next one */
    VOICE_CANCEL
};

struct voice_wish {
    enum voice_wish_kind kind;
    int seconds;
    unsigned percent;
};

struct voice_hand {
    struct terminal terminal; /* one of these, or neither */
    struct control_lines lines;
    char shown[160];                       /* on the terminal */
    const char *keys;                      /* what they do while it is played, for the terminal */
    unsigned percent;                      /* of the usual speed */
    char waveform[CW_WAVEFORM_LEVELS + 1]; /* as an event has it */
};

/* Per cent of --speed; 0: it is none of 1, 1.5 and 2. */
unsigned voice_hand_speed(const char *text);

void voice_hand_open(struct voice_hand *hand, const struct cli *cli);
void voice_hand_close(struct voice_hand *hand);
int voice_hand_fd(const struct voice_hand *hand);

/* The next wish, if there is one: a signal is to cancel. */
struct voice_wish voice_hand_next(struct voice_hand *hand);

/* Takes the picture of what was recorded: n samples, mono. */
void voice_hand_picture(struct voice_hand *hand, const int16_t *samples, size_t n);

/* Shows a line, if it is another one than before, or to a program: a word, where it stands, and of
 * what length. */
void voice_hand_show(struct voice_hand *hand, const char *line);
void voice_hand_say(struct voice_hand *hand, const char *word, unsigned at_ms, unsigned whole_ms);

/* Samples in milliseconds; tenths of a second are enough to be told of. */
unsigned voice_hand_ms(size_t samples);

#endif
