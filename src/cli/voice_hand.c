/* voice_hand.c - see voice_hand.h. */
#include "voice_hand.h"

#include "audio/audio.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/level.h"
#include "session.h"

#define SEEK_S 5

unsigned voice_hand_speed(const char *text)
{
    if (text == NULL || strcmp(text, "1") == 0)
        return 100;
    return strcmp(text, "1.5") == 0 ? 150 : strcmp(text, "2") == 0 ? 200 : 0;
}

void voice_hand_open(struct voice_hand *hand, const struct cli *cli)
{
    *hand = (struct voice_hand){.percent = voice_hand_speed(cli->speed),
                                .keys = "Space pauses, b f seek, s faster, q ends"};
    session_note_signals();
    control_lines_open(&hand->lines, cli->control);
    if (!cli->control)
        terminal_open(&hand->terminal);
}

void voice_hand_close(struct voice_hand *hand)
{
    terminal_close(&hand->terminal);
}

int voice_hand_fd(const struct voice_hand *hand)
{
    return hand->lines.on ? control_lines_fd(&hand->lines) : terminal_fd(&hand->terminal);
}

/* --- wishes ------------------------------------------------------------------------------ */

static struct voice_wish wish_of_key(int key)
{
    switch (key) {
    case '\n':
    case '\r':
        return (struct voice_wish){.kind = VOICE_SEND};
    case TERMINAL_ESC:
    case 'q':
        return (struct voice_wish){.kind = VOICE_CANCEL};
    case ' ':
        return (struct voice_wish){.kind = VOICE_PLAY};
    case 'b':
    case 'f':
        return (struct voice_wish){.kind = VOICE_SEEK, .seconds = key == 'b' ? -SEEK_S : SEEK_S};
    case 's':
        return (struct voice_wish){.kind = VOICE_SPEED};
    default:
        return (struct voice_wish){.kind = VOICE_NOTHING};
    }
}

static struct voice_wish wish_of_line(const char *line)
{
    static const struct {
        const char *word;
        enum voice_wish_kind kind;
    } words[] = {{"send", VOICE_SEND},
                 {"listen", VOICE_PLAY},
                 {"pause", VOICE_PLAY},
                 {"cancel", VOICE_CANCEL},
                 {"stop", VOICE_CANCEL}};
    const char *rest;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(line, words[i].word) == 0)
            return (struct voice_wish){.kind = words[i].kind};
    if ((rest = control_lines_after(line, "seek")) != NULL) {
        long seconds = strtol(rest, NULL, 10);
        long most = (long)CW_VOICE_SECONDS_MAX;
        seconds = seconds > most ? most : seconds < -most ? -most : seconds;
        return (struct voice_wish){.kind = VOICE_SEEK, .seconds = (int)seconds};
    }
    rest = control_lines_after(line, "speed");
    if (rest != NULL && voice_hand_speed(rest) != 0)
        return (struct voice_wish){.kind = VOICE_SPEED, .percent = voice_hand_speed(rest)};
    return (struct voice_wish){.kind = VOICE_NOTHING};
}

struct voice_wish voice_hand_next(struct voice_hand *hand)
{
    struct voice_wish wish = {.kind = VOICE_NOTHING};
    const char *line;
    int key;
    if (session_was_signalled())
        wish.kind = VOICE_CANCEL;
    while (wish.kind == VOICE_NOTHING && (key = terminal_key(&hand->terminal)) != 0)
        wish = wish_of_key(key);
    while (wish.kind == VOICE_NOTHING && (line = control_lines_next(&hand->lines)) != NULL)
        wish = wish_of_line(line);
    if (hand->lines.over)
        wish.kind = VOICE_CANCEL;
    return wish;
}

/* --- how it stands ----------------------------------------------------------------------- */

void voice_hand_picture(struct voice_hand *hand, const int16_t *samples, size_t n)
{
    uint8_t levels[CW_WAVEFORM_LEVELS];
    cw_waveform(samples, n, 1, levels);
    for (size_t i = 0; i < CW_WAVEFORM_LEVELS; i++)
        hand->waveform[i] = (char)('0' + levels[i] / 4);
}

void voice_hand_show(struct voice_hand *hand, const char *line)
{
    if (strcmp(line, hand->shown) == 0)
        return;
    snprintf(hand->shown, sizeof hand->shown, "%s", line);
    terminal_draw(&hand->terminal, line);
}

void voice_hand_say(struct voice_hand *hand, const char *word, unsigned at_ms, unsigned whole_ms)
{
    char state[256];
    snprintf(state, sizeof state, "%s %u %u %u %s", word, at_ms, whole_ms, hand->percent,
             hand->waveform);
    control_lines_say(&hand->lines, state);
}

unsigned voice_hand_ms(size_t samples)
{
    return (unsigned)(samples / (CW_AUDIO_RATE / 10)) * 100;
}
