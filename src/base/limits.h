/* limits.h - every limit of Chinwag in one place, each with its reason.
 *
 * Not settings: what an operator may change is in src/server/config.h, whose
 * defaults are named here. Every room includes this file; none has a limit of
 * its own. A limit is checked before memory is taken for what it bounds. */
#ifndef CW_BASE_LIMITS_H
#define CW_BASE_LIMITS_H

/* --- names and secrets --------------------------------------------------- */

/* Usernames and group names, in bytes of UTF-8: long enough for a full name in
 * any script, short enough for one line of a roster. */
#define CW_NAME_MAX 64
/* A name after NFKC and case folding. Some characters grow elevenfold under
 * NFKC; a name that needs more than this is no name. */
#define CW_NAME_KEY_MAX 256

/* What clients and people take for more than a user. A setting. */
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
/* Starts of the server that are remembered, so that a client's position of so long ago is
 * still believed: at one start a day, some years; 16 KiB of memory. */
#define CW_ERAS_MAX 1000
/* What ids grow by when messages are known to be missing: more than any server gives
 * between a backup and its restoring. Two million times, and an id is no longer exact in a
 * program that keeps numbers as doubles (2^53). */
#define CW_ID_LEAP 4294967296

/* --- MessagePack that is not a sample list -------------------------------- */

/* The schema needs 3 levels; the parser is iterative and stops here. */
#define CW_MSGPACK_DEPTH_MAX 8
/* Objects in one message, sample lists apart. */
#define CW_MSGPACK_OBJECTS_MAX  1024
#define CW_MSGPACK_MAP_KEYS_MAX 32
/* The same of a message from the server, which may hold a list: the longest
 * have CW_LIST_MAX entries of some twenty keys, or all one's contacts of five. */
#define CW_MSGPACK_LIST_OBJECTS_MAX 65536

/* --- ZMTP ------------------------------------------------------------------ */

/* READY metadata and other commands: libzmq sends under 300 bytes. */
#define CW_ZMTP_COMMAND_MAX 1024
/* Frames of one message: REQ sends 2. A longer message is skipped up to here,
 * then the connection is closed. */
#define CW_ZMTP_FRAMES_MAX 4
/* RFC 37 (ZMTP 3.1): a PING context is 0 to 16 octets. */
#define CW_ZMTP_PING_CONTEXT_MAX 16

/* --- a connection ----------------------------------------------------------- */

/* Requests of one connection without an answer; then its reading pauses. */
#define CW_REQUESTS_IN_FLIGHT_MAX 64
/* Malformed frames in a row, after which a connection is closed. */
#define CW_MALFORMED_MAX 3
/* Bytes queued for one connection; beyond that its session reads from the
 * store again by its cursor instead of being pushed to. */
#define CW_OUT_QUEUE_MAX (256u * 1024)
/* No progress in writing for this long: the peer is gone or stuck. */
#define CW_WRITE_STALL_MS 30000
/* Live audio older than this, counted from its arrival, is not sent. */
#define CW_LIVE_AUDIO_MAX_MS 200
/* At least so long between two sends of live audio to listeners: a frame is
 * 20 ms, and a send costs the same for one as for many. */
#define CW_LIVE_FLUSH_MS 2
/* Live audio frames waiting for one listener: 200 ms of 20 ms frames from the
 * speakers of a full call. */
#define CW_LIVE_AUDIO_FRAMES_MAX 256
/* Bytes for a listener that the kernel may hold unsent, beside one send. RFC 9000,
 * 14: a packet of that size fits on any path. One packet more costs no time when a
 * stall is over, and so much TCP repeats in one after a loss. */
#define CW_LIVE_UNSENT_MAX 1200
/* From accept, or the last password that was looked at, to the attaching of a
 * session. */
#define CW_UNAUTHENTICATED_MS 10000
/* Connections without a session, from accept on; then the address that has most of
 * them loses the one waiting longest (setting waiting_max). */
#define CW_UNAUTHENTICATED_MAX 1024
/* Of one address (setting waiting_per_address). */
#define CW_WAITING_PER_ADDRESS 256
/* Connections of one address (connections_per_address): a tenth of all places. */
#define CW_CONNECTIONS_PER_ADDRESS 1000
/* Bytes that an unauthenticated connection may leave unread. */
#define CW_UNAUTHENTICATED_OUT_MAX (8u * 1024)
/* PING after so long without a byte from a ZMTP 3.1 peer; dead after 75 s. */
#define CW_PING_IDLE_MS 30000
#define CW_PEER_DEAD_MS 75000
/* TTL of our PINGs in tenths of a second: within it the peer hears from us again, or
 * gives the connection up. libzmq counts TTL x 100 ms in 16 bits: 655 is the most. */
