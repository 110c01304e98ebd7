/* rules.c - the rules that all back ends share. Pure: it has no storage; facts are parameters, or
 * come from struct cw_store_facts. */
#include "store/rules.h"
#include "store/rules_admin.h"

#include "base/map.h"

bool cw_store_may_manage(enum cw_store_op op, enum cw_store_role role, enum cw_store_role of_other)
{
    switch (op) {
    case CW_STORE_GROUP_TOPIC:
    case CW_STORE_INVITE_CREATE:
    case CW_STORE_INVITE_LIST:
    case CW_STORE_INVITE_WITHDRAW:
    case CW_STORE_BOT_JOIN:
    case CW_STORE_HOOK_CREATE:
    case CW_STORE_HOOK_LIST:
    case CW_STORE_HOOK_DELETE:
    case CW_STORE_PIN:
    case CW_STORE_UNPIN:
    case CW_STORE_GROUP_SLOW:
    case CW_STORE_VERSION_LIST:
        return role >= CW_ROLE_MODERATOR;
    case CW_STORE_MEMBER_KICK:
    case CW_STORE_MEMBER_BAN:
    case CW_STORE_MEMBER_UNBAN:
    case CW_STORE_MEMBER_MUTE:
        return role >= CW_ROLE_MODERATOR && of_other < role;
    case CW_STORE_MEMBER_ROLE:
    case CW_STORE_GROUP_ACCESS:
    case CW_STORE_GROUP_RETAIN:
    case CW_STORE_GROUP_WRITERS:
    case CW_STORE_GROUP_HERE:
    case CW_STORE_GROUP_VERSIONS:
        return role == CW_ROLE_OWNER;
    default: /* no other operation manages a group */
        return false;
    }
}

/* --- groups ---------------------------------------------------------------------------- */

enum cw_store_status cw_store_find_asker(struct cw_store *store, uint64_t user_id,
                                         uint64_t group_id, enum cw_store_role *role)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    *role = facts->role_of(store, user_id, group_id);
    if (*role != CW_ROLE_NONE)
        return CW_STORE_OK;
    return facts->group_exists(store, group_id) ? CW_STORE_NOT_MEMBER : CW_STORE_NOT_FOUND;
}

enum cw_store_status cw_store_may_change_group(struct cw_store *store,
                                               const struct cw_store_request *request,
                                               uint64_t group_id)
{
    enum cw_store_role role;
    enum cw_store_status status = cw_store_find_asker(store, request->user_id, group_id, &role);
    if (status == CW_STORE_OK && !cw_store_may_manage(request->op, role, CW_ROLE_NONE))
        return CW_STORE_FORBIDDEN;
    return status;
}

/* Can it be done to a user that is no member? */
static bool is_for_anybody(struct cw_store *store, const struct cw_store_request *request)
{
    return request->op == CW_STORE_MEMBER_BAN || request->op == CW_STORE_MEMBER_UNBAN ||
           (request->op == CW_STORE_MEMBER_MUTE &&
            store->backend->facts.muted_until(store, request->other_id, request->group_id) >
                request->time_ms);
}

enum cw_store_status cw_store_may_change_member(struct cw_store *store,
                                                const struct cw_store_request *request,
                                                enum cw_store_role *of_other)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    enum cw_store_role role;
    enum cw_store_status status =
        cw_store_find_asker(store, request->user_id, request->group_id, &role);
    if (status != CW_STORE_OK)
        return status;
    if (!facts->user_known(store, request->other_id))
        return CW_STORE_NOT_FOUND;
    *of_other = facts->role_of(store, request->other_id, request->group_id);
    if (request->other_id == request->user_id || !cw_store_may_manage(request->op, role, *of_other))
        return CW_STORE_FORBIDDEN;
    if (request->op == CW_STORE_MEMBER_ROLE && request->role == CW_ROLE_OWNER &&
        cw_store_is_bot(store, request->other_id))
        return CW_STORE_FORBIDDEN;
    return *of_other != CW_ROLE_NONE || is_for_anybody(store, request) ? CW_STORE_OK
                                                                       : CW_STORE_NOT_MEMBER;
}

enum cw_store_status cw_store_may_create_group(struct cw_store *store,
                                               const struct cw_store_request *request, bool taken)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    if (!facts->user_exists(store, request->user_id))
        return CW_STORE_NOT_FOUND;
    if (taken)
        return CW_STORE_EXISTS;
    return facts->group_count(store, request->user_id) < CW_GROUPS_PER_USER ? CW_STORE_OK
                                                                            : CW_STORE_FULL;
}

