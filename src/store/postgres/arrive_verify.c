/* arrive_verify.c - is what has arrived what was there? See arrive_verify.h. Rows of both sides are
 * taken in one form, that of COPY, and summed up: in which order they come does not matter. */
#include <stdio.h>
#include <string.h>

#include "base/checksum.h"
#include "store/postgres/arrive_copy.h"
#include "store/postgres/arrive_verify.h"
#include "store/store.h"
#include "store/tally.h"

/* One side of one table. */
struct side {
    const char *kinds;
    bool messages; /* it is that table: the first columns are id, mailbox, sender_id */
    struct cw_tallies tallies;
    uint64_t rows, sum;
    struct cw_buf row;
};

static uint64_t number_at(const uint8_t *p, unsigned bytes)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < bytes; i++)
        number = number << 8 | p[i];
    return number;
}

/* In a row: two bytes, then each column behind its length. */
#define COLUMN_AT(n) (2 + (n) * (4 + 8) + 4)

static void add_row(struct side *side, struct cw_slice row)
{
    uint64_t sum = cw_checksum(row);
    side->rows++;
    side->sum += sum;
    if (!side->messages || row.n < COLUMN_AT(3))
        return;
    uint64_t mailbox = number_at(row.p + COLUMN_AT(1), 8);
    uint64_t sender_id = number_at(row.p + COLUMN_AT(2), 8);
    struct cw_tally *tally = cw_tally_of(&side->tallies, cw_conversation_of(mailbox, sender_id));
    tally->messages++;
    tally->sum += sum;
}

/* --- SQLite ----------------------------------------------------------------------------------- */

static bool take_source_row(void *to, const struct cw_move_value *values)
{
    struct side *side = to;
    side->row.n = 0;
    cw_postgres_arrival_row(&side->row, side->kinds, values);
    add_row(side, cw_buf_slice(&side->row));
    return true;
}

static bool read_source(struct cw_postgres_arrival *arrival, int table, struct side *side)
{
    struct cw_buf sql = {0};
    cw_postgres_arrival_put(&sql, "SELECT %s FROM \"%s\"",
                            cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_COLUMNS),
                            cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_TABLE));
    bool good = arrival->source->read(arrival->source->context, (const char *)sql.p, side->kinds,
                                      take_source_row, side, arrival->error);
    cw_buf_finish(&sql);
    return good;
}

/* --- PostgreSQL ---------------------------------------------------------------------------------
 */

/* The bytes of the row at the beginning of these; 0: there is none, but the end. */
static size_t row_size(struct cw_slice bytes)
{
    if (bytes.n < 2 || number_at(bytes.p, 2) == UINT16_MAX)
        return 0;
    size_t n = 2;
    for (uint64_t columns = number_at(bytes.p, 2); columns > 0; columns--) {
        uint64_t length = n + 4 <= bytes.n ? number_at(bytes.p + n, 4) : 0;
        n += 4 + (length == UINT32_MAX ? 0 : (size_t)length);
        if (n > bytes.n)
            return 0;
    }
    return n;
}

/* PostgreSQL sends whole rows, the header before the first one. */
static void take_rows(struct side *side, struct cw_slice bytes, bool first)
{
    if (first && bytes.n >= CW_COPY_HEADER_LEN)
        bytes = cw_slice_of(bytes.p + CW_COPY_HEADER_LEN, bytes.n - CW_COPY_HEADER_LEN);
    for (size_t n; (n = row_size(bytes)) != 0;) {
        add_row(side, cw_slice_of(bytes.p, n));
        bytes = cw_slice_of(bytes.p + n, bytes.n - n);
    }
}

static bool receive_rows(struct cw_postgres_arrival *arrival, struct side *side)
{
    bool first = true;
    char *bytes;
    for (int n; (n = PQgetCopyData(arrival->conn, &bytes, 0)) > 0; first = false) {
        take_rows(side, cw_slice_of(bytes, (size_t)n), first);
        PQfreemem(bytes);
    }
    return cw_postgres_arrival_end(arrival);
}

static bool read_target(struct cw_postgres_arrival *arrival, int table, struct side *side)
{
    struct cw_buf sql = {0};
    cw_postgres_arrival_put(&sql, "COPY \"%s\"(%s) TO STDOUT BINARY",
                            cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_TABLE),
                            cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_COLUMNS));
    PGresult *result = PQexec(arrival->conn, (const char *)sql.p);
    cw_buf_finish(&sql);
    bool good = PQresultStatus(result) == PGRES_COPY_OUT;
    if (!good)
        cw_postgres_explain(arrival->conn, result, arrival->error);
    PQclear(result);
    return good && receive_rows(arrival, side);
}

/* --- both ----------------------------------------------------------------------------------------
 */

static bool differ(struct cw_postgres_arrival *arrival, const char *what, uint64_t of)
{
    snprintf(arrival->error, 256,
             "What has arrived in PostgreSQL is not what the folder has: %.60s %llu differs. Empty "
             "the database in `store` (DROP SCHEMA chinwag CASCADE), and begin again.",
             what, (unsigned long long)of);
    return false;
}

static bool compare_conversations(struct cw_postgres_arrival *arrival, struct side *a,
                                  struct side *b)
{
    cw_tallies_sort(&a->tallies);
    cw_tallies_sort(&b->tallies);
    for (size_t i = 0; i < a->tallies.count || i < b->tallies.count; i++) {
        const struct cw_tally *x = i < a->tallies.count ? a->tallies.at[i] : NULL;
        const struct cw_tally *y = i < b->tallies.count ? b->tallies.at[i] : NULL;
        if (x == NULL || y == NULL || x->conversation != y->conversation ||
            x->messages != y->messages || x->sum != y->sum)
            return differ(arrival, "conversation", x != NULL ? x->conversation : y->conversation);
    }
    return true;
}

static void tell_same(struct cw_postgres_arrival *arrival, int table, const struct side *side)
{
    char line[160], conversations[64] = "";
    if (side->messages)
        snprintf(conversations, sizeof conversations, " in %zu conversations, each",
                 side->tallies.count);
    snprintf(line, sizeof line, "%s: %llu%s the same on both sides",
             cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_TABLE),
             (unsigned long long)side->rows, conversations);
    arrival->source->tell(arrival->source->context, line);
}

static bool verify_table(struct cw_postgres_arrival *arrival, int table)
{
    const char *name = cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_TABLE);
    struct side sides[2];
    for (int i = 0; i < 2; i++) {
        sides[i] = (struct side){.kinds = cw_postgres_arrival_of(arrival, table, CW_ARRIVAL_KINDS),
                                 .messages = strcmp(name, "messages") == 0};
        cw_tallies_init(&sides[i].tallies);
    }
    bool good = read_source(arrival, table, &sides[0]) && read_target(arrival, table, &sides[1]) &&
                compare_conversations(arrival, &sides[0], &sides[1]);
    if (good && (sides[0].rows != sides[1].rows || sides[0].sum != sides[1].sum))
        good = differ(arrival, name, sides[1].rows);
    if (good && sides[0].rows != 0)
        tell_same(arrival, table, &sides[0]);
    for (int i = 0; i < 2; i++) {
        cw_tallies_finish(&sides[i].tallies);
        cw_buf_finish(&sides[i].row);
    }
    return good;
}

bool cw_postgres_arrival_verify(struct cw_postgres_arrival *arrival)
{
    bool good = true;
    for (int i = 0; good && i < cw_postgres_arrival_tables(arrival); i++)
        good = verify_table(arrival, i);
    return good;
}
