/* many.c - see many.h. The form of an array: src/backend/utils/adt/arrayfuncs.c, array_send: its
 * dimensions, whether it has nulls, the type of its elements; the length of the dimension and its
 * first index; each element behind its length. All numbers have the network's order. */
#include "store/postgres/many.h"

#include <assert.h>

#include "base/packed.h"

enum { OID_INT8_ARRAY = 1016, LENGTH_AT = 12 };

static void begin_column(struct cw_buf *column)
{
    static const uint32_t head[] = {1, 0, CW_POSTGRES_INT8, 0, 1};
    column->n = 0;
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        cw_packed_put_u32(column, head[i]);
}

/* So many elements it has. */
static void end_column(struct cw_buf *column, unsigned rows)
{
    size_t n = column->n;
    column->n = LENGTH_AT;
    cw_packed_put_u32(column, rows);
    column->n = n;
}

bool cw_postgres_many_add(struct cw_postgres *pg, struct cw_postgres_statement *st)
{
    struct cw_postgres_gathered *gathered = &pg->gathered[st->which];
    assert(pg->phrases[st->which].parameters <= CW_POSTGRES_MANY_PARAMETERS);
    for (int i = 0; i < pg->phrases[st->which].parameters; i++) {
        struct cw_buf *column = &gathered->columns[i];
        assert(st->values[i] == (const char *)st->numbers[i]); /* no bytes, and not NULL */
        if (gathered->rows == 0)
            begin_column(column);
        cw_packed_put_bytes(column, cw_slice_of(st->numbers[i], sizeof st->numbers[i]));
    }
    pg->gathers = true;
    return ++gathered->rows == CW_POSTGRES_MANY_ROWS;
}

struct cw_postgres_statement *cw_postgres_many_next(struct cw_postgres *pg)
{
    if (!pg->gathers)
        return NULL;
    int which = 0;
    while (which < CW_SQL_COUNT && pg->gathered[which].rows == 0)
        which++;
    if (which == CW_SQL_COUNT) {
        pg->gathers = false;
        return NULL;
    }
    struct cw_postgres_statement *st = &pg->statements[which];
    struct cw_postgres_gathered *gathered = &pg->gathered[which];
    for (int i = 0; i < pg->phrases[which].parameters; i++) {
        end_column(&gathered->columns[i], gathered->rows);
        cw_postgres_bind(st, i + 1, OID_INT8_ARRAY, cw_buf_slice(&gathered->columns[i]));
    }
    gathered->rows = 0;
    return st;
}

void cw_postgres_many_forget(struct cw_postgres *pg)
{
    for (int i = 0; pg->gathers && i < CW_SQL_COUNT; i++)
        pg->gathered[i].rows = 0;
    pg->gathers = false;
}

void cw_postgres_many_finish(struct cw_postgres *pg)
{
    for (int i = 0; i < CW_SQL_COUNT; i++)
        for (int j = 0; j < CW_POSTGRES_MANY_PARAMETERS; j++)
            cw_buf_finish(&pg->gathered[i].columns[j]);
}
