/* chinwag.h - the C client library of Chinwag.
 *
 * One chinwag_client is one user's connection to one server. It connects,
 * reconnects with back-off and attaches to its session again by itself; a program
 * makes requests and reads events:
 *
 *     struct chinwag_options options = {.server = "127.0.0.1:4242"};
 *     chinwag_client *client = chinwag_create(&options);
 *     chinwag_login(client, "alice", password);
 *     int64_t hi = chinwag_whisper(client, "bob", "hi", 2);
 *     struct chinwag_event event;
 *     while (chinwag_poll(client, -1, &event))
 *         if (event.type == CHINWAG_RESPONSE && event.request == hi)
 *             break;    // event.code is 0: the message is on the server's disk
 *     chinwag_destroy(client);
 *
 * docs/library.md is the guide, with whole programs; sound is in chinwag/audio.h.
 *
 * Threads: there is no global state. A client may be used by one thread at a
 * time; different clients are independent. Only chinwag_wake may be called from
 * any thread, and from a signal handler. A host name is looked up in a thread of
 * the library's own, which runs no code of the program. Names and texts are
 * UTF-8. SIGPIPE is never raised.
 *
 * Memory: what a function returns or fills in belongs to the client unless it
 * says otherwise. When the system has no memory left nothing is ended: functions
 * that make something return NULL, requests CHINWAG_NO_MEMORY, and a connection
 * that cannot go on is closed (CHINWAG_DISCONNECTED with that code) and opened
 * again later, as after any other loss.
 *
 * Times are milliseconds: names end in _ms. Points in time are UTC, since 1970.
 *
 * Growth: the library has version 0, so until 1 the structs that it fills in may
 * grow: build the program again with a new version. Those that a program fills
 * in begin with `size`; set it to their sizeof, and the program goes on working
 * with later versions, whose new members are 0 then. */
#ifndef CHINWAG_CHINWAG_H
#define CHINWAG_CHINWAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct chinwag_client chinwag_client;

/* The version of this header. A later MINOR may change what is here until MAJOR is 1; a later PATCH
 * does not. chinwag_version() tells the library's own. */
#define CHINWAG_VERSION_MAJOR 0
#define CHINWAG_VERSION_MINOR 1
#define CHINWAG_VERSION_PATCH 0
/* To compare: 1.2.3 is 10203. */
#define CHINWAG_VERSION_NUMBER                                                                     \
    (CHINWAG_VERSION_MAJOR * 10000 + CHINWAG_VERSION_MINOR * 100 + CHINWAG_VERSION_PATCH)

/* --- codes ------------------------------------------------------------------ */

/* From 0 up: codes of the server. Below 0: codes of this library. */
enum chinwag_code {
    /* The connection broke before the answer came: it is unknown whether the request was done. The
     * library sends messages again, which the server stores once (not for a plain client); it does
     * not repeat other requests. */
    CHINWAG_UNANSWERED = -1,
    /* Not sent, because the client has no session: log in and repeat it. */
    CHINWAG_NO_SESSION = -2,
    /* Refused, because too many requests wait already: poll, then repeat. */
    CHINWAG_OUTBOX_FULL = -3,
    /* Refused: an argument is missing, out of range, or not UTF-8. */
    CHINWAG_BAD_ARGUMENT = -4,
    /* Refused: longer than a message may be. */
    CHINWAG_TOO_LONG = -5,
    /* Not connected, because the address is not of this machine and nothing encrypts: give
     * server_key, or a wss address. */
    CHINWAG_KEY_NEEDED = -6,
    /* Not connected, because the peer did not prove that it is the server that is wanted: it does
     * not have the key server_key or tls_pin, or its certificate is not trusted. Other addresses of
     * the server's name are not tried then; after other failures they are. */
    CHINWAG_NOT_VERIFIED = -7,
    /* Refused, or disconnected, because the system has no memory left. */
    CHINWAG_NO_MEMORY = -8,

    CHINWAG_SUCCESS = 0, /* done, and on the server's disk */
    CHINWAG_IDENTITY_NOT_CONNECTED = 255,
    CHINWAG_IDENTITY_ALREADY_CONNECTED = 256,
    CHINWAG_USER_ALREADY_CONNECTED = 511,
    CHINWAG_USER_NOT_CONNECTED = 512,
    CHINWAG_USER_ALREADY_EXIST = 513,
    CHINWAG_USER_DOES_NOT_EXIST = 514,
    CHINWAG_USER_WRONG_PASSWORD = 515,
    CHINWAG_USER_INCORRECT_IDENTITY = 516,
    CHINWAG_USER_INCORRECT_TOKEN = 517,
    CHINWAG_USER_CODE_MISSING = 518,
    CHINWAG_GROUP_ALREADY_EXIST = 767,
    CHINWAG_GROUP_DOES_NOT_EXIST = 768,
    CHINWAG_GROUP_MEMBER_ALREADY_EXIST = 769,
    CHINWAG_GROUP_MEMBER_DOES_NOT_EXIST = 770,
    CHINWAG_BAD_REQUEST = 1023,
    CHINWAG_UNKNOWN_ACTION = 1024,
    CHINWAG_TOO_LARGE = 1025,
    CHINWAG_RATE_LIMITED = 1026,
    CHINWAG_FORBIDDEN = 1027,
    CHINWAG_INVALID_NAME = 1028,
    CHINWAG_UNAVAILABLE = 1029,
    CHINWAG_CONFLICT = 1030,
    CHINWAG_UNKNOWN_OUTCOME = 1031,
    CHINWAG_CALL_NOT_JOINED = 1279,
    CHINWAG_CALL_ALREADY_JOINED = 1280,
    CHINWAG_CALL_FULL = 1281,
    CHINWAG_CALL_NOT_REACHABLE = 1282,
    CHINWAG_CALL_BUSY = 1283
};

/* "USER_ALREADY_EXIST" and the like; "UNKNOWN" for another value. Static. */
const char *chinwag_code_name(int code);

/* What the code means, in English, for people. Never NULL. Static. */
const char *chinwag_code_text(int code);

/* For which rule a request was refused: more than the code says (event.rule). A newer server may
 * have others. (tools/rules makes this enum; docs/protocol.md, "Rules".) */
