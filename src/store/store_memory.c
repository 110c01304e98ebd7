/* store_memory.c - the memory back end: the rules of store.h in their plainest form.
 *
 * For tests and the simulator, and the measure for every other back end: one
 * suite runs over all. It keeps what it is given, finds most things by looking
 * through them, and forgets everything when closed. A long body stays here
 * too: the file that a request names is not read. */
#include "store/store_memory.h"

#include <stdlib.h>

#include "base/map.h"
#include "store/store_backend.h"

struct session {
    struct session *next; /* of its user, newest first */
    uint64_t id;
    uint64_t cursor;
    uint64_t seen_ms;
    uint64_t features;
    bool extended;
    struct cw_slice token_hash;
};

struct membership {
    uint64_t group_id;
    uint64_t joined_message_id;
};

struct user {
    uint64_t id;
    struct cw_slice name, key, secret;
    uint64_t high_cursor;
    struct session *sessions;
    struct membership memberships[CW_GROUPS_PER_USER]; /* ascending ids */
    size_t membership_count;
};

struct group {
    uint64_t id;
    struct cw_slice name, key;
    size_t member_count;
};

/* Things numbered from 1 in the order in which they came. */
struct list {
    void **items;
    size_t count, capacity;
};

struct memory {
    struct cw_store store; /* first */
    struct cw_store_options options;
    struct cw_arena arena; /* everything kept but the lists and maps */
    struct list users, groups, messages;
    struct cw_map user_keys, group_keys, tokens;
    uint64_t last_session_id;
    bool full;
};

static uint64_t add(struct list *list, void *item)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 64 : list->capacity * 2;
        list->items = cw_realloc(list->items, list->capacity * sizeof list->items[0]);
    }
    list->items[list->count++] = item;
    return list->count;
}

static void *at(const struct list *list, uint64_t id)
{
    return id >= 1 && id <= list->count ? list->items[id - 1] : NULL;
}

static void *keep(struct memory *m, size_t size)
{
    return memset(cw_arena_alloc(&m->arena, size), 0, size);
}

/* --- users and sessions ------------------------------------------------------------ */

static void user_create(struct memory *m, const struct cw_store_request *request,
                        struct cw_store_result *result)
{
    if (cw_map_get(&m->user_keys, request->key) != NULL) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    struct user *user = keep(m, sizeof *user);
    user->name = cw_arena_copy(&m->arena, request->name);
    user->key = cw_arena_copy(&m->arena, request->key);
    user->secret = cw_arena_copy(&m->arena, request->secret);
    result->user_id = user->id = add(&m->users, user);
    cw_map_put(&m->user_keys, user->key, user);
}

static void user_find(struct memory *m, const struct cw_store_request *request,
                      struct cw_store_result *result, struct cw_arena *arena)
{
    struct user *user = cw_map_get(&m->user_keys, request->key);
    if (user == NULL) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->user_id = user->id;
    result->name = cw_arena_copy(arena, user->name);
    result->secret = cw_arena_copy(arena, user->secret);
}

static bool expired(const struct memory *m, const struct session *session,
                    const struct cw_store_request *request)
{
    return (int64_t)session->seen_ms <= cw_store_expiry_ms(&m->options, request->time_ms);
}

static void remove_session(struct memory *m, struct session **place)
{
    struct session *session = *place;
    *place = session->next;
    cw_map_remove(&m->tokens, session->token_hash);
    free(session);
}

/* The place that holds the session with this id among all users, or NULL. */
static struct session **find_place(struct memory *m, uint64_t session_id, struct user **owner)
{
    for (uint64_t id = 1; id <= m->users.count; id++) {
        *owner = at(&m->users, id);
        for (struct session **place = &(*owner)->sessions; *place != NULL; place = &(*place)->next)
            if ((*place)->id == session_id)
                return place;
    }
    return NULL;
}

static void expire(struct memory *m, struct user *user, const struct cw_store_request *request)
{
    for (struct session **place = &user->sessions; *place != NULL;)
        if (expired(m, *place, request))
            remove_session(m, place);
        else
            place = &(*place)->next;
}

