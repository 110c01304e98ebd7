/* ahead.c - see ahead.h. */
#include "store/postgres/ahead.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "store/sqlite/state.h"

#define NUMBERS 3

struct cw_postgres_asked {
    int which;
    uint8_t numbers[NUMBERS][8];
    PGresult *rows; /* NULL: not yet */
};

static struct cw_postgres_asked *find_asked(const struct cw_postgres *pg,
                                            const struct cw_postgres_statement *st)
{
    size_t n = 8 * (size_t)pg->phrases[st->which].parameters;
    for (size_t i = 0; i < pg->ahead.count; i++)
        if (pg->ahead.asked[i].which == st->which &&
            memcmp(pg->ahead.asked[i].numbers, st->numbers, n) == 0)
            return &pg->ahead.asked[i];
    return NULL;
}

static void note_asked(struct cw_postgres_ahead *ahead, const struct cw_postgres_statement *st)
{
    if (ahead->count == ahead->capacity) {
        ahead->capacity = ahead->capacity * 2 + 64;
        ahead->asked = cw_realloc(ahead->asked, ahead->capacity * sizeof *ahead->asked);
    }
    struct cw_postgres_asked *asked = &ahead->asked[ahead->count++];
    *asked = (struct cw_postgres_asked){.which = st->which};
    memcpy(asked->numbers, st->numbers, sizeof asked->numbers);
}

void cw_postgres_ahead_ask(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[])
{
    struct cw_postgres *pg = cw_postgres_of(s);
    struct cw_postgres_statement *st = &pg->statements[which];
    int n = pg->phrases[which].parameters;
    assert(n <= NUMBERS && st->rows == NULL && !pg->phrases[which].is_writing);
    for (int i = 0; i < n; i++)
        cw_postgres_bind_number(st, i + 1, numbers[i]);
    if (s->trouble != CW_STORE_OK || pg->cut || find_asked(pg, st) != NULL)
        return;
    if (cw_postgres_send_statement(pg, st))
        note_asked(&pg->ahead, st);
    else
        cw_postgres_note(s, NULL);
}

struct answers {
    struct cw_postgres_ahead *ahead;
    PGresult **before; /* NULL: there is none, or it is here */
};

static void take_answer(void *context, PGresult *result)
{
    struct answers *answers = context;
    struct cw_postgres_ahead *ahead = answers->ahead;
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        PQclear(result); /* that it is prepared; or trouble */
    } else if (answers->before != NULL) {
        *answers->before = result;
        answers->before = NULL;
    } else {
        assert(ahead->answered < ahead->count);
        ahead->asked[ahead->answered++].rows = result;
    }
}

void cw_postgres_ahead_receive(struct cw_sqlite *s, PGresult **rows)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    struct answers answers = {&pg->ahead, rows};
    bool waits = rows != NULL || pg->ahead.answered != pg->ahead.count;
    if (rows != NULL)
        *rows = NULL;
    bool good = pg->cut || !waits || cw_postgres_receive_each(s, take_answer, &answers);
    if (good && !pg->cut) /* what could not be sent has cut it */
        return;
    if (pg->cut && s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_UNAVAILABLE;
    cw_postgres_ahead_end(pg);
}

PGresult *cw_postgres_ahead_take(const struct cw_postgres *pg,
                                 const struct cw_postgres_statement *st)
{
    const struct cw_postgres_asked *asked = pg->ahead.count == 0 ? NULL : find_asked(pg, st);
    return asked == NULL || asked->rows == NULL
               ? NULL
               : PQcopyResult(asked->rows, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
}

void cw_postgres_ahead_end(struct cw_postgres *pg)
{
    for (size_t i = 0; i < pg->ahead.answered; i++)
        PQclear(pg->ahead.asked[i].rows);
    free(pg->ahead.asked);
    pg->ahead = (struct cw_postgres_ahead){0};
}
