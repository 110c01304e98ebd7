/* store.h - what is kept: requests and results as data.
 *
 * A back end executes batches. One batch is one commit: its requests take
 * effect in their order, each sees what those before it did, and all results
 * come after the commit. Ids are given here, in that order, and only for what
 * was committed, so a failed batch leaves no hole. The store is the referee
 * wherever two requests compete (a name, a membership).
 *
 * Back ends: SQLite (store_sqlite.c) and memory (store_memory.c), one suite for
 * both (test/store). store_thread.c runs one on a thread of its own. The core
 * sees only the request and result structs: it never calls anything here. */
#ifndef CW_STORE_STORE_H
#define CW_STORE_STORE_H

#include "base/alloc.h"
#include "base/limits.h"
#include "base/pool.h"
#include "base/slice.h"
#include "store/identity.h"

enum cw_store_op {
    /* --- accounts --- */
    CW_STORE_USER_CREATE,     /* name, key, looks, secret (password hash), invitation (hash of
                                 a server's one; when not empty it must be good and is
                                 used up by one) -> user_id. FORBIDDEN: it is not,
                                 whether or not the name is taken. EXISTS: it is;
                                 with other_name: it looks like this user's */
    CW_STORE_USER_FIND,       /* key -> user_id, name, secret, blocked */
    CW_STORE_PASSWORD_FIND,   /* user_id -> secret */
    CW_STORE_PASSWORD_SET,    /* user_id, secret, session_id: the only one that stays;
                                 expected: the hash that the old password was verified
                                 against. MISMATCH: it is another by now. NOT_FOUND:
                                 so is not that session any more */
    CW_STORE_SESSION_CREATE,  /* user_id, expected (as above; not looked at when empty),
                                 secret (token hash), client, address,
                                 extended, features, since/has_since, active ->
                                 session_id, cursor, groups, blocked, contacts,
                                 dropped_session_id */
    CW_STORE_SESSION_FIND,    /* key (user's), secret (token hash) -> user_id, name,
                                 session_id, cursor, extended, features, groups,
                                 blocked, contacts */
    CW_STORE_SESSION_SAVE,    /* session_id, cursor, extended, features, client and
                                 address when not empty; sets last seen, of the
                                 session and its user. With `part` (not 0) only that
                                 the session was seen. Missing session: OK */
    CW_STORE_SESSION_DROP,    /* session_id; its user was seen now. Missing session: OK */
    CW_STORE_SESSION_LIST,    /* user_id -> sessions, longest seen last; of two seen
                                 at once the younger first */
    CW_STORE_SESSION_REVOKE,  /* user_id, session_id. NOT_FOUND: not one of his */
    CW_STORE_INVITE_CREATE,   /* user_id, mailbox (of a group: by owner or moderator;
                                 0: to the server), secret (hash of the invitation),
                                 expires_ms, uses -> invitation_id. FORBIDDEN: not
                                 with this role; options.inviters. FULL: as many are
                                 good as there may be; EXISTS: a good one has this
                                 hash. user_id 0: the server's own, for its first
                                 user; FORBIDDEN when it has one, and of too many
                                 the oldest end */
    CW_STORE_INVITE_LIST,     /* user_id, mailbox (0: his own to the server) ->
                                 invitations that are good, in the order of ids */
    CW_STORE_INVITE_WITHDRAW, /* user_id, invitation_id. NOT_FOUND: not his own one to
                                 the server, nor one to a group that he may invite to */

    /* --- contacts --- */
    CW_STORE_CONTACT_ADD,    /* user_id, other_id. Already there: OK; FULL */
    CW_STORE_CONTACT_REMOVE, /* user_id, other_id. Not there: OK */
    CW_STORE_CONTACT_LIST,   /* user_id -> people: contacts and blocked ones, in the
                                order of ids */
    CW_STORE_BLOCK,          /* user_id, other_id. Already there: OK; FULL */
    CW_STORE_UNBLOCK,        /* user_id, other_id. Not there: OK */

