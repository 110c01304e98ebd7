/* speech.c - see speech.h. */
#include "screen/speech.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "screen/speak.h"

/* As many speakers as the status line names. */
#define NAMED_MAX  4
#define WAVE_WIDTH 24
/* Below it there are fewer words. */
#define NARROW 60

static const char *block_of(unsigned level)
{
    static const char blocks[][4] = {"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83",
                                     "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86",
                                     "\xe2\x96\x87", "\xe2\x96\x88"};
    return blocks[level == 0 ? 0 : level > 8 ? 7 : level - 1];
}

/* Of some neighbours the loudest counts. */
static unsigned loudest(const char *wave, size_t from, size_t to)
{
    char most = '0';
    for (size_t i = from; i < to; i++)
        most = wave[i] > most ? wave[i] : most;
    unsigned level = most > 'o' ? 63 : (unsigned)(most - '0');
    return 1 + level / 8;
}

unsigned cw_speech_wave(const char *wave, unsigned columns, char text[CW_SPEECH_WAVE_SIZE])
{
    size_t n = wave == NULL ? 0 : strlen(wave);
    n = n > CW_TALK_WAVE ? CW_TALK_WAVE : n;
    size_t most = columns < n ? columns : n;
    text[0] = 0;
    for (size_t i = 0; i < most; i++)
        memcpy(text + 3 * i, block_of(loudest(wave, i * n / most, (i + 1) * n / most)), 4);
    return (unsigned)most;
}

/* --- the call ------------------------------------------------------------------------------- */

static bool is_here(const struct cw_chat *chat, const struct cw_place *place)
{
    const struct cw_talk *talk = &chat->talk;
    return place != NULL && talk->place != NULL && strcmp(talk->place, place->name) == 0;
}

/* With push to talk: which key, and whether it is held. */
static void put_push(const struct cw_screen *screen, char *text, size_t size)
{
    const struct cw_talk *talk = &screen->chat->talk;
    const char *key = cw_speak_key_name(screen->talk_key);
    if (talk->pushed)
        snprintf(text, size, "talking");
    else
        snprintf(text, size, talk->holds ? "hold %s" : "%s talks", key);
}

static const char *how_you_are(const struct cw_talk *talk)
{
    return talk->rings      ? "calling"
           : talk->lost     ? "NO NETWORK"
           : talk->silenced ? "muted by a moderator"
           : talk->deafened ? "deafened"
           : talk->muted    ? "muted"
           : talk->unheard  ? "badly heard"
                            : "on air";
}

static void put_you(const struct cw_screen *screen, char *text, size_t size)
{
    const struct cw_talk *talk = &screen->chat->talk;
    bool silent = talk->rings || talk->silenced || talk->deafened || talk->muted || talk->lost;
    if (talk->armed && !silent)
        put_push(screen, text, size);
    else
        snprintf(text, size, "%s", how_you_are(talk));
}

/* Who speaks now, each with a meter. */
static void put_speakers(const struct cw_talk *talk, char *text, size_t size)
{
    size_t n = 0, named = 0;
    text[0] = 0;
    for (size_t i = 0; i < talk->talker_count && named < NAMED_MAX && n + 80 < size; i++) {
        const struct cw_talker *talker = &talk->talkers[i];
        if (!talker->speaking)
            continue;
        named++;
        n += (size_t)snprintf(text + n, size - n, ", %.64s %s", talker->name,
                              block_of(talker->level));
    }
}

static void put_where(const struct cw_chat *chat, const struct cw_place *place, char *text,
                      size_t size)
{
    const struct cw_talk *talk = &chat->talk;
    const char *name = talk->place == NULL ? "" : talk->place;
    if (name[0] != '#')
        snprintf(text, size, "call with %.64s", name);
    else if (is_here(chat, place))
        snprintf(text, size, "call: %" PRIu64, place->in_call);
    else
        snprintf(text, size, "call %.64s: %zu", name, talk->talker_count + 1);
}

void cw_speech_call(const struct cw_screen *screen, const struct cw_place *place, unsigned columns,
                    char text[CW_SPEECH_SIZE])
{
    char where[100], you[40], speakers[240];
    const struct cw_talk *talk = &screen->chat->talk;
    text[0] = 0;
    if (!talk->calling && place->in_call != 0)
        snprintf(text, CW_SPEECH_SIZE, "[call: %" PRIu64 "]", place->in_call);
    if (!talk->calling)
        return;
    put_where(screen->chat, place, where, sizeof where);
    put_you(screen, you, sizeof you);
    put_speakers(talk, speakers, sizeof speakers);
    snprintf(text, CW_SPEECH_SIZE, "[%s, %s%s%s%s%s]", where, columns < NARROW ? "" : "you: ", you,
             talk->told ? " " : "", talk->told ? block_of(talk->level) : "", speakers);
}

void cw_speech_ring(const struct cw_chat *chat, unsigned columns, char text[CW_SPEECH_SIZE])
{
    text[0] = 0;
    if (chat->talk.caller != NULL)
        snprintf(text, CW_SPEECH_SIZE,
                 columns < NARROW ? "[%.64s calls: Alt+c, Alt+x]"
                                  : "[%.64s is calling: Alt+c answers, Alt+x declines]",
                 chat->talk.caller);
}

/* --- members -------------------------------------------------------------------------------- */

