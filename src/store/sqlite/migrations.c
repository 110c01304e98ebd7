/* migrations.c - the tables, as the way from each version of the file to the next. Called by
 * schema.c. */
#include "store/sqlite/migrations.h"

#include "store/sqlite/places.h"
#include "store/sqlite/statements.h"

/* Entry i brings a file from version i to i + 1, in one transaction. What has been
 * released is never edited: a change is a new entry at the end.
 * test/store/test_migrations.c kills each migration at every write, and opens the
 * folders of the released versions.
 *
 * - Ids are never used twice: a cursor, an index or a client may still hold one of
 *   something that has gone. Sessions and groups have AUTOINCREMENT; messages get
 *   theirs from us, above progress.newest, which is written when the newest goes.
 * - A group counts its members: to count 10,000 rows at each join takes 0.5 ms.
 *   `joins` numbers them in the order in which they came. One without a key was
 *   left by its last member; it goes when its messages have gone.
 * - looked_after: the sweeper visits the group, since its messages expire or it has
 *   been left.
 * - The body stands last in its row: what is before it is read without it.
 * - messages: `kind` is enum cw_store_kind. Of an edit or deletion `about` is the
 *   sequence number of the message that it is about, `previous` that one's id; of a
 *   message `about` is the sequence number of its newest edit or deletion, and
 *   `previous` the hash, under retry_key, of recipient, kind and content as first
 *   sent with an n (negative; 0 once it is deleted), or, as version 0.1.0 wrote it,
 *   the id of the session's message with an n before this one. `played_ms` is when
 *   the other one of a pair listened to a voice.
 * - inbox, history, and marks of a new pair follow behind the messages: see
 *   inbox_index.h. In history the last row of a conversation stays when its
 *   message goes: the next one counts on from it.
 * - looks: see names.c. names.version says with which data looks and keys were
 *   made; kept_key: the key has the punctuation of the name's ends, since another one
 *   has the key without it.
 * - names.words names the rules that made the words of search: when the rules have
 *   changed, search is rebuilt (cw_sqlite_words_renew).
 * - progress.unclean, zeros: see clean.c.
 * - search holds the words alone (no copy of the text), of all texts up to
 *   progress.search_to; `place` says in whose conversation: see search.c. */
