/* slash_talk.c - see slash_rows.h. */
#include "screen/slash_rows.h"

#include <stdio.h>
#include <string.h>

#include "chat/talk.h"
#include "screen/speak.h"
#include "screen/template.h"

#define SECONDS_MAX 120

static bool tell(struct cw_screen *screen, const char *text)
{
    cw_chat_notice(screen->chat, NULL, text);
    return false;
}

/* A whole number, perhaps with a sign, and nothing behind it. */
static bool read_whole(const char *text, int most, int *number)
{
    bool minus = *text == '-';
    const char *p = text + (minus || *text == '+');
    *number = 0;
    if (*p == 0)
        return false;
    for (; *p != 0; p++) {
        if (*p < '0' || *p > '9' || *number > most)
            return false;
        *number = *number * 10 + *p - '0';
    }
    if (*number > most)
        return false;
    *number = minus ? -*number : *number;
    return true;
}

/* --- the call ------------------------------------------------------------------------------- */

bool cw_slash_leave(struct cw_screen *screen, const char *rest)
{
    (void)rest;
    cw_chat_ask(screen->chat, &(struct cw_ask){.kind = CW_ASK_LEAVE_CALL});
    return true;
}

bool cw_slash_leave_call(struct cw_screen *screen, const char *rest)
{
    return cw_slash_leave(screen, rest);
}

bool cw_slash_deafen(struct cw_screen *screen, const char *rest)
{
    (void)rest;
    cw_speak_call(screen, "deafen");
    return true;
}

static bool say_push_to_talk(struct cw_screen *screen)
{
    char text[300];
    const char *key = cw_speak_key_name(screen->talk_key);
    const struct cw_talk *talk = &screen->chat->talk;
    snprintf(text, sizeof text,
             !talk->armed ? "push to talk is off"
             : talk->calling && talk->holds
                 ? "push to talk: hold %s and speak; /ptt off ends it"
                 : "push to talk: %s begins and ends what you say, or where the terminal tells of "
                   "releases is held; /ptt off ends it",
             key);
    tell(screen, text);
    return true;
}

/* Without a key: on, or off. */
bool cw_slash_ptt(struct cw_screen *screen, const char *rest)
{
    bool off = strcmp(rest, "off") == 0 || (*rest == 0 && screen->chat->talk.armed);
    int32_t key = *rest == 0 || off ? screen->talk_key : cw_speak_key_named(rest);
    if (key == 0)
        return tell(screen, "a key goes behind it: /ptt F1 to /ptt F12, /ptt space (while the line "
                            "is empty), or /ptt off");
    screen->talk_key = key;
    screen->talk_on = !off;
    screen->talk_chosen = true;
    cw_talk_arm(screen->chat, !off);
    return say_push_to_talk(screen);
}

/* For who has no such key: with --plain-screen, or in a pipe. */
bool cw_slash_talk(struct cw_screen *screen, const char *rest)
{
    struct cw_chat *chat = screen->chat;
    (void)rest;
    if (!chat->talk.armed || !chat->talk.calling)
        return tell(screen, "this is for push to talk, in a call: /ptt");
    if (chat->talk.pushed && chat->talk.holds) {
        cw_talk_release(chat);
        return true;
    }
    chat->talk.pushed_ms = 0; /* it is no key that is held */
    return cw_talk_push(chat, false);
}

static bool list_volumes(struct cw_screen *screen)
{
    char text[2000] = "";
    size_t n = 0;
    const struct cw_talk *talk = &screen->chat->talk;
    for (size_t i = 0; i < talk->volume_count && n < sizeof text - 320; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%.256s %u %%", n == 0 ? "" : ", ",
                              talk->volumes[i].name, talk->volumes[i].percent);
    tell(screen, n == 0 ? "everybody is as loud as they are: /vol NAME PERCENT, 0 to 200" : text);
    return true;
}

static bool is_known(const struct cw_screen *screen, const char *name)
{
    const struct cw_place *place = cw_chat_current(screen->chat);
    return cw_talk_talker(&screen->chat->talk, name) != NULL ||
           (place != NULL &&
            (cw_place_member(place, name) != NULL || strcmp(place->name, name) == 0));
}

