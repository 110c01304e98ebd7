/* kept.c - see kept.h. */
#include "chat/kept.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "chat/talk.h"

#define FIRST_LINE "chinwag-chat 1\n"

/* --- writing -------------------------------------------------------------------------------- */

static void put_text(struct cw_buf *out, const char *text)
{
    for (; *text != 0; text++)
        if (*text == '\n')
            cw_buf_append_str(out, "\\n");
        else if (*text == '\\')
            cw_buf_append_str(out, "\\\\");
        else
            cw_buf_append_byte(out, (uint8_t)*text);
    cw_buf_append_byte(out, '\n');
}

static void put_numbers(struct cw_buf *out, const char *word, uint64_t a, uint64_t b)
{
    char line[80];
    snprintf(line, sizeof line, "%s %" PRIu64 " %" PRIu64, word, a, b);
    cw_buf_append_str(out, line);
}

static void put_unsent(struct cw_buf *out, const struct cw_line *line, uint64_t part)
{
    bool pale = line->state == CW_LINE_PALE;
    char before[40];
    if (line->n != 0 && line->part != part) {
        snprintf(before, sizeof before, "part %" PRIu64 "\n", line->part);
        cw_buf_append_str(out, before);
    }
    put_numbers(out, pale ? "pale" : "failed", line->n, line->reply_to);
    cw_buf_append_byte(out, ' ');
    put_text(out, line->text);
    if (pale)
        return;
    cw_buf_append_str(out, "reason ");
    put_text(out, line->failure == NULL ? "" : line->failure);
}

static void put_place(struct cw_buf *out, const struct cw_place *place, uint64_t part, bool here)
{
    put_numbers(out, "place", place->unread, place->mentions);
    cw_buf_append_str(out, cw_place_is_group(place) ? " " : " @");
    put_text(out, place->name);
    if (here)
        cw_buf_append_str(out, "here\n");
    if (place->draft != NULL && place->draft[0] != 0) {
        cw_buf_append_str(out, "draft ");
        put_text(out, place->draft);
    }
    for (size_t i = 0; i < place->count; i++)
        if (place->lines[i]->state != CW_LINE_STORED)
            put_unsent(out, place->lines[i], part);
}

/* Who is as loud as usual needs no line. */
static void put_volumes(struct cw_buf *out, const struct cw_talk *talk)
{
    char word[40];
    for (size_t i = 0; i < talk->volume_count; i++) {
        if (talk->volumes[i].percent == 100)
            continue;
        snprintf(word, sizeof word, "volume %u ", talk->volumes[i].percent);
        cw_buf_append_str(out, word);
        put_text(out, talk->volumes[i].name);
    }
}

void cw_kept_write(const struct cw_chat *chat, const char *session, struct cw_buf *text)
{
    cw_buf_append_str(text, FIRST_LINE "session ");
    put_text(text, session);
    put_numbers(text, "numbers", chat->part, chat->last_n);
    cw_buf_append_byte(text, '\n');
    put_volumes(text, &chat->talk);
    for (size_t i = 0; i < chat->place_count; i++)
        if (!chat->places[i]->gone)
            put_place(text, chat->places[i], chat->part, i == chat->current);
    *cw_buf_reserve(text, 1) = 0;
}

/* --- reading -------------------------------------------------------------------------------- */

struct reading {
    struct cw_chat *chat;
    struct cw_place *place; /* that what comes belongs to; NULL: none yet */
    struct cw_line *line;
    const char *session;
    bool other_session;
    uint64_t part;       /* of the run that has written it, ... */
    uint64_t other_part; /* ... and of the message that comes next, where it is another; 0: not */
};

/* Takes the word and the blank, or the end, behind it. */
static bool take_word(const char **at, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(*at, word, n) != 0 || ((*at)[n] != ' ' && (*at)[n] != 0))
        return false;
    *at += n + ((*at)[n] == ' ');
    return true;
}

