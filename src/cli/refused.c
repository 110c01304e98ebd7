/* refused.c - see refused.h. The server says which rule it was (chinwag_rule); where its sentence
 * speaks of the protocol, or of UTC, there is one here in the words of this command. */
#include "refused.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "output.h"

/* --- by rule -------------------------------------------------------------------------------- */

static const struct {
    enum chinwag_rule rule;
    const char *text;   /* NULL: the server's */
    const char *advice; /* NULL: the text says it */
} rules[] = {
    {CHINWAG_RULE_REGISTRATION_INVITED, "only who has an invitation may register here",
     "chinwag register NAME --invitation LINK; somebody who is there makes one: chinwag invite"},
    {CHINWAG_RULE_USER_LOOKS_LIKE, NULL, "choose another name"},
    {CHINWAG_RULE_USER_LOOKS_TAKEN, NULL, "choose another name"},
    {CHINWAG_RULE_GROUP_LOOKS_LIKE, NULL, "choose another name"},
    {CHINWAG_RULE_GROUP_LOOKS_TAKEN, NULL, "choose another name"},
    {CHINWAG_RULE_PASSWORD_LENGTH, "a password has 8 to 256 bytes", NULL},
    {CHINWAG_RULE_NO_MESSAGE, NULL, "chinwag history @NAME|'#GROUP' shows the numbers"},
    {CHINWAG_RULE_NO_VOICE_MESSAGE,
     "the conversation has no file or recording with this number, or it was deleted",
     "chinwag history @NAME|'#GROUP' shows the numbers"},
    {CHINWAG_RULE_NO_EMOJI, "this is not one emoji, as \xf0\x9f\x91\x8d is one", NULL},
    {CHINWAG_RULE_LEVEL, "you are told of all, of mentions or of nothing; default is as at first",
     NULL},
    {CHINWAG_RULE_HERE_SETTING, "everybody is mentioned by all, by moderators or by nobody", NULL},
    {CHINWAG_RULE_ROLE, "a role is owner, moderator or member", NULL},
    {CHINWAG_RULE_TALK_MEMBERS, "a talk is among 2 to 8 others, each named once",
     "with one: chinwag send @NAME TEXT"},
    {CHINWAG_RULE_DEVICE_NAME,
     "the name of a device has 1 to 64 bytes in one line, without control characters", NULL},
    {CHINWAG_RULE_NO_ANSWERED, "the conversation has no message with this number",
     "chinwag history @NAME|'#GROUP' shows the numbers"},
    {CHINWAG_RULE_THUMBNAIL,
     "the thumbnail is no picture in JPEG or WebP of at most 512 x 512 pixels", NULL},
    {CHINWAG_RULE_NO_SESSION, "you have no device with this number",
     "chinwag device list shows them"},
    {CHINWAG_RULE_OWN_SESSION, "this is the device in use", "chinwag logout ends it"},
    {CHINWAG_RULE_WRONG_CODE, NULL, "check the clock of the device that shows it"},
    {CHINWAG_RULE_FACTOR_NOT_BEGUN, "it took more than 10 minutes", "chinwag totp on"},
    {CHINWAG_RULE_FACTOR_OFF, "logins need no code", NULL},
    {CHINWAG_RULE_FACTOR_ON, "logins need a code already", "chinwag totp off"},
    {CHINWAG_RULE_BY_DEVICE_PASSWORD,
     "this is a login by a device password, which does not change the account",
     "chinwag login NAME, with your own password"},
    {CHINWAG_RULE_NO_DEVICE_PASSWORD, "you have no device password with this name",
     "chinwag device-password list shows them"},
    {CHINWAG_RULE_NO_LINK, "the link is not good any more",
     "chinwag link-device makes another one"},
    {CHINWAG_RULE_LINK_WORN, NULL, "chinwag link-device, at a device that is logged in"},
    {CHINWAG_RULE_NO_INVITATION, "there is no invitation with this number that you may withdraw",
     "chinwag invitation list shows them"},
    {CHINWAG_RULE_NO_BOT, "you have no bot of this name", "chinwag bot list shows yours"},
    {CHINWAG_RULE_NO_HOOK, "there is no hook with this number in a group that you moderate",
     "chinwag group hooks NAME shows them"},
    {CHINWAG_RULE_NO_HEADING, "no group stands under this heading",
     "chinwag group heading NAME HEADING 0 puts one there"},
    {CHINWAG_RULE_ONE_PLACE, "only one of --before, --after and --around may be given", NULL},
    {CHINWAG_RULE_NO_PEOPLE, NULL, "chinwag contact list shows your contacts"},
    {CHINWAG_RULE_AVATAR,
     "this file may be no avatar: a picture (PNG, JPEG, GIF or WebP) of at most "
     "1 MiB",
     NULL},
    {CHINWAG_RULE_STATUS_UNTIL, "a status ends after now and within a year", NULL},
    {CHINWAG_RULE_PROFILE_ZONE,
     "a time zone is a name such as Europe/Berlin, or an offset such as "
     "+02:00",
     NULL},
    {CHINWAG_RULE_PROFILE_SWITCH, "--last-seen and --listed take on or off", NULL},
    {CHINWAG_RULE_NO_WORD, "there is no word to search for: letters or digits", NULL},
    {CHINWAG_RULE_NOT_A_MEMBER, NULL, "join it: chinwag group join NAME"},
    {CHINWAG_RULE_OTHER_NO_MEMBER, NULL, "chinwag group members NAME shows who is"},
    {CHINWAG_RULE_NOT_TO_ONESELF, "you cannot do this to yourself",
     "chinwag group leave NAME leaves the group"},
    {CHINWAG_RULE_INVITED_ONLY, NULL, "chinwag group join NAME --invitation CODE"},
    {CHINWAG_RULE_YOU_BLOCKED, NULL, "chinwag unblock NAME"},
    {CHINWAG_RULE_IN_CALL, "this connection is in a call already", NULL},
    {CHINWAG_RULE_CALL_BLOCKED, "you have blocked this user", "chinwag unblock NAME"},
    {CHINWAG_RULE_IN_PAIR, "you are in a call with somebody else, or are being called",
     "chinwag refuse @NAME refuses a call"},
};