    /* --- groups. Who may is judged here, by cw_store_may_manage, in this order: no
     * such group, the asker is no member, no such other user, forbidden, the other
     * one is no member --- */
    CW_STORE_GROUP_CREATE, /* user_id, name, key, looks -> group_id. EXISTS as above */
    CW_STORE_GROUP_FIND,   /* key -> group_id, name */
    CW_STORE_GROUP_JOIN,   /* user_id, key, invitation (hash, or empty; used up only
                              where it is needed) -> group_id, name. FORBIDDEN:
                              banned, or the group is by invitation and this is not
                              a good one of its own. What was said before counts
                              as read, and is not delivered. -> muted_until_ms: a
                              mute outlives the membership */
    CW_STORE_GROUP_LEAVE,  /* user_id, group_id -> other_id, other_name: who owns it
                              from now on, if that changed. The group goes with its
                              last member */
    CW_STORE_GROUP_LIST,   /* user_id -> groups with all their members' fields */
    CW_STORE_MEMBER_LIST,  /* user_id, group_id, after (user id), limit -> people in
                              the order of ids, then more. NOT_MEMBER. To owner and
                              moderators banned users are shown, too */
    CW_STORE_MEMBER_ROLE,  /* user_id, group_id, other_id, role. Making somebody
                              owner makes oneself moderator */
    CW_STORE_MEMBER_KICK,  /* user_id, group_id, other_id */
    CW_STORE_MEMBER_BAN,   /* the same; he need not be a member -> was_member */
    CW_STORE_MEMBER_UNBAN, /* the same. Not banned: OK */
    CW_STORE_MEMBER_MUTE,  /* user_id, group_id, other_id, until_ms (0: not muted). Who is
                              muted need not be a member any more */
    CW_STORE_NOTICE_LIST,  /* user_id -> notices in the order of ids: what was done to him
                              in groups that he was in (see "Notices" below) */
    CW_STORE_NOTICE_DROP,  /* user_id, notice_id: all up to it have been told */
    CW_STORE_GROUP_TOPIC,  /* user_id, group_id, body */
    CW_STORE_GROUP_ACCESS, /* user_id, group_id, by_invitation */
    CW_STORE_GROUP_RETAIN, /* user_id, group_id, retain. By the owner */

    /* --- messages --- */
    CW_STORE_MESSAGE_APPEND, /* mailbox, user_id (sender), body (or blob), voice,
                                channels, sample_rate, reply_to, session_id, part and
                                n, refusal, no_stranger -> message_id, seq, time_ms,
                                stranger; see "Retries" below. NOT_FOUND: reply_to lies
                                beyond the last entry. STRANGER: it would be the first to
                                one, with no_stranger. OVER_QUOTA. MISMATCH: session_id is given
                                and, while a long body became a file, has ended */
    CW_STORE_MESSAGE_EDIT,   /* conversation, user_id, seq, body -> message_id, seq,
                                time_ms of the event that says so. NOT_FOUND: no such
                                message, or deleted; FORBIDDEN: another's, or voice,
                                or the user has blocked the other one of the pair.
                                If it has this text already, `repeated`: nothing is
                                stored, the place is that of its newest event, or its
                                own */
    CW_STORE_MESSAGE_DELETE, /* conversation, user_id, seq -> the same. FORBIDDEN:
                                another's, unless the user is owner or moderator of
                                the group. `repeated`: it is deleted already */
    CW_STORE_INBOX_READ,     /* user_id, cursor, own -> messages, scanned_to, more */
    CW_STORE_HISTORY_READ,   /* conversation, user_id, anchor, seq, limit ->
                                messages in ascending order without voices' bodies,
                                more, last_seq, read_seq, peer_read_seq, peer_cursor */
    CW_STORE_VOICE_READ,     /* conversation, user_id, seq -> messages: one, whole.
                                NOT_FOUND; NOT_MEMBER */
    CW_STORE_SEARCH,         /* user_id, body (the words), conversation (0: all that
                                he can read), before (message id, 0: newest), limit ->
                                messages, newest first, without voices, with no
                                more bytes than a page of history; more */
    CW_STORE_READ_MARK,      /* conversation, user_id, seq -> seq: where the marker
                                stands now. MISMATCH: beyond the last message;
                                EXISTS: it stood there or further already. Who is no
                                longer in a group has none in it */
    CW_STORE_PLAY_MARK,      /* conversation (of a pair), user_id, seq: the user has
                                listened to it. EXISTS: before already; NOT_FOUND: no
                                voice of the other one, or deleted */
    CW_STORE_CONVERSATIONS,  /* user_id, before (message id, 0: newest), limit ->
                                conversations by their last entry (of whatever
                                kind), newest first; more. Groups without an entry
                                stand at the end of the last page, over the limit if
                                need be; pairs without one are not shown */
    CW_STORE_DATE_KEEP,      /* date_ms: what cw_store_date says at the next start */
    CW_STORE_OP_COUNT
};

