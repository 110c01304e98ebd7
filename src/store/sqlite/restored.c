/* restored.c - makes a database that was restored from a backup one of its own: cw_store_restored
 * of store.h. */
#include <stdio.h>

#include "store/sqlite/database.h"
#include "store/sqlite/identity.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/restored.h"
#include "store/sqlite/state.h"
#include "store/sqlite/transaction.h"
#include "store/sqlite/trouble.h"

int cw_store_schema(void)
{
    return cw_sqlite_schema_version;
}

static void run_sql(struct cw_sqlite *s, const char *sql)
{
    if (s->trouble == CW_STORE_OK)
        cw_sqlite_note(s, cw_database_exec(s->db, sql));
}

static void count_rows(struct cw_sqlite *s, const char *sql, uint64_t *to)
{
    int value = 0;
    if (s->trouble == CW_STORE_OK)
        cw_sqlite_note(s, cw_database_number(s->db, sql, &value));
    *to = (uint64_t)value;
}

/* The bytes of an unfinished upload are in no backup. */
static void end_uploads(struct cw_sqlite *s)
{
    run_sql(s, "DELETE FROM files WHERE message_id = 0");
}

/* Each table of its own line. */
static void end_secrets(struct cw_sqlite *s, struct cw_store_restored *ended)
{
    count_rows(s, "SELECT count(*) FROM sessions", &ended->sessions);
    count_rows(s, "SELECT count(*) FROM invitations", &ended->invitations);
    run_sql(s, "DELETE FROM sessions");
    run_sql(s, "DELETE FROM invitations");
    run_sql(s, "DELETE FROM resets");
}

bool cw_sqlite_restored(struct cw_store *store, bool keep_sessions, struct cw_store_restored *ended)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    *ended = (struct cw_store_restored){0};
    cw_sqlite_begin(s, CW_SQL_BEGIN_WRITING);
    end_uploads(s);
    if (!keep_sessions)
        end_secrets(s, ended);
    cw_sqlite_end(s);
    return s->trouble == CW_STORE_OK && cw_sqlite_identity_write(s, cw_sqlite_identity_renew);
}
