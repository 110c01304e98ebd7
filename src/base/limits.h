/* limits.h - every limit of Chinwag in one place, each with its reason.
 *
 * These are no settings: src/server/config.h has those, with defaults from here. Every room
 * includes this file; none has a limit of its own. A limit is checked before memory is allocated
 * for what it bounds. */
#ifndef CW_BASE_LIMITS_H
#define CW_BASE_LIMITS_H

/* --- names and secrets --------------------------------------------------- */

/* Usernames and group names, in bytes of UTF-8: long enough for a full name in
 * any script, short enough for one line of a roster. */
#define CW_NAME_MAX 64
/* A name after NFKC and case folding. Some characters grow elevenfold under NFKC; a name that needs
 * more than this is refused. */
#define CW_NAME_KEY_MAX 256

/* Names that clients and people would take for more than a user. A setting. */
#define CW_RESERVED_NAMES                                                                          \
    "admin administrator chinwag chinwagd everyone here me moderator nobody operator root server " \
    "system you"

/* Marks that pile up on one letter: Vietnamese has 2, polytonic Greek and Tibetan 3. */
#define CW_NAME_MARKS_MAX 3
/* NIST SP 800-63B: at least 8; the upper bound keeps hashing cheap to refuse. */
#define CW_PASSWORD_MIN 8
#define CW_PASSWORD_MAX 256
/* RFC 4122 textual form of a UUID: 36 characters. */
#define CW_TOKEN_LEN 36
/* BLAKE2b-256 of a token, the only form in which it is stored. */
#define CW_TOKEN_HASH_LEN 32
/* crypto_pwhash_STRBYTES of libsodium, its terminating zero included. */
#define CW_PASSWORD_HASH_MAX 128
/* How long nobody can register the name of a deleted account: those who wrote to it have noticed by
 * then that it is another's. */
#define CW_NAME_RETIRED_DAYS 30
/* The name that a client gives itself in its login map. */
#define CW_CLIENT_NAME_MAX 64

/* --- one message --------------------------------------------------------- */

/* Any message but the two below. */
#define CW_MESSAGE_MAX (64u * 1024)
/* voice_msg: 120 s of 44,100 Hz mono as an integer list of 3 bytes a sample. */
#define CW_VOICE_MESSAGE_MAX (16u * 1024 * 1024)
/* call_data: a frame of 20 ms is 2.7 KiB as a list; this allows 100 ms. */
#define CW_CALL_DATA_MAX (16u * 1024)
/* The longest frame before a session is attached: a login needs 1 KiB. */
#define CW_UNAUTHENTICATED_MESSAGE_MAX (16u * 1024)
/* An action name that is echoed back. */
#define CW_ACTION_MAX 64
/* Text: what a person writes in one go. Both are checked. */
#define CW_CONTENT_BYTES_MAX       (16u * 1024)
#define CW_CONTENT_CODE_POINTS_MAX 4000u
/* A voice message: two minutes, mono or stereo, telephone to studio rate. */
#define CW_VOICE_SECONDS_MAX  120u
#define CW_VOICE_CHANNELS_MAX 2u
#define CW_VOICE_RATE_MIN     8000u
#define CW_VOICE_RATE_MAX     48000u

/* --- ids --------------------------------------------------------------------- */

/* `db` and `era` as texts: a client that stores them needs this much room. */
#define CW_IDENTITY_TEXT_MAX 512
/* Starts of the server that are remembered, so that the position of a client that was away for so
 * many starts is still accepted: at one start a day, some years; 16 KiB of memory. */
#define CW_ERAS_MAX 1000
/* Ids grow by this when messages are known to be missing: it is more than any server assigns
 * between a backup and its restoring. After two million times an id would no longer be exact in a
 * program that keeps numbers as doubles (2^53). */
#define CW_ID_LEAP 4294967296

/* --- MessagePack that is not a sample list -------------------------------- */

/* The schema needs 3 levels; the parser is iterative and stops here. */
#define CW_MSGPACK_DEPTH_MAX 8
/* Objects in one message, sample lists apart. */
#define CW_MSGPACK_OBJECTS_MAX  1024
#define CW_MSGPACK_MAP_KEYS_MAX 32
/* The same for a message from the server, which may hold a list: the longest have CW_LIST_MAX
 * entries of some twenty keys, or all contacts of a user with five keys each. */
#define CW_MSGPACK_LIST_OBJECTS_MAX 65536

/* Addresses that one server listens at, and where it does when none is named. */
#define CW_LISTENERS_MAX  16u
#define CW_LISTEN_DEFAULT "127.0.0.1:4242"

/* Names by which clients know one server; RFC 1035: a name has at most 253 characters. */
#define CW_PUBLIC_NAMES_MAX 8u
#define CW_HOST_NAME_MAX    253

/* The header in which most HTTP proxies name their client. */
#define CW_FORWARDED_HEADER "X-Forwarded-For"
/* Lines of that header, from the last one on, in which the client is looked for: proxies that add
 * a line of their own stand behind one or two others. */
#define CW_FORWARDED_LINES_MAX 8u
/* Proxies behind the nearest one: addresses and networks. A service with many has some twenty
 * networks. */
#define CW_TRUSTED_PROXIES_MAX 64u

/* For so many days a key that was replaced still opens handshakes. */
#define CW_KEY_OVERLAP_DAYS 30u

/* Handshakes that cost public-key cryptography (some 0.2 ms), in a second. */
#define CW_HANDSHAKES_PER_S 1000u
/* Connections that one address begins in a second, where other machines can connect. */
#define CW_CONNECTIONS_PER_ADDRESS_S 200u

/* How often the files of the key and of the certificate are looked at. */
#define CW_KEYS_LOOK_MS 60000u

/* Of a proxy's header, with all that it may add: two addresses are 52 bytes. */
#define CW_PROXY_HEADER_MAX 536u

/* --- ZMTP ------------------------------------------------------------------ */

/* READY metadata and other commands: libzmq sends under 300 bytes. */
#define CW_ZMTP_COMMAND_MAX 1024
/* Frames of one message: REQ sends 2. A message of up to this many is skipped; beyond that the
 * connection is closed. */
#define CW_ZMTP_FRAMES_MAX 4
/* RFC 37 (ZMTP 3.1): a PING context is 0 to 16 octets. */
#define CW_ZMTP_PING_CONTEXT_MAX 16

/* --- HTTP ------------------------------------------------------------------ */

