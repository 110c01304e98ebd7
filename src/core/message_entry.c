/* message_entry.c - see message_entry.h. Called by the handlers of lists: on_history.c, on_pin.c.
 */
#include "core/message_entry.h"

#include <assert.h>
#include <stdio.h>

#include "core/effect.h"
#include "core/request.h"
#include "core/state.h"

static void describe_voice(const struct cw_store_message *message, struct cw_entry *entry)
{
    cw_entry_put_number(entry, CW_E_CHANNELS, &entry->channels, message->channels);
    cw_entry_put_number(entry, CW_E_SAMPLE_RATE, &entry->sample_rate, message->sample_rate);
    cw_entry_put_number(entry, CW_E_SIZE, &entry->size, message->size);
    if (message->waveform.n == 0)
        return;
    cw_entry_put_number(entry, CW_E_DURATION, &entry->duration_ms, message->duration_ms);
    cw_entry_put_string(entry, CW_E_WAVEFORM, &entry->waveform, message->waveform);
}

struct cw_slice cw_pixels_text(struct cw_core *core, const struct cw_store_message *message)
{
    enum { ROOM = 24 };
    if (message->file_width == 0)
        return (struct cw_slice){0};
    char *text = cw_arena_alloc(&core->effects->arena, ROOM);
    int n = snprintf(text, ROOM, "%ux%u", (unsigned)message->file_width,
                     (unsigned)message->file_height);
    assert(n > 0 && n < ROOM);
    return cw_slice_of(text, (size_t)n);
}

static void describe_file(struct cw_core *core, const struct cw_store_message *message,
                          struct cw_entry *entry)
{
    struct cw_slice pixels = cw_pixels_text(core, message);
    cw_entry_put_number(entry, CW_E_SIZE, &entry->size, message->file_size);
    cw_entry_put_number(entry, CW_E_FILE, &entry->file_id, message->file_id);
    cw_entry_put_string(entry, CW_E_FILE_NAME, &entry->file_name, message->file_name);
    cw_entry_put_string(entry, CW_E_TYPE, &entry->file_type, message->file_type);
    if (pixels.n != 0)
        cw_entry_put_string(entry, CW_E_PIXELS, &entry->pixels, pixels);
    cw_entry_put_unless_0(entry, CW_E_THUMBNAIL, &entry->thumbnail, message->file_thumbnail);
}

static void describe_reactions(struct cw_core *core, const struct cw_store_message *message,
                               struct cw_entry *entry)
{
    if (message->reaction_count == 0)
        return;
    struct cw_entry *reactions = cw_request_make_entries(core, message->reaction_count);
    for (size_t i = 0; i < message->reaction_count; i++) {
        const struct cw_store_reaction *reaction = &message->reactions[i];
        cw_entry_put_string(&reactions[i], CW_E_EMOJI, &reactions[i].emoji, reaction->emoji);
        cw_entry_put_number(&reactions[i], CW_E_COUNTED, &reactions[i].count, reaction->count);
        cw_entry_put_unless_0(&reactions[i], CW_E_MINE, &reactions[i].mine, reaction->mine);
    }
    entry->present |= CW_BIT(CW_E_REACTIONS);
    entry->reactions =
        (struct cw_list){.items = reactions, .count = (uint32_t)message->reaction_count};
}

static void describe_quote(const struct cw_store_quote *quote, struct cw_entry *entry)
{
    if (quote == NULL)
        return;
    cw_entry_put_string(entry, CW_E_QUOTE_SENDER, &entry->quote_sender, quote->sender);
    if (!quote->voice)
        cw_entry_put_string(entry, CW_E_QUOTE, &entry->quote, quote->text);
}