enum cw_store_status cw_store_may_join(struct cw_store *store,
                                       const struct cw_store_request *request, uint64_t group_id,
                                       uint64_t member_count, bool by_invitation)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    uint64_t user_id = request->user_id, mailbox = cw_mailbox_of_group(group_id);
    if (group_id == 0 || !facts->user_exists(store, user_id))
        return CW_STORE_NOT_FOUND;
    if (facts->role_of(store, user_id, group_id) != CW_ROLE_NONE)
        return CW_STORE_EXISTS;
    if (facts->is_banned(store, user_id, group_id))
        return CW_STORE_BANNED;
    if (by_invitation && !facts->invitation_good(store, mailbox, request))
        return CW_STORE_FORBIDDEN;
    if (member_count >= CW_GROUP_MEMBERS_MAX)
        return CW_STORE_GROUP_FULL;
    return facts->group_count(store, user_id) < CW_GROUPS_PER_USER ? CW_STORE_OK : CW_STORE_FULL;
}

struct cw_store_leaving cw_store_leave(struct cw_store *store, uint64_t group_id,
                                       enum cw_store_role role)
{
    struct cw_store_leaving leaving = {.empty = true};
    for (int other = CW_ROLE_OWNER; leaving.empty && other >= CW_ROLE_MEMBER; other--) {
        leaving.heir_id =
            store->backend->facts.first_member(store, group_id, (enum cw_store_role)other);
        leaving.empty = leaving.heir_id == 0;
    }
    if (role != CW_ROLE_OWNER)
        leaving.heir_id = 0;
    return leaving;
}

/* --- invitations ------------------------------------------------------------------------- */

enum cw_store_status cw_store_may_make_invitation(struct cw_store *store,
                                                  const struct cw_store_options *options,
                                                  const struct cw_store_request *request)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    if (request->mailbox == 0 && request->user_id == 0)
        return cw_store_needs_setup(store, options) ? CW_STORE_OK : CW_STORE_FORBIDDEN;
    if (!facts->user_exists(store, request->user_id))
        return CW_STORE_NOT_FOUND;
    if (request->mailbox != 0)
        return cw_store_may_change_group(store, request, request->mailbox >> 1);
    return cw_store_may_invite(store, options, request->user_id) ? CW_STORE_OK : CW_STORE_FORBIDDEN;
}

bool cw_store_may_withdraw(struct cw_store *store, const struct cw_store_request *request,
                           uint64_t mailbox, uint64_t maker_id)
{
    if (mailbox == 0)
        return maker_id == request->user_id;
    return cw_store_may_change_group(store, request, mailbox >> 1) == CW_STORE_OK;
}

bool cw_store_may_invite(struct cw_store *store, const struct cw_store_options *options,
                         uint64_t user_id)
{
    switch (options->inviters) {
    case CW_INVITERS_ALL:
        return true;
    case CW_INVITERS_ADMINS:
        return user_id == 0 || store->backend->facts.is_admin(store, user_id);
    case CW_INVITERS_NONE:
        break;
    }
    return user_id == 0;
}

bool cw_store_has_invitation_room(const struct cw_store_options *options,
                                  const struct cw_store_request *request, uint64_t count,
                                  uint64_t places)
{
    if (request->mailbox != 0)
        return count < CW_INVITATIONS_MAX;
    if (request->user_id == 0)
        return true;
    uint64_t most = options->invitations_per_user;
    return count < CW_INVITATIONS_OPEN_MAX && (most == 0 || places + request->uses <= most);
}

/* --- conversations ------------------------------------------------------------------------ */

enum cw_store_status cw_store_may_read(struct cw_store *store, uint64_t user_id,
                                       uint64_t conversation)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    enum cw_store_role role;
    if (cw_mailbox_is_group(conversation))
        return cw_store_find_asker(store, user_id, conversation >> 1, &role);
    uint64_t peer_id = cw_conversation_peer(conversation, user_id);
    if (!facts->user_exists(store, user_id) || !facts->user_known(store, peer_id))
        return CW_STORE_NOT_FOUND;
    return cw_conversation_of_pair(user_id, peer_id) == conversation ? CW_STORE_OK
                                                                     : CW_STORE_NOT_MEMBER;
}

/* The core's check may be out of date; inside the transaction nothing can change. */
static enum cw_store_status may_write(struct cw_store *store,
                                      const struct cw_store_request *request,
                                      struct cw_store_result *result)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    if (request->refusal != CW_STORE_OK)
        return request->refusal;
    if (cw_store_took_long(request) &&
        !facts->session_exists(store, request->session_id, request->user_id))
        return CW_STORE_MISMATCH;
    return cw_store_may_post_now(store, request, result);
}

