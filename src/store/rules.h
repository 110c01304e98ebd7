/* rules.h - decisions that all back ends share: permissions, ages, order (rules.c), accounts
 * (rules_account.c), pages (rules_page.c).
 *
 * Private to src/store. store.h describes the rules. */
#ifndef CW_STORE_RULES_H
#define CW_STORE_RULES_H

#include "store/rules_posting.h"

/* Permission to do `op` (one of the GROUP_, MEMBER_ and INVITE_CREATE operations) to
 * another user: the one table of what roles allow. `of_other` is NONE where no other user
 * is concerned or the other is no member. */
bool cw_store_may_manage(enum cw_store_op op, enum cw_store_role role, enum cw_store_role of_other);

/* --- what is asked of a group: OK, or the first refusal in the order of ops.def ------- */

/* OK and the role; NOT_FOUND: no such group; NOT_MEMBER. */
enum cw_store_status cw_store_find_asker(struct cw_store *store, uint64_t user_id,
                                         uint64_t group_id, enum cw_store_role *role);
/* May the asker do it to this group? */
enum cw_store_status cw_store_may_change_group(struct cw_store *store,
                                               const struct cw_store_request *request,
                                               uint64_t group_id);
/* May the asker do it to the other user, whose role in the group is then in *of_other? */
enum cw_store_status cw_store_may_change_member(struct cw_store *store,
                                                const struct cw_store_request *request,
                                                enum cw_store_role *of_other);
/* `taken`: there is a group with this key. */
enum cw_store_status cw_store_may_create_group(struct cw_store *store,
                                               const struct cw_store_request *request, bool taken);
/* `group_id` 0: there is none. */
enum cw_store_status cw_store_may_join(struct cw_store *store,
                                       const struct cw_store_request *request, uint64_t group_id,
                                       uint64_t member_count, bool by_invitation);

/* What follows when a member with this role has left: the group is empty, or has a new owner (0: it
 * keeps the one that it has). */
struct cw_store_leaving {
    bool empty;
    uint64_t heir_id;
};
struct cw_store_leaving cw_store_leave(struct cw_store *store, uint64_t group_id,
                                       enum cw_store_role role);
/* May a member with this role see who is banned? */
static inline bool cw_store_sees_banned(enum cw_store_role role)
{
    return cw_store_may_manage(CW_STORE_MEMBER_UNBAN, role, CW_ROLE_NONE);
}

/* --- invitations ----------------------------------------------------------------------- */

enum cw_store_status cw_store_may_make_invitation(struct cw_store *store,
                                                  const struct cw_store_options *options,
                                                  const struct cw_store_request *request);
/* May the asker withdraw an invitation to this mailbox, which `maker_id` made? */
bool cw_store_may_withdraw(struct cw_store *store, const struct cw_store_request *request,
                           uint64_t mailbox, uint64_t maker_id);
/* May this user (0: the server itself) invite to the server? */
bool cw_store_may_invite(struct cw_store *store, const struct cw_store_options *options,
                         uint64_t user_id);
/* Is there room for one more, beside `count` valid ones of the same group or user with `places`
 * uses? */
bool cw_store_has_invitation_room(const struct cw_store_options *options,
                                  const struct cw_store_request *request, uint64_t count,
                                  uint64_t places);

/* --- conversations ---------------------------------------------------------------------- */

/* May the user read it? OK, NOT_FOUND (no such user or group) or NOT_MEMBER. */
enum cw_store_status cw_store_may_read(struct cw_store *store, uint64_t user_id,
                                       uint64_t conversation);
/* What a MESSAGE_APPEND stores. */
static inline enum cw_store_kind cw_store_kind_sent(const struct cw_store_request *request)
{
    return request->voice ? CW_KIND_VOICE : request->call ? CW_KIND_CALL : CW_KIND_TEXT;
}
/* May the message, which is not a retry, be stored? The conversation's last entry has number
 * last_seq. Sets `stranger` (it is the first to a user that does not have the sender as a contact),
 * and until_ms with TOO_SOON. */
