/* survey.c - see store/survey.h. */
#include "store/survey.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/checksum.h"
#include "store/file.h"
#include "store/sqlite/database.h"
#include "store/sqlite/places.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/trouble.h"
#include "store/tally.h"

struct surveyor {
    cw_database *db;
    struct cw_store_survey *to;
    struct cw_tallies tallies;
};

/* Calls `row` for each row of the query; a result code. */
static int each_row(struct surveyor *surveyor, const char *sql,
                    void (*row)(struct surveyor *surveyor, cw_sql_statement *st))
{
    cw_sql_statement *st = NULL;
    int rc = cw_database_prepare(surveyor->db, sql, &st);
    while (rc == CW_DATABASE_GOOD && (rc = cw_database_step(st)) == CW_DATABASE_ROW) {
        row(surveyor, st);
        rc = CW_DATABASE_GOOD;
    }
    cw_database_finalize(st);
    return rc == CW_DATABASE_DONE ? CW_DATABASE_GOOD : rc;
}

/* --- messages ------------------------------------------------------------------------------- */

/* Sums of sums: the order in which they are read does not matter. */
static void add_message(struct surveyor *surveyor, cw_sql_statement *st)
{
    uint64_t sender_id = cw_sql_column_int(st, 2);
    uint64_t conversation = cw_conversation_of(cw_sql_column_int(st, 1), sender_id);
    struct cw_tally *tally = cw_tally_of(&surveyor->tallies, conversation);
    const uint64_t numbers[7] = {cw_sql_column_int(st, 0),
                                 conversation,
                                 sender_id,
                                 cw_sql_column_int(st, 3),
                                 cw_sql_column_int(st, 4),
                                 cw_sql_column_int(st, 5),
                                 cw_sql_column_int(st, 6)};
    uint64_t sum = cw_checksum_numbers(numbers);
    if (surveyor->to->message != NULL && cw_kind_is_message((enum cw_store_kind)numbers[5]))
        surveyor->to->message(surveyor->to->context, conversation, sender_id, numbers[3],
                              numbers[4]);
    tally->messages++;
    tally->sum += sum;
    surveyor->to->messages++;
    surveyor->to->sum += sum;
}

/* The name of a user or a group, or its number where the row has gone. */
static void put_name(struct surveyor *surveyor, const char *table, uint64_t id, char name[256])
{
    char sql[96];
    cw_sql_statement *st = NULL;
    snprintf(sql, sizeof sql, "SELECT name FROM %s WHERE id = %llu", table, (unsigned long long)id);
    snprintf(name, 256, "%llu", (unsigned long long)id);
    if (cw_database_prepare(surveyor->db, sql, &st) == CW_DATABASE_GOOD &&
        cw_database_step(st) == CW_DATABASE_ROW) {
        struct cw_slice text = cw_sql_column_slice(st, 0);
        snprintf(name, 256, "%.*s", (int)text.n, (const char *)text.p);
    }
    cw_database_finalize(st);
}

static void tell_conversation(struct surveyor *surveyor, const struct cw_tally *tally)
{
    char name[540], one[256], other[256];
    bool group = cw_mailbox_is_group(tally->conversation);
    if (group) {
        put_name(surveyor, "groups", tally->conversation >> 1, one);
        snprintf(name, sizeof name, "group %s", one);
    } else {
        put_name(surveyor, "users", tally->conversation >> 32, one);
        put_name(surveyor, "users", tally->conversation >> 1 & CW_USERS_MAX, other);
        snprintf(name, sizeof name, "pair %s %s", one, other);
    }
    const struct cw_survey_conversation about = {name, tally->conversation, tally->messages,
                                                 tally->sum};
    surveyor->to->conversation(surveyor->to->context, &about);
}

static void tell_conversations(struct surveyor *surveyor)
{
    surveyor->to->conversations = surveyor->tallies.count;
    if (surveyor->to->conversation == NULL)
        return;
    cw_tallies_sort(&surveyor->tallies);
    for (size_t i = 0; i < surveyor->tallies.count; i++)
        tell_conversation(surveyor, surveyor->tallies.at[i]);
}

/* --- the rest --------------------------------------------------------------------------------- */

static void take_totals(struct surveyor *surveyor, cw_sql_statement *st)
{
    struct cw_store_survey *to = surveyor->to;
    struct cw_slice db = cw_sql_column_slice(st, 0), key = cw_sql_column_slice(st, 4);
    to->db[0] = 0;
    for (size_t i = 0; i < db.n && db.n == CW_DB_ID_LEN; i++)
        snprintf(to->db + 2 * i, 3, "%02x", db.p[i]);
    to->users = cw_sql_column_int(st, 1);
    to->groups = cw_sql_column_int(st, 2);
    to->newest = cw_sql_column_int(st, 3);
    if (key.n == sizeof to->key)
        memcpy(to->key, key.p, key.n);
}