enum cw_store_status {
    CW_STORE_OK,
    CW_STORE_EXISTS,      /* name taken; member already */
    CW_STORE_NOT_FOUND,   /* no such user, group, message; SESSION_FIND: no such user,
                             or he has no session that has not expired */
    CW_STORE_MISMATCH,    /* SESSION_FIND: the user has sessions, none with this token;
                             a password hash that is not the expected one */
    CW_STORE_FULL,        /* a limit on how many there may be is reached */
    CW_STORE_NOT_MEMBER,  /* the asker, or the one that it is about, is no member */
    CW_STORE_FORBIDDEN,   /* not with this role; not without an invitation */
    CW_STORE_CONFLICT,    /* MESSAGE_APPEND: n was given to another message */
    CW_STORE_UNKNOWN,     /* MESSAGE_APPEND: n is so old that nobody knows whether it was
                             used */
    CW_STORE_STRANGER,    /* MESSAGE_APPEND: it would be the first to a stranger */
    CW_STORE_OVER_QUOTA,  /* MESSAGE_APPEND, _EDIT: the sender's messages would take more than
                             options.quota */
    CW_STORE_NO_ROOM,     /* the disk is full: nothing of it was stored */
    CW_STORE_UNAVAILABLE, /* nothing of the batch was stored; try later */
    CW_STORE_FAILED       /* nobody knows what is on disk: the process must end
                             without answering anything (failed sync, damage) */
};

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

/* Where a message stands: a group, or a pair of users. A conversation numbers
 * its messages 1, 2, 3, ... without a gap; edits and deletions are entries of
 * their own in that row. Of a group it is the mailbox; of a pair both ids, the
 * lower first (so user ids stay below CW_USERS_MAX): no table is needed. */
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
/* The other user of a pair; the same one in a conversation with oneself. */
static inline uint64_t cw_conversation_peer(uint64_t conversation, uint64_t user_id)
{
    uint64_t low = conversation >> 32, high = conversation >> 1 & CW_USERS_MAX;
    return low == user_id ? high : low;
}

/* What an entry of a conversation is. */
enum cw_store_kind { CW_KIND_TEXT, CW_KIND_VOICE, CW_KIND_EDIT, CW_KIND_DELETE };

enum cw_store_role { CW_ROLE_NONE, CW_ROLE_MEMBER, CW_ROLE_MODERATOR, CW_ROLE_OWNER };

/* Where a page of history lies: before and after `seq` do not hold it. Around: up
 * to limit / 2 entries before it, then it and what follows, `limit` in all. Edits and
 * deletions are in the page and do not count against the limit, since they show in what
 * they changed; but after CW_HISTORY_SCAN_MAX entries it ends all the same. `more` looks in the
 * direction of the page: to older ones for latest and before, to newer ones for after and around. A
 * page has at most CW_PAGE_BYTES_MAX of bodies (but at least one entry); what lies farther that way
 * is left out, and `more`. */
