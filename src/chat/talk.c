/* talk.c - see talk.h. */
#include "chat/talk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

/* --- asks ----------------------------------------------------------------------------------- */

static void ask_line(struct cw_chat *chat, enum cw_ask_kind kind, const char *line)
{
    cw_chat_ask(chat, &(struct cw_ask){.kind = kind, .text = (char *)line, .length = strlen(line)});
}

bool cw_talk_tell_call(struct cw_chat *chat, const char *line)
{
    if (chat->talk.calling)
        ask_line(chat, CW_ASK_TELL_CALL, line);
    return chat->talk.calling;
}

bool cw_talk_tell_voice(struct cw_chat *chat, const char *line)
{
    struct cw_voice *voice = &chat->talk.voice;
    bool any = voice->state != CW_VOICE_NONE;
    if (any)
        ask_line(chat, CW_ASK_TELL_VOICE, line);
    voice->stopped |= strcmp(line, "stop") == 0;
    return any;
}

/* The terminal tells of all keys only while that is of use: a crash would leave it so. */
static void settle_keys(struct cw_chat *chat)
{
    struct cw_talk *talk = &chat->talk;
    bool wanted = talk->calling && talk->armed;
    if (wanted == talk->wanted)
        return;
    talk->wanted = wanted;
    talk->holds = false;
    ask_line(chat, CW_ASK_KEYS, wanted ? "all" : "usual");
}

static void tell_volume(struct cw_chat *chat, const struct cw_talk_volume *volume)
{
    char line[400];
    snprintf(line, sizeof line, "volume %.300s %u", volume->name, volume->percent);
    cw_talk_tell_call(chat, line);
}

/* --- push to talk --------------------------------------------------------------------------- */

static void set_pushed(struct cw_chat *chat, bool pushed)
{
    if (pushed == chat->talk.pushed)
        return;
    chat->talk.pushed = pushed;
    cw_talk_tell_call(chat, pushed ? "push" : "release");
}

bool cw_talk_push(struct cw_chat *chat, bool held)
{
    struct cw_talk *talk = &chat->talk;
    if (!talk->calling || !talk->armed)
        return false;
    bool again =
        held || (talk->pushed_ms != 0 && chat->now_ms < talk->pushed_ms + CW_TALK_REPEAT_MS);
    talk->pushed_ms = chat->now_ms;
    if (talk->holds)
        set_pushed(chat, talk->pushed || !held);
    else if (!again)
        set_pushed(chat, !talk->pushed);
    return true;
}

void cw_talk_release(struct cw_chat *chat)
{
    if (chat->talk.holds)
        set_pushed(chat, false);
}

void cw_talk_holds(struct cw_chat *chat, bool holds)
{
    chat->talk.holds = holds && chat->talk.wanted;
}

void cw_talk_arm(struct cw_chat *chat, bool on)
{
    struct cw_talk *talk = &chat->talk;
    if (on == talk->armed)
        return;
    set_pushed(chat, false);
    talk->armed = on;
    cw_talk_tell_call(chat, on ? "ptt on" : "ptt off");
    settle_keys(chat);
}

/* --- what the user sets --------------------------------------------------------------------- */

void cw_talk_set_volume(struct cw_chat *chat, const char *name, unsigned percent)
{
    struct cw_talk *talk = &chat->talk;
    size_t i = 0;
    while (i < talk->volume_count && strcmp(talk->volumes[i].name, name) != 0)
        i++;
    if (i == talk->volume_count) {
        talk->volumes = cw_realloc(talk->volumes, (i + 1) * sizeof *talk->volumes);
        talk->volumes[talk->volume_count++].name = cw_chat_copy(name);
    }
    talk->volumes[i].percent = percent;
    tell_volume(chat, &talk->volumes[i]);
}

void cw_talk_set_device(struct cw_chat *chat, const char *name)
{
    char line[300];
    cw_place_set(&chat->talk.device, name);
    snprintf(line, sizeof line, "device%s%.256s", name == NULL ? "" : " ",
             name == NULL ? "" : name);
    cw_talk_tell_call(chat, line);
}

/* --- beginning and ending ------------------------------------------------------------------- */

static void begin_call(struct cw_chat *chat, const char *place)
{
    struct cw_talk *talk = &chat->talk;
    cw_place_set(&talk->place, place);
    talk->calling = true;
    talk->pushed_ms = 0;
    if (talk->armed)
        cw_talk_tell_call(chat, "ptt on");
    for (size_t i = 0; i < talk->volume_count; i++)
        tell_volume(chat, &talk->volumes[i]);
    settle_keys(chat);
}

static void end_call(struct cw_chat *chat)
{
    cw_talk_forget_call(&chat->talk);
    settle_keys(chat);
}

const char *cw_talk_refuses(const struct cw_chat *chat, enum cw_talk_kind kind)
{
    const struct cw_voice *voice = &chat->talk.voice;
    if (kind == CW_TALK_CALL)
        return chat->talk.calling ? "you are in a call: /leave leaves it" : NULL;
    if (voice->state == CW_VOICE_NONE)
        return NULL;
    return voice->own ? "you are recording" : "a voice message is being played: /stop ends that";
}

