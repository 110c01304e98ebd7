/* tell.c - see tell.h. Rows of `news`: what the transactions of this server tell the others. news.c
 * reads them.
 */
#include <stdio.h>
#include <string.h>

#include "store/postgres/connection.h"
#include "store/postgres/link.h"
#include "store/postgres/tell.h"
#include "store/rules_news.h"
#include "store/sqlite/news.h"
#include "store/sqlite/state.h"

enum { NUMBERS = 12, PARAMETERS = NUMBERS + 2, OID_BYTEA = 17, OID_INT8 = 20 };

/* How many rows of `news` are kept, and so may be in memory at once (some 50 MB): a server that has
 * not looked for longer ends, and starts anew.
 * Those before them go so many at a time. */
#define NEWS_KEPT    20000
#define NEWS_AT_ONCE 1024

/* The first one decides when names are taken out; those that come until then are for the next
 * time. */
static void note_named(struct cw_postgres *pg, uint64_t row)
{
    pg->named_last = row;
    if (pg->named_ms != 0)
        return;
    pg->named_ms = cw_postgres_clock_ms() + CW_POSTGRES_NAMED_MS;
    pg->named_to = row;
}

/* It goes with the next statement that is waited for, at the latest with COMMIT. */
static void insert_news(void *context, const struct cw_store_news *news)
{
    struct cw_sqlite *s = context;
    struct cw_postgres *pg = cw_postgres_of(s);
    static const char sql[] =
        "INSERT INTO news(id, node, " CW_POSTGRES_NEWS
        ") VALUES($1, $2, $14, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    const uint64_t values[NUMBERS] = {pg->news + pg->told + 1,
                                      pg->node.number,
                                      s->newest,
                                      news->user_id,
                                      news->other_id,
                                      news->group_id,
                                      news->conversation,
                                      news->session_id,
                                      news->seq,
                                      news->number,
                                      news->time_ms,
                                      news->until_ms};
    const char *name = cw_news_name(news->kind);
    uint8_t bytes[NUMBERS][8];
    const char *parameters[PARAMETERS];
    int lengths[PARAMETERS], formats[PARAMETERS];
    Oid types[PARAMETERS];
    for (int i = 0; i < NUMBERS; i++) {
        cw_postgres_put_number(bytes[i], values[i]);
        parameters[i] = (const char *)bytes[i];
        lengths[i] = 8;
    }
    parameters[NUMBERS] = news->text.n == 0 ? "" : (const char *)news->text.p;
    lengths[NUMBERS] = (int)news->text.n;
    parameters[NUMBERS + 1] = name;
    lengths[NUMBERS + 1] = (int)strlen(name);
    for (int i = 0; i < PARAMETERS; i++) {
        types[i] = i < NUMBERS ? OID_INT8 : OID_BYTEA;
        formats[i] = 1;
    }
    if (s->trouble != CW_STORE_OK || pg->cut)
        return;
    if (PQsendQueryParams(pg->conn, sql, PARAMETERS, types, parameters, lengths, formats, 1) != 1)
        cw_postgres_note(s, NULL);
    pg->wrote = true;
    pg->told++;
    if (news->kind == CW_NEWS_NAMED)
        note_named(pg, pg->news + pg->told);
}

bool cw_postgres_names_old(const struct cw_sqlite *s)
{
    const struct cw_postgres *pg = cw_postgres_of(s);
    return pg->named_ms != 0 && cw_postgres_clock_ms() >= pg->named_ms;
}

/* A server that has not looked until then tells its clients the name of nobody. */
void cw_postgres_names_forget(struct cw_sqlite *s)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    char sql[192];
    if (!cw_postgres_names_old(s) || s->trouble != CW_STORE_OK)
        return;
    snprintf(sql, sizeof sql,
             "UPDATE news SET body = '' WHERE id > %llu AND id <= %llu AND kind = 'named' AND node"
             " = %u AND body <> ''",
             (unsigned long long)pg->named_from, (unsigned long long)pg->named_to, pg->node.number);
    if (!cw_postgres_send(pg, sql))
        cw_postgres_note(s, NULL);
    pg->wrote = true;
    bool more = pg->named_last > pg->named_to;
    /* (A row that was undone may be numbered again.) */
    pg->named_from = pg->named_to < pg->news ? pg->named_to : pg->news;
    pg->named_to = pg->named_last;
    pg->named_ms = more ? cw_postgres_clock_ms() + CW_POSTGRES_NAMED_MS : 0;
}

bool cw_postgres_news_old(const struct cw_sqlite *s)
{
    const struct cw_postgres *pg = cw_postgres_of(s);
    return pg->news >= pg->forgotten + NEWS_KEPT + NEWS_AT_ONCE;
}

void cw_postgres_news_forget(struct cw_sqlite *s)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    char sql[96];
    if (!cw_postgres_news_old(s) || s->trouble != CW_STORE_OK)
        return;
    pg->forgotten = pg->news - NEWS_KEPT;
    snprintf(sql, sizeof sql, "DELETE FROM news WHERE id <= %llu",
             (unsigned long long)pg->forgotten);
    if (!cw_postgres_send(pg, sql))
        cw_postgres_note(s, NULL);
    pg->wrote = true;
}

bool cw_sqlite_news_write(enum cw_store_op op)
{
    return op == CW_STORE_SESSION_FIND;
}

void cw_sqlite_news_note(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    const struct cw_postgres *pg = cw_postgres_of(s);
    if (s->trouble != CW_STORE_OK)
        return;
    cw_store_news_of(request, result, insert_news, s);
    if (request->op == CW_STORE_SESSION_CREATE || request->op == CW_STORE_SESSION_FIND)
        result->generation = pg->news + pg->told + 1; /* the next row */
}

void cw_sqlite_news_changed(struct cw_sqlite *s)
{
    cw_postgres_of(s)->changed = true;
}

void cw_postgres_news_end(struct cw_sqlite *s)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    if (pg->changed)
        insert_news(s, &(struct cw_store_news){.kind = CW_NEWS_CHANGED});
}
