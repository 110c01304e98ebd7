/* sql.c - runs statements: with trouble.c the interface of operations to SQLite. */
#include <assert.h>
#include <sqlite3.h>

#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"
#include "store/sqlite/trouble.h"

const char *const cw_sql_text[CW_SQL_COUNT] = {
#define CW_SQL(NAME, text) [CW_SQL_##NAME] = text,
#include "store/sqlite/statements.def"
#undef CW_SQL
};

static int prepare(struct cw_sqlite *s, int which)
{
    return sqlite3_prepare_v3(s->db, cw_sql_text[which], -1, SQLITE_PREPARE_PERSISTENT,
                              &s->statements[which], NULL);
}

/* Ready statements take 2 KiB each, and a server runs few of them: they are only tried here. */
bool cw_sqlite_prepare(struct cw_sqlite *s)
{
    for (int i = 0; i < CW_SQL_COUNT; i++) {
        if (prepare(s, i) != SQLITE_OK)
            return false;
        sqlite3_finalize(s->statements[i]);
        s->statements[i] = NULL;
    }
    s->tried = true;
    return true;
}

void cw_sqlite_forget_statements(struct cw_sqlite *s)
{
    for (int i = 0; i < CW_SQL_COUNT; i++)
        sqlite3_finalize(s->statements[i]);
    memset(s->statements, 0, sizeof s->statements);
}

void cw_sqlite_finalize(struct cw_sqlite *s)
{
    cw_sqlite_forget_statements(s);
    s->tried = false;
}

cw_sql_statement *cw_sql_of(struct cw_sqlite *s, enum cw_sql which)
{
    assert(which < CW_SQL_COUNT);
    if (s->statements[which] == NULL)
        cw_sqlite_note(s, prepare(s, (int)which));
    return s->statements[which];
}

/* A bind can only fail by a parameter that is not there: the statement then
 * breaks a NOT NULL or finds nothing, in the first test that runs it. */
void cw_sql_int(cw_sql_statement *st, int parameter, uint64_t value)
{
    sqlite3_bind_int64(st, parameter, (sqlite3_int64)value);
}

void cw_sql_text_of(cw_sql_statement *st, int parameter, struct cw_slice text)
{
    /* A null pointer would bind NULL. */
    sqlite3_bind_text64(st, parameter, text.n == 0 ? "" : (const char *)text.p, text.n,
                        SQLITE_STATIC, SQLITE_UTF8);
}

void cw_sql_blob(cw_sql_statement *st, int parameter, struct cw_slice bytes)
{
    sqlite3_bind_blob64(st, parameter, bytes.n == 0 ? (const void *)"" : bytes.p, bytes.n,
                        SQLITE_STATIC);
}

void cw_sql_null(cw_sql_statement *st, int parameter)
{
    sqlite3_bind_null(st, parameter);
}

bool cw_sql_row(struct cw_sqlite *s, cw_sql_statement *st)
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

bool cw_sql_match(struct cw_sqlite *s, cw_sql_statement *st)
{
    int rc = s->trouble == CW_STORE_OK ? sqlite3_step(st) : SQLITE_ERROR;
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_ERROR)
        cw_sqlite_note_of(s, st, rc);
    sqlite3_reset(st);
    return false;
}

void cw_sql_end(cw_sql_statement *st)
{
    sqlite3_reset(st);
}

int cw_sql_run(struct cw_sqlite *s, enum cw_sql which)
{
    cw_sql_statement *st = cw_sql_of(s, which);
    while (cw_sql_row(s, st))
        ;
    return s->trouble == CW_STORE_OK ? sqlite3_changes(s->db) : 0;
}

int cw_sql_parameters(struct cw_sqlite *s, enum cw_sql which)
{
    return sqlite3_bind_parameter_count(cw_sql_of(s, which));
}

/* --- columns --------------------------------------------------------------------------- */

uint64_t cw_sql_column_int(cw_sql_statement *st, int column)
{
    return (uint64_t)sqlite3_column_int64(st, column);
}

struct cw_slice cw_sql_column_slice(cw_sql_statement *st, int column)
{
    const void *bytes = sqlite3_column_blob(st, column);
    return cw_slice_of(bytes, (size_t)sqlite3_column_bytes(st, column));
}

struct cw_slice cw_sql_column_copy(cw_sql_statement *st, int column, struct cw_arena *arena)
{
    return cw_arena_copy(arena, cw_sql_column_slice(st, column));
}

bool cw_sql_column_is_null(cw_sql_statement *st, int column)
{
    return sqlite3_column_type(st, column) == SQLITE_NULL;
}

/* --- the transaction ------------------------------------------------------------------ */

uint64_t cw_sql_last_id(const struct cw_sqlite *s)
{
    return (uint64_t)sqlite3_last_insert_rowid(s->db);
}

uint64_t cw_sql_changes(const struct cw_sqlite *s)
{
    return (uint64_t)sqlite3_total_changes64(s->db);
}

bool cw_sql_in_transaction(const struct cw_sqlite *s)
{
    return !sqlite3_get_autocommit(s->db);
}

bool cw_sql_roll_back(struct cw_sqlite *s)
{
    for (int i = 0; i < CW_SQL_COUNT; i++)
        sqlite3_reset(s->statements[i]);
    /* After SQLITE_FULL the transaction may be gone already. */
    if (!cw_sql_in_transaction(s))
        return true;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_ROLLBACK);
    bool good = sqlite3_step(st) == SQLITE_DONE;
    sqlite3_reset(st);
    return good;
}