enum cw_store_anchor { CW_ANCHOR_LATEST, CW_ANCHOR_BEFORE, CW_ANCHOR_AFTER, CW_ANCHOR_AROUND };

/* How long messages are kept; 0: for ever, however many. */
struct cw_store_retention {
    uint64_t days;
    uint64_t count; /* of each conversation the newest so many */
};

/* What was done to a member. */
enum cw_store_notice_kind { CW_NOTICE_MUTED, CW_NOTICE_KICKED, CW_NOTICE_BANNED };

/* A request. Which members count stands beside each operation above. Two times count
 * in all of them (UTC; base/clock.h says why they are two; the store reads no clock):
 * time_ms is the present, which stamps what is stored. date_ms (0: the same) is what
 * age is judged by: no session expires, no message grows old and no invitation is
 * removed before the earlier of the two. Ids start at 1; 0 is none. */
struct cw_store_request {
    /* All that a MESSAGE_APPEND has, down to `n`. Thousands of them are under way
     * at a time: of its copy (cw_store_request_copy) nothing else exists. */
    enum cw_store_op op;
    uint32_t channels;
    uint32_t sample_rate;
    bool voice;
    bool in_turn;               /* overtakes nothing (store_thread.h) */
    bool no_stranger;           /* not as the first message to a stranger */
    uint8_t refusal;            /* enum cw_store_status: how it ends unless it is a retry */
    uint64_t cookie;            /* the asker's; comes back in the result */
    uint64_t conn;              /* the connection that it is done for, 0: none */
    struct cw_account *account; /* whoever hands it to the store charged this one ... */
    size_t charged;             /* ... so many bytes, until the request is destroyed */
    uint64_t time_ms, date_ms;
    uint64_t user_id;
    uint64_t session_id;
    uint64_t mailbox;
    struct cw_slice body;
    void *frame;          /* what `body` points into, or NULL. A copy of the request
                             then owns this and does not copy the body */
    struct cw_slice blob; /* the body is in this file instead, written and synced by
                             cw_blob_write */
    uint64_t body_sum;    /* with a blob: cw_store_body_sum of the body */
    uint64_t reply_to;    /* a sequence number of the same conversation, 0: none */
    uint64_t part;        /* whose numbers: 0 is the session's own */
    uint64_t n;           /* the part's number, 0: none */
    uint32_t duration_ms; /* of a voice, as its waveform */
    struct cw_slice waveform;

    /* The others'. */
    uint64_t other_id;
    uint64_t cursor; /* a message id: everything up to it has been received */
    struct cw_slice name;
    struct cw_slice key;
    struct cw_slice looks; /* of the name: cw_looks */
    struct cw_slice secret;
    struct cw_slice expected;
    struct cw_slice renewed; /* SESSION_CREATE: another hash of the same password, which
                                takes the place of `expected` if that is still there */
    struct cw_slice client;
    struct cw_slice active; /* SESSION_CREATE: ids (uint64_t, packed) of sessions in
                               use right now: one is dropped when there is no other,
                               in this order */
    uint64_t since;         /* SESSION_CREATE: where the cursor starts instead */
    bool has_since;
    bool extended;
    bool own;   /* INBOX_READ: with what the user sent to others, too */
    bool lists; /* INBOX_READ, VOICE_READ: the asker cannot read Ogg Opus. The store
                   does not care; whoever passes the result on does */
    uint64_t features;
    uint64_t group_id;
    uint64_t conversation;
    uint64_t seq;
    uint64_t before, after;
    uint32_t limit; /* 1 to CW_LIST_MAX */
    enum cw_store_anchor anchor;
    enum cw_store_role role;
    bool by_invitation;
    uint64_t until_ms;
    uint64_t expires_ms;
    uint64_t uses;
    struct cw_store_retention retain;
    uint64_t notice_id, invitation_id;
    struct cw_slice invitation;
    struct cw_slice address; /* of the peer, as text for people */
};

