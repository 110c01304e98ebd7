/* line.c - see line.h. */
#include "chat/line.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static char *copy_bytes(const char *text, size_t length)
{
    char *copy = cw_alloc(length + 1);
    if (length != 0)
        memcpy(copy, text, length);
    copy[length] = 0;
    return copy;
}

char *cw_chat_copy(const char *text)
{
    return text == NULL ? NULL : copy_bytes(text, strlen(text));
}

/* --- making them ---------------------------------------------------------------------------- */

struct cw_line *cw_line_make(enum cw_line_kind kind, const char *sender, const char *text,
                             size_t length)
{
    struct cw_line *line = cw_alloc_zero(sizeof *line);
    line->kind = kind;
    line->sender = cw_chat_copy(sender == NULL ? "" : sender);
    line->text = copy_bytes(text, length);
    line->length = length;
    return line;
}

static void copy_reactions(struct cw_line *line, const struct chinwag_entry *entry)
{
    line->reaction_count = entry->reactions_count;
    line->reactions = cw_alloc_zero(entry->reactions_count * sizeof *line->reactions + 1);
    for (size_t i = 0; i < entry->reactions_count; i++) {
        const struct chinwag_entry *from = &entry->reactions[i];
        line->reactions[i] = (struct cw_line_reaction){
            cw_chat_copy(from->emoji == NULL ? "" : from->emoji), from->count, from->mine};
    }
}

static enum cw_line_kind kind_of(const char *kind)
{
    if (kind != NULL && strcmp(kind, "voice") == 0)
        return CW_LINE_VOICE;
    return kind != NULL && strcmp(kind, "call") == 0 ? CW_LINE_CALL : CW_LINE_TEXT;
}

/* "640x480" of a PNG; of others the line has no size. */
static void set_pixels(struct cw_line *line, const char *type, const char *pixels)
{
    unsigned sides[2] = {0, 0}, which = 0;
    if (type == NULL || strcmp(type, "image/png") != 0 || pixels == NULL)
        return;
    for (const char *p = pixels; *p != 0; p++) {
        if (*p >= '0' && *p <= '9' && sides[which] < 100000)
            sides[which] = sides[which] * 10 + (unsigned)(*p - '0');
        which |= *p == 'x';
    }
    line->width = sides[0];
    line->height = sides[1];
}

static void set_file(struct cw_line *line, uint64_t file, const char *name, uint64_t size)
{
    if (file == 0)
        return;
    line->file = file;
    line->file_name = cw_chat_copy(name == NULL ? "?" : name);
    line->size = size;
}

static void set_quote(struct cw_line *line, uint64_t reply_to, const char *sender,
                      const char *quote)
{
    line->reply_to = reply_to;
    line->quote_sender = cw_chat_copy(sender);
    line->quote = cw_chat_copy(quote);
}

struct cw_line *cw_line_of_entry(const struct chinwag_entry *entry, const char *me)
{
    struct cw_line *line = cw_line_make(kind_of(entry->kind), entry->sender,
                                        entry->content == NULL ? "" : entry->content,
                                        entry->content == NULL ? 0 : entry->content_length);
    line->seq = entry->seq;
    line->id = entry->id;
    line->time_ms = entry->time_ms;
    line->duration_ms = entry->duration_ms;
    line->wave = cw_chat_copy(entry->waveform);
    line->own = strcmp(line->sender, me) == 0;
    line->bot = entry->bot;
    line->edited = entry->edited_ms != 0;
    line->mentioned = entry->mentioned;
    line->damaged = entry->damaged;
    set_file(line, entry->file_id, entry->file_name, entry->size);
    set_pixels(line, entry->file_type, entry->pixels);
    set_quote(line, entry->reply_to, entry->quote_sender, entry->quote);
    copy_reactions(line, entry);
    if (entry->deleted_ms != 0)
        cw_line_delete(line);
    return line;
}

