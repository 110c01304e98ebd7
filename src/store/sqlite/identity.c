/* identity.c - the identity and the eras of the database, in SQLite: identity.h. */
#include <stdio.h>

#include "store/sqlite/identity.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/transaction.h"
#include "store/sqlite/trouble.h"

/* --- reading ----------------------------------------------------------------------- */

static void read_id(struct cw_sqlite *s)
{
    struct cw_store_identity *identity = &s->store.identity;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_IDENTITY);
    struct cw_slice id = cw_sql_row(s, st) ? cw_sql_column_slice(st, 0) : (struct cw_slice){0};
    bool good = id.n == CW_DB_ID_LEN;
    for (int i = 0; good && i < CW_DB_ID_LEN; i++)
        snprintf(identity->db + 2 * i, 3, "%02x", id.p[i]);
    if (good)
        snprintf(identity->db + 2 * CW_DB_ID_LEN, CW_DB_MAX - 2 * CW_DB_ID_LEN, ".0");
    cw_sql_end(st);
    if (!good && s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_FAILED;
}

static void read_eras(struct cw_sqlite *s)
{
    struct cw_store_identity *identity = &s->store.identity;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_ERAS);
    identity->era_count = 0;
    cw_sql_int(st, 1, CW_ERAS_MAX);
    while (cw_sql_row(s, st))
        if (identity->era_count < CW_ERAS_MAX)
            identity->eras[identity->era_count++] =
                (struct cw_store_era){cw_sql_column_int(st, 0), cw_sql_column_int(st, 1)};
}

static void read_push_key(struct cw_sqlite *s)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_PUSH_KEY);
    struct cw_slice key = cw_sql_row(s, st) ? cw_sql_column_slice(st, 0) : (struct cw_slice){0};
    bool good = key.n == CW_PUSH_SECRET_N;
    if (good)
        memcpy(s->store.push_secret, key.p, key.n);
    cw_sql_end(st);
    if (!good && s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_FAILED;
}

void cw_sqlite_identity_load(struct cw_sqlite *s)
{
    read_push_key(s);
    s->store.has_pushes = cw_sql_finds(s, CW_SQL_PUSH_ANY, NULL);
    read_id(s);
    read_eras(s);
}

/* --- writing ------------------------------------------------------------------------ */

void cw_sqlite_era_begin(struct cw_sqlite *s)
{
    cw_sql_int(cw_sql_of(s, CW_SQL_ERA_INSERT), 1, s->newest + 1);
    cw_sql_run(s, CW_SQL_ERA_INSERT);
    cw_sql_int(cw_sql_of(s, CW_SQL_ERAS_DELETE), 1, CW_ERAS_MAX);
    cw_sql_run(s, CW_SQL_ERAS_DELETE);
}

void cw_sqlite_identity_renew(struct cw_sqlite *s)
{
    s->newest += CW_ID_LEAP;
    cw_sql_int(cw_sql_of(s, CW_SQL_NEWEST_SET_PROGRESS), 1, s->newest);
    cw_sql_run(s, CW_SQL_NEWEST_SET_PROGRESS);
    cw_sql_run(s, CW_SQL_IDENTITY_RENEW);
    cw_sql_int(cw_sql_of(s, CW_SQL_ERAS_DELETE), 1, 0);
    cw_sql_run(s, CW_SQL_ERAS_DELETE);
    cw_sqlite_era_begin(s);
}

static bool was_undone(struct cw_sqlite *s)
{
    bool undone = s->trouble == CW_STORE_UNAVAILABLE || s->trouble == CW_STORE_NO_ROOM;
    cw_sqlite_forget_loss(s);
    if (undone)
        s->trouble = CW_STORE_OK;
    return undone;
}

bool cw_sqlite_identity_write(struct cw_sqlite *s, void (*change)(struct cw_sqlite *s))
{
    if (s->trouble != CW_STORE_OK)
        return false;
    cw_sqlite_begin(s, CW_SQL_BEGIN_WRITING);
    change(s);
    cw_sqlite_end(s);
    bool undone = was_undone(s);
    cw_sqlite_identity_load(s);
    return !was_undone(s) && !undone && s->trouble == CW_STORE_OK;
}
