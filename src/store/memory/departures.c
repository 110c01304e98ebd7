/* departures.c - users who delete their accounts, in memory. */
#include "store/memory/departures.h"

#include "store/memory/audit.h"
#include "store/memory/bots.h"
#include "store/memory/factors.h"
#include "store/memory/files.h"
#include "store/memory/mentions.h"
#include "store/memory/messages.h"
#include "store/memory/retired.h"
#include "store/rules_admin.h"
#include "text/look.h"

bool cw_memory_is_deleted(struct cw_store *store, uint64_t user_id)
{
    const struct cw_memory_user *user = cw_memory_at(&((struct cw_memory *)store)->users, user_id);
    return user != NULL && user->deleted;
}

static void rename_user(struct cw_memory *m, struct cw_memory_user *user)
{
    struct cw_looks looks;
    cw_map_remove(&m->user_keys, user->key);
    user->name = cw_store_deleted_name(user->id, false, user->deleted_name);
    if (cw_map_get(&m->user_keys, user->name) != NULL)
        user->name = cw_store_deleted_name(user->id, true, user->deleted_name);
    user->key = user->name;
    cw_map_put(&m->user_keys, user->key, user);
    cw_name_looks(user->name, &looks);
    user->looks = cw_arena_copy(&m->arena, cw_looks_slice(&looks));
}

static void leave_groups(struct cw_memory *m, const struct cw_memory_user *user,
                         struct cw_store_result *result)
{
    size_t count = user->memberships.count;
    result->group_count = result->person_count = count;
    result->groups = cw_memory_out_array(m, count, sizeof result->groups[0]);
    result->people = cw_memory_out_array(m, count, sizeof result->people[0]);
    for (size_t i = 0; i < count; i++) {
        result->groups[i] = cw_memory_show_group(m, user->memberships.items[0], false);
        const struct cw_store_request leave = {.op = CW_STORE_GROUP_LEAVE,
                                               .user_id = user->id,
                                               .group_id = result->groups[i].group_id};
        struct cw_store_result left = {0};
        cw_memory_group_leave(m, &leave, &left);
        result->people[i] =
            (struct cw_store_person){.user_id = left.other_id, .name = left.other_name};
        cw_store_add_bots_left(result, &left, leave.group_id, m->out);
    }
}

static void end_bots(struct cw_memory *m, const struct cw_memory_user *user,
                     struct cw_store_result *result)
{
    struct cw_memory_user *bot;
    while ((bot = cw_memory_bot_of(m, user->id)) != NULL) {
        struct cw_store_result ended = {0};
        cw_memory_bot_end(m, bot, &ended);
        for (size_t i = 0; i < ended.group_count; i++)
            cw_store_add_bot_gone(result, bot->id, ended.groups[i].group_id, m->out);
        cw_store_add_bot_gone(result, bot->id, 0, m->out);
    }
}

/* Nobody else is there who is no bot. */
static bool is_alone(const struct cw_memory *m, uint64_t user_id)
{
    for (size_t i = 0; i < m->users.count; i++) {
        const struct cw_memory_user *user = m->users.items[i];
        if (user->id != user_id && !user->bot && !user->deleted)
            return false;
    }
    return true;
}

static void drop_private(struct cw_memory *m, struct cw_memory_user *user)
{
    cw_memory_sessions_drop(m, user, 0);
    cw_memory_invitations_end(m, 0, user->id);
    cw_memory_uploads_drop(m, user->id);
    cw_memory_devices_end(user);
    user->contacts.count = user->blocked.count = user->notices.count = user->notify.count = 0;
    if (user->profile.avatar != 0)
        cw_memory_avatar_change(m, user->profile.avatar, 0);
    user->profile = (struct cw_store_profile){0};
    user->factor = (struct cw_store_factor){0};
    user->reset_expires_ms = 0;
    user->discreet = user->admin = false;
    user->high_cursor = user->seen_ms = 0;
    user->secret = user->renewed_from = user->quiet_hours = (struct cw_slice){0};
}

static void depart(struct cw_memory *m, struct cw_memory_user *user, bool with_messages,
                   struct cw_store_result *result)
{
    end_bots(m, user, result);
    leave_groups(m, user, result);
    drop_private(m, user);
    result->name = cw_memory_out(m, user->name);
    cw_memory_retire_name(m, user);
    rename_user(m, user);
    user->deleted = true;
    user->departing = with_messages;
}

void cw_memory_account_delete(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    struct cw_store_password password = cw_memory_password_of(user, request);
    result->status =
        cw_store_may_depart(&m->store, request, &password, is_alone(m, request->user_id));
    if (result->status == CW_STORE_OK)
        depart(m, user, request->with_messages, result);
}

void cw_memory_user_remove(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    result->status = cw_store_may_bar(&m->store, request);
    if (result->status != CW_STORE_OK)
        return;
    depart(m, cw_memory_at(&m->users, request->other_id), request->with_messages, result);
    cw_memory_audit(m, request, CW_AUDIT_REMOVE_USER, request->other_id, (struct cw_slice){0});
}

static bool goes(const struct cw_memory *m, const struct cw_memory_entry *entry)
{
    const struct cw_memory_user *sender = cw_memory_at(&m->users, entry->message.sender_id);
    return !entry->gone && cw_kind_is_message(entry->message.kind) &&
           entry->message.deleted_ms == 0 && sender != NULL && sender->departing;
}

void cw_memory_departures_follow(struct cw_memory *m)
{
    bool any = false;
    for (size_t i = 0; i < m->users.count; i++)
        any |= ((struct cw_memory_user *)m->users.items[i])->departing;
    for (size_t i = 0; any && i < m->messages.count; i++)
        if (goes(m, m->messages.items[i]))
            cw_memory_message_blank(m, m->messages.items[i], cw_store_deleted_ms(m->moment));
    for (size_t i = 0; i < m->users.count; i++)
        ((struct cw_memory_user *)m->users.items[i])->departing = false;
    cw_memory_mentions_of_deleted(m);
}