enum chinwag_rule {
    CHINWAG_RULE_UNKNOWN = 0, /* none was told, or one of a newer server */
    CHINWAG_RULE_NOT_LOGGED_IN,
    CHINWAG_RULE_SESSION_MOVED,
    CHINWAG_RULE_LOGGED_IN,
    CHINWAG_RULE_OTHER_PART,
    CHINWAG_RULE_WEB_TOO_OLD,
    CHINWAG_RULE_OTHER_USER,
    CHINWAG_RULE_OTHER_SESSION,
    CHINWAG_RULE_WRONG_CODE,
    CHINWAG_RULE_USER_LOOKS_LIKE,
    CHINWAG_RULE_USER_LOOKS_TAKEN,
    CHINWAG_RULE_GROUP_LOOKS_LIKE,
    CHINWAG_RULE_GROUP_LOOKS_TAKEN,
    CHINWAG_RULE_MALFORMED,
    CHINWAG_RULE_ONE_FRAME,
    CHINWAG_RULE_MISSING,
    CHINWAG_RULE_NO_STRING,
    CHINWAG_RULE_NO_BYTES,
    CHINWAG_RULE_NO_UNSIGNED,
    CHINWAG_RULE_NO_SAMPLES,
    CHINWAG_RULE_NO_FEATURES,
    CHINWAG_RULE_NO_LIST,
    CHINWAG_RULE_KEY_IS_TEXT,
    CHINWAG_RULE_KEYS_MAX,
    CHINWAG_RULE_TO_MAX,
    CHINWAG_RULE_ONE_TO_MAX,
    CHINWAG_RULE_SECONDS_MAX,
    CHINWAG_RULE_FROM_ONE,
    CHINWAG_RULE_LENGTH_MAX,
    CHINWAG_RULE_PASSWORD_LENGTH,
    CHINWAG_RULE_PASSWORD_CHARACTER,
    CHINWAG_RULE_PASSWORD_COMPOSED,
    CHINWAG_RULE_CHANNELS,
    CHINWAG_RULE_SAMPLE_RATE,
    CHINWAG_RULE_SAMPLES,
    CHINWAG_RULE_NO_OGG_OPUS,
    CHINWAG_RULE_CHANNELS_OF_FILE,
    CHINWAG_RULE_NEEDS_OPUS,
    CHINWAG_RULE_NO_EMOJI,
    CHINWAG_RULE_RECEIPTS,
    CHINWAG_RULE_LEVEL,
    CHINWAG_RULE_QUIET_HOURS,
    CHINWAG_RULE_PUSH_OFF,
    CHINWAG_RULE_PUSH_ENDPOINT,
    CHINWAG_RULE_PUSH_KEY_LENGTH,
    CHINWAG_RULE_HERE,
    CHINWAG_RULE_MENTIONS_MAX,
    CHINWAG_RULE_FILE_EMPTY,
    CHINWAG_RULE_FILE_WITH_VOICE,
    CHINWAG_RULE_CHUNK_EMPTY,
    CHINWAG_RULE_THUMBNAIL,
    CHINWAG_RULE_THUMBNAIL_LONGER,
    CHINWAG_RULE_SHA256,
    CHINWAG_RULE_STATE,
    CHINWAG_RULE_PROFILE_ITEM,
    CHINWAG_RULE_PROFILE_SWITCH,
    CHINWAG_RULE_PROFILE_ZONE,
    CHINWAG_RULE_STATUS_LINE,
    CHINWAG_RULE_STATUS_UNTIL,
    CHINWAG_RULE_AVATAR,
    CHINWAG_RULE_ACCESS,
    CHINWAG_RULE_ROLE,
    CHINWAG_RULE_EXTENT,
    CHINWAG_RULE_SERVER_ROLE,
    CHINWAG_RULE_HERE_SETTING,
    CHINWAG_RULE_WRITERS,
    CHINWAG_RULE_TALK_MEMBERS,
    CHINWAG_RULE_TOPIC_LINE,
    CHINWAG_RULE_HEADING_LINE,
    CHINWAG_RULE_NO_HEADING,
    CHINWAG_RULE_ONE_PLACE,
    CHINWAG_RULE_NO_WORD,
    CHINWAG_RULE_FILTER_NAME,
    CHINWAG_RULE_FILTER_DATE,
    CHINWAG_RULE_FILTER_HAS,
    CHINWAG_RULE_FILTER_TWICE,
    CHINWAG_RULE_NEEDS_MAP,
    CHINWAG_RULE_NOT_A_MEMBER,
    CHINWAG_RULE_OTHER_NO_MEMBER,
    CHINWAG_RULE_NO_MESSAGE,
    CHINWAG_RULE_NO_VOICE_MESSAGE,
    CHINWAG_RULE_NO_ANSWERED,
    CHINWAG_RULE_NO_FILE,
    CHINWAG_RULE_NO_FILE_LINK,
    CHINWAG_RULE_NO_UPLOAD,
    CHINWAG_RULE_UPLOAD_NOT_OPEN,
    CHINWAG_RULE_UPLOAD_TAKEN,
    CHINWAG_RULE_UPLOAD_OFFSET,
    CHINWAG_RULE_UPLOAD_SIZE,
    CHINWAG_RULE_UPLOAD_INCOMPLETE,
    CHINWAG_RULE_UPLOAD_HASH,
    CHINWAG_RULE_UPLOAD_PLACE,
    CHINWAG_RULE_NOT_UPLOADED,
    CHINWAG_RULE_FILE_END,
    CHINWAG_RULE_NO_SESSION,
    CHINWAG_RULE_NO_DEVICE_PASSWORD,
    CHINWAG_RULE_FACTOR_NOT_BEGUN,
    CHINWAG_RULE_FACTOR_OFF,
    CHINWAG_RULE_NO_INVITATION,
    CHINWAG_RULE_NO_BOT,
    CHINWAG_RULE_NO_HOOK,
    CHINWAG_RULE_OWN_SESSION,
    CHINWAG_RULE_DIGITS,
    CHINWAG_RULE_NO_LINK,
    CHINWAG_RULE_DEVICE_NAME,
    CHINWAG_RULE_BLOCK_ONESELF,
    CHINWAG_RULE_PLAYED_IN_GROUP,
    CHINWAG_RULE_PART_RECEIVES,
    CHINWAG_RULE_NOT_SENT,
    CHINWAG_RULE_TEXT_LENGTH,
    CHINWAG_RULE_QUERY_LENGTH,
    CHINWAG_RULE_TOPIC_LENGTH,
    CHINWAG_RULE_VOICE_LENGTH,
    CHINWAG_RULE_UPLOAD_MAX,
    CHINWAG_RULE_CHUNK_SIZE,
    CHINWAG_RULE_THUMBNAIL_LENGTH,
    CHINWAG_RULE_FILE_SIZE,
    CHINWAG_RULE_MESSAGE_SIZE,
    CHINWAG_RULE_QUOTA,
    CHINWAG_RULE_REQUEST_RATE,
    CHINWAG_RULE_TEXT_RATE,
    CHINWAG_RULE_GROUP_RATE,
    CHINWAG_RULE_SLOW_MODE,
    CHINWAG_RULE_STRANGERS,
    CHINWAG_RULE_PARTS,
    CHINWAG_RULE_GUESS_PAUSE,
    CHINWAG_RULE_GUESSES_OF_USER,
    CHINWAG_RULE_GUESSES_OF_ADDRESS,
    CHINWAG_RULE_CODES_OF_USER,
    CHINWAG_RULE_REGISTRATIONS,
    CHINWAG_RULE_HOOK_RATE,
    CHINWAG_RULE_HOOK_GUESSES,
    CHINWAG_RULE_PASSWORD_QUEUE,
    CHINWAG_RULE_MUTED,
    CHINWAG_RULE_BANNED,
    CHINWAG_RULE_INVITED_ONLY,
    CHINWAG_RULE_INVITATION_WORN,
    CHINWAG_RULE_REGISTRATION_INVITED,
    CHINWAG_RULE_REGISTRATION_CLOSED,
    CHINWAG_RULE_NOBODY_INVITED,
    CHINWAG_RULE_MAY_NOT_INVITE,
    CHINWAG_RULE_NOT_FOR_BOTS,
    CHINWAG_RULE_BOT_NO_OWNER,
    CHINWAG_RULE_BOT_NO_ADMIN,
    CHINWAG_RULE_BOT_BANNED,
    CHINWAG_RULE_HOOK_MUTED,
    CHINWAG_RULE_OWNER_GIVES_ROLES,
    CHINWAG_RULE_OWNER_ONLY,
    CHINWAG_RULE_SETUP_WORN,
    CHINWAG_RULE_ADMINS_ONLY,
    CHINWAG_RULE_SERVER_BANNED,
    CHINWAG_RULE_SERVER_BANNED_UNTIL,
    CHINWAG_RULE_NO_SUBJECT,
    CHINWAG_RULE_BAN_REASON,
    CHINWAG_RULE_BAN_ADMIN,
    CHINWAG_RULE_REMOVE_ADMIN,
    CHINWAG_RULE_BAN_ONESELF,
    CHINWAG_RULE_NO_SUCH_BAN,
    CHINWAG_RULE_BANS_MAX,
    CHINWAG_RULE_RESET_BOT,
    CHINWAG_RULE_FACTOR_STAYS,
    CHINWAG_RULE_RESET_WORN,
    CHINWAG_RULE_NO_REPORT,
    CHINWAG_RULE_REPORTS_MAX,
    CHINWAG_RULE_AUDIT_HEAD,
    CHINWAG_RULE_AUDIT_BROKEN,
    CHINWAG_RULE_ANNOUNCEMENT_TEXT,
    CHINWAG_RULE_ANNOUNCEMENTS_MAX,
    CHINWAG_RULE_NO_ANNOUNCEMENT,
    CHINWAG_RULE_NO_ORPHAN,
    CHINWAG_RULE_NO_SETTING,
    CHINWAG_RULE_SETTING_VALUE,
    CHINWAG_RULE_LAST_ADMIN,
    CHINWAG_RULE_ANNOUNCEMENTS,
    CHINWAG_RULE_NOT_TO_ONESELF,
    CHINWAG_RULE_MODERATORS_TO_MEMBERS,
    CHINWAG_RULE_MODERATORS_ONLY,
    CHINWAG_RULE_DELETE_OWN,
    CHINWAG_RULE_DELETE_IN_GROUP,
    CHINWAG_RULE_EDIT_OWN,
    CHINWAG_RULE_YOU_BLOCKED,
    CHINWAG_RULE_ACCOUNT_DELETED,
    CHINWAG_RULE_BY_DEVICE_PASSWORD,
    CHINWAG_RULE_FACTOR_ON,
    CHINWAG_RULE_LINK_WORN,
    CHINWAG_RULE_LINK_UNOPENED,
    CHINWAG_RULE_LINK_LEFT,
    CHINWAG_RULE_LINK_UNKNOWN,
    CHINWAG_RULE_WRONG_DIGITS,
    CHINWAG_RULE_DEVICE_NAMED,
    CHINWAG_RULE_PART_PRESENCE,
    CHINWAG_RULE_NO_PEOPLE,
    CHINWAG_RULE_CONTACTS_MAX,
    CHINWAG_RULE_BLOCKS_MAX,
    CHINWAG_RULE_GROUPS_MAX,
    CHINWAG_RULE_GROUP_MAX,
    CHINWAG_RULE_REACTIONS_MAX,
    CHINWAG_RULE_NOTIFY_MAX,
    CHINWAG_RULE_PINS_MAX,
    CHINWAG_RULE_PUSHES_MAX,
    CHINWAG_RULE_HEADINGS_MAX,
    CHINWAG_RULE_NEWCOMERS_MAX,
    CHINWAG_RULE_UPLOADS_MAX,
    CHINWAG_RULE_DEVICES_MAX,
    CHINWAG_RULE_INVITATIONS_MAX,
    CHINWAG_RULE_BOTS_MAX,
    CHINWAG_RULE_BOT_GROUPS_MAX,
    CHINWAG_RULE_HOOKS_MAX,
    CHINWAG_RULE_IN_CALL,
    CHINWAG_RULE_IN_CALL_ELSEWHERE,
    CHINWAG_RULE_IN_PAIR,
    CHINWAG_RULE_CALL_ONESELF,
    CHINWAG_RULE_CALL_BLOCKED,
    CHINWAG_RULE_NOT_RINGING,
    CHINWAG_RULE_RING_RATE,
    CHINWAG_RULE_RING_RATE_OF_PAIR,
    CHINWAG_RULE_CALL_FAR,
    CHINWAG_RULE_CALL_UNDECIDED,
    CHINWAG_RULE_CALL_MAX,
    CHINWAG_RULE_NAME,
    CHINWAG_RULE_NAME_INVISIBLE,
    CHINWAG_RULE_NAME_PRIVATE,
    CHINWAG_RULE_NAME_MARK_FIRST,
    CHINWAG_RULE_NAME_MARKS,
    CHINWAG_RULE_NAME_NO_LETTER,
    CHINWAG_RULE_NAME_HYPHEN,
    CHINWAG_RULE_NAME_SLASH,
    CHINWAG_RULE_NAME_RESERVED,
    CHINWAG_RULE_DISPLAY_CHARACTER,
    CHINWAG_RULE_DISPLAY_FORM,
    CHINWAG_RULE_FILE_NAME,
    CHINWAG_RULE_FILE_NAME_DOTS,
    CHINWAG_RULE_FILE_NAME_CHARACTER,
    CHINWAG_RULE_FILE_NAME_FOLDER,
    CHINWAG_RULE_DISK_FULL,
    CHINWAG_RULE_STORE_AWAY,
    CHINWAG_RULE_NO_MEMORY,
    CHINWAG_RULE_PASSWORDS_WAIT
};

