/* salvage.c - what rebuild.c is made of: statements of the moment, trees with new roots, and
 * rows that are copied as far as they can be read.
 *
 * A damaged tree is not cleared but forgotten: its entry in sqlite_schema gets the root of
 * a new, empty one. To clear it SQLite would walk its pages, and a damaged page may name
 * those of another tree. Its pages are lost to the file until the operator runs chinwagd --compact. */
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>

#include "store/sqlite/salvage.h"
#include "store/sqlite/state.h"

/* --- statements of the moment ------------------------------------------------------------- */

int cw_salvage_exec(struct cw_sqlite *s, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *sql = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    return rc;
}

void cw_salvage_prepare(struct cw_sqlite *s, sqlite3_stmt **st, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *sql = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    *st = NULL;
    sqlite3_prepare_v2(s->db, sql, -1, st, NULL);
    sqlite3_free(sql);
}

uint64_t cw_salvage_query(struct cw_sqlite *s, const char *sql, uint64_t missing)
{
    sqlite3_stmt *st;
    cw_salvage_prepare(s, &st, "%s", sql);
    bool found = st != NULL && sqlite3_step(st) == SQLITE_ROW;
    uint64_t value = found ? (uint64_t)sqlite3_column_int64(st, 0) : missing;
    sqlite3_finalize(st);
    return value;
}

int cw_salvage_read_all(struct cw_sqlite *s, const char *sql)
{
    sqlite3_stmt *st;
    int rc;
    cw_salvage_prepare(s, &st, "%s", sql);
    if (st == NULL)
        return sqlite3_errcode(s->db);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(st); i++)
            sqlite3_column_blob(st, i);
    sqlite3_finalize(st);
    return rc;
}

bool cw_salvage_is_damage(int rc)
{
    return (rc & 0xff) == SQLITE_CORRUPT || rc == SQLITE_IOERR_SHORT_READ;
}

bool cw_salvage_is_whole(struct cw_sqlite *s, const char *table)
{
    sqlite3_stmt *st;
    cw_salvage_prepare(s, &st, "PRAGMA integrity_check(%Q)", table);
    bool whole = st != NULL && sqlite3_step(st) == SQLITE_ROW &&
                 strcmp((const char *)sqlite3_column_text(st, 0), "ok") == 0;
    sqlite3_finalize(st);
    return whole;
}

/* --- new roots ---------------------------------------------------------------------------- */

/* The tree of `name` becomes that of the table `rebuilt`, which goes. */
int cw_salvage_take_root(struct cw_sqlite *s, const char *name)
{
    int rc = cw_salvage_exec(s, "PRAGMA writable_schema=ON");
    if (rc == SQLITE_OK)
        rc = cw_salvage_exec(
            s,
            "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE"
            " name = 'rebuilt' AND type = 'table') WHERE name = %Q",
            name);
    if (rc == SQLITE_OK)
        rc = cw_salvage_exec(s, "DELETE FROM sqlite_schema WHERE tbl_name = 'rebuilt'");
    int reset = cw_salvage_exec(s, "PRAGMA writable_schema=RESET");
    return rc == SQLITE_OK ? reset : rc;
}

int cw_salvage_empty_tree(struct cw_sqlite *s, const char *name, bool of_rowids)
{
    int rc = cw_salvage_exec(s, of_rowids ? "CREATE TABLE rebuilt(a INTEGER PRIMARY KEY, b)"
                                          : "CREATE TABLE rebuilt(a PRIMARY KEY) WITHOUT ROWID");
    return rc == SQLITE_OK ? cw_salvage_take_root(s, name) : rc;
}

