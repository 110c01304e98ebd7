/* many.c - see many.h. The form of an array: src/backend/utils/adt/arrayfuncs.c, array_send: its
 * dimensions, whether it has nulls, the type of its elements; the length of the dimension and its
 * first index; each element behind its length. All numbers have the network's order. */
#include "store/postgres/many.h"

#include <assert.h>

enum { OID_INT8 = 20, OID_INT8_ARRAY = 1016, HEAD = 20 };

static void put_int32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void put_head(struct cw_buf *column, unsigned rows)
{
    const uint32_t head[HEAD / 4] = {1, 0, OID_INT8, rows, 1};
    for (size_t i = 0; i < HEAD / 4; i++)
        put_int32(column->p + 4 * i, head[i]);
}

bool cw_postgres_many_add(struct cw_postgres *pg, struct cw_postgres_statement *st)
{
    struct cw_postgres_gathered *gathered = &pg->gathered[st->which];
    uint8_t length[4];
    put_int32(length, sizeof st->numbers[0]);
    assert(pg->phrases[st->which].parameters <= CW_POSTGRES_MANY_PARAMETERS);
    for (int i = 0; i < pg->phrases[st->which].parameters; i++) {
        struct cw_buf *column = &gathered->columns[i];
        assert(st->values[i] == (const char *)st->numbers[i]); /* no bytes, and not NULL */
        if (gathered->rows == 0) {
            column->n = 0;
            cw_buf_append(column, (const uint8_t[HEAD]){0}, HEAD);
        }
        cw_buf_append(column, length, sizeof length);
        cw_buf_append(column, st->numbers[i], sizeof st->numbers[i]);
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
        put_head(&gathered->columns[i], gathered->rows);
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
