/* sessions.c - sessions, in memory. */
#include <stdlib.h>

#include "store/memory/barring.h"
#include "store/memory/factors.h"
#include "store/memory/notify.h"

static bool expired(const struct cw_memory *m, const struct cw_memory_session *session,
                    const struct cw_store_request *request)
{
    return (int64_t)session->seen_ms <= cw_store_expiry_ms(&m->options, request);
}

static void remove_session(struct cw_memory *m, struct cw_memory_session **place)
{
    struct cw_memory_session *session = *place;
    *place = session->next;
    m->sessions.items[session->id - 1] = NULL;
    cw_map_remove(&m->tokens, session->token_hash);
    cw_memory_windows_drop(session);
    free(session);
}

/* The place among its user's that holds the session. */
static struct cw_memory_session **place_of(struct cw_memory_session *session)
{
    struct cw_memory_session **place = &session->user->sessions;
    while (*place != session)
        place = &(*place)->next;
    return place;
}

static void expire(struct cw_memory *m, struct cw_memory_user *user,
                   const struct cw_store_request *request)
{
    for (struct cw_memory_session **place = &user->sessions; *place != NULL;)
        if (expired(m, *place, request))
            remove_session(m, place);
        else
            place = &(*place)->next;
}

void cw_memory_sessions_drop(struct cw_memory *m, struct cw_memory_user *user, uint64_t kept_id)
{
    for (struct cw_memory_session **place = &user->sessions; *place != NULL;)
        if ((*place)->id != kept_id)
            remove_session(m, place);
        else
            place = &(*place)->next;
}

static uint64_t drop_one_too_many(struct cw_memory *m, struct cw_memory_user *user,
                                  const struct cw_store_request *request, uint64_t new_id)
{
    struct cw_store_choice choice = {0};
    for (const struct cw_memory_session *s = user->sessions; s != NULL; s = s->next)
        cw_store_choose_session(&choice, request, new_id, s->id, s->used);
    uint64_t id = cw_store_chosen_session(&choice, &m->options);
    if (id != 0)
        remove_session(m, place_of(cw_memory_at(&m->sessions, id)));
    return id;
}

static void set_client(struct cw_memory *m, struct cw_memory_session *session,
                       const struct cw_store_request *request)
{
    if (request->client.n != 0 && !cw_slice_eq(request->client, session->client))
        session->client = cw_arena_copy(&m->arena, request->client);
    if (request->address.n != 0 && !cw_slice_eq(request->address, session->address))
        session->address = cw_arena_copy(&m->arena, request->address);
}

static struct cw_memory_session *add_session(struct cw_memory *m, struct cw_memory_user *user,
                                             const struct cw_store_request *request)
{
    /* The token's hash lives behind the struct, as long as it does. */
    struct cw_memory_session *session = cw_alloc_zero(sizeof *session + request->secret.n);
    memcpy(session + 1, request->secret.p, request->secret.n);
    session->token_hash = cw_slice_of(session + 1, request->secret.n);
    session->id = cw_memory_add(&m->sessions, session);
    session->user = user;
    session->cursor = cw_store_first_cursor(request, user->high_cursor, m->newest);
    session->created_ms = request->time_ms;
    session->seen_ms = cw_store_moment(request).later_ms;
    session->used = ++user->last_used;
    session->extended = request->extended;
    session->features = request->features;
    session->device_id = request->device_id;
    set_client(m, session, request);
    session->next = user->sessions;
    user->sessions = session;
    cw_map_put(&m->tokens, session->token_hash, session);
    return session;
}

/* What a session starts with. */
static void show_account(struct cw_memory *m, const struct cw_memory_user *user,
                         struct cw_store_result *result)
{
    cw_memory_list_blocked(m, user, result);
    cw_memory_list_contacts(m, user, result);
    result->bot = user->bot;
    result->notice_id = cw_memory_notice_newest(user);
    result->discreet = user->discreet;
    cw_memory_notify_list(m, user, result);
    result->hidden = user->profile.hidden;
    result->admin = user->admin;
    result->group_count = user->memberships.count;
    result->groups = cw_memory_out_array(m, result->group_count, sizeof result->groups[0]);
    for (size_t i = 0; i < result->group_count; i++)
        result->groups[i] = cw_memory_show_group(m, user->memberships.items[i], false);
}

static enum cw_store_status pass_factor(struct cw_memory *m, struct cw_memory_user *user,
                                        const struct cw_store_request *request)
{
    if (request->device_id == 0)
        return cw_memory_factor_pass(m, user, request);
    return cw_memory_device_use(user, request) ? CW_STORE_OK : CW_STORE_MISMATCH;
}

