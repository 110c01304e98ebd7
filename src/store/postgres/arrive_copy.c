/* arrive_copy.c - copies a table in slices, in the order of its primary key: see arrive_copy.h. A
 * slice is one transaction with the place that it ends at, so that whatever is killed in the
 * middle, the next attempt goes on behind the last whole one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/packed.h"
#include "store/postgres/arrive_copy.h"

#define SLICE_ROWS  256
#define SLICE_BYTES ((size_t)4 << 20)

struct slice {
    const char *kinds, *places;
    struct cw_buf rows;
    struct cw_buf after; /* the key of the last row, with a zero */
    size_t count;
};

/* --- a row ------------------------------------------------------------------------------------ */

void cw_postgres_arrival_row(struct cw_buf *rows, const char *kinds,
                             const struct cw_move_value *values)
{
    size_t columns = strlen(kinds);
    cw_packed_put_u8(rows, (uint8_t)(columns >> 8));
    cw_packed_put_u8(rows, (uint8_t)columns);
    for (size_t i = 0; kinds[i] != '\0'; i++) {
        if (values[i].null) {
            cw_packed_put_u32(rows, UINT32_MAX);
        } else if (kinds[i] == 'n') {
            cw_packed_put_u32(rows, sizeof values[i].number);
            cw_packed_put_u64(rows, values[i].number);
        } else {
            cw_packed_put_bytes(rows, values[i].bytes);
        }
    }
}

/* Bytes in a primary key are TEXT in SQLite. */
static void put_key_value(struct cw_buf *key, char kind, const struct cw_move_value *value)
{
    if (kind == 'n') {
        cw_postgres_arrival_put(key, "%lld", (long long)value->number);
        return;
    }
    cw_postgres_arrival_put(key, "CAST(x'");
    for (size_t i = 0; i < value->bytes.n; i++)
        cw_postgres_arrival_put(key, "%02x", value->bytes.p[i]);
    cw_postgres_arrival_put(key, "' AS TEXT)");
}

static bool take_slice_row(void *to, const struct cw_move_value *values)
{
    struct slice *slice = to;
    cw_postgres_arrival_row(&slice->rows, slice->kinds, values);
    slice->count++;
    slice->after.n = 0;
    char *rest;
    for (const char *at = slice->places; *at != '\0'; at = rest) {
        long place = strtol(at, &rest, 10) - 1;
        cw_postgres_arrival_put(&slice->after, "%s", slice->after.n == 0 ? "" : ",");
        put_key_value(&slice->after, slice->kinds[place], &values[place]);
    }
    return slice->rows.n < SLICE_BYTES;
}

/* --- a slice ---------------------------------------------------------------------------------- */

static bool read_slice(struct cw_postgres_arrival *arrival, int table, const char *after,
                       struct slice *slice)
{
    struct cw_buf sql = {0};
    const char *key = cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_KEY);
    cw_postgres_arrival_put(&sql, "SELECT %s FROM \"%s\"",
                            cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_COLUMNS),
                            cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_TABLE));
    if (after[0] != '\0')
        cw_postgres_arrival_put(&sql, " WHERE (%s) > (%s)", key, after);
    cw_postgres_arrival_put(&sql, " ORDER BY %s LIMIT %d", key, SLICE_ROWS);
    bool good = arrival->source->read(arrival->source->context, (const char *)sql.p, slice->kinds,
                                      take_slice_row, slice, arrival->error);
    cw_buf_finish(&sql);
    return good;
}

static bool send_rows(struct cw_postgres_arrival *arrival, int table, const struct slice *slice)
{
    struct cw_buf sql = {0};
    cw_postgres_arrival_put(&sql, "COPY \"%s\"(%s) FROM STDIN BINARY",
                            cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_TABLE),
                            cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_COLUMNS));
    PGresult *result = PQexec(arrival->conn, (const char *)sql.p);
    cw_buf_finish(&sql);
    bool good = PQresultStatus(result) == PGRES_COPY_IN;
    if (!good)
        cw_postgres_explain(arrival->conn, result, arrival->error);
    PQclear(result);
    if (!good)
        return false;
    good = PQputCopyData(arrival->conn, CW_COPY_HEADER, CW_COPY_HEADER_LEN) == 1 &&
           PQputCopyData(arrival->conn, (const char *)slice->rows.p, (int)slice->rows.n) == 1 &&
           PQputCopyData(arrival->conn, "\377\377", 2) == 1 &&
           PQputCopyEnd(arrival->conn, NULL) == 1;
    if (!good)
        cw_postgres_explain(arrival->conn, NULL, arrival->error);
    return good && cw_postgres_arrival_end(arrival);
}

static bool write_slice(struct cw_postgres_arrival *arrival, int table, const struct slice *slice)
{
    const char *after = (const char *)slice->after.p;
    char *quoted = PQescapeLiteral(arrival->conn, after, slice->after.n);
    struct cw_buf sql = {0};
    cw_postgres_arrival_put(&sql, "UPDATE arrival SET at = '%s', after = %s; COMMIT",
                            cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_TABLE),
                            quoted == NULL ? "NULL" : quoted);
    bool good = cw_postgres_arrival_exec(arrival, "BEGIN") && send_rows(arrival, table, slice) &&
                cw_postgres_arrival_exec(arrival, (const char *)sql.p);
    PQfreemem(quoted);
    cw_buf_finish(&sql);
    return good;
}

bool cw_postgres_arrival_copy(struct cw_postgres_arrival *arrival, int table, const char *after)
{
    struct slice slice = {.kinds = cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_KINDS),
                          .places = cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_PLACES)};
    cw_postgres_arrival_put(&slice.after, "%s", after);
    bool good = true;
    do {
        slice.rows.n = slice.count = 0;
        struct cw_buf from = slice.after;
        slice.after = (struct cw_buf){0};
        good = read_slice(arrival, table, (const char *)from.p, &slice) &&
               (slice.count == 0 || write_slice(arrival, table, &slice));
        cw_buf_finish(&from);
    } while (good && slice.count != 0);
    cw_buf_finish(&slice.rows);
    cw_buf_finish(&slice.after);
    return good;
}
