/* conversation.h - mailboxes and conversations, and the kinds of entries, members and groups: types
 * that requests and results share. */
#ifndef CW_STORE_CONVERSATION_H
#define CW_STORE_CONVERSATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

/* Where a message is delivered: a user, or a group. */
static inline uint64_t cw_mailbox_of_user(uint64_t user_id)
{
    return user_id << 1;
}
static inline uint64_t cw_mailbox_of_group(uint64_t group_id)
{
    return group_id << 1 | 1;
}
static inline bool cw_mailbox_is_group(uint64_t mailbox)
{
    return (mailbox & 1) != 0;
}

/* The conversation of a message: a group, or a pair of users. It numbers its messages 1, 2, 3, ...
 * without a gap; edits and deletions are entries of their own in that sequence. The number of a
 * group's conversation is its mailbox; that of a pair consists of both ids, the lower first (so
 * user ids stay below CW_USERS_MAX), and needs no table. */
static inline uint64_t cw_conversation_of_pair(uint64_t a, uint64_t b)
{
    uint64_t low = a < b ? a : b, high = a < b ? b : a;
    return (low << 31 | high) << 1;
}
static inline uint64_t cw_conversation_of(uint64_t mailbox, uint64_t sender_id)
{
    return cw_mailbox_is_group(mailbox) ? mailbox
                                        : cw_conversation_of_pair(mailbox >> 1, sender_id);
}
/* The other user of a pair; the same user in a conversation with oneself. */
static inline uint64_t cw_conversation_peer(uint64_t conversation, uint64_t user_id)
{
    uint64_t low = conversation >> 32, high = conversation >> 1 & CW_USERS_MAX;
    return low == user_id ? high : low;
}

/* What an entry of a conversation is: a message, or the event that changed one. A CALL is a call
 * that was missed: its body is CW_MISSED_CALL, for clients that know no calls. The numbers are on
 * disk. */
enum cw_store_kind { CW_KIND_TEXT, CW_KIND_VOICE, CW_KIND_EDIT, CW_KIND_DELETE, CW_KIND_CALL };
#define CW_MISSED_CALL "missed call"
static inline bool cw_kind_is_message(enum cw_store_kind kind)
{
    return kind == CW_KIND_TEXT || kind == CW_KIND_VOICE || kind == CW_KIND_CALL;
}

enum cw_store_role { CW_ROLE_NONE, CW_ROLE_MEMBER, CW_ROLE_MODERATOR, CW_ROLE_OWNER };

/* Who mentions everybody in a group by '@here'; MODERATORS: and the owner. The numbers are on disk.
 */
enum cw_store_here { CW_HERE_MODERATORS, CW_HERE_ALL, CW_HERE_NOBODY, CW_HERE_COUNT };

/* Of which messages of a conversation a user is told. DEFAULT: of a pair all, of a group those that
 * mention the user. The numbers are on disk. */
enum cw_notify_level {
    CW_NOTIFY_DEFAULT,
    CW_NOTIFY_ALL,
    CW_NOTIFY_MENTIONS,
    CW_NOTIFY_NOTHING,
    CW_NOTIFY_LEVELS
};

/* The position of a page of history: pages before and after `seq` do not contain that entry.
 * Around: up to limit / 2 entries before it, then it and the following ones, `limit` in all. Edits
 * and deletions are in the page and do not count against the limit, since clients show them in the
 * changed messages; but the page ends after CW_HISTORY_SCAN_MAX entries in any case. `more` is
 * about the direction of the page: older entries for latest and before, newer ones for after and
 * around. A page has at most CW_PAGE_BYTES_MAX of bodies (but at least one entry); when farther
 * entries are left out, `more` is set. */
enum cw_store_anchor { CW_ANCHOR_LATEST, CW_ANCHOR_BEFORE, CW_ANCHOR_AFTER, CW_ANCHOR_AROUND };

/* How long, and how many, messages are kept; 0: no limit. */
struct cw_store_retention {
    uint64_t days;
    uint64_t count; /* the newest ones of each conversation */
};

/* What was done to a member. */
enum cw_store_notice_kind {
    CW_NOTICE_MUTED,
    CW_NOTICE_KICKED,
    CW_NOTICE_BANNED,
    CW_NOTICE_CLOSED /* the group is gone */
};

/* Acts in the audit log (audit.def). The numbers are on disk. */
enum cw_audit_act {
    CW_AUDIT_NONE,
#define CW_AUDIT(NAME, name, target) CW_AUDIT_##NAME,
#include "store/audit.def"
#undef CW_AUDIT
    CW_AUDIT_COUNT
};
enum cw_audit_target { CW_AUDIT_OF_NUMBER, CW_AUDIT_OF_USER, CW_AUDIT_OF_GROUP };

#endif