/* A group as one of its members sees it. */
struct cw_store_group {
    uint64_t group_id;
    struct cw_slice name;
    enum cw_store_role role; /* the user's own */
    uint64_t muted_until_ms; /* the user; 0: not */
    bool by_invitation;
    /* GROUP_LIST and CONVERSATIONS only: */
    struct cw_slice topic;
    uint64_t member_count;
    struct cw_store_retention retain;
};

/* Somebody in a list of contacts or members. */
struct cw_store_person {
    uint64_t user_id;
    struct cw_slice name;
    uint64_t seen_ms; /* last seen; 0: never */
    bool contact, blocked;
    enum cw_store_role role; /* NONE: banned */
    uint64_t muted_until_ms;
};

struct cw_store_session {
    uint64_t session_id;
    struct cw_slice client, address;
    uint64_t created_ms, seen_ms;
};

struct cw_store_message {
    uint64_t message_id;
    uint64_t time_ms;
    uint64_t mailbox;
    uint64_t sender_id;
    struct cw_slice sender;       /* registered spelling */
    struct cw_slice mailbox_name; /* registered spelling of the user or group */
    struct cw_slice body;         /* text, or the samples as they came */
    bool voice;
    uint32_t channels;
    uint32_t sample_rate;
    enum cw_store_kind kind;
    uint64_t seq;
    uint64_t reply_to;
    uint64_t of;                    /* EDIT, DELETE: the sequence number that it is about */
    uint64_t edited_ms, deleted_ms; /* 0: not. What is deleted has no body */
    uint32_t duration_ms;           /* of a voice */
    struct cw_slice waveform;       /* the same: what it was stored with */
    bool damaged;                   /* the body is not what was stored: CW_DAMAGED_TEXT,
                                       or no samples */
    uint64_t played_ms;             /* when the other one of a pair listened to it; 0: not */
    uint64_t size;                  /* bytes of the body, also of one that is not here */
};

struct cw_store_invitation {
    uint64_t id;
    struct cw_slice by; /* who made it */
    uint64_t created_ms, expires_ms, uses;
};

struct cw_store_notice {
    uint64_t id;
    struct cw_slice group, by; /* names; the group may have gone */
    enum cw_store_notice_kind kind;
    uint64_t time_ms;
    uint64_t until_ms; /* MUTED */
};

/* One line of a list of conversations. */
struct cw_store_conversation {
    uint64_t conversation;
    uint64_t peer_id;            /* of a pair */
    struct cw_slice peer;        /* of a pair */
    uint64_t peer_seen_ms;       /* of a pair */
    uint64_t peer_read_seq;      /* of a pair */
    uint64_t peer_cursor;        /* of a pair: he has every message up to this id */
    struct cw_store_group group; /* of a group */
    uint64_t read_seq;
    uint64_t unread;              /* texts and voices of others after read_seq that are
                                     not deleted */
    bool empty;                   /* a group in which nothing was said yet: no last message */
    uint64_t last_id;             /* of the last entry: where it stands in the list */
    struct cw_store_message last; /* the last text or voice that is not deleted; where there
                                     is none, or not among the last CW_PREVIEW_SCAN_MAX
                                     entries, the last entry. The body cut to
                                     CW_PREVIEW_BYTES_MAX at a character; none of a voice */
};

/* A result. Slices and arrays live in the arena given to execute. */
struct cw_store_result {
    /* All that is set for a MESSAGE_APPEND, down to `request`. */
    enum cw_store_op op;
    enum cw_store_status status;
    uint64_t cookie;
    uint64_t message_id;
    uint64_t seq;
    uint64_t time_ms;
    bool repeated; /* nothing was stored, since it is so already: this is what it was
                      given then */
    bool gone;     /* MESSAGE_APPEND: repeated, but no longer kept: nothing is known */
    bool stranger; /* MESSAGE_APPEND: it is the first to somebody else who has not made the
                      sender his contact */
    /* MESSAGE_APPEND: the request, which whoever executed it keeps alive until
     * the result has been used: its body is what is fanned out. Else NULL. */
    const struct cw_store_request *request;

