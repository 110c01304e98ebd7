/* talk_state.c - see talk_state.h. */
#include "chat/talk_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "chat/line.h"

static void forget_talkers(struct cw_talk *talk)
{
    for (size_t i = 0; i < talk->talker_count; i++)
        free(talk->talkers[i].name);
    free(talk->talkers);
    talk->talkers = NULL;
    talk->talker_count = 0;
}

void cw_talk_finish(struct cw_talk *talk)
{
    forget_talkers(talk);
    for (size_t i = 0; i < talk->volume_count; i++)
        free(talk->volumes[i].name);
    free(talk->volumes);
    free(talk->place);
    free(talk->caller);
    free(talk->device);
    free(talk->voice.place);
}

void cw_talk_forget_call(struct cw_talk *talk)
{
    forget_talkers(talk);
    free(talk->place);
    talk->place = NULL;
    talk->calling = talk->told = talk->pushed = false;
    talk->rings = talk->air = talk->muted = talk->deafened = false;
    talk->silenced = talk->lost = talk->unheard = talk->push = false;
    talk->level = 0;
}

const struct cw_talker *cw_talk_talker(const struct cw_talk *talk, const char *name)
{
    for (size_t i = 0; i < talk->talker_count; i++)
        if (strcmp(talk->talkers[i].name, name) == 0)
            return &talk->talkers[i];
    return NULL;
}

/* --- lines of the call ---------------------------------------------------------------------- */

/* The next word, cut to the size; false: there is none. */
static bool next_word(const char **line, char *word, size_t size)
{
    const char *p = *line;
    size_t n = 0;
    while (*p == ' ')
        p++;
    for (; p[0] != ' ' && p[0] != 0; p++)
        if (n + 1 < size)
            word[n++] = *p;
    word[n] = 0;
    *line = p;
    return n != 0;
}

static unsigned next_number(const char **line, unsigned most)
{
    char word[16];
    unsigned number = 0;
    if (!next_word(line, word, sizeof word))
        return 0;
    for (const char *p = word; *p >= '0' && *p <= '9'; p++)
        number = number > most ? number : number * 10 + (unsigned)(*p - '0');
    return number > most ? most : number;
}

/* Words up to a '|', which set what they name. */
static void take_words(const char **line, const char *const names[], bool *const places[], size_t n)
{
    char word[16];
    for (size_t i = 0; i < n; i++)
        *places[i] = false;
    while (next_word(line, word, sizeof word) && strcmp(word, "|") != 0)
        for (size_t i = 0; i < n; i++)
            *places[i] |= strcmp(word, names[i]) == 0;
}

static void take_talker(struct cw_talk *talk, const char **line)
{
    static const char *const names[] = {"speaking", "muted"};
    char name[300];
    if (!next_word(line, name, sizeof name))
        return;
    talk->talkers = cw_realloc(talk->talkers, (talk->talker_count + 1) * sizeof *talk->talkers);
    struct cw_talker *talker = &talk->talkers[talk->talker_count++];
    *talker = (struct cw_talker){.name = cw_chat_copy(name)};
    talker->level = next_number(line, CW_TALK_LEVEL_MAX);
    talker->percent = next_number(line, 999);
    take_words(line, names, (bool *const[]){&talker->speaking, &talker->muted}, 2);
}

void cw_talk_take_call(struct cw_talk *talk, const char *line)
{
    static const char *const names[] = {"calling",  "air",  "muted",   "deafened",
                                        "silenced", "lost", "unheard", "ptt"};
    bool *const places[] = {&talk->rings,    &talk->air,  &talk->muted,   &talk->deafened,
                            &talk->silenced, &talk->lost, &talk->unheard, &talk->push};
    char word[16];
    if (!next_word(&line, word, sizeof word) || strcmp(word, "call") != 0)
        return;
    forget_talkers(talk);
    talk->told = true;
    talk->level = next_number(&line, CW_TALK_LEVEL_MAX);
    take_words(&line, names, places, sizeof names / sizeof names[0]);
    while (*line != 0 && talk->talker_count < CW_TALKERS_MAX)
        take_talker(talk, &line);
}

/* --- lines of a recording ------------------------------------------------------------------- */

static char letter_of(unsigned level)
{
    return (char)('0' + level * ('o' - '0') / CW_TALK_LEVEL_MAX);
}

/* The loudest of a tenth of a second counts. */
static void raise_level(struct cw_voice *voice)
{
    char *last = &voice->wave[strlen(voice->wave) - 1];
    char letter = letter_of(voice->level);
    *last = letter > *last ? letter : *last;
}

/* The wave grows at its end. */
static void add_level(struct cw_voice *voice)
{
    size_t n = strlen(voice->wave);
    if (n == CW_TALK_WAVE)
        memmove(voice->wave, voice->wave + 1, n--);
    voice->wave[n] = letter_of(voice->level);
    voice->wave[n + 1] = 0;
}

static void take_recording(struct cw_voice *voice, const char *line)
{
    unsigned at_ms = next_number(&line, 999999);
    bool more = at_ms != voice->at_ms || voice->wave[0] == 0;
    voice->state = CW_VOICE_RECORDING;
    voice->at_ms = at_ms;
    voice->level = next_number(&line, CW_TALK_LEVEL_MAX);
    if (more)
        add_level(voice);
    else
        raise_level(voice);
}

static void take_played(struct cw_voice *voice, enum cw_voice_state state, const char *line)
{
    voice->state = state;
    voice->at_ms = next_number(&line, 999999);
    voice->whole_ms = next_number(&line, 999999);
    voice->percent = next_number(&line, 200);
    next_word(&line, voice->wave, sizeof voice->wave);
}

void cw_talk_take_voice(struct cw_voice *voice, const char *line)
{
    static const struct {
        const char *word;
        enum cw_voice_state state;
    } states[] = {{"recorded", CW_VOICE_RECORDED},
                  {"playing", CW_VOICE_PLAYING},
                  {"paused", CW_VOICE_PAUSED}};
    char word[16];
    if (!next_word(&line, word, sizeof word))
        return;
    if (strcmp(word, "recording") == 0)
        take_recording(voice, line);
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(word, states[i].word) == 0)
            take_played(voice, states[i].state, line);
}