/* The rule of event.rule; NULL: CHINWAG_RULE_UNKNOWN. */
enum chinwag_rule chinwag_rule_named(const char *rule);

/* "0.1.0" and the like. Static. */
const char *chinwag_version(void);

/* --- addresses ---------------------------------------------------------------- */

enum chinwag_transport {
    CHINWAG_TCP, /* ZMTP: encrypted by CURVE, or plain to this machine */
    CHINWAG_WS,  /* WebSocket, plain: to this machine */
    CHINWAG_WSS  /* WebSocket over TLS */
};

#define CHINWAG_HOST_MAX 253 /* bytes; a DNS name has no more (RFC 1035, 2.3.4) */

struct chinwag_address {
    enum chinwag_transport transport;
    char host[CHINWAG_HOST_MAX + 1]; /* in lower case; of IPv6 without brackets */
    char port[6];                    /* 1 to 65535 */
    bool local;                      /* of this machine: 127.0.0.0/8, ::1, localhost */
};

/* Understands "HOST", "HOST:PORT", "[IPV6]:PORT" and bare IPv6 addresses, the same behind tcp:// or
 * chinwag:// (port 4242 unless one is given), and ws://HOST/ws (port 80) and wss://HOST/ws (port
 * 443), also with a port. False: it is something else, and *address is undefined. */
bool chinwag_read_address(const char *server, struct chinwag_address *address);

/* Is it the text of a key, as options.server_key or event.tls_pin? Each key has one text. */
bool chinwag_is_server_key(const char *text);
bool chinwag_is_tls_pin(const char *text);

/* Asks the server at this address, over TLS, for the public key that CURVE needs, which it tells at
 * https://HOST:PORT/.well-known/chinwag; the system's certificate authorities must confirm the
 * host. True: `key` is the text for options.server_key. False: not within timeout_ms, there is
 * none, or nobody confirms it; `reason` (or NULL) says what of this, for people. Waits meanwhile.
 */
#define CHINWAG_KEY_SIZE    44
#define CHINWAG_REASON_SIZE 128
bool chinwag_ask_key(const char *server, int timeout_ms, char key[CHINWAG_KEY_SIZE],
                     char reason[CHINWAG_REASON_SIZE]);

/* The same, but nobody need confirm it: somebody between client and server can have written this
 * key. Only to be shown to a person, who compares it with the one that the server printed. */
bool chinwag_show_key(const char *server, int timeout_ms, char key[CHINWAG_KEY_SIZE],
                      char reason[CHINWAG_REASON_SIZE]);

/* --- a client ----------------------------------------------------------------- */

/* What chinwag_options.features may switch on. */
enum chinwag_feature {
    CHINWAG_FEATURE_EDITS = 1 << 0,     /* CHINWAG_EDITED, CHINWAG_DELETED */
    CHINWAG_FEATURE_READ = 1 << 1,      /* CHINWAG_READ, CHINWAG_DELIVERED */
    CHINWAG_FEATURE_PRESENCE = 1 << 2,  /* CHINWAG_PRESENCE */
    CHINWAG_FEATURE_TYPING = 1 << 3,    /* CHINWAG_TYPING */
    CHINWAG_FEATURE_GROUPS = 1 << 4,    /* CHINWAG_GROUP_EVENT */
    CHINWAG_FEATURE_OPUS = 1 << 5,      /* audio as Opus, to send and to receive */
    CHINWAG_FEATURE_SPEAKING = 1 << 6,  /* CHINWAG_GROUP_EVENT "speaking", "silent" */
    CHINWAG_FEATURE_RECEIVED = 1 << 7,  /* only chinwag_received proves to the server what was
                                           received */
    CHINWAG_FEATURE_OWN = 1 << 8,       /* messages that this user sent from other devices, also
                                           while this one was away */
    CHINWAG_FEATURE_REACTIONS = 1 << 9, /* CHINWAG_REACTED, CHINWAG_UNREACTED */
    CHINWAG_FEATURE_CALLS = 1 << 10,    /* CHINWAG_RING, and calls of a user */
    CHINWAG_FEATURE_PROFILES = 1 << 11, /* CHINWAG_PROFILE */
    CHINWAG_FEATURE_UDP = 1 << 12,      /* audio of calls by datagrams, where the network lets them
                                           through; with CHINWAG_FEATURE_OPUS */
    CHINWAG_FEATURE_ANNOUNCEMENTS = 1 << 13, /* CHINWAG_ANNOUNCED, CHINWAG_ANNOUNCEMENT_ENDED */
    CHINWAG_FEATURE_REPORTS = 1 << 30 /* CHINWAG_CALL_REPORT: each report; for chinwag_call_way,
                                         which has the middle one, CHINWAG_FEATURE_OPUS will do */
};

/* Who is told what the connection does: `line` is one line of English without its end, and without
 * secrets, valid during the call. */
enum chinwag_log_level {
    CHINWAG_LOG_DEBUG,  /* look-ups, attempts, refused requests */
    CHINWAG_LOG_INFO,   /* connected, the way of audio */
    CHINWAG_LOG_WARNING /* disconnected, a session that is lost */
};

/* A zeroed struct is valid: every member has a default. */
struct chinwag_options {
    /* sizeof(struct chinwag_options); 0: as it was in version 0.1. */
    size_t size;
    /* As chinwag_read_address understands it; NULL: "127.0.0.1:4242". All addresses of a name are
     * tried in turn. */
    const char *server;
    /* The server's public key: CURVE is spoken with it, and nothing else, to an address that is no
     * wss, until the server replaces it (CHINWAG_NEXT_KEY). As text: base64url, 43 characters, as
     * in a link (docs/protocol.md, "Links"). NULL: only addresses of this machine are reached
     * without wss; to others CHINWAG_DISCONNECTED has the code CHINWAG_KEY_NEEDED. */
    const char *server_key;
    /* For wss: the server's key, as text (event.tls_pin). It alone decides, neither the name nor
     * the issuer of the certificate. NULL: whom the system's certificate authorities confirm. */
    const char *tls_pin;
    /* This program's name in the list of sessions; NULL: "libchinwag". At most 64 bytes. */
    const char *client_name;
    /* Use protocol v1: events have no ids, times and recipients of own copies, a message may come
     * twice after a reconnection, and requests beyond protocol v1 (below) are answered
     * CHINWAG_UNKNOWN_ACTION. */
    bool plain;
    /* Be a part of the session (docs/protocol.md, "Parts"): send requests, and receive no messages.
     * A program that listens with the same session goes on. */
    bool part;
    /* enum chinwag_feature: which events beyond messages and calls are wanted. */
    unsigned features;
    /* Deliver the messages with an id above `since` (0: all messages). Without it the server
     * continues where it knows this session to be. Either way no message comes twice to one
     * extended client. `db` and `era` are those of the last event that had them (the answer to
     * login or attach, CHINWAG_ATTACHED, CHINWAG_RESTARTED), stored with the id; NULL: unknown.
     * They tell the server whether the id belongs to its messages; if not, it continues as without
     * `since`, and CHINWAG_RESTARTED says so. At most 512 bytes each. */
    bool has_since;
    uint64_t since;
    const char *db, *era;
    /* Seed of the jitter between attempts to connect; 0: from the system. */
    uint64_t seed;
    /* Time-outs, ms, up to 3,600,000; 0: the usual ones. From an attempt's begin to the attached
     * session (10,000), for all addresses of the name together. */
    unsigned connect_timeout_ms;
    /* For how long the server may say nothing before the connection is left (75,000); after two
     * fifths of it the library asks. In a call it is 7,500 unless this is less. */
    unsigned silence_timeout_ms;
    /* The longest pause between two attempts to connect (30,000). */
    unsigned retry_max_ms;
    /* NULL: none. Called within the functions of the client, by the thread that calls them, with
     * `log_context`; it must not call this client. */
    void (*log)(void *context, enum chinwag_log_level level, const char *line);
    void *log_context;
};