struct cw_list cw_entries_of_mentions(struct cw_core *core,
                                      const struct cw_store_mentions *mentions)
{
    size_t count = mentions->count;
    struct cw_entry *entries = cw_request_make_entries(core, count + 1);
    for (size_t i = 0; i < count; i++)
        cw_entry_put_string(&entries[i], CW_E_NAME, &entries[i].name, mentions->users[i].name);
    if (mentions->all) {
        cw_entry_put_string(&entries[count], CW_E_KIND, &entries[count].kind, cw_slice_str("here"));
        count++;
    }
    return (struct cw_list){.items = entries, .count = (uint32_t)count};
}

static void describe_mentions(struct cw_core *core, const struct cw_store_mentions *mentions,
                              struct cw_entry *entry)
{
    if (mentions == NULL)
        return;
    entry->present |= CW_BIT(CW_E_MENTIONS);
    entry->mentions = cw_entries_of_mentions(core, mentions);
    cw_entry_put_unless_0(entry, CW_E_MENTIONED, &entry->mentioned, mentions->mine);
}

static void describe_deletion(const struct cw_store_message *message, struct cw_entry *entry)
{
    assert(message->deleted_ms != 0);
    cw_entry_put_number(entry, CW_E_DELETED, &entry->deleted_ms, message->deleted_ms);
    if (message->deleted_by.n != 0)
        cw_entry_put_string(entry, CW_E_DELETED_BY, &entry->deleted_by, message->deleted_by);
}

void cw_entry_of_message(struct cw_core *core, const struct cw_store_message *message,
                         struct cw_entry *entry)
{
    static const char *const kinds[] = {[CW_KIND_TEXT] = "text",
                                        [CW_KIND_VOICE] = "voice",
                                        [CW_KIND_EDIT] = "edit",
                                        [CW_KIND_DELETE] = "delete",
                                        [CW_KIND_CALL] = "call"};
    assert(message->kind < sizeof kinds / sizeof kinds[0] && kinds[message->kind] != NULL);
    cw_entry_put_string(entry, CW_E_KIND, &entry->kind, cw_slice_str(kinds[message->kind]));
    cw_entry_put_number(entry, CW_E_SEQ, &entry->seq, message->seq);
    cw_entry_put_number(entry, CW_E_ID, &entry->id, message->message_id);
    cw_entry_put_number(entry, CW_E_TIME, &entry->time_ms, message->time_ms);
    cw_entry_put_string(entry, CW_E_SENDER, &entry->sender, message->sender);
    cw_entry_put_unless_0(entry, CW_E_BOT, &entry->bot, message->bot);
    if (message->deleted_ms != 0)
        describe_deletion(message, entry);
    else if (message->kind == CW_KIND_VOICE)
        describe_voice(message, entry);
    else if (message->kind != CW_KIND_DELETE)
        cw_entry_put_string(entry, CW_E_CONTENT, &entry->content, message->body);
    if (message->file_id != 0 && message->deleted_ms == 0)
        describe_file(core, message, entry);
    cw_entry_put_unless_0(entry, CW_E_REPLY_TO, &entry->reply_to, message->reply_to);
    cw_entry_put_unless_0(entry, CW_E_OF, &entry->of, message->of);
    cw_entry_put_unless_0(entry, CW_E_EDITED, &entry->edited_ms, message->edited_ms);
    cw_entry_put_unless_0(entry, CW_E_PLAYED, &entry->played_ms, message->played_ms);
    cw_entry_put_unless_0(entry, CW_E_DAMAGED, &entry->damaged, message->damaged);
    cw_entry_put_unless_0(entry, CW_E_PINNED, &entry->pinned_ms, message->pinned_ms);
    describe_quote(message->quote, entry);
    describe_reactions(core, message, entry);
    describe_mentions(core, message->mentions, entry);
}

struct cw_entry *cw_entries_of_messages(struct cw_core *core, const struct cw_store_result *result)
{
    struct cw_entry *entries = cw_request_make_entries(core, result->message_count);
    for (size_t i = 0; i < result->message_count; i++)
        cw_entry_of_message(core, &result->messages[i], &entries[i]);
    return entries;
}
