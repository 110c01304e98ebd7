/* statement.c - every statement of the SQLite back end, and how one is run.
 *
 * All of them seek: test/store/test_sqlite.c reads their query plans. */
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/trouble.h"

/* In MESSAGE_BY_ID the body of what the asker (?2) sent is not wanted and not loaded,
 * nor a voice's unless ?3. The numbers of `kind` are those of enum cw_store_kind. */
const char *const cw_sql_text[CW_SQL_COUNT] = {
    [CW_SQL_BEGIN] = "BEGIN",
    [CW_SQL_BEGIN_WRITING] = "BEGIN IMMEDIATE",
    [CW_SQL_COMMIT] = "COMMIT",
    [CW_SQL_ROLLBACK] = "ROLLBACK",

    [CW_SQL_USER_INSERT] =
        "INSERT INTO users(name, key, password) VALUES(?1, ?2, ?3) ON CONFLICT(key) DO"
        " NOTHING",
    [CW_SQL_USER_BY_KEY] = "SELECT id, name, password FROM users WHERE key = ?1",
    [CW_SQL_USER_BY_ID] = "SELECT name, high_cursor, seen_ms FROM users WHERE id = ?1",
    [CW_SQL_USER_SEEN] =
        "UPDATE users SET high_cursor = max(high_cursor, ?2), seen_ms = max(seen_ms, ?3)"
        " WHERE id = (SELECT user_id FROM sessions WHERE id = ?1)",
    [CW_SQL_USER_PASSWORD] = "SELECT password, renewed_from FROM users WHERE id = ?1",
    [CW_SQL_USER_RENEW_PASSWORD] =
        "UPDATE users SET password = ?2, renewed_from = ?4 WHERE id = ?1 AND password = ?3",
    [CW_SQL_USER_SET_PASSWORD] = "UPDATE users SET password = ?2, renewed_from = 0 WHERE id = ?1",

    [CW_SQL_SESSION_INSERT] =
        "INSERT INTO sessions(user_id, token_hash, cursor, extended, features, client,"
        " created_ms, seen_ms, address, used) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?9, ?8,"
        " (SELECT ifnull(max(used), 0) + 1 FROM sessions WHERE user_id = ?1))",
    [CW_SQL_SESSION_HAS_TOKEN] = "SELECT 1 FROM sessions WHERE token_hash = ?1",
    [CW_SQL_SESSION_BY_TOKEN] =
        "SELECT id, cursor, extended, features FROM sessions WHERE token_hash = ?1 AND"
        " user_id = ?2 AND seen_ms > ?3",
    [CW_SQL_SESSION_OF_USER] = "SELECT 1 FROM sessions WHERE id = ?1 AND user_id = ?2",
    [CW_SQL_SESSION_ANY] = "SELECT 1 FROM sessions WHERE user_id = ?1 AND seen_ms > ?2 LIMIT 1",
    [CW_SQL_SESSIONS_OF_USER] = "SELECT id, used FROM sessions WHERE user_id = ?1 ORDER BY id",
    [CW_SQL_SESSIONS_LIST] =
        "SELECT id, client, address, created_ms, seen_ms FROM sessions WHERE user_id = ?1"
        " AND seen_ms > ?2",
    [CW_SQL_SESSION_SAVE] =
        "UPDATE sessions SET cursor = ?2, extended = ?3, features = ?4, client ="
        " ifnull(?5, client), address = ifnull(?8, address), seen_ms ="
        " max(seen_ms, ?6), used = (SELECT"
        " max(other.used) + 1 FROM sessions AS other WHERE other.user_id = sessions.user_id) WHERE"
        " id = ?1 AND seen_ms > ?7",
    [CW_SQL_SESSION_TOUCH] =
        "UPDATE sessions SET seen_ms = max(seen_ms, ?2), used = (SELECT"
        " max(other.used) + 1 FROM sessions AS other WHERE other.user_id = sessions.user_id) WHERE"
        " id = ?1 AND seen_ms > ?3",
    [CW_SQL_SESSION_DELETE] = "DELETE FROM sessions WHERE id = ?1",
    [CW_SQL_SESSION_REVOKE] =
        "DELETE FROM sessions WHERE id = ?1 AND user_id = ?2 AND seen_ms > ?3",
    [CW_SQL_SESSIONS_EXPIRE] = "DELETE FROM sessions WHERE user_id = ?1 AND seen_ms <= ?2",
    [CW_SQL_SESSIONS_DELETE_OTHERS] = "DELETE FROM sessions WHERE user_id = ?1 AND id <> ?2",
    [CW_SQL_SESSION_COUNTER] = "SELECT last_n, counted_id FROM sessions WHERE id = ?1",

    [CW_SQL_WINDOW_FIND] =
        "SELECT top, seen, last_id, ids FROM windows WHERE session_id = ?1 AND part = ?2",
    [CW_SQL_WINDOW_INSERT] =
        "INSERT INTO windows(session_id, part, top, seen, last_id, ids) SELECT id, ?2, ?3, ?4,"
        " ?5, ?6 FROM sessions WHERE id = ?1",
    [CW_SQL_WINDOW_SET] =
        "UPDATE windows SET top = ?3, seen = ?4, last_id = ?5, ids = ?6 WHERE session_id = ?1"
        " AND part = ?2",
    [CW_SQL_WINDOW_DELETE] = "DELETE FROM windows WHERE session_id = ?1 AND part = ?2",
    [CW_SQL_WINDOWS_OF_SESSION] = "SELECT part, last_id FROM windows WHERE session_id = ?1",
    [CW_SQL_RETRY_KEY] = "SELECT key FROM retry_key WHERE id = 1",
    [CW_SQL_IDENTITY] = "SELECT db FROM identity WHERE id = 1",
    [CW_SQL_IDENTITY_RENEW] = "UPDATE identity SET db = randomblob(16) WHERE id = 1",
    [CW_SQL_ERAS] =
        "SELECT first_id, era FROM eras WHERE number > (SELECT max(number) FROM eras) - ?1"
        " ORDER BY number",
    [CW_SQL_ERA_INSERT] = "INSERT INTO eras(first_id, era) VALUES(?1, random())",
    [CW_SQL_ERAS_DELETE] = "DELETE FROM eras WHERE number <= (SELECT max(number) FROM eras) - ?1",

    [CW_SQL_CONTACT_INSERT] = "INSERT INTO contacts(user_id, contact_id) VALUES(?1, ?2)",
    [CW_SQL_CONTACT_FIND] = "SELECT 1 FROM contacts WHERE user_id = ?1 AND contact_id = ?2",
    [CW_SQL_CONTACT_DELETE] = "DELETE FROM contacts WHERE user_id = ?1 AND contact_id = ?2",
    [CW_SQL_CONTACTS] = "SELECT contact_id FROM contacts WHERE user_id = ?1 ORDER BY contact_id",
    [CW_SQL_CONTACTS_COUNT] = "SELECT count(*) FROM contacts WHERE user_id = ?1",
    [CW_SQL_BLOCK_INSERT] = "INSERT INTO blocks(user_id, blocked_id) VALUES(?1, ?2)",
    [CW_SQL_BLOCK_FIND] = "SELECT 1 FROM blocks WHERE user_id = ?1 AND blocked_id = ?2",
    [CW_SQL_BLOCK_DELETE] = "DELETE FROM blocks WHERE user_id = ?1 AND blocked_id = ?2",
    [CW_SQL_BLOCKERS] = "SELECT DISTINCT user_id FROM blocks",
    [CW_SQL_BLOCKS] = "SELECT blocked_id FROM blocks WHERE user_id = ?1 ORDER BY blocked_id",
    [CW_SQL_BLOCKS_COUNT] = "SELECT count(*) FROM blocks WHERE user_id = ?1",

    [CW_SQL_INVITATION_INSERT] =
        "INSERT INTO invitations(hash, mailbox, creator_id, expires_ms, uses, created_ms)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(hash) DO NOTHING",
    [CW_SQL_INVITATION_FREE] =
        "DELETE FROM invitations WHERE hash = ?1 AND (expires_ms <= ?2 OR uses = 0)",
    [CW_SQL_INVITATION_GOOD] =
        "SELECT creator_id FROM invitations WHERE hash = ?1 AND mailbox = ?2 AND expires_ms >"
        " ?3 AND uses > 0",
    [CW_SQL_INVITATION_USE] = "UPDATE invitations SET uses = uses - 1 WHERE hash = ?1",
    [CW_SQL_INVITATION_BY_ID] =
        "SELECT mailbox, creator_id FROM invitations WHERE id = ?1 AND expires_ms > ?2 AND uses"
        " > 0",
    [CW_SQL_INVITATION_DELETE] = "DELETE FROM invitations WHERE id = ?1",
    [CW_SQL_INVITATIONS] =
        "SELECT invitations.id, users.name, created_ms, expires_ms, uses FROM invitations JOIN"
        " users ON users.id = creator_id WHERE mailbox = ?1 AND creator_id BETWEEN ?2 AND ?3"
        " AND expires_ms > ?4 AND uses > 0",
    [CW_SQL_INVITATIONS_COUNT] =
        "SELECT count(*), ifnull(sum(uses), 0) FROM invitations WHERE mailbox = ?1 AND"
        " creator_id BETWEEN ?2 AND ?3 AND expires_ms > ?4 AND uses > 0",
    [CW_SQL_INVITATIONS_EXPIRE] =
        "DELETE FROM invitations WHERE mailbox = ?1 AND creator_id BETWEEN ?2 AND ?3 AND"
        " (expires_ms <= ?4 OR uses = 0)",
    [CW_SQL_INVITATIONS_DELETE] = "DELETE FROM invitations WHERE mailbox = ?1",
    [CW_SQL_INVITATIONS_END] = "DELETE FROM invitations WHERE mailbox = ?1 AND creator_id = ?2",
    [CW_SQL_INVITATIONS_TRIM] =
        "DELETE FROM invitations WHERE mailbox = 0 AND creator_id = 0 AND id <= (SELECT id FROM"
        " invitations WHERE mailbox = 0 AND creator_id = 0 ORDER BY id DESC LIMIT 1 OFFSET ?1)",

    [CW_SQL_GROUP_INSERT] = "INSERT INTO groups(name, key, created_ms) VALUES(?1, ?2, ?3)",
    [CW_SQL_GROUP_BY_KEY] =
        "SELECT id, name, member_count, by_invitation FROM groups WHERE key = ?1",
    [CW_SQL_GROUP_BY_ID] = "SELECT name FROM groups WHERE id = ?1",
    [CW_SQL_GROUP_EXISTS] = "SELECT 1 FROM groups WHERE id = ?1 AND key IS NOT NULL",
    [CW_SQL_GROUP_COUNT_MEMBERS] =
        "UPDATE groups SET member_count = member_count + ?2, joins = joins + max(?2, 0)"
        " WHERE id = ?1",
    [CW_SQL_GROUP_SET_TOPIC] = "UPDATE groups SET topic = ?2 WHERE id = ?1",
    [CW_SQL_GROUP_SET_ACCESS] = "UPDATE groups SET by_invitation = ?2 WHERE id = ?1",
    [CW_SQL_GROUP_SET_RETENTION] =
        "UPDATE groups SET retain_days = ?2, retain_count = ?3, looked_after = (?2 <> 0"
        " OR ?3 <> 0) WHERE id = ?1",
    [CW_SQL_GROUP_LEFT] = "UPDATE groups SET key = NULL, looked_after = 1 WHERE id = ?1",
    [CW_SQL_GROUP_DELETE] = "DELETE FROM groups WHERE id = ?1",
    [CW_SQL_GROUP_RETENTION] = "SELECT retain_days, retain_count FROM groups WHERE id = ?1",
    [CW_SQL_GROUP_LOOKED_AFTER] =
        "SELECT id, key IS NULL FROM groups WHERE looked_after = 1 AND id > ?1 ORDER BY"
        " id LIMIT 1",
    [CW_SQL_GROUPS_OF_USER] =
        "SELECT members.group_id, groups.name, members.role,"
        " ifnull((SELECT until_ms FROM mutes WHERE group_id = members.group_id AND user_id ="
        " members.user_id), 0),"
        " groups.by_invitation, groups.topic, groups.member_count, groups.retain_days,"
        " groups.retain_count FROM members JOIN groups ON groups.id = members.group_id"
        " WHERE members.user_id = ?1 ORDER BY members.group_id",
    [CW_SQL_GROUP_OF_USER] =
        "SELECT members.group_id, groups.name, members.role,"
        " ifnull((SELECT until_ms FROM mutes WHERE group_id = members.group_id AND user_id ="
        " members.user_id), 0),"
        " groups.by_invitation, groups.topic, groups.member_count, groups.retain_days,"
        " groups.retain_count FROM members JOIN groups ON groups.id = members.group_id"
        " WHERE members.user_id = ?1 AND members.group_id = ?2",

    [CW_SQL_MEMBER_INSERT] =
        "INSERT INTO members(user_id, group_id, joined_message_id, role, joined_ms,"
        " joined) VALUES(?1, ?2, ?3, ?4, ?5, (SELECT joins FROM groups WHERE id = ?2))",
    [CW_SQL_MEMBER_FIND] = "SELECT role FROM members WHERE user_id = ?1 AND group_id = ?2",
    [CW_SQL_MEMBER_MUTED] =
        "SELECT ifnull((SELECT until_ms FROM mutes WHERE group_id = ?2 AND user_id = ?1), 0)"
        " FROM members WHERE user_id = ?1 AND group_id = ?2",
    [CW_SQL_MEMBER_DELETE] = "DELETE FROM members WHERE user_id = ?1 AND group_id = ?2",
    [CW_SQL_MEMBER_SET_ROLE] = "UPDATE members SET role = ?3 WHERE user_id = ?1 AND group_id = ?2",
    [CW_SQL_MEMBER_HEIR] =
        "SELECT user_id FROM members WHERE group_id = ?1 AND role = ?2 ORDER BY joined"
        " LIMIT 1",
    [CW_SQL_MEMBERSHIPS] = "SELECT group_id, joined_message_id FROM members WHERE user_id = ?1",
    [CW_SQL_MEMBERSHIPS_COUNT] = "SELECT count(*) FROM members WHERE user_id = ?1",
    [CW_SQL_MEMBERS] =
        "SELECT members.user_id, users.name, users.seen_ms, members.role,"
        " ifnull((SELECT until_ms FROM mutes WHERE group_id = members.group_id AND user_id ="
        " members.user_id), 0) FROM members INDEXED BY members_group JOIN users ON"
        " users.id = members.user_id WHERE members.group_id = ?1 AND members.user_id > ?2"
        " ORDER BY members.user_id",
    [CW_SQL_BANS] =
        "SELECT bans.user_id, users.name, users.seen_ms, 0, 0 FROM bans JOIN users ON"
        " users.id = bans.user_id WHERE bans.group_id = ?1 AND bans.user_id > ?2 ORDER BY"
        " bans.user_id",
    [CW_SQL_BAN_INSERT] = "INSERT OR IGNORE INTO bans(group_id, user_id) VALUES(?1, ?2)",
    [CW_SQL_BAN_FIND] = "SELECT 1 FROM bans WHERE group_id = ?1 AND user_id = ?2",
    [CW_SQL_BAN_DELETE] = "DELETE FROM bans WHERE group_id = ?1 AND user_id = ?2",
    [CW_SQL_BANS_DELETE] = "DELETE FROM bans WHERE group_id = ?1",
    [CW_SQL_MUTE_FIND] = "SELECT until_ms FROM mutes WHERE group_id = ?1 AND user_id = ?2",
    [CW_SQL_MUTE_SET] = "INSERT INTO mutes(group_id, user_id, until_ms) VALUES(?1, ?2, ?3) ON"
                        " CONFLICT(group_id, user_id) DO UPDATE SET until_ms = ?3",
    [CW_SQL_MUTE_DELETE] = "DELETE FROM mutes WHERE group_id = ?1 AND user_id = ?2",
    [CW_SQL_MUTES_DELETE] = "DELETE FROM mutes WHERE group_id = ?1",

    [CW_SQL_NOTICE_INSERT] =
        "INSERT INTO notices(user_id, group_id, group_name, by_id, kind, time_ms, until_ms)"
        " VALUES(?1, ?2, (SELECT name FROM groups WHERE id = ?2), ?3, ?4, ?5, ?6)",
    [CW_SQL_NOTICE_REMOVE] =
        "DELETE FROM notices WHERE user_id = ?1 AND group_id = ?2 AND kind <= ?3",
    [CW_SQL_NOTICE_UNBAN] =
        "UPDATE notices SET kind = ?3 WHERE user_id = ?1 AND group_id = ?2 AND kind = ?4",
    [CW_SQL_NOTICES_TRIM] =
        "DELETE FROM notices WHERE user_id = ?1 AND id <= (SELECT id FROM notices WHERE"
        " user_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    [CW_SQL_NOTICE_NEWEST] = "SELECT id FROM notices WHERE user_id = ?1 ORDER BY id DESC LIMIT 1",
    [CW_SQL_NOTICES] =
        "SELECT notices.id, notices.group_name, users.name, notices.kind, notices.time_ms,"
        " notices.until_ms FROM notices JOIN users ON users.id = notices.by_id WHERE"
        " notices.user_id = ?1 ORDER BY notices.id",
    [CW_SQL_NOTICES_DROP] = "DELETE FROM notices WHERE user_id = ?1 AND id <= ?2",

    [CW_SQL_MESSAGE_INSERT] =
        "INSERT INTO messages(id, mailbox, sender_id, seq, time_ms, kind, reply_to,"
        " about, session_id, n, previous, body, channels, sample_rate, duration_ms,"
        " waveform, blob, edited_ms, deleted_ms, played_ms, sum) VALUES(?1, ?2, ?3, ?4,"
        " ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 0, 0, NULL, NULL, 0, 0, 0, ?13)",
    [CW_SQL_VOICE_INSERT] =
        "INSERT INTO messages(id, mailbox, sender_id, seq, time_ms, kind, reply_to,"
        " about, session_id, n, previous, body, channels, sample_rate, duration_ms,"
        " waveform, blob, edited_ms, deleted_ms, played_ms, sum) VALUES(?1, ?2, ?3, ?4,"
        " ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?14, ?15, ?16, ?17, ?18, 0, 0, 0, ?13)",
    [CW_SQL_MESSAGE_BY_ID] =
        "SELECT mailbox, sender_id, seq, time_ms, kind, channels, sample_rate, reply_to,"
        " about, edited_ms, deleted_ms, previous, duration_ms, played_ms, waveform, blob,"
        " length(body), iif(sender_id = ?2 OR (kind = 1 AND NOT ?3), NULL, body),"
        " iif(sender_id = ?2 OR (kind = 1 AND NOT ?3), NULL, sum) FROM messages WHERE id"
        " = ?1",
    [CW_SQL_MESSAGE_HEAD] =
        "SELECT mailbox, sender_id, seq, time_ms, kind, channels, sample_rate, reply_to,"
        " about, edited_ms, deleted_ms, previous, duration_ms, played_ms, waveform, blob,"
        " 0, NULL, NULL FROM messages WHERE id = ?1",
    [CW_SQL_MESSAGE_TEXT] =
        "SELECT deleted_ms, body, mailbox, seq, sender_id, time_ms, kind, sum FROM messages"
        " WHERE id = ?1",
    [CW_SQL_MESSAGE_EXISTS] = "SELECT 1 FROM messages WHERE id = ?1",
    [CW_SQL_MESSAGE_COUNTED] =
        "SELECT session_id, n, mailbox, previous, seq, time_ms FROM messages WHERE"
        " id = ?1",
    [CW_SQL_MESSAGE_CHANGED] = "SELECT seq, time_ms, about FROM messages WHERE id = ?1",
    [CW_SQL_MESSAGE_SHOWN] = "SELECT 1 FROM messages WHERE id = ?1 AND kind <= 1",
    [CW_SQL_MESSAGE_THERE] =
        "SELECT 1 FROM messages WHERE id = ?1 AND kind <= 1 AND deleted_ms = 0",
    [CW_SQL_MESSAGE_UNREAD] =
        "SELECT 1 FROM messages WHERE id = ?1 AND sender_id <> ?2 AND kind <= 1 AND"
        " deleted_ms = 0",
    [CW_SQL_MESSAGE_EDIT] =
        "UPDATE messages SET edited_ms = ?2, body = ?3, about = ?4, sum = ?5 WHERE id = ?1",
    [CW_SQL_MESSAGE_BLANK] =
        "UPDATE messages SET deleted_ms = ?2, blob = NULL, body = NULL, waveform = NULL,"
        " duration_ms = 0, played_ms = 0, previous = 0, about = ?3, sum = ?4 WHERE id = ?1",
    [CW_SQL_MESSAGE_PLAYED] = "UPDATE messages SET played_ms = ?2 WHERE id = ?1",
    [CW_SQL_MESSAGE_DELETE] = "DELETE FROM messages WHERE id = ?1",
    [CW_SQL_MESSAGE_NEXT] = "SELECT id FROM messages WHERE id > ?1 ORDER BY id LIMIT 1",
    [CW_SQL_MESSAGE_NEWEST] = "SELECT max(id) FROM messages",
    [CW_SQL_MESSAGES_AFTER] =
        "SELECT id, mailbox, sender_id, seq FROM messages WHERE id > ?1 ORDER BY id",
    [CW_SQL_BLOB_FIND] = "SELECT 1 FROM messages WHERE blob = ?1",

    [CW_SQL_REMOVAL_FIND] = "SELECT 1 FROM removals WHERE blob = ?1",
    [CW_SQL_REMOVAL_NEXT] = "SELECT 1 FROM removals WHERE blob >= ?1 LIMIT 1",
    [CW_SQL_REMOVAL_INSERT] = "INSERT OR IGNORE INTO removals(blob) VALUES(?1)",
    [CW_SQL_REMOVALS_DELETE] = "DELETE FROM removals WHERE blob >= ?1",
    [CW_SQL_INBOX_SEEK] =
        "SELECT message_id FROM inbox WHERE mailbox = ?1 AND message_id > ?2 ORDER BY"
        " message_id LIMIT 1",
    [CW_SQL_INBOX_INSERT] = "INSERT OR IGNORE INTO inbox(mailbox, message_id) VALUES(?1, ?2)",
    [CW_SQL_INBOX_DELETE] = "DELETE FROM inbox WHERE mailbox = ?1 AND message_id = ?2",
    [CW_SQL_HISTORY_INSERT] =
        "INSERT OR IGNORE INTO history(conversation, seq, message_id) VALUES(?1, ?2, ?3)",
    [CW_SQL_HISTORY_FIRST] =
        "SELECT seq, message_id FROM history WHERE conversation = ?1 AND seq >= ?2 ORDER"
        " BY seq LIMIT 1",
    [CW_SQL_HISTORY_LAST] =
        "SELECT seq, message_id FROM history WHERE conversation = ?1 ORDER BY seq DESC"
        " LIMIT 1",
    [CW_SQL_HISTORY_DELETE] = "DELETE FROM history WHERE conversation = ?1 AND seq <= ?2",
    [CW_SQL_MARK_INSERT] =
        "INSERT OR IGNORE INTO marks(user_id, conversation, read_seq) VALUES(?1, ?2, 0)",
    [CW_SQL_MARK_SET] = "INSERT INTO marks(user_id, conversation, read_seq) VALUES(?1, ?2, ?3) ON"
                        " CONFLICT(user_id, conversation) DO UPDATE SET read_seq = ?3",
    [CW_SQL_MARK_FIND] = "SELECT read_seq FROM marks WHERE user_id = ?1 AND conversation = ?2",
    [CW_SQL_MARK_DELETE] = "DELETE FROM marks WHERE user_id = ?1 AND conversation = ?2",
    [CW_SQL_MARKS_OF_USER] = "SELECT conversation FROM marks WHERE user_id = ?1",

    [CW_SQL_SEARCH] = "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid < ?2 ORDER BY rowid"
                      " DESC LIMIT ?3",
    [CW_SQL_SEARCH_INSERT] = "INSERT INTO search(rowid, body, place) VALUES(?1, ?2, ?3)",
    [CW_SQL_SEARCH_DELETE] =
        "INSERT INTO search(search, rowid, body, place) VALUES('delete', ?1, ?2, ?3)",
    [CW_SQL_SEARCH_PENDING] =
        "SELECT id, mailbox, sender_id, iif(kind = 0 AND deleted_ms = 0, body, NULL) FROM"
        " messages WHERE id > ?1 ORDER BY id",

    [CW_SQL_SEARCH_MERGE] = "INSERT INTO search(search, rank) VALUES('merge', ?1)",
    [CW_SQL_WORDS_FORGET] = "UPDATE names SET words = '' WHERE id = 1",
    [CW_SQL_FREE_PAGES] = "PRAGMA freelist_count",
    [CW_SQL_PAGE_COUNT] = "PRAGMA page_count",
    [CW_SQL_ZEROS_INSERT] = "INSERT INTO zeros(body) VALUES(zeroblob(?1))",
    [CW_SQL_ZEROS_DELETE] = "DELETE FROM zeros WHERE id = (SELECT max(id) FROM zeros)",

    [CW_SQL_LOOK_INSERT] = "INSERT OR IGNORE INTO looks(of_group, look, id) VALUES(?1, ?2, ?3)",
    [CW_SQL_LOOK_FIND] =
        "SELECT id FROM looks WHERE of_group = ?1 AND look = ?2 ORDER BY id LIMIT 1",
    [CW_SQL_LOOK_DELETE] = "DELETE FROM looks WHERE of_group = ?1 AND look = ?2 AND id = ?3",
    [CW_SQL_LOOKS_DELETE] = "DELETE FROM looks",
    [CW_SQL_TWINS] =
        "SELECT b.of_group, b.id, min(a.id) FROM looks a CROSS JOIN looks b ON b.of_group ="
        " a.of_group AND b.look = a.look AND b.id > a.id GROUP BY b.of_group, b.id LIMIT ?1",
    [CW_SQL_NAMES_VERSION] = "SELECT version FROM names WHERE id = 1",
    [CW_SQL_NAMES_SET_VERSION] = "UPDATE names SET version = ?1 WHERE id = 1",
    [CW_SQL_USER_NEXT_NAME] = "SELECT id, name FROM users WHERE id > ?1 ORDER BY id LIMIT 1",
    [CW_SQL_USER_SET_KEY] = "UPDATE OR IGNORE users SET key = ?2, kept_key = 0 WHERE id = ?1",
    [CW_SQL_USER_KEEP_KEY] = "UPDATE users SET key = ?2, kept_key = 1 WHERE id = ?1",
    [CW_SQL_USERS_KEPT] = "SELECT key FROM users WHERE kept_key = 1",
    [CW_SQL_GROUP_NEXT_NAME] =
        "SELECT id, name FROM groups WHERE id > ?1 AND key IS NOT NULL ORDER BY id LIMIT 1",
    [CW_SQL_GROUP_SET_KEY] = "UPDATE OR IGNORE groups SET key = ?2, kept_key = 0 WHERE id = ?1",
    [CW_SQL_GROUP_KEEP_KEY] = "UPDATE groups SET key = ?2, kept_key = 1 WHERE id = ?1",
    [CW_SQL_GROUPS_KEPT] = "SELECT key FROM groups WHERE kept_key = 1",

    [CW_SQL_PROGRESS] =
        "SELECT inbox_to, search_to, newest, unclean, date_ms FROM progress WHERE id = 1",
    [CW_SQL_DATE_SET_PROGRESS] = "UPDATE progress SET date_ms = ?1 WHERE id = 1",
    [CW_SQL_INBOX_SET_PROGRESS] = "UPDATE progress SET inbox_to = ?1 WHERE id = 1",
    [CW_SQL_SEARCH_SET_PROGRESS] = "UPDATE progress SET search_to = ?1 WHERE id = 1",
    [CW_SQL_STORED_FIND] = "SELECT bytes FROM stored WHERE user_id = ?1",
    [CW_SQL_STORED_SET] = "INSERT OR REPLACE INTO stored VALUES(?1, ?2)",
    [CW_SQL_STORED_CHANGE] = "UPDATE stored SET bytes = max(bytes - ?2 + ?3, 0) WHERE user_id = ?1",
    [CW_SQL_STORED_AFTER] =
        "SELECT id, sender_id, " CW_SQL_STORED_BYTES " FROM messages WHERE id > ?1",
    [CW_SQL_STORED_PROGRESS] = "SELECT stored_to FROM progress WHERE id = 1",
    [CW_SQL_STORED_SET_PROGRESS] = "UPDATE progress SET stored_to = ?1 WHERE id = 1",
    [CW_SQL_NEWEST_SET_PROGRESS] = "UPDATE progress SET newest = ?1 WHERE id = 1",
    [CW_SQL_UNCLEAN_SET_PROGRESS] = "UPDATE progress SET unclean = ?1 WHERE id = 1",
};