#define CW_PING_TTL_DS 600
_Static_assert((CW_PING_TTL_DS * 100 & 0xffff) == CW_PING_TTL_DS * 100,
               "libzmq must not cut the TTL short");
_Static_assert(CW_PING_TTL_DS * 100 > CW_PING_IDLE_MS, "the next PING comes within the TTL");
/* PINGs that a peer may send in a second before it is closed, and commands of all
 * kinds: beside its own PINGs it answers ours, which are one a second at most. */
#define CW_PINGS_PER_S_MAX    20
#define CW_COMMANDS_PER_S_MAX 40
/* Connections at once, unless the limit of open files is lower. */
#define CW_CONNECTIONS_MAX 10000
/* One read from a socket. */
#define CW_READ_CHUNK (64u * 1024)
/* What is written to one socket before others have their turn: copying 16 MiB
 * into the kernel takes milliseconds. */
#define CW_WRITE_PER_TICK (256u * 1024)
/* All that is held for peers (account.h): together, for one address (IPv6: a /64), for
 * one user, for one connection that has logged in, and for a stranger's. A user has
 * room for three of the longest messages; an address for him and others beside him. */
#define CW_MEMORY_MAX            (256u * 1024 * 1024)
#define CW_MEMORY_OF_ADDRESS_MAX (96u * 1024 * 1024)
#define CW_MEMORY_OF_USER_MAX    (64u * 1024 * 1024)
#define CW_MEMORY_OF_CONN_MAX    (48u * 1024 * 1024)
#define CW_MEMORY_OF_STRANGER    (256u * 1024)
/* A connection for whose input there is no room is not read; after so long whoever
 * of the same account holds most for longest is closed. */
#define CW_STARVED_MS 1000
/* Who holds less than this is not among them. */
#define CW_HELD_LITTLE (64u * 1024)
/* A frame of somebody who has logged in comes at 4 KiB/s at least, averaged over
 * 15 s (a setting, for tests). */
#define CW_FRAME_BYTES_PER_S_MIN 4096u
#define CW_FRAME_WINDOW_MS       15000
/* The memory that a peak has left goes back to the system when it was so much. */
#define CW_TRIM_BYTES (16u * 1024 * 1024)

/* --- sessions, groups, calls ----------------------------------------------- */

#define CW_SESSIONS_PER_USER 16
/* What a user's messages may take on the disk (quota_mib), and what one takes beside its
 * text or recording: its row and what the indexes have of it. A migration counts with
 * this number, too. */
#define CW_QUOTA_MIB         1024
#define CW_STORED_ROW_BYTES  128
#define CW_SESSION_IDLE_DAYS 30
/* A delivery cursor is probed at most this often and saved at most that often:
 * what lies between is what a plain client may see twice after a crash. */
#define CW_PROBE_INTERVAL_MS 1000
#define CW_CURSOR_SAVE_MS    5000
/* Cursors that are due are saved so many at a time, with a pause between. */
#define CW_CURSORS_SAVED_AT_ONCE 128
#define CW_CURSOR_SAVE_PAUSE_MS  20
/* A page of delivery that cannot be read for the moment is asked for again after so
 * long: often enough for whoever waits, seldom enough for a disk in trouble. */
#define CW_PAGE_RETRY_MS 2000
/* An attached session is saved at least this often, so that it never counts as
 * idle on disk. */
#define CW_SESSION_TOUCH_MS (12 * 3600 * 1000)
/* Entries of one page of a list, and of history when no limit is given. */
#define CW_LIST_MAX        200
#define CW_HISTORY_DEFAULT 50
/* Of the last message in a list of conversations: what one line shows. */
#define CW_PREVIEW_BYTES_MAX 256
/* Unread messages are counted one by one up to here, over all conversations of
 * a page; beyond that they are what lies after the marker. */
#define CW_UNREAD_COUNTED_MAX 1000
/* What one person may have. */
#define CW_CONTACTS_MAX 1000
#define CW_BLOCKED_MAX  1000
/* Somebody who has blocked more is not remembered without a session. */
#ifndef CW_BLOCKED_CACHED_MAX /* fuzz_core forgets sooner, and everybody */
#define CW_BLOCKED_CACHED_MAX 16
#endif
/* Retries that are recognised: a part's newest numbers. A client never has two
 * requests without an answer whose numbers are further apart. */
#define CW_RETRIES_MAX CW_REQUESTS_IN_FLIGHT_MAX
/* Parts of a session whose numbers are known, beside its own: a command that was
 * cut off repeats within seconds, in which no more others come and go. */