/* The head of a request or of an answer: browsers and proxies send under 4 KiB. */
#define CW_HTTP_HEAD_MAX    (8u * 1024)
#define CW_HTTP_HEADERS_MAX 64u
/* RFC 8555 asks for 22 characters of Base64 or more of a token; certificate authorities use 43. */
#define CW_ACME_TOKEN_MAX 128
/* A token, a dot and the hash of a key: under 200 bytes. */
#define CW_ACME_ANSWER_MAX 1024

/* How new a page of the browser client must be: each has the number of its time
 * (web/src/wire/table.ts) and says it at login and attach (`web`). It grows with a change after
 * which an older page, which a service worker keeps, would do harm: such pages are told to load
 * anew. */
#define CW_WEB_MIN 1

/* --- WebSocket --------------------------------------------------------------- */

/* Fragments of a message, however short: nobody needs so many. From then on those so far must
 * have CW_WEBSOCKET_FRAGMENT_MEAN bytes on average, since each costs the work of a header:
 * browsers cut long messages into some 64 KiB, and Autobahn's test suite into 64 bytes. */
#define CW_WEBSOCKET_FRAGMENTS_MAX 64u
#define CW_WEBSOCKET_FRAGMENT_MEAN 64u

/* --- TLS -------------------------------------------------------------------- */

/* A ClientHello: browsers send under 2.5 KiB, with keys against quantum computers included. */
#define CW_TLS_HELLO_MAX (16u * 1024)
/* What is decrypted at once: the most that a record has (RFC 8446 5.1). */
#define CW_TLS_PIECE (16u * 1024)
/* What TLS itself says while we say nothing: some forty answers to key updates. */
#define CW_TLS_LATER_MAX 1024

/* --- a connection ----------------------------------------------------------- */

/* Requests of one connection without an answer; at this number the server stops reading it. */
#define CW_REQUESTS_IN_FLIGHT_MAX 64
/* Malformed frames in a row, after which a connection is closed. */
#define CW_MALFORMED_MAX 3
/* Bytes queued for one connection. Beyond that nothing is pushed to its session, which reads from
 * the store by its cursor. */
#define CW_OUT_QUEUE_MAX (256u * 1024)
/* No progress in writing for this long: the peer is gone or stuck. */
#define CW_WRITE_STALL_MS 30000
/* Live audio older than this, counted from its arrival, is not sent. */
#define CW_LIVE_AUDIO_MAX_MS 200
/* Nothing is added while the way to a listener is longer by so much than it was at best: a queue
 * stands before a narrow line, and would hold every word back. At most so often it is measured. */
#define CW_LIVE_QUEUE_MS 400
#define CW_LIVE_LOOK_MS  50
/* The least time between two sends of live audio to a listener: a frame is 20 ms, and a send of
 * many frames costs the same as of one. */
#define CW_LIVE_FLUSH_MS 2
/* Live audio frames waiting for one listener: 200 ms of 20 ms frames from the
 * speakers of a full call. */
#define CW_LIVE_AUDIO_FRAMES_MAX 256
/* Bytes for a listener that the kernel may hold unsent, beside one send. RFC 9000, 14: a packet of
 * that size fits on any path. After a stall one more packet costs no time, and TCP retransmits as
 * much in one packet after a loss. */
#define CW_LIVE_UNSENT_MAX 1200
/* From accept, or the last password of the connection that was verified, until a session is
 * attached. */
#define CW_UNAUTHENTICATED_MS 10000
/* ... and until a handshake of TLS or CURVE that has begun is done. Clients need three round
 * trips. */
#define CW_KEY_AGREEMENT_MS 5000
/* From the end of an HTTP answer until the next request has arrived. Browsers keep connections for
 * longer, and open new ones when they need them. */
#define CW_HTTP_KEEP_ALIVE_MS 15000
/* Connections without a session, from accept on (setting waiting_max). When there are more, the
 * address with most of them loses its oldest. As many of the newest connections from proxies may be
 * without a client's address. */
#define CW_UNAUTHENTICATED_MAX 1024
/* The same for one address (setting waiting_per_address). */
#define CW_WAITING_PER_ADDRESS 256
/* Connections of one address (connections_per_address): a tenth of all places. */
#define CW_CONNECTIONS_PER_ADDRESS 1000
/* Bytes that an unauthenticated connection may leave unread. */
#define CW_UNAUTHENTICATED_OUT_MAX (8u * 1024)
/* PING after so long without a byte from a ZMTP 3.1 peer; dead after 75 s. */
#define CW_PING_IDLE_MS 30000
#define CW_PEER_DEAD_MS 75000
/* The same for a peer that live audio is sent to: others see sooner that its network is gone. */
#define CW_LISTENER_PING_IDLE_MS 5000
#define CW_LISTENER_DEAD_MS      15000
/* TTL of our PINGs in tenths of a second: a peer that hears nothing from us for so long closes the
 * connection. libzmq counts TTL x 100 ms in 16 bits: 655 is the most. */
#define CW_PING_TTL_DS 600
_Static_assert((CW_PING_TTL_DS * 100 & 0xffff) == CW_PING_TTL_DS * 100,
               "libzmq must not cut the TTL short");
_Static_assert(CW_PING_TTL_DS * 100 > CW_PING_IDLE_MS, "the next PING comes within the TTL");
/* PINGs, and commands of all kinds, that a peer may send in a second before it is closed. Beside
 * its own PINGs a peer answers ours, at most one a second. */
#define CW_PINGS_PER_S_MAX    20
#define CW_COMMANDS_PER_S_MAX 40
/* Connections at once, unless the limit of open files is lower. */
#define CW_CONNECTIONS_MAX 10000
/* One read from a socket. */
#define CW_READ_CHUNK (64u * 1024)
/* Bytes written to one socket before the others have their turn: copying 16 MiB into the kernel
 * takes milliseconds. */
#define CW_WRITE_PER_TICK (256u * 1024)
/* A frame over this is encrypted in slices of so many bytes: CURVE takes 1 us for each KiB, so 16
 * MiB in one piece would stop the loop for 16 ms. Two records of TLS. */
#ifndef CW_SEAL_SLICE /* the fuzz targets of CURVE set it lower */
#define CW_SEAL_SLICE (32u * 1024)
#endif
/* Bytes of long frames (over 16 KiB) encrypted in a tick, for all connections together; the last
 * slice of the tick may exceed it. */
#define CW_SEAL_PER_TICK (64u * 1024)
/* Memory held for peers (account.h): in all, for one address (IPv6: a /64), for one user, for one
 * connection that has logged in, and for one that has not. A user has room for three of the longest
 * messages; an address has room for that user and others. */
