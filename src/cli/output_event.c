/* output_event.c - what happens besides messages, as sentences: output_happening. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output.h"
#include "text/quiet_hours.h"

/* What a row's letters stand for: %s who did it, %u to whom, %t the topic, %T until
 * when, %n the number of a message, %l the limit. A newer server may have events that are not here:
 * the last row.
 */
static const struct {
    const char *happened;
    const char *with; /* ... and this in `access` or `role`; NULL: whatever */
    const char *sentence;
} sentences[] = {
    {"joined", NULL, "%s joined"},
    {"left", NULL, "%s left"},
    {"kicked", NULL, "%s removed %u"},
    {"banned", NULL, "%s banned %u"},
    {"closed", NULL, "%s closed the group"},
    {"unbanned", NULL, "%s lets %u join again"},
    {"muted", NULL, "%s muted %u until %T"},
    {"unmuted", NULL, "%s lets %u write again"},
    {"role", "owner", "%s made %u the owner"},
    {"role", "moderator", "%s made %u a moderator"},
    {"role", "member", "%s made %u a member without a role"},
    {"topic", NULL, "%s set the topic: %t"},
    {"access", "invited", "%s lets only users with an invitation join"},
    {"access", "open", "%s lets everybody join"},
    {"access", "unlisted", "%s lets everybody join, and keeps the group out of the directory"},
    {"retention", NULL, "%s changed how long messages are kept"},
    {"writers", "moderator", "%s lets only the owner and moderators write"},
    {"writers", "member", "%s lets all members write"},
    {"here", "all", "%s lets all members mention everybody by @here"},
    {"here", "moderators", "%s lets only the owner and moderators mention everybody by @here"},
    {"here", "nobody", "%s lets nobody mention everybody by @here"},
    {"slow_mode", NULL, "%s lets a member write once in %l seconds (0: at any time)"},
    {"versions", NULL, "%s lets moderators see earlier texts of messages for %l days (0: not)"},
    {"pinned", NULL, "%s pinned [%n]"},
    {"unpinned", NULL, "%s took the pin off [%n]"},
    {"call_joined", NULL, "%s joined the call"},
    {"call_left", NULL, "%s left the call"},
    {"speaking", NULL, "%s is speaking"},
    {"silent", NULL, "%s is silent"},
    {NULL, NULL, "%s did something that this program is too old to know"},
};

static void put_words(FILE *out, const char *text)
{
    if (text != NULL)
        output_text(out, text, strlen(text));
}

void output_hours(FILE *out, const char *text)
{
    char written[CW_QUIET_HOURS_MAX];
    struct cw_quiet_hours hours;
    size_t n = strlen(text);
    if (cw_quiet_hours_read(cw_slice_of(text, n), &hours)) {
        hours.change_count = 0;
        n = cw_quiet_hours_write(&hours, written);
        text = written;
    }
    output_text(out, text, n);
}

/* The operator of the server has no name. */
static void put_actor(FILE *out, const struct chinwag_event *event)
{
    bool operator= event->sender == NULL || event->sender[0] == 0;
    put_words(out, operator? "the operator" : event->sender);
}

static void put_part(FILE *out, char letter, const struct chinwag_event *event, int64_t now_s)
{
    switch (letter) {
    case 's':
        put_actor(out, event);
        break;
    case 'u': /* without one it is about the sender */
        put_words(out, event->user != NULL ? event->user : event->sender);
        break;
    case 't':
        put_words(out, event->topic);
        break;
    case 'l':
        fprintf(out, "%" PRIu64, event->limit);
        break;
    case 'n':
        fprintf(out, "%" PRIu64, event->seq);
        break;
    default:
        output_date(out, event->until, now_s);
    }
}

static const char *sentence_of(const struct chinwag_event *event)
{
    size_t i = 0;
    for (; sentences[i].happened != NULL; i++) {
        const char *with = sentences[i].with;
        if (event->happened == NULL || strcmp(sentences[i].happened, event->happened) != 0)
            continue;
        if (with == NULL || (event->role != NULL && strcmp(event->role, with) == 0) ||
            (event->access != NULL && strcmp(event->access, with) == 0))
            break;
    }
    return sentences[i].sentence;
}

/* "#cooks * alice made bob a moderator" */
static void put_group_event(FILE *out, const struct chinwag_event *event, int64_t now_s)
{
    fputc('#', out);
    put_words(out, event->group);
    fputs(" * ", out);
    for (const char *p = sentence_of(event); *p != 0; p++) {
        if (*p == '%')
            put_part(out, *++p, event, now_s);
        else
            fputc(*p, out);
    }
}

