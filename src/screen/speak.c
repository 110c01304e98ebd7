/* speak.c - see speak.h. */
#include "screen/speak.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "chat/doing.h"
#include "chat/talk.h"
#include "screen/template.h"

/* --- push to talk --------------------------------------------------------------------------- */

int32_t cw_speak_key_named(const char *name)
{
    if (strcmp(name, "space") == 0 || strcmp(name, "Space") == 0)
        return ' ';
    int32_t number = 0;
    if (*name != 'f' && *name != 'F')
        return 0;
    for (const char *p = name + 1; *p != 0; p++)
        number = *p >= '0' && *p <= '9' && number < 100 ? number * 10 + *p - '0' : 100;
    return number <= 12 ? number : 0;
}

const char *cw_speak_key_name(int32_t key)
{
    static const char *const names[] = {"F1", "F2", "F3", "F4",  "F5",  "F6",
                                        "F7", "F8", "F9", "F10", "F11", "F12"};
    return key >= 1 && key <= 12 ? names[key - 1] : "space";
}

static bool is_talk_key(const struct cw_screen *screen, const struct cw_key *key)
{
    enum cw_key_kind kind = screen->talk_key == ' ' ? CW_KEY_CHARACTER : CW_KEY_F;
    return key->kind == kind && key->c == screen->talk_key && !key->alt;
}

/* A blank is one where something is written. */
static bool is_written(const struct cw_screen *screen)
{
    return screen->talk_key == ' ' && !screen->chat->talk.pushed &&
           (screen->edit.text.n != 0 || screen->mode != CW_MODE_TALK || screen->alt_next);
}

static bool push_key(struct cw_screen *screen, const struct cw_key *key)
{
    if (!is_talk_key(screen, key) || screen->pasting)
        return false;
    if (key->released) {
        cw_talk_release(screen->chat);
        return true;
    }
    return !is_written(screen) && cw_talk_push(screen->chat, key->repeated);
}

/* --- a recording ---------------------------------------------------------------------------- */

/* What a key says to it; NULL: nothing. */
static const char *line_for_recording(const struct cw_key *key)
{
    bool plain = key->kind == CW_KEY_CHARACTER && !key->alt;
    if (key->kind == CW_KEY_ENTER)
        return "send";
    if (key->kind == CW_KEY_ESCAPE || (key->kind == CW_KEY_CONTROL && key->c == 'c'))
        return "cancel";
    if (plain && key->c == ' ')
        return "listen";
    if (key->kind == CW_KEY_LEFT || (plain && key->c == 'b'))
        return "seek -5";
    return key->kind == CW_KEY_RIGHT || (plain && key->c == 'f') ? "seek 5" : NULL;
}

/* While it goes on nothing is written: Enter sends it. */
static bool recording_key(struct cw_screen *screen, const struct cw_key *key)
{
    const struct cw_voice *voice = &screen->chat->talk.voice;
    if (voice->state == CW_VOICE_NONE || !voice->own || screen->pasting ||
        screen->mode != CW_MODE_TALK)
        return false;
    const char *line = line_for_recording(key);
    bool plain = key->kind == CW_KEY_CHARACTER && !key->alt;
    if (plain && key->c == 's')
        cw_speak_faster(screen);
    else if (line != NULL)
        cw_talk_tell_voice(screen->chat, line);
    return line != NULL || plain;
}

bool cw_speak_key(struct cw_screen *screen, const struct cw_key *key)
{
    return push_key(screen, key) || key->released || recording_key(screen, key);
}

/* --- the call ------------------------------------------------------------------------------- */

static void say(struct cw_screen *screen, const char *text)
{
    cw_chat_notice(screen->chat, NULL, text);
}

static void run_form(struct cw_screen *screen, const char *form, const char *rest)
{
    const char *wrong = cw_template_run(screen, form, rest);
    if (wrong != NULL)
        say(screen, wrong);
}

void cw_speak_answer(struct cw_screen *screen)
{
    struct cw_chat *chat = screen->chat;
    if (chat->talk.caller == NULL) {
        run_form(screen, "call %p", "");
        return;
    }
    cw_chat_open(chat, cw_chat_place(chat, chat->talk.caller));
    run_form(screen, "call %p --answer", "");
}

void cw_speak_decline(struct cw_screen *screen)
{
    char who[300];
    const char *caller = screen->chat->talk.caller;
    if (caller == NULL) {
        cw_chat_ask(screen->chat, &(struct cw_ask){.kind = CW_ASK_LEAVE_CALL});
        return;
    }
    snprintf(who, sizeof who, "@%.290s", caller);
    run_form(screen, "refuse %r", who);
}

void cw_speak_call(struct cw_screen *screen, const char *line)
{
    if (!cw_talk_tell_call(screen->chat, line))
        say(screen, "you are in no call: /call joins or begins one");
}

/* --- what is played ------------------------------------------------------------------------- */

static uint64_t newest_voice(const struct cw_place *place)
{
    for (size_t i = place == NULL ? 0 : place->count; i > 0; i--) {
        const struct cw_line *line = place->lines[i - 1];
        if (line->kind == CW_LINE_VOICE && line->seq != 0 && !line->deleted)
            return line->seq;
    }
    return 0;
}

bool cw_speak_play_message(struct cw_screen *screen, uint64_t seq)
{
    char number[24];
    if (seq == 0)
        seq = newest_voice(cw_chat_current(screen->chat));
    if (seq == 0) {
        say(screen, "there is no voice message here: /play NUMBER takes an earlier one (Alt+n "
                    "shows the numbers)");
        return false;
    }
    snprintf(number, sizeof number, "%" PRIu64, seq);
    run_form(screen, "play %p %r", number);
    return true;
}

void cw_speak_play(struct cw_screen *screen)
{
    if (!cw_talk_tell_voice(screen->chat, "pause"))
        cw_speak_play_message(screen, 0);
}

void cw_speak_steer(struct cw_screen *screen, const char *line)
{
    if (!cw_talk_tell_voice(screen->chat, line))
        say(screen, "nothing is played: /play plays the newest voice message here");
}

void cw_speak_faster(struct cw_screen *screen)
{
    unsigned percent = screen->chat->talk.voice.percent;
    cw_speak_steer(screen, percent >= 200 ? "speed 1" : percent >= 150 ? "speed 2" : "speed 1.5");
}
