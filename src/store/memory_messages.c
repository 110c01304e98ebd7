/* memory_messages.c - what is said, changed and delivered, in memory.
 *
 * An append touches nothing but the ends of lists. */
#include "store/memory.h"

/* --- conversations ------------------------------------------------------------------- */

struct cw_memory_conversation *cw_memory_conversation(struct cw_memory *m, uint64_t id)
{
    return cw_map_get(&m->conversation_ids, cw_map_id(&id));
}

static struct cw_memory_conversation *open_conversation(struct cw_memory *m, uint64_t id)
{
    struct cw_memory_conversation *conversation = cw_memory_conversation(m, id);
    if (conversation != NULL)
        return conversation;
    conversation = cw_memory_keep(m, sizeof *conversation);
    conversation->id = id;
    cw_memory_add(&m->conversations, conversation);
    cw_map_put(&m->conversation_ids, cw_map_id(&conversation->id), conversation);
    return conversation;
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

static const struct cw_memory_entry *entry_with_id(const struct cw_memory *m, uint64_t id)
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

enum cw_store_status cw_memory_may_read(struct cw_memory *m, uint64_t user_id,
                                        uint64_t conversation)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, user_id);
    if (cw_mailbox_is_group(conversation)) {
        if (cw_memory_at(&m->groups, conversation >> 1) == NULL)
            return CW_STORE_NOT_FOUND;
        return user != NULL && cw_memory_membership_of(user, conversation >> 1) != NULL
                   ? CW_STORE_OK
                   : CW_STORE_NOT_MEMBER;
    }
    uint64_t peer_id = cw_conversation_peer(conversation, user_id);
    if (user == NULL || cw_memory_at(&m->users, peer_id) == NULL)
        return CW_STORE_NOT_FOUND;
    return cw_conversation_of_pair(user_id, peer_id) == conversation ? CW_STORE_OK
                                                                     : CW_STORE_NOT_MEMBER;
}

enum cw_store_status cw_memory_may_say(struct cw_memory *m, uint64_t user_id, uint64_t conversation,
                                       uint64_t time_ms)
{
    if (!cw_mailbox_is_group(conversation)) {
        const struct cw_memory_user *peer =
            cw_memory_at(&m->users, cw_conversation_peer(conversation, user_id));
        return peer != NULL && cw_memory_has_user(&peer->blocked, user_id) ? CW_STORE_FORBIDDEN
                                                                           : CW_STORE_OK;
    }
    const struct cw_memory_user *user = cw_memory_at(&m->users, user_id);
    const struct cw_memory_membership *membership =
        user == NULL ? NULL : cw_memory_membership_of(user, conversation >> 1);
    if (membership == NULL)
        return CW_STORE_NOT_MEMBER;
    return cw_memory_muted_until(membership->group, user_id) > time_ms ? CW_STORE_FORBIDDEN
                                                                       : CW_STORE_OK;
}

/* Adds an entry with a copy of the body behind it; the caller fills in what else
 * it says. */
static struct cw_memory_entry *add_entry(struct cw_memory *m,
                                         const struct cw_store_request *request, uint64_t mailbox,
                                         struct cw_slice body)
{
    struct cw_memory_entry *entry = cw_arena_alloc(&m->arena, sizeof *entry + body.n);
    *entry = (struct cw_memory_entry){.message.body = cw_slice_of(entry + 1, body.n)};
    if (body.n != 0)
        memcpy(entry + 1, body.p, body.n);
    entry->conversation = open_conversation(m, cw_conversation_of(mailbox, request->user_id));
    entry->message.message_id = ++m->newest;
    cw_memory_add(&m->messages, entry);
    entry->message.seq = (uint32_t)cw_memory_add(&entry->conversation->entries, entry);
    entry->message.time_ms = request->time_ms;
    entry->message.mailbox = mailbox;
    entry->message.sender_id = (uint32_t)request->user_id;
    return entry;
}

static void show_place(const struct cw_memory_entry *entry, struct cw_store_result *result)
{
    result->message_id = entry->message.message_id;
    result->seq = entry->message.seq;
    result->time_ms = entry->message.time_ms;
}