#define CW_MEMORY_MAX            (256u * 1024 * 1024)
#define CW_MEMORY_OF_ADDRESS_MAX (96u * 1024 * 1024)
#define CW_MEMORY_OF_USER_MAX    (64u * 1024 * 1024)
#define CW_MEMORY_OF_CONN_MAX    (48u * 1024 * 1024)
#define CW_MEMORY_OF_STRANGER    (256u * 1024)
/* A connection for whose input there is no room is not read. After this time the connection of the
 * same user, address or server that has held most for longest is closed. */
#define CW_STARVED_MS 1000
/* A connection that holds less than this is not closed for that. */
#define CW_HELD_LITTLE (64u * 1024)
/* The least rate at which a frame of a connection that has logged in must arrive, and at which an
 * HTTP answer must be read, averaged over 15 s (a setting, for tests). */
#define CW_FRAME_BYTES_PER_S_MIN 4096u
#define CW_FRAME_WINDOW_MS       15000
/* After a peak of at least this much, free memory is given back to the system. */
#define CW_TRIM_BYTES (16u * 1024 * 1024)

/* --- sessions, groups, calls ----------------------------------------------- */

#define CW_SESSIONS_PER_USER 16

/* The second factor. RFC 4226, section 4: a secret of 160 bits; RFC 6238: 6 digits. A recovery code
 * has 80 random bits, so a fast hash of it does; with hyphens it has 19 characters. */
#define CW_TOTP_SECRET_LEN     20
#define CW_CODE_DIGITS         6
#define CW_RECOVERY_CODES      10
#define CW_RECOVERY_CODE_BYTES 10
#define CW_RECOVERY_CODE_LEN   16
/* The random bytes that the core gets at once: a secret and the recovery codes. */
#define CW_RANDOM_LEN (CW_TOTP_SECRET_LEN + CW_RECOVERY_CODES * CW_RECOVERY_CODE_BYTES)
/* A secret that was not confirmed by a code in this time is forgotten. */
#define CW_TOTP_BEGUN_MS (10 * 60 * 1000)
/* Wrong codes for one user an hour, from all addresses, as many at once: who guesses the code knows
 * the password, and has three steps of 1,000,000 numbers. */
#define CW_CODE_GUESSES_PER_USER 10
/* Passwords for devices and bots: how many a user may have, and their form. The server makes them
 * of 160 random bits, so a fast hash of them does. */
#define CW_DEVICE_PASSWORDS_MAX   16
#define CW_DEVICE_NAME_MAX        64
#define CW_DEVICE_PASSWORD_BYTES  20
#define CW_DEVICE_PASSWORD_PREFIX "dev-"
#define CW_DEVICE_PASSWORD_LEN    36
/* A link by which a new device logs in: how long it is good, and how many wrong digits end it. */
#define CW_LINK_MS      (2 * 60 * 1000)
#define CW_LINK_GUESSES 3
/* One that another server may have made: how long that one has to say so, and, once its user has
 * told the digits, how long the device's server has to make the session. */
#define CW_FAR_LINK_ASK_MS     2000
#define CW_FAR_LINK_CONFIRM_MS 5000
/* Devices that others may be asked for at a time; of one address. */
#define CW_FAR_LINKS_MAX        256
#define CW_FAR_LINKS_OF_ADDRESS 4
/* What SIGTERM gives to requests that were received and are not answered. */
#define CW_DRAIN_MS 5000
/* The same when the server is upgraded: who waits for a slower answer asks the next process. */
#define CW_UPGRADE_DRAIN_MS 500

/* Disk space for the messages of one user (quota_mib), and the part of it that a message takes
 * beside its text or recording: its row and its index entries. A migration uses this number,
 * too. */
#define CW_QUOTA_MIB         1024
#define CW_STORED_ROW_BYTES  128
#define CW_SESSION_IDLE_DAYS 30
/* How often a delivery cursor is probed, and how often it is saved, at most. After a crash a plain
 * client may see the messages since the last save twice. */
#define CW_PROBE_INTERVAL_MS 1000
#define CW_CURSOR_SAVE_MS    5000
/* Cursors that are due are saved in groups of this size, with a pause between. */
#define CW_CURSORS_SAVED_AT_ONCE 128
#define CW_CURSOR_SAVE_PAUSE_MS  20
/* A page of delivery that cannot be read at the moment is requested again after this time: often
 * enough for the waiting user, rarely enough for a failing disk. */
#define CW_PAGE_RETRY_MS 2000
/* An attached session is saved at least this often, so that it never counts as
 * idle on disk. */
#define CW_SESSION_TOUCH_MS (12 * 3600 * 1000)
/* Entries of one page of a list, and of history when no limit is given. */
#define CW_LIST_MAX        200
#define CW_HISTORY_DEFAULT 50
/* Bytes of the last message in a list of conversations: one line shows no more. */
#define CW_PREVIEW_BYTES_MAX 256
/* Unread messages are counted one by one up to this number, over all conversations of a page;
 * beyond it the count is the difference of the sequence numbers. */
#define CW_UNREAD_COUNTED_MAX 1000
/* Entries in the lists of one user. */
#define CW_CONTACTS_MAX 1000
#define CW_BLOCKED_MAX  1000
/* The core does not remember a user without a session who has blocked more than this. */
#ifndef CW_BLOCKED_CACHED_MAX /* fuzz_core sets it lower, so that every user is forgotten */
#define CW_BLOCKED_CACHED_MAX 16
#endif
/* How many of a part's newest numbers are remembered to recognise retries. The numbers of two
 * unanswered requests of a client are never further apart. */
#define CW_RETRIES_MAX CW_REQUESTS_IN_FLIGHT_MAX
/* Parts of a session whose numbers are remembered, beside the session's own: a command that was cut
 * off repeats its request within seconds, and no more parts than this come and go meanwhile. */
#define CW_PART_WINDOWS_MAX 64
/* Parts of a session that may be connected at a time: enough for a script that starts many commands
 * at once. */
#define CW_PARTS_PER_SESSION_MAX 32
/* Senders to be told when a session has received their messages: more than write to one user within
 * the interval of probes. */
#define CW_RECEIPTS_MAX 64
/* Names behind '@' that are looked up for one text: more than anybody means, and few enough for the
 * store. Spellings of each ("bob's", "bob"). */
#define CW_MENTIONS_MAX      50
#define CW_MENTION_TRIES_MAX 3
/* Unread mentions of a conversation are counted up to this number; and so many mentions of
 * everybody, of whichever group, are looked at for one page of a user's mentions. */