enum cw_store_status cw_store_may_append(struct cw_store *store,
                                         const struct cw_store_options *options,
                                         const struct cw_store_request *request, uint64_t last_seq,
                                         struct cw_store_result *result);
/* May the user read the file? OK or NOT_FOUND. */
enum cw_store_status cw_store_may_fetch(struct cw_store *store, uint64_t user_id,
                                        const struct cw_store_file *file);
/* May the user begin an upload, who has `count` others, when all uploads have `total` bytes? */
enum cw_store_status cw_store_may_upload(struct cw_store *store,
                                         const struct cw_store_options *options,
                                         const struct cw_store_request *request, uint64_t count,
                                         uint64_t total);
/* Is it an upload of this user? */
static inline bool cw_store_is_upload(const struct cw_store_file *file, uint64_t user_id)
{
    return file->user_id == user_id && file->message_id == 0;
}
/* May the request to begin an upload continue this one, which was begun with the same number? OK or
 * CONFLICT. */
enum cw_store_status cw_store_is_same_upload(const struct cw_store_request *request,
                                             const struct cw_store_file *file);
/* May the message be edited, which has this text now, and takes `stored` bytes of the quota?
 * EXISTS: it is the same text. */
enum cw_store_status cw_store_may_edit(struct cw_store *store,
                                       const struct cw_store_options *options,
                                       const struct cw_store_request *request,
                                       const struct cw_store_entry *entry, struct cw_slice text,
                                       uint64_t stored);
/* May the message be deleted? EXISTS: it is deleted already. */
enum cw_store_status cw_store_may_delete(struct cw_store *store,
                                         const struct cw_store_request *request,
                                         const struct cw_store_entry *entry);
/* The mailbox of the entry about the change. */
uint64_t cw_store_event_mailbox(const struct cw_store_request *request);
/* May a marker move to number seq? OK; MISMATCH: beyond the last message; EXISTS: it is there
 * already. */
enum cw_store_status cw_store_may_mark(uint64_t seq, uint64_t last_seq, uint64_t mark);
/* Is it a voice message that is not deleted? */
static inline bool cw_store_has_recording(const struct cw_store_entry *entry)
{
    return entry->kind == CW_KIND_VOICE && !entry->deleted;
}
/* May the user mark it as played? OK; NOT_FOUND: not a voice message of another user, or deleted;
 * EXISTS: it is marked already. */
enum cw_store_status cw_store_may_mark_played(const struct cw_store_entry *entry, uint64_t user_id,
                                              bool played);
/* For a message of a pair whose other user has blocked the asker: hides the times at which that
 * user changed or played it. True: the entry is not shown. */
bool cw_store_hide(struct cw_store_message *message, uint64_t asker_id);
/* Is the asker not shown what the other user of their pair has received and read? */
bool cw_store_hides_marks(struct cw_store *store, uint64_t peer_id, uint64_t asker_id);
/* Calls cw_store_hide if the other user of the pair has blocked the user; hides when a discreet one
 * has played it. */
bool cw_store_hides(struct cw_store *store, struct cw_store_message *message, uint64_t user_id);

/* --- retries ------------------------------------------------------------------------------ */

/* The message that was stored with a number that is used again. `sent`: cw_store_sent_hash, 0:
 * unknown. */
struct cw_store_first {
    uint64_t message_id, mailbox, seq, time_ms, sent;
};
/* Answers as the first time, or with the refusal. NULL: the message is no longer kept. */
void cw_store_answer_retry(const struct cw_store_request *request, uint64_t sent,
                           const struct cw_store_first *first, struct cw_store_result *result);
/* The hash of a sent message, for MESSAGE_APPEND, so that another message with the same n is
 * noticed; and is this number such a hash, and not an id? */
