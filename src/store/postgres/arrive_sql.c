/* arrive_sql.c - see arrive_sql.h. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "store/postgres/arrive_sql.h"

int cw_postgres_arrival_tables(const struct cw_postgres_arrival *arrival)
{
    return PQntuples(arrival->tables);
}

const char *cw_postgres_arrival_of(const struct cw_postgres_arrival *arrival, int table, int what)
{
    return PQgetvalue(arrival->tables, table, what);
}

bool cw_postgres_arrival_exec(struct cw_postgres_arrival *arrival, const char *sql)
{
    PGresult *result = cw_postgres_ask_on(arrival->conn, sql, arrival->error);
    PQclear(result);
    return result != NULL;
}

bool cw_postgres_arrival_end(struct cw_postgres_arrival *arrival)
{
    bool good = true;
    for (PGresult *result; (result = PQgetResult(arrival->conn)) != NULL; PQclear(result))
        if (PQresultStatus(result) != PGRES_COMMAND_OK && good) {
            cw_postgres_explain(arrival->conn, result, arrival->error);
            good = false;
        }
    return good;
}

void cw_postgres_arrival_put(struct cw_buf *sql, const char *format, ...)
{
    va_list arguments, again;
    assert(format != NULL); /* gcc's sanitizers do not know */
    va_start(arguments, format);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    size_t size = (size_t)(n < 0 ? 0 : n) + 1;
    vsnprintf((char *)cw_buf_reserve(sql, size), size, format, again);
    sql->n += size - 1;
    va_end(again);
    va_end(arguments);
}

bool cw_postgres_arrival_is_over(PGconn *conn, char error[256])
{
    PGresult *result =
        cw_postgres_ask_on(conn, "SELECT to_regclass('chinwag.arrival') IS NULL", error);
    bool over = result != NULL && PQgetvalue(result, 0, 0)[0] == 't';
    if (result != NULL && !over)
        snprintf(error, 256,
                 "A community is on its way into the database in `store`: give chinwagctl migrate "
                 "again, or chinwagd --migrate where its server does not run, until all is there.");
    PQclear(result);
    return over;
}