bool cw_sqlite_prepare(struct cw_sqlite *s)
{
    for (int i = 0; i < CW_SQL_COUNT; i++)
        if (sqlite3_prepare_v3(s->db, cw_sql_text[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &s->statements[i], NULL) != SQLITE_OK)
            return false;
    return true;
}

void cw_sqlite_finalize(struct cw_sqlite *s)
{
    for (int i = 0; i < CW_SQL_COUNT; i++)
        sqlite3_finalize(s->statements[i]);
    memset(s->statements, 0, sizeof s->statements);
}

/* A bind can only fail by a parameter that is not there: the statement then
 * breaks a NOT NULL or finds nothing, in the first test that runs it. */
void cw_sql_int(sqlite3_stmt *st, int parameter, uint64_t value)
{
    sqlite3_bind_int64(st, parameter, (sqlite3_int64)value);
}

void cw_sql_text_of(sqlite3_stmt *st, int parameter, struct cw_slice text)
{
    /* A null pointer would bind NULL. */
    sqlite3_bind_text64(st, parameter, text.n == 0 ? "" : (const char *)text.p, text.n,
                        SQLITE_STATIC, SQLITE_UTF8);
}

void cw_sql_blob(sqlite3_stmt *st, int parameter, struct cw_slice bytes)
{
    sqlite3_bind_blob64(st, parameter, bytes.n == 0 ? (const void *)"" : bytes.p, bytes.n,
                        SQLITE_STATIC);
}

bool cw_sql_row(struct cw_sqlite *s, sqlite3_stmt *st)
{
    if (s->trouble == CW_STORE_OK) {
        int rc = sqlite3_step(st);
        if (rc == SQLITE_ROW)
            return true;
        cw_sqlite_note_of(s, st, rc);
    }
    sqlite3_reset(st);
    return false;
}

void cw_sql_end(sqlite3_stmt *st)
{
    sqlite3_reset(st);
}

int cw_sql_run(struct cw_sqlite *s, enum cw_sql which)
{
    sqlite3_stmt *st = s->statements[which];
    while (cw_sql_row(s, st))
        ;
    return s->trouble == CW_STORE_OK ? sqlite3_changes(s->db) : 0;
}

/* --- a statement whose parameters are numbers ------------------------------------------ */

static sqlite3_stmt *bind_numbers(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[])
{
    sqlite3_stmt *st = s->statements[which];
    for (int i = 0; i < sqlite3_bind_parameter_count(st); i++)
        cw_sql_int(st, i + 1, numbers[i]);
    return st;
}

int cw_sql_run_with(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[])
{
    bind_numbers(s, which, numbers);
    return cw_sql_run(s, which);
}

uint64_t cw_sql_query(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[])
{
    sqlite3_stmt *st = bind_numbers(s, which, numbers);
    uint64_t value = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return value;
}

bool cw_sql_finds(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[])
{
    sqlite3_stmt *st = bind_numbers(s, which, numbers);
    bool found = cw_sql_row(s, st);
    cw_sql_end(st);
    return found;
}

/* --- columns --------------------------------------------------------------------------- */

uint64_t cw_sql_column_int(sqlite3_stmt *st, int column)
{
    return (uint64_t)sqlite3_column_int64(st, column);
}

struct cw_slice cw_sql_column_copy(sqlite3_stmt *st, int column, struct cw_arena *arena)
{
    const void *bytes = sqlite3_column_blob(st, column);
    return cw_arena_copy(arena, cw_slice_of(bytes, (size_t)sqlite3_column_bytes(st, column)));
}