/* How to answer is said while it rings. */
static void put_ring(FILE *out, const struct chinwag_event *event)
{
    static const char *const ends[][2] = {{"answered", " has called, and you have answered"},
                                          {"refused", " has called, and you have refused"},
                                          {"given_up", " has called, and given up"},
                                          {"missed", " has called, and nobody answered"}};
    const char *state = event->state == NULL ? "" : event->state;
    if (strcmp(state, "ringing") == 0) {
        fputs(" is calling you: chinwag call @", out);
        put_words(out, event->sender);
        fputs(" answers, chinwag refuse @", out);
        put_words(out, event->sender);
        fputs(" refuses", out);
        return;
    }
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (strcmp(state, ends[i][0]) == 0)
            fputs(ends[i][1], out);
}

/* "alice has set notify mentions, muted until 14:05" */
static void put_notify(FILE *out, const struct chinwag_event *event, int64_t now_s)
{
    fputs(" has set notify ", out);
    put_words(out, event->level);
    if (event->until == CHINWAG_MUTED_FOR_GOOD) {
        fputs(", muted", out);
    } else if (event->until != 0) {
        fputs(", muted until ", out);
        output_date(out, event->until, now_s);
    }
}

/* " is called Alice Cooper now", " has the status: out, until 18:00" */
static void put_about_profile(FILE *out, const struct chinwag_event *event, int64_t now_s)
{
    static const char *const sentences_of[][3] = {
        {"display", " is called ", " has no display name any more"},
        {"status", " has the status: ", " has no status any more"},
        {"zone", " is in the time zone ", " has no time zone any more"},
        {"avatar", " has a new picture", " has no picture any more"},
        {"last_seen", " has set last-seen ", ""},
        {"listed", " has set listed ", ""}};
    size_t i = 0, count = sizeof sentences_of / sizeof sentences_of[0];
    while (i < count &&
           (event->happened == NULL || strcmp(event->happened, sentences_of[i][0]) != 0))
        i++;
    bool set = event->content_length != 0;
    fputs(i == count ? " has changed the profile" : sentences_of[i][set ? 1 : 2], out);
    if (i < count && set && strcmp(event->happened, "avatar") != 0)
        output_text(out, event->content, event->content_length);
    if (event->until != 0) {
        fputs(", until ", out);
        output_date(out, event->until, now_s);
    }
}

static void put_about_message(FILE *out, const struct chinwag_event *event, int64_t now_s)
{
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
        put_words(out, event->emoji == NULL ? "?" : event->emoji);
        fprintf(out, event->type == CHINWAG_REACTED ? " to [%" PRIu64 "]" : " from [%" PRIu64 "]",
                event->seq);
        break;
    case CHINWAG_RING:
        put_ring(out, event);
        break;
    case CHINWAG_SETTINGS:
        fprintf(out, " has set receipts %s", event->receipts ? "on" : "off");
        break;
    case CHINWAG_NOTIFY_SET:
        put_notify(out, event, now_s);
        break;
    case CHINWAG_QUIET_HOURS:
        fputs(" has set dnd ", out);
        output_hours(out, event->hours == NULL ? "?" : event->hours);
        break;
    case CHINWAG_TYPING:
        fputs(" is typing", out);
        break;
    case CHINWAG_PRESENCE:
        fputs(" is ", out);
        put_words(out, event->state == NULL ? "?" : event->state);
        break;
    default: /* command_listen.c has others print the rest */
        break;
    }
}

/* "* alice announces, until 18:00: The server moves.", "* announcement 3 is over" */
static void put_announcement(FILE *out, const struct chinwag_event *event, int64_t now_s)
{
    fputs("* ", out);
    if (event->type == CHINWAG_ANNOUNCEMENT_ENDED) {
        fprintf(out, "announcement %" PRIu64 " is over", event->id);
        return;
    }
    put_actor(out, event);
    fputs(" announces", out);
    if (event->until != 0) {
        fputs(", until ", out);
        output_date(out, event->until, now_s);
    }
    fputs(": ", out);
    output_text(out, event->content, event->content_length);
}

void output_happening(FILE *out, const struct chinwag_event *event, int64_t now_s)
{
    output_time(out, event->time_ms, now_s);
    if (event->type == CHINWAG_GROUP_EVENT) {
        put_group_event(out, event, now_s);
    } else if (event->type == CHINWAG_ANNOUNCED || event->type == CHINWAG_ANNOUNCEMENT_ENDED) {
        put_announcement(out, event, now_s);
    } else {
        if (event->conversation != NULL) {
            fputs(event->conversation[0] == '#' ? "" : "@", out);
            put_words(out, event->conversation);
            fputc(' ', out);
        }
        fputs("* ", out);
        put_words(out, event->sender);
        if (event->type == CHINWAG_PROFILE)
            put_about_profile(out, event, now_s);
        else
            put_about_message(out, event, now_s);
    }
    fputc('\n', out);
}

char *output_sentence(const struct chinwag_event *event)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (out == NULL)
        return NULL;
    output_happening(out, event, (int64_t)time(NULL));
    fclose(out);
    char *sentence = strstr(text, "* ");
    if (sentence == NULL)
        return text;
    n = strcspn(sentence + 2, "\n");
    memmove(text, sentence + 2, n);
    text[n] = 0;
    return text;
}