const char *const cw_sqlite_migrations[] = {
    "CREATE TABLE users("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " key TEXT NOT NULL UNIQUE,"
    " password TEXT NOT NULL,"
    " high_cursor INTEGER NOT NULL DEFAULT 0,"
    " seen_ms INTEGER NOT NULL DEFAULT 0) STRICT;"

    "CREATE TABLE sessions("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " user_id INTEGER NOT NULL,"
    " token_hash BLOB NOT NULL UNIQUE,"
    " cursor INTEGER NOT NULL,"
    " extended INTEGER NOT NULL,"
    " features INTEGER NOT NULL,"
    " client TEXT NOT NULL,"
    " address TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " seen_ms INTEGER NOT NULL,"
    " last_n INTEGER NOT NULL DEFAULT 0,"
    " counted_id INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX sessions_user ON sessions(user_id);"

    "CREATE TABLE contacts("
    " user_id INTEGER NOT NULL,"
    " contact_id INTEGER NOT NULL,"
    " PRIMARY KEY(user_id, contact_id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE blocks("
    " user_id INTEGER NOT NULL,"
    " blocked_id INTEGER NOT NULL,"
    " PRIMARY KEY(user_id, blocked_id)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE groups("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT NOT NULL,"
    " key TEXT UNIQUE,"
    " created_ms INTEGER NOT NULL,"
    " member_count INTEGER NOT NULL DEFAULT 0,"
    " joins INTEGER NOT NULL DEFAULT 0,"
    " by_invitation INTEGER NOT NULL DEFAULT 0,"
    " retain_days INTEGER NOT NULL DEFAULT 0,"
    " retain_count INTEGER NOT NULL DEFAULT 0,"
    " looked_after INTEGER NOT NULL DEFAULT 0,"
    " topic TEXT NOT NULL DEFAULT '') STRICT;"
    "CREATE INDEX groups_looked_after ON groups(id) WHERE looked_after = 1;"

    "CREATE TABLE members("
    " user_id INTEGER NOT NULL,"
    " group_id INTEGER NOT NULL,"
    " joined_message_id INTEGER NOT NULL,"
    " role INTEGER NOT NULL,"
    " muted_until_ms INTEGER NOT NULL DEFAULT 0,"
    " joined_ms INTEGER NOT NULL,"
    " joined INTEGER NOT NULL,"
    " PRIMARY KEY(user_id, group_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX members_group ON members(group_id, user_id);"
    "CREATE INDEX members_heirs ON members(group_id, role, joined);"
    "CREATE TABLE bans("
    " group_id INTEGER NOT NULL,"
    " user_id INTEGER NOT NULL,"
    " PRIMARY KEY(group_id, user_id)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE invitations("
    " hash BLOB PRIMARY KEY,"
    " mailbox INTEGER NOT NULL," /* of a group; 0: to the server */
    " creator_id INTEGER NOT NULL,"
    " expires_ms INTEGER NOT NULL,"
    " uses INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX invitations_mailbox ON invitations(mailbox, creator_id);"

    "CREATE TABLE messages("
    " id INTEGER PRIMARY KEY,"
    " mailbox INTEGER NOT NULL,"
    " sender_id INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " channels INTEGER NOT NULL,"
    " sample_rate INTEGER NOT NULL,"
    " reply_to INTEGER NOT NULL,"
    " about INTEGER NOT NULL,"
    " edited_ms INTEGER NOT NULL,"
    " deleted_ms INTEGER NOT NULL,"
    " session_id INTEGER NOT NULL,"
    " n INTEGER NOT NULL,"
    " previous INTEGER NOT NULL,"
    " duration_ms INTEGER NOT NULL,"
    " played_ms INTEGER NOT NULL,"
    " waveform TEXT,"
    " blob TEXT,"
    " body BLOB) STRICT;"
    "CREATE INDEX messages_blob ON messages(blob) WHERE blob IS NOT NULL;"

    "CREATE TABLE inbox("
    " mailbox INTEGER NOT NULL,"
    " message_id INTEGER NOT NULL,"
    " PRIMARY KEY(mailbox, message_id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE history("
    " conversation INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " message_id INTEGER NOT NULL,"
    " PRIMARY KEY(conversation, seq)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE marks("
    " user_id INTEGER NOT NULL,"
    " conversation INTEGER NOT NULL,"
    " read_seq INTEGER NOT NULL,"
    " PRIMARY KEY(user_id, conversation)) STRICT, WITHOUT ROWID;"
    "CREATE VIRTUAL TABLE search USING fts5(body, place, content='', columnsize=0,"
    " prefix='1 2 3', tokenize='unicode61 remove_diacritics 2');"
    "CREATE TABLE progress("
    " id INTEGER PRIMARY KEY CHECK(id = 1),"
    " inbox_to INTEGER NOT NULL,"
    " search_to INTEGER NOT NULL,"
    " newest INTEGER NOT NULL) STRICT;"
    "INSERT INTO progress VALUES(1, 0, 0, 0);",

    "CREATE TABLE looks("
    " of_group INTEGER NOT NULL,"
    " look TEXT NOT NULL,"
    " id INTEGER NOT NULL,"
    " PRIMARY KEY(of_group, look, id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE names("
    " id INTEGER PRIMARY KEY CHECK(id = 1),"
    " version TEXT NOT NULL) STRICT;"
    "INSERT INTO names VALUES(1, '');"
    "ALTER TABLE users ADD COLUMN kept_key INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE groups ADD COLUMN kept_key INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX users_kept ON users(key) WHERE kept_key = 1;"
    "CREATE INDEX groups_kept ON groups(key) WHERE kept_key = 1;",

    /* Retries. windows: which numbers a part has used; sessions.last_n and counted_id
     * are only read from here on, as those of part 0. */
    "CREATE TABLE windows("
    " session_id INTEGER NOT NULL,"
    " part INTEGER NOT NULL,"
    " top INTEGER NOT NULL,"
    " seen INTEGER NOT NULL,"
    " last_id INTEGER NOT NULL,"
    " ids BLOB NOT NULL,"
    " PRIMARY KEY(session_id, part)) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER sessions_windows AFTER DELETE ON sessions BEGIN"
    " DELETE FROM windows WHERE session_id = OLD.id; END;"
    "CREATE TABLE retry_key("
    " id INTEGER PRIMARY KEY CHECK(id = 1),"
    " key BLOB NOT NULL) STRICT;"
    "INSERT INTO retry_key VALUES(1, randomblob(16));",

    /* Search by words of our own, which the tokenizer takes as they are. */
    "ALTER TABLE names ADD COLUMN words TEXT NOT NULL DEFAULT '';"
    "DROP TABLE search;"
    "CREATE VIRTUAL TABLE search USING fts5(body, place, content='', columnsize=0,"
    " prefix='1 2 3', tokenize='ascii');"
    "UPDATE progress SET search_to = 0;",

    /* Files of deleted messages, until it is certain that they have gone. */
    "CREATE TABLE removals(blob TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;",

    "ALTER TABLE messages ADD COLUMN sum INTEGER;", /* see damage.c */

    /* A mute outlives the membership: members.muted_until_ms is not read from here on. */
    "CREATE TABLE mutes("
    " group_id INTEGER NOT NULL,"
    " user_id INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL,"
    " PRIMARY KEY(group_id, user_id)) STRICT, WITHOUT ROWID;"
    "INSERT INTO mutes SELECT group_id, user_id, muted_until_ms FROM members WHERE"
    " muted_until_ms > 0;",

    /* What was deleted goes from the disk; version 0.1.0 left some of it. */
    "ALTER TABLE progress ADD COLUMN unclean INTEGER NOT NULL DEFAULT 0;"
    "UPDATE progress SET unclean = 7;"
    "CREATE TABLE zeros(id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;",

    /* Kicks, bans and mutes, until the user has been told: notices.c.
     * `kind` is enum cw_store_notice_kind. */
    "CREATE TABLE notices("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " user_id INTEGER NOT NULL,"
    " group_id INTEGER NOT NULL,"
    " group_name TEXT NOT NULL,"
    " by_id INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX notices_user ON notices(user_id);",

    /* Invitations have numbers, by which they are withdrawn; those whose makers have lost
     * the right to them end. */
    "CREATE TABLE numbered("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " hash BLOB NOT NULL UNIQUE,"
    " mailbox INTEGER NOT NULL,"
    " creator_id INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " expires_ms INTEGER NOT NULL,"
    " uses INTEGER NOT NULL) STRICT;"
    "INSERT INTO numbered(hash, mailbox, creator_id, created_ms, expires_ms, uses)"
    " SELECT hash, mailbox, creator_id, 0, expires_ms, uses FROM invitations WHERE"
    " iif(mailbox = 0, creator_id > 0 OR NOT EXISTS(SELECT 1 FROM users),"
    "  EXISTS(SELECT 1 FROM members WHERE user_id = creator_id AND group_id = mailbox >> 1"
    "   AND role >= 2)) ORDER BY expires_ms;"
    "DROP TABLE invitations;"
    "ALTER TABLE numbered RENAME TO invitations;"
    "CREATE INDEX invitations_mailbox ON invitations(mailbox, creator_id);",

    /* The date (base/clock.h). What is not known is guessed from the newest messages:
     * the time in the middle, since single ones may be wrong. */
    "ALTER TABLE progress ADD COLUMN date_ms INTEGER NOT NULL DEFAULT 0;"
    "UPDATE progress SET date_ms = coalesce("
    "(SELECT time_ms FROM (SELECT time_ms FROM messages ORDER BY id DESC LIMIT 99)"
    " ORDER BY time_ms LIMIT 1 OFFSET"
    " (SELECT count(*) / 2 FROM (SELECT 1 FROM messages ORDER BY id DESC LIMIT 99))),"
    " (SELECT max(seen_ms) FROM sessions), 0);",

    /* In which order a user's sessions were used last: no clock says so. */
    "ALTER TABLE sessions ADD COLUMN used INTEGER NOT NULL DEFAULT 0;"
    "UPDATE sessions SET used = (SELECT count(*) FROM sessions AS other WHERE other.user_id ="
    " sessions.user_id AND (other.seen_ms, other.id) <= (sessions.seen_ms, sessions.id));",

    /* What each user's messages up to progress.stored_to take: see stored.c. */
    "CREATE TABLE stored(user_id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;"
    "ALTER TABLE progress ADD COLUMN stored_to INTEGER NOT NULL DEFAULT 0;"
    "INSERT INTO stored SELECT sender_id, sum(" CW_SQL_STORED_BYTES ") FROM messages"
    " GROUP BY sender_id;"
    "UPDATE progress SET stored_to = ifnull((SELECT max(id) FROM messages), 0);",

    /* Whose ids these are: see identity.h. */
    "CREATE TABLE identity("
    " id INTEGER PRIMARY KEY CHECK(id = 1),"
    " db BLOB NOT NULL) STRICT;"
    "INSERT INTO identity VALUES(1, randomblob(16));"
    "CREATE TABLE eras("
    " number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " first_id INTEGER NOT NULL,"
    " era INTEGER NOT NULL) STRICT;",
    /* Of the password hash that this one has taken the place of, without a change of the
     * password: a keyed hash (retry_key); 0: of none. */
    "ALTER TABLE users ADD COLUMN renewed_from INTEGER NOT NULL DEFAULT 0;",

    /* Reactions: the emoji of a message, numbered as they came, and who has put which one; pins. */
    "CREATE TABLE reaction_kinds("
    " message_id INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " emoji TEXT NOT NULL,"
    " count INTEGER NOT NULL,"
    " PRIMARY KEY(message_id, number)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE reactions("
    " message_id INTEGER NOT NULL,"
    " user_id INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " PRIMARY KEY(message_id, user_id, number)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE pins("
    " group_id INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " PRIMARY KEY(group_id, seq)) STRICT, WITHOUT ROWID;"
    /* What users have set; those who have set nothing have no row. */
    "CREATE TABLE settings("
    " user_id INTEGER PRIMARY KEY,"
    " discreet INTEGER NOT NULL) STRICT;",
    /* Files, and uploads (message_id 0): see store.h. `content` is the id of the file whose bytes
     * are on the disk. */
    "CREATE TABLE files("
    " id INTEGER PRIMARY KEY,"
    " user_id INTEGER NOT NULL,"
    " content INTEGER NOT NULL,"
    " size INTEGER NOT NULL,"
    " generation INTEGER NOT NULL,"
    " begun_ms INTEGER NOT NULL,"
    " message_id INTEGER NOT NULL,"
    " sha256 BLOB,"
    " name TEXT NOT NULL,"
    " type TEXT NOT NULL) STRICT;"
    "CREATE INDEX files_user ON files(user_id, size);"
    "CREATE INDEX files_content ON files(content);"
    "CREATE INDEX files_sha256 ON files(sha256) WHERE sha256 IS NOT NULL;"
    "CREATE INDEX files_uploads ON files(begun_ms, size) WHERE message_id = 0;"
    "CREATE INDEX files_uploads_of ON files(user_id) WHERE message_id = 0;"
    "ALTER TABLE messages ADD COLUMN file INTEGER;",
    /* Who has banned: told to the banned; 0: unknown. */
    "ALTER TABLE bans ADD COLUMN by_id INTEGER NOT NULL DEFAULT 0;",
    /* Users that are bots, and whose (0: it was deleted); secrets with which they can be made to
     * say something, each in one group. */
    "CREATE TABLE bots("
    " user_id INTEGER PRIMARY KEY,"
    " owner_id INTEGER NOT NULL) STRICT;"
    "CREATE INDEX bots_owner ON bots(owner_id);"
    "CREATE TABLE hooks("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " hash BLOB NOT NULL UNIQUE,"
    " group_id INTEGER NOT NULL,"
    " bot_id INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX hooks_group ON hooks(group_id, bot_id);",

    /* Deleted accounts: departures.c. `retired` has the keyed hashes of names that nobody can have
     * for a while; `departures` the users of whom something is left to be removed. */
    "ALTER TABLE users ADD COLUMN deleted_ms INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE retired("
    " hash INTEGER PRIMARY KEY,"
    " deleted_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX retired_deleted ON retired(deleted_ms);"
    "CREATE TABLE departures("
    " user_id INTEGER PRIMARY KEY,"
    " with_messages INTEGER NOT NULL,"
    " walked_to INTEGER NOT NULL) STRICT;",
    /* The second factor: `step` is the time step that was used last, `codes` the hashes of the
     * recovery codes that are left. Device passwords, and by which of them a session was made
     * (0: by none). */
    "CREATE TABLE factors("
    " user_id INTEGER PRIMARY KEY,"
    " secret BLOB NOT NULL,"
    " active INTEGER NOT NULL,"
    " begun_ms INTEGER NOT NULL,"
    " step INTEGER NOT NULL,"
    " codes BLOB NOT NULL) STRICT;"
    "CREATE TABLE devices("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " user_id INTEGER NOT NULL,"
    " hash BLOB NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " used_ms INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " UNIQUE(user_id, name)) STRICT;"
    "ALTER TABLE sessions ADD COLUMN device INTEGER NOT NULL DEFAULT 0;",
    /* Mentions in messages that are there (user_id 0: of everybody in the group); what users are
     * told of, where it is not the default, and in which hours of nothing. `level` is enum
     * cw_notify_level. */
    "CREATE TABLE mentions("
    " user_id INTEGER NOT NULL,"
    " message_id INTEGER NOT NULL,"
    " conversation INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " sender_id INTEGER NOT NULL,"
    " PRIMARY KEY(user_id, message_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX mentions_unread ON mentions(user_id, conversation, seq, sender_id);"
    "CREATE INDEX mentions_message ON mentions(message_id, user_id);"
    "CREATE TABLE notify("
    " user_id INTEGER NOT NULL,"
    " conversation INTEGER NOT NULL,"
    " level INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL,"
    " PRIMARY KEY(user_id, conversation)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE quiet(user_id INTEGER PRIMARY KEY, hours TEXT NOT NULL) STRICT;",
    /* What users say of themselves; the directories of people and of open groups. */
    "CREATE TABLE profiles("
    " user_id INTEGER PRIMARY KEY,"
    " display TEXT NOT NULL,"
    " status TEXT NOT NULL,"
    " until_ms INTEGER NOT NULL,"
    " avatar INTEGER NOT NULL,"
    " zone TEXT NOT NULL,"
    " hidden INTEGER NOT NULL,"
    " listed INTEGER NOT NULL) STRICT;"
    "CREATE INDEX profiles_listed ON profiles(user_id) WHERE listed = 1;"
    "ALTER TABLE groups ADD COLUMN unlisted INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX groups_open ON groups(id) WHERE by_invitation = 0 AND unlisted = 0 AND key IS"
    " NOT NULL;",
    /* Administrators. Of groups: who may write (1: moderators), how often a member may, in seconds
     * (`written` says when each did last), and for how many days earlier texts of edited messages
     * are kept (versions); under which heading the group stands, at which place, and whether
     * newcomers become members. */
    "ALTER TABLE users ADD COLUMN admin INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX users_admins ON users(id) WHERE admin = 1;"
    "ALTER TABLE groups ADD COLUMN announcements INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE groups ADD COLUMN slow_s INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE groups ADD COLUMN version_days INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE groups ADD COLUMN heading INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE groups ADD COLUMN place INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE groups ADD COLUMN newcomers INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX groups_newcomers ON groups(id) WHERE newcomers = 1;"
    "CREATE INDEX groups_heading ON groups(heading) WHERE heading <> 0;"
    "CREATE TABLE headings("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE,"
    " place INTEGER NOT NULL) STRICT;"
    "CREATE TABLE written("
    " group_id INTEGER NOT NULL,"
    " user_id INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " PRIMARY KEY(group_id, user_id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE versions("
    " message_id INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " group_id INTEGER NOT NULL,"
    " written_ms INTEGER NOT NULL,"
    " ends_ms INTEGER NOT NULL,"
    " body BLOB NOT NULL,"
    " PRIMARY KEY(message_id, number)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX versions_ends ON versions(ends_ms);"
    "CREATE INDEX versions_group ON versions(group_id);",
    /* What links to files are signed with. */
    "CREATE TABLE link_key("
    " id INTEGER PRIMARY KEY CHECK(id = 1),"
    " key BLOB NOT NULL) STRICT;"
    "INSERT INTO link_key VALUES(1, randomblob(32));"
    /* Of pictures: pixels, 0: unknown; and of the thumbnail its bytes, 0: there is none. */
    "ALTER TABLE files ADD COLUMN width INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE files ADD COLUMN height INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE files ADD COLUMN thumbnail INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE thumbnails("
    " file_id INTEGER PRIMARY KEY,"
    " type TEXT NOT NULL,"
    " bytes BLOB NOT NULL) STRICT;"
    "CREATE TRIGGER files_thumbnails AFTER DELETE ON files BEGIN"
    " DELETE FROM thumbnails WHERE file_id = OLD.id; END;",
    /* What users call their devices. */
    "ALTER TABLE sessions ADD COLUMN name TEXT NOT NULL DEFAULT '';"
    /* Who may mention everybody in a group (enum cw_store_here). */
    "ALTER TABLE groups ADD COLUMN here INTEGER NOT NULL DEFAULT 0;",
    /* The number that an upload was begun with, and whose: see FILE_BEGIN. n = 0: none. */
    "ALTER TABLE files ADD COLUMN session_id INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE files ADD COLUMN part INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE files ADD COLUMN n INTEGER NOT NULL DEFAULT 0;",
    /* Administration: the audit log (rules_audit.h); bans from the server (of a user, or of a
     * network, user_id 0; until_ms 0: no end); links by which a password is set anew; messages that
     * were reported. */
    "CREATE TABLE audit("
    " number INTEGER PRIMARY KEY,"
    " time_ms INTEGER NOT NULL,"
    " actor_id INTEGER NOT NULL,"
    " act INTEGER NOT NULL,"
    " target INTEGER NOT NULL,"
    " detail BLOB NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE server_bans("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " user_id INTEGER NOT NULL,"
    " network BLOB NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL,"
    " by_id INTEGER NOT NULL,"
    " reason TEXT NOT NULL,"
    " UNIQUE(user_id, network)) STRICT;"
    "CREATE TABLE resets("
    " user_id INTEGER PRIMARY KEY,"
    " hash BLOB NOT NULL UNIQUE,"
    " expires_ms INTEGER NOT NULL,"
    " ends_factor INTEGER NOT NULL) STRICT;"
    "CREATE TABLE reports("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " user_id INTEGER NOT NULL,"
    " message_id INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " reason TEXT NOT NULL,"
    " UNIQUE(user_id, message_id)) STRICT;",
    /* A page of history reads the reactions of all its messages by one query. */
    "CREATE TABLE kinds("
    " conversation INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " number INTEGER NOT NULL,"
    " emoji TEXT NOT NULL,"
    " count INTEGER NOT NULL,"
    " PRIMARY KEY(conversation, seq, number)) STRICT, WITHOUT ROWID;"
    "INSERT OR IGNORE INTO kinds SELECT iif(mailbox & 1, mailbox, (min(mailbox >> 1, sender_id) <<"
    " 31 | max(mailbox >> 1, sender_id)) << 1), seq, number, emoji, count FROM reaction_kinds JOIN"
    " messages ON messages.id = message_id;"
    "DROP TABLE reaction_kinds;"
    "ALTER TABLE kinds RENAME TO reaction_kinds;",

    /* Browsers that messages are pushed to, and the key by which push services know the server. */
    "CREATE TABLE push_key("
    " id INTEGER PRIMARY KEY CHECK(id = 1),"
    " key BLOB NOT NULL) STRICT;"
    "INSERT INTO push_key VALUES(1, randomblob(32));"
    "CREATE TABLE pushes("
    " session_id INTEGER PRIMARY KEY,"
    " user_id INTEGER NOT NULL,"
    " endpoint TEXT NOT NULL UNIQUE,"
    " keys BLOB NOT NULL,"
    " with_text INTEGER NOT NULL) STRICT;"
    "CREATE INDEX pushes_user ON pushes(user_id);"
    "CREATE TRIGGER sessions_pushes AFTER DELETE ON sessions BEGIN"
    " DELETE FROM pushes WHERE session_id = OLD.id; END;",

    /* What administrators have to say to everybody. */
    "CREATE TABLE announcements("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " by_id INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL,"
    " body TEXT NOT NULL) STRICT;",
};

const int cw_sqlite_schema_version =
    (int)(sizeof cw_sqlite_migrations / sizeof cw_sqlite_migrations[0]);
