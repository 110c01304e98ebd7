/* past.c - see past.h. */
#include "store/postgres/past.h"

#include <stdio.h>

#include "store/postgres/link.h"
#include "store/postgres/tell.h"
#include "store/sqlite/state.h"

#define CW_POSTGRES_NEW_ERA                                                                        \
    "This server was away from PostgreSQL until its lease was over, and another one has begun a "  \
    "new era of the database meanwhile: start this one again"

void cw_postgres_past_message(struct cw_sqlite *s, const struct cw_store_message *message)
{
    struct cw_postgres_past *past = &cw_postgres_of(s)->past;
    past->message_id = message->message_id;
    past->seq = message->seq;
    past->time_ms = message->time_ms;
}

void cw_postgres_past_news(struct cw_sqlite *s, uint64_t news, const PGresult *rows, int row)
{
    struct cw_postgres_past *past = &cw_postgres_of(s)->past;
    past->news = news;
    for (int i = 0; i < CW_POSTGRES_PAST_NUMBERS; i++) /* behind `kind` */
        past->numbers[i] = cw_postgres_number(rows, row, 1 + i);
}

static PGresult *ask_past(struct cw_sqlite *s, const char *sql)
{
    if (s->trouble == CW_STORE_OK && !cw_postgres_send(cw_postgres_of(s), sql))
        cw_postgres_note(s, NULL);
    return s->trouble == CW_STORE_OK ? cw_postgres_receive(s) : NULL;
}

void cw_postgres_past_newest(struct cw_sqlite *s)
{
    struct cw_postgres_past *past = &cw_postgres_of(s)->past;
    PGresult *rows = ask_past(s, "SELECT id, seq, time_ms FROM messages ORDER BY id DESC LIMIT 1");
    if (rows != NULL && PQntuples(rows) == 1) {
        past->message_id = cw_postgres_number(rows, 0, 0);
        past->seq = cw_postgres_number(rows, 0, 1);
        past->time_ms = cw_postgres_number(rows, 0, 2);
    }
    PQclear(rows);
    rows = ask_past(s, "SELECT " CW_POSTGRES_NEWS ", id FROM news ORDER BY id DESC LIMIT 1");
    if (rows != NULL && PQntuples(rows) == 1)
        cw_postgres_past_news(s, cw_postgres_number(rows, 0, PQnfields(rows) - 1), rows, 0);
    PQclear(rows);
}

/* What is not there any more, as what was removed because of its age, proves nothing. */
static void write_question(const struct cw_sqlite *s, char *sql, size_t n)
{
    const struct cw_postgres_past *past = &cw_postgres_of(s)->past;
    const struct cw_store_identity *identity = &s->store.identity;
    const uint64_t *at = past->numbers;
    unsigned long long era =
        identity->era_count == 0 ? 0 : identity->eras[identity->era_count - 1].era;
    snprintf(sql, n,
             "SELECT EXISTS (SELECT 1 FROM messages WHERE id = %lld AND (seq, time_ms) <> (%lld,"
             " %lld)) OR EXISTS (SELECT 1 FROM news WHERE id = %lld AND (" CW_POSTGRES_NEWS_NUMBERS
             ") <> (%lld, %lld, %lld, %lld, %lld, %lld, %lld, %lld, %lld, %lld)), %s AND (SELECT "
             "era FROM eras ORDER"
             " BY number DESC LIMIT 1) <> %lld",
             (long long)past->message_id, (long long)past->seq, (long long)past->time_ms,
             (long long)past->news, (long long)at[0], (long long)at[1], (long long)at[2],
             (long long)at[3], (long long)at[4], (long long)at[5], (long long)at[6],
             (long long)at[7], (long long)at[8], (long long)at[9],
             identity->era_count == 0 ? "false" : "true", (long long)era);
}

bool cw_postgres_past_judge(struct cw_sqlite *s)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    char sql[1024];
    if (pg->past.judged_on == pg->number)
        return true;
    write_question(s, sql, sizeof sql);
    PGresult *result = ask_past(s, sql);
    if (result != NULL && cw_postgres_number(result, 0, 0) != 0)
        cw_postgres_fail(s, CW_POSTGRES_LOST);
    else if (result != NULL && cw_postgres_number(result, 0, 1) != 0)
        cw_postgres_fail(s, CW_POSTGRES_NEW_ERA);
    else if (result != NULL)
        pg->past.judged_on = pg->number;
    else if (s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_UNAVAILABLE;
    PQclear(result);
    return s->trouble == CW_STORE_OK;
}
