/* output.c - see output.h. */
#include "output.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* --- characters ----------------------------------------------------------------------- */

/* One code point of `text` and its length in bytes; a byte that is no UTF-8
 * has length 0. */
static size_t decode(const unsigned char *p, size_t n, unsigned long *code)
{
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (length == 0 || p[0] > 0xf4 || length > n)
        return 0;
    *code = length == 1 ? p[0] : p[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (p[i] & 0x3fu);
    }
    return length;
}

/* C0, DEL, C1: a terminal may execute them. */
static bool is_control(unsigned long code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* Unicode's Bidi_Control, and its line and paragraph separators: they can disguise a line. */
static bool is_misleading(unsigned long code)
{
    return code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void output_text(FILE *out, const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    while (n > 0) {
        unsigned long code;
        size_t length = decode(p, n, &code);
        if (length == 0)
            fprintf(out, "\\x%02x", p[0]);
        else if (code == '\n')
            fputs("\n    ", out);
        else if (code != '\t' && is_control(code))
            fprintf(out, "\\x%02lx", code);
        else if (is_misleading(code))
            fprintf(out, "\\u%04lx", code);
        else
            fwrite(p, 1, length, out);
        length += length == 0;
        p += length;
        n -= length;
    }
}

void output_json_string(FILE *out, const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    fputc('"', out);
    while (n > 0) {
        unsigned long code;
        size_t length = decode(p, n, &code);
        if (length == 0)
            fputs("\\ufffd", out);
        else if (code == '"' || code == '\\')
            fprintf(out, "\\%c", (char)code);
        else if (is_control(code) || is_misleading(code))
            fprintf(out, "\\u%04lx", code);
        else
            fwrite(p, 1, length, out);
        length += length == 0;
        p += length;
        n -= length;
    }
    fputc('"', out);
}

/* --- messages ------------------------------------------------------------------------- */

static void print_string(FILE *out, const char *string)
{
    output_text(out, string, strlen(string));
}

void output_time(FILE *out, uint64_t time_ms, int64_t now_s)
{
    time_t when = time_ms != 0 ? (time_t)(time_ms / 1000) : (time_t)now_s;
    time_t now = (time_t)now_s;
    struct tm then, today;
    char text[32] = "?";
    if (localtime_r(&when, &then) != NULL && localtime_r(&now, &today) != NULL) {
        bool same_day = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
        strftime(text, sizeof text, same_day ? "%H:%M" : "%Y-%m-%d %H:%M", &then);
    }
    fprintf(out, "%s ", text);
}

double output_seconds(const struct chinwag_event *event)
{
    if (event->duration_ms != 0)
        return (double)event->duration_ms / 1000;
    if (event->channels == 0 || event->sample_rate == 0)
        return 0;
    return (double)event->sample_count / event->channels / event->sample_rate;
}

/* A name has no space, so no user can be named "alice (you)". */
static void print_who(FILE *out, const struct chinwag_event *event, bool own)
{
    if (event->group != NULL) {
        fputc('#', out);
        print_string(out, event->group);
        fputc(' ', out);
    }
    print_string(out, event->sender);
    if (own)
        fputs(" (you)", out);
    if (own && event->group == NULL && event->to != NULL) {
        fputs(" to ", out);
        print_string(out, event->to);
    }
}

void output_file(FILE *out, bool behind_text, const char *name, uint64_t size)
{
    fputs(behind_text ? " [file " : "[file ", out);
    print_string(out, name == NULL ? "?" : name);
    if (size < 1024 * 1024)
        fprintf(out, ", %u KiB]", (unsigned)((size + 1023) / 1024));
    else
        fprintf(out, ", %.1f MiB]", (double)size / (1024 * 1024));
}

void output_message(FILE *out, const struct chinwag_event *event, const char *me, const char *file,
                    int64_t now_s)
{
    output_time(out, event->time_ms, now_s);
    print_who(out, event, strcmp(event->sender, me) == 0);
    if (event->type == CHINWAG_VOICE_MESSAGE) {
        if (event->damaged)
            fputs(" sent a voice message that was damaged on the server", out);
        else
            fprintf(out, " sent a voice message (%.1f s)", output_seconds(event));
        if (file != NULL)
            fprintf(out, ": %s", file);
    } else {
        fputs(": ", out);
        output_text(out, event->content, event->content_length);
        if (event->file_id != 0)
            output_file(out, event->content_length != 0, event->file_name, event->size);
    }
    fputc('\n', out);
}

/* --- what happens besides messages ---------------------------------------------------- */

static void print_where(FILE *out, const struct chinwag_event *event)
{
    bool group = event->conversation[0] == '#';
    fprintf(out, group ? "" : "@");
    print_string(out, event->conversation);
    fputc(' ', out);
}

static void print_group_event(FILE *out, const struct chinwag_event *event, int64_t now_s)
{
    fputc('#', out);
    print_string(out, event->group);
    fputs(" * ", out);
    print_string(out, event->sender);
    fputs(": ", out);
    print_string(out, event->happened);
    const char *what[] = {event->user, event->role, event->topic, event->access};
    for (size_t i = 0; i < sizeof what / sizeof what[0]; i++) {
        if (what[i] == NULL)
            continue;
        fputc(' ', out);
        print_string(out, what[i]);
    }
    if (event->seq != 0) /* what was pinned */
        fprintf(out, " [%" PRIu64 "]", event->seq);
    if (event->until != 0) {
        fputs(" until ", out);
        output_time(out, event->until, now_s);
    }
}

void output_happening(FILE *out, const struct chinwag_event *event, int64_t now_s)
{
    output_time(out, event->time_ms, now_s);
    if (event->type == CHINWAG_GROUP_EVENT) {
        print_group_event(out, event, now_s);
        fputc('\n', out);
        return;
    }
    if (event->conversation != NULL)
        print_where(out, event);
    fputs("* ", out);
    print_string(out, event->sender);
    switch (event->type) {
    case CHINWAG_EDITED:
        fprintf(out, " changed [%" PRIu64 "]: ", event->of);
        output_text(out, event->content, event->content_length);
        break;
    case CHINWAG_DELETED:
        fprintf(out, " deleted [%" PRIu64 "]", event->of);
        break;
    case CHINWAG_READ:
        fprintf(out, " has read up to [%" PRIu64 "]", event->seq);
        break;
    case CHINWAG_PLAYED:
        fprintf(out, " has listened to [%" PRIu64 "]", event->seq);
        break;
    case CHINWAG_DELIVERED:
        fputs(" has received your messages", out);
        break;
    case CHINWAG_REACTED:
    case CHINWAG_UNREACTED:
        fputs(event->type == CHINWAG_REACTED ? " put " : " took back ", out);
        print_string(out, event->emoji == NULL ? "?" : event->emoji);
        fprintf(out, event->type == CHINWAG_REACTED ? " to [%" PRIu64 "]" : " from [%" PRIu64 "]",
                event->seq);
        break;
    case CHINWAG_SETTINGS:
        fprintf(out, " has set receipts %s", event->receipts ? "on" : "off");
        break;
    case CHINWAG_TYPING:
        fputs(" is typing", out);
        break;
    case CHINWAG_PRESENCE:
        fputs(" is ", out);
        print_string(out, event->state == NULL ? "?" : event->state);
        break;
    case CHINWAG_GROUP_EVENT: /* above */
    case CHINWAG_RESPONSE:    /* from here on: command_listen.c has others print them */
    case CHINWAG_WHISPER:
    case CHINWAG_GROUP_MESSAGE:
    case CHINWAG_VOICE_MESSAGE:
    case CHINWAG_CALL_DATA:
    case CHINWAG_CONNECTED:
    case CHINWAG_DISCONNECTED:
    case CHINWAG_ATTACHED:
    case CHINWAG_SESSION_LOST:
    case CHINWAG_SESSION_MOVED:
    case CHINWAG_CALL_LEFT:
    case CHINWAG_RESTARTED:
    case CHINWAG_NEXT_KEY:
        break;
    }
    fputc('\n', out);
}

/* --- refusals ------------------------------------------------------------------------- */

struct advice {
    int code;
    const char *text;
};

static const struct advice advices[] = {
    {CHINWAG_USER_ALREADY_EXIST, "choose another name, or log in: chinwag login NAME"},
    {CHINWAG_USER_DOES_NOT_EXIST, "check the spelling of the name"},
    {CHINWAG_USER_WRONG_PASSWORD, "check the name and the password"},
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
    {CHINWAG_FORBIDDEN, "ask whoever runs the group or the server"},
    {CHINWAG_INVALID_NAME,
     "a name has 1 to 64 bytes and no spaces, and begins with neither @ nor #"},
    {CHINWAG_UNAVAILABLE, "repeat it in a while, or ask whoever runs the server"},
    {CHINWAG_CONFLICT, "look at the history before you repeat it: chinwag history @NAME"},
    {CHINWAG_UNKNOWN_OUTCOME, "look at the history before you repeat it: chinwag history @NAME"},
    {CHINWAG_CALL_ALREADY_JOINED, "leave that call first"},
    {CHINWAG_CALL_FULL, "try again when somebody has left"},
};

const char output_what_a_call_is[] =
    "a call is what the members of a group say to each other, be they two or many: make a group "
    "(chinwag group create NAME), the others join it (chinwag group join NAME), and everybody "
    "calls it: chinwag call NAME";

static const char *advice_for(const char *action, int code)
{
    if (code == CHINWAG_GROUP_DOES_NOT_EXIST && strcmp(action, "join_call") == 0)
        return output_what_a_call_is;
    if (code == CHINWAG_BAD_REQUEST &&
        (strcmp(action, "register") == 0 || strcmp(action, "login") == 0 ||
         strcmp(action, "change_password") == 0))
        return "a password has 8 to 256 bytes";
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

/* A name that is taken is still there to log in with, or to join. */
static bool has_two_ways(int code)
{
    return code == CHINWAG_USER_ALREADY_EXIST || code == CHINWAG_GROUP_ALREADY_EXIST;
}

void output_refusal(const char *action, int code, const char *reason, const char *me)
{
    if (is_attach_unknown(action, code)) {
        fputs("chinwag: the server does not know 'attach', which this command needs\n"
              "  it is older than this command, or another server of the protocol: update it, or "
              "name another: --server HOST:PORT\n",
              stderr);
        return;
    }
    if (is_session_over(code)) {
        fprintf(stderr, "chinwag: the session of %s is over\n  log in again: chinwag login %s\n",
                me, me);
        return;
    }
    fprintf(stderr, "chinwag: %s", chinwag_code_text(code));
    if (code > 0) /* a code that docs/protocol.md explains */
        fprintf(stderr, " (%s, %d)", chinwag_code_name(code), code);
    fputc('\n', stderr);
    if (reason != NULL) {
        fputs("  ", stderr);
        output_text(stderr, reason, strlen(reason));
        fputc('\n', stderr);
    }
    const char *advice = reason == NULL || has_two_ways(code) ? advice_for(action, code) : NULL;
    if (advice != NULL)
        fprintf(stderr, "  %s\n", advice);
}

void output_unreachable(const char *server, const char *why)
{
    struct chinwag_address address;
    bool local = chinwag_read_address(server, &address) && address.local;
    fprintf(stderr,
            local ? "chinwag: cannot reach the server at %s (%s)\n"
                    "  Start one with: chinwagd --data DIR, or name another: --server HOST:PORT\n"
                  : "chinwag: cannot reach the server at %s (%s)\n"
                    "  Check host and port. If they are right, ask the person who runs the server "
                    "whether it runs, and whether a firewall blocks the port.\n",
            server, why);
}