/* --- sending ------------------------------------------------------------------------- */

/* Tests chose the names and texts here. */
static const uint64_t sent_key[2] = {1, 2};

static void answer_retry(struct cw_memory *m, const struct cw_store_request *request, uint64_t id,
                         struct cw_store_result *result)
{
    const struct cw_memory_entry *entry = entry_with_id(m, id);
    if (entry == NULL || entry->gone) {
        result->repeated = result->gone = true;
        return;
    }
    if (entry->message.mailbox != request->mailbox ||
        (entry->sent != 0 && entry->sent != cw_store_sent_hash(sent_key, request))) {
        result->status = CW_STORE_CONFLICT;
        return;
    }
    result->repeated = true;
    show_place(entry, result);
}

/* Has the part used n, or may it have? Then that is the answer. */
static bool is_retry(struct cw_memory *m, const struct cw_memory_session *session,
                     const struct cw_store_request *request, struct cw_store_result *result)
{
    const struct cw_memory_window *window =
        session == NULL || request->n == 0 ? NULL : cw_memory_window_find(session, request->part);
    enum cw_window_place place =
        window == NULL ? CW_WINDOW_FREE : cw_window_look(&window->window, request->n);
    if (place == CW_WINDOW_FREE)
        return false;
    if (place == CW_WINDOW_PAST)
        result->status = CW_STORE_UNKNOWN;
    else
        answer_retry(m, request, cw_window_id(&window->window, request->n), result);
    return true;
}

static bool has_place(struct cw_memory *m, const struct cw_store_request *request, uint64_t seq)
{
    const struct cw_memory_conversation *conversation =
        cw_memory_conversation(m, cw_conversation_of(request->mailbox, request->user_id));
    return conversation != NULL && seq <= conversation->entries.count;
}

static struct cw_memory_recording *keep_recording(struct cw_memory *m,
                                                  const struct cw_store_request *request)
{
    struct cw_memory_recording *recording = cw_memory_keep(m, sizeof *recording);
    recording->duration_ms = request->duration_ms;
    recording->waveform = cw_arena_copy(&m->arena, request->waveform);
    return recording;
}

static enum cw_store_status may_write(struct cw_memory *m, const struct cw_store_request *request)
{
    if (request->refusal != CW_STORE_OK)
        return request->refusal;
    if (cw_store_took_long(request) &&
        !cw_memory_session_exists(m, request->session_id, request->user_id))
        return CW_STORE_MISMATCH;
    return cw_memory_may_say(m, request->user_id,
                             cw_conversation_of(request->mailbox, request->user_id),
                             request->time_ms);
}

/* Nothing was said between the two before, and the recipient has not asked for him. */
static bool is_stranger(struct cw_memory *m, const struct cw_store_request *request)
{
    uint64_t conversation = cw_conversation_of(request->mailbox, request->user_id);
    const struct cw_memory_user *recipient = cw_memory_at(&m->users, request->mailbox >> 1);
    if (cw_mailbox_is_group(request->mailbox) || request->mailbox >> 1 == request->user_id)
        return false;
    return cw_memory_conversation(m, conversation) == NULL &&
           (recipient == NULL || !cw_memory_has_user(&recipient->contacts, request->user_id));
}

static enum cw_store_status may_take(struct cw_memory *m, const struct cw_store_request *request,
                                     struct cw_store_result *result)
{
    if (request->reply_to != 0 && !has_place(m, request, request->reply_to))
        return CW_STORE_NOT_FOUND;
    if (!cw_memory_quota_allows(m, request->user_id, 0, CW_STORED_ROW_BYTES + request->body.n))
        return CW_STORE_OVER_QUOTA;
    bool stranger = is_stranger(m, request);
    if (stranger && request->no_stranger)
        return CW_STORE_STRANGER;
    result->stranger = stranger;
    return CW_STORE_OK;
}