#define CW_MENTIONS_COUNTED_MAX 1000
#define CW_MENTION_SCAN_MAX     1000
/* Conversations for which a user has set what they are told of. */
#define CW_NOTIFY_RULES_MAX 1000
/* Until when a conversation can be muted: for good, as a number that every client can hold. */
#define CW_MUTED_UNTIL_MAX 0x1fffffffffffff
/* "... is typing" of one connection: a person notices no more. */
#define CW_TYPING_PER_S 1
/* A topic is one line. */
#define CW_TOPIC_MAX 256

/* An emoji of a reaction: the longest of those that Unicode recommends has 35 bytes, and four emoji
 * that U+200D joins. */
#define CW_EMOJI_BYTES_MAX  64
#define CW_EMOJI_JOINED_MAX 4
/* Different emoji with which people react to one message: more do not fit in a line. */
#define CW_REACTIONS_MAX 20
/* Of a message that another one answers: as much as one line shows. */
#define CW_QUOTE_BYTES_MAX 128
/* Pinned messages of one group: a page that people read. */
#define CW_PINS_MAX 50

/* A search is a few words. */
#define CW_QUERY_MAX 256
/* Messages with the words that one page of a search by dates looks at. */
#define CW_SEARCH_SCAN_MAX 1000

/* Entries that are read for one page of history, those before its start included: edits and
 * deletions do not count against the page's limit. A page ends at this number, and has `next`. */
#define CW_HISTORY_SCAN_MAX 1000
/* How many entries a preview looks back for a message that was not deleted. */
#define CW_PREVIEW_SCAN_MAX 64
/* CW_INVITATIONS_OPEN_MAX: valid invitations of one user to the server, and the greatest value of
 * the setting invitations_per_user. CW_INVITATIONS_MAX: valid invitations to one group, and the
 * default of that setting. CW_INVITATION_DAYS: the default of the setting invitation_days. */
#define CW_INVITATIONS_OPEN_MAX   1000
#define CW_INVITATION_DAYS        30
#define CW_INVITATIONS_MAX        50
#define CW_INVITATION_SECONDS     (7 * 24 * 3600)
#define CW_INVITATION_SECONDS_MAX (365 * 24 * 3600)
#define CW_INVITATION_USES_MAX    10000

/* --- bots and hooks ------------------------------------------------------- */

/* A bot's token and a hook's are secrets of 256 bits, in base64 for URLs. */
#define CW_SECRET_BYTES 32
#define CW_SECRET_LEN   43
/* Bots of a user, and hooks of a group. */
#define CW_BOTS_MAX  20
#define CW_HOOKS_MAX 20
/* The body of one POST to a hook, in bytes, and how many posts a hook may make. */
#define CW_HOOK_BODY_MAX    (16u * 1024)
#define CW_HOOK_POSTS_PER_S 1
#define CW_HOOK_POSTS_BURST 20
/* The longest path and header of a POST that are kept with its body: a path with a token. */
#define CW_HOOK_PATH "/hook"

/* The secret of a set-up link: hexadecimal digits of 256 bits. */
#define CW_SETUP_LEN 64

/* Of a group: the most seconds between two messages of a member, and the most days that earlier
 * versions of edited messages are kept, of each message at most CW_VERSIONS_MAX. */
#define CW_SLOW_SECONDS_MAX (6 * 3600)
#define CW_VERSION_DAYS_MAX 30
#define CW_VERSIONS_MAX     20

/* Headings of groups and their names, in bytes; the highest place of a heading, or of a group under
 * it; groups that newcomers are put into. */
#define CW_HEADINGS_MAX        100
#define CW_HEADING_MAX         64
#define CW_PLACE_MAX           999
#define CW_NEWCOMER_GROUPS_MAX 10

/* Whom a group without a name is made with, beside its maker; how its made-up name begins. */
#define CW_TALK_MEMBERS_MIN 2
#define CW_TALK_MEMBERS_MAX 8
#define CW_TALK_NAME        "talk-"
/* The longest mute of a member; it can be renewed. */
#define CW_MUTE_SECONDS_MAX (365 * 24 * 3600)
/* Notices (kicked, banned, muted) that are kept for a user who is away: one for each group that
 * they can be in. */
#define CW_NOTICES_MAX 100
/* The greatest values for a group's retention: a lifetime, and more messages than a user writes. A
 * greater value is a mistake in typing. */
#define CW_RETENTION_DAYS_MAX 36500
#define CW_RETENTION_KEPT_MAX 1000000000
/* Presence goes to contacts, and to the members of groups with at most this many attached sessions:
 * in larger ones each login and logout would be a fan-out. */
#define CW_PRESENCE_GROUP_MAX 100
/* A user whose last connection has closed may reconnect at once, and is offline only after this
 * time. */
#define CW_PRESENCE_GRACE_MS 10000

/* --- profiles and directories ---------------------------------------------- */

/* A display name and a status, in bytes: a full name in any script, and a line of a roster. */
#define CW_DISPLAY_MAX 64
#define CW_STATUS_MAX  128
/* The longest name of a time zone has 32 characters. */
#define CW_ZONE_MAX 64
/* A picture that is shown beside a name; a square of 512 pixels has less. */
#define CW_AVATAR_BYTES_MAX 1048576
/* A status that ends later is one without an end. */
#define CW_STATUS_DAYS_MAX 366
/* Rows of a directory that one page looks at: some 2 ms of the store's time. */
#define CW_DIRECTORY_SCAN_MAX 1000
/* The highest user id: up to here the two ids of a pair make one 64-bit number (store.h). */
#define CW_USERS_MAX 0x7fffffff
/* Users without a session whose names the core remembers. */
#ifndef CW_USER_CACHE_MAX
#define CW_USER_CACHE_MAX 10000
#endif
#define CW_GROUPS_PER_USER   100
#define CW_GROUP_MEMBERS_MAX 10000
#define CW_CALL_MEMBERS_MAX  25
/* The highest value of the setting. */
#define CW_CALL_MEMBERS_LIMIT 50
/* How long a seat in a call is held after its connection was lost: a client is back after its first
 * attempts to reconnect, and the others are told neither of a leave nor of a join. */
#define CW_CALL_SEAT_MS 10000
/* Calls over several servers (core/far.h). All that a server has in a call is said again this
 * often; what is not said again for so long is over. An empty set is said so often. */
#define CW_CALL_SAY_MS    2000
#define CW_CALL_SILENT_MS 10000
#define CW_CALL_SAY_EMPTY 3
/* A server tells another one who is there in pieces (core/share.h): one, or several small sets of
 * together as much as one, in this time. */
