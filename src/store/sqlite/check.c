/* check.c - reads a whole data folder and reports damage. It changes nothing and repairs
 * nothing. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attributes.h"
#include "store/blob.h"
#include "store/sqlite/database.h"
#include "store/sqlite/load.h"
#include "store/sqlite/log.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/message.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/names.h"
#include "store/sqlite/open.h"
#include "store/sqlite/places.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"
#include "store/sqlite/wal.h"
#include "text/look.h"
#include "text/unicode.h"

struct check {
    struct cw_sqlite s; /* first */
    struct cw_store_checking *to;
};

CW_PRINTF_LIKE(3, 4)
static void report(struct check *check, bool damage, const char *format, ...)
{
    char line[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    check->to->damages += damage;
    check->to->tell(check->to->context, line);
}

/* What the functions that read have noted. */
static void report_notes(struct check *check)
{
    struct cw_store_notes notes;
    cw_store_take_notes(&check->s.store, &notes);
    for (size_t i = 0; i < notes.count; i++)
        report(check, true, "%s", notes.lines[i]);
}

/* --- the pages ------------------------------------------------------------------------- */

/* One answer may have many lines. Unused pages do no harm. */
static size_t report_lines(struct check *check, char *lines)
{
    size_t unused = 0;
    for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        bool heading = strncmp(line, "***", 3) == 0 || strcmp(line, "ok") == 0;
        bool is_unused = strstr(line, "is never used") != NULL;
        unused += is_unused;
        if (!heading && !is_unused)
            report(check, true, "database: %s", line);
    }
    return unused;
}

/* SQLite would use less of the log than was written to it. */
static void check_log(struct check *check)
{
    struct cw_wal_verdict verdict;
    if (cw_sqlite_read_log(&check->s, &verdict) && verdict.damaged)
        report(check, true,
               "log: it is wrong at byte %zu, and at least %zu commits behind that cannot be taken "
               "from it",
               verdict.at, verdict.commits);
}

static void check_pages(struct check *check)
{
    cw_sql_statement *st = NULL;
    size_t unused = 0;
    int rc = cw_database_prepare(check->s.db, "PRAGMA integrity_check(1000000)", &st);
    while (rc == CW_DATABASE_GOOD && (rc = cw_database_step(st)) == CW_DATABASE_ROW) {
        struct cw_slice text = cw_sql_column_slice(st, 0);
        char *lines = strndup((const char *)text.p, text.n);
        unused += report_lines(check, lines);
        free(lines);
        rc = CW_DATABASE_GOOD;
    }
    cw_database_finalize(st);
    if (rc != CW_DATABASE_DONE)
        report(check, true, "database: %s", cw_database_meaning(rc));
    if (unused != 0)
        report(check, false,
               "%zu pages of the database are used by nothing: --compact gives them back", unused);
}

/* --- the messages ------------------------------------------------------------------------ */

static void check_message(struct cw_sqlite *s, cw_sql_statement *row)
{
    struct check *check = (struct check *)s;
    struct cw_arena arena = {0};
    struct cw_sqlite_message message;
    if (cw_sqlite_message_find(s, cw_sql_column_int(row, 0), CW_WANT_ALL, CW_NOBODY, &message,
                               &arena)) {
        bool file = message.blob[0] != '\0';
        if (cw_sqlite_message_load(s, &message, &arena) == CW_STORE_OK)
            check->to->files += file && !message.m.damaged;
    }
    check->to->messages++;
    report_notes(check);
    cw_arena_finish(&arena);
}

static void check_messages(struct check *check)
{
    bool whole = cw_sqlite_walk(&check->s, 0, check_message);
    if (!whole && check->s.trouble == CW_STORE_OK)
        report(check, true, "messages: there is a page whose messages cannot be read");
    if (check->s.trouble != CW_STORE_OK)
        report(check, true, "messages: %s", cw_database_reason(check->s.db));
    check->s.trouble = CW_STORE_OK;
}