/* A new client; `options` may be NULL and is copied, but for log_context. Nothing is sent before
 * chinwag_poll. NULL when server, server_key, tls_pin, client_name, db, era or a time-out of the
 * options is malformed, when a later version's member is set that this library does not have, or
 * when there is no memory or no descriptor. Free it with chinwag_destroy. */
chinwag_client *chinwag_create(const struct chinwag_options *options);

/* Closes the connection at once (the session on the server stays; unanswered requests may or may
 * not be done), in the way of its protocol but without waiting for the server, and frees everything
 * that the client has returned. NULL is allowed. */
void chinwag_destroy(chinwag_client *client);

/* From the next connection on the wss server must have this key, as options.tls_pin says it: for a
 * program that has asked its user about event.tls_pin. What waits to be sent goes on waiting.
 * False: it is malformed, and nothing has changed. */
bool chinwag_pin(chinwag_client *client, const char *tls_pin);

/* --- requests ------------------------------------------------------------------- */

/* Each returns at once, without any I/O: the number of the request, above 0, which its
 * CHINWAG_RESPONSE repeats, or a negative chinwag_code when the request was refused. Arguments are
 * copied; strings end in a zero unless a length is given.
 *
 * Requests are sent in order by chinwag_poll and answered in order. Those made while there is no
 * connection wait until the session is attached again, at most 256 of them and 32 MiB; login and
 * attach go first if they came first. */

/* Makes an account, without logging in. Passwords have 8 to 256 bytes. `invitation` is for servers
 * that require one, else NULL. */
int64_t chinwag_register(chinwag_client *client, const char *username, const char *password,
                         const char *invitation);
/* The same with the secret of a set-up link, which makes the user an administrator. */
int64_t chinwag_register_admin(chinwag_client *client, const char *username, const char *password,
                               const char *setup);

/* Creates a session and attaches to it. The response has username and token; store the token to
 * attach later without the password. From then on messages are delivered. */
int64_t chinwag_login(chinwag_client *client, const char *username, const char *password);

/* Attaches to a session by its token. The library repeats it after every reconnection until
 * chinwag_logout; only the first answer is reported as a CHINWAG_RESPONSE. */
int64_t chinwag_attach(chinwag_client *client, const char *username, const char *token);

/* Ends the session: its token becomes invalid. */
int64_t chinwag_logout(chinwag_client *client);

int64_t chinwag_add_contact(chinwag_client *client, const char *contact);

/* `content` is `length` bytes of UTF-8, at most 16 KiB and 4,000 characters. The response to a
 * message has its id, time_ms and seq. */
int64_t chinwag_whisper(chinwag_client *client, const char *recipient, const char *content,
                        size_t length);

int64_t chinwag_create_group(chinwag_client *client, const char *group);
/* `invitation` is for groups that require one, else NULL. */
int64_t chinwag_join_group(chinwag_client *client, const char *group, const char *invitation);

/* As chinwag_whisper, to the members of a group. */
int64_t chinwag_msg_group(chinwag_client *client, const char *group, const char *content,
                          size_t length);

/* `recipient` is a username, or '#' and the name of a group. `count` samples of
 * 16 bits, interleaved by channel; 1 or 2 channels, 8,000 to 48,000 Hz, at
 * most 120 seconds. */
int64_t chinwag_voice_msg(chinwag_client *client, const char *recipient, unsigned channels,
                          unsigned sample_rate, const int16_t *samples, size_t count);

/* The same as an Ogg Opus file (RFC 7845) of 1 or 2 channels, `n` bytes, at most 1 MiB. Needs
 * CHINWAG_FEATURE_OPUS; the library has no codec. Recipients without the feature get samples. */
int64_t chinwag_voice_file(chinwag_client *client, const char *recipient, unsigned channels,
                           const void *file, size_t n);
/* The same as a reply to message `reply_to` of the conversation: also to a missed call. */
int64_t chinwag_voice_reply(chinwag_client *client, const char *conversation, uint64_t reply_to,
                            unsigned channels, const void *file, size_t n);

/* A connection is in one call at a time. After a lost connection the seat in the call is held for
 * 10 s: join again after CHINWAG_ATTACHED, and the others are not told. If another device of the
 * user is in the call, the call moves here, and that device gets CHINWAG_CALL_LEFT.
 *
 * The response has the roster as entries, each with a name: who is in the call, this user included
 * (not of a call of two, and not of a plain client). CHINWAG_GROUP_EVENT tells from then on who
 * comes ("call_joined") and goes ("call_left"), with CHINWAG_FEATURE_GROUPS. */
int64_t chinwag_join_call(chinwag_client *client, const char *group);
/* The same, and the user's own audio comes back as well, as the others get it, for measurements.
 * The call does not move from another device: CHINWAG_CALL_ALREADY_JOINED. */
int64_t chinwag_join_call_echo(chinwag_client *client, const char *group);
int64_t chinwag_leave_call(chinwag_client *client);
/* A call of two: chinwag_join_call with '@' and the name of a user, and the same name for
 * chinwag_call_data and chinwag_call_packet. Needs CHINWAG_FEATURE_CALLS. It calls the user, or
 * answers them while they call this one; event.call of the response says which: "ringing", or
 * "answered". While it rings, CHINWAG_RING says how that ends. When one of the two leaves, the call
 * is over: CHINWAG_CALL_LEFT "ended". This refuses a call of the user: */
int64_t chinwag_refuse_call(chinwag_client *client, const char *user);
/* As chinwag_join_call for a call of two, but it calls nobody: it answers a call, or returns to one
 * after a lost connection. CHINWAG_CALL_NOT_JOINED: there is none (any more). */
int64_t chinwag_rejoin_call(chinwag_client *client, const char *user);

/* Sends live audio to the call that was joined: 44,100 Hz, mono, best 882 samples (20 ms) at a
 * time, at most 4,410. This is no request: it is not answered and does not wait. Returns 0, or
 * CHINWAG_NO_SESSION when there is no connection with a session, CHINWAG_OUTBOX_FULL when the
 * network is behind (the frame is dropped, since late audio is worthless), or
 * CHINWAG_BAD_ARGUMENT. */
int chinwag_call_data(chinwag_client *client, const char *group, const int16_t *samples,
                      size_t count);

/* The same as one Opus packet (RFC 6716) of at most 1,275 bytes and 60 ms. Needs
 * CHINWAG_FEATURE_OPUS. `sequence` grows by 1 with each packet; `timestamp` is that of its first
 * sample, at 48,000 Hz, and advances in silence, too, when nothing need be sent. Both wrap. Returns
 * as chinwag_call_data does; no more than some 200 ms of speech wait for the network. */
int chinwag_call_packet(chinwag_client *client, const char *group, uint32_t sequence,
                        uint32_t timestamp, const void *packet, size_t n);

/* By which way audio of the call goes now, and how much of it is lost. */
struct chinwag_call_way {
    bool udp;             /* by datagrams; else by the connection: nothing is lost, but late */
    bool slow;            /* they take much longer than they did: a queue grows on the way */
    unsigned rtt_ms;      /* to the server and back, that way; 0: unknown */
    unsigned lost_to;     /* percent of what this program sent: on its way to the server, ... */
    unsigned lost_behind; /* ... and behind it, of the middle one of the listeners; or as much as
                             asks for less, where a queue grows on the way to them */
    unsigned lost_from;   /* percent of what the server sent to this program */
};
struct chinwag_call_way chinwag_call_way(const chinwag_client *client);

/* Tells a speaker of the call how they are heard here, about every two seconds: how many per cent
 * of what they said was not heard, 0 to 100. Where it comes later and later, 20 says that they
 * should send less. This is no request: returns as chinwag_call_data does. More than 13 a second,
 * and 25 at once, the server takes for a flood: chinwag_receiver_report of audio.h stays below for
 * all speakers. What the listeners tell this program is in chinwag_call_way. */
int chinwag_call_report(chinwag_client *client, const char *speaker, unsigned unheard);

/* Reports that the program has processed all messages up to this id. With CHINWAG_FEATURE_RECEIVED
 * (without it: from the first call on each connection) only this proves to the server that messages
 * were received: neither delivery continues beyond it after a reconnection, nor are senders told
 * CHINWAG_DELIVERED. Once a second is often enough. An id that did not come on this connection:
 * CHINWAG_BAD_REQUEST. Code 0: it is on the disk. A program that gives `since` needs it only for
 * the senders. */
int64_t chinwag_received(chinwag_client *client, uint64_t id);

/* --- requests beyond protocol v1 -------------------------------------------------- */

/* A conversation is a username, or '#' and the name of a group; its messages
 * are numbered 1, 2, 3, ... (`seq`). docs/protocol.md says what each request
 * means and how it is refused. Lists come as event.entries. */

/* Like chinwag_whisper or chinwag_msg_group, as a reply to message `reply_to`. */
int64_t chinwag_reply(chinwag_client *client, const char *conversation, uint64_t reply_to,
                      const char *content, size_t length);
/* The same (reply_to 0: no reply) under a number of the program's own. Said again under it with the
 * same words, also by a later run of the program with the same session, it is stored once: so a
 * program can keep on its disk what it has to say, and say it again when it does not know whether
 * it was stored. `part` is random; in it `n` counts from 1; neither is 0. What is unanswered must
 * not be more than 63 numbers apart, and what was refused takes a new number (docs/protocol.md,
 * "Retries"). Not for a plain client. */
