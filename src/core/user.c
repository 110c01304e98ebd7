/* user.c - users that are referred to, and a bounded cache of others, so
 * that a whisper to a user that is offline costs no look-up each time.
 *
 * Each user in the core has the list of users that they have blocked: a user enters the core only
 * by a result with that list (cw_user_take), and each further result brings the list again, in the
 * order of the store, with block and unblock in between. */
#include "core/user.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "core/list.h"
#include "core/names.h"
#include "core/notify.h"
#include "core/session.h"
#include "core/state.h"

static struct cw_slice user_key(const struct user *user)
{
    return cw_slice_of(user->text + user->name_n, user->key_n);
}

struct user *cw_user_by_key(const struct cw_core *core, const struct cw_name_key *key)
{
    struct user *user = cw_map_get(&core->users_by_key, cw_name_key_slice(key));
    return user == NULL || user->deleted ? NULL : user;
}

struct user *cw_user_by_id(const struct cw_core *core, uint64_t id)
{
    return cw_map_get(&core->users_by_id, cw_map_id(&id));
}

struct cw_slice cw_user_name(const struct user *user)
{
    return cw_slice_of(user->text, user->name_n);
}

size_t cw_user_session_count(const struct user *user)
{
    size_t count = 0;
    CW_EACH_SESSION (session, user)
        count++;
    return count;
}

bool cw_user_is_called(const struct cw_core *core, const struct user *user, struct cw_slice name)
{
    struct cw_name_key key;
    if (cw_slice_eq(name, cw_user_name(user)))
        return true;
    return cw_names_fold(core, CW_NAME_OF_USER, name, &key) &&
           cw_slice_eq(cw_name_key_slice(&key), user_key(user));
}

static void forget_user(struct cw_core *core, struct user *user)
{
    assert(user->references == 0 && cw_list_empty(&user->sessions));
    assert(user->seats == NULL && user->leaving == NULL && !user->watching);
    assert(user->pair == NULL);
    cw_map_remove(&core->users_by_id, cw_map_id(&user->id));
    cw_map_remove(&core->users_by_key, user_key(user));
    cw_list_remove(&user->cached);
    if (user->activity != NULL) {
        free(user->activity->rung);
        free(user->activity->hooks);
    }
    cw_notify_forget(core, &user->notify);
    free(user->activity);
    free(user->blocked);
    free(user);
}

/* A user that has blocked many costs a look-up instead of memory; that one has deleted the account
 * is known to the store. */
static void cache_user(struct cw_core *core, struct user *user)
{
    assert(user->references == 0 && cw_list_empty(&user->cached));
    if (user->blocked_count > CW_BLOCKED_CACHED_MAX || user->deleted) {
        forget_user(core, user);
        return;
    }
    assert(core->cached_user_count <= CW_USER_CACHE_MAX);
    cw_list_append(&core->cached_users, &user->cached);
    if (++core->cached_user_count > CW_USER_CACHE_MAX) {
        core->cached_user_count--;
        forget_user(core, CW_LINK_OWNER(core->cached_users.next, struct user, cached));
    }
}

static struct user *make_user(struct cw_core *core, uint64_t id, struct cw_slice name)
{
    struct cw_name_key key;
    bool valid = cw_names_fold(core, CW_NAME_OF_USER, name, &key);
    assert(valid);
    (void)valid;
    size_t n = offsetof(struct user, text) + name.n + key.n;
    struct user *user = cw_alloc(n < sizeof *user ? sizeof *user : n);
    *user = (struct user){
        .id = id, .references = 1, .name_n = (uint8_t)name.n, .key_n = (uint16_t)key.n};
    cw_list_init(&user->cached);
    memcpy(user->text, name.p, name.n);
    memcpy(user->text + name.n, key.p, key.n);
    cw_list_init(&user->sessions);
    cw_map_put(&core->users_by_id, cw_map_id(&user->id), user);
    cw_map_put(&core->users_by_key, user_key(user), user);
    return user;
}

void cw_user_refer(struct cw_core *core, struct user *user)
{
    if (user->references++ == 0) {
        assert(!cw_list_empty(&user->cached) && core->cached_user_count > 0);
        cw_list_remove(&user->cached);
        core->cached_user_count--;
    }
}

struct activity *cw_user_activity(struct user *user)
{
    if (user->activity == NULL)
        user->activity = cw_alloc_zero(sizeof *user->activity);
    return user->activity;
}

static void set_blocked_count(struct user *user, size_t count)
{
    user->blocked_count = (uint32_t)count;
    if (count != 0) {
        user->blocked = cw_realloc(user->blocked, count * sizeof *user->blocked);
        return;
    }
    free(user->blocked);
    user->blocked = NULL;
}

void cw_user_set_blocked(struct user *user, const struct cw_store_result *result)
{
    if (user->blocked_count != result->blocked_count)
        set_blocked_count(user, result->blocked_count);
    for (size_t i = 0; i < result->blocked_count; i++) {
        assert(i == 0 || result->blocked[i - 1] < result->blocked[i]);
        user->blocked[i] = (uint32_t)result->blocked[i];
    }
}

void cw_user_set_account(struct user *user, const struct cw_store_result *result)
{
    cw_user_set_blocked(user, result);
    user->discreet = result->discreet;
    user->hidden = result->hidden;
    user->admin = result->admin;
}

struct user *cw_user_take(struct cw_core *core, const struct cw_store_result *result)
{
    assert(result->user_id != 0);
    struct user *user = cw_user_by_id(core, result->user_id);
    if (user != NULL)
        cw_user_refer(core, user);
    else
        user = make_user(core, result->user_id, result->name);
    user->deleted |= result->deleted;
    cw_user_set_blocked(user, result);
    user->bot = result->bot;
    return user;
}

void cw_user_release(struct cw_core *core, struct user *user)
{
    assert(user->references > 0);
    if (--user->references == 0)
        cache_user(core, user);
}

void cw_user_deleted(struct user *user)
{
    assert(user->references > 0 && cw_list_empty(&user->sessions));
    user->deleted = true;
    user->admin = false;
}

void cw_users_finish(struct cw_core *core)
{
    while (!cw_list_empty(&core->cached_users))
        forget_user(core, CW_LINK_OWNER(core->cached_users.next, struct user, cached));
    assert(core->users_by_id.count == 0);
    cw_map_finish(&core->users_by_id);
    cw_map_finish(&core->users_by_key);
}

/* --- blocked users ------------------------------------------------------------- */

/* The index of the id among the blocked users, or where it would be. */
static size_t blocked_place(const struct user *user, uint64_t id)
{
    size_t low = 0, high = user->blocked_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (user->blocked[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    assert(low == 0 || user->blocked[low - 1] < id);
    assert(low == user->blocked_count || user->blocked[low] >= id);
    return low;
}

bool cw_user_has_blocked(const struct user *user, uint64_t other_id)
{
    size_t place = blocked_place(user, other_id);
    return place < user->blocked_count && user->blocked[place] == other_id;
}

void cw_user_block(struct user *user, uint64_t other_id, bool block)
{
    if (cw_user_has_blocked(user, other_id) == block)
        return;
    size_t place = blocked_place(user, other_id), count = user->blocked_count;
    if (block) {
        set_blocked_count(user, count + 1);
        memmove(user->blocked + place + 1, user->blocked + place,
                (count - place) * sizeof *user->blocked);
        user->blocked[place] = (uint32_t)other_id;
    } else {
        memmove(user->blocked + place, user->blocked + place + 1,
                (count - place - 1) * sizeof *user->blocked);
        set_blocked_count(user, count - 1);
    }
}