/* Also 0 when a page that it needs is damaged: that has been reported. */
static long long count_of(struct check *check, const char *sql)
{
    cw_sql_statement *st = NULL;
    long long count = 0;
    if (cw_database_prepare(check->s.db, sql, &st) == CW_DATABASE_GOOD &&
        cw_database_step(st) == CW_DATABASE_ROW)
        count = (long long)cw_sql_column_int(st, 0);
    cw_database_finalize(st);
    return count;
}

/* The query counts errors. */
static void expect_none(struct check *check, const char *sql, const char *what)
{
    long long count = count_of(check, sql);
    if (count != 0)
        report(check, true, "%lld %s", count, what);
}

static void check_indexes(struct check *check)
{
    expect_none(check,
                "SELECT count(*) FROM messages m WHERE id <= (SELECT inbox_to FROM progress) AND"
                " NOT EXISTS(SELECT 1 FROM inbox WHERE mailbox = m.mailbox AND message_id = m.id)",
                "messages are missing in the index of mailboxes");
    expect_none(check,
                "SELECT count(*) FROM messages m WHERE id <= (SELECT inbox_to FROM progress) AND"
                " NOT EXISTS(SELECT 1 FROM history WHERE conversation = iif(mailbox & 1, mailbox,"
                " (min(mailbox >> 1, sender_id) << 31 | max(mailbox >> 1, sender_id)) << 1) AND seq"
                " = m.seq AND message_id = m.id)",
                "messages are missing in the index of conversations");
    if (cw_database_exec(check->s.db, "BEGIN; INSERT INTO search(search) VALUES('integrity-check');"
                                      "ROLLBACK") != CW_DATABASE_GOOD)
        report(check, true, "the index of words is damaged: %s", cw_database_reason(check->s.db));
    if (cw_sql_in_transaction(&check->s))
        cw_database_exec(check->s.db, "ROLLBACK");
}

/* --- files and names ------------------------------------------------------------------------ */

static enum cw_blob_fate check_file(void *context, const char *name)
{
    struct check *check = context;
    bool named = cw_sqlite_names_blob(&check->s, CW_SQL_BLOB_FIND, name);
    if (!named && check->s.trouble == CW_STORE_OK)
        report(check, false, "file " CW_BLOB_FOLDER "/%s belongs to no message", name);
    return CW_BLOB_KEEP;
}

/* Names are found by keys and compared by looks. */
struct names {
    struct check *check;
    bool group;
    cw_sql_statement *find; /* a look of a name */
    long long looks;        /* that all names have so far */
};

static void check_key(struct names *names, cw_sql_statement *row, struct cw_slice name)
{
    struct cw_name_key key;
    bool kept = cw_sql_column_int(row, 3) != 0;
    struct cw_slice stored = cw_sql_column_slice(row, 2);
    if (!(kept ? cw_name_fold_whole(name, &key) : cw_name_fold(name, &key)) ||
        !cw_slice_eq(cw_name_key_slice(&key), stored))
        report(names->check, true, "%s %lld: its name and its key do not belong together",
               names->group ? "group" : "user", (long long)cw_sql_column_int(row, 0));
}

static void check_looks(struct names *names, long long id, struct cw_slice name)
{
    struct cw_looks looks;
    bool missing = false;
    cw_name_looks(name, &looks);
    struct cw_slice packed = cw_looks_slice(&looks), look;
    while (cw_looks_next(&packed, &look)) {
        cw_sql_int(names->find, 1, names->group);
        cw_sql_text_of(names->find, 2, look);
        cw_sql_int(names->find, 3, (uint64_t)id);
        missing |= cw_database_step(names->find) != CW_DATABASE_ROW;
        cw_sql_end(names->find);
        names->looks++;
    }
    if (missing)
        report(names->check, true, "%s %lld: of its name not all looks are known",
               names->group ? "group" : "user", id);
}

/* A group without members has no key any more. */
static void check_names_of(struct names *names, bool group)
{
    cw_sql_statement *row = NULL;
    names->group = group;
    cw_database_prepare(names->check->s.db,
                        group ? "SELECT id, name, key, kept_key FROM groups WHERE key IS NOT NULL"
                              : "SELECT id, name, key, kept_key FROM users",
                        &row);
    while (row != NULL && cw_database_step(row) == CW_DATABASE_ROW) {
        struct cw_slice name = cw_sql_column_slice(row, 1);
        struct cw_name_key key;
        check_key(names, row, name);
        if (cw_name_fold(name, &key)) /* else it is no name */
            check_looks(names, (long long)cw_sql_column_int(row, 0), name);
    }
    cw_database_finalize(row);
}