struct cw_line *cw_line_of_event(const struct chinwag_event *event, const char *me)
{
    enum cw_line_kind kind = event->type == CHINWAG_VOICE_MESSAGE ? CW_LINE_VOICE
                             : event->call != NULL                ? CW_LINE_CALL
                                                                  : CW_LINE_TEXT;
    bool text = kind == CW_LINE_TEXT && event->content != NULL;
    struct cw_line *line = cw_line_make(kind, event->sender, text ? event->content : "",
                                        text ? event->content_length : 0);
    line->seq = event->seq;
    line->id = event->id;
    line->time_ms = event->time_ms;
    line->duration_ms = event->duration_ms;
    line->wave = cw_chat_copy(event->waveform);
    line->own = strcmp(line->sender, me) == 0;
    line->bot = event->bot;
    line->edited = event->edited_ms != 0;
    line->mentioned = event->mentioned;
    line->damaged = event->damaged;
    set_file(line, event->file_id, event->file_name, event->size);
    set_pixels(line, event->file_type, event->pixels);
    set_quote(line, event->reply_to, event->quote_sender, event->quote);
    return line;
}

static void free_reactions(struct cw_line *line)
{
    for (size_t i = 0; i < line->reaction_count; i++)
        free(line->reactions[i].emoji);
    free(line->reactions);
    line->reactions = NULL;
    line->reaction_count = 0;
}

void cw_line_destroy(struct cw_line *line)
{
    free_reactions(line);
    free(line->sender);
    free(line->text);
    free(line->failure);
    free(line->file_name);
    free(line->quote_sender);
    free(line->quote);
    free(line->wave);
    free(line);
}

/* --- changing them -------------------------------------------------------------------------- */

bool cw_text_acts(const char **text, size_t *n)
{
    const char *p = *text;
    size_t end = *n;
    if (end < 3 || p[0] != '_' || p[end - 1] != '_' || p[1] == ' ' || p[end - 2] == ' ')
        return false;
    for (size_t i = 1; i + 1 < end; i++)
        if (p[i] == '_' || p[i] == '\n')
            return false;
    *text = p + 1;
    *n = end - 2;
    return true;
}

bool cw_line_acts(const struct cw_line *line, const char **text, size_t *n)
{
    *text = line->text;
    *n = line->length;
    return line->kind == CW_LINE_TEXT && !line->deleted && line->file_name == NULL &&
           cw_text_acts(text, n);
}

void cw_line_set_text(struct cw_line *line, const char *text, size_t length)
{
    char *copy = copy_bytes(text, length);
    free(line->text);
    line->text = copy;
    line->length = length;
}

void cw_line_delete(struct cw_line *line)
{
    cw_line_set_text(line, "", 0);
    free_reactions(line);
    free(line->file_name);
    line->file_name = NULL;
    line->deleted = true;
}

static struct cw_line_reaction *reaction_of(struct cw_line *line, const char *emoji)
{
    for (size_t i = 0; i < line->reaction_count; i++)
        if (strcmp(line->reactions[i].emoji, emoji) == 0)
            return &line->reactions[i];
    return NULL;
}

void cw_line_react(struct cw_line *line, const char *emoji, bool mine)
{
    struct cw_line_reaction *reaction = reaction_of(line, emoji);
    if (reaction == NULL) {
        size_t count = line->reaction_count + 1;
        line->reactions = cw_realloc(line->reactions, count * sizeof *line->reactions);
        reaction = &line->reactions[line->reaction_count++];
        *reaction = (struct cw_line_reaction){.emoji = cw_chat_copy(emoji)};
    }
    if (mine && reaction->mine)
        return;
    reaction->count++;
    reaction->mine |= mine;
}

void cw_line_unreact(struct cw_line *line, const char *emoji, bool mine)
{
    struct cw_line_reaction *reaction = reaction_of(line, emoji);
    if (reaction == NULL || (mine && !reaction->mine))
        return;
    if (mine)
        reaction->mine = false;
    if (--reaction->count != 0)
        return;
    free(reaction->emoji);
    *reaction = line->reactions[--line->reaction_count];
}