int cw_salvage_make_indexes(struct cw_sqlite *s, const char *table)
{
    char names[8][CW_SALVAGE_NAME_MAX];
    size_t n = 0;
    int rc = SQLITE_OK;
    sqlite3_stmt *st;
    cw_salvage_prepare(
        s, &st, "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = %Q", table);
    while (st != NULL && n < 8 && sqlite3_step(st) == SQLITE_ROW)
        snprintf(names[n++], CW_SALVAGE_NAME_MAX, "%s", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    for (size_t i = 0; i < n && rc == SQLITE_OK; i++)
        rc = cw_salvage_empty_tree(s, names[i], false);
    return rc == SQLITE_OK && n != 0 ? cw_salvage_exec(s, "REINDEX %Q", table) : rc;
}

/* --- keeping what can be read --------------------------------------------------------------- */

int cw_salvage_make_same(struct cw_sqlite *s, const char *table)
{
    sqlite3_stmt *st;
    int rc = SQLITE_CORRUPT;
    cw_salvage_prepare(
        s, &st, "SELECT substr(sql, instr(sql, '(')) FROM sqlite_schema WHERE name = %Q", table);
    char *columns = st != NULL && sqlite3_step(st) == SQLITE_ROW
                        ? sqlite3_mprintf("%s", (const char *)sqlite3_column_text(st, 0))
                        : NULL;
    sqlite3_finalize(st);
    if (columns != NULL)
        rc = cw_salvage_exec(s, "CREATE TABLE rebuilt%s", columns);
    sqlite3_free(columns);
    return rc;
}

size_t cw_salvage_count_rows(sqlite3_stmt *from, size_t most, int *rc)
{
    size_t n = 0;
    *rc = SQLITE_ROW;
    while (n < most && (*rc = sqlite3_step(from)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(from); i++)
            sqlite3_column_blob(from, i);
        n++;
    }
    sqlite3_reset(from);
    return n;
}

/* Copies so many rows, which can be read: SQLite writes nothing more in a transaction that
 * met damage. The first column of the last one into *last. */
int cw_salvage_copy_rows(struct cw_sqlite *s, sqlite3_stmt *from, size_t n, uint64_t *last)
{
    sqlite3_stmt *to;
    int rc = SQLITE_OK, columns = sqlite3_column_count(from);
    char places[256] = "?";
    for (int i = 1; i < columns && i < 120; i++)
        strcat(places, ",?");
    cw_salvage_prepare(s, &to, "INSERT OR IGNORE INTO rebuilt VALUES(%s)", places);
    while (to != NULL && rc == SQLITE_OK && n-- > 0) {
        rc = sqlite3_step(from);
        if (rc != SQLITE_ROW)
            break;
        *last = (uint64_t)sqlite3_column_int64(from, 0);
        for (int i = 0; i < columns; i++)
            sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
        sqlite3_step(to);
        rc = sqlite3_reset(to);
    }
    sqlite3_finalize(to);
    return to == NULL ? SQLITE_ERROR : rc;
}

/* From both ends: what lies behind the damage is reached from behind. */
int cw_salvage_keep_rows(struct cw_sqlite *s, const char *table, const char *order)
{
    uint64_t last;
    sqlite3_stmt *from[2];
    size_t n[2] = {0};
    int end;
    cw_salvage_prepare(s, &from[0], "SELECT * FROM \"%w\" ORDER BY 1", table);
    cw_salvage_prepare(s, &from[1], "SELECT * FROM \"%w\" ORDER BY %s", table, order);
    int rc = from[0] == NULL || from[1] == NULL ? SQLITE_ERROR : SQLITE_OK;
    for (int i = 0; i < 2 && rc == SQLITE_OK; i++) {
        n[i] = cw_salvage_count_rows(from[i], SIZE_MAX, &end);
        rc = end == SQLITE_DONE || cw_salvage_is_damage(end) ? SQLITE_OK : end;
    }
    if (rc == SQLITE_OK)
        rc = cw_salvage_exec(s, "BEGIN IMMEDIATE");
    if (rc == SQLITE_OK)
        rc = cw_salvage_make_same(s, table);
    for (int i = 0; i < 2 && rc == SQLITE_OK; i++)
        rc = cw_salvage_copy_rows(s, from[i], n[i], &last);
    sqlite3_finalize(from[0]);
    sqlite3_finalize(from[1]);
    return rc == SQLITE_OK ? cw_salvage_take_root(s, table) : rc;
}
