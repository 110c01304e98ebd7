/* show.c - results made from stored data. */
#include "store/memory/files.h"
#include "store/memory/heading.h"

static uint64_t *list_ids(struct cw_memory *m, const struct cw_memory_list *users)
{
    uint64_t *ids = cw_memory_out_array(m, users->count, sizeof ids[0]);
    for (size_t i = 0; i < users->count; i++)
        ids[i] = ((struct cw_memory_user *)users->items[i])->id;
    return ids;
}

void cw_memory_list_blocked(struct cw_memory *m, const struct cw_memory_user *user,
                            struct cw_store_result *result)
{
    result->blocked = list_ids(m, &user->blocked);
    result->blocked_count = user->blocked.count;
}

void cw_memory_list_contacts(struct cw_memory *m, const struct cw_memory_user *user,
                             struct cw_store_result *result)
{
    result->contacts = list_ids(m, &user->contacts);
    result->contact_count = user->contacts.count;
}

struct cw_store_group
cw_memory_show_group(struct cw_memory *m, const struct cw_memory_membership *membership, bool whole)
{
    const struct cw_memory_group *group = membership->group;
    struct cw_store_group shown = {.group_id = group->id,
                                   .name = cw_memory_out(m, group->name),
                                   .role = membership->role,
                                   .muted_until_ms = cw_memory_mute_of(group, membership->user->id),
                                   .by_invitation = group->by_invitation};
    if (whole) {
        shown.topic = cw_memory_out(m, group->topic);
        shown.member_count = group->members.count;
        shown.retain = group->retain;
        shown.unlisted = group->unlisted;
        shown.announcements = group->announcements;
        shown.newcomers = group->newcomers;
        shown.here = group->here;
        shown.slow_s = group->slow_s;
        shown.version_days = group->version_days;
        shown.place = group->place;
        if (group->heading != NULL) {
            shown.heading = cw_memory_out(m, group->heading->name);
            shown.heading_place = group->heading->place;
        }
    }
    return shown;
}

/* --- messages ------------------------------------------------------------------------ */

static struct cw_slice name_of(struct cw_memory *m, uint64_t mailbox)
{
    if (cw_mailbox_is_group(mailbox)) {
        const struct cw_memory_group *group = cw_memory_at(&m->groups, mailbox >> 1);
        return group == NULL ? (struct cw_slice){0} : cw_memory_out(m, group->name);
    }
    const struct cw_memory_user *user = cw_memory_at(&m->users, mailbox >> 1);
    return user == NULL ? (struct cw_slice){0} : cw_memory_out(m, user->name);
}

/* Whose text and fate it is: an edit's are those of the message that it is about. */
const struct cw_memory_entry *cw_memory_subject_of(const struct cw_memory_entry *entry)
{
    if (entry->message.kind != CW_KIND_EDIT)
        return entry;
    const struct cw_memory_entry *of = cw_memory_entry(entry->conversation, entry->message.of);
    return of == NULL ? entry : of;
}

struct cw_store_message cw_memory_show(struct cw_memory *m, const struct cw_memory_entry *entry,
                                       bool whole)
{
    const struct cw_memory_entry *subject = cw_memory_subject_of(entry);
    static const struct cw_memory_recording none;
    const struct cw_memory_recording *recording =
        entry->recording == NULL ? &none : entry->recording;
    bool with_body = whole || !entry->message.voice;
    struct cw_store_message shown = {
        .message_id = entry->message.message_id,
        .time_ms = entry->message.time_ms,
        .mailbox = entry->message.mailbox,
        .sender_id = entry->message.sender_id,
        .sender = name_of(m, cw_mailbox_of_user(entry->message.sender_id)),
        .bot = cw_store_is_bot(&m->store, entry->message.sender_id),
        .mailbox_name = name_of(m, entry->message.mailbox),
        .body = with_body ? cw_memory_out(m, subject->message.body) : (struct cw_slice){0},
        .voice = entry->message.voice,
        .channels = entry->message.channels,
        .sample_rate = entry->message.sample_rate,
        .kind = entry->message.kind,
        .seq = entry->message.seq,
        .reply_to = entry->message.reply_to,
        .of = entry->message.of,
        .edited_ms = entry->message.edited_ms,
        .deleted_ms = subject->message.deleted_ms,
        .size = subject->message.body.n,
        .duration_ms = recording->duration_ms,
        .waveform = cw_memory_out(m, recording->waveform),
        .played_ms = recording->played_ms,
        .damaged = subject->message.damaged,
    };
    if (shown.kind == CW_KIND_TEXT)
        cw_memory_file_describe(m, &shown);
    return shown;
}
