/* update.c - makes the update that reports a stored message. */
#include "core/update.h"

#include <assert.h>
#include <stdio.h>

#include "core/audience.h"
#include "core/group.h"
#include "core/message_entry.h"
#include "core/state.h"

/* An edit or a deletion: a positional field names the message that it is about. */
static void tell_change(struct cw_core *core, const struct cw_store_message *message,
                        struct cw_msg *update)
{
    bool group = cw_mailbox_is_group(message->mailbox);
    update->action = message->kind == CW_KIND_EDIT ? CW_EDIT : CW_DELETE;
    update->conversation =
        group ? cw_group_conversation(core, message->mailbox_name) : message->mailbox_name;
    update->seq = message->of;
    update->content = message->body;
}

/* Recordings that were stored before audio was examined have no waveform. */
static void tell_sound(const struct cw_store_message *message, struct cw_extras *extras)
{
    if (message->waveform.n == 0)
        return;
    extras->present |= CW_BIT(CW_X_DURATION) | CW_BIT(CW_X_WAVEFORM);
    extras->duration_ms = message->duration_ms;
    extras->waveform = message->waveform;
}

static void tell_message(const struct cw_store_message *message, struct cw_msg *update)
{
    assert(message->voice == (message->kind == CW_KIND_VOICE));
    bool group = cw_mailbox_is_group(message->mailbox);
    struct cw_extras *extras = &update->extras;
    update->action = message->voice ? CW_VOICE_MSG : group ? CW_MSG_GROUP : CW_WHISPER;
    update->group_name = message->mailbox_name;
    if (message->voice) {
        update->channels = message->channels;
        update->sample_rate = message->sample_rate;
        update->samples.encoded = message->body;
        update->samples.owner = message->body_owner;
        tell_sound(message, extras);
    } else {
        update->content = message->body;
    }
    if (message->kind == CW_KIND_CALL) {
        extras->present |= CW_BIT(CW_X_CALL);
        extras->call = cw_slice_str("missed");
    }
    if (!group) {
        extras->present |= CW_BIT(CW_X_TO);
        extras->to = message->mailbox_name;
    } else if (message->voice) { /* msg_group has it as a positional field */
        extras->present |= CW_BIT(CW_X_GROUP);
        extras->group = message->mailbox_name;
    }
}

/* What it answers; of a recording only who sent it. */
static void tell_quote(const struct cw_store_quote *quote, struct cw_extras *extras)
{
    extras->present |= CW_BIT(CW_X_QUOTE_SENDER);
    extras->quote_sender = quote->sender;
    if (quote->voice)
        return;
    extras->present |= CW_BIT(CW_X_QUOTE);
    extras->quote = quote->text;
}

static void tell_file(struct cw_core *core, const struct cw_store_message *message,
                      struct cw_extras *extras)
{
    extras->present |=
        CW_BIT(CW_X_FILE) | CW_BIT(CW_X_FILE_NAME) | CW_BIT(CW_X_SIZE) | CW_BIT(CW_X_TYPE);
    extras->file_id = message->file_id;
    extras->file_name = message->file_name;
    extras->size = message->file_size;
    extras->file_type = message->file_type;
    extras->pixels = cw_pixels_text(core, message);
    extras->thumbnail = message->file_thumbnail;
    if (extras->pixels.n != 0)
        extras->present |= CW_BIT(CW_X_PIXELS);
    if (extras->thumbnail != 0)
        extras->present |= CW_BIT(CW_X_THUMBNAIL);
}

void cw_update_of(struct cw_core *core, const struct cw_store_message *message,
                  struct cw_msg *update)
{
    *update = (struct cw_msg){.kind = CW_UPDATE, .sender = message->sender};
    struct cw_extras *extras = &update->extras;
    extras->map_present = true;
    extras->present = CW_BIT(CW_X_ID) | CW_BIT(CW_X_TIME) | CW_BIT(CW_X_SEQ);
    extras->id = message->message_id;
    extras->time_ms = message->time_ms;
    extras->seq = message->seq;
    extras->reply_to = message->reply_to;
    extras->edited_ms = message->edited_ms;
    extras->bot = message->bot;
    if (message->bot)
        extras->present |= CW_BIT(CW_X_BOT);
    if (message->reply_to != 0)
        extras->present |= CW_BIT(CW_X_REPLY_TO);
    if (message->quote != NULL)
        tell_quote(message->quote, extras);
    if (message->edited_ms != 0)
        extras->present |= CW_BIT(CW_X_EDITED);
    extras->damaged = message->damaged;
    if (message->damaged)
        extras->present |= CW_BIT(CW_X_DAMAGED);
    if (message->kind == CW_KIND_EDIT || message->kind == CW_KIND_DELETE)
        tell_change(core, message, update);
    else
        tell_message(message, update);
    if (message->file_id != 0)
        tell_file(core, message, extras);
    if (message->mentions != NULL) {
        extras->present |= CW_BIT(CW_X_MENTIONS);
        extras->mentions = cw_entries_of_mentions(core, message->mentions);
    }
}

/* --- files for plain clients --------------------------------------------------------------- */

/* Under 1 MiB in KiB, rounded up. */
static int put_size(uint64_t size, char text[32])
{
    const uint64_t mib = 1024 * 1024;
    if (size < mib)
        return snprintf(text, 32, "%u KiB", (unsigned)((size + 1023) / 1024));
    return snprintf(text, 32, "%llu.%u MiB", (unsigned long long)(size / mib),
                    (unsigned)(size % mib * 10 / mib));
}

/* What the sender wrote, then name and size of the file, on a line of their own. */
static struct cw_slice caption_with_file(struct cw_core *core,
                                         const struct cw_store_message *message)
{
    char size[32];
    struct cw_slice body = message->body, name = message->file_name;
    size_t size_n = (size_t)put_size(message->file_size, size);
    uint8_t *text = cw_arena_alloc(&core->effects->arena, body.n + name.n + size_n + 12);
    size_t n = 0;
    const struct cw_slice parts[] = {body,
                                     cw_slice_str(body.n == 0 ? "[file " : "\n[file "),
                                     name,
                                     cw_slice_str(", "),
                                     cw_slice_of(size, size_n),
                                     cw_slice_str("]")};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].n != 0)
            memcpy(text + n, parts[i].p, parts[i].n);
        n += parts[i].n;
    }
    assert(n < body.n + name.n + size_n + 12);
    return cw_slice_of(text, n);
}

void cw_update_send(struct cw_core *core, const struct cw_store_message *message,
                    const struct cw_msg *update, const struct audience *audience)
{
    struct audience plain = *audience, extended = *audience;
    assert(update->kind == CW_UPDATE && update->extras.id == message->message_id);
    if (message->file_id == 0 || audience->plain_count == 0) {
        cw_effect_send(core, update, audience, false);
        return;
    }
    struct cw_msg told = *update;
    told.content = caption_with_file(core, message);
    plain.extended_count = extended.plain_count = 0;
    cw_effect_send(core, &told, &plain, false);
    cw_effect_send(core, update, &extended, false);
}