#define RULES (sizeof rules / sizeof rules[0])

/* As short as the clock allows: "14:05", or with the date. */
static void put_until(FILE *out, uint64_t until_ms)
{
    output_date(out, until_ms + 59999, (int64_t)time(NULL));
}

static void put_safely(FILE *out, const char *text)
{
    output_text(out, text, strlen(text));
}

static size_t rule_row(enum chinwag_rule rule)
{
    size_t row = 0;
    while (row < RULES && (rule == CHINWAG_RULE_UNKNOWN || rules[row].rule != rule))
        row++;
    return row;
}

static void put_rule(FILE *out, const struct chinwag_event *answer, enum chinwag_rule rule)
{
    size_t row = rule_row(rule);
    if (rule == CHINWAG_RULE_MUTED && answer->until != 0) {
        fputs("you are muted in this group until ", out);
        put_until(out, answer->until);
    } else if (rule == CHINWAG_RULE_SLOW_MODE && answer->until != 0) {
        fputs("this group is in slow mode: you can write there again at ", out);
        put_until(out, answer->until);
    } else if (rule == CHINWAG_RULE_GUESS_PAUSE && answer->until != 0) {
        fputs("too many wrong passwords: the next try is possible at ", out);
        put_until(out, answer->until);
    } else if (rule == CHINWAG_RULE_SECONDS_MAX) { /* of an invitation */
        fprintf(out, "this server allows --days 1 to %llu",
                (unsigned long long)(answer->limit / 86400));
    } else if (rule == CHINWAG_RULE_LENGTH_MAX) {
        fprintf(out, "this is too long: it has at most %llu bytes",
                (unsigned long long)answer->limit);
    } else {
        put_safely(out, row < RULES && rules[row].text != NULL ? rules[row].text
                        : answer->reason != NULL               ? answer->reason
                                                               : chinwag_code_text(answer->code));
    }
}

/* For who looks it up in docs/protocol.md; the terminal client has words alone. */
static void put_code(FILE *out, const struct chinwag_event *answer)
{
    if (getenv(CLI_IN_CHAT) != NULL || answer->code <= 0)
        return;
    fprintf(out, " (%s, %d", chinwag_code_name(answer->code), answer->code);
    if (answer->rule != NULL) {
        fputs(": ", out);
        put_safely(out, answer->rule);
    }
    fputc(')', out);
}

static void say_rule(FILE *out, const struct chinwag_event *answer)
{
    enum chinwag_rule rule = chinwag_rule_named(answer->rule);
    size_t row = rule_row(rule);
    fputs("chinwag: ", out);
    put_rule(out, answer, rule);
    put_code(out, answer);
    fputc('\n', out);
    if (row < RULES && rules[row].advice != NULL)
        fprintf(out, "  %s\n", rules[row].advice);
}

char *refused_words(const struct chinwag_event *answer)
{
    char *text = NULL;
    size_t n = 0;
    if (answer->reason == NULL)
        return NULL;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        abort();
    put_rule(out, answer, chinwag_rule_named(answer->rule));
    fclose(out);
    return text;
}

/* --- by code: the library's, and where the server says no rule ---------------------------- */

