/* sqlite_statement.c - every statement of the SQLite back end, and how one is run.
 *
 * All of them seek: test/store/test_sqlite.c reads their query plans. */
#include "store/sqlite.h"

const char *const cw_sql_text[CW_SQL_COUNT] = {
    [CW_SQL_BEGIN] = "BEGIN",
    [CW_SQL_BEGIN_WRITING] = "BEGIN IMMEDIATE",
    [CW_SQL_COMMIT] = "COMMIT",
    [CW_SQL_ROLLBACK] = "ROLLBACK",

    [CW_SQL_USER_INSERT] = "INSERT INTO users(name, key, password) VALUES(?1, ?2, ?3)"
                           " ON CONFLICT(key) DO NOTHING",
    [CW_SQL_USER_BY_KEY] = "SELECT id, name, password FROM users WHERE key = ?1",
    [CW_SQL_USER_BY_ID] = "SELECT name, high_cursor FROM users WHERE id = ?1",
    [CW_SQL_USER_RAISE_CURSOR] =
        "UPDATE users SET high_cursor = ?2"
        " WHERE id = (SELECT user_id FROM sessions WHERE id = ?1) AND high_cursor < ?2",

    [CW_SQL_SESSION_INSERT] =
        "INSERT INTO sessions(user_id, token_hash, cursor, extended, features, client,"
        " created_ms, seen_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)"
        " ON CONFLICT(token_hash) DO NOTHING",
    [CW_SQL_SESSION_BY_TOKEN] = "SELECT id, cursor, extended, features FROM sessions"
                                " WHERE token_hash = ?1 AND user_id = ?2 AND seen_ms > ?3",
    [CW_SQL_SESSION_ANY] = "SELECT 1 FROM sessions WHERE user_id = ?1 AND seen_ms > ?2 LIMIT 1",
    [CW_SQL_SESSIONS_OF_USER] = "SELECT id, seen_ms FROM sessions WHERE user_id = ?1 ORDER BY id",
    [CW_SQL_SESSION_SAVE] =
        "UPDATE sessions SET cursor = ?2, extended = ?3, features = ?4,"
        " client = ifnull(?5, client), seen_ms = ?6 WHERE id = ?1 AND seen_ms > ?7",
    [CW_SQL_SESSION_DELETE] = "DELETE FROM sessions WHERE id = ?1",
    [CW_SQL_SESSIONS_EXPIRE] = "DELETE FROM sessions WHERE user_id = ?1 AND seen_ms <= ?2",

    [CW_SQL_CONTACT_INSERT] = "INSERT INTO contacts(user_id, contact_id) VALUES(?1, ?2)"
                              " ON CONFLICT DO NOTHING",

    [CW_SQL_GROUP_INSERT] = "INSERT INTO groups(name, key, owner_id, created_ms)"
                            " VALUES(?1, ?2, ?3, ?4)",
    [CW_SQL_GROUP_BY_KEY] = "SELECT id, name, member_count FROM groups WHERE key = ?1",
    [CW_SQL_GROUP_BY_ID] = "SELECT name FROM groups WHERE id = ?1",
    [CW_SQL_GROUP_COUNT_MEMBER] = "UPDATE groups SET member_count = member_count + 1 WHERE id = ?1",
    [CW_SQL_GROUPS_OF_USER] =
        "SELECT members.group_id, groups.name FROM members"
        " JOIN groups ON groups.id = members.group_id WHERE members.user_id = ?1"
        " ORDER BY members.group_id",
    [CW_SQL_MEMBER_INSERT] = "INSERT INTO members(user_id, group_id, joined_message_id)"
                             " VALUES(?1, ?2, ?3)",
    [CW_SQL_MEMBER_FIND] = "SELECT 1 FROM members WHERE user_id = ?1 AND group_id = ?2",
    [CW_SQL_MEMBERSHIPS] = "SELECT group_id, joined_message_id FROM members WHERE user_id = ?1",
    [CW_SQL_MEMBERSHIPS_COUNT] = "SELECT count(*) FROM members WHERE user_id = ?1",

    [CW_SQL_MESSAGE_INSERT] =
        "INSERT INTO messages(mailbox, sender_id, time_ms, voice, channels, sample_rate, blob,"
        " body) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [CW_SQL_MESSAGE_NEWEST] = "SELECT max(id) FROM messages",
    [CW_SQL_MESSAGES_AFTER] = "SELECT id, mailbox FROM messages WHERE id > ?1 ORDER BY id",
    [CW_SQL_INBOX_SEEK] = "SELECT message_id FROM inbox WHERE mailbox = ?1 AND message_id > ?2"
                          " ORDER BY message_id LIMIT 1",
    [CW_SQL_INBOX_INSERT] = "INSERT OR IGNORE INTO inbox(mailbox, message_id) VALUES(?1, ?2)",
    [CW_SQL_INBOX_PROGRESS] = "SELECT inbox_to FROM progress WHERE id = 1",
    [CW_SQL_INBOX_SET_PROGRESS] = "UPDATE progress SET inbox_to = ?1 WHERE id = 1",
    /* The body of somebody's own message is not wanted and not loaded. */
    [CW_SQL_MESSAGE_BY_ID] = "SELECT sender_id, time_ms, voice, channels, sample_rate, blob,"
                             " iif(sender_id = ?2, NULL, body) FROM messages WHERE id = ?1",
    [CW_SQL_BLOB_FIND] = "SELECT 1 FROM messages WHERE blob = ?1",
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
}

void cw_sqlite_note(struct cw_sqlite *s, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return;
    case SQLITE_FULL:
        if (s->trouble == CW_STORE_OK)
            s->trouble = CW_STORE_UNAVAILABLE;
        return;
    default: /* a failed sync or write, damage, or an error of ours */
        s->trouble = CW_STORE_FAILED;
    }
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
        cw_sqlite_note(s, rc);
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

uint64_t cw_sql_column_int(sqlite3_stmt *st, int column)
{
    return (uint64_t)sqlite3_column_int64(st, column);
}

struct cw_slice cw_sql_column_copy(sqlite3_stmt *st, int column, struct cw_arena *arena)
{
    const void *bytes = sqlite3_column_blob(st, column);
    return cw_arena_copy(arena, cw_slice_of(bytes, (size_t)sqlite3_column_bytes(st, column)));
}