/* The two have no conversation yet, and the sender is no contact of the recipient. */
static bool is_stranger(struct cw_store *store, const struct cw_store_request *request,
                        uint64_t last_seq)
{
    uint64_t recipient = request->mailbox >> 1;
    return last_seq == 0 && !cw_mailbox_is_group(request->mailbox) &&
           recipient != request->user_id &&
           !store->backend->facts.has_contact(store, recipient, request->user_id);
}

/* Is it a complete upload of the sender? */
static bool may_send_file(struct cw_store *store, const struct cw_store_request *request)
{
    struct cw_store_file file;
    return store->backend->facts.file_at(store, request->file_id, &file) && file.done &&
           cw_store_is_upload(&file, request->user_id);
}

enum cw_store_status cw_store_may_append(struct cw_store *store,
                                         const struct cw_store_options *options,
                                         const struct cw_store_request *request, uint64_t last_seq,
                                         struct cw_store_result *result)
{
    enum cw_store_status status = may_write(store, request, result);
    if (status != CW_STORE_OK)
        return status;
    if (request->reply_to > last_seq)
        return CW_STORE_NOT_FOUND;
    if (options->quota != 0 && /* else the size need not be looked up */
        !cw_store_quota_allows(options, store->backend->facts.stored_of(store, request->user_id),
                               CW_STORED_ROW_BYTES + request->body.n))
        return CW_STORE_OVER_QUOTA;
    if (request->file_id != 0 && !may_send_file(store, request))
        return CW_STORE_NO_FILE;
    bool first = is_stranger(store, request, last_seq);
    if (first && request->no_stranger)
        return CW_STORE_STRANGER;
    result->stranger = first;
    return CW_STORE_OK;
}

/* The history shows the new text to the other user. */
static bool edit_reaches_blocked(struct cw_store *store, const struct cw_store_request *request)
{
    uint64_t conversation = request->conversation, user_id = request->user_id;
    return !cw_mailbox_is_group(conversation) &&
           store->backend->facts.has_blocked(store, user_id,
                                             cw_conversation_peer(conversation, user_id));
}

/* The new text instead of the old one, and the entry that tells of it. */
static bool has_room_for_edit(struct cw_store *store, const struct cw_store_options *options,
                              const struct cw_store_request *request, uint64_t stored)
{
    uint64_t others = store->backend->facts.stored_of(store, request->user_id);
    others -= stored < others ? stored : others;
    return cw_store_quota_allows(options, others,
                                 cw_store_stored_size(CW_KIND_TEXT, request->body.n) +
                                     cw_store_stored_size(CW_KIND_EDIT, 0));
}

enum cw_store_status cw_store_may_edit(struct cw_store *store,
                                       const struct cw_store_options *options,
                                       const struct cw_store_request *request,
                                       const struct cw_store_entry *entry, struct cw_slice text,
                                       uint64_t stored)
{
    if (entry->sender_id != request->user_id || entry->kind != CW_KIND_TEXT)
        return CW_STORE_FORBIDDEN;
    if (entry->deleted)
        return CW_STORE_NOT_FOUND;
    enum cw_store_status status =
        cw_store_may_post(store, request->user_id, request->conversation, request->time_ms);
    if (status != CW_STORE_OK)
        return status;
    if (cw_slice_eq(text, request->body))
        return CW_STORE_EXISTS;
    if (edit_reaches_blocked(store, request))
        return CW_STORE_FORBIDDEN;
    return has_room_for_edit(store, options, request, stored) ? CW_STORE_OK : CW_STORE_OVER_QUOTA;
}

enum cw_store_status cw_store_may_delete(struct cw_store *store,
                                         const struct cw_store_request *request,
                                         const struct cw_store_entry *entry)
{
    bool manages = cw_mailbox_is_group(request->conversation) &&
                   store->backend->facts.role_of(store, request->user_id,
                                                 request->conversation >> 1) >= CW_ROLE_MODERATOR;
    if (entry->sender_id != request->user_id && !manages)
        return CW_STORE_FORBIDDEN;
    return entry->deleted ? CW_STORE_EXISTS : CW_STORE_OK;
}

enum cw_store_status cw_store_may_mark_played(const struct cw_store_entry *entry, uint64_t user_id,
                                              bool played)
{
    if (!cw_store_has_recording(entry) || entry->sender_id == user_id)
        return CW_STORE_NOT_FOUND;
    return played ? CW_STORE_EXISTS : CW_STORE_OK;
}