struct chinwag_number {
    uint64_t part, n;
};
int64_t chinwag_say(chinwag_client *client, const char *conversation, uint64_t reply_to,
                    const char *content, size_t length, struct chinwag_number number);
int64_t chinwag_edit(chinwag_client *client, const char *conversation, uint64_t seq,
                     const char *content, size_t length);
int64_t chinwag_delete(chinwag_client *client, const char *conversation, uint64_t seq);

/* Which page of a list is wanted. A zeroed struct means the first page of the usual length; for the
 * next page event.next goes into the same member, `before` or `after`. */
struct chinwag_page {
    size_t size; /* sizeof(struct chinwag_page); 0: as it was in version 0.1 */
    uint64_t before;
    uint64_t after;
    uint64_t around; /* chinwag_history */
    unsigned limit;  /* 1 to 200 */
};

/* `page` may be NULL. */
int64_t chinwag_conversations(chinwag_client *client, const struct chinwag_page *page);
int64_t chinwag_history(chinwag_client *client, const char *conversation,
                        const struct chinwag_page *page);
/* In `conversation`, or everywhere when that is NULL. */
int64_t chinwag_search(chinwag_client *client, const char *words, const char *conversation,
                       const struct chinwag_page *page);
/* The response has channels, sample_rate, and samples or file. */
int64_t chinwag_fetch_voice(chinwag_client *client, const char *conversation, uint64_t seq);
/* Tells the sender of a voice message that it was listened to. */
int64_t chinwag_mark_played(chinwag_client *client, const char *conversation, uint64_t seq);
int64_t chinwag_mark_read(chinwag_client *client, const char *conversation, uint64_t seq);
/* No request: returns as chinwag_call_data does. */
int chinwag_typing(chinwag_client *client, const char *conversation);

/* `emoji` is one emoji of Unicode. A message has at most 20 different ones. */
int64_t chinwag_react(chinwag_client *client, const char *conversation, uint64_t seq,
                      const char *emoji);
int64_t chinwag_unreact(chinwag_client *client, const char *conversation, uint64_t seq,
                        const char *emoji);
/* For the owner and the moderators of a group. At most 50 of its messages are pinned. */
int64_t chinwag_pin_message(chinwag_client *client, const char *group, uint64_t seq);
int64_t chinwag_unpin_message(chinwag_client *client, const char *group, uint64_t seq);
/* The pinned messages, in the order of their numbers; the next page is `after`. */
int64_t chinwag_pins(chinwag_client *client, const char *group, const struct chinwag_page *page);

/* What the user has set for all devices. The response has `receipts`: whether others are told what
 * the user has received, read or listened to. */
int64_t chinwag_settings(chinwag_client *client);
int64_t chinwag_set_receipts(chinwag_client *client, bool receipts);

/* Of which messages the user is told, on all devices. `level` is "all", "mentions", "nothing",
 * "default" (of a user all, of a group mentions), or NULL: only to ask. The response has `level`,
 * and `until` while the conversation is muted. */
int64_t chinwag_notify(chinwag_client *client, const char *conversation, const char *level);
/* Until this time (UTC, ms) the user is told of nothing that is said there; 0: it is not muted. */
#define CHINWAG_MUTED_FOR_GOOD ((UINT64_C(1) << 53) - 1)
int64_t chinwag_silence(chinwag_client *client, const char *conversation, uint64_t until);
/* When the user is told of nothing, as "22:00-07:00 +02:00" or, on some days, "22:00-07:00 12345
 * +02:00" (docs/protocol.md, "Mentions"); "off"; NULL: only to ask. The response has `hours`. */
int64_t chinwag_quiet_hours(chinwag_client *client, const char *hours);
/* The messages that mention the user, the newest first. */
int64_t chinwag_mentions(chinwag_client *client, const struct chinwag_page *page);

/* Files. An upload belongs to the user, and is a file of a message once it was sent. The response
 * to chinwag_upload has file_id and generation, with which chunks go; that to
 * chinwag_resume_upload, after a lost connection or in another program, has a new generation, and
 * the offset at which the upload continues; it is asked again when a chunk is refused with
 * CHINWAG_RULE_UPLOAD_PLACE or _NOT_OPEN (what was sent before came to the disk only then). A
 * chinwag_upload whose answer the connection has lost is sent again, as messages are, and is one
 * upload. Chunks follow one another; more than one may wait for its response, which comes when the
 * chunk is on the server's disk, with the offset behind it. */
#define CHINWAG_CHUNK_MAX 49152
int64_t chinwag_upload(chinwag_client *client, const char *name, uint64_t size);
int64_t chinwag_resume_upload(chinwag_client *client, uint64_t file);
int64_t chinwag_upload_chunk(chinwag_client *client, uint64_t file, uint64_t generation,
                             uint64_t offset, const void *bytes, size_t n);
/* All of it has been sent, and has this SHA-256. */
#define CHINWAG_HASH_SIZE 32
int64_t chinwag_end_upload(chinwag_client *client, uint64_t file, uint64_t generation,
                           const uint8_t sha256[CHINWAG_HASH_SIZE]);
int64_t chinwag_drop_upload(chinwag_client *client, uint64_t file);
/* Sends an upload that has ended, with a caption, which may be empty: like chinwag_whisper or
 * chinwag_msg_group. */
int64_t chinwag_send_file(chinwag_client *client, const char *conversation, uint64_t file,
                          const char *caption, size_t length);
/* A small picture of an upload that was not sent yet: JPEG or WebP, at most 512 pixels wide and
 * high and 32 KiB long, and no longer than the file. The response to the second has bytes. */
int64_t chinwag_add_thumbnail(chinwag_client *client, uint64_t file, const void *bytes, size_t n);
int64_t chinwag_fetch_thumbnail(chinwag_client *client, uint64_t file);
/* A link by which HTTP reads a file, its thumbnail, or (generation not 0) writes to an upload, for
 * five minutes: path and query of a URL of the server. It is a secret. */
int64_t chinwag_link_file(chinwag_client *client, uint64_t file, uint64_t generation,
                          bool thumbnail);
/* A piece of a message's file, by the message's file_id, of at most `limit` bytes: the response has
 * size, offset, and bytes (byte_count). Save it under a name of your own: file_name is the
 * sender's. */
int64_t chinwag_fetch_file(chinwag_client *client, uint64_t file, uint64_t offset, size_t limit);
/* How long the next chunk, or the next piece, should be, so that calls and messages of other
 * programs on the same line do not wait for it: 20 ms of what the line has taken lately, from 2 KiB
 * to CHINWAG_CHUNK_MAX. 0: as much is under way as the line holds; wait for a response first.
 * Chunks also wait in the library until the system has sent all bytes before them, and messages
 * overtake them there; with chinwag_fd, wait until it is writable. */
size_t chinwag_chunk_room(const chinwag_client *client);
size_t chinwag_piece_room(const chinwag_client *client);

/* The SHA-256 of a file, piece by piece. chinwag_hash_finish frees the hash. */
typedef struct chinwag_hash chinwag_hash;
chinwag_hash *chinwag_hash_create(void);
void chinwag_hash_add(chinwag_hash *hash, const void *bytes, size_t n);
void chinwag_hash_finish(chinwag_hash *hash, uint8_t sha256[CHINWAG_HASH_SIZE]);

int64_t chinwag_contacts(chinwag_client *client);
int64_t chinwag_remove_contact(chinwag_client *client, const char *contact);
int64_t chinwag_block(chinwag_client *client, const char *user);
int64_t chinwag_unblock(chinwag_client *client, const char *user);
int64_t chinwag_set_presence(chinwag_client *client, bool away);

/* What this user says of themselves. `item` is "display" (a name, not unique), "status" (which ends
 * at `until_ms`, UTC; 0: never), "avatar" (the file_id of an upload that has ended, in digits),
 * "zone" (a time zone), "last_seen" or "listed" ("on" or "off"). An empty value takes it away. */
int64_t chinwag_set_profile(chinwag_client *client, const char *item, const char *value,
                            uint64_t until_ms);
/* What a user says. The response has `user`, the name; an entry has the item as `kind`, its value
 * as `content`, an avatar's file_id, size and type; kind "presence" has state and seen_ms. Who was
 * blocked by the user gets the name alone. */
int64_t chinwag_profile(chinwag_client *client, const char *user);

/* The open groups, and the people who agreed to be listed, with all of the words (NULL: all); the
 * next page is `after`. A page may be empty and have a next one. */
int64_t chinwag_directory(chinwag_client *client, const char *words,
                          const struct chinwag_page *page);
int64_t chinwag_people(chinwag_client *client, const char *words, const struct chinwag_page *page);

/* Makes a group without a name with 2 to 8 others: their names, with a blank between. The response
 * has in `group` the name that it has for programs; its topic says who is in it. */
int64_t chinwag_create_talk(chinwag_client *client, const char *members);
int64_t chinwag_groups(chinwag_client *client);
int64_t chinwag_members(chinwag_client *client, const char *group, const struct chinwag_page *page);
int64_t chinwag_leave_group(chinwag_client *client, const char *group);
/* `role` is "owner", "moderator" or "member". */
int64_t chinwag_set_role(chinwag_client *client, const char *group, const char *member,
                         const char *role);