/* "bob 150", or "150" of all. */
bool cw_slash_vol(struct cw_screen *screen, const char *rest)
{
    char name[300], line[40];
    int percent;
    size_t n = cw_word_length(rest);
    const char *number = cw_skip_blanks(rest + n);
    if (*rest == 0)
        return list_volumes(screen);
    bool all = *number == 0;
    if (!read_whole(all ? rest : number, CW_TALK_VOLUME_MAX, &percent) || percent < 0 ||
        n >= sizeof name)
        return tell(screen, "a name and a number go behind it: /vol NAME PERCENT, 0 (not at all) "
                            "to 200; a number alone is for all");
    if (all) {
        snprintf(line, sizeof line, "volume %d", percent);
        cw_speak_call(screen, line);
        return true;
    }
    snprintf(name, sizeof name, "%.*s", (int)n, rest);
    const char *who = name + (name[0] == '@');
    if (!is_known(screen, who))
        return tell(screen, "nobody with this name is in the call, or here");
    cw_talk_set_volume(screen->chat, who, (unsigned)percent);
    return true;
}

/* --- devices -------------------------------------------------------------------------------- */

bool cw_slash_devices(struct cw_screen *screen, const char *rest)
{
    char text[400];
    if (*rest == 0) {
        cw_template_run_words(screen, "sound-devices", NULL);
        return true;
    }
    bool usual = strcmp(rest, "usual") == 0;
    cw_talk_set_device(screen->chat, usual ? NULL : rest);
    snprintf(text, sizeof text,
             usual ? "calls, recordings and what is played use the usual devices"
                   : "calls, recordings and what is played use the devices with '%.256s' in their "
                     "names",
             rest);
    tell(screen, text);
    return true;
}

/* --- voice messages ------------------------------------------------------------------------- */

/* What a key says to it can be said by words, too. */
bool cw_slash_record(struct cw_screen *screen, const char *rest)
{
    const struct cw_voice *voice = &screen->chat->talk.voice;
    bool word =
        strcmp(rest, "send") == 0 || strcmp(rest, "listen") == 0 || strcmp(rest, "cancel") == 0;
    if (word && (voice->state == CW_VOICE_NONE || !voice->own))
        return tell(screen, "nothing is recorded: /record begins");
    if (word) {
        cw_speak_steer(screen, rest);
        return true;
    }
    const char *wrong = cw_template_run(screen, "record %p %w", rest);
    return wrong == NULL || tell(screen, wrong);
}

bool cw_slash_play(struct cw_screen *screen, const char *rest)
{
    const char *behind = rest;
    uint64_t seq = cw_take_number(&behind);
    if (*rest != 0 && (seq == 0 || *behind != 0))
        return tell(screen,
                    "a number goes behind it: /play 7 (Alt+n shows them); /play alone plays "
                    "the newest voice message");
    return cw_speak_play_message(screen, seq);
}

bool cw_slash_pause(struct cw_screen *screen, const char *rest)
{
    (void)rest;
    cw_speak_steer(screen, "pause");
    return true;
}

bool cw_slash_stop(struct cw_screen *screen, const char *rest)
{
    (void)rest;
    cw_speak_steer(screen, "stop");
    return true;
}

bool cw_slash_seek(struct cw_screen *screen, const char *rest)
{
    char line[40];
    int seconds;
    if (!read_whole(rest, SECONDS_MAX, &seconds))
        return tell(screen, "seconds go behind it, as 10 or -10: /seek SECONDS");
    snprintf(line, sizeof line, "seek %d", seconds);
    cw_speak_steer(screen, line);
    return true;
}

bool cw_slash_speed(struct cw_screen *screen, const char *rest)
{
    char line[40];
    if (strcmp(rest, "1") != 0 && strcmp(rest, "1.5") != 0 && strcmp(rest, "2") != 0)
        return tell(screen, "1, 1.5 or 2 goes behind it: /speed 1.5");
    snprintf(line, sizeof line, "speed %s", rest);
    cw_speak_steer(screen, line);
    return true;
}