    /* The others'. */
    uint64_t user_id;
    uint64_t group_id;
    uint64_t session_id;
    uint64_t dropped_session_id; /* SESSION_CREATE: the longest idle one, or 0 */
    uint64_t cursor;
    struct cw_slice name;
    struct cw_slice secret;
    bool extended;
    uint64_t features;
    struct cw_store_group *groups;
    size_t group_count;
    struct cw_store_message *messages; /* ascending ids */
    size_t message_count;
    uint64_t scanned_to; /* INBOX_READ: everything up to this id is in this page or
                            is not for this user; at the end, the newest id */
    bool more;           /* there may be messages after scanned_to; a next page */
    uint64_t last_seq, read_seq, peer_read_seq, peer_cursor;
    uint64_t other_id;
    struct cw_slice other_name;
    bool was_member;
    uint64_t muted_until_ms; /* GROUP_JOIN; 0: not */
    uint64_t *blocked;       /* ids of users, ascending */
    size_t blocked_count;
    uint64_t *contacts; /* the same */
    size_t contact_count;
    struct cw_store_person *people;
    size_t person_count;
    struct cw_store_session *sessions;
    size_t session_count;
    uint64_t notice_id; /* MEMBER_KICK, BAN, MUTE: of the one that was made, or 0;
                           SESSION_CREATE, FIND: of the user's newest, or 0 */
    struct cw_store_notice *notices;
    size_t notice_count;
    uint64_t invitation_id;
    struct cw_store_invitation *invitations;
    size_t invitation_count;
    struct cw_store_conversation *conversations;
    size_t conversation_count;
};

/* Delivery rules that the store keeps (docs/protocol.md, "Delivery"):
 * - A page of INBOX_READ has at most CW_PAGE_ROWS_MAX messages and
 *   CW_PAGE_BYTES_MAX of bodies (but at least one message), looks at no more
 *   than CW_PAGE_SCAN_MAX rows, and holds the messages with ids above `cursor` of the
 *   user's own mailbox and of his groups', in the order of ids, without his own
 *   group messages and without a group's from before he joined. (What he
 *   whispers to himself is delivered.)
 * - SESSION_CREATE starts at the highest of: request.cursor, and every cursor that
 *   any session of the user was ever saved with; at request.since when has_since,
 *   unless that is beyond the newest message: then whoever says so means other messages.
 * - A session not seen for session_idle_ms does not exist any more. When somebody was
 *   seen last never goes back, and is no earlier than the date.
 *
 * Age. From the oldest message on, those go that are older than `days`; at the first
 * that is not it ends. A message from the future, which a wrong clock has stamped, is
 * passed over, and goes with the first one behind it in its conversation: so a
 * conversation has no holes. A group with a rule of its own is gone through in the
 * same way for itself. */