int64_t chinwag_kick(chinwag_client *client, const char *group, const char *member);
int64_t chinwag_ban(chinwag_client *client, const char *group, const char *member);
int64_t chinwag_unban(chinwag_client *client, const char *group, const char *member);
/* Mutes for a number of seconds; 0 ends the mute. */
int64_t chinwag_mute(chinwag_client *client, const char *group, const char *member,
                     uint64_t seconds);
int64_t chinwag_set_topic(chinwag_client *client, const char *group, const char *topic);
int64_t chinwag_set_access(chinwag_client *client, const char *group, bool by_invitation);
/* Everybody may join who knows the name: the group is in no directory. */
int64_t chinwag_set_unlisted(chinwag_client *client, const char *group);
/* 0: no limit. */
int64_t chinwag_set_retention(chinwag_client *client, const char *group, uint64_t days,
                              uint64_t messages);
/* Only the owner and moderators write; others read, and may react. */
int64_t chinwag_set_writers(chinwag_client *client, const char *group, bool only_moderators);
/* Who may mention everybody by @here: "all", "moderators" (and the owner) or "nobody". */
int64_t chinwag_set_here(chinwag_client *client, const char *group, const char *who);
/* A member may write once in so many seconds; 0: at any time. */
int64_t chinwag_set_slow_mode(chinwag_client *client, const char *group, uint64_t seconds);
/* For so many days earlier texts of edited messages are kept for moderators; 0: they are not. */
int64_t chinwag_set_versions(chinwag_client *client, const char *group, uint64_t days);
/* Lists the earlier texts of a message, the oldest first. Entries: seq, time_ms (when it was
 * written), content. */
int64_t chinwag_versions(chinwag_client *client, const char *group, uint64_t seq);

/* Makes the user an administrator, by the secret of a set-up link. */
int64_t chinwag_set_up(chinwag_client *client, const char *setup);
/* Makes another user an administrator, or ends it: for administrators. */
int64_t chinwag_set_admin(chinwag_client *client, const char *user, bool admin);
/* For administrators, too: puts a group under a heading ("": none), where a lower place comes
 * first; does the same with a heading; and says whether everybody who registers becomes a member.
 */
int64_t chinwag_place_group(chinwag_client *client, const char *group, const char *heading,
                            uint64_t place);
int64_t chinwag_set_heading(chinwag_client *client, const char *heading, uint64_t place);
int64_t chinwag_set_newcomers(chinwag_client *client, const char *group, bool join);

/* Reports a message to the administrators, with a reason ("" or NULL: none). */
int64_t chinwag_report(chinwag_client *client, const char *conversation, uint64_t seq,
                       const char *reason);
/* Chooses a password by the secret of a link of chinwag_reset_password; needs no login. The
 * response has `username`. */
int64_t chinwag_set_password(chinwag_client *client, const char *link, const char *new_password);

/* The rest of this part is for administrators. docs/protocol.md says under the same names what the
 * entries have. All users, or those with all of the words; end all sessions of one; another name;
 * the end of an account, with or without messages; a link by which the user chooses another
 * password
 * (`link`; `end_factor`: its use ends the second factor). */
int64_t chinwag_users(chinwag_client *client, const char *words, const struct chinwag_page *page);
int64_t chinwag_end_sessions(chinwag_client *client, const char *user);
int64_t chinwag_rename_user(chinwag_client *client, const char *user, const char *new_name);
int64_t chinwag_remove_user(chinwag_client *client, const char *user, bool with_messages);
int64_t chinwag_reset_password(chinwag_client *client, const char *user, bool end_factor);
/* Bans from the server, of '@' and a user, of an address or a network; 0 seconds: for good. */
int64_t chinwag_ban_from_server(chinwag_client *client, const char *subject, uint64_t seconds,
                                const char *reason);
int64_t chinwag_unban_from_server(chinwag_client *client, const char *subject);
int64_t chinwag_server_bans(chinwag_client *client, const struct chinwag_page *page);
/* Messages that users have reported; a report that was looked at goes. */
int64_t chinwag_reports(chinwag_client *client, const struct chinwag_page *page);
int64_t chinwag_resolve_report(chinwag_client *client, uint64_t report);
/* All groups; the end of one; another owner for one whose owner is banned or does not come; all
 * invitations to the server, and the end of one. */
int64_t chinwag_server_groups(chinwag_client *client, const struct chinwag_page *page);
int64_t chinwag_close_group(chinwag_client *client, const char *group);
int64_t chinwag_take_group(chinwag_client *client, const char *group, const char *user);
int64_t chinwag_server_invitations(chinwag_client *client, const struct chinwag_page *page);
int64_t chinwag_end_invitation(chinwag_client *client, uint64_t id);
/* Says something to everybody, for so many seconds (0: until it is ended). The response has its
 * number in `id`. */
int64_t chinwag_announce(chinwag_client *client, const char *content, size_t length,
                         uint64_t seconds);
int64_t chinwag_end_announcement(chinwag_client *client, uint64_t id);
int64_t chinwag_announcements(chinwag_client *client);
/* What the server is doing (entries: name, and content or count); settings that can change while it
 * runs, or one (NULL: all); a new value of one ("": as its config file has it). */
int64_t chinwag_server_status(chinwag_client *client);
int64_t chinwag_server_settings(chinwag_client *client, const char *setting);
int64_t chinwag_set_setting(chinwag_client *client, const char *setting, const char *value);
/* What administrators have done; whether it is as it was written: the response has `head`, which
 * can be noted and given (NULL: none). */
int64_t chinwag_audit(chinwag_client *client, const struct chinwag_page *page);
int64_t chinwag_verify_audit(chinwag_client *client, const char *head);

/* Makes an invitation to a group, or to the server when `group` is NULL. 0 seconds or uses: the
 * default. The response has `invitation`, its number in `id`, and in `until` when it expires. */
int64_t chinwag_invite(chinwag_client *client, const char *group, uint64_t seconds, uint64_t uses);

/* Lists the valid invitations to a group (for its owner and moderators) or, when `group` is NULL,
 * the user's own to the server. Entries: id, sender, created_ms, expires_ms, uses. */
int64_t chinwag_invitations(chinwag_client *client, const char *group);
/* Ends an invitation by its id: one of the user's own to the server, or one to a group of which the
 * user is owner or moderator. */
int64_t chinwag_withdraw_invitation(chinwag_client *client, uint64_t id);

/* Bots: accounts that this user owns, for programs. The response has `secret`, which nobody gets
 * again: the password that the bot logs in with. */
int64_t chinwag_create_bot(chinwag_client *client, const char *name);
/* Another secret; the bot's sessions end. The response has it. */
int64_t chinwag_renew_bot(chinwag_client *client, const char *name);
/* Nobody logs in as it any more, it leaves its groups, and its hooks end. Its messages stay. */
int64_t chinwag_delete_bot(chinwag_client *client, const char *name);
/* Lists this user's bots. */
int64_t chinwag_bots(chinwag_client *client);
/* Puts a bot of this user into a group of which the user is owner or moderator. */
int64_t chinwag_add_bot(chinwag_client *client, const char *group, const char *bot);

/* A hook, by which programs without a client say something in one group as a bot of this user that
 * is in it. The response has `secret`, `url` with it, to which they POST, and its number in `id`.
 * By owner and moderators, as the other two. */
int64_t chinwag_create_hook(chinwag_client *client, const char *group, const char *bot);
int64_t chinwag_hooks(chinwag_client *client, const char *group);
int64_t chinwag_remove_hook(chinwag_client *client, uint64_t id);

int64_t chinwag_change_password(chinwag_client *client, const char *password,
                                const char *new_password);
/* Deletes the account of this user, at once and for good; what goes and what remains is in
 * docs/protocol.md, "delete_account". When it is answered, the session has ended. `code` is as of
 * chinwag_end_totp, here and below. */
int64_t chinwag_delete_account(chinwag_client *client, const char *password, const char *code,
                               bool with_messages);
/* Before all that is the user's is read to be kept elsewhere: the password must be right. Tells
 * nothing by itself; the server's log has it. */
int64_t chinwag_export(chinwag_client *client, const char *password, const char *code);
int64_t chinwag_sessions(chinwag_client *client);
int64_t chinwag_revoke_session(chinwag_client *client, uint64_t session);
/* Up to 64 bytes in one line; "" takes the name away. */
int64_t chinwag_rename_session(chinwag_client *client, uint64_t session, const char *name);

/* --- the second factor, device passwords, links ---------------------------------- */

/* Where the second factor is on, a login needs a code behind the password: six digits of TOTP, or a
 * recovery code. Without one the answer is CHINWAG_USER_CODE_MISSING. In all of these `code` is
 * NULL when there is none; each code is good once. */
int64_t chinwag_login_with_code(chinwag_client *client, const char *username, const char *password,
                                const char *code);
/* The response has state, "on" or "off", and codes_left. */
int64_t chinwag_second_factor(chinwag_client *client);
/* The response has the secret, in base32, and the recovery codes as entries with `code`. It is on
 * when a code of six digits has confirmed it, within 10 minutes. */
int64_t chinwag_begin_totp(chinwag_client *client, const char *password);
int64_t chinwag_confirm_totp(chinwag_client *client, const char *digits);
int64_t chinwag_end_totp(chinwag_client *client, const char *password, const char *code);
/* The response has new recovery codes as entries with `code`; the earlier ones are worth nothing
 * any more. */
