/* rebuild.c - builds tables and indexes again after a page of theirs was damaged. Data that is
 * derived from the messages or names is made again from them; of data that can be lost (sessions,
 * numbers of retries) the readable rest is kept. Accounts, bots, groups and blocks are left as they
 * are: to treat an unreadable block as no block would be worse than an error. salvage.c makes trees
 * and rows. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/sqlite/lost.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/rebuild.h"
#include "store/sqlite/salvage.h"
#include "store/sqlite/state.h"

/* Rows of messages that are copied in one transaction. */
#define COPIED_AT_ONCE 4096

/* --- what each table is ----------------------------------------------------------------------- */

/* The tables that can be rebuilt. `order` is the primary key, backwards. */
static const struct part {
    const char *name, *order;
    bool of_rowids;
    const char *after;
} parts[] = {
    {"inbox", "1 DESC, 2 DESC", false, "UPDATE progress SET inbox_to = 0"},
    {"history", "1 DESC, 2 DESC", false, "UPDATE progress SET inbox_to = 0"},
    {"marks", "1 DESC, 2 DESC", false, "UPDATE progress SET inbox_to = 0"},
    {"looks", "1 DESC, 2 DESC, 3 DESC", false, "UPDATE names SET version = ''"},
    {"windows", "1 DESC, 2 DESC", false, ""},
    {"removals", "1 DESC", false, ""},
    {"reaction_kinds", "1 DESC, 2 DESC, 3 DESC", false, ""},
    {"reactions", "1 DESC, 2 DESC, 3 DESC", false, ""},
    {"pins", "1 DESC, 2 DESC", false, ""},
    {"versions", "1 DESC, 2 DESC", false, ""},
    {"written", "1 DESC, 2 DESC", false, ""},
    {"headings", "1 DESC", true, ""},
    {"thumbnails", "1 DESC", true, ""},
    {"settings", "1 DESC", true, ""},
    {"mentions", "1 DESC, 2 DESC", false, ""},
    {"notify", "1 DESC, 2 DESC", false, ""},
    {"quiet", "1 DESC", true, ""},
    {"profiles", "1 DESC", true, ""},
    {"sessions", "1 DESC", true, ""},
    {"notices", "1 DESC", true, ""},
    {"zeros", "1 DESC", true, ""},
    {"stored", "1 DESC", true, ""},
    {"retired", "1 DESC", true, ""},
    {"departures", "1 DESC", true, ""},
    {"retry_key", "1 DESC", true, "INSERT OR IGNORE INTO retry_key VALUES(1, randomblob(16))"},
    {"pushes", "1 DESC", true, ""},
    {"push_key", "1 DESC", true, "INSERT OR IGNORE INTO push_key VALUES(1, randomblob(32))"},
    {"link_key", "1 DESC", true, "INSERT OR IGNORE INTO link_key VALUES(1, randomblob(32))"},
    {"identity", "1 DESC", true, "INSERT OR IGNORE INTO identity VALUES(1, randomblob(16))"},
    {"eras", "1 DESC", true, ""},
    {"names", "1 DESC", true, "INSERT OR IGNORE INTO names(id, version) VALUES(1, '')"},
    {"progress", "1 DESC", true,
     "INSERT OR IGNORE INTO progress(id, inbox_to, search_to, newest) VALUES(1, 0, 0, 0)"},
};

static const struct part *part_of(const char *table)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(parts[i].name, table) == 0)
            return &parts[i];
    return NULL;
}

/* FTS5's tables depend on each other, so all of them are rebuilt. */
static int renew_search(struct cw_sqlite *s)
{
    sqlite3_stmt *st;
    cw_salvage_prepare(s, &st, "SELECT sql FROM sqlite_schema WHERE name = 'search'");
    char *sql = st != NULL && sqlite3_step(st) == SQLITE_ROW
                    ? sqlite3_mprintf("%s", (const char *)sqlite3_column_text(st, 0))
                    : NULL;
    sqlite3_finalize(st);
    int rc = sql == NULL ? SQLITE_CORRUPT : cw_salvage_exec(s, "PRAGMA writable_schema=ON");
    if (rc == SQLITE_OK)
        rc = cw_salvage_exec(s,
                             "DELETE FROM sqlite_schema WHERE tbl_name IN ('search', 'search_data',"
                             " 'search_idx', 'search_content', 'search_docsize', 'search_config')");
    int reset = cw_salvage_exec(s, "PRAGMA writable_schema=RESET");
    rc = rc == SQLITE_OK ? reset : rc;
    if (rc == SQLITE_OK)
        rc = cw_salvage_exec(s, "%s", sql);
    if (rc == SQLITE_OK)
        rc = cw_salvage_exec(s, "UPDATE progress SET search_to = 0");
    sqlite3_free(sql);
    return rc;
}