static void tell_file(struct surveyor *surveyor, cw_sql_statement *st)
{
    char name[CW_FILE_DISK_NAME_MAX];
    struct cw_slice sha256 = cw_sql_column_slice(st, 2);
    cw_file_name(cw_sql_column_int(st, 0), name);
    const struct cw_survey_file file = {name, sha256.n == CW_SURVEY_SHA256_LEN,
                                        cw_sql_column_int(st, 1), sha256.p};
    surveyor->to->file(surveyor->to->context, &file);
}

static void tell_body(struct surveyor *surveyor, cw_sql_statement *st)
{
    char name[CW_BLOB_NAME_MAX];
    struct cw_slice text = cw_sql_column_slice(st, 0);
    snprintf(name, sizeof name, "%.*s", (int)text.n, (const char *)text.p);
    const struct cw_survey_file file = {.name = name};
    surveyor->to->file(surveyor->to->context, &file);
}

static void take_audit(struct surveyor *surveyor, cw_sql_statement *st)
{
    struct cw_slice hash = cw_sql_column_slice(st, 1);
    surveyor->to->audit_number = cw_sql_column_int(st, 0);
    for (size_t i = 0; i < hash.n && i < CW_SURVEY_SHA256_LEN; i++)
        snprintf(surveyor->to->audit + 2 * i, 3, "%02x", hash.p[i]);
}

/* The database of another version may have no such table. */
static int survey_audit(struct surveyor *surveyor)
{
    int there = 0;
    surveyor->to->audit_number = 0;
    surveyor->to->audit[0] = 0;
    int rc = cw_database_number(surveyor->db,
                                "SELECT count(*) FROM sqlite_schema WHERE name = 'audit'", &there);
    if (rc != CW_DATABASE_GOOD || there == 0)
        return rc;
    return each_row(surveyor, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1",
                    take_audit);
}

static int survey_all(struct surveyor *surveyor)
{
    int rc = each_row(surveyor,
                      "SELECT (SELECT db FROM identity),"
                      " (SELECT count(*) FROM users WHERE deleted_ms = 0),"
                      " (SELECT count(*) FROM groups WHERE key IS NOT NULL),"
                      " max((SELECT newest FROM progress),"
                      "  ifnull((SELECT max(id) FROM messages), 0)),"
                      " (SELECT key FROM link_key)",
                      take_totals);
    if (rc == CW_DATABASE_GOOD)
        rc = each_row(surveyor,
                      "SELECT id, mailbox, sender_id, seq, time_ms, kind, sum FROM messages",
                      add_message);
    if (rc == CW_DATABASE_GOOD && surveyor->to->file != NULL)
        rc = each_row(surveyor,
                      "SELECT content, size, sha256 FROM files WHERE message_id <> 0 GROUP BY"
                      " content",
                      tell_file);
    if (rc == CW_DATABASE_GOOD && surveyor->to->file != NULL)
        rc = each_row(surveyor, "SELECT blob FROM messages WHERE blob IS NOT NULL", tell_body);
    if (rc == CW_DATABASE_GOOD)
        rc = survey_audit(surveyor);
    if (rc == CW_DATABASE_GOOD)
        tell_conversations(surveyor);
    return rc;
}

static bool judge_schema(const char *shown, int schema, char error[256])
{
    if (cw_sqlite_version_is_known(schema))
        return true;
    snprintf(error, 256, "The data in %.110s are of %s version (schema %d, this server has %d)%s",
             shown, schema > cw_sqlite_schema_version ? "a newer" : "an older", schema,
             cw_sqlite_schema_version,
             schema > cw_sqlite_schema_version
                 ? ": use the server that wrote them, or a newer one."
                 : ": they can be restored, but not be counted here.");
    return false;
}

static void finish(struct surveyor *surveyor)
{
    cw_database_close(surveyor->db);
    cw_tallies_finish(&surveyor->tallies);
}

/* A log that is there is read, too, and left as it is. */
static int open_it(struct surveyor *surveyor, const char *folder)
{
    char *base = cw_sqlite_folder_of(folder);
    char *path = cw_sqlite_path(base, CW_SQLITE_FILE);
    int rc = cw_database_open(&surveyor->db, path);
    free(path);
    free(base);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_leave_log(surveyor->db);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_exec(surveyor->db, "PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE;"
                                            "SELECT count(*) FROM sqlite_schema; ROLLBACK");
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_number(surveyor->db, "PRAGMA user_version", &surveyor->to->schema);
    return rc;
}

bool cw_store_survey_sqlite(const char *folder, const char *shown, struct cw_store_survey *survey,
                            char error[256])
{
    struct surveyor surveyor = {.to = survey};
    cw_tallies_init(&surveyor.tallies);
    survey->messages = survey->sum = survey->conversations = 0;
    int rc = open_it(&surveyor, folder);
    bool good = rc == CW_DATABASE_GOOD && judge_schema(shown, survey->schema, error);
    if (good)
        rc = survey_all(&surveyor);
    if (rc != CW_DATABASE_GOOD)
        cw_sqlite_explain(surveyor.db, rc, shown, error);
    finish(&surveyor);
    return good && rc == CW_DATABASE_GOOD;
}