#define CW_PART_WINDOWS_MAX 64
/* Parts of a session that are connected at a time: a script that starts so many
 * commands at once has its answer. */
#define CW_PARTS_PER_SESSION_MAX 32
/* Senders who are to hear when a session has received what they wrote: more than
 * write to one person within a probe's interval. */
#define CW_RECEIPTS_MAX 64
/* "... is typing", of one connection: what a person can notice. */
#define CW_TYPING_PER_S 1
/* A topic is one line. */
#define CW_TOPIC_MAX 256
/* A search is a few words. */
#define CW_QUERY_MAX 256

/* Entries of a page of history, and those that the way to its begin leads past: edits
 * and deletions do not count against its limit. It ends there, and there is more. */
#define CW_HISTORY_SCAN_MAX 1000
/* How far a preview looks back for something that was not deleted. */
#define CW_PREVIEW_SCAN_MAX 64
/* Invitations to one group that are still good; and how many people those of one person
 * to the server may let in (setting invitations_per_user), at most so many, and how long
 * they may live (setting invitation_days). */
#define CW_INVITATIONS_OPEN_MAX   1000
#define CW_INVITATION_DAYS        30
#define CW_INVITATIONS_MAX        50
#define CW_INVITATION_SECONDS     (7 * 24 * 3600)
#define CW_INVITATION_SECONDS_MAX (365 * 24 * 3600)
#define CW_INVITATION_USES_MAX    10000
/* The longest silence of a muted member; it can be renewed. */
#define CW_MUTE_SECONDS_MAX (365 * 24 * 3600)
/* What was done to somebody in groups while he was away, until he is told: one for each
 * group that he can be in. */
#define CW_NOTICES_MAX 100
/* What a group's owner may set for keeping messages: a lifetime, and more than
 * anybody writes. More is a slip of the pen. */
#define CW_RETENTION_DAYS_MAX 36500
#define CW_RETENTION_KEPT_MAX 1000000000
/* Presence goes to contacts, and to the fellow members of groups up to this
 * many attached sessions: beyond it each coming and going would be a fan-out. */
#define CW_PRESENCE_GROUP_MAX 100
/* Somebody whose last connection has gone may be back at once. */
#define CW_PRESENCE_GRACE_MS 10000
/* Ids up to which a pair of users has a number of its own (store.h). */
#define CW_USERS_MAX 0x7fffffff
/* Users without a session whose names the core remembers. */
#ifndef CW_USER_CACHE_MAX
#define CW_USER_CACHE_MAX 10000
#endif
#define CW_GROUPS_PER_USER   100
#define CW_GROUP_MEMBERS_MAX 10000
#define CW_CALL_MEMBERS_MAX  25
/* How long a seat in a call is held after its connection was lost: a client is
 * back within its first attempts, and the others hear neither a leave nor a join. */
#define CW_CALL_SEAT_MS 10000

/* --- clocks (base/clock.h) ------------------------------------------------------ */

/* Before the first release no clock that is set can stand: 2026-01-01. */
#define CW_CLOCK_EARLIEST_MS 1767225600000
/* How long a wall clock that has jumped must go as the steady one does until it is
 * believed. NTP sets a clock within seconds; who sets it by hand sees it soon. */
#define CW_CLOCK_AGREE_MS (10u * 60 * 1000)
/* A smaller difference is none: NTP, a leap second. */
#define CW_CLOCK_NEAR_MS (60u * 1000)
/* What can be destroyed for its age grows old by at most so many days a day. */
#define CW_DATE_RATE 2
/* How often the clocks are read when nothing happens, and how often the date is
 * kept: less than half of CW_CLOCK_AGREE_MS, so that a server that is restarted every
 * hour keeps most of it. */
#define CW_CLOCK_READ_MS (60u * 1000)
#define CW_DATE_KEPT_MS  (4u * 60 * 1000)

/* --- rates (defaults of settings) ------------------------------------------- */

/* Scripts and bots are users too; see docs/protocol.md, code 1026. */
#define CW_REQUESTS_PER_S 50
#define CW_REQUESTS_BURST 200
#define CW_TEXTS_PER_S    20
#define CW_TEXTS_BURST    200
/* What came to nothing, of one user: requests that were refused, updates that were
 * dropped (settings refusals_per_s, refusals_burst). Then he is not read for a
 * while, and after so many times in a row closed. */