static bool search_works(struct cw_sqlite *s)
{
    return !cw_salvage_is_damage(cw_salvage_read_all(s, "SELECT * FROM search_data")) &&
           !cw_salvage_is_damage(cw_salvage_read_all(s, "SELECT * FROM search_idx")) &&
           !cw_salvage_is_damage(cw_salvage_read_all(s, "SELECT * FROM search_config")) &&
           !cw_salvage_is_damage(
               cw_salvage_read_all(s, "SELECT rowid FROM search WHERE search MATCH 'a' LIMIT 1"));
}

/* Their numbers are never used twice: they continue far above the known ones. */
static const char *const numbered[] = {"sessions", "groups", "notices", "invitations", "hooks"};

static int renew_sequence(struct cw_sqlite *s)
{
    int rc = cw_salvage_empty_tree(s, "sqlite_sequence", true);
    for (size_t i = 0; i < sizeof numbered / sizeof numbered[0] && rc == SQLITE_OK; i++)
        rc = cw_salvage_exec(
            s, "INSERT INTO sqlite_sequence SELECT %Q, ifnull(max(id), 0) + 1000000 FROM %s",
            numbered[i], numbered[i]);
    return rc;
}

static bool gives_number(const char *sql)
{
    for (size_t i = 0; i < sizeof numbered / sizeof numbered[0]; i++)
        if (strncmp(sql, "INSERT INTO ", 12) == 0 &&
            strncmp(sql + 12, numbered[i], strlen(numbered[i])) == 0)
            return true;
    return false;
}

static int renew_part(struct cw_sqlite *s, const struct part *part)
{
    int rc = cw_salvage_keep_rows(s, part->name, part->order);
    if (rc == SQLITE_OK)
        rc = cw_salvage_make_indexes(s, part->name);
    if (rc == SQLITE_OK)
        rc = cw_salvage_exec(s, "%s", part->after);
    if (rc == SQLITE_OK && strcmp(part->name, "progress") == 0) {
        s->newest_unsure = true;
        rc = renew_search(s);
    }
    return rc;
}

/* --- the header of the file --------------------------------------------------------------------
 */

/* Makes two of its numbers 0, in one write; SQLite has no statement for that. Outside of a
 * transaction. */
static bool forget_in_header(struct cw_sqlite *s, size_t one, size_t other)
{
    uint8_t header[100];
    sqlite3_file *file = NULL;
    if (sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
            SQLITE_OK ||
        sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file->pMethods->xRead(file, header, sizeof header, 0) != SQLITE_OK)
        return false;
    memset(header + one, 0, 4);
    memset(header + other, 0, 4);
    if (file->pMethods->xWrite(file, header, sizeof header, 0) != SQLITE_OK ||
        file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) != SQLITE_OK) {
        s->trouble = CW_STORE_FAILED;
        return false;
    }
    sqlite3_db_release_memory(s->db); /* page 1 is read again */
    return true;
}

/* In a file that gives pages back, a new tree takes the page behind the other roots, and what is on
 * that page moves: not among damaged ones. From here on it is a file that only --compact makes
 * smaller, as it must be anyway for the pages that are lost. */
static void leave_places(struct cw_sqlite *s)
{
    if (cw_salvage_query(s, "PRAGMA auto_vacuum", 0) == 0)
        return;
    s->shrink.can = s->shrink.goes = false;
    forget_in_header(s, 52, 64); /* the last root; are pages given back only when asked? */
}

/* --- one table -------------------------------------------------------------------------------- */

static void tell_table(struct cw_sqlite *s, const char *table, const char *what)
{
    char line[CW_SQLITE_LINE_MAX];
    snprintf(line, sizeof line, "a page of the database is damaged, table %.40s: %.110s", table,
             what);
    cw_sqlite_note_damage(s, 0, "", line);
}

static bool end_renewal(struct cw_sqlite *s, int rc, const char *table, const char *made)
{
    char line[CW_SQLITE_LINE_MAX];
    if (rc == SQLITE_OK && (rc = cw_salvage_exec(s, "COMMIT")) == SQLITE_OK) {
        tell_table(s, table, made);
        return true;
    }
    snprintf(line, sizeof line, "it could not be rebuilt: %.100s", sqlite3_errmsg(s->db));
    if (!sqlite3_get_autocommit(s->db))
        cw_salvage_exec(s, "ROLLBACK");
    cw_salvage_exec(s, "PRAGMA writable_schema=RESET");
    tell_table(s, table, line);
    return false;
}

