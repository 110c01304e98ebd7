/* output_json.c - see output_json.h. Which keys there are: the library says it, by
 * chinwag_entry_member and chinwag_event_member. */
#include "output_json.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

static void put_key(FILE *out, const char *separator, const char *key)
{
    fprintf(out, "%s\"%s\":", separator, key);
}

/* Of a file: "type" and "file" mean something else here. */
static const char *key_of(const struct chinwag_member *member)
{
    if (strcmp(member->key, "type") == 0)
        return "file_type";
    return strcmp(member->key, "file") == 0 ? "file_id" : member->key;
}

static void put_entry(FILE *out, const struct chinwag_entry *entry);

static void put_entries(FILE *out, const struct chinwag_entry *entries, size_t count)
{
    fputc('[', out);
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "" : ",", out);
        put_entry(out, &entries[i]);
    }
    fputc(']', out);
}

static void put_value(FILE *out, const struct chinwag_member *member)
{
    switch (member->type) {
    case CHINWAG_TEXT:
        output_json_string(out, member->text, member->length);
        break;
    case CHINWAG_NUMBER:
        fprintf(out, "%" PRIu64, member->number);
        break;
    case CHINWAG_FLAG:
        fputs("true", out);
        break;
    case CHINWAG_LIST:
        put_entries(out, member->entries, member->entry_count);
        break;
    }
}

/* The members that the entry has; `separator`: before the first of them. */
static void put_members(FILE *out, const struct chinwag_entry *entry, const char *separator)
{
    struct chinwag_member member;
    unsigned position = 0;
    for (; chinwag_entry_member(entry, &position, &member); separator = ",") {
        put_key(out, separator, key_of(&member));
        put_value(out, &member);
    }
}

static void put_entry(FILE *out, const struct chinwag_entry *entry)
{
    fputc('{', out);
    put_members(out, entry, "");
    fputc('}', out);
}

/* --- entries of a list -------------------------------------------------------------------- */

static bool is_text(const char *text, const char *word)
{
    return text != NULL && strcmp(text, word) == 0;
}

static void put_type(FILE *out, const char *type)
{
    put_key(out, "{", "type");
    output_json_string(out, type, strlen(type));
}

/* The action that brought the message, as in an event. */
static const char *type_of_message(const struct chinwag_entry *entry, const char *conversation)
{
    if (is_text(entry->kind, "edit") || is_text(entry->kind, "delete"))
        return entry->kind;
    if (is_text(entry->kind, "voice"))
        return "voice_msg";
    return conversation != NULL && conversation[0] == '#' ? "msg_group" : "whisper";
}

static void put_string(FILE *out, const char *key, const char *value, size_t n)
{
    if (value == NULL)
        return;
    put_key(out, ",", key);
    output_json_string(out, value, n);
}

static void put_text(FILE *out, const char *key, const char *value)
{
    put_string(out, key, value, value == NULL ? 0 : strlen(value));
}

void output_entry_json(FILE *out, const struct chinwag_entry *entry,
                       const struct output_json_list *list)
{
    struct chinwag_entry message = *entry;
    if (list->type == NULL && message.conversation == NULL)
        message.conversation = list->conversation;
    put_type(out,
             list->type != NULL ? list->type : type_of_message(&message, message.conversation));
    if (list->type == NULL)
        fprintf(out, ",\"own\":%s", is_text(entry->sender, list->me) ? "true" : "false");
    put_members(out, &message, ",");
    put_text(out, "file", list->file);
    fputs("}\n", out);
}

/* --- events ------------------------------------------------------------------------------ */

/* The head of an event: its type, and what came in its map. */
/* The head of an event: its type, and what came in its map. That a message is a missed call its
 * `kind` says, as in a history. */
static void put_event(FILE *out, const struct chinwag_event *event)
{
    struct chinwag_member member;
    unsigned position = 0;
    put_type(out, event->action);
    while (chinwag_event_member(event, &position, &member)) {
        if (is_text(member.key, "call"))
            continue;
        put_key(out, ",", key_of(&member));
        put_value(out, &member);
    }
    put_text(out, "sender", event->sender);
}

/* As in a history: the other user, or '#' and the group. */
static void put_conversation(FILE *out, const struct chinwag_event *event, bool own)
{
    const char *other = own && event->to != NULL ? event->to : event->sender;
    const char *name = event->group != NULL ? event->group : other;
    put_key(out, ",", "conversation");
    if (event->group == NULL) {
        output_json_string(out, name, strlen(name));
        return;
    }
    size_t n = strlen(name) + 1;
    char *group = malloc(n + 1);
    if (group != NULL)
        snprintf(group, n + 1, "#%s", name);
    output_json_string(out, group, group == NULL ? 0 : n);
    free(group);
}

void output_message_json(FILE *out, const struct chinwag_event *event, const char *me,
                         const char *file)
{
    bool own = strcmp(event->sender, me) == 0;
    put_event(out, event);
    fprintf(out, ",\"own\":%s", own ? "true" : "false");
    put_text(out, "kind",
             event->type == CHINWAG_VOICE_MESSAGE ? "voice"
             : event->call != NULL                ? "call"
                                                  : "text");
    put_conversation(out, event, own);
    if (event->type == CHINWAG_VOICE_MESSAGE) {
        fprintf(out, ",\"channels\":%u,\"sample_rate\":%u,\"seconds\":%.3f", event->channels,
                event->sample_rate, output_seconds(event));
        put_text(out, "file", file);
    }
    put_string(out, "content", event->content, event->content_length);
    fputs("}\n", out);
}

void output_happening_json(FILE *out, const struct chinwag_event *event)
{
    bool changes = event->type == CHINWAG_EDITED || event->type == CHINWAG_DELETED;
    put_event(out, event);
    if (changes)
        put_text(out, "kind", event->action);
    if (event->of != 0)
        fprintf(out, ",\"of\":%" PRIu64, event->of);
    put_text(out, "conversation", event->conversation);
    put_text(out, "event", event->happened);
    put_text(out, "state", event->state);
    put_text(out, "level", event->level);
    put_text(out, "hours", event->hours);
    put_text(out, "emoji", event->emoji);
    put_string(out, "content", event->content, event->content_length);
    fputs("}\n", out);
}