#define CW_REFUSALS_PER_S 50
#define CW_REFUSALS_BURST 1000
/* Who has been told that it was too much (1026), and goes on, is patient with nobody. */
#define CW_REFUSAL_OF_RATE     10
#define CW_PAUSE_MS            1000
#define CW_PAUSES_MAX          10
#define CW_PAUSES_FORGOTTEN_MS 60000
/* Bytes of one user's messages (bytes_per_s, bytes_burst): some recordings at once,
 * and what sixty calls as lists take; beyond that he is read more slowly. */
#define CW_BYTES_PER_S (8u * 1024 * 1024)
#define CW_BYTES_BURST (256u * 1024 * 1024)
/* Texts in one group, of all its members (group_texts_per_s, group_texts_burst). */
#define CW_GROUP_TEXTS_PER_S 200
#define CW_GROUP_TEXTS_BURST 1000
/* First messages of a user to people with whom he has no conversation, and who have not
 * made him their contact (strangers_per_minute); as many at once. */
#define CW_STRANGERS_PER_MINUTE 10
/* Frames of a speaker in any second (call_frames_per_s); packets of 10 ms are 100.
 * They are counted in slots, of which one more than a second's are looked at. */
#define CW_CALL_FRAMES_PER_S 120
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
/* Addresses without a connection of which it is known what they have used. */
#define CW_ADDRESSES_REMEMBERED 16384

/* --- password hashing --------------------------------------------------------- */

/* 64 MiB each: two at a time bound the memory, which comes on top of CW_MEMORY_MAX. */
#define CW_HASHES_RUNNING_MAX 2
/* Under 1 KiB each; whose address has most of them is refused then. */
#define CW_HASHES_QUEUED_MAX 1024
/* Longer nobody waits at a login: he is told to try again. Two at a time do some
 * 100 meanwhile. */
#define CW_HASH_WAIT_MS 3000
/* Of one address (setting hashes_per_address): an office that begins its day. */
#define CW_HASHES_PER_ADDRESS 64

/* The config file: some thirty settings, and remarks. Longer is another file. */
#define CW_CONFIG_FILE_MAX (64u * 1024)

/* --- the store ------------------------------------------------------------------ */

/* One page of delivery. */
#define CW_PAGE_ROWS_MAX  100
#define CW_PAGE_BYTES_MAX (256u * 1024)
/* Rows looked at for one page, one's own included. */
#define CW_PAGE_SCAN_MAX 1000
/* Messages of its own that a session, catching up, keeps out of its pages (feature
 * `own`): so many it can send at 20 a second in 50 s, and a page takes milliseconds. */
#define CW_OWN_NOTED_MAX 1024
/* Requests in one commit, and waiting for one. */
#define CW_COMMIT_MAX            1024
#define CW_STORE_QUEUE_MAX       8192
#define CW_STORE_QUEUE_BYTES_MAX (32u * 1024 * 1024)
/* Bodies over CW_BODY_INLINE_MAX on their way to the disk: eight of the longest. */
#define CW_LONG_BODIES_BYTES_MAX (128u * 1024 * 1024)
/* A longer body goes to a file of its own. */
#define CW_BODY_INLINE_MAX (64u * 1024)
/* WAL pages after which an idle moment is used for a checkpoint. */
#define CW_WAL_CHECKPOINT_PAGES 1000
/* The log of a store that is never idle; one that cannot be emptied, because
 * the disk is full, takes no more than this. */
#define CW_WAL_BYTES_MAX (64u * 1024 * 1024)
/* Pages of delivery read in one commit: a thousand sessions that come back at
 * once must neither fill the memory nor hold up what is being sent. */
#define CW_COMMIT_PAGES_MAX 16
/* Look-ups, pages, cursors: what is no message, in one commit. Some 2 ms of work,
 * for which a message that comes meanwhile waits; and always room for them, so
 * that a flood of messages does not keep everybody from logging in. */
#define CW_COMMIT_OTHERS_MAX 128
/* A store that has nothing to do looks so often whether its folder is still there:
 * it is to be known within 2 s, and each look wakes a thread. */
#define CW_STORE_LOOK_MS 1500

/* --- the client library ---------------------------------------------------------- */

/* Back-off between attempts to connect: the longest is what a person waits for
 * patiently, and spreads the clients of a server that comes back. */
#define CW_RECONNECT_MIN_MS 1000
#define CW_RECONNECT_MAX_MS 30000
/* From the start of an attempt to the attached session. */
#define CW_CONNECT_MS 10000
/* Requests made while there is no connection: a burst of typing, or two of the
 * longest voice messages. */
#define CW_OUTBOX_MAX       256
#define CW_OUTBOX_BYTES_MAX (32u * 1024 * 1024)
/* Live audio as packets that may wait for the network before one is dropped:
 * some 200 ms of speech with the heads of its messages. */