void cw_memory_message_append(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    struct cw_memory_session *session = cw_memory_at(&m->sessions, request->session_id);
    if (is_retry(m, session, request, result))
        return;
    result->status = may_write(m, request);
    if (result->status == CW_STORE_OK)
        result->status = may_take(m, request, result);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_memory_entry *entry = add_entry(m, request, request->mailbox, request->body);
    entry->message.voice = request->voice;
    entry->message.kind = request->voice ? CW_KIND_VOICE : CW_KIND_TEXT;
    cw_memory_count_stored(m, request->user_id, 0, cw_memory_stored_size(entry));
    entry->message.channels = (uint8_t)request->channels;
    entry->message.sample_rate = request->sample_rate;
    entry->message.reply_to = (uint32_t)request->reply_to;
    if (request->voice)
        entry->recording = keep_recording(m, request);
    if (session != NULL && request->n != 0) {
        entry->sent = cw_store_sent_hash(sent_key, request);
        cw_memory_window_use(session, request->part, request->n, entry->message.message_id);
    }
    show_place(entry, result);
}

/* --- changing ------------------------------------------------------------------------ */

static bool is_message(const struct cw_memory_entry *entry)
{
    return entry->message.kind == CW_KIND_TEXT || entry->message.kind == CW_KIND_VOICE;
}

/* The message that the request is about, which the asker may at least read. */
static struct cw_memory_entry *find_message(struct cw_memory *m,
                                            const struct cw_store_request *request,
                                            struct cw_store_result *result)
{
    result->status = cw_memory_may_read(m, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return NULL;
    struct cw_memory_entry *entry =
        cw_memory_entry(cw_memory_conversation(m, request->conversation), request->seq);
    if (entry == NULL || !is_message(entry)) {
        result->status = CW_STORE_NOT_FOUND;
        return NULL;
    }
    return entry;
}

/* The entry that says what was done to `entry`. */
static void add_event(struct cw_memory *m, const struct cw_store_request *request,
                      struct cw_memory_entry *entry, enum cw_store_kind kind,
                      struct cw_store_result *result)
{
    uint64_t mailbox = request->conversation;
    if (!cw_mailbox_is_group(mailbox))
        mailbox = cw_mailbox_of_user(cw_conversation_peer(mailbox, request->user_id));
    struct cw_memory_entry *event = add_entry(m, request, mailbox, (struct cw_slice){0});
    event->message.kind = (uint8_t)kind;
    cw_memory_count_stored(m, request->user_id, 0, cw_memory_stored_size(event));
    event->message.of = entry->message.seq;
    entry->changed = event->message.seq;
    show_place(event, result);
}

/* It is so already. */
static void answer_repeated(const struct cw_memory_entry *entry, struct cw_store_result *result)
{
    const struct cw_memory_entry *event = cw_memory_entry(entry->conversation, entry->changed);
    result->repeated = true;
    show_place(event != NULL ? event : entry, result);
}

static bool reaches_blocked(const struct cw_memory *m, const struct cw_store_request *request)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    return !cw_mailbox_is_group(request->conversation) &&
           cw_memory_has_user(&user->blocked,
                              cw_conversation_peer(request->conversation, request->user_id));
}

void cw_memory_message_edit(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct cw_memory_entry *entry = find_message(m, request, result);
    if (entry == NULL)
        return;
    if (entry->message.sender_id != request->user_id || entry->message.voice) {
        result->status = CW_STORE_FORBIDDEN;
        return;
    }
    if (entry->message.deleted_ms != 0)
        result->status = CW_STORE_NOT_FOUND;
    else
        result->status =
            cw_memory_may_say(m, request->user_id, request->conversation, request->time_ms);
    if (result->status != CW_STORE_OK)
        return;
    if (cw_slice_eq(entry->message.body, request->body)) {
        answer_repeated(entry, result);
        return;
    }
    if (reaches_blocked(m, request)) {
        result->status = CW_STORE_FORBIDDEN;
        return;
    }
    if (!cw_memory_quota_allows(m, request->user_id, cw_memory_stored_size(entry),
                                2 * CW_STORED_ROW_BYTES + request->body.n)) {
        result->status = CW_STORE_OVER_QUOTA;
        return;
    }
    cw_memory_count_stored(m, request->user_id, entry->message.body.n, request->body.n);
    entry->message.body = cw_arena_copy(&m->arena, request->body);
    entry->message.edited_ms = request->time_ms;
    add_event(m, request, entry, CW_KIND_EDIT, result);
}

