/* lost.c - pages of the database that cannot be read, and the requests that need them.
 *
 * A page that is damaged, or that the disk cannot read at the moment, affects only the requests
 * that need it: batch.c leaves them out of the batch. Derived data is built again (rebuild.c). A
 * message without a row is skipped. */
#include <stdio.h>
#include <time.h>

#include "store/sqlite/lost.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"
#include "store/sqlite/trouble.h"

#define AGAIN_MS 60000 /* the least time between two notes, or two repairs, of the same */

/* --- noticing it ------------------------------------------------------------------------ */

static uint64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 + 1;
}

/* False when it was so a moment ago. */
static bool first_time(uint64_t *at_ms)
{
    uint64_t now_ms = clock_ms();
    if (*at_ms != 0 && now_ms - *at_ms < AGAIN_MS)
        return false;
    *at_ms = now_ms;
    return true;
}

bool cw_sqlite_look_now(struct cw_sqlite *s)
{
    return s->lost_damaged && first_time(&s->looked_ms[s->lost_by]);
}

void cw_sqlite_look_again(struct cw_sqlite *s)
{
    memset(s->looked_ms, 0, sizeof s->looked_ms);
}

void cw_sqlite_work_rests(struct cw_sqlite *s)
{
    s->work_lost_ms = clock_ms();
}

bool cw_sqlite_may_work(struct cw_sqlite *s)
{
    if (s->work_lost_ms != 0 && clock_ms() - s->work_lost_ms >= AGAIN_MS)
        s->work_lost_ms = 0;
    return s->work_lost_ms == 0;
}

/* --- telling of it ---------------------------------------------------------------------- */

/* The table that the statement is about. */
static void name_table(const char *sql, char name[32])
{
    static const char *const before[] = {" FROM ", " INTO ", "UPDATE OR IGNORE ", "UPDATE "};
    const char *at = NULL;
    for (size_t i = 0; i < sizeof before / sizeof before[0] && at == NULL; i++)
        if ((at = strstr(sql, before[i])) != NULL)
            at += strlen(before[i]);
    size_t n = at == NULL ? 0 : strcspn(at, " (");
    snprintf(name, 32, "%.*s", (int)(n < 31 ? n : 31), at == NULL ? "" : at);
}

void cw_sqlite_note_loss(struct cw_sqlite *s)
{
    char line[CW_SQLITE_LINE_MAX], table[32] = "";
    if (!first_time(&s->noted_ms[s->lost_by]))
        return;
    if (s->lost_by < CW_SQL_COUNT)
        name_table(cw_sql_text[s->lost_by], table);
    snprintf(
        line, sizeof line, "a page of the database %s%s%s: who needs it is told to try later%s",
        s->lost_damaged ? "is damaged" : "cannot be read now", table[0] == '\0' ? "" : ", table ",
        table, s->lost_damaged ? "; see what is damaged with chinwagd --check" : "");
    cw_sqlite_note_damage(s, 0, "", line);
}

/* --- walking over messages -------------------------------------------------------------- */

/* Can what follows this id be read, or the end of the table? */
static bool can_read_after(struct cw_sqlite *s, uint64_t id)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGES_AFTER);
    cw_sql_int(st, 1, id);
    cw_sql_row(s, st);
    cw_sql_end(st);
    return !cw_sqlite_pass(s, CW_SQL_MESSAGES_AFTER);
}

/* The first id behind a damaged page: the page hides a range of ids, whose end is found by steps
 * that double, then by bisection. */
static bool pass_page(struct cw_sqlite *s, uint64_t *id)
{
    uint64_t low = *id, high = low, step = 1;
    do {
        if (high > INT64_MAX / 2)
            return false;
        low = high;
        high += step;
        step *= 2;
    } while (!can_read_after(s, high));
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (can_read_after(s, middle))
            high = middle;
        else
            low = middle;
    }
    *id = high;
    return s->trouble == CW_STORE_OK;
}

bool cw_sqlite_pass_rows(struct cw_sqlite *s, uint64_t *id)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGES_AFTER);
    cw_sql_int(st, 1, *id);
    bool row = cw_sql_row(s, st); /* only its body cannot be read */
    uint64_t next = row ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    if (row)
        *id = next;
    return row || (cw_sqlite_pass(s, CW_SQL_MESSAGES_AFTER) && pass_page(s, id));
}

bool cw_sqlite_walk(struct cw_sqlite *s, uint64_t after,
                    void (*visit)(struct cw_sqlite *s, cw_sql_statement *row))
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGES_AFTER);
    bool whole = true;
    for (;;) {
        cw_sql_int(st, 1, after);
        while (cw_sql_row(s, st)) {
            after = cw_sql_column_int(st, 0);
            visit(s, st);
        }
        cw_sql_end(st);
        if (!cw_sqlite_pass(s, CW_SQL_MESSAGES_AFTER))
            return whole && s->trouble == CW_STORE_OK;
        whole = false;
        if (!cw_sqlite_pass_rows(s, &after))
            return false;
    }
}
