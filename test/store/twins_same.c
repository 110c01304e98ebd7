/* twins_same.c - are two results the same? See twins.h. */
#include "twins.h"

static void differ(const struct twins *t, const struct cw_store_request *r, const char *field,
                   uint64_t a, uint64_t b)
{
    print_error("TWINS_SEED=%llu: step %llu, op %d (user %llu, group %llu, conversation %llx, "
                "seq %llu, before %llu, limit %u): %s is %llu in memory, %llu in the other\n",
                (unsigned long long)t->seed, (unsigned long long)t->step, r->op,
                (unsigned long long)r->user_id, (unsigned long long)r->group_id,
                (unsigned long long)r->conversation, (unsigned long long)r->seq,
                (unsigned long long)r->before, r->limit, field, (unsigned long long)a,
                (unsigned long long)b);
    fail_msg("the twins differ");
}

#define SAME(field)                                                                                \
    do {                                                                                           \
        if (a->field != b->field)                                                                  \
            differ(t, r, #field, (uint64_t)a->field, (uint64_t)b->field);                          \
    } while (0)
#define SAME_TEXT(field)                                                                           \
    do {                                                                                           \
        if (!cw_slice_eq(a->field, b->field))                                                      \
            differ(t, r, #field, a->field.n, b->field.n);                                          \
    } while (0)
#define SAME_ALL(same, items, count)                                                               \
    do {                                                                                           \
        SAME(count);                                                                               \
        for (size_t i = 0; i < a->count; i++)                                                      \
            same(t, r, &a->items[i], &b->items[i]);                                                \
    } while (0)

static void same_id(const struct twins *t, const struct cw_store_request *r, const uint64_t *a,
                    const uint64_t *b)
{
    if (*a != *b)
        differ(t, r, "an id", *a, *b);
}

static void same_group(const struct twins *t, const struct cw_store_request *r,
                       const struct cw_store_group *a, const struct cw_store_group *b)
{
    SAME(group_id);
    SAME_TEXT(name);
    SAME(role);
    SAME(muted_until_ms);
    SAME(by_invitation);
    if (r->op != CW_STORE_GROUP_LIST && r->op != CW_STORE_CONVERSATIONS)
        return;
    SAME_TEXT(topic);
    SAME(member_count);
    SAME(retain.days);
    SAME(retain.count);
    SAME(unlisted);
    SAME(announcements);
    SAME(here);
    SAME(newcomers);
    SAME(slow_s);
    SAME(version_days);
    SAME_TEXT(heading);
    SAME(heading_place);
    SAME(place);
}

static void same_person(const struct twins *t, const struct cw_store_request *r,
                        const struct cw_store_person *a, const struct cw_store_person *b)
{
    SAME(user_id);
    SAME_TEXT(name);
    SAME_TEXT(display);
    SAME(seen_ms);
    SAME(contact);
    SAME(blocked);
    SAME(role);
    SAME(muted_until_ms);
    SAME(bot);
}

static void same_hook(const struct twins *t, const struct cw_store_request *r,
                      const struct cw_store_hook *a, const struct cw_store_hook *b)
{
    SAME(id);
    SAME_TEXT(bot);
    SAME(created_ms);
}

static void same_bot_gone(const struct twins *t, const struct cw_store_request *r,
                          const struct cw_store_bot_gone *a, const struct cw_store_bot_gone *b)
{
    SAME(user_id);
    SAME(group_id);
}

static void same_invitation(const struct twins *t, const struct cw_store_request *r,
                            const struct cw_store_invitation *a,
                            const struct cw_store_invitation *b)
{
    SAME(id);
    SAME_TEXT(by);
    SAME(created_ms);
    SAME(expires_ms);
    SAME(uses);
}

static void same_notice(const struct twins *t, const struct cw_store_request *r,
                        const struct cw_store_notice *a, const struct cw_store_notice *b)
{
    SAME(id);
    SAME_TEXT(group);
    SAME_TEXT(by);
    SAME(kind);
    SAME(time_ms);
    SAME(until_ms);
}

static void same_session(const struct twins *t, const struct cw_store_request *r,
                         const struct cw_store_session *a, const struct cw_store_session *b)
{
    SAME(session_id);
    SAME_TEXT(name);
    SAME_TEXT(client);
    SAME_TEXT(address);
    SAME(created_ms);
    SAME(seen_ms);
}

static void same_device(const struct twins *t, const struct cw_store_request *r,
                        const struct cw_store_device *a, const struct cw_store_device *b)
{
    SAME(device_id);
    SAME_TEXT(name);
    SAME(created_ms);
    SAME(used_ms);
}

static void same_reaction(const struct twins *t, const struct cw_store_request *r,
                          const struct cw_store_reaction *a, const struct cw_store_reaction *b)
{
    SAME_TEXT(emoji);
    SAME(count);
    SAME(mine);
}

/* Of a message in a page, or of one that was stored. */
static void same_quote(const struct twins *t, const struct cw_store_request *r,
                       const struct cw_store_quote *a, const struct cw_store_quote *b)
{
    if ((a == NULL) != (b == NULL))
        differ(t, r, "quote", a != NULL, b != NULL);
    if (a == NULL)
        return;
    SAME_TEXT(sender);
    SAME(voice);
    SAME_TEXT(text);
}

static void same_mention(const struct twins *t, const struct cw_store_request *r,
                         const struct cw_store_mention *a, const struct cw_store_mention *b)
{
    SAME(user_id);
    SAME_TEXT(name);
}

static void same_mentions(const struct twins *t, const struct cw_store_request *r,
                          const struct cw_store_mentions *a, const struct cw_store_mentions *b)
{
    if ((a == NULL) != (b == NULL))
        differ(t, r, "mentions", a != NULL, b != NULL);
    if (a == NULL)
        return;
    SAME(all);
    SAME(mine);
    SAME_ALL(same_mention, users, count);
}

static void same_notify(const struct twins *t, const struct cw_store_request *r,
                        const struct cw_store_notify *a, const struct cw_store_notify *b)
{
    SAME(conversation);
    SAME(level);
    SAME(until_ms);
}

static void same_message(const struct twins *t, const struct cw_store_request *r,
                         const struct cw_store_message *a, const struct cw_store_message *b)
{
    SAME(message_id);
    SAME(time_ms);
    SAME(mailbox);
    SAME(sender_id);
    SAME_TEXT(sender);
    SAME(bot);
    SAME_TEXT(mailbox_name);
    SAME_TEXT(body);
    SAME(file_id);
    SAME(file_size);
    SAME_TEXT(file_name);
    SAME_TEXT(file_type);
    SAME(voice);
    SAME(channels);
    SAME(sample_rate);
    SAME(kind);
    SAME(seq);
    SAME(reply_to);
    SAME(of);
    SAME(edited_ms);
    SAME(deleted_ms);
    SAME(duration_ms);
    SAME_TEXT(waveform);
    SAME(played_ms);
    SAME(size);
    SAME(pinned_ms);
    SAME_TEXT(deleted_by);
    same_quote(t, r, a->quote, b->quote);
    SAME_ALL(same_reaction, reactions, reaction_count);
    same_mentions(t, r, a->mentions, b->mentions);
}

static void same_conversation(const struct twins *t, const struct cw_store_request *r,
                              const struct cw_store_conversation *a,
                              const struct cw_store_conversation *b)
{
    SAME(conversation);
    SAME(peer_id);
    SAME_TEXT(peer);
    SAME_TEXT(peer_display);
    SAME(peer_seen_ms);
    SAME(peer_read_seq);
    SAME(peer_cursor);
    same_group(t, r, &a->group, &b->group);
    SAME(read_seq);
    SAME(unread);
    SAME(mentions);
    SAME(empty);
    same_message(t, r, &a->last, &b->last);
}

static void same_file(const struct twins *t, const struct cw_store_request *r,
                      const struct cw_store_file *a, const struct cw_store_file *b)
{
    SAME(id);
    SAME(user_id);
    SAME(content);
    SAME(size);
    SAME(generation);
    SAME(offset);
    SAME(begun_ms);
    SAME(message_id);
    SAME(done);
    SAME_TEXT(name);
    SAME_TEXT(type);
}

static void same_profile(const struct twins *t, const struct cw_store_request *r,
                         const struct cw_store_profile *a, const struct cw_store_profile *b)
{
    SAME_TEXT(display);
    SAME_TEXT(status);
    SAME(status_until_ms);
    SAME(avatar);
    SAME(avatar_size);
    SAME_TEXT(avatar_type);
    SAME_TEXT(zone);
    SAME(hidden);
    SAME(listed);
    SAME(seen_ms);
}

void twins_same_result(const struct twins *t, const struct cw_store_request *r,
                       const struct cw_store_result *a, const struct cw_store_result *b)
{
    SAME(op);
    SAME(status);
    SAME(cookie);
    SAME(user_id);
    SAME(group_id);
    SAME(session_id);
    SAME(dropped_session_id);
    SAME(message_id);
    SAME(cursor);
    SAME_TEXT(name);
    SAME_TEXT(secret);
    SAME(extended);
    SAME(discreet);
    SAME_TEXT(quiet_hours);
    SAME_ALL(same_notify, notify, notify_count);
    SAME(hidden);
    SAME(admin);
    SAME(features);
    SAME(seq);
    SAME(time_ms);
    SAME(repeated);
    SAME(gone);
    SAME(stranger);
    SAME(last_seq);
    SAME(read_seq);
    SAME(peer_read_seq);
    SAME(peer_cursor);
    SAME(other_id);
    SAME_TEXT(other_name);
    SAME(was_member);
    SAME(muted_until_ms);
    SAME(notice_id);
    SAME(invitation_id);
    SAME(bot);
    SAME(hook_id);
    SAME_ALL(same_hook, hooks, hook_count);
    SAME(more);
    SAME(scanned_to);
    same_profile(t, r, &a->profile, &b->profile);
    SAME_ALL(same_group, groups, group_count);
    SAME_ALL(same_message, messages, message_count);
    SAME_ALL(same_id, blocked, blocked_count);
    SAME_ALL(same_id, contacts, contact_count);
    SAME_ALL(same_person, people, person_count);
    SAME_ALL(same_bot_gone, bots_gone, bot_gone_count);
    SAME_ALL(same_session, sessions, session_count);
    SAME(second_factor);
    SAME(codes_left);
    SAME(device_id);
    SAME_ALL(same_device, devices, device_count);
    SAME_ALL(same_notice, notices, notice_count);
    SAME_ALL(same_invitation, invitations, invitation_count);
    SAME_ALL(same_conversation, conversations, conversation_count);
    SAME(not_all);
    same_quote(t, r, a->quote, b->quote);
    same_mentions(t, r, a->mentions, b->mentions);
    if ((a->file_sent == NULL) != (b->file_sent == NULL))
        differ(t, r, "file_sent", a->file_sent != NULL, b->file_sent != NULL);
    if (a->file_sent != NULL)
        same_file(t, r, a->file_sent, b->file_sent);
    bool tells_file = r->op == CW_STORE_FILE_BEGIN || r->op == CW_STORE_FILE_RESUME ||
                      r->op == CW_STORE_FILE_FIND;
    if (tells_file && a->status == CW_STORE_OK)
        same_file(t, r, &a->file, &b->file);
    if (a->request != b->request)
        differ(t, r, "request", a->request == r, b->request == r);
}
