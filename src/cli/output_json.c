/* output_json.c - see output_json.h. Which keys there are: the library says it, by
 * chinwag_entry_member and chinwag_event_member. */
#include "output_json.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "output.h"

static void put_key(FILE *out, const char *separator, const char *key)
{
    fprintf(out, "%s\"%s\":", separator, key);
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

static void put_entry(FILE *out, const struct chinwag_entry *entry)
{
    struct chinwag_member member;
    unsigned position = 0;
    const char *separator = "";
    fputc('{', out);
    for (; chinwag_entry_member(entry, &position, &member); separator = ",") {
        put_key(out, separator, member.key);
        put_value(out, &member);
    }
    fputc('}', out);
}

void output_entry_json(FILE *out, const struct chinwag_entry *entry)
{
    put_entry(out, entry);
    fputc('\n', out);
}

/* --- events ------------------------------------------------------------------------------ */

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

/* The head of an event: its type, and what came in its map. */
static void put_event(FILE *out, const struct chinwag_event *event)
{
    struct chinwag_member member;
    unsigned position = 0;
    put_key(out, "{", "type");
    output_json_string(out, event->action, strlen(event->action));
    while (chinwag_event_member(event, &position, &member)) {
        put_key(out, ",", member.key);
        put_value(out, &member);
    }
    put_text(out, "sender", event->sender);
}

void output_message_json(FILE *out, const struct chinwag_event *event, const char *me,
                         const char *file)
{
    put_event(out, event);
    put_key(out, ",", "own");
    fputs(strcmp(event->sender, me) == 0 ? "true" : "false", out);
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
    put_event(out, event);
    if (event->of != 0)
        fprintf(out, ",\"of\":%" PRIu64, event->of);
    put_text(out, "conversation", event->conversation);
    put_text(out, "event", event->happened);
    put_text(out, "state", event->state);
    put_text(out, "emoji", event->emoji);
    put_string(out, "content", event->content, event->content_length);
    fputs("}\n", out);
}