void cw_memory_session_create(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    struct cw_store_password password = cw_memory_password_of(user, request);
    result->status = cw_store_password_status(request, &password);
    if (result->status == CW_STORE_OK && cw_memory_is_barred(m, request, request->user_id, result))
        result->status = CW_STORE_BANNED;
    if (result->status == CW_STORE_OK)
        result->status = cw_store_may_confirm(&m->store, request);
    if (result->status == CW_STORE_OK)
        result->status = pass_factor(m, user, request);
    if (result->status != CW_STORE_OK)
        return;
    expire(m, user, request);
    if (cw_store_renews_password(request, &password)) {
        user->renewed_from = user->secret;
        user->secret = cw_arena_copy(&m->arena, request->renewed);
    }
    if (cw_map_get(&m->tokens, request->secret) != NULL) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    const struct cw_memory_session *session = add_session(m, user, request);
    result->session_id = session->id;
    result->device_id = session->device_id;
    result->cursor = session->cursor;
    result->dropped_session_id = drop_one_too_many(m, user, request, session->id);
    show_account(m, user, result);
}

static void show_found(struct cw_memory *m, const struct cw_memory_session *session,
                       struct cw_store_result *result)
{
    result->status = CW_STORE_OK;
    result->user_id = session->user->id;
    result->name = cw_memory_out(m, session->user->name);
    result->session_id = session->id;
    result->device_id = session->device_id;
    result->cursor = session->cursor;
    result->extended = session->extended;
    result->features = session->features;
    show_account(m, session->user, result);
}

void cw_memory_session_find(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    const struct cw_memory_user *user = cw_map_get(&m->user_keys, request->key);
    result->status = CW_STORE_NOT_FOUND;
    for (const struct cw_memory_session *session = user == NULL ? NULL : user->sessions;
         session != NULL; session = session->next) {
        if (expired(m, session, request))
            continue;
        if (cw_slice_eq(session->token_hash, request->secret)) {
            show_found(m, session, result);
            return;
        }
        result->status = CW_STORE_MISMATCH;
    }
}

/* Last seen never goes back. */
static void see(uint64_t *seen_ms, const struct cw_store_request *request)
{
    uint64_t now_ms = cw_store_moment(request).later_ms;
    *seen_ms = now_ms > *seen_ms ? now_ms : *seen_ms;
}

void cw_memory_session_save(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    (void)result;
    struct cw_memory_session *session = cw_memory_at(&m->sessions, request->session_id);
    if (session == NULL || expired(m, session, request))
        return;
    see(&session->seen_ms, request);
    session->used = ++session->user->last_used;
    if (request->part != 0)
        return;
    session->cursor = request->cursor;
    session->extended = request->extended;
    session->features = request->features;
    see(&session->user->seen_ms, request);
    set_client(m, session, request);
    if (session->user->high_cursor < request->cursor)
        session->user->high_cursor = request->cursor;
}

void cw_memory_session_drop(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    (void)result;
    struct cw_memory_session *session = cw_memory_at(&m->sessions, request->session_id);
    if (session == NULL)
        return;
    see(&session->user->seen_ms, request);
    remove_session(m, place_of(session));
}

void cw_memory_session_list(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    size_t count = 0;
    for (const struct cw_memory_session *s = user == NULL ? NULL : user->sessions; s != NULL;
         s = s->next)
        count++;
    result->sessions = cw_memory_out_array(m, count, sizeof result->sessions[0]);
    for (const struct cw_memory_session *s = user == NULL ? NULL : user->sessions; s != NULL;
         s = s->next)
        if (!expired(m, s, request))
            result->sessions[result->session_count++] =
                (struct cw_store_session){.session_id = s->id,
                                          .client = cw_memory_out(m, s->client),
                                          .address = cw_memory_out(m, s->address),
                                          .created_ms = s->created_ms,
                                          .seen_ms = s->seen_ms,
                                          .name = cw_memory_out(m, s->name)};
    cw_store_sort_sessions(result->sessions, result->session_count);
}

void cw_memory_session_revoke(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    struct cw_memory_session *session = cw_memory_at(&m->sessions, request->session_id);
    if (session == NULL || session->user->id != request->user_id || expired(m, session, request))
        result->status = CW_STORE_NOT_FOUND;
    else
        remove_session(m, place_of(session));
}

void cw_memory_session_name(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct cw_memory_session *session = cw_memory_at(&m->sessions, request->session_id);
    if (session == NULL || session->user->id != request->user_id || expired(m, session, request))
        result->status = CW_STORE_NOT_FOUND;
    else
        session->name = cw_arena_copy(&m->arena, request->name);
}

/* The user's sessions that were made by the device password end. */
static void end_of_device(struct cw_memory *m, struct cw_memory_user *user, uint64_t device_id,
                          struct cw_store_result *result)
{
    size_t count = 0;
    for (const struct cw_memory_session *s = user->sessions; s != NULL; s = s->next)
        count += s->device_id == device_id;
    result->session_count = count;
    result->sessions = cw_memory_out_array(m, count, sizeof result->sessions[0]);
    for (struct cw_memory_session **place = &user->sessions; *place != NULL;)
        if ((*place)->device_id == device_id) { /* the newest first */
            result->sessions[--count] = (struct cw_store_session){.session_id = (*place)->id};
            remove_session(m, place);
        } else {
            place = &(*place)->next;
        }
}

void cw_memory_device_remove(struct cw_memory *m, const struct cw_store_request *request,
                             struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    uint64_t id = user == NULL ? 0 : cw_memory_device_take(user, request->name);
    if (id == 0)
        result->status = CW_STORE_NOT_FOUND;
    else
        end_of_device(m, user, id, result);
}