static uint64_t drop_one_too_many(struct memory *m, struct user *user,
                                  const struct cw_store_request *request, uint64_t kept)
{
    struct session **longest = NULL;
    unsigned count = 0;
    for (struct session **place = &user->sessions; *place != NULL; place = &(*place)->next) {
        count++;
        if ((*place)->id != kept && !cw_store_session_active(request, (*place)->id) &&
            (longest == NULL || (*place)->seen_ms <= (*longest)->seen_ms))
            longest = place;
    }
    if (count <= m->options.sessions_per_user || longest == NULL)
        return 0;
    uint64_t id = (*longest)->id;
    remove_session(m, longest);
    return id;
}

static struct session *add_session(struct memory *m, struct user *user,
                                   const struct cw_store_request *request)
{
    /* The token's hash lives behind the struct, as long as it does. */
    struct session *session = cw_alloc_zero(sizeof *session + request->secret.n);
    memcpy(session + 1, request->secret.p, request->secret.n);
    session->token_hash = cw_slice_of(session + 1, request->secret.n);
    session->id = ++m->last_session_id;
    session->cursor = cw_store_first_cursor(request, user->high_cursor, m->messages.count);
    session->seen_ms = request->time_ms;
    session->extended = request->extended;
    session->features = request->features;
    session->next = user->sessions;
    user->sessions = session;
    cw_map_put(&m->tokens, session->token_hash, session);
    return session;
}

static void list_groups(struct memory *m, const struct user *user, struct cw_store_result *result,
                        struct cw_arena *arena)
{
    if (user->membership_count == 0)
        return;
    result->group_count = user->membership_count;
    result->groups = cw_arena_alloc(arena, result->group_count * sizeof result->groups[0]);
    for (size_t i = 0; i < result->group_count; i++) {
        const struct group *group = at(&m->groups, user->memberships[i].group_id);
        result->groups[i] = (struct cw_store_group){.group_id = group->id,
                                                    .name = cw_arena_copy(arena, group->name)};
    }
}

static void session_create(struct memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    struct user *user = at(&m->users, request->user_id);
    if (user == NULL) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    expire(m, user, request);
    if (cw_map_get(&m->tokens, request->secret) != NULL) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    const struct session *session = add_session(m, user, request);
    result->session_id = session->id;
    result->cursor = session->cursor;
    result->dropped_session_id = drop_one_too_many(m, user, request, session->id);
    list_groups(m, user, result, arena);
}

static void session_find(struct memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    struct user *user = cw_map_get(&m->user_keys, request->key);
    result->status = CW_STORE_NOT_FOUND;
    for (struct session *session = user == NULL ? NULL : user->sessions; session != NULL;
         session = session->next) {
        if (expired(m, session, request))
            continue;
        result->status = CW_STORE_MISMATCH;
        if (!cw_slice_eq(session->token_hash, request->secret))
            continue;
        result->status = CW_STORE_OK;
        result->user_id = user->id;
        result->name = cw_arena_copy(arena, user->name);
        result->session_id = session->id;
        result->cursor = session->cursor;
        result->extended = session->extended;
        result->features = session->features;
        list_groups(m, user, result, arena);
        return;
    }
}

static void session_save(struct memory *m, const struct cw_store_request *request)
{
    struct user *user;
    struct session **place = find_place(m, request->session_id, &user);
    if (place == NULL || expired(m, *place, request))
        return;
    (*place)->cursor = request->cursor;
    (*place)->extended = request->extended;
    (*place)->features = request->features;
    (*place)->seen_ms = request->time_ms;
    if (user->high_cursor < request->cursor)
        user->high_cursor = request->cursor;
}

static void session_drop(struct memory *m, const struct cw_store_request *request)
{
    struct user *user;
    struct session **place = find_place(m, request->session_id, &user);
    if (place != NULL)
        remove_session(m, place);
}

/* --- contacts and groups ---------------------------------------------------------- */

/* Nothing reads contacts yet: what can be told is whether both are there. */
static void contact_add(struct memory *m, const struct cw_store_request *request,
                        struct cw_store_result *result)
{
    if (at(&m->users, request->user_id) == NULL || at(&m->users, request->other_id) == NULL)
        result->status = CW_STORE_NOT_FOUND;
}

static void add_member(struct memory *m, struct user *user, struct group *group)
{
    size_t i = user->membership_count++;
    for (; i > 0 && user->memberships[i - 1].group_id > group->id; i--)
        user->memberships[i] = user->memberships[i - 1];
    user->memberships[i] = (struct membership){group->id, m->messages.count};
    group->member_count++;
}