int64_t chinwag_renew_codes(chinwag_client *client, const char *password, const char *code);

/* Passwords for programs and devices, which need no code and cannot change the account: at most 16,
 * each with a name of up to 64 bytes. Entries: name, created_ms, used_ms. The response to the
 * second has the password in `secret`, once. The third ends its sessions, too. */
int64_t chinwag_device_passwords(chinwag_client *client);
int64_t chinwag_add_device_password(chinwag_client *client, const char *name, const char *password,
                                    const char *code);
int64_t chinwag_remove_device_password(chinwag_client *client, const char *name);

/* Logs a new device in without its typing the password. The response has `link`, a secret that is
 * good for one device and until `until`. The new device opens it and shows six digits of its own
 * choice, at random; its request is answered, as a login, when the other one has confirmed them. */
int64_t chinwag_make_link(chinwag_client *client, const char *password, const char *code);
int64_t chinwag_login_by_link(chinwag_client *client, const char *link, const char *digits);
int64_t chinwag_confirm_link(chinwag_client *client, const char *digits);

/* --- events -------------------------------------------------------------------- */

enum chinwag_event_type {
    CHINWAG_RESPONSE,      /* request, action, code, text; username, token, db, era */
    CHINWAG_WHISPER,       /* sender, to, content, id, time_ms */
    CHINWAG_GROUP_MESSAGE, /* sender, group, content, id, time_ms */
    CHINWAG_VOICE_MESSAGE, /* sender, to or group, samples or file, id, time_ms */
    CHINWAG_CALL_DATA,     /* sender, samples (44,100 Hz, mono) or packet */
    CHINWAG_CONNECTED,     /* the handshake with the server is done */
    CHINWAG_DISCONNECTED,  /* text says why; the next attempt is in delay_ms, if there is a
                              session or a request to send. code: of a temporary refusal of
                              attach (RATE_LIMITED, UNAVAILABLE), UNKNOWN_ACTION when the server
                              does not know attach, so that no session can continue there,
                              CHINWAG_KEY_NEEDED, CHINWAG_NOT_VERIFIED (tls_pin: the key that was
                              shown); else 0 */
    CHINWAG_ATTACHED,      /* the session is attached again after a reconnection; db, era */
    CHINWAG_SESSION_LOST,  /* code, text: the token is not valid any more; log in. `state`: why,
                              if the server said it: "too_many" (a login on too many devices),
                              "revoked", "password", "logout", "deleted" (the account), "banned",
                              "reset" (the password), "renamed", or a reason of a newer server */
    CHINWAG_SESSION_MOVED, /* username, text: another program has attached the session. Nothing
                              is delivered here, and the library does not attach again, until the
                              program calls chinwag_attach */
    CHINWAG_CALL_LEFT,     /* group, text: the call goes on without this connection; `state` is
                              the reason: "moved" (to another device or program), "kicked",
                              "banned", "closed" (the group), "left" (the group, on another device),
                              or a reason of a newer server. Of a call of two `group` is '@' and the
                              other's name,     and with "ended" it is over */
    CHINWAG_RESTARTED,     /* text, id, db, era: before the answer to login or attach, or before
                              CHINWAG_ATTACHED. The server does not have the messages that
                              `since`, or the ids so far, belong to: its data folder is new, or
                              was restored from a backup. Delivery continues above `id`, which
                              the program must store with db and era; what it has stored of
                              messages beyond `id` (all, if db is another one) is invalid.
                              Messages from before the backup may come again */
    CHINWAG_NEXT_KEY,      /* server_key, text: before the answer to login or attach, or before
                              CHINWAG_ATTACHED. The server, which has proved that it has
                              options.server_key, replaces it by this one: store it in place of
                              the other. The client uses it from its next connection on. NULL:
                              what the server told is no key, and nothing changes; only once */

    /* Only with their feature. `conversation` is as this user would write it. */
    CHINWAG_EDITED,      /* sender, conversation, of, content, seq, id, time_ms */
    CHINWAG_DELETED,     /* sender, conversation, of, seq, id, time_ms */
    CHINWAG_READ,        /* sender has read conversation up to seq; when that is this user: on
                            another device */
    CHINWAG_DELIVERED,   /* sender has received everything up to id */
    CHINWAG_PRESENCE,    /* sender, state; seen_ms */
    CHINWAG_TYPING,      /* sender, conversation */
    CHINWAG_GROUP_EVENT, /* group, sender ("": the operator of the server), happened; user, role,
                            topic, access, until; time_ms if it happened while this user was away */
    CHINWAG_PLAYED,      /* feature read: sender has listened to the voice message seq of
                            conversation; when that is this user: on another device */
    CHINWAG_REACTED,     /* sender has put `emoji` to the message seq of conversation */
    CHINWAG_UNREACTED,   /* ... and has taken it back */
    CHINWAG_RING,        /* a call of two: sender calls the other user of `conversation`. `state`:
                            "ringing"; it ends with "answered" (of other devices than the one that
                            has answered), "refused", "given_up" by sender, or "missed" after 45
                            s. After the last three the caller is in no call any more, and after
                            the last two there is a message with call "missed" */
    CHINWAG_SETTINGS,    /* feature read: this user has set it on another device; receipts */
    CHINWAG_NOTIFY_SET,  /* the same: conversation, level, until */
    CHINWAG_QUIET_HOURS, /* the same: hours */
    CHINWAG_PROFILE,     /* feature profiles: sender has set `happened` (an item, as in
                            chinwag_set_profile) to content, until */
    CHINWAG_ANNOUNCED,   /* feature announcements: what an administrator has to say to everybody: id
                            (its number), content, time_ms, until (0: no end); sender is NULL for the
                            operator. One that stood before comes after the login or attach */
    CHINWAG_ANNOUNCEMENT_ENDED, /* the same: id; it is not to be shown any more */
    CHINWAG_CALL_REPORT         /* feature reports: sender, who listens to this user in a call,
                                   does not hear `unheard` per cent. It may be a lie: believe the
                                   middle one of the listeners */
};

/* An entry of a list: a message, a conversation, a person, a group, a session or an invitation.
 * Members that it does not have are 0 or NULL. (tools/entries makes this struct.) */
struct chinwag_entry {
    const char *kind;         /* "text", "voice", "call" (missed), "edit", "delete" */
    const char *name;         /* of a person or group; that its user gave a device */
    const char *conversation; /* a username, or '#' and a group's name */
    uint64_t seq;             /* number in the conversation */
    uint64_t id;
    uint64_t time_ms; /* UTC, since 1970 */
    const char *sender;
    const char *content;
    size_t content_length;
    unsigned channels;      /* of a recording */
    unsigned sample_rate;   /* of a recording, Hz */
    uint64_t size;          /* of a recording, bytes in the protocol */
    uint64_t duration_ms;   /* of a recording */
    const char *waveform;   /* of a recording: as in an event */
    uint64_t played_ms;     /* when the other user listened to it */
    uint64_t reply_to;      /* the message that it answers */
    uint64_t of;            /* the message that was edited or deleted */
    uint64_t edited_ms;     /* when */
    uint64_t deleted_ms;    /* when */
    const char *deleted_by; /* by whom, if not by its sender */
    uint64_t read;          /* seq up to which this user has read */
    uint64_t unread;
    uint64_t unread_mentions;             /* ... of which so many mention this user */
    uint64_t peer_read;                   /* ... and the other user */
    uint64_t delivered;                   /* the id up to which the other user has received */
    const char *level;                    /* of a conversation; NULL: not set */
    const struct chinwag_entry *mentions; /* whom a text mentions: name, or kind "here" */
    size_t mentions_count;
    bool mentioned;      /* this user is one of them */
    const char *state;   /* "online", "away", "offline" */
    uint64_t seen_ms;    /* when last connected */
    const char *display; /* the name that a person gives themselves: not unique */
    bool contact;
    bool blocked;
    const char *role;  /* "owner", "moderator", "member" */
    uint64_t until_ms; /* muted until then: a member; a conversation: by this user */
    bool banned;
    unsigned in_call; /* a member: 1; a group: how many */
    const char *topic;
    const char *access;    /* "open", "invited" */
    uint64_t members;      /* how many */
    uint64_t days;         /* of retention */
    uint64_t kept;         /* messages, of retention */
    const char *writers;   /* "moderators"; missing: all members write */
    const char *here;      /* who mentions all by @here: "all", "nobody"; missing: moderators */
    uint64_t slow_s;       /* a member may write once in so many seconds */
    uint64_t version_days; /* days that earlier texts are kept */
    const char *heading;   /* under which the group stands */
    uint64_t order;        /* of groups, headings included */
    bool newcomers;        /* whoever registers is a member */
    uint64_t session;      /* number of a device */
    const char *client;
    const char *address;
    uint64_t created_ms;      /* of a session or an invitation */
    uint64_t used_ms;         /* of a device password: when last; missing: never */
    const char *code;         /* a recovery code */
    bool current;             /* the device that asks */
    bool damaged;             /* as in an event */
    uint64_t expires_ms;      /* of an invitation */
    uint64_t uses;            /* of an invitation */
    bool bot;                 /* this person is a bot; who sent this message is */
    const char *quote_sender; /* as in an event */
    const char *quote;
    uint64_t pinned_ms;                    /* when; of a group's message */
    const struct chinwag_entry *reactions; /* emoji, count and mine, the oldest first */
    size_t reactions_count;
    const char *emoji;
    uint64_t count; /* who have reacted with it */
    bool mine;      /* this user is one of them */
    uint64_t file_id;
    const char *file_name;
    const char *file_type; /* "image/png" and the like */
    const char *pixels;    /* of a picture: "640x480" */
    uint64_t thumbnail;    /* its bytes */
    const char *reason;    /* of a ban or a report */
    const char *network;   /* of a ban: "192.0.2.0/24" */
    const char *by;        /* which administrator did it; NULL: the operator */
    const char *detail;    /* of the audit log */
    const char *hash;      /* the same */
};

