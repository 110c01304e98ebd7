/* store_result.h - the result of a request to a store. */
#ifndef CW_STORE_STORE_RESULT_H
#define CW_STORE_STORE_RESULT_H

#include "store/administration.h"
#include "store/devices.h"
#include "store/store_request.h"

/* The text of a message whose row is damaged. */
#define CW_DAMAGED_TEXT "[this message was damaged on the server]"

/* A group, as shown to one of its members. */
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
    bool unlisted;      /* open, and not in the directory */
    bool announcements; /* only owner and moderators write */
    bool newcomers;     /* whoever registers becomes a member */
    enum cw_store_here here;
    uint64_t slow_s, version_days;
    struct cw_slice heading;       /* empty: none */
    uint64_t heading_place, place; /* of the heading, and of the group under it */
};

/* A user in a list of contacts or members. */
struct cw_store_person {
    uint64_t user_id;
    struct cw_slice name;
    struct cw_slice display; /* empty: none */
    uint64_t seen_ms;        /* last seen; 0: never */
    bool contact, blocked;
    bool bot;
    bool admin, barred;      /* USER_LIST: of the server; banned from it */
    enum cw_store_role role; /* NONE: banned */
    uint64_t muted_until_ms;
};

/* What people have put to a message, without what the asker is not shown: in a group what users
 * sent whom the asker has blocked, in a pair what the other sent if one of them has blocked the
 * other. */
struct cw_store_reaction {
    struct cw_slice emoji;
    uint64_t count;
    bool mine; /* the asker is one of them */
};

/* Of the message that another one answers, if it is still there and can be read. */
struct cw_store_quote {
    struct cw_slice sender; /* registered spelling */
    bool voice;             /* then there is no text */
    struct cw_slice text;   /* its beginning, CW_QUOTE_BYTES_MAX at most */
};

/* Whom a message mentions, in the order of their ids. */
struct cw_store_mention {
    uint64_t user_id;
    struct cw_slice name; /* registered spelling */
};
struct cw_store_mentions {
    const struct cw_store_mention *users;
    size_t count;
    bool all;  /* everybody in the group, by '@here' */
    bool mine; /* in a page: the asker is one of them */
};

/* What a user has set about a conversation. */
struct cw_store_notify {
    uint64_t conversation;
    enum cw_notify_level level;
    uint64_t until_ms; /* muted until then; 0: not */
};

/* Whom a message is pushed to, and what that depends on. */
struct cw_store_push {
    uint64_t user_id, session_id;
    struct cw_slice endpoint; /* a URL */
    struct cw_slice keys;     /* CW_PUSH_KEYS_N bytes: p256dh and auth of the browser */
    bool with_text;
    bool mentioned;
    struct cw_store_notify rule; /* what the user has set about the conversation */
    struct cw_slice quiet_hours;
};

struct cw_store_message {
    uint64_t message_id;
    uint64_t time_ms;
    uint64_t mailbox;
    uint64_t sender_id;
    struct cw_slice sender;       /* registered spelling */
    bool bot;                     /* the sender is one */
    struct cw_slice mailbox_name; /* registered spelling of the user or group */
    struct cw_slice body;         /* text, or the samples as they came */
    struct cw_owned *body_owner;  /* of a long body's memory, which can be taken; or NULL */
    bool voice;
    uint32_t channels;
    uint32_t sample_rate;
    enum cw_store_kind kind;
    uint64_t seq;
    uint64_t reply_to;
    uint64_t of;                        /* EDIT, DELETE: the sequence number that it is about */
    uint64_t edited_ms, deleted_ms;     /* 0: not. A deleted message has no body */
    uint32_t duration_ms;               /* of a voice */
    struct cw_slice waveform;           /* the same, as it was stored */
    bool damaged;                       /* the body is not what was stored: CW_DAMAGED_TEXT,
                                           or no samples */
    uint64_t played_ms;                 /* when the other user of a pair has played it; 0: not */
    uint64_t size;                      /* bytes of the body, also when that is not included */
    const struct cw_store_quote *quote; /* NULL: none */
    const struct cw_store_mentions *mentions; /* of a text or an EDIT: NULL: nobody */
    uint64_t file_id; /* of a text: its file, whose caption it is; 0: none */
    uint64_t file_size;
    struct cw_slice file_name, file_type;
    uint32_t file_width, file_height, file_thumbnail; /* as in struct cw_store_file */
    /* HISTORY_READ and PIN_LIST only: */
    const struct cw_store_reaction *reactions; /* the kind that came first is the first */
    size_t reaction_count;
    uint64_t pinned_ms;         /* when; 0: not */
    struct cw_slice deleted_by; /* of a group's message: who deleted it; empty: its sender did */
};

/* A file, or an upload. */
struct cw_store_file {
    uint64_t id;
    uint64_t user_id; /* who sent it, or uploads it */
    uint64_t content; /* the file whose bytes are on the disk: equal ones are there once */
    uint64_t size;
    uint64_t offset;     /* of an upload: bytes that are on the disk */
    uint64_t generation; /* the same: of its writer */
    uint64_t begun_ms;
    uint64_t message_id;    /* 0: it is an upload */
    bool done;              /* all of it is on the disk, and its hash was right */
    struct cw_slice name;   /* as its sender gave it */
    struct cw_slice type;   /* "image/png" and the like */
    uint32_t width, height; /* of a picture, pixels; 0: unknown */
    uint32_t thumbnail;     /* bytes; 0: it has none */
};