static const struct membership *membership_of(const struct user *user, uint64_t group_id)
{
    for (size_t i = 0; i < user->membership_count; i++)
        if (user->memberships[i].group_id == group_id)
            return &user->memberships[i];
    return NULL;
}

static enum cw_store_status may_create(struct memory *m, const struct user *user,
                                       struct cw_slice key)
{
    if (user == NULL)
        return CW_STORE_NOT_FOUND;
    if (cw_map_get(&m->group_keys, key) != NULL)
        return CW_STORE_EXISTS;
    return user->membership_count < CW_GROUPS_PER_USER ? CW_STORE_OK : CW_STORE_FULL;
}

static void group_create(struct memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    struct user *user = at(&m->users, request->user_id);
    result->status = may_create(m, user, request->key);
    if (result->status != CW_STORE_OK)
        return;
    struct group *group = keep(m, sizeof *group);
    group->name = cw_arena_copy(&m->arena, request->name);
    group->key = cw_arena_copy(&m->arena, request->key);
    result->group_id = group->id = add(&m->groups, group);
    cw_map_put(&m->group_keys, group->key, group);
    add_member(m, user, group);
}

static void group_find(struct memory *m, const struct cw_store_request *request,
                       struct cw_store_result *result, struct cw_arena *arena)
{
    const struct group *group = cw_map_get(&m->group_keys, request->key);
    if (group == NULL) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->group_id = group->id;
    result->name = cw_arena_copy(arena, group->name);
}

static enum cw_store_status may_join(const struct user *user, const struct group *group)
{
    if (user == NULL || group == NULL)
        return CW_STORE_NOT_FOUND;
    if (membership_of(user, group->id) != NULL)
        return CW_STORE_EXISTS;
    if (user->membership_count >= CW_GROUPS_PER_USER || group->member_count >= CW_GROUP_MEMBERS_MAX)
        return CW_STORE_FULL;
    return CW_STORE_OK;
}

static void group_join(struct memory *m, const struct cw_store_request *request,
                       struct cw_store_result *result, struct cw_arena *arena)
{
    struct user *user = at(&m->users, request->user_id);
    struct group *group = cw_map_get(&m->group_keys, request->key);
    result->status = may_join(user, group);
    if (result->status != CW_STORE_OK)
        return;
    add_member(m, user, group);
    result->group_id = group->id;
    result->name = cw_arena_copy(arena, group->name);
}

/* --- messages ---------------------------------------------------------------------- */

static void message_append(struct memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct cw_store_message *message = keep(m, sizeof *message);
    *message = (struct cw_store_message){
        .message_id = m->messages.count + 1,
        .time_ms = request->time_ms,
        .mailbox = request->mailbox,
        .sender_id = request->user_id,
        .body = cw_arena_copy(&m->arena, request->body),
        .voice = request->voice,
        .channels = request->channels,
        .sample_rate = request->sample_rate,
    };
    result->message_id = add(&m->messages, message);
}

/* Does this user read that mailbox, this message of it? */
static bool is_for(const struct user *user, const struct cw_store_message *message)
{
    if (!cw_mailbox_is_group(message->mailbox))
        return message->mailbox == cw_mailbox_of_user(user->id);
    const struct membership *membership = membership_of(user, message->mailbox >> 1);
    return membership != NULL && message->message_id > membership->joined_message_id;
}

static struct cw_slice name_of(struct memory *m, uint64_t mailbox, struct cw_arena *arena)
{
    if (cw_mailbox_is_group(mailbox)) {
        const struct group *group = at(&m->groups, mailbox >> 1);
        return group == NULL ? (struct cw_slice){0} : cw_arena_copy(arena, group->name);
    }
    const struct user *user = at(&m->users, mailbox >> 1);
    return user == NULL ? (struct cw_slice){0} : cw_arena_copy(arena, user->name);
}

static struct cw_store_message copy_message(struct memory *m, const struct cw_store_message *kept,
                                            struct cw_arena *arena)
{
    struct cw_store_message message = *kept;
    message.sender = name_of(m, cw_mailbox_of_user(kept->sender_id), arena);
    message.mailbox_name = name_of(m, kept->mailbox, arena);
    message.body = cw_arena_copy(arena, kept->body);
    return message;
}