uint64_t cw_store_event_mailbox(const struct cw_store_request *request)
{
    uint64_t conversation = request->conversation;
    return cw_mailbox_is_group(conversation)
               ? conversation
               : cw_mailbox_of_user(cw_conversation_peer(conversation, request->user_id));
}

enum cw_store_status cw_store_may_mark(uint64_t seq, uint64_t last_seq, uint64_t mark)
{
    if (seq > last_seq)
        return CW_STORE_MISMATCH;
    return seq <= mark ? CW_STORE_EXISTS : CW_STORE_OK;
}

bool cw_store_hide(struct cw_store_message *message, uint64_t asker_id)
{
    if (message->sender_id == asker_id) {
        message->played_ms = 0;
        return false;
    }
    message->edited_ms = 0;
    if (message->deleted_ms != 0)
        message->deleted_ms = message->time_ms;
    return !cw_kind_is_message(message->kind);
}

bool cw_store_hides_marks(struct cw_store *store, uint64_t peer_id, uint64_t asker_id)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    return facts->has_blocked(store, peer_id, asker_id) || facts->is_deleted(store, peer_id) ||
           (peer_id != asker_id && facts->is_discreet(store, peer_id));
}

bool cw_store_hides(struct cw_store *store, struct cw_store_message *message, uint64_t user_id)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    bool own = message->sender_id == user_id;
    uint64_t peer_id = own ? message->mailbox >> 1 : message->sender_id;
    if (cw_mailbox_is_group(message->mailbox))
        return false;
    if (own && message->played_ms != 0 && facts->is_discreet(store, peer_id))
        message->played_ms = 0;
    return facts->has_blocked(store, peer_id, user_id) && cw_store_hide(message, user_id);
}

/* --- retries ------------------------------------------------------------------------------ */

uint64_t cw_store_sent_hash(const uint64_t key[2], const struct cw_store_request *request)
{
    const uint64_t what[] = {request->mailbox,
                             request->voice,
                             request->channels,
                             request->sample_rate,
                             request->reply_to,
                             request->body.n,
                             cw_hash_keyed(key, request->body),
                             request->file_id};
    /* Without a file as before there were any, for retries across an upgrade. */
    size_t n = request->file_id == 0 ? sizeof what - sizeof what[0] : sizeof what;
    return cw_hash_keyed(key, cw_slice_of(what, n)) | UINT64_C(1) << 63;
}

bool cw_store_is_sent_hash(uint64_t value)
{
    return value >> 63 != 0;
}

void cw_store_answer_retry(const struct cw_store_request *request, uint64_t sent,
                           const struct cw_store_first *first, struct cw_store_result *result)
{
    bool other = first != NULL && cw_store_is_sent_hash(first->sent) && first->sent != sent;
    if (first != NULL && (other || first->mailbox != request->mailbox)) {
        result->status = CW_STORE_CONFLICT;
        return;
    }
    result->repeated = true;
    result->gone = first == NULL;
    if (first == NULL)
        return;
    result->message_id = first->message_id;
    result->seq = first->seq;
    result->time_ms = first->time_ms;
}

/* --- time and room ------------------------------------------------------------------------- */

struct cw_store_moment cw_store_moment(const struct cw_store_request *request)
{
    uint64_t date_ms = request->date_ms == 0 ? request->time_ms : request->date_ms;
    return date_ms < request->time_ms ? (struct cw_store_moment){date_ms, request->time_ms}
                                      : (struct cw_store_moment){request->time_ms, date_ms};
}

enum cw_store_age cw_store_age(struct cw_store_moment now, uint64_t time_ms, uint64_t days)
{
    if (time_ms > now.later_ms)
        return CW_AGE_AHEAD;
    bool old =
        days != 0 && time_ms <= now.earlier_ms && (now.earlier_ms - time_ms) / CW_DAY_MS >= days;
    return old ? CW_AGE_OLD : CW_AGE_YOUNG;
}

static uint64_t stricter(uint64_t a, uint64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

struct cw_store_retention cw_store_stricter(struct cw_store_retention a,
                                            struct cw_store_retention b)
{
    return (struct cw_store_retention){stricter(a.days, b.days), stricter(a.count, b.count)};
}

bool cw_store_took_long(const struct cw_store_request *request)
{
    return request->session_id != 0 &&
           (request->blob.n != 0 || request->body.n > CW_BODY_INLINE_MAX);
}

bool cw_store_is_over(const struct cw_store_request *request, uint64_t until_ms)
{
    return until_ms != 0 && until_ms <= cw_store_moment(request).earlier_ms;
}