#define CW_CALL_PACKETS_WAITING_MAX 2048u
/* An update may be this much longer than the request that it came from. */
#define CW_UPDATE_GROWTH_MAX 1024
/* Names, passwords and tokens that are passed on for the server to judge. */
#define CW_CLIENT_STRING_MAX 1024

/* --- voice --------------------------------------------------------------------- */

/* One live Opus packet: RFC 6716 3.4, no frame is longer than 1275 bytes; a
 * packet of several frames may be no longer here. */
#define CW_OPUS_PACKET_MAX 1275u
/* In call_data it comes after its sequence number and its timestamp. */
#define CW_CALL_PACKET_HEADER 8u
#define CW_CALL_PACKET_MAX    (CW_CALL_PACKET_HEADER + CW_OPUS_PACKET_MAX)
/* Its audio: three frames of 20 ms; more would be delay without a reason. */
#define CW_OPUS_PACKET_MS_MAX 60u
/* A voice message as a file: two minutes at 64 kbit/s and its headers. */
#define CW_OGG_OPUS_FILE_MAX (1024u * 1024)
/* Levels of the picture of a voice message: as many bars as a line has. */
#define CW_WAVEFORM_LEVELS 64u
/* What a speaker may send: a little more than there is of it, for a clock that is
 * fast, and what a stalled connection may have kept back. */
#define CW_CALL_AUDIO_MS_PER_S 1250
#define CW_CALL_AUDIO_MS_BURST 2000
/* Packets that were dropped on the way, made up for who gets lists: longer gaps
 * are silence. */
#define CW_CALL_CONCEAL_MAX 3
/* From this peak on (-38 dBFS) a list of samples is somebody who speaks, and so
 * long after his last sound he does not any more. */
#define CW_SPEAKING_PEAK       400
#define CW_SPEAKING_SILENCE_MS 500
/* Who goes on speaking is named again: whoever came meanwhile, or missed it, knows
 * by then. */
#define CW_SPEAKING_AGAIN_MS 5000
/* How often it is looked whether anybody wants to know. */
#define CW_SPEAKING_LISTENERS_MS 1000
/* Recordings that workers look at or decode at once, of libuv's four: up to 0.5 s
 * each, and passwords and files must not wait for them all. */
#define CW_RECORDINGS_RUNNING_MAX 2
/* What one of them is when it is decoded: two minutes at 48,000 Hz, stereo. The server's
 * account pays for it and for the lists that come of it while a worker needs them
 * (cw_work.scratch), so that others take less meanwhile. */
#define CW_RECORDING_PCM_BYTES                                                                     \
    (2u * CW_VOICE_SECONDS_MAX * CW_VOICE_RATE_MAX * CW_VOICE_CHANNELS_MAX)
/* Decoded recordings in one page for somebody without Opus: the last may go beyond
 * it, with what two minutes in stereo take. */
#define CW_PAGE_LISTS_BYTES_MAX (16u * 1024 * 1024)
/* A list of samples from the server: two minutes at 48,000 Hz, stereo, of 3 bytes
 * each, and its head. */
#define CW_VOICE_LIST_MAX (3u * 120u * 2u * 48000u + 5u)
/* Packets that wait for their time: 640 ms of 10 ms frames, more than the
 * longest delay and the burst after a stall of 300 ms together. */
#define CW_JITTER_PACKETS_MAX 64u
/* Relative delays remembered: 5 s of 20 ms frames. Longer is slower to follow,
 * shorter forgets a network's habits. */
#define CW_JITTER_WINDOW 256u
/* The delay that a jitter buffer adds: at least half a tick, since ticks round it up;
 * from 200 ms on people interrupt each other, and losing audio is better. */
#define CW_JITTER_TARGET_MS_MIN 5
#define CW_JITTER_TARGET_MS_MAX 200
/* RFC 3550 A.1 (MAX_DROPOUT, MAX_MISORDER): a greater jump of the sequence is a
 * speaker who began anew, or nonsense. */
#define CW_JITTER_SEQUENCE_JUMP_MAX 1000
/* A timestamp that is so far from the clock, or a silence so long, begins the
 * stream anew: 200 ppm of drift are 2 ms by then. */
#define CW_JITTER_GAP_MS_MAX 10000
/* Concealment in a row; after that it is silence, as libopus fades by then. */
#define CW_JITTER_CONCEAL_MS_MAX 100
/* Audio of a plain speaker that waits to be played. Frames of 100 ms fit in
 * twice, and it is as stale as live audio may be. */
#define CW_LIST_BUFFER_MS_MAX 300
/* Audio of live lists: mono at what existing clients record. */
#define CW_LIST_RATE 44100u

#endif