uint64_t cw_store_sent_hash(const uint64_t key[2], const struct cw_store_request *request);
bool cw_store_is_sent_hash(uint64_t value);

/* --- time and room -------------------------------------------------------------------------- */

/* Was its body written to a file before the transaction, and does it name a session? */
bool cw_store_took_long(const struct cw_store_request *request);
/* The two times of a request: ages are measured by the earlier one, the later one is when a user
 * was seen. */
struct cw_store_moment {
    uint64_t earlier_ms, later_ms;
};
struct cw_store_moment cw_store_moment(const struct cw_store_request *request);

#define CW_DAY_MS (UINT64_C(24) * 3600 * 1000)
/* Is data with this timestamp older than `days` (0: never)? AHEAD: unknown, since the timestamp is
 * in the future. */
enum cw_store_age { CW_AGE_YOUNG, CW_AGE_OLD, CW_AGE_AHEAD };
enum cw_store_age cw_store_age(struct cw_store_moment now, uint64_t time_ms, uint64_t days);

/* The stricter limit of each kind. */
struct cw_store_retention cw_store_stricter(struct cw_store_retention a,
                                            struct cw_store_retention b);

/* The entries up to this number are too many (0: none), when the last one has number last_seq. */
static inline uint64_t cw_store_surplus_to(struct cw_store_retention retain, uint64_t last_seq)
{
    return retain.count != 0 && last_seq > retain.count ? last_seq - retain.count : 0;
}

/* What an entry takes of its sender's quota; for an entry that is no message body_bytes is 0. A
 * deletion must never leave less room than before. */
static inline uint64_t cw_store_stored_size(enum cw_store_kind kind, uint64_t body_bytes)
{
    return kind == CW_KIND_DELETE ? 0 : CW_STORED_ROW_BYTES + body_bytes;
}
/* May a user whose messages take `stored` bytes have `more`? */
static inline bool cw_store_quota_allows(const struct cw_store_options *options, uint64_t stored,
                                         uint64_t more)
{
    return options->quota == 0 || (more <= options->quota && stored <= options->quota - more);
}

/* --- accounts (rules_account.c) ------------------------------------------------------------- */

/* What is stored of a user's password. */
struct cw_store_password {
    bool found; /* there is such a user */
    struct cw_slice hash;
    bool replaced_expected; /* `hash` has replaced request.expected, a hash of the same password */
};
/* Is it the expected one? OK, NOT_FOUND (no such user) or MISMATCH. */
enum cw_store_status cw_store_password_status(const struct cw_store_request *request,
                                              const struct cw_store_password *password);
/* The same for PASSWORD_SET; NOT_FOUND also when the asker's session has ended. */
enum cw_store_status cw_store_may_set_password(struct cw_store *store,
                                               const struct cw_store_request *request,
                                               const struct cw_store_password *password);
/* A session that a link makes: the one that has confirmed it must still be the user's. */
enum cw_store_status cw_store_may_confirm(struct cw_store *store,
                                          const struct cw_store_request *request);
/* Does request.renewed replace the hash? */
bool cw_store_renews_password(const struct cw_store_request *request,
                              const struct cw_store_password *password);

/* Sessions last seen at or before this time have expired; negative when the clock is before the
 * first possible expiry. */
int64_t cw_store_expiry_ms(const struct cw_store_options *options,
                           const struct cw_store_request *request);
/* Where a new session's cursor starts (store.h, "Delivery rules"). */
uint64_t cw_store_first_cursor(const struct cw_store_request *request, uint64_t high_cursor,
                               uint64_t newest_message_id);

/* Which one of too many has to go. Zeroed at first; each one is shown to it, in any order. */
struct cw_store_choice {
    uint64_t id, turn; /* of the one that would go; 0: none so far */
    size_t count;
};
/* Of a user's sessions: `used` ascends with each use of one of them. The new one never goes. */
void cw_store_choose_session(struct cw_store_choice *choice, const struct cw_store_request *request,
                             uint64_t new_id, uint64_t session_id, uint64_t used);