static const struct {
    int code;
    const char *text;
} advices[] = {
    {CHINWAG_USER_ALREADY_EXIST, "choose another name, or log in: chinwag login NAME"},
    {CHINWAG_USER_DOES_NOT_EXIST, "check the spelling of the name"},
    {CHINWAG_USER_WRONG_PASSWORD, "check the name and the password"},
    {CHINWAG_USER_CODE_MISSING, "--code CODE: that your app shows, or a recovery code"},
    {CHINWAG_GROUP_ALREADY_EXIST, "choose another name, or join it: chinwag group join NAME"},
    {CHINWAG_GROUP_DOES_NOT_EXIST, "check the spelling, or make it: chinwag group create NAME"},
    {CHINWAG_GROUP_MEMBER_ALREADY_EXIST, "write to it: chinwag send '#NAME' TEXT"},
    {CHINWAG_GROUP_MEMBER_DOES_NOT_EXIST,
     "join it first (chinwag group join NAME), or check the name of the member"},
    {CHINWAG_BAD_REQUEST,
     "there is no such message, number or word, or a value is out of its range: see --help after "
     "the command"},
    {CHINWAG_TOO_LARGE, "send less at once: 4,000 characters, or 120 seconds of voice"},
    {CHINWAG_TOO_LONG, "send less at once: 4,000 characters, or 120 seconds of voice"},
    {CHINWAG_BAD_ARGUMENT, "text must be UTF-8; voice 8,000 to 48,000 Hz"},
    {CHINWAG_RATE_LIMITED, "wait a moment, then repeat it"},
    {CHINWAG_FORBIDDEN, "the recipient may not want messages of yours"},
    {CHINWAG_INVALID_NAME,
     "a name has 1 to 64 bytes and no spaces, and begins with neither @ nor #"},
    {CHINWAG_UNAVAILABLE, "repeat it in a while, or ask whoever runs the server"},
    {CHINWAG_CONFLICT, "look at the history before you repeat it: chinwag history @NAME"},
    {CHINWAG_UNKNOWN_OUTCOME, "look at the history before you repeat it: chinwag history @NAME"},
    {CHINWAG_CALL_ALREADY_JOINED, "leave that call first"},
    {CHINWAG_CALL_FULL, "try again when somebody has left"},
    {CHINWAG_CALL_NOT_REACHABLE, "write to them, or send a voice message: chinwag record @NAME"},
    {CHINWAG_CALL_BUSY, "try again later, or send a voice message: chinwag record @NAME"},
};

const char refused_what_a_call_is[] =
    "a person is called by chinwag call @NAME; the call of a group is for its members: make one "
    "(chinwag group create NAME), the others join it (chinwag group join NAME), and everybody "
    "calls it: chinwag call NAME";

static const char *advice_for(const char *action, int code)
{
    if (code == CHINWAG_GROUP_DOES_NOT_EXIST && strcmp(action, "join_call") == 0)
        return refused_what_a_call_is;
    if (code == CHINWAG_BAD_REQUEST &&
        (strcmp(action, "register") == 0 || strcmp(action, "login") == 0 ||
         strcmp(action, "change_password") == 0))
        return "a password has 8 to 256 bytes";
    if (code == CHINWAG_CALL_NOT_JOINED && strcmp(action, "join_call") == 0)
        return "this person is not calling you: chinwag call @NAME, without --answer, calls";
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++)
        if (advices[i].code == code)
            return advices[i].text;
    return NULL;
}

static bool is_session_over(int code)
{
    return code == CHINWAG_USER_NOT_CONNECTED || code == CHINWAG_USER_INCORRECT_TOKEN ||
           code == CHINWAG_NO_SESSION;
}

/* Is it the answer of a server of protocol v1 to `attach`? */
static bool is_attach_unknown(const char *action, int code)
{
    return strcmp(action, "attach") == 0 &&
           (code == CHINWAG_UNKNOWN_ACTION || code == CHINWAG_BAD_REQUEST);
}

void refused_in_part(const struct chinwag_event *answer)
{
    FILE *out = output_errors();
    if (answer->code != CHINWAG_SUCCESS || answer->reason == NULL)
        return;
    fputs("chinwag: ", out);
    put_safely(out, answer->reason);
    fputc('\n', out);
}

static void say_code(FILE *out, const char *action, const struct chinwag_event *answer)
{
    const char *advice = advice_for(action, answer->code);
    fprintf(out, "chinwag: %s", chinwag_code_text(answer->code));
    put_code(out, answer);
    fputc('\n', out);
    if (advice != NULL)
        fprintf(out, "  %s\n", advice);
}

void refused_say(const char *action, const struct chinwag_event *answer, const char *me)
{
    FILE *out = output_errors();
    if (is_attach_unknown(action, answer->code))
        fputs("chinwag: the server does not know 'attach', which this command needs\n"
              "  it is older than this command, or another server of the protocol: update it, or "
              "name another: --server HOST:PORT\n",
              out);
    else if (is_session_over(answer->code))
        fprintf(out, "chinwag: the session of %s is over\n  log in again: chinwag login %s\n", me,
                me);
    else if (answer->reason != NULL)
        say_rule(out, answer);
    else
        say_code(out, action, answer);
}