/* - Edits and deletions are in a page too, as entries of their kind, for whom the
 *   core finds to understand them; a deleted message is not. An edited one has
 *   its newest text and edited_ms. The text of an EDIT is kept once, with its
 *   message: everywhere the entry has body, size and deleted_ms of the message
 *   (nothing, when that is no longer kept), and is passed over as that is.
 *   The entry is in the mailbox of the other one of a pair, or the group's.
 *
 * Retries. A sender may number his messages within a part of a session, in any
 * order and with holes. A message with an n that the part has used is not stored
 * again: the result is that of the first time (`repeated`), `gone` without a place
 * when the message is no longer kept, CONFLICT when it had another recipient, kind,
 * content or reply_to. What lies CW_RETRIES_MAX or more below the part's highest n
 * is UNKNOWN. A refusal uses no number. Of each session the CW_PART_WINDOWS_MAX
 * parts that stored something last are known, and part 0; another one begins anew.
 * What was used is written with the message, in one commit.
 *
 * Quota. Each message and each edit takes CW_STORED_ROW_BYTES of what its sender may store
 * (options.quota), a message its body, too; what is deleted gives its body back, what is
 * no longer kept all of it. A retry and a deletion are never refused for it.
 *
 * Roles. The owner may do everything. A moderator may kick, ban, mute and unban
 * members (no moderator, no owner), set the topic, invite, and delete messages.
 * Nobody does these to himself. When the owner leaves, the moderator who joined
 * first owns the group, without moderators the member who joined first.
 *
 * Blocks. Whom the other one of a pair has blocked hears nothing of what that one changes:
 * its edits and deletions are in none of his pages, and of its messages he is not told
 * that, or when, they were changed; nor when it listened to his own. In history there is
 * then `seq` where an empty page ended, if there is more. What a message says now, it says.
 *
 * Invitations end with the right of their maker: when he is no moderator of the group
 * any more, however that came; for one to the server, by options.inviters; the server's own
 * when it has a user.
 *
 * Notices. Who was a member and is kicked, banned or muted is to hear of it: that is
 * kept until NOTICE_DROP, one for each of his groups, the newest, and CW_NOTICES_MAX in
 * all. Joining again, and an end of the mute, removes it; of a ban that was taken back
 * there remains that he was kicked.
 *
 * Search finds messages that were committed a second ago; those of its own batch
 * it need not see. */

/* Who may do `op` (one of the GROUP_, MEMBER_ and INVITE_CREATE operations) to
 * whom: the one table of what roles allow. `of_other` is NONE where nobody else
 * is concerned or he is no member. */
bool cw_store_may_manage(enum cw_store_op op, enum cw_store_role role, enum cw_store_role of_other);

/* Who of the users may invite to the server. */
enum cw_inviters { CW_INVITERS_ALL, CW_INVITERS_FIRST, CW_INVITERS_NONE };

/* What a back end is opened with. */
struct cw_store_options {
    uint64_t session_idle_ms;
    unsigned sessions_per_user;
    uint64_t quota; /* bytes of one user; 0: no limit */
    enum cw_inviters inviters;
    unsigned invitations_per_user;     /* uses of his good ones to the server, together; 0: no
                                          limit */
    struct cw_store_retention retain;  /* for all conversations; a group's own may be
                                          stricter, not laxer */
    void (*log)(const char *sentence); /* for the operator, on whatever thread; NULL:
                                          nothing is told */
};

struct cw_store; /* one back end, open */

/* What a text says whose row is damaged. */
#define CW_DAMAGED_TEXT "[this message was damaged on the server]"

/* What the operator should know: lines for a log, which say where damage was found.
 * The store has no log of its own. */
#define CW_STORE_NOTES_MAX 8
struct cw_store_notes {
    char lines[CW_STORE_NOTES_MAX][200];
    size_t count;
    size_t lost; /* how many more there were */
};
/* Moves the notes that were made since the last call. The thread of execute. */
void cw_store_take_notes(struct cw_store *store, struct cw_store_notes *notes);

/* Reads all that the folder of a server that does not run holds, and changes nothing:
 * each page and index of the database, its log, each message and recording against its
 * checksum, the files that belong to no message, names against their keys and looks, names
 * that look alike. Tells a line for
 * each thing that it found; damages are counted, the other lines are for information.
 * False with a sentence: it cannot be opened. */
struct cw_store_checking {
    void (*tell)(void *context, const char *line);
    void *context;
    uint64_t damages, messages, files; /* files: recordings and long texts that are whole */
    int other_schema;                  /* why it returned false: another version's; or 0 */
};
bool cw_store_check_sqlite(const char *folder, struct cw_store_checking *checking, char error[256]);