#define CW_SHARE_PACE_MS 10
/* A lease of a call, by the database's clock, and when it is renewed. Its holder stops at two
 * thirds of it. A join asks again after so long without an answer, and waits for so long at most:
 * until a lease is over, and for the next holder. */
#define CW_CALL_LEASE_MS 2000
#define CW_CALL_RENEW_MS 500
#define CW_CALL_ASK_MS   250
#define CW_CALL_ADMIT_MS 5000
/* So long after it was let in, a user who is not in the call does not count. */
#define CW_CALL_GRANT_MS 2000
/* Calls that servers know of each other. */
#define CW_FAR_CALLS_MAX 16384
/* Bytes of voices for one call and server in a tick; what does not fit makes another message. */
#define CW_FAR_VOICES_BYTES (32u * 1024)
/* Datagrams of a call (frame/datagram.h). Counters that may come late: 10 s of audio. */
#define CW_DATAGRAM_WINDOW 1024
/* A client probes the way this often; while so many of the first were not answered, and later when
 * it has been closed, it goes on slowly. */
#define CW_VOICE_PROBE_MS        500
#define CW_VOICE_PROBES_EAGER    20
#define CW_VOICE_PROBE_SLOWLY_MS 2000
/* A socket for datagrams that could not be opened, or whose server was not found, is tried again
 * after this. */
#define CW_VOICE_OPEN_AGAIN_MS 30000
/* Audio goes back to the connection when more probes in a row are not answered, or the last answer
 * or probe is older: within 2 s. */
#define CW_VOICE_PROBES_LOST_MAX 3
#define CW_VOICE_LIVE_MS         1700
/* A new address is asked to prove itself no more often. */
#define CW_VOICE_CHALLENGE_MS 1000
/* Audio goes twice from this loss on, of a thousand datagrams, until it is below the second value.
 */
#define CW_VOICE_TWICE_FROM_PERMILLE 5
#define CW_VOICE_TWICE_TO_PERMILLE   2
/* Not where there seems to be no room for it: so much is lost, or so many answers in a row took so
 * much longer than the shortest of late, which is taken to rise a little with each. */
#define CW_VOICE_CROWDED_PERMILLE  180
#define CW_VOICE_CROWDED_MS        100
#define CW_VOICE_CROWDED_ANSWERS   3
#define CW_VOICE_CROWDED_HOLD_MS   20000
#define CW_VOICE_LEAST_RTT_RISE_MS 2
/* So many in a row that take about the same time come by a way that is longer: it is no queue. */
#define CW_VOICE_SAME_MS      20
#define CW_VOICE_SAME_ANSWERS 10
/* How long a call of two rings: eight to ten rings of a telephone. */
#define CW_RING_MS 45000
/* Rings that a user may cause in any minute, and those at one other user: who was busy is tried
 * again twice, and nobody is kept awake. */
#define CW_RINGS_PER_MINUTE         6
#define CW_RINGS_OF_PAIR_PER_MINUTE 3

/* --- clocks (base/clock.h) ------------------------------------------------------ */

/* A clock before the first release, 2026-01-01, has not been set. */
#define CW_CLOCK_EARLIEST_MS 1767225600000
/* How long a wall clock that has jumped must advance like the steady one until it is trusted. NTP
 * sets a clock within seconds, and an operator who sets it by hand notices a mistake soon. */
#define CW_CLOCK_AGREE_MS (10u * 60 * 1000)
/* Smaller differences are ignored: NTP, a leap second. */
#define CW_CLOCK_NEAR_MS (60u * 1000)
/* The date advances by at most this many days a day, so that a wrong clock destroys nothing by its
 * age. */
#define CW_DATE_RATE 2
/* How often the clocks are read when nothing happens, and how often the date is stored: less than
 * half of CW_CLOCK_AGREE_MS, so that a server that is restarted every hour loses little of it. */
#define CW_CLOCK_READ_MS (60u * 1000)
#define CW_DATE_KEPT_MS  (4u * 60 * 1000)

/* --- rates (defaults of settings) ------------------------------------------- */

/* Scripts and bots are users too; see docs/protocol.md, code 1026. */
#define CW_REQUESTS_PER_S 50
#define CW_REQUESTS_BURST 200
#define CW_TEXTS_PER_S    20
#define CW_TEXTS_BURST    200
/* Refused requests and dropped updates of one user (settings refusals_per_s, refusals_burst).
 * Beyond that the user's connections are not read for CW_PAUSE_MS; after CW_PAUSES_MAX pauses in a
 * row the connection is closed. */
#define CW_REFUSALS_PER_S 50
#define CW_REFUSALS_BURST 1000
/* A refusal for a rate (1026) counts as this many, since the client was told to wait. */
#define CW_REFUSAL_OF_RATE     10
#define CW_PAUSE_MS            1000
#define CW_PAUSES_MAX          10
#define CW_PAUSES_FORGOTTEN_MS 60000
/* Bytes of one user's messages (bytes_per_s, bytes_burst): some recordings at once, and the audio
 * of sixty calls as PCM arrays. Beyond that the user is read more slowly. */
#define CW_BYTES_PER_S (8u * 1024 * 1024)
#define CW_BYTES_BURST (256u * 1024 * 1024)
/* Texts in one group, of all its members (group_texts_per_s, group_texts_burst). */
#define CW_GROUP_TEXTS_PER_S 200
#define CW_GROUP_TEXTS_BURST 1000
/* First messages of a user to users without a conversation with them, who do not have them as a
 * contact (strangers_per_minute); as many at once. */
#define CW_STRANGERS_PER_MINUTE 10
/* Frames of a speaker in any second (call_frames_per_s); packets of 10 ms are 100, and twice as
 * many come in the second after a stall. They are counted in slots; the sum is over the slots of
 * one second and one more. */
#define CW_CALL_FRAMES_PER_S 200
#define CW_RECENT_SLOT_MS    50
#define CW_RECENT_SLOTS      21
/* Failed logins of one (user, address) before it must wait. */
#define CW_LOGIN_FAILURES_FREE 5
#define CW_LOGIN_WAIT_MAX_MS   (15 * 60 * 1000)
/* (user, address) pairs remembered, and users; the oldest is forgotten. */
#define CW_LOGIN_FAILURES_TRACKED 4096
/* Wrong passwords an hour (settings guesses_per_user, guesses_per_address), as many
 * at once. NIST SP 800-63B, 5.2.2: no more than 100 in a row for one account; of an
 * address with 60 people some mistype theirs. */
