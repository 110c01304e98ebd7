/* levels.c - see levels.h. Each merge of all segments puts them on a level of its own, above those
 * that are empty then, and FTS5 of SQLite 3.40 takes an index of more than 2,000 levels for damaged
 * (later versions have 64 at most). The record of the levels is row 10 of search_data: 4 bytes,
 * then numbers, 7 bits a byte: how many levels and segments, what was written; then of each level
 * how many segments are merged and how many there are, and 3 numbers of each. Caller: clean.c. */
#include "store/sqlite/levels.h"

#include "store/sqlite/database.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

#define LEVELS_MAX 64
#define HEAD       4

/* Takes a number off *rest; it is bad when that ends. */
static uint64_t take_number(struct cw_slice *rest, bool *good)
{
    uint64_t number = 0;
    for (size_t i = 0; i < rest->n && i < 8; i++) {
        number = number << 7 | (rest->p[i] & 0x7f);
        if (rest->p[i] < 0x80) {
            *rest = cw_slice_of(rest->p + i + 1, rest->n - i - 1);
            return number;
        }
    }
    *good = false;
    return 0;
}

/* Appends the levels that have something; returns how many. */
static uint64_t copy_levels(struct cw_slice rest, uint64_t levels, struct cw_buf *to, bool *good)
{
    uint64_t copied = 0;
    for (uint64_t i = 0; i < levels && *good; i++) {
        const uint8_t *begin = rest.p;
        uint64_t merged = take_number(&rest, good), segments = take_number(&rest, good);
        for (uint64_t k = 0; k < 3 * segments && *good; k++)
            take_number(&rest, good);
        if (merged == 0 && segments == 0)
            continue;
        cw_buf_append(to, begin, (size_t)(rest.p - begin));
        copied++;
    }
    *good = *good && rest.n == 0;
    return copied;
}

/* Another form than the above, of a later version, is left as it is. */
static bool lower(struct cw_slice record, struct cw_buf *to)
{
    bool good = record.n > HEAD && record.p[HEAD] != 0xff;
    struct cw_buf kept = {0};
    struct cw_slice rest = cw_slice_of(record.p + HEAD, good ? record.n - HEAD : 0);
    uint64_t levels = take_number(&rest, &good);
    const uint8_t *counts = rest.p;
    take_number(&rest, &good);
    take_number(&rest, &good);
    uint64_t left = good ? copy_levels(rest, levels, &kept, &good) : 0;
    good = good && levels > LEVELS_MAX && left < 128;
    if (good) {
        cw_buf_append(to, record.p, HEAD);
        cw_buf_append_byte(to, (uint8_t)left);
        cw_buf_append(to, counts, (size_t)(rest.p - counts));
        cw_buf_append(to, kept.p, kept.n);
    }
    cw_buf_finish(&kept);
    return good;
}

bool cw_sqlite_levels_lower(struct cw_sqlite *s)
{
    struct cw_buf lowered = {0};
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_LEVELS);
    bool lowers = cw_sql_row(s, st) && lower(cw_sql_column_slice(st, 0), &lowered);
    cw_sql_end(st);
    if (lowers) {
        cw_sql_blob(cw_sql_of(s, CW_SQL_LEVELS_SET), 1, cw_buf_slice(&lowered));
        cw_sql_run(s, CW_SQL_LEVELS_SET);
    }
    cw_buf_finish(&lowered);
    return lowers && s->trouble == CW_STORE_OK;
}

/* The schema is read again, and with it what FTS5 keeps in memory. */
void cw_sqlite_levels_read_again(struct cw_sqlite *s)
{
    cw_database_exec(s->db, "PRAGMA writable_schema=RESET");
}