/* Opens the SQLite back end on `folder` (created with mode 0700 when missing),
 * migrating an older schema. On failure returns NULL and writes a sentence for
 * the operator to *error (static or at most 256 bytes in `error`).
 * The file is locked for this process: a second server is refused. A missing or
 * empty database beside bodies in files is refused. Files that no row names are
 * moved to blobs/lost, and come back when one does. */
struct cw_store *cw_store_open_sqlite(const char *folder, const struct cw_store_options *options,
                                      char error[256]);

/* Opens the memory back end, which never fails. */
struct cw_store *cw_store_open_memory(const struct cw_store_options *options);

/* Executes requests as one commit and fills results[0..n). When the disk is full
 * requests that write get CW_STORE_NO_ROOM and nothing of them is stored, while those
 * that only read are answered all the same, and those that help (cw_store_op_helps) as
 * long as the reserve lasts. When a sync failed every result is CW_STORE_FAILED.
 * Messages and names are allocated in `arena`. One thread at a time. */
void cw_store_execute(struct cw_store *store, const struct cw_store_request *const requests[],
                      size_t n, struct cw_store_result results[], struct cw_arena *arena);

/* The date that was kept last, 0 when none was. While the store is not executing. */
uint64_t cw_store_date(const struct cw_store *store);

/* Work for an idle moment: a slice of the search index, of what is no longer to
 * be kept at the times of the last request, of a checkpoint, of what was deleted and is
 * still on the disk. *again: there is more to do. Returns false after a failed sync, as
 * CW_STORE_FAILED. */
bool cw_store_idle(struct cw_store *store, bool *again);

/* About a second has passed: what is not done at each idle moment is due at the next
 * one. Returns whether there is such work. The thread of execute. */
bool cw_store_tick(struct cw_store *store);

/* Why the store cannot go on, as a sentence for the operator, or NULL: its folder is
 * not there any more. Looks at it: call it now and then, on the store's thread. */
const char *cw_store_failure(struct cw_store *store);

/* The keys of names that keep the punctuation at their ends, since another name has
 * the key without it: each has `u` (a user's) or `g` (a group's) before it and a zero
 * byte behind it. They stay while the store is open; no new ones come. */
struct cw_slice cw_store_kept_keys(const struct cw_store *store);

/* Those whose names looked like older ones' when they were last compared, since the
 * rules for new names or Unicode's data have changed. `only_new`: nothing, unless that
 * was when the store was opened. At most `most`. */
void cw_store_list_twins(struct cw_store *store, bool only_new, size_t most,
                         void (*found)(void *context, bool group, struct cw_slice name,
                                       struct cw_slice older),
                         void *context);

void cw_store_close(struct cw_store *store);

/* Writes `body` to a new file under the folder's blobs, syncs it and its
 * directory, and puts its name into `name`. Thread-safe. Returns a status: OK,
 * NO_ROOM or UNAVAILABLE (nothing is left behind) or FAILED (a failed sync). */
#define CW_BLOB_NAME_MAX 40
enum cw_store_status cw_blob_write(const char *folder, struct cw_slice body,
                                   char name[CW_BLOB_NAME_MAX]);

/* The checksum of a body, for a request with a blob. Thread-safe. */
uint64_t cw_store_body_sum(struct cw_slice body);

/* A copy of the request with all its slices (but see `frame`), taken from the
 * pool, and how to give it back to the same one. NULL: no pool. */
struct cw_store_request *cw_store_request_copy(struct cw_pool *pool,
                                               const struct cw_store_request *request);
/* What such a copy takes; and what its result may take: a page, and with recordings the
 * longest of them. */
size_t cw_store_request_size(const struct cw_store_request *request);
size_t cw_store_result_size(const struct cw_store_request *request);
void cw_store_request_destroy(struct cw_pool *pool, struct cw_store_request *request);

#endif