/* A number and the blank behind it, if there is one; false: it is none. */
static bool take_number(const char **at, uint64_t *number)
{
    const char *begin = *at;
    *number = 0;
    for (; **at >= '0' && **at <= '9'; ++*at) {
        uint64_t digit = (uint64_t)(**at - '0');
        if (*number > (UINT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    bool good = *at != begin && (**at == ' ' || **at == 0);
    *at += **at == ' ';
    return good;
}

/* A copy without the backslashes. */
static char *text_of(const char *at)
{
    char *text = cw_alloc(strlen(at) + 1);
    size_t n = 0;
    for (; *at != 0; at++) {
        bool escaped = *at == '\\' && at[1] != 0;
        at += escaped;
        text[n++] = escaped && *at == 'n' ? '\n' : *at;
    }
    text[n] = 0;
    return text;
}

static bool read_place(struct reading *reading, const char *at)
{
    uint64_t unread, mentions;
    if (!take_number(&at, &unread) || !take_number(&at, &mentions) || *at == 0)
        return false;
    char *name = text_of(at);
    reading->place = cw_chat_place(reading->chat, name);
    reading->line = NULL;
    reading->place->kept = true;
    reading->place->unread = unread;
    reading->place->mentions = mentions;
    free(name);
    return true;
}

static bool read_here(struct reading *reading)
{
    if (reading->place == NULL)
        return false;
    for (size_t i = 0; i < reading->chat->place_count; i++)
        if (reading->chat->places[i] == reading->place)
            reading->chat->current = i;
    return true;
}

static bool read_draft(struct reading *reading, const char *at)
{
    if (reading->place == NULL)
        return false;
    free(reading->place->draft);
    reading->place->draft = text_of(at);
    return true;
}

static bool read_unsent(struct reading *reading, const char *at, bool pale)
{
    uint64_t n, reply_to;
    if (reading->place == NULL || !take_number(&at, &n) || !take_number(&at, &reply_to) ||
        (pale && n == 0))
        return false;
    char *text = text_of(at);
    struct cw_line *line = cw_line_make(CW_LINE_TEXT, reading->chat->me, text, strlen(text));
    free(text);
    line->uid = reading->chat->next_uid++;
    line->own = line->said = true;
    line->reply_to = reply_to;
    line->n = reading->other_session ? 0 : n;
    line->part = reading->other_part != 0 ? reading->other_part : reading->part;
    reading->other_part = 0;
    line->state = pale && !reading->other_session ? CW_LINE_PALE : CW_LINE_FAILED;
    line->kept = line->state == CW_LINE_PALE;
    if (line->state == CW_LINE_FAILED)
        cw_place_set(&line->failure, "you have logged in anew since, and it may have been sent");
    cw_place_put(reading->place, line);
    reading->line = line;
    return true;
}

static bool read_reason(struct reading *reading, const char *at)
{
    if (reading->line == NULL || reading->line->state != CW_LINE_FAILED)
        return false;
    free(reading->line->failure);
    reading->line->failure = text_of(at);
    return true;
}

static bool read_session(struct reading *reading, const char *at)
{
    reading->other_session = strcmp(at, reading->session) != 0;
    return true;
}

/* New messages are numbered on, in the part that the program has chosen, so that the numbers have
 * the order of what was said. In another session they begin anew. */
static bool read_numbers(struct reading *reading, const char *at)
{
    uint64_t last;
    if (!take_number(&at, &reading->part) || !take_number(&at, &last) || reading->part == 0)
        return false;
    if (!reading->other_session)
        reading->chat->last_n = last;
    return true;
}

static bool read_volume(struct reading *reading, const char *at)
{
    uint64_t percent;
    if (!take_number(&at, &percent) || percent > CW_TALK_VOLUME_MAX || *at == 0)
        return false;
    char *name = text_of(at);
    cw_talk_set_volume(reading->chat, name, (unsigned)percent);
    free(name);
    return true;
}

static bool read_part(struct reading *reading, const char *at)
{
    return take_number(&at, &reading->other_part) && reading->other_part != 0;
}

/* One of a later version is left out. */
static bool read_kept_line(struct reading *reading, const char *at)
{
    if (take_word(&at, "session"))
        return read_session(reading, at);
    if (take_word(&at, "numbers"))
        return read_numbers(reading, at);
    if (take_word(&at, "place"))
        return read_place(reading, at);
    if (take_word(&at, "here"))
        return read_here(reading);
    if (take_word(&at, "draft"))
        return read_draft(reading, at);
    if (take_word(&at, "volume"))
        return read_volume(reading, at);
    if (take_word(&at, "part"))
        return read_part(reading, at);
    if (take_word(&at, "pale"))
        return read_unsent(reading, at, true);
    if (take_word(&at, "failed"))
        return read_unsent(reading, at, false);
    return !take_word(&at, "reason") || read_reason(reading, at);
}

bool cw_kept_read(struct cw_chat *chat, const char *session, const char *text)
{
    struct reading reading = {.chat = chat, .session = session};
    struct cw_buf line = {0};
    bool good = strncmp(text, FIRST_LINE, strlen(FIRST_LINE)) == 0;
    const char *at = good ? text + strlen(FIRST_LINE) : "";
    while (good && *at != 0) {
        size_t n = strcspn(at, "\n");
        line.n = 0;
        cw_buf_append(&line, at, n);
        cw_buf_append_byte(&line, 0);
        good = read_kept_line(&reading, (const char *)line.p);
        at += n + (at[n] == '\n');
    }
    cw_buf_finish(&line);
    return good;
}
