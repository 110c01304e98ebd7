/* facts.c - facts for the rules: members, places of messages, permission to read. */
#include "store/memory/memory.h"
#include "text/look.h"

bool cw_memory_look_alike(struct cw_slice looks, struct cw_slice others)
{
    struct cw_slice look, other;
    while (cw_looks_next(&looks, &look))
        for (struct cw_slice rest = others; cw_looks_next(&rest, &other);)
            if (cw_slice_eq(look, other))
                return true;
    return false;
}

struct cw_store_password cw_memory_password_of(const struct cw_memory_user *user,
                                               const struct cw_store_request *request)
{
    if (user == NULL)
        return (struct cw_store_password){0};
    return (struct cw_store_password){.found = true,
                                      .hash = user->secret,
                                      .replaced_expected =
                                          cw_slice_eq(user->renewed_from, request->expected)};
}

struct cw_memory_membership *cw_memory_membership_of(const struct cw_memory_user *user,
                                                     uint64_t group_id)
{
    for (size_t i = 0; i < user->memberships.count; i++) {
        struct cw_memory_membership *membership = user->memberships.items[i];
        if (membership->group->id == group_id)
            return membership;
    }
    return NULL;
}

uint64_t cw_memory_mute_of(const struct cw_memory_group *group, uint64_t user_id)
{
    for (size_t i = 0; i < group->mutes.count; i++) {
        const struct cw_memory_mute *mute = group->mutes.items[i];
        if (mute->user_id == user_id)
            return mute->until_ms;
    }
    return 0;
}

/* --- conversations ------------------------------------------------------------------- */

/* The one that was asked for last is asked for again by each step of an append. */
struct cw_memory_conversation *cw_memory_conversation(struct cw_memory *m, uint64_t id)
{
    if (m->last_conversation == NULL || m->last_conversation->id != id) {
        struct cw_memory_conversation *found = cw_map_get(&m->conversation_ids, cw_map_id(&id));
        if (found == NULL)
            return NULL;
        m->last_conversation = found;
    }
    return m->last_conversation;
}