struct cw_store_invitation {
    uint64_t id;
    struct cw_slice by; /* its maker */
    uint64_t maker_id;  /* SERVER_INVITE_LIST */
    uint64_t created_ms, expires_ms, uses;
};

struct cw_store_hook {
    uint64_t id;
    struct cw_slice bot; /* whom it speaks as */
    uint64_t created_ms;
};

/* A bot has left the group, with its owner's account or as one of the last; group_id 0: it is
 * deleted. */
struct cw_store_bot_gone {
    uint64_t user_id, group_id;
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
    uint64_t peer_id;     /* of a pair */
    struct cw_slice peer; /* of a pair */
    struct cw_slice peer_display;
    uint64_t peer_seen_ms;       /* of a pair */
    uint64_t peer_read_seq;      /* of a pair */
    uint64_t peer_cursor;        /* of a pair: the other has every message up to this id */
    struct cw_store_group group; /* of a group */
    uint64_t read_seq;
    uint64_t unread;   /* texts and voices of others after read_seq that are
                          not deleted */
    uint64_t mentions; /* how many mention the user after read_seq */
    bool empty;        /* a group without messages: no last message */
    uint64_t last_id;  /* of the last entry, which defines the place in the list */
    struct cw_store_message
        last; /* the last text or voice message that is not deleted; if there is none among the last
                 CW_PREVIEW_SCAN_MAX entries, the last entry. The body is cut to
                 CW_PREVIEW_BYTES_MAX at a character; a voice message has none */
};

/* A result. Slices and arrays live in the arena given to execute. */
struct cw_store_result {
    /* Members that are set for a MESSAGE_APPEND, down to `request`. */
    enum cw_store_op op;
    enum cw_store_status status;
    uint64_t cookie;
    uint64_t message_id;
    uint64_t seq;
    uint64_t time_ms;
    bool repeated; /* nothing was stored, since it was done before: the result of that time */
    bool gone;     /* MESSAGE_APPEND: repeated, but the message is no longer kept */
    bool stranger; /* MESSAGE_APPEND: it is the first to a user who does not have the sender as a
                      contact */
    uint64_t until_ms;                     /* TOO_SOON */
    const struct cw_store_quote *quote;    /* MESSAGE_APPEND: what the message answers, or NULL */
    const struct cw_store_file *file_sent; /* MESSAGE_APPEND: the message's file, or NULL */
    const struct cw_store_mentions *mentions; /* MESSAGE_APPEND, EDIT: of this text, or NULL */
    bool not_all;                             /* the same: the sender may not mention everybody */
    /* MESSAGE_APPEND: the request, whose body is fanned out; its owner keeps it alive until the
     * result has been used. Else NULL. */
    const struct cw_store_request *request;

    /* Members of the other operations. */
    uint64_t user_id;
    uint64_t group_id;
    uint64_t session_id;
    uint64_t generation; /* SESSION_CREATE, FIND: of the session, by which a later owner is told
                            from this one: for SESSION_SAVE; 0: there is no other server */
    uint64_t dropped_session_id; /* SESSION_CREATE: the longest idle one, or 0 */
    uint64_t cursor;
    struct cw_slice name;
    struct cw_slice secret;
    bool extended;
    bool discreet, hidden;
    bool bot;                       /* the user that was found is one */
    bool deleted;                   /* USER_FIND: the user has deleted the account */
    struct cw_store_notify *notify; /* ascending conversations */
    size_t notify_count;
    struct cw_slice quiet_hours;
    bool admin; /* SESSION_CREATE, SESSION_FIND: the user is an administrator */
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
    struct cw_store_bot_gone *bots_gone; /* ACCOUNT_DELETE */
    size_t bot_gone_count;
    struct cw_store_session *sessions;
    size_t session_count;
    bool second_factor;  /* USER_FIND, PASSWORD_FIND, FACTOR_FIND: a login needs a code */
    uint64_t codes_left; /* FACTOR_FIND: recovery codes */
    uint64_t device_id;  /* of a session: the device password by which it was made, 0: none */
    struct cw_store_device *devices;
    size_t device_count;
    struct cw_store_push *pushes;
    size_t push_count;
    uint64_t notice_id; /* MEMBER_KICK, BAN, MUTE: id of the new notice, or 0; SESSION_CREATE, FIND:
                           of the user's newest, or 0 */
    struct cw_store_notice *notices;
    size_t notice_count;
    uint64_t invitation_id;
    struct cw_store_invitation *invitations;
    size_t invitation_count;
    uint64_t hook_id;
    struct cw_store_hook *hooks;
    size_t hook_count;
    struct cw_store_server_ban *server_bans;
    size_t server_ban_count;
    struct cw_store_audit *audit;
    size_t audit_count;
    struct cw_store_report *reports;
    size_t report_count;
    struct cw_store_announcement *announcements;
    size_t announcement_count;
    uint64_t
        number; /* AUDIT_VERIFY: the last row, or the first that is bad; ANNOUNCE_ADD: the id */
    struct cw_store_conversation *conversations;
    size_t conversation_count;
    struct cw_store_profile profile;
    struct cw_store_file file;
    struct cw_slice body; /* FILE_READ, THUMBNAIL_FIND, FILE_LINKED to a thumbnail; FACTOR_BEGIN:
                             the recovery codes */
};

/* Sets a result to `status` and nothing else. */
void cw_store_result_init(struct cw_store_result *result, const struct cw_store_request *request,
                          enum cw_store_status status);

#endif