/* Copies the next messages behind *after in a transaction of their own. DONE: that was the
 * last one that can be read. */
static int copy_messages(struct cw_sqlite *s, uint64_t *after)
{
    sqlite3_stmt *from;
    int end;
    cw_salvage_prepare(s, &from, "SELECT * FROM messages WHERE id > %lld ORDER BY id",
                       (sqlite3_int64)*after);
    if (from == NULL)
        return SQLITE_ERROR;
    size_t n = cw_salvage_count_rows(from, COPIED_AT_ONCE, &end);
    int rc = end == SQLITE_ROW || end == SQLITE_DONE || cw_salvage_is_damage(end)
                 ? cw_salvage_exec(s, "BEGIN IMMEDIATE")
                 : end;
    if (rc == SQLITE_OK)
        rc = cw_salvage_copy_rows(s, from, n, after);
    sqlite3_finalize(from);
    if (rc == SQLITE_OK)
        rc = cw_salvage_exec(s, "COMMIT");
    if (rc == SQLITE_OK &&
        (end == SQLITE_DONE || (cw_salvage_is_damage(end) && !cw_sqlite_pass_rows(s, after))))
        rc = SQLITE_DONE;
    return rc;
}

/* The messages themselves, when no new one can be added: a page on the way to the last
 * one is damaged. In steps, so that the log stays short. */
static bool renew_messages(struct cw_sqlite *s)
{
    uint64_t after = 0;
    leave_places(s);
    int rc = cw_salvage_make_same(s, "messages");
    while (rc == SQLITE_OK) {
        rc = copy_messages(s, &after);
        sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    }
    if (rc == SQLITE_DONE)
        rc = s->trouble == CW_STORE_OK ? cw_salvage_exec(s, "BEGIN IMMEDIATE") : SQLITE_IOERR;
    if (rc == SQLITE_OK)
        rc = cw_salvage_take_root(s, "messages");
    if (rc == SQLITE_OK)
        rc = cw_salvage_make_indexes(s, "messages");
    s->newest_unsure |= rc == SQLITE_OK;
    return end_renewal(s, rc, "messages", "what can be read of it was kept, the rest is lost");
}

static bool renew_damaged(struct cw_sqlite *s, const char *table)
{
    char sql[64 + CW_SALVAGE_NAME_MAX];
    const struct part *part = part_of(table);
    if (cw_salvage_is_whole(s, table))
        return false;
    snprintf(sql, sizeof sql, "SELECT * FROM %.*s NOT INDEXED", CW_SALVAGE_NAME_MAX - 1, table);
    int rc = cw_salvage_read_all(s, sql);
    bool readable = rc == SQLITE_DONE;
    if (!readable && !cw_salvage_is_damage(rc))
        return false;
    if (!readable && part == NULL) {
        tell_table(s, table, "who needs it is told to try later; see chinwagd --check");
        return false;
    }
    leave_places(s);
    if (part == NULL || (readable && part->of_rowids)) {
        rc = cw_salvage_exec(s, "BEGIN IMMEDIATE");
        rc = rc == SQLITE_OK ? cw_salvage_make_indexes(s, table) : rc;
        return end_renewal(s, rc, table, "its indexes were rebuilt");
    }
    return end_renewal(s, renew_part(s, part), table, "it was rebuilt");
}

/* --- which ones ------------------------------------------------------------------------------- */

static bool mentions(const char *sql, const char *table)
{
    size_t n = strlen(table);
    for (const char *at = sql; (at = strstr(at, table)) != NULL; at += n)
        if ((at == sql || at[-1] == ' ' || at[-1] == '(') && strchr(" (.,", at[n]) != NULL)
            return true;
    return false;
}

static bool renew_by_name(struct cw_sqlite *s, const char *table, const char *sql)
{
    if (strcmp(table, "messages") != 0)
        return renew_damaged(s, table);
    bool adding = sql != NULL && strncmp(sql, "INSERT", 6) == 0;
    bool at_start =
        sql == NULL && cw_salvage_is_damage(cw_salvage_read_all(s, "SELECT max(id) FROM messages"));
    if (!s->tried) /* the start is not over */
        return false;
    if (adding || at_start)
        return renew_messages(s);
    if (sql == NULL || strstr(sql, "blob =") == NULL || cw_salvage_is_whole(s, "messages"))
        return false;
    leave_places(s);
    return cw_salvage_exec(s, "BEGIN IMMEDIATE") == SQLITE_OK &&
           end_renewal(s, cw_salvage_make_indexes(s, table), table, "its indexes were rebuilt");
}