static bool may_delete(struct cw_memory *m, const struct cw_store_request *request,
                       const struct cw_memory_entry *entry)
{
    if (entry->message.sender_id == request->user_id)
        return true;
    if (!cw_mailbox_is_group(request->conversation))
        return false;
    const struct cw_memory_membership *membership = cw_memory_membership_of(
        cw_memory_at(&m->users, request->user_id), request->conversation >> 1);
    return membership->role >= CW_ROLE_MODERATOR;
}

void cw_memory_message_delete(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    struct cw_memory_entry *entry = find_message(m, request, result);
    if (entry == NULL)
        return;
    if (!may_delete(m, request, entry)) {
        result->status = CW_STORE_FORBIDDEN;
        return;
    }
    if (entry->message.deleted_ms != 0) {
        answer_repeated(entry, result);
        return;
    }
    entry->sent = 0;
    cw_memory_count_stored(m, entry->message.sender_id, entry->message.body.n, 0);
    entry->message.body = (struct cw_slice){0};
    entry->recording = NULL;
    entry->message.deleted_ms = request->time_ms;
    add_event(m, request, entry, CW_KIND_DELETE, result);
}

/* --- showing ------------------------------------------------------------------------- */

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
static const struct cw_memory_entry *subject_of(const struct cw_memory_entry *entry)
{
    if (entry->message.kind != CW_KIND_EDIT)
        return entry;
    const struct cw_memory_entry *of = cw_memory_entry(entry->conversation, entry->message.of);
    return of == NULL ? entry : of;
}