#define CW_GUESSES_PER_USER    50
#define CW_GUESSES_PER_ADDRESS 200
/* New users of one address an hour (registrations_per_hour), as many at once. */
#define CW_REGISTRATIONS_PER_HOUR 300
/* Addresses without a connection whose use of the rates is remembered. */
#define CW_ADDRESSES_REMEMBERED 16384

/* --- password hashing --------------------------------------------------------- */

/* 64 MiB each: two at a time bound the memory, which comes on top of CW_MEMORY_MAX. */
#define CW_HASHES_RUNNING_MAX 2
/* Under 1 KiB each. Beyond that the newest of the address with most of them is refused. */
#define CW_HASHES_QUEUED_MAX 1024
/* A login that has waited so long is told to try again. Meanwhile some 100 are hashed, two at a
 * time. */
#define CW_HASH_WAIT_MS 3000
/* Of one address (setting hashes_per_address): an office where everybody logs in at once. */
#define CW_HASHES_PER_ADDRESS 64

/* The config file: some thirty settings and comments. A longer file is no config file. */
#define CW_CONFIG_FILE_MAX (64u * 1024)
/* curve.key has under 500 bytes; the rest is for comments. */
#define CW_CURVE_KEY_FILE_MAX 4096u
/* A certificate with its chain, or a key, as PEM: chains have under 20 KiB. */
#define CW_TLS_FILE_MAX (256u * 1024)
/* How long a certificate is good that the server has made itself: browsers of Apple's systems
 * refuse more than 825 days, and 398 for authorities' ones. */
#define CW_TLS_OWN_DAYS 397
/* It is renewed when it has less than this left, and after a failure a day later. */
#define CW_TLS_RENEW_DAYS 30

/* --- the store ------------------------------------------------------------------ */

/* One page of delivery. */
#define CW_PAGE_ROWS_MAX  100
#define CW_PAGE_BYTES_MAX (256u * 1024)
/* Rows read for one page, the user's own messages included. */
#define CW_PAGE_SCAN_MAX 1000
/* Messages that a session sends while it is catching up, and whose ids are kept out of its pages
 * (feature `own`): at 20 a second it sends as many in 50 s, and a page takes milliseconds. */
#define CW_OWN_NOTED_MAX 1024
/* Requests in one commit, and waiting for one. */
#define CW_COMMIT_MAX            1024
#define CW_STORE_QUEUE_MAX       8192
#define CW_STORE_QUEUE_BYTES_MAX (32u * 1024 * 1024)
/* A longer body goes to a file of its own. */
#define CW_BODY_INLINE_MAX (64u * 1024)
/* WAL pages after which an idle moment is used for a checkpoint. */
#define CW_WAL_CHECKPOINT_PAGES 1000
/* The log of a store that is never idle; one that cannot be emptied, because
 * the disk is full, takes no more than this. */
#define CW_WAL_BYTES_MAX (64u * 1024 * 1024)
/* Pages of the database (of 4 KiB) that a backup copies between two commits, and how often it
 * begins again after a transaction that was undone. */
#define CW_COPY_PAGES        64
#define CW_COPY_RESTARTS_MAX 16
/* Unused pages of the database (of 4 KiB) are given back to the disk. It begins when more than one
 * page in CW_SHRINK_BEGINS is unused, and ends when no more than one in CW_SHRINK_ENDS is, or no
 * more than CW_SHRINK_KEEPS are. A commit, some 3 ms, gives back at most CW_SHRINK_PAGES; a tick
 * has at most CW_SHRINK_SLICES such commits: 1 MiB a second. */
#define CW_SHRINK_BEGINS 8
#define CW_SHRINK_ENDS   16
#define CW_SHRINK_KEEPS  256
#define CW_SHRINK_PAGES  32
#define CW_SHRINK_SLICES 8
/* Pages of delivery read in one commit: a thousand sessions that reconnect at once must neither
 * fill the memory nor delay messages. */
#define CW_COMMIT_PAGES_MAX 16
/* Requests other than messages (look-ups, pages, cursors) in one commit: some 2 ms of work, which
 * delays a message that comes meanwhile. There is always room for them, so that a flood of messages
 * does not prevent logins. */
#define CW_COMMIT_OTHERS_MAX 128
/* How often the loop asks whether an idle store's thread has something to do: the folder must be
 * checked within 2 s of its removal, and deleted data erased within 10 s. */
#define CW_STORE_TICK_MS 1000

/* --- files ---------------------------------------------------------------------- */

/* Bytes of one upload_chunk, and of one answer to fetch_file: with its head it is a message of
 * CW_MESSAGE_MAX, and CW_LINE_SLICE_MS of a line of 20 Mbit/s. */
#define CW_FILE_CHUNK_MAX (48u * 1024)
/* The bytes of files leave in slices that take a line so long, measured over CW_LINE_MEASURED_MS.
 * Shorter slices would be mostly heads; longer ones take 33 ms and more of 1 Mbit/s. */
#define CW_LINE_SLICE_MS    20u
#define CW_LINE_MEASURED_MS 100u
#define CW_FILE_SLICE_MIN   (2u * 1024)
/* Bytes of files that may be under way on a connection: before anything was measured, which fills
 * 1 Mbit/s over 100 ms, and at most. */
#define CW_LINE_WINDOW_FIRST  (16u * 1024)
#define CW_LINE_WINDOW_MAX    (384u * 1024)
#define CW_LINE_WINDOW_SLICES 8u
/* Slices that are under way or wait for the line to take them: half of CW_REQUESTS_IN_FLIGHT_MAX,
 * so that other requests have a place. */
#define CW_LINE_RESERVE 32u
/* The name that a file has at its sender's: as long as file systems allow (NAME_MAX of Linux). */
#define CW_FILE_NAME_MAX 255
/* The longest file (setting file_mib_max), in MiB; and the most that the setting may be. */
#define CW_FILE_MIB       100
#define CW_FILE_MIB_LIMIT 65536
#define CW_SHA256_N       32
/* Uploads of one user that are not sent as a message yet, and how long they are kept. */
#define CW_UPLOADS_PER_USER 4
#define CW_UPLOAD_MS        (24 * 3600 * 1000)
/* Bytes of all of them on the server (setting uploads_mib). */
#define CW_UPLOADS_MIB 4096
/* Uploads whose position the core knows. Another one takes the place of the one that was written to
 * longest ago, and its client asks where it stands. */
