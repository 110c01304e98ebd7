/* accounts.c - users and their contacts, in memory. */
#include "store/memory/admins.h"
#include "store/memory/factors.h"
#include "store/memory/headings.h"
#include "store/memory/members.h"
#include "store/memory/mentions.h"
#include "store/memory/profiles.h"
#include "store/memory/retired.h"
#include "store/rules_admin.h"

/* --- users --------------------------------------------------------------------------- */

static struct cw_memory_user *add_user(struct cw_memory *m, const struct cw_store_request *request)
{
    struct cw_memory_user *user = cw_memory_keep(m, sizeof *user + request->key.n);
    user->name = cw_arena_copy(&m->arena, request->name);
    user->key = cw_memory_key_behind(user + 1, request->key);
    user->looks = cw_arena_copy(&m->arena, request->looks);
    user->secret = cw_arena_copy(&m->arena, request->secret);
    user->id = cw_memory_add(&m->users, user);
    cw_map_put(&m->user_keys, user->key, user);
    return user;
}

static const struct cw_memory_user *find_twin(struct cw_memory *m, struct cw_slice looks)
{
    for (size_t i = 0; i < m->users.count; i++) {
        const struct cw_memory_user *user = m->users.items[i];
        if (cw_memory_look_alike(looks, user->looks))
            return user;
    }
    return NULL;
}

struct cw_memory_user *cw_memory_user_insert(struct cw_memory *m,
                                             const struct cw_store_request *request,
                                             struct cw_store_result *result)
{
    if (cw_map_get(&m->user_keys, request->key) != NULL || cw_memory_name_retired(m, request))
        return NULL;
    const struct cw_memory_user *twin = find_twin(m, request->looks);
    if (twin != NULL) {
        result->other_name = cw_memory_out(m, twin->name);
        return NULL;
    }
    return add_user(m, request);
}

void cw_memory_user_create(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct cw_memory_invitation *invitation = cw_memory_invitation_find(m, 0, request);
    result->status = cw_store_may_register(&m->store, request);
    if (result->status != CW_STORE_OK)
        return;
    const struct cw_memory_user *user = cw_memory_user_insert(m, request, result);
    if (user == NULL) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    result->user_id = user->id;
    bool admin = cw_store_registers_admin(&m->store, &m->options, request, result->user_id);
    if (invitation != NULL)
        invitation->uses--;
    if (admin)
        cw_memory_admin_make(m, result->user_id);
    cw_memory_newcomer(m, result);
}

void cw_memory_user_find(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    const struct cw_memory_user *user = cw_map_get(&m->user_keys, request->key);
    if (user == NULL) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->user_id = user->id;
    result->name = cw_memory_out(m, user->name);
    result->secret = cw_memory_out(m, user->secret);
    result->bot = user->bot;
    result->deleted = user->deleted;
    result->second_factor = user->factor.active;
    cw_memory_list_blocked(m, user, result);
}

void cw_memory_password_find(struct cw_memory *m, const struct cw_store_request *request,
                             struct cw_store_result *result)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    if (user == NULL) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->secret = cw_memory_out(m, user->secret);
    result->second_factor = user->factor.active;
}

void cw_memory_password_set(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    struct cw_store_password password = cw_memory_password_of(user, request);
    result->status = cw_store_may_set_password(&m->store, request, &password);
    if (result->status != CW_STORE_OK)
        return;
    user->secret = cw_arena_copy(&m->arena, request->secret);
    user->renewed_from = (struct cw_slice){0};
    cw_memory_sessions_drop(m, user, request->session_id);
    cw_memory_devices_end(user);
}

/* --- contacts and blocked ones ------------------------------------------------------- */

/* `users`: the list of the asker; NULL: there is no such user. */
static enum cw_store_status add_to(struct cw_memory *m, const struct cw_store_request *request,
                                   struct cw_memory_list *users)
{
    struct cw_memory_user *other = cw_memory_at(&m->users, request->other_id);
    bool listed = users != NULL && cw_memory_has_user(users, request->other_id);
    enum cw_store_status status =
        cw_store_may_add_person(&m->store, request, listed, users == NULL ? 0 : users->count);
    if (status == CW_STORE_OK)
        cw_memory_insert(users, cw_memory_place_of(users, other->id), other);
    return status == CW_STORE_EXISTS ? CW_STORE_OK : status;
}

static void remove_from(struct cw_memory_list *users, uint64_t user_id)
{
    if (cw_memory_has_user(users, user_id))
        cw_memory_remove(users, cw_memory_place_of(users, user_id));
}

void cw_memory_contact_add(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    result->status = add_to(m, request, user == NULL ? NULL : &user->contacts);
}

void cw_memory_contact_remove(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    (void)result;
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    if (user != NULL)
        remove_from(&user->contacts, request->other_id);
}

void cw_memory_block(struct cw_memory *m, const struct cw_store_request *request,
                     struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    result->status = add_to(m, request, user == NULL ? NULL : &user->blocked);
    if (result->status == CW_STORE_OK)
        cw_memory_mentions_block(m, request->user_id, request->other_id);
}

void cw_memory_unblock(struct cw_memory *m, const struct cw_store_request *request,
                       struct cw_store_result *result)
{
    (void)result;
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    if (user != NULL)
        remove_from(&user->blocked, request->other_id);
}

void cw_memory_contact_list(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    if (user == NULL)
        return;
    result->people = cw_memory_out_array(m, user->contacts.count + user->blocked.count,
                                         sizeof result->people[0]);
    for (size_t i = 0; i < m->users.count; i++) {
        const struct cw_memory_user *other = m->users.items[i];
        bool contact = cw_memory_has_user(&user->contacts, other->id);
        bool blocked = cw_memory_has_user(&user->blocked, other->id);
        if (!contact && !blocked)
            continue;
        struct cw_store_person *person = &result->people[result->person_count++];
        *person = (struct cw_store_person){.user_id = other->id,
                                           .name = cw_memory_out(m, other->name),
                                           .seen_ms = other->seen_ms,
                                           .contact = contact,
                                           .blocked = blocked,
                                           .bot = other->bot};
        cw_memory_face_person(m, user->id, person);
    }
}