size_t cw_memory_place_above(const struct cw_memory *m, uint64_t after)
{
    size_t low = 0, high = m->messages.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (((struct cw_memory_entry *)m->messages.items[middle])->message.message_id > after)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

const struct cw_memory_entry *cw_memory_entry_with_id(const struct cw_memory *m, uint64_t id)
{
    size_t place = id == 0 ? m->messages.count : cw_memory_place_above(m, id - 1);
    const struct cw_memory_entry *entry =
        place == m->messages.count ? NULL : m->messages.items[place];
    return entry == NULL || entry->message.message_id != id ? NULL : entry;
}

struct cw_memory_entry *cw_memory_entry(const struct cw_memory_conversation *conversation,
                                        uint64_t seq)
{
    struct cw_memory_entry *entry =
        conversation == NULL ? NULL : cw_memory_at(&conversation->entries, seq);
    return entry == NULL || entry->gone ? NULL : entry;
}

uint64_t cw_memory_last_seq(const struct cw_memory_conversation *conversation)
{
    return conversation == NULL ? 0 : conversation->entries.count;
}

struct cw_store_entry cw_memory_rules_entry(const struct cw_memory_entry *entry)
{
    return (struct cw_store_entry){entry->message.sender_id, entry->message.kind,
                                   entry->message.deleted_ms != 0};
}

/* --- what the rules ask ------------------------------------------------------------------ */

static struct cw_memory_user *user_of(struct cw_store *store, uint64_t user_id)
{
    return cw_memory_at(&((struct cw_memory *)store)->users, user_id);
}

static struct cw_memory_group *group_of(struct cw_store *store, uint64_t group_id)
{
    return cw_memory_at(&((struct cw_memory *)store)->groups, group_id);
}

bool cw_memory_user_known(struct cw_store *store, uint64_t user_id)
{
    return user_of(store, user_id) != NULL;
}

bool cw_memory_user_exists(struct cw_store *store, uint64_t user_id)
{
    const struct cw_memory_user *user = user_of(store, user_id);
    return user != NULL && !user->deleted;
}

bool cw_memory_group_exists(struct cw_store *store, uint64_t group_id)
{
    return group_of(store, group_id) != NULL;
}

bool cw_memory_session_exists(struct cw_store *store, uint64_t session_id, uint64_t user_id)
{
    const struct cw_memory_session *session =
        cw_memory_at(&((struct cw_memory *)store)->sessions, session_id);
    return session != NULL && session->user->id == user_id;
}

enum cw_store_role cw_memory_role_of(struct cw_store *store, uint64_t user_id, uint64_t group_id)
{
    const struct cw_memory_user *user = user_of(store, user_id);
    const struct cw_memory_membership *membership =
        user == NULL ? NULL : cw_memory_membership_of(user, group_id);
    return membership == NULL ? CW_ROLE_NONE : membership->role;
}

uint64_t cw_memory_muted_until(struct cw_store *store, uint64_t user_id, uint64_t group_id)
{
    const struct cw_memory_group *group = group_of(store, group_id);
    return group == NULL ? 0 : cw_memory_mute_of(group, user_id);
}

struct cw_store_standing cw_memory_standing(struct cw_store *store, uint64_t user_id,
                                            uint64_t group_id)
{
    enum cw_store_role role = cw_memory_role_of(store, user_id, group_id);
    if (role == CW_ROLE_NONE)
        return (struct cw_store_standing){.role = role};
    const struct cw_memory_group *group = group_of(store, group_id);
    return (struct cw_store_standing){.role = role,
                                      .muted_until_ms = cw_memory_mute_of(group, user_id),
                                      .announcements = group->announcements,
                                      .here = group->here,
                                      .slow_s = group->slow_s};
}

uint64_t cw_memory_first_member(struct cw_store *store, uint64_t group_id, enum cw_store_role role)
{
    const struct cw_memory_group *group = group_of(store, group_id);
    for (size_t i = 0; i < group->members.count; i++) {
        const struct cw_memory_membership *membership = group->members.items[i];
        if (membership->role == role && !membership->user->bot)
            return membership->user->id;
    }
    return 0;
}

bool cw_memory_is_banned(struct cw_store *store, uint64_t user_id, uint64_t group_id)
{
    const struct cw_memory_group *group = group_of(store, group_id);
    return group != NULL && cw_memory_has_user(&group->banned, user_id);
}

uint64_t cw_memory_group_count(struct cw_store *store, uint64_t user_id)
{
    const struct cw_memory_user *user = user_of(store, user_id);
    return user == NULL ? 0 : user->memberships.count;
}

bool cw_memory_has_contact(struct cw_store *store, uint64_t user_id, uint64_t other_id)
{
    const struct cw_memory_user *user = user_of(store, user_id);
    return user != NULL && cw_memory_has_user(&user->contacts, other_id);
}

bool cw_memory_has_blocked(struct cw_store *store, uint64_t user_id, uint64_t other_id)
{
    const struct cw_memory_user *user = user_of(store, user_id);
    return user != NULL && cw_memory_has_user(&user->blocked, other_id);
}

bool cw_memory_entry_at(struct cw_store *store, uint64_t conversation, uint64_t seq,
                        struct cw_store_entry *entry)
{
    struct cw_memory *m = (struct cw_memory *)store;
    const struct cw_memory_entry *found =
        cw_memory_entry(cw_memory_conversation(m, conversation), seq);
    if (found != NULL)
        *entry = cw_memory_rules_entry(found);
    return found != NULL;
}

uint64_t cw_memory_stored_of(struct cw_store *store, uint64_t user_id)
{
    const struct cw_memory_user *user = user_of(store, user_id);
    return user == NULL ? 0 : user->stored;
}