void cw_speech_member(const struct cw_chat *chat, const struct cw_place *place,
                      const struct cw_member *member, char text[16])
{
    const struct cw_talk *talk = &chat->talk;
    bool here = is_here(chat, place) && talk->told, me = strcmp(member->name, chat->me) == 0;
    const struct cw_talker *talker = here ? cw_talk_talker(talk, member->name) : NULL;
    bool speaks = talker != NULL ? talker->speaking : here && me ? talk->air : member->speaking;
    const char *meter = talker != NULL ? block_of(talker->level)
                        : here && me   ? block_of(talk->level)
                                       : "!";
    snprintf(text, 16, "%s%.3s", member->in_call ? " \xe2\x99\xaa" : "",
             !member->in_call ? ""
             : speaks         ? meter
                              : "");
}

void cw_speech_volume(const struct cw_chat *chat, const struct cw_place *place, const char *name,
                      char text[16])
{
    const struct cw_talker *talker =
        is_here(chat, place) ? cw_talk_talker(&chat->talk, name) : NULL;
    text[0] = 0;
    if (talker != NULL && (talker->muted || talker->percent == 0))
        snprintf(text, 16, " off");
    else if (talker != NULL && talker->percent != 100)
        snprintf(text, 16, " %u%%", talker->percent);
}

/* --- what is recorded or played ------------------------------------------------------------- */

static const char *speed_of(const struct cw_voice *voice)
{
    return voice->percent >= 200 ? ", 2x" : voice->percent >= 150 ? ", 1.5x" : "";
}

/* What stands before its wave, without which it says all. */
static void put_head(const struct cw_voice *voice, char *text, size_t size)
{
    double at = voice->at_ms / 1000.0, whole = voice->whole_ms / 1000.0;
    if (voice->state == CW_VOICE_RECORDING)
        snprintf(text, size, "recording %.1f s", at);
    else if (voice->state == CW_VOICE_RECORDED)
        snprintf(text, size, "recorded %.1f s", whole);
    else
        snprintf(text, size, "%s %.1f of %.1f s%s",
                 voice->state == CW_VOICE_PAUSED ? "paused" : "playing", at, whole,
                 speed_of(voice));
}

/* What the keys do, in as many words as there is room for. */
static const char *keys_of(const struct cw_voice *voice, unsigned columns)
{
    if (columns < NARROW)
        return "Enter sends, Esc no";
    return voice->state == CW_VOICE_PLAYING  ? "Enter sends, Space pauses, Esc drops it"
           : voice->state == CW_VOICE_PAUSED ? "Enter sends, Space goes on, Esc drops it"
                                             : "Enter sends, Space listens, Esc drops it";
}

/* The end of the wave of what grows, all of another one. */
static void put_recording(const struct cw_voice *voice, unsigned columns, char *text)
{
    char head[80], wave[CW_SPEECH_WAVE_SIZE];
    if (voice->state == CW_VOICE_BEGINS) {
        snprintf(text, CW_SPEECH_SIZE, "[the microphone is being opened] Esc cancels");
        return;
    }
    const char *keys = keys_of(voice, columns);
    put_head(voice, head, sizeof head);
    size_t n = strlen(voice->wave), used = strlen(head) + strlen(keys) + sizeof "[ ] ";
    unsigned width = columns > used ? columns - (unsigned)used : 0;
    width = width < WAVE_WIDTH ? width : WAVE_WIDTH;
    bool grows = voice->state == CW_VOICE_RECORDING && n > width;
    cw_speech_wave(voice->wave + (grows ? n - width : 0), width, wave);
    snprintf(text, CW_SPEECH_SIZE, "[%s%s%s] %s", head, wave[0] == 0 ? "" : " ", wave, keys);
}

void cw_speech_voice(const struct cw_chat *chat, unsigned columns, char text[CW_SPEECH_SIZE])
{
    const struct cw_voice *voice = &chat->talk.voice;
    char head[80];
    text[0] = 0;
    if (voice->state == CW_VOICE_NONE)
        return;
    put_head(voice, head, sizeof head);
    if (voice->own)
        put_recording(voice, columns, text);
    else if (voice->state == CW_VOICE_BEGINS)
        snprintf(text, CW_SPEECH_SIZE, "[the voice message is being fetched]");
    else
        snprintf(text, CW_SPEECH_SIZE, "[%s; Alt+p %s]", head,
                 voice->state == CW_VOICE_PAUSED ? "goes on" : "pauses");
}

/* --- in words ------------------------------------------------------------------------------- */

void cw_speech_words(const struct cw_screen *screen, char *text, size_t size)
{
    const struct cw_talk *talk = &screen->chat->talk;
    char you[40];
    text[0] = 0;
    if (!talk->calling || size < 200)
        return;
    put_you(screen, you, sizeof you);
    size_t n = (size_t)snprintf(text, size, "in the call %s %.64s, you: %s",
                                talk->place[0] == '#' ? "of" : "with", talk->place, you);
    for (size_t i = 0; i < talk->talker_count && n + 120 < size; i++) {
        const struct cw_talker *talker = &talk->talkers[i];
        char volume[16] = "";
        if (talker->percent != 100 || talker->muted)
            snprintf(volume, sizeof volume, ", %u %%", talker->muted ? 0 : talker->percent);
        n += (size_t)snprintf(text + n, size - n, "%s%.64s%s%s", i == 0 ? "; with you: " : ", ",
                              talker->name, talker->speaking ? " (speaks)" : "", volume);
    }
}