/* The words may be wrong on pages that are good. */
static bool search_is_whole(struct cw_sqlite *s)
{
    return cw_salvage_is_whole(s, "search_data") && cw_salvage_is_whole(s, "search_idx") &&
           cw_salvage_is_whole(s, "search_config");
}

static bool renew_search_if(struct cw_sqlite *s, bool needed)
{
    if (needed && !search_is_whole(s))
        leave_places(s);
    if (!needed || cw_salvage_exec(s, "BEGIN IMMEDIATE") != SQLITE_OK)
        return false;
    return end_renewal(s, renew_search(s), "search", "the words were indexed again");
}

static bool renew_sequence_if(struct cw_sqlite *s, bool needed)
{
    if (needed)
        leave_places(s);
    if (!needed || cw_salvage_exec(s, "BEGIN IMMEDIATE") != SQLITE_OK)
        return false;
    return end_renewal(s, renew_sequence(s), "sqlite_sequence", "it was rebuilt");
}

/* --- free pages ------------------------------------------------------------------------------- */

/* A damaged page in the list of free ones is in the way of every tree that grows. The
 * header forgets the list. */
static bool forget_free_pages(struct cw_sqlite *s)
{
    sqlite3_stmt *st;
    cw_salvage_prepare(s, &st, "PRAGMA integrity_check(1)");
    bool damaged = st != NULL && sqlite3_step(st) == SQLITE_ROW &&
                   strstr((const char *)sqlite3_column_text(st, 0), "reelist") != NULL;
    sqlite3_finalize(st);
    if (!damaged || !forget_in_header(s, 32, 36)) /* the first of them, and how many */
        return false;
    tell_table(s, "(free pages)", "they are not used any more");
    return true;
}

bool cw_sqlite_rebuild(struct cw_sqlite *s, const char *sql)
{
    char names[64][CW_SALVAGE_NAME_MAX];
    size_t n = 0;
    bool made = false, words = false;
    sqlite3_stmt *st;
    cw_salvage_prepare(s, &st,
                       "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage <> 0");
    int rc = SQLITE_ERROR;
    while (st != NULL && n < 64 && (rc = sqlite3_step(st)) == SQLITE_ROW)
        snprintf(names[n++], CW_SALVAGE_NAME_MAX, "%s", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    if (rc != SQLITE_DONE) /* of the schema itself there is no copy */
        return false;
    cw_salvage_exec(s, "DROP TABLE IF EXISTS rebuilt"); /* of a copy that was not ended */
    bool sessions = sql != NULL && strstr(sql, "DELETE FROM sessions") != NULL; /* a trigger */
    for (size_t i = 0; i < n; i++) {
        bool asked =
            sql == NULL || mentions(sql, names[i]) ||
            (sessions && (strcmp(names[i], "windows") == 0 || strcmp(names[i], "pushes") == 0));
        if (strncmp(names[i], "search_", 7) == 0)
            words |= sql == NULL;
        else if (asked && strncmp(names[i], "sqlite_", 7) != 0)
            made |= renew_by_name(s, names[i], sql);
    }
    bool number_given = sql == NULL || gives_number(sql);
    made |= renew_sequence_if(s, number_given && cw_salvage_is_damage(cw_salvage_read_all(
                                                     s, "SELECT * FROM sqlite_sequence")));
    bool follows = sql != NULL && (mentions(sql, "search") || strcmp(sql, "COMMIT") == 0);
    made |= renew_search_if(s, follows || ((words || made) && !search_works(s)));
    return made || forget_free_pages(s);
}

uint64_t cw_sqlite_newest_told(struct cw_sqlite *s)
{
    static const char *const told[] = {
        "SELECT max(high_cursor) FROM users", "SELECT max(cursor) FROM sessions",
        "SELECT max(message_id) FROM inbox", "SELECT max(message_id) FROM history",
        "SELECT max(last_id) FROM windows"};
    uint64_t newest = 0;
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        uint64_t id = cw_salvage_query(s, told[i], 0);
        newest = id > newest ? id : newest;
    }
    return newest;
}