struct cw_store_message cw_memory_show(struct cw_memory *m, const struct cw_memory_entry *entry,
                                       bool whole)
{
    const struct cw_memory_entry *subject = subject_of(entry);
    static const struct cw_memory_recording none;
    const struct cw_memory_recording *recording =
        entry->recording == NULL ? &none : entry->recording;
    bool with_body = whole || !entry->message.voice;
    return (struct cw_store_message){
        .message_id = entry->message.message_id,
        .time_ms = entry->message.time_ms,
        .mailbox = entry->message.mailbox,
        .sender_id = entry->message.sender_id,
        .sender = name_of(m, cw_mailbox_of_user(entry->message.sender_id)),
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
}

bool cw_memory_hides(struct cw_memory *m, struct cw_store_message *message, uint64_t user_id)
{
    if (cw_mailbox_is_group(message->mailbox))
        return false;
    bool own = message->sender_id == user_id;
    const struct cw_memory_user *peer =
        cw_memory_at(&m->users, own ? message->mailbox >> 1 : message->sender_id);
    return peer != NULL && cw_memory_has_user(&peer->blocked, user_id) &&
           cw_store_hide(message, user_id);
}

/* --- delivery ------------------------------------------------------------------------ */

/* Does this user read that mailbox, this message of it? `own`: or did he write it? */
static bool is_for(const struct cw_memory_user *user, const struct cw_memory_entry *entry, bool own)
{
    uint64_t mailbox = entry->message.mailbox;
    if (!cw_mailbox_is_group(mailbox))
        return mailbox == cw_mailbox_of_user(user->id) ||
               (own && entry->message.sender_id == user->id);
    const struct cw_memory_membership *membership = cw_memory_membership_of(user, mailbox >> 1);
    return membership != NULL && entry->message.message_id > membership->joined_message_id;
}

/* Looked at, but not delivered: what was deleted, and his own in groups unless he wants
 * that. */
static bool is_passed_over(const struct cw_memory_user *user, const struct cw_memory_entry *entry,
                           bool own)
{
    return (!own && cw_mailbox_is_group(entry->message.mailbox) &&
            entry->message.sender_id == user->id) ||
           subject_of(entry)->message.deleted_ms != 0;
}

void cw_memory_inbox_read(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    size_t scanned = 0, bytes = 0;
    uint64_t last = request->cursor;
    result->scanned_to = m->newest;
    result->messages = cw_arena_alloc(m->out, CW_PAGE_ROWS_MAX * sizeof result->messages[0]);
    for (size_t i = cw_memory_place_above(m, last); user != NULL && i < m->messages.count; i++) {
        const struct cw_memory_entry *entry = m->messages.items[i];
        if (entry->gone || !is_for(user, entry, request->own))
            continue;
        struct cw_store_message message = cw_memory_show(m, entry, true);
        bool passed_over =
            is_passed_over(user, entry, request->own) || cw_memory_hides(m, &message, user->id);
        size_t size = subject_of(entry)->message.body.n;
        bool fits = passed_over || result->message_count == 0 ||
                    (result->message_count < CW_PAGE_ROWS_MAX && bytes + size <= CW_PAGE_BYTES_MAX);
        if (!fits || scanned == CW_PAGE_SCAN_MAX) {
            result->more = true;
            result->scanned_to = last;
            return;
        }
        scanned++;
        last = entry->message.message_id;
        if (passed_over)
            continue;
        bytes += size;
        result->messages[result->message_count++] = message;
    }
}

/* --- what is no longer to be kept ---------------------------------------------------- */

static uint64_t stricter(uint64_t a, uint64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

static struct cw_store_retention retention_of(struct cw_memory *m, uint64_t conversation)
{
    struct cw_store_retention retain = m->options.retain;
    const struct cw_memory_group *group =
        cw_mailbox_is_group(conversation) ? cw_memory_at(&m->groups, conversation >> 1) : NULL;
    if (group != NULL) {
        retain.days = stricter(retain.days, group->retain.days);
        retain.count = stricter(retain.count, group->retain.count);
    }
    return retain;
}

/* What is before it in its conversation was ahead, and goes with it. */
static void forget_to(struct cw_memory *m, const struct cw_memory_entry *entry)
{
    for (uint64_t seq = entry->message.seq; seq > 0; seq--) {
        struct cw_memory_entry *older = cw_memory_entry(entry->conversation, seq);
        if (older == NULL)
            continue;
        older->gone = true;
        cw_memory_count_stored(m, older->message.sender_id, cw_memory_stored_size(older), 0);
    }
}

static void forget_old(struct cw_memory *m, const struct cw_memory_list *entries, uint64_t days)
{
    for (uint64_t i = 1; days != 0 && i <= entries->count; i++) {
        const struct cw_memory_entry *entry = cw_memory_at(entries, i);
        enum cw_store_age age =
            entry->gone ? CW_AGE_AHEAD : cw_store_age(m->moment, entry->message.time_ms, days);
        if (age == CW_AGE_YOUNG)
            return;
        if (age == CW_AGE_OLD)
            forget_to(m, entry);
    }
}

static void sweep(struct cw_memory *m, struct cw_memory_conversation *conversation)
{
    struct cw_store_retention retain = retention_of(m, conversation->id);
    uint64_t last = conversation->entries.count;
    if (retain.count != 0 && last > retain.count)
        forget_to(m, cw_memory_at(&conversation->entries, last - retain.count));
    const struct cw_memory_group *group = cw_mailbox_is_group(conversation->id)
                                              ? cw_memory_at(&m->groups, conversation->id >> 1)
                                              : NULL;
    if (group == NULL && cw_mailbox_is_group(conversation->id)) /* all have left */
        forget_to(m, cw_memory_at(&conversation->entries, last));
    if (group != NULL && (group->retain.days != 0 || group->retain.count != 0))
        forget_old(m, &conversation->entries, retain.days);
}

void cw_memory_sweep(struct cw_memory *m)
{
    forget_old(m, &m->messages, m->options.retain.days);
    for (size_t i = 0; i < m->conversations.count; i++)
        sweep(m, m->conversations.items[i]);
}