#ifndef CW_UPLOADS_OPEN_MAX
#define CW_UPLOADS_OPEN_MAX 1024
#endif
/* Bytes of one file that are synced at once: the log of messages waits behind a longer piece. */
#define CW_FILE_SYNC_MAX (256u * 1024)
/* A file that is not needed any more is shortened by so much at a time: file systems free that
 * within a millisecond or two. */
#define CW_FILE_SHRINK_STEP (32 * 1024 * 1024)
/* How many of libuv's four workers may be busy with files: one waits for the disk, or computes a
 * hash for seconds. */
#define CW_FILES_RUNNING_MAX 2
/* The bytes at the beginning of a file in which the size of a picture is looked for. */
#define CW_PICTURE_HEAD (64u * 1024)
/* A picture with more pixels is a file like others: programs would need 200 MB to show it. */
#define CW_PICTURE_PIXELS_MAX 50000000u
/* A thumbnail, which the sender of a picture makes: bytes, and pixels of a side. */
#define CW_THUMBNAIL_MAX      (32u * 1024)
#define CW_THUMBNAIL_SIDE_MAX 512u
/* How long a link to a file is good, for each request that begins with it; its signature and the
 * key of that, in bytes; and the longest text of a link. */
#define CW_FILE_LINK_MS    (5 * 60 * 1000)
#define CW_FILE_LINK_MAC_N 32
#define CW_FILE_LINK_KEY_N 32
#define CW_FILE_LINK_MAX   256

/* --- push messages -------------------------------------------------------------------- */

/* The server's private key; a browser's point and secret, one behind the other. */
#define CW_PUSH_SECRET_N 32
#define CW_PUSH_P256DH_N 65
#define CW_PUSH_AUTH_N   16
#define CW_PUSH_KEYS_N   (CW_PUSH_P256DH_N + CW_PUSH_AUTH_N)
/* Of the URL of a subscription, in bytes: those of the known services have 150 to 600. */
#define CW_PUSH_ENDPOINT_MAX 1024
/* Subscriptions of one user: each session may have one. */
#define CW_PUSHES_OF_USER_MAX 16
/* Subscriptions that the store lists at once: a large group must not make the other requests of a
 * commit wait. */
#define CW_PUSHES_AT_ONCE 64
/* Messages whose receivers are being listed; the next ones are not pushed. */
#define CW_PUSH_LISTS_MAX 256
/* Of the text of a message, in bytes: with the rest it must fit into CW_PUSH_PADDED_N. */
#define CW_PUSH_TEXT_MAX 600
/* What a push message has before it is sealed: always the same, so that its length tells nothing.
 */
#define CW_PUSH_PADDED_N 2048
/* Push messages that wait for their services; and their threads: one for each of the four services
 * that browsers have, so that a silent one does not stop the others. */
#define CW_PUSH_QUEUE_MAX       20000
#define CW_PUSH_QUEUE_BYTES_MAX (16u * 1024 * 1024)
#define CW_PUSH_THREADS         4
/* How long a service is left alone that has failed: longer each time. What waits for longer than
 * the patience is dropped, and a service keeps a message for a browser that is away for so long. */
#define CW_PUSH_WAIT_MIN_MS 2000
#define CW_PUSH_WAIT_MAX_MS (5 * 60 * 1000)
#define CW_PUSH_PATIENCE_MS (30 * 60 * 1000)
#define CW_PUSH_TTL_S       (24u * 3600)
/* The push services of Chromium, Firefox, Safari and Edge. */
#define CW_PUSH_HOSTS                                                                              \
    "fcm.googleapis.com *.push.services.mozilla.com *.push.apple.com *.notify.windows.com"

/* --- the client library ---------------------------------------------------------- */

/* Back-off between attempts to connect. The longest is what a person accepts, and spreads the
 * clients of a server that comes back. */
#define CW_RECONNECT_MIN_MS 1000
/* The first attempt after a connection that was good comes sooner: a server that is upgraded is
 * back at once. */
#define CW_RECONNECT_FIRST_MS 100
#define CW_RECONNECT_MAX_MS   30000
/* From the start of an attempt to the attached session. */
#define CW_CONNECT_MS 10000
/* Of that, for one address of a name that has more: a packet that is lost is sent again after 1 s,
 * and once more after 3 s. */
#define CW_CONNECT_ADDRESS_MS 2500
/* What a program may set time-outs to. */
#define CW_CLIENT_TIMEOUT_MS_MAX 3600000u
/* How soon the look-up of the name for datagrams is asked for again: nobody waits for it. */
#define CW_CLIENT_LOOKUP_AGAIN_MS 50
/* Events that wait while a program waits for one response: so many, or of so many bytes. */
#define CW_CLIENT_KEPT_MAX       1024
#define CW_CLIENT_KEPT_BYTES_MAX (32u * 1024 * 1024)
/* Answers to PINGs and the like that a server has not read yet: a server that sends without reading
 * must not fill the client's memory. */
#define CW_CLIENT_ANSWERS_MAX (64u * 1024)
/* Requests made while there is no connection: a burst of typing, or two of the
 * longest voice messages. */
#define CW_OUTBOX_MAX       256
#define CW_OUTBOX_BYTES_MAX (32u * 1024 * 1024)
/* Live audio as packets that may wait for the network before one is dropped:
 * some 200 ms of speech with the heads of its messages. */
#define CW_CALL_PACKETS_WAITING_MAX 2048u
/* In a call a server that says nothing is asked after 1 s, and left after 7.5 s: by then a person
 * has noticed, and a new connection is there sooner than the old one. */
#define CW_CALL_PING_IDLE_MS 1000
#define CW_CALL_DEAD_MS      7500
/* The library gives the system more to send only while it holds fewer unsent bytes than this. What
 * stands in the system's queue when a network that stood still moves again is heard late, and
 * everything after it: this and the packets above are some 0.2 s of a line of 128 kbit/s. */
#define CW_CLIENT_UNSENT_MAX 600u
/* An update may be this much longer than the request that it came from. */
#define CW_UPDATE_GROWTH_MAX 1024
/* Bytes of names, passwords and tokens that the library passes to the server, which checks them. */
#define CW_CLIENT_STRING_MAX 1024

/* --- voice --------------------------------------------------------------------- */

/* One live Opus packet: RFC 6716 3.4, no frame is longer than 1275 bytes; a
 * packet of several frames may be no longer here. */