void cw_talk_begin(struct cw_chat *chat, enum cw_talk_kind kind, const char *place, uint64_t seq)
{
    struct cw_voice *voice = &chat->talk.voice;
    place += place[0] == '@';
    if (kind == CW_TALK_CALL) {
        begin_call(chat, place);
        return;
    }
    cw_place_set(&voice->place, place);
    voice->state = CW_VOICE_BEGINS;
    voice->own = kind == CW_TALK_RECORD;
    voice->stopped = false;
    voice->seq = seq;
    voice->at_ms = voice->whole_ms = voice->level = 0;
    voice->percent = 100;
    voice->wave[0] = 0;
}

/* 0: there is none. */
static uint64_t next_voice(const struct cw_place *place, uint64_t behind)
{
    for (size_t i = 0; place != NULL && i < place->count; i++) {
        const struct cw_line *line = place->lines[i];
        if (line->kind == CW_LINE_VOICE && line->seq > behind && !line->deleted && !line->damaged)
            return line->seq;
    }
    return 0;
}

/* As the browser client does. */
static void play_next(struct cw_chat *chat, const struct cw_voice *voice)
{
    char words[400];
    const struct cw_place *place = voice->place == NULL ? NULL : cw_chat_known(chat, voice->place);
    uint64_t seq = next_voice(place, voice->seq);
    if (seq == 0)
        return;
    int n = snprintf(words, sizeof words, "play%c%s%.256s%c%" PRIu64 "%c--speed%c%s%c", 0,
                     cw_place_is_group(place) ? "" : "@", place->name, 0, seq, 0, 0,
                     voice->percent >= 200   ? "2"
                     : voice->percent >= 150 ? "1.5"
                                             : "1",
                     0);
    cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_RUN, .text = words, .length = (size_t)n});
}

void cw_talk_end(struct cw_chat *chat, enum cw_talk_kind kind, bool done)
{
    struct cw_voice *voice = &chat->talk.voice;
    if (kind == CW_TALK_CALL) {
        end_call(chat);
        return;
    }
    if (kind == CW_TALK_PLAY && done && !voice->stopped && !chat->by_lines)
        play_next(chat, voice);
    cw_place_set(&voice->place, NULL);
    voice->state = CW_VOICE_NONE;
    voice->seq = 0;
}

/* --- what the programs say ------------------------------------------------------------------ */

/* Who comes is as loud as the user had it. */
static void tell_volumes(struct cw_chat *chat)
{
    const struct cw_talk *talk = &chat->talk;
    for (size_t i = 0; i < talk->volume_count; i++) {
        const struct cw_talker *talker = cw_talk_talker(talk, talk->volumes[i].name);
        if (talker != NULL && talker->percent != talk->volumes[i].percent)
            tell_volume(chat, &talk->volumes[i]);
    }
}

static void take_call(struct cw_chat *chat, const char *line)
{
    struct cw_talk *talk = &chat->talk;
    bool first = !talk->told;
    size_t before = talk->talker_count;
    cw_talk_take_call(talk, line);
    if (first && talk->told && talk->push) /* as the command line of the call has it */
        cw_talk_arm(chat, true);
    if (talk->talker_count > before)
        tell_volumes(chat);
}

void cw_talk_take(struct cw_chat *chat, enum cw_talk_kind kind, const char *line)
{
    if (kind == CW_TALK_CALL && chat->talk.calling)
        take_call(chat, line);
    else if (kind != CW_TALK_CALL && chat->talk.voice.state != CW_VOICE_NONE)
        cw_talk_take_voice(&chat->talk.voice, line);
}

/* --- time ----------------------------------------------------------------------------------- */

void cw_talk_ring(struct cw_chat *chat, const char *caller)
{
    struct cw_talk *talk = &chat->talk;
    cw_place_set(&talk->caller, caller);
    talk->caller_ms = talk->rung_ms = chat->now_ms;
}

static bool is_held(const struct cw_talk *talk)
{
    return talk->holds && talk->pushed;
}

uint64_t cw_talk_deadline(const struct cw_chat *chat)
{
    const struct cw_talk *talk = &chat->talk;
    uint64_t held_ms = is_held(talk) ? talk->pushed_ms + CW_TALK_HOLD_MS : 0;
    uint64_t ring_ms = talk->caller != NULL ? talk->rung_ms + CW_TALK_RING_MS : 0;
    if (held_ms == 0 || ring_ms == 0)
        return held_ms + ring_ms;
    return held_ms < ring_ms ? held_ms : ring_ms;
}

/* The server ends a call that nobody answers; what it says of that may be lost with the connection.
 */
static void ring_again(struct cw_chat *chat)
{
    struct cw_talk *talk = &chat->talk;
    talk->rung_ms = chat->now_ms;
    if (chat->now_ms >= talk->caller_ms + CW_TALK_RING_MOST_MS)
        cw_talk_ring(chat, NULL);
    else
        cw_chat_ask(chat, &(struct cw_ask){.kind = CW_ASK_RING});
}

void cw_talk_tick(struct cw_chat *chat)
{
    struct cw_talk *talk = &chat->talk;
    if (is_held(talk) && chat->now_ms >= talk->pushed_ms + CW_TALK_HOLD_MS) {
        set_pushed(chat, false);
        cw_chat_notice(chat, NULL,
                       "the key to talk was released: nothing was heard of it for "
                       "half a minute");
    }
    if (talk->caller != NULL && chat->now_ms >= talk->rung_ms + CW_TALK_RING_MS)
        ring_again(chat);
}