static void inbox_read(struct memory *m, const struct cw_store_request *request,
                       struct cw_store_result *result, struct cw_arena *arena)
{
    const struct user *user = at(&m->users, request->user_id);
    size_t scanned = 0, bytes = 0;
    uint64_t last = request->cursor;
    result->scanned_to = m->messages.count;
    result->messages = cw_arena_alloc(arena, CW_PAGE_ROWS_MAX * sizeof result->messages[0]);
    for (uint64_t id = last + 1; user != NULL && id <= m->messages.count; id++) {
        const struct cw_store_message *message = at(&m->messages, id);
        if (!is_for(user, message))
            continue;
        bool own = cw_mailbox_is_group(message->mailbox) && message->sender_id == user->id;
        bool fits = own || result->message_count == 0 ||
                    (result->message_count < CW_PAGE_ROWS_MAX &&
                     bytes + message->body.n <= CW_PAGE_BYTES_MAX);
        if (!fits || scanned == CW_PAGE_SCAN_MAX) {
            result->more = true;
            result->scanned_to = last;
            return;
        }
        scanned++;
        last = id;
        if (own)
            continue;
        bytes += message->body.n;
        result->messages[result->message_count++] = copy_message(m, message, arena);
    }
}

/* --- the back end --------------------------------------------------------------------- */

static void run(struct memory *m, const struct cw_store_request *request,
                struct cw_store_result *result, struct cw_arena *arena)
{
    switch (request->op) {
    case CW_STORE_USER_CREATE:
        user_create(m, request, result);
        break;
    case CW_STORE_USER_FIND:
        user_find(m, request, result, arena);
        break;
    case CW_STORE_SESSION_CREATE:
        session_create(m, request, result, arena);
        break;
    case CW_STORE_SESSION_FIND:
        session_find(m, request, result, arena);
        break;
    case CW_STORE_SESSION_SAVE:
        session_save(m, request);
        break;
    case CW_STORE_SESSION_DROP:
        session_drop(m, request);
        break;
    case CW_STORE_CONTACT_ADD:
        contact_add(m, request, result);
        break;
    case CW_STORE_GROUP_CREATE:
        group_create(m, request, result);
        break;
    case CW_STORE_GROUP_FIND:
        group_find(m, request, result, arena);
        break;
    case CW_STORE_GROUP_JOIN:
        group_join(m, request, result, arena);
        break;
    case CW_STORE_MESSAGE_APPEND:
        message_append(m, request, result);
        break;
    case CW_STORE_INBOX_READ:
        inbox_read(m, request, result, arena);
        break;
    default:
        break;
    }
}

static void execute(struct cw_store *store, const struct cw_store_request *const requests[],
                    size_t n, struct cw_store_result results[], struct cw_arena *arena)
{
    struct memory *m = (struct memory *)store;
    for (size_t i = 0; i < n; i++) {
        bool refused = m->full && cw_store_op_writes(requests[i]->op);
        results[i] = cw_store_result_of(requests[i], refused ? CW_STORE_UNAVAILABLE : CW_STORE_OK);
        if (!refused)
            run(m, requests[i], &results[i], arena);
    }
}

static bool idle(struct cw_store *store, bool *again)
{
    (void)store, (void)again;
    return true;
}

static void close_store(struct cw_store *store)
{
    struct memory *m = (struct memory *)store;
    for (uint64_t id = 1; id <= m->users.count; id++) {
        struct user *user = at(&m->users, id);
        while (user->sessions != NULL)
            remove_session(m, &user->sessions);
    }
    cw_map_finish(&m->user_keys);
    cw_map_finish(&m->group_keys);
    cw_map_finish(&m->tokens);
    free(m->users.items);
    free(m->groups.items);
    free(m->messages.items);
    cw_arena_finish(&m->arena);
    free(m);
}

static const struct cw_store_backend backend = {execute, idle, close_store};

struct cw_store *cw_store_open_memory(const struct cw_store_options *options)
{
    /* Fixed: who chooses names here is a test. */
    static const uint64_t seed[2] = {1, 2};
    struct memory *m = cw_alloc_zero(sizeof *m);
    m->store.backend = &backend;
    m->options = *options;
    cw_map_init(&m->user_keys, seed);
    cw_map_init(&m->group_keys, seed);
    cw_map_init(&m->tokens, seed);
    return &m->store;
}

void cw_store_memory_set_full(struct cw_store *store, bool full)
{
    ((struct memory *)store)->full = full;
}