#define CW_OPUS_PACKET_MAX 1275u
/* In call_data it comes after its sequence number and its timestamp. */
#define CW_CALL_PACKET_HEADER 8u
#define CW_CALL_PACKET_MAX    (CW_CALL_PACKET_HEADER + CW_OPUS_PACKET_MAX)
/* Its audio: three frames of 20 ms; longer packets would only add delay. */
#define CW_OPUS_PACKET_MS_MAX 60u
/* A voice message as a file: two minutes at 64 kbit/s and its headers. */
#define CW_OGG_OPUS_FILE_MAX (1024u * 1024)
/* Levels of the waveform of a voice message: as many bars as fit in a line. */
#define CW_WAVEFORM_LEVELS 64u
/* Audio that a speaker may send a second, a little more than a second for a fast clock, and at
 * once, for what a stalled connection has held back. */
#define CW_CALL_AUDIO_MS_PER_S 1250
#define CW_CALL_AUDIO_MS_BURST 2000
/* Reports of a listener: one about each of the others every two seconds, and at once. */
#define CW_CALL_REPORTS_PER_S 13
#define CW_CALL_REPORTS_BURST 25
/* Lost packets in a row that are concealed for listeners without Opus; longer gaps are silence. */
#define CW_CALL_CONCEAL_MAX 3
/* A PCM array with a peak above this (-38 dBFS) is speech; a speaker is silent after so long
 * without speech. */
#define CW_SPEAKING_PEAK       400
#define CW_SPEAKING_SILENCE_MS 500
/* A speaker who goes on is announced again after this time, for members who have come meanwhile. */
#define CW_SPEAKING_AGAIN_MS 5000
/* How often the call checks whether a member wants to know who speaks. */
#define CW_SPEAKING_LISTENERS_MS 1000
/* How many of libuv's four workers may examine or decode recordings at once: one takes up to 0.5 s,
 * and passwords and files must not wait for all of them. */
#define CW_RECORDINGS_RUNNING_MAX 2
/* A decoded recording: two minutes at 48,000 Hz, stereo. It and the PCM arrays made of it are
 * charged to the server while a worker needs them (cw_work.scratch), so that less is left for
 * others meanwhile. */
#define CW_RECORDING_PCM_BYTES                                                                     \
    (2u * CW_VOICE_SECONDS_MAX * CW_VOICE_RATE_MAX * CW_VOICE_CHANNELS_MAX)
/* Bytes of decoded recordings in one page for a client without Opus. The last one may exceed it, by
 * two minutes in stereo at most. */
#define CW_PAGE_LISTS_BYTES_MAX (16u * 1024 * 1024)
/* The longest PCM array from the server: two minutes at 48,000 Hz, stereo, 3 bytes a sample, and
 * its head. */
#define CW_VOICE_LIST_MAX (3u * 120u * 2u * 48000u + 5u)
/* The longest message that a client takes. */
#define CW_CLIENT_MESSAGE_MAX (CW_VOICE_LIST_MAX + CW_UPDATE_GROWTH_MAX)
/* Packets that wait for their time: 1,280 ms of 20 ms, more than the longest delay. Of packets of
 * 10 ms the delay is 560 ms at most, so that there is room for them. */
#define CW_JITTER_PACKETS_MAX 64u
/* So much audio's delays are remembered. A longer window follows changes more slowly, a shorter one
 * forgets rare delays. */
#define CW_JITTER_WINDOW_MS 5120
/* ... and so many packets: as many in packets of 5 ms (CW_CALL_FRAMES_PER_S). */
#define CW_JITTER_WINDOW 1024u
/* The delay that a jitter buffer adds, beside the rounding up to a tick: at least half a tick of
 * 10 ms in the browser client, and in src/audio as much as wakes a program in time, but the same
 * where packets are lost. From 200 ms on people interrupt each other, and losing audio is better.
 */
#define CW_JITTER_TARGET_MS_MIN 5
#define CW_JITTER_TARGET_US_MIN 2000
#define CW_JITTER_TARGET_MS_MAX 200
/* The same of packets that a connection has sent again, whatever its round trip: a longer delay is
 * no conversation. */
#define CW_JITTER_TARGET_MS_FAR 800
/* RFC 3550 A.1 (MAX_DROPOUT, MAX_MISORDER): a greater jump of the sequence number is a new stream
 * or garbage. */
#define CW_JITTER_SEQUENCE_JUMP_MAX 1000
/* A timestamp this far from the clock, or a silence this long, starts a new stream: 200 ppm of
 * drift are 2 ms by then. */
#define CW_JITTER_GAP_MS_MAX 10000
/* The longest concealment; after that there is silence, since libopus has faded out by then. */
#define CW_JITTER_CONCEAL_MS_MAX 100
/* Audio of a plain speaker that may wait to be played: two frames of 100 ms fit, and older live
 * audio is worthless. */
#define CW_LIST_BUFFER_MS_MAX 300
/* The sample rate of live PCM arrays, mono: what existing clients record. */
#define CW_LIST_RATE 44100u

/* Commands of chinwagctl that run at a time: each is a connection to the control socket, which only
 * the server's own user can open. */
#define CW_CONTROL_CALLS_MAX 16u

/* Of the audit log: the hash of a row, and what it holds beside numbers. */
#define CW_AUDIT_HASH_N     32
#define CW_AUDIT_DETAIL_MAX 128
/* The operator's log has the last row's hash after so many rows or so long. */
#define CW_AUDIT_TOLD_ROWS 100
#define CW_AUDIT_TOLD_MS   (3600u * 1000)

/* Bans from the server: networks, which every new connection is compared with; of IPv6 the server
 * knows the first 64 bits. As bytes: its bits, then 4 or 8 of its address. A reason is a line. */
#define CW_NETWORK_BANS_MAX 1000
#define CW_NETWORK_N        9
#define CW_BAN_REASON_MAX   CW_NAME_MAX
/* A link by which a password is set anew; what a user reports: open ones, and the reason. */
#define CW_RESET_SECONDS     3600u
#define CW_REPORTS_MAX       50
#define CW_REPORT_REASON_MAX 200
#define CW_BAN_SECONDS_MAX   (10u * 365 * 24 * 3600)

/* Announcements of administrators to everybody: bytes of one, how many stand at a time, how long; a
 * setting and its value, which administrators change while the server runs; and after how many days
 * a group whose owner has not been here may be given to somebody else. */
#define CW_ANNOUNCEMENT_MAX         1000
#define CW_ANNOUNCEMENTS_MAX        16
#define CW_ANNOUNCEMENT_SECONDS_MAX (365u * 24 * 3600)
#define CW_SETTING_MAX              64
#define CW_ORPHAN_DAYS              30

#endif
