/* numbers.c - statements whose parameters are numbers, over either driver: see sql.h. */
#include "store/sqlite/sql.h"

static cw_sql_statement *bind_numbers(struct cw_sqlite *s, enum cw_sql which,
                                      const uint64_t numbers[])
{
    cw_sql_statement *st = cw_sql_of(s, which);
    for (int i = 0; i < cw_sql_parameters(s, which); i++)
        cw_sql_int(st, i + 1, numbers[i]);
    return st;
}

int cw_sql_run_with(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[])
{
    bind_numbers(s, which, numbers);
    return cw_sql_run(s, which);
}

uint64_t cw_sql_query(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[])
{
    cw_sql_statement *st = bind_numbers(s, which, numbers);
    uint64_t value = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return value;
}

void cw_sql_fill_between(struct cw_sqlite *s, enum cw_sql which, uint64_t of, uint64_t first,
                         uint64_t last, uint64_t values[])
{
    cw_sql_statement *st = bind_numbers(s, which, CW_NUMBERS(of, first, last));
    while (cw_sql_row(s, st)) {
        uint64_t at = cw_sql_column_int(st, 0) - first;
        if (at <= last - first) /* or its page is damaged */
            values[at] = cw_sql_column_int(st, 1);
    }
    cw_sql_end(st);
}

bool cw_sql_finds(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[])
{
    cw_sql_statement *st = bind_numbers(s, which, numbers);
    bool found = cw_sql_row(s, st);
    cw_sql_end(st);
    return found;
}
