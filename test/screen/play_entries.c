/* play_entries.c - see play_entries.h. */
#include "play_entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "chat/line.h"
#include "play_words.h"
#include "play_world.h"

void play_entries_forget(struct play_entries *entries)
{
    for (size_t i = 0; i < entries->kept_count; i++)
        free(entries->kept[i]);
    entries->kept_count = entries->count = 0;
}

static const char *keep(struct play_entries *entries, const char *text)
{
    char unescaped[4096];
    play_unescape(text, unescaped, sizeof unescaped);
    return entries->kept[entries->kept_count++] = cw_chat_copy(unescaped);
}

static struct chinwag_entry *add_entry(struct play_entries *entries)
{
    struct chinwag_entry *entry = &entries->p[entries->count++];
    *entry = (struct chinwag_entry){.time_ms = entries->time_ms};
    return entry;
}

static void add_conversation(struct play_entries *entries, const char *line)
{
    struct chinwag_entry *entry = add_entry(entries);
    entry->conversation = keep(entries, play_word(&line));
    entry->seq = play_number(&line);
    entry->read = play_number(&line);
    entry->unread = play_number(&line);
    entry->unread_mentions = play_number(&line);
    entry->topic = keep(entries, line);
}

static void add_message(struct play_entries *entries, const char *kind, const char *line)
{
    struct chinwag_entry *entry = add_entry(entries);
    entry->kind = strcmp(kind, "voice") == 0 ? "voice" : "text";
    entry->seq = play_number(&line);
    entry->id = entry->seq + 1000;
    entry->sender = keep(entries, play_word(&line));
    if (strcmp(kind, "voice") == 0) {
        entry->duration_ms = play_number(&line);
        entry->waveform = *line == 0 ? NULL : keep(entries, line);
    } else if (strcmp(kind, "png") == 0) {
        entry->file_id = entry->seq;
        entry->file_name = "pot.png";
        entry->file_type = "image/png";
        entry->pixels = keep(entries, play_word(&line));
        entry->size = sizeof play_png;
    } else if (strcmp(kind, "file") == 0) {
        entry->file_id = 1;
        entry->file_name = keep(entries, line);
        entry->size = 12000;
    } else {
        entry->content = keep(entries, line);
        entry->content_length = strlen(entry->content);
    }
}

/* Longer than a line of a transcript. */
static void add_long(struct play_entries *entries, const char *line)
{
    struct chinwag_entry *entry = add_entry(entries);
    entry->kind = "text";
    entry->seq = play_number(&line);
    entry->id = entry->seq + 1000;
    entry->sender = keep(entries, play_word(&line));
    entry->content_length = (size_t)play_number(&line);
    char *word = cw_alloc(entry->content_length + 1);
    memset(word, 'w', entry->content_length);
    word[entry->content_length] = 0;
    entry->content = entries->kept[entries->kept_count++] = word;
}

static void add_hit(struct play_entries *entries, const char *line)
{
    struct chinwag_entry *entry = add_entry(entries);
    entry->conversation = keep(entries, play_word(&line));
    entry->seq = play_number(&line);
    entry->sender = keep(entries, play_word(&line));
    entry->content = keep(entries, line);
    entry->content_length = strlen(entry->content);
}

static void add_member(struct play_entries *entries, const char *line)
{
    struct chinwag_entry *entry = add_entry(entries);
    entry->name = keep(entries, play_word(&line));
    entry->role = keep(entries, play_word(&line));
    entry->state = keep(entries, play_word(&line));
    entry->in_call = (unsigned)play_number(&line);
}

bool play_entries_add(struct play_entries *entries, const char *name, const char *rest)
{
    static const struct {
        const char *name;
        void (*add)(struct play_entries *, const char *);
    } rows[] = {{"conversation", add_conversation},
                {"member", add_member},
                {"hit", add_hit},
                {"long", add_long}};
    static const char *const messages[] = {"entry", "file", "voice", "png"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0) {
            rows[i].add(entries, rest);
            return true;
        }
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        if (strcmp(messages[i], name) == 0) {
            add_message(entries, name, rest);
            return true;
        }
    return false;
}