static void check_names(struct check *check)
{
    struct names names = {.check = check};
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM names WHERE version IS NOT '%s'",
             cw_unicode_version);
    if (count_of(check, sql) != 0) {
        report(check, false,
               "names were made with other data of Unicode: start the server once, "
               "then check again, and they are compared, too");
        return;
    }
    cw_database_prepare(check->s.db,
                        "SELECT 1 FROM looks WHERE of_group = ?1 AND look = ?2 AND id = ?3",
                        &names.find);
    check_names_of(&names, false);
    check_names_of(&names, true);
    cw_database_finalize(names.find);
    long long looks = count_of(check, "SELECT count(*) FROM looks");
    if (looks > names.looks)
        report(check, true, "%lld looks are of no name", looks - names.looks);
}

static void check_twin(void *context, bool group, struct cw_slice name, struct cw_slice older)
{
    report(context, false, "the %s '%.*s' looks like '%.*s', which is older",
           group ? "group" : "user", (int)name.n, (const char *)name.p, (int)older.n,
           (const char *)older.p);
}

/* --- all of it -------------------------------------------------------------------------------- */

static bool open_to_read(struct check *check, const char *folder, int *version, char error[256])
{
    struct cw_sqlite *s = &check->s;
    char *path = cw_sqlite_path(s->folder, CW_SQLITE_FILE);
    int rc = cw_database_open(&s->db, path);
    free(path);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_leave_log(s->db);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_exec(s->db, "PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE;"
                                     "SELECT count(*) FROM sqlite_schema; ROLLBACK");
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_number(s->db, "PRAGMA user_version", version);
    if (rc != CW_DATABASE_GOOD)
        cw_sqlite_explain(s->db, rc, folder, error);
    return rc == CW_DATABASE_GOOD;
}

static void explain_version(int version, char error[256])
{
    bool newer = version > cw_sqlite_schema_version;
    snprintf(error, 256,
             "The data are of %s version (schema %d, this server has %d): only the pages were "
             "read. %s",
             newer ? "a newer" : "an older", version, cw_sqlite_schema_version,
             newer ? "Check them with the server that wrote them, or a newer one."
                   : "Start this server once, which makes them its own, then check again.");
}

static void check_rows(struct check *check)
{
    check_messages(check);
    check_indexes(check);
    check_names(check);
    cw_blob_sweep(check->s.folder, check_file, check);
    check->s.trouble = CW_STORE_OK;
    cw_sqlite_list_twins(&check->s.store, false, UINT64_C(1) << 20, check_twin, check);
    report_notes(check);
}

bool cw_store_check_sqlite(const char *folder, struct cw_store_checking *to, char error[256])
{
    struct check *check = cw_alloc_zero(sizeof *check);
    struct cw_sqlite *s = &check->s;
    int version = 0;
    check->to = to;
    s->folder = cw_sqlite_folder_of(folder);
    char *path = cw_sqlite_path(s->folder, CW_SQLITE_FILE);
    struct stat about;
    bool good = stat(path, &about) == 0 && S_ISREG(about.st_mode) && access(path, R_OK | W_OK) == 0;
    free(path);
    if (!good)
        snprintf(error, 256, "Cannot read %.120s/" CW_SQLITE_FILE ": no data folder, or not yours.",
                 folder);
    if (good)
        check_log(check);
    good = good && open_to_read(check, folder, &version, error);
    if (good) {
        check_pages(check);
        good = cw_sqlite_version_is_known(version);
        to->other_schema = good ? 0 : version;
        if (!good)
            explain_version(version, error);
        else if (!cw_sqlite_prepare(s))
            report(check, true, "database: %s", cw_database_reason(s->db));
        else
            check_rows(check);
    }
    cw_sqlite_finalize(s);
    cw_database_close(s->db);
    free(s->folder);
    free(check);
    return good;
}
