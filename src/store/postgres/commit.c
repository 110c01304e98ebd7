/* commit.c - see commit.h. */
#include "store/postgres/commit.h"

#include <stdio.h>
#include <string.h>

#include "store/postgres/bell.h"
#include "store/postgres/many.h"
#include "store/postgres/tell.h"
#include "store/sqlite/state.h"

static bool send_end(struct cw_sqlite *s, struct cw_postgres *pg)
{
    char sql[192];
    snprintf(sql, sizeof sql, "SELECT end_batch(%u, %llu, %llu, %llu, %llu)", pg->node.number,
             (unsigned long long)pg->node.epoch, (unsigned long long)pg->batch + 1,
             (unsigned long long)s->newest, (unsigned long long)(pg->news + pg->told));
    return (!pg->wrote || cw_postgres_send(pg, sql)) && cw_postgres_send(pg, "COMMIT");
}

/* Others may have something to read. */
static void ring(struct cw_sqlite *s, struct cw_postgres *pg)
{
    bool more = pg->told != 0 || s->newest != s->newest_begin;
    if (more && (s->store.rings == NULL || !s->store.rings(s->store.rings_context)))
        cw_postgres_bell_ring(pg->bell);
    pg->news += pg->told;
    pg->told = 0;
}

static void fail_commit(struct cw_sqlite *s, const char *why, const char *words)
{
    s->trouble = CW_STORE_FAILED;
    if (s->failure[0] == '\0')
        snprintf(s->failure, sizeof s->failure, "%s%.160s", why, words);
}

/* The connection was lost behind COMMIT: the row of this server tells whether it was carried out.
 */
static void find_outcome(struct cw_sqlite *s, struct cw_postgres *pg)
{
    uint64_t last_batch, told = pg->told; /* which a new connection forgets */
    if (!pg->wrote)
        return;
    if (!cw_postgres_come_back(s, CW_POSTGRES_UNKNOWN_MS, &last_batch))
        fail_commit(s, "PostgreSQL was lost while it committed: what became of that is unknown",
                    "");
    else if (last_batch == pg->batch + 1)
        pg->batch++;
    else
        s->trouble = CW_STORE_UNAVAILABLE;
    if (s->trouble != CW_STORE_OK)
        return;
    pg->told = told;
    ring(s, pg);
}

void cw_postgres_commit(struct cw_sqlite *s)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    if (!pg->begun)
        return;
    if (pg->cut) {
        s->trouble = CW_STORE_UNAVAILABLE;
        return;
    }
    pg->warned = false;
    cw_postgres_news_end(s);
    if (!send_end(s, pg))
        cw_postgres_note(s, NULL);
    PGresult *result = cw_postgres_receive(s);
    bool good = result != NULL && strcmp(PQcmdStatus(result), "COMMIT") == 0;
    pg->begun = !good && !pg->cut;
    PQclear(result);
    if (pg->cut) {
        find_outcome(s, pg);
    } else if (good && pg->wrote) {
        pg->batch++;
        ring(s, pg);
    } else if (!good && s->trouble == CW_STORE_OK) {
        fail_commit(s, "PostgreSQL did not commit", "");
    }
    if (pg->wrote && pg->warned) /* such as: it does not wait for the standby any more */
        fail_commit(s, "PostgreSQL warned while it committed: ", pg->warning);
}

bool cw_postgres_roll_back(struct cw_sqlite *s)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    for (int i = 0; i < CW_SQL_COUNT; i++)
        cw_postgres_clear(&pg->statements[i]);
    cw_postgres_many_forget(pg);
    bool open = pg->begun && !pg->cut && pg->conn != NULL;
    pg->begun = false;
    pg->told = 0;
    if (!open)
        return true;
    enum cw_store_status trouble = s->trouble;
    /* Statements that were to be prepared behind one that failed are not. */
    bool sent =
        cw_postgres_send(pg, "ROLLBACK") && (!pg->failed || cw_postgres_send(pg, "DEALLOCATE ALL"));
    pg->number += pg->failed;
    pg->failed = false;
    if (!sent)
        cw_postgres_note(s, NULL);
    PQclear(cw_postgres_receive(s));
    bool good = s->trouble == trouble;
    s->trouble = good ? trouble : CW_STORE_FAILED;
    return good;
}