/* The members of the type are set, the rest is 0 or NULL. Strings end in a zero. All pointers
 * belong to the client and are valid until the next call of chinwag_poll, chinwag_wait or
 * chinwag_destroy. */
struct chinwag_event {
    enum chinwag_event_type type;
    int64_t request;    /* what a request function returned */
    const char *action; /* "whisper" and the like */
    int code;           /* enum chinwag_code, or one of a newer server */
    const char *text;
    const char *reason; /* of a refusal, if the server gave a reason: why, and what to do */
    /* ... and the same for programs: which rule, its field, its limit, `until` (below), and `user`
     * or `group`. docs/protocol.md, "Rules", says which rule has what; NULL: none was told. */
    const char *rule, *field;
    const char *why; /* what an administrator has said about it, or NULL */
    uint64_t limit;
    uint32_t delay_ms;
    const char *server_key; /* as options.server_key, or NULL */
    const char *tls_pin;    /* SHA-256 of the key that a wss server has shown: 64 digits, or NULL */

    const char *username; /* of login and attach: as it was registered */
    const char *head;     /* of verify_audit */
    const char *token;    /* of login */
    const char *db, *era; /* of both: the database that ids belong to from here on; NULL: unknown */

    const char *sender; /* this user: a copy of a message from another device */
    bool own;           /* sender is this user */
    const char *to;     /* extended only; of copies the recipient */
    const char *group;  /* without '#'; of a call of two '@' and a user */
    const char *content;
    size_t content_length; /* bytes; content may hold zeros */
    const int16_t *samples;
    size_t sample_count; /* all channels together */
    unsigned channels;
    unsigned sample_rate; /* Hz */
    /* Only with CHINWAG_FEATURE_OPUS: audio comes as one of these or as samples, in the form that
     * its sender chose. */
    const uint8_t *packet; /* live: one Opus packet, or NULL */
    size_t packet_length;
    uint32_t sequence, timestamp;
    bool again; /* it was lost, and has come after all, with the packet behind it: it is late */
    const uint8_t *file; /* of a voice message: Ogg Opus, or NULL */
    size_t file_length;
    uint64_t duration_ms; /* of a voice message; 0: unknown */
    const char *waveform; /* 64 levels from '0' to 'o'; NULL: unknown */
    uint64_t id;          /* increases within a server; 0: unknown (plain) */
    uint64_t time_ms;     /* UTC, since 1970; 0: unknown (plain) */

    /* Beyond protocol v1: */
    uint64_t seq;             /* number in the conversation; 0: unknown (plain) */
    uint64_t reply_to;        /* the message that it answers; 0: none */
    bool damaged;             /* the server's disk has lost or changed the content, which is
                                 a sentence that says so, or no samples */
    uint64_t edited_ms;       /* when it was changed before delivery; 0: it was not */
    uint64_t of;              /* the message that was edited or deleted */
    bool bot;                 /* who sent it is one */
    const char *quote_sender; /* who wrote the message that it answers; NULL: that is gone ... */
    const char *quote;        /* ... and its begin; NULL: it is a recording */
    const char *emoji;        /* of a reaction */
    const char *call;         /* of a call of two: "missed", a message; "ringing", "answered" */
    bool receipts;            /* of chinwag_settings */
    const char *level;        /* of chinwag_notify and chinwag_silence */
    const char *hours;        /* of chinwag_quiet_hours; "off": none */
    /* Of a text: whom it mentions, each with a name, or of the kind "here": everybody in the group;
     * and whether this user is one of them. */
    const struct chinwag_entry *mentions;
    size_t mentions_count;
    bool mentioned;
    bool notify;              /* of a message: tell the user now, by a sound or the like */
    bool admin;               /* of login and attach: this user is an administrator of the server */
    const char *conversation; /* a username, or '#' and a group */
    const char *state, *happened, *user, *role, *topic, *access;
    uint64_t seen_ms, until;
    const char *invitation;
    const char *secret, *url; /* of a new bot or hook; `secret`: also of chinwag_begin_totp and
                               * _add_device_password */
    const char *link;         /* of chinwag_make_link and chinwag_link_file */
    uint64_t codes_left;      /* of chinwag_second_factor */
    /* Of a message with a file, whose caption `content` is; and of responses about files. */
    uint64_t file_id;      /* 0: it has none */
    const char *file_name; /* as its sender gave it: see chinwag_fetch_file */
    uint64_t size;         /* in bytes */
    const char *file_type; /* "image/png" and the like; NULL: unknown */
    const char *pixels;    /* of a picture: "640x480"; NULL: unknown, or it is not to be shown */
    uint64_t thumbnail;    /* bytes of the picture's thumbnail; 0: it has none */
    uint64_t generation, offset;
    const uint8_t *bytes; /* of chinwag_fetch_file */
    size_t byte_count;
    const struct chinwag_entry *entries; /* of a list */
    size_t entry_count;
    uint64_t next;                       /* for the next page; 0: there is none */
    uint64_t last;                       /* of chinwag_history: the conversation's last seq ... */
    uint64_t read, peer_read, delivered; /* ... and the read markers and delivery */
    unsigned unheard;                    /* of a report: per cent, 0 to 100 */
};

enum chinwag_member_type { CHINWAG_TEXT, CHINWAG_NUMBER, CHINWAG_FLAG, CHINWAG_LIST };

/* One member of an entry or an event, with the key that it has in the protocol. */
struct chinwag_member {
    const char *key; /* "time" of time_ms: without units */
    enum chinwag_member_type type;
    const char *text; /* CHINWAG_TEXT; may hold zeros */
    size_t length;
    uint64_t number;                     /* CHINWAG_NUMBER; of CHINWAG_FLAG 1 */
    const struct chinwag_entry *entries; /* CHINWAG_LIST */
    size_t entry_count;
};

/* For programs that show or convert all members of an entry: takes the next one that it has, in the
 * order of the protocol. *position is 0 for the first. False: there are no more. */
bool chinwag_entry_member(const struct chinwag_entry *entry, unsigned *position,
                          struct chinwag_member *member);

/* The same for those members of an event that come as keys of the map (docs/protocol.md, "Growth"):
 * id, time_ms, seq and the like; not for sender, content, audio and entries. */
bool chinwag_event_member(const struct chinwag_event *event, unsigned *position,
                          struct chinwag_member *member);

/* Runs the connection until there is an event, for at most timeout_ms (0: only what can be done at
 * once; negative: no limit). True: *event is the next event. False: the time is over, or a signal
 * or chinwag_wake came. */
bool chinwag_poll(chinwag_client *client, int timeout_ms, struct chinwag_event *event);

/* The same until the response to this request is there: *event is that. Other events stay, in their
 * order, for chinwag_poll. `request` may be the result of a request function as it is:
 *
 *     if (!chinwag_wait(client, chinwag_login(client, "alice", password), 10000, &event) ||
 *         event.code != CHINWAG_SUCCESS)
 *
 * When it was refused at once (negative), the event has its code. False: as chinwag_poll, and the
 * response comes later, by either function; or nothing awaits a response to this number (any more);
 * or more than 1,024 other events or 32 MiB wait, which chinwag_poll takes. What *event points to
 * is valid until the next call of chinwag_poll, chinwag_wait or chinwag_destroy. */
bool chinwag_wait(chinwag_client *client, int64_t request, int timeout_ms,
                  struct chinwag_event *event);

/* Ends the wait of chinwag_poll or chinwag_wait of this client, or, if neither waits now, the next
 * one: it returns false. For other threads and signal handlers; several calls count as one. The
 * client must not be destroyed meanwhile. (A program with a loop of its own wakes that.) */
void chinwag_wake(chinwag_client *client);

/* For programs with a loop of their own: the descriptor to watch for input, and
 * for output when *wants_write; -1 when there is none at the moment. Ask again
 * after every call into the library. When it is ready, or the deadline has
 * come, or after a request was made: chinwag_poll(client, 0, ...) until false. */
int chinwag_fd(chinwag_client *client, bool *wants_write);

/* Milliseconds until chinwag_poll must be called, 0 for at once, -1 when only the descriptor or a
 * new request can cause an event. */
int chinwag_deadline(const chinwag_client *client);

/* For how many milliseconds the server has said nothing; 0 without a connection. In a call the
 * library asks a server that is silent for a second, so 3,000 says that the network is dead or
 * stands still; after 7,500 the library leaves the connection (CHINWAG_DISCONNECTED) and connects
 * again, the first time at once. Outside a call both take a minute. */
int chinwag_silent_ms(const chinwag_client *client);

#ifdef __cplusplus
}
#endif

#endif