/* The session that has to go, or 0: there are not too many. */
uint64_t cw_store_chosen_session(const struct cw_store_choice *choice,
                                 const struct cw_store_options *options);
/* Of a session's parts: last_id is the newest message of the part. Part 0 never goes. */
void cw_store_choose_part(struct cw_store_choice *choice, uint64_t part, uint64_t last_id);
uint64_t cw_store_chosen_part(const struct cw_store_choice *choice);

/* CONTACT_ADD, BLOCK: may the other user be added to the list, which has `count` users? EXISTS: it
 * is `listed` already. */
enum cw_store_status cw_store_may_add_person(struct cw_store *store,
                                             const struct cw_store_request *request, bool listed,
                                             uint64_t count);

/* --- pages (rules_page.c) -------------------------------------------------------------------- */

/* Is there room for `size` more bytes in a page that has `count` messages with so many bytes? */
static inline bool cw_store_has_room_for_bytes(size_t count, size_t bytes, size_t size)
{
    return count == 0 || bytes + size <= CW_PAGE_BYTES_MAX;
}
/* Does a message with a body of `size` fit into a page of delivery with this many messages and
 * bytes? */
static inline bool cw_store_page_has_room(size_t count, size_t bytes, size_t size)
{
    return count < CW_PAGE_ROWS_MAX && cw_store_has_room_for_bytes(count, bytes, size);
}
/* Is the message left out of a page of delivery? Deleted ones are, those that cw_store_hides hides,
 * and the user's own in groups without `own`. */
bool cw_store_is_passed_over(struct cw_store *store, struct cw_store_message *message,
                             uint64_t user_id, bool own);

/* A page of history while it is read: from the anchor on, so that what has no room is what lies
 * farther away. */
struct cw_store_history {
    uint64_t first, last;  /* the entries that are kept; first 0: there is none */
    uint64_t at;           /* the next entry, or, when not `forward`, the one behind it */
    bool forward;          /* ascending */
    size_t shown, limit;   /* messages */
    size_t scanned, count; /* entries that were looked at, and that are in the page */
    size_t bytes;
};
struct cw_store_history cw_store_history_begin(struct cw_store *store,
                                               const struct cw_store_request *request,
                                               uint64_t first, uint64_t last);
/* The number of the next entry to look at, or 0: the page ends. */
uint64_t cw_store_history_next(const struct cw_store_history *page);
/* That entry was looked at. */
void cw_store_history_step(struct cw_store_history *page);
/* Adds the message to the page; false: it has no room, the page ends before it. */
bool cw_store_history_takes(struct cw_store_history *page, const struct cw_store_message *message);
/* Sets `more` and `seq`, and puts the messages in ascending order. */
void cw_store_history_end(const struct cw_store_history *page, struct cw_store_result *result);

/* How many messages of others are behind the user's marker, line->read_seq. All conversations of a
 * list share the budget of entries to look at; beyond it all entries count. */
uint64_t cw_store_count_unread(struct cw_store *store, uint64_t user_id,
                               const struct cw_store_conversation *line, uint64_t last_seq,
                               uint64_t *budget);
/* The number of the entry that a preview shows (cw_store_conversation.last). */
uint64_t cw_store_preview_seq(struct cw_store *store, uint64_t conversation, uint64_t last_seq);
/* At most so many bytes, without half a character at the end. */
struct cw_slice cw_store_begin_of(struct cw_slice text, size_t most);
/* Most recently seen first; of two with the same time the newer one first. */
void cw_store_sort_sessions(struct cw_store_session *sessions, size_t n);

/* Has what has this end (UTC; 0: none) ended? */
bool cw_store_is_over(const struct cw_store_request *request, uint64_t until_ms);

#endif
